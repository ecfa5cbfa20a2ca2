package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/krokbot/krok/flow"
)

// planScript notes what turns have decided. The HDEL lets it run in a full Redis.
//
// KEYS: held, plans. ARGV: for each turn: chat, fence, plan.
// Return: the places, from 1 on, of the turns whose chats are not held under their fences.
var planScript = redis.NewScript(heldFunction + `
local lost = {}
for i = 1, #ARGV, 3 do
  if held_under(KEYS[1], ARGV[i], ARGV[i + 1]) then
    redis.call('HDEL', KEYS[2], ARGV[i])
    redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 2])
  else
    lost[#lost + 1] = (i + 2) / 3
  end
end
return lost
`)

// Plan notes what a turn has decided, before Odoo is asked to write it. See [flow.Store].
func (s *Store) Plan(ctx context.Context, taken flow.Taken, plan []byte) error {
	return s.batch(taken.Event.Bot, "plan", s.planAll).do(ctx, []any{string(taken.Event.Chat), taken.Fence, plan})
}

func (s *Store) planAll(ctx context.Context, bot string, requests []*request) error {
	keys := []string{s.queueKeys(bot, inbox).held, s.botKey(bot, "plans")}
	lost, err := planScript.Run(ctx, s.client, keys, gather(nil, requests)...).Slice()
	if err != nil {
		return s.explain(err)
	}
	markLost(requests, lost)
	return nil
}

// keepScript ends turns. The fence of a turn stays before the session: so a call whose answer was lost can be told from one that
// comes too late.
//
// KEYS: due, held, idle of the inbox; chats, plans, dead; due of the outbox, of broadcasts; idle of both. ARGV: prefixes of the lists of
// the inbox, the outbox, broadcasts; 1 to ring for the inbox, for the outbox; then for each turn: chat, fence, session, µs to wait before
// the event is taken again (0: it is done), the next event or nothing, why the event is set aside or nothing, how many messages are for
// the outbox, how many are broadcasts, these messages in this order.
// Return: 1 where the inbox has more for one of the chats, else 0, then the places, from 1 on, of the turns whose chats are not held under
// their fences.
var keepScript = redis.NewScript(setAsideFunction + heldFunction + ringFunction + `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local stamp = string.format('%.0f', now)
local planned = redis.call('EXISTS', KEYS[5]) == 1
local reply, said = {0}, false

local function say(due, list, chat, first, last)
  for i = first, last do
    redis.call('RPUSH', list .. chat, ARGV[i])
  end
  if first <= last then
    redis.call('ZADD', due, 'NX', stamp, chat)
    said = true
  end
end

local function keep(chat, fence, state, i, first, casts, last)
  redis.call('HDEL', KEYS[2], chat)
  redis.call('HSET', KEYS[4], chat, fence .. ' ' .. ARGV[i])
  local list = ARGV[1] .. chat
  if ARGV[i + 1] == '0' then
    if planned then
      redis.call('HDEL', KEYS[5], chat)
    end
    local item = redis.call('LPOP', list)
    if ARGV[i + 3] ~= '' then
      set_aside(KEYS[6], 'in', chat, ARGV[i + 3], item, stamp)
    end
    if ARGV[i + 2] ~= '' then
      redis.call('LPUSH', list, ARGV[i + 2])
    end
  else
    redis.call('HSET', KEYS[2], chat, 'free ' .. state)
  end
  say(KEYS[7], ARGV[2], chat, first, casts - 1)
  say(KEYS[8], ARGV[3], chat, casts, last)
  if redis.call('EXISTS', list) == 0 then
    redis.call('ZREM', KEYS[1], chat)
  else
    redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[i + 1]), chat)
    reply[1] = 1
  end
end

local i, place = 6, 0
while ARGV[i] do
  local chat, fence, first = ARGV[i], ARGV[i + 1], i + 8
  local casts = first + ARGV[i + 6]
  local next = casts + ARGV[i + 7]
  local state = held_under(KEYS[2], chat, fence)
  place = place + 1
  if state then
    keep(chat, fence, state, i + 2, first, casts, next - 1)
  elseif not held_under(KEYS[4], chat, fence) then
    reply[#reply + 1] = place
  end
  i = next
end
if reply[1] == 1 and ARGV[4] == '1' then
  ring(KEYS[3])
end
if said and ARGV[5] == '1' then
  ring(KEYS[9])
end
return reply
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
	args := append(make([]any, 0, 8+len(messages)), string(chat), taken.Fence, kept.Session, retryMicros(kept.Retry), next, kept.Dead,
		conversations, len(messages)-conversations)
	return s.batch(bot, "keep", s.keepAll).do(ctx, append(args, messages...))
}

func (s *Store) keepAll(ctx context.Context, bot string, requests []*request) error {
	in, out := s.queueKeys(bot, inbox), s.queueKeys(bot, outbox)
	casts := s.queueKeys(bot, cast)
	keys := []string{in.due, in.held, in.idle, s.botKey(bot, "chats"), s.botKey(bot, "plans"), s.botKey(bot, "dead"), out.due, casts.due, out.idle}
	workers, senders := s.desk(bot, inbox), s.desk(bot, outbox)
	workersHere, sendersHere := workers.serves(len(requests)), senders.serves(len(requests))
	begin := []any{in.list, out.list, casts.list, flag(!workersHere), flag(!sendersHere)}
	reply, err := keepScript.Run(ctx, s.client, keys, gather(begin, requests)...).Slice()
	if sendersHere {
		senders.ring()
	}
	if err != nil {
		return s.explain(err)
	}
	if workersHere && reply[0] == int64(1) {
		workers.ring()
	}
	markLost(requests, reply[1:])
	return nil
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

// flag is how a script is told yes or no.
func flag(yes bool) string {
	if yes {
		return "1"
	}
	return "0"
}
