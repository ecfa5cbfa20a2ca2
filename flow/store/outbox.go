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

// sentScript ends a lease and removes the message that it was for. What failed is set aside, unless it is a broadcast; of broadcasts the
// fates are counted. Those that wait for a chat in which nobody can be reached go too, but for one that is just being sent.
//
// KEYS: due, held, idle, list; due, held, list of broadcasts; dead, fates. ARGV: chat, fence, queue, fate, reason.
// Return: 1, or 0 where the chat is not held under this fence.
var sentScript = redis.NewScript(setAsideFunction + `
local chat = ARGV[1]
local fence = string.match(redis.call('HGET', KEYS[2], chat) or '', '^(%d+) %d+ %d+$')
if fence ~= ARGV[2] then
  return 0
end
redis.call('HDEL', KEYS[2], chat)
local time = redis.call('TIME')
local stamp = string.format('%.0f', time[1] * 1000000 + time[2])
local item = redis.call('LPOP', KEYS[4])
if ARGV[3] == 'cast' then
  redis.call('HINCRBY', KEYS[9], ARGV[4], 1)
elseif ARGV[4] == 'failed' then
  set_aside(KEYS[8], ARGV[3], chat, ARGV[5], item, stamp)
end
if ARGV[4] == 'blocked' and not string.find(redis.call('HGET', KEYS[6], chat) or '', '^%d+ %d+ %d+$') then
  local left = redis.call('LLEN', KEYS[7])
  if left > 0 then
    redis.call('DEL', KEYS[7])
    redis.call('HDEL', KEYS[6], chat)
    redis.call('ZREM', KEYS[5], chat)
    redis.call('HINCRBY', KEYS[9], 'blocked', left)
  end
end
if redis.call('EXISTS', KEYS[4]) == 0 then
  redis.call('ZREM', KEYS[1], chat)
  return 1
end
redis.call('ZADD', KEYS[1], stamp, chat)
if redis.call('DEL', KEYS[3]) == 1 then
  redis.call('PUBLISH', KEYS[3], '')
end
return 1
`)

// Sent ends a message. See [flow.Store].
func (s *Store) Sent(ctx context.Context, letter flow.Letter, outcome flow.Outcome) error {
	bot, queue := letter.Bot, outQueue(letter.Message.Broadcast)
	s.desk(bot, queue).forget(queue, letter.Chat, letter.Fence)
	keys, casts := s.queueKeys(bot, queue), s.queueKeys(bot, cast)
	names := []string{keys.due, keys.held, keys.idle, keys.list + string(letter.Chat),
		casts.due, casts.held, casts.list + string(letter.Chat), s.botKey(bot, "dead"), s.botKey(bot, "fates")}
	return s.settled(sentScript.Run(ctx, s.client, names, string(letter.Chat), letter.Fence, queue, string(outcome.Fate), outcome.Reason).Int())
}

// Later leaves a message as the next one of its chat. Other chats are not held up. See [flow.Store].
func (s *Store) Later(ctx context.Context, letter flow.Letter, after time.Duration) error {
	queue := outQueue(letter.Message.Broadcast)
	s.desk(letter.Bot, queue).forget(queue, letter.Chat, letter.Fence)
	return s.putBack(ctx, letter.Bot, &job{queue: queue, chat: letter.Chat, fence: letter.Fence}, max(after, 0), true)
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
