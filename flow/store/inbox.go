package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/krokbot/krok/flow"
)

// putScript adds events whose ids are new to the lists of their chats. Its first write is one that a full Redis refuses, so that
// all events are put or none. Some old ids are forgotten with every call: more than it adds, so they never pile up.
//
// KEYS: due, idle, seen. ARGV: prefix of lists, for how many µs ids are remembered, then for each event: chat, id, JSON.
// Return: how many were new.
var putScript = redis.NewScript(`
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local stamp = string.format('%.0f', now)
local added = 0
for i = 3, #ARGV, 3 do
  if redis.call('ZADD', KEYS[3], 'NX', stamp, ARGV[i + 1]) == 1 then
    redis.call('RPUSH', ARGV[1] .. ARGV[i], ARGV[i + 2])
    redis.call('ZADD', KEYS[1], 'NX', stamp, ARGV[i])
    added = added + 1
  end
end
local old = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', string.format('%.0f', now - ARGV[2]), 'LIMIT', 0, math.min(#ARGV, 1000))
if #old > 0 then
  redis.call('ZREM', KEYS[3], unpack(old))
end
if added > 0 and redis.call('DEL', KEYS[2]) == 1 then
  redis.call('PUBLISH', KEYS[2], '')
end
return added
`)

// Put adds events to the inboxes of their chats. See [flow.Store].
func (s *Store) Put(ctx context.Context, bot string, events ...flow.Event) error {
	if len(events) == 0 {
		return nil
	}
	keys := s.queueKeys(bot, inbox)
	args := make([]any, 0, 2+3*len(events))
	args = append(args, keys.list, micros(s.options.Seen))
	for _, event := range events {
		if event.ID == "" || event.Chat == "" {
			return fmt.Errorf("event %q of chat %q has no id or no chat", event.ID, event.Chat)
		}
		event.Bot = bot
		data, err := json.Marshal(event)
		if err != nil {
			return fmt.Errorf("writing event %s: %w", event.ID, err)
		}
		args = append(args, string(event.Chat), event.ID, data)
	}
	return s.explain(putScript.Run(ctx, s.client, []string{keys.due, keys.idle, s.botKey(bot, "seen")}, args...).Err())
}

// Take gives the oldest event of a chat that nobody works on, and waits until there is one. See [flow.Store].
func (s *Store) Take(ctx context.Context, bot string) (flow.Taken, error) {
	for {
		job, err := s.desk(bot, inbox).wait(ctx, flow.Pace{})
		if err != nil {
			return flow.Taken{}, err
		}
		taken := flow.Taken{Fence: job.fence, Attempts: job.attempts, Lost: job.lost, Plan: []byte(job.plan)}
		if _, session, ok := strings.Cut(job.record, " "); ok && session != "" {
			taken.Session = []byte(session)
		}
		err = json.Unmarshal([]byte(job.item), &taken.Event)
		if err == nil && (taken.Event.Chat != job.chat || taken.Event.Bot != bot) {
			err = errors.New("it is not of this chat and bot")
		}
		if err == nil {
			return taken, nil
		}
		if err := s.setAside(ctx, bot, job, err); err != nil {
			return flow.Taken{}, err
		}
	}
}

// setAside takes an entry that cannot be read out of the way, so that its chat goes on.
func (s *Store) setAside(ctx context.Context, bot string, job *job, reason error) error {
	s.desk(bot, job.queue).forget(job.queue, job.chat, job.fence)
	s.options.Log.Error("an entry that cannot be read has been set aside", "bot", bot, "queue", job.queue, "chat", job.chat, "err", reason)
	err := s.drop(ctx, bot, job, reason.Error())
	if errors.Is(err, flow.ErrLost) {
		return nil // somebody else meets it
	}
	return err
}

// planScript notes what a turn has decided. The HDEL lets it run in a full Redis.
//
// KEYS: held, plans. ARGV: chat, fence, plan.
// Return: 1, or 0 where the chat is not held under this fence.
var planScript = redis.NewScript(`
local fence = string.match(redis.call('HGET', KEYS[1], ARGV[1]) or '', '^(%d+) %d+ %d+$')
if fence ~= ARGV[2] then
  return 0
end
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
return 1
`)

// Plan notes what a turn has decided, before Odoo is asked to write it. See [flow.Store].
func (s *Store) Plan(ctx context.Context, taken flow.Taken, plan []byte) error {
	bot := taken.Event.Bot
	keys := []string{s.queueKeys(bot, inbox).held, s.botKey(bot, "plans")}
	return s.settled(planScript.Run(ctx, s.client, keys, string(taken.Event.Chat), taken.Fence, plan).Int())
}

// keepScript ends a turn. The fence of the turn stays before the session: so a call whose answer was lost can be told from one that
// comes too late.
//
// KEYS: due, held, idle, list of the inbox; chats, plans, dead; due, list of the outbox; due, list of broadcasts; idle of both. ARGV: chat,
// fence, session, µs to wait before the event is taken again (0: it is done), the next event or nothing, why the event is set aside or
// nothing, how many messages are for the outbox, these messages, then broadcasts.
// Return: 1, or 0 where the chat is not held under this fence.
var keepScript = redis.NewScript(setAsideFunction + `
local chat = ARGV[1]
local fence, attempts, lost = string.match(redis.call('HGET', KEYS[2], chat) or '', '^(%d+) (%d+) (%d+)$')
if fence ~= ARGV[2] then
  local kept = string.match(redis.call('HGET', KEYS[5], chat) or '', '^%d+')
  return kept == ARGV[2] and 1 or 0
end
redis.call('HDEL', KEYS[2], chat)
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local stamp = string.format('%.0f', now)
redis.call('HSET', KEYS[5], chat, ARGV[2] .. ' ' .. ARGV[3])
if ARGV[4] == '0' then
  redis.call('HDEL', KEYS[6], chat)
  local item = redis.call('LPOP', KEYS[4])
  if ARGV[6] ~= '' then
    set_aside(KEYS[7], 'in', chat, ARGV[6], item, stamp)
  end
  if ARGV[5] ~= '' then
    redis.call('LPUSH', KEYS[4], ARGV[5])
  end
else
  redis.call('HSET', KEYS[2], chat, fence .. ' ' .. attempts .. ' ' .. lost .. ' free')
end
local function say(due, list, first, last)
  for i = first, last do
    redis.call('RPUSH', list, ARGV[i])
  end
  if first <= last then
    redis.call('ZADD', due, 'NX', stamp, chat)
  end
end
say(KEYS[8], KEYS[9], 8, 7 + ARGV[7])
say(KEYS[10], KEYS[11], 8 + ARGV[7], #ARGV)
if #ARGV > 7 and redis.call('DEL', KEYS[12]) == 1 then
  redis.call('PUBLISH', KEYS[12], '')
end
if redis.call('EXISTS', KEYS[4]) == 0 then
  redis.call('ZREM', KEYS[1], chat)
  return 1
end
redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[4]), chat)
if redis.call('DEL', KEYS[3]) == 1 then
  redis.call('PUBLISH', KEYS[3], '')
end
return 1
`)

// Keep ends a turn in one atomic step. See [flow.Store]. An error other than ErrLost leaves open whether the turn was kept; the chat
// goes on by itself when the lease has run out.
func (s *Store) Keep(ctx context.Context, taken flow.Taken, kept flow.Kept) error {
	bot, chat := taken.Event.Bot, taken.Event.Chat
	s.desk(bot, inbox).forget(inbox, chat, taken.Fence)
	if kept.Retry > 0 && (kept.Next != nil || kept.Dead != "") {
		return errors.New("an event that is tried again has no next one and is not set aside")
	}
	next := []byte(nil)
	if kept.Next != nil {
		event := *kept.Next
		event.Bot, event.Chat = bot, chat
		var err error
		if next, err = json.Marshal(event); err != nil {
			return fmt.Errorf("writing event %s: %w", event.ID, err)
		}
	}
	messages, conversations, err := written(kept.Messages)
	if err != nil {
		return err
	}
	args := append([]any{string(chat), taken.Fence, kept.Session, retryMicros(kept.Retry), next, kept.Dead, conversations}, messages...)
	in, out, casts := s.queueKeys(bot, inbox), s.queueKeys(bot, outbox), s.queueKeys(bot, cast)
	keys := []string{
		in.due, in.held, in.idle, in.list + string(chat), s.botKey(bot, "chats"), s.botKey(bot, "plans"), s.botKey(bot, "dead"),
		out.due, out.list + string(chat), casts.due, casts.list + string(chat), out.idle,
	}
	return s.settled(keepScript.Run(ctx, s.client, keys, args...).Int())
}

// written puts messages into the form in which they wait: first those of the conversation, and how many these are, then broadcasts.
func written(messages []flow.Outgoing) (entries []any, conversations int, err error) {
	var casts []any
	for _, message := range messages {
		data, err := json.Marshal(message)
		if err != nil {
			return nil, 0, fmt.Errorf("writing message %s: %w", message.Key, err)
		}
		if message.Broadcast {
			casts = append(casts, data)
			continue
		}
		entries = append(entries, data)
	}
	return append(entries, casts...), len(entries), nil
}

// retryMicros keeps the shortest time from becoming none, which would mean that the event is done.
func retryMicros(retry time.Duration) int64 {
	if retry <= 0 {
		return 0
	}
	return max(micros(retry), 1)
}
