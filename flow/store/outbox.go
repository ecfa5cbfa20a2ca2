package store

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/krokbot/krok/flow"
)

// TakeMessage gives the oldest unsent message of a chat that nobody sends to, and waits until there is one that may go. See [flow.Store].
func (s *Store) TakeMessage(ctx context.Context, bot string, pace flow.Pace) (flow.Letter, error) {
	for {
		job, err := s.rounds(bot).out.wait(ctx, pace)
		if err != nil {
			return flow.Letter{}, err
		}
		letter := flow.Letter{Bot: bot, Chat: job.chat, Fence: job.fence, Attempts: job.attempts, Lost: job.lost}
		err = json.Unmarshal([]byte(job.item), &letter.Message)
		if err == nil && outQueue(letter.Message.Broadcast) != job.queue {
			err = errors.New("it is in the wrong queue")
		}
		if err == nil {
			return letter, nil
		}
		if err := s.setAside(ctx, bot, job, err); err != nil {
			return flow.Letter{}, err
		}
	}
}

// endFunction ends leases. An entry that is for later stays the next of its chat, and nothing goes to the chat before its time; one that
// is given back has not been tried at all. All others are removed. What failed is set aside, unless it is a broadcast; of broadcasts the
// fates are counted. Those that wait for a chat in which nobody can be reached go too, but for one that is just being sent. For each
// lease it reads chat, fence, queue, what becomes of the entry ("later", "back", "aside" or a fate), and the reason, or µs.
const endFunction = `
local function drop_casts(chat, mine)
  local left, score = redis.call('LLEN', casts.list .. chat), redis.call('ZSCORE', casts.due, chat)
  if left > 0 and (mine or not score or score % 2 == 0) then
    redis.call('DEL', casts.list .. chat)
    forget(casts, chat)
    redis.call('HINCRBY', KEYS[16], 'blocked', left)
  end
end

local function remove(queue, name, chat, how, reason)
  local item = pop(queue, chat)
  if how == 'aside' or how == 'failed' and name ~= 'cast' then
    set_aside(name, chat, reason, item)
  end
  if how == 'aside' and name == 'in' then
    redis.call('HDEL', KEYS[11], chat)
  end
  if name == 'cast' then
    redis.call('HINCRBY', KEYS[16], how == 'aside' and 'failed' or how, 1)
  end
  if how == 'blocked' then
    drop_casts(chat, name == 'cast')
  end
  go_on(queue, chat)
end

local function finish(first, last)
  for i = first, last, 5 do
    local chat, name, how, with = ARGV[i], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]
    local queue = name == 'out' and outbox or name == 'cast' and casts or inbox
    local attempts, losses = held_under(queue, chat, ARGV[i + 1])
    if not attempts then
      lost[#lost + 1] = place
    elseif how == 'back' then
      free(queue, chat, attempts - 1, losses, 0)
    elseif how == 'later' then
      local till = free(queue, chat, attempts, losses, with)
      if with ~= '0' then
        redis.call('ZADD', KEYS[15], 'GT', till, chat)
      end
    else
      remove(queue, name, chat, how, with)
    end
  end
end
`

// Sent ends a message. See [flow.Store].
func (s *Store) Sent(ctx context.Context, letter flow.Letter, outcome flow.Outcome) error {
	return s.release(ctx, letter.Bot, holdOf(letter), string(outcome.Fate), outcome.Reason)
}

// Later leaves a message as the next one of its chat. Other chats are not held up. See [flow.Store].
func (s *Store) Later(ctx context.Context, letter flow.Letter, after time.Duration) error {
	return s.release(ctx, letter.Bot, holdOf(letter), "later", micros(max(after, 0)))
}

func holdOf(letter flow.Letter) hold {
	return hold{outQueue(letter.Message.Broadcast), letter.Chat, letter.Fence}
}

// release ends a lease; endFunction says how.
func (s *Store) release(ctx context.Context, bot string, held hold, how string, with any) error {
	of := s.rounds(bot)
	of.desk(held.queue).forget(held)
	return of.do(ctx, toEnd, []any{string(held.chat), held.fence, held.queue, how, with})
}

// Fates tells how many broadcasts of a bot have ended, by what became of them.
func (s *Store) Fates(ctx context.Context, bot string) (map[flow.Fate]int64, error) {
	kept, err := s.client.HGetAll(ctx, s.botKey(bot, "fates")).Result()
	if err != nil {
		return nil, s.explain(err)
	}
	fates := make(map[flow.Fate]int64, len(kept))
	for fate, count := range kept {
		if fates[flow.Fate(fate)], err = strconv.ParseInt(count, 10, 64); err != nil {
			return nil, err
		}
	}
	return fates, nil
}
