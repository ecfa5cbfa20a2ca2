package store

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/krokbot/krok/flow"
)

// TakeMessage gives the oldest unsent message of a chat that nobody sends to, and waits until there is one that may go. See [flow.Store].
func (s *Store) TakeMessage(ctx context.Context, bot string, pace flow.Pace) (flow.Letter, error) {
	for {
		job, err := s.desk(bot, outbox).wait(ctx, pace)
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

// endScript ends leases of messages. One that is for later stays the next of its chat, and nothing goes to the chat before its time. All
// others are removed. What failed is set aside, unless it is a broadcast; of broadcasts the fates are counted. Those that wait for a chat
// in which nobody can be reached go too, but for one that is just being sent.
//
// KEYS: due, held of the outbox, of broadcasts; idle of both; dead, fates, rest. ARGV: prefixes of the lists of the outbox, of
// broadcasts; 1 to ring; then for each message: chat, fence, queue, fate or "later", the reason or µs.
// Return: 1 where one of the chats has more, else 0, then the places, from 1 on, of the messages whose chats are not held under their
// fences.
var endScript = redis.NewScript(setAsideFunction + heldFunction + ringFunction + `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local stamp = string.format('%.0f', now)
local reply = {0}

local function wait(due, held, chat, state, micros)
  redis.call('HSET', held, chat, 'free ' .. state)
  local till = string.format('%.0f', now + micros)
  redis.call('ZADD', due, till, chat)
  if micros ~= '0' then
    redis.call('ZADD', KEYS[8], 'GT', till, chat)
  end
  reply[1] = 1
end

local function drop_casts(chat)
  local state, left = redis.call('HGET', KEYS[4], chat), redis.call('LLEN', ARGV[2] .. chat)
  if left > 0 and not (state and string.find(state, '^%d')) then
    redis.call('DEL', ARGV[2] .. chat)
    redis.call('HDEL', KEYS[4], chat)
    redis.call('ZREM', KEYS[3], chat)
    redis.call('HINCRBY', KEYS[7], 'blocked', left)
  end
end

local function finish(due, list, chat, queue, fate, reason)
  local item = redis.call('LPOP', list)
  if queue == 'cast' then
    redis.call('HINCRBY', KEYS[7], fate, 1)
  elseif fate == 'failed' then
    set_aside(KEYS[6], queue, chat, reason, item, stamp)
  end
  if fate == 'blocked' then
    drop_casts(chat)
  end
  if redis.call('EXISTS', list) == 0 then
    redis.call('ZREM', due, chat)
  else
    redis.call('ZADD', due, stamp, chat)
    reply[1] = 1
  end
end

for i = 4, #ARGV, 5 do
  local chat, fence, queue = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local due, held, list = KEYS[1], KEYS[2], ARGV[1] .. chat
  if queue == 'cast' then
    due, held, list = KEYS[3], KEYS[4], ARGV[2] .. chat
  end
  local state = held_under(held, chat, fence)
  if not state then
    reply[#reply + 1] = (i + 1) / 5
  else
    redis.call('HDEL', held, chat)
    if ARGV[i + 3] == 'later' then
      wait(due, held, chat, state, ARGV[i + 4])
    else
      finish(due, list, chat, queue, ARGV[i + 3], ARGV[i + 4])
    end
  end
end
if reply[1] == 1 and ARGV[3] == '1' then
  ring(KEYS[5])
end
return reply
`)

// Sent ends a message. See [flow.Store].
func (s *Store) Sent(ctx context.Context, letter flow.Letter, outcome flow.Outcome) error {
	return s.finish(ctx, letter, string(outcome.Fate), outcome.Reason)
}

// Later leaves a message as the next one of its chat. Other chats are not held up. See [flow.Store].
func (s *Store) Later(ctx context.Context, letter flow.Letter, after time.Duration) error {
	return s.finish(ctx, letter, "later", micros(max(after, 0)))
}

func (s *Store) finish(ctx context.Context, letter flow.Letter, how string, with any) error {
	queue := outQueue(letter.Message.Broadcast)
	s.desk(letter.Bot, queue).forget(queue, letter.Chat, letter.Fence)
	return s.batch(letter.Bot, "end", s.endAll).do(ctx, []any{string(letter.Chat), letter.Fence, queue, how, with})
}

func (s *Store) endAll(ctx context.Context, bot string, requests []*request) error {
	out, casts := s.queueKeys(bot, outbox), s.queueKeys(bot, cast)
	keys := []string{out.due, out.held, casts.due, casts.held, out.idle, s.botKey(bot, "dead"), s.botKey(bot, "fates"), s.botKey(bot, "out:rest")}
	senders := s.desk(bot, outbox)
	here := senders.serves(len(requests))
	reply, err := endScript.Run(ctx, s.client, keys, gather([]any{out.list, casts.list, flag(!here)}, requests)...).Slice()
	if err != nil {
		return s.explain(err)
	}
	if here && reply[0] == int64(1) {
		senders.ring()
	}
	markLost(requests, reply[1:])
	return nil
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
