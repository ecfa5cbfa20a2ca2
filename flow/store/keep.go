package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/krokbot/krok/flow"
)

// planFunction notes what turns have decided. For each turn it reads chat, fence, plan.
const planFunction = `
local function plan(first, last)
  for i = first, last, 3 do
    if held_under(inbox, ARGV[i], ARGV[i + 1]) then
      redis.call('HSET', KEYS[11], ARGV[i], ARGV[i + 2])
    else
      lost[#lost + 1] = place
    end
  end
end
`

// Plan notes what a turn has decided, before Odoo is asked to write it. See [flow.Store].
func (s *Store) Plan(ctx context.Context, taken flow.Taken, plan []byte) error {
	return s.rounds(taken.Event.Bot).do(ctx, toPlan, []any{string(taken.Event.Chat), taken.Fence, plan})
}

// keepFunction ends turns. The fence of a turn stays before the session: so a call whose answer was lost can be told from one that comes
// too late. For each turn it reads chat, fence, session, µs to wait before the event is taken again (0: it is done), the next event or
// nothing, why the event is set aside or nothing, how many messages are for the outbox, how many are broadcasts, how many lines are for the
// journal, these messages and lines in this order.
const keepFunction = `
local planned
local function keep_one(chat, i, attempts, lost)
  redis.call('HSET', KEYS[10], chat, ARGV[i + 1] .. ' ' .. ARGV[i + 2])
  if ARGV[i + 3] ~= '0' then
    free(inbox, chat, attempts, lost, ARGV[i + 3])
    return
  end
  if planned == nil then
    planned = redis.call('EXISTS', KEYS[11]) == 1
  end
  if planned then
    redis.call('HDEL', KEYS[11], chat)
  end
  local item = pop(inbox, chat)
  if ARGV[i + 5] ~= '' then
    set_aside('in', chat, ARGV[i + 5], item)
  end
  if ARGV[i + 4] ~= '' then
    redis.call('LPUSH', inbox.list .. chat, ARGV[i + 4])
  end
  go_on(inbox, chat)
end

local function say(queue, chat, first, last)
  for i = first, last do
    redis.call('RPUSH', queue.list .. chat, ARGV[i])
  end
  if first <= last then
    redis.call('ZADD', queue.due, 'NX', stamp, chat)
    queue.added = true
  end
end

local function keep(first, last)
  local i = first
  while i <= last do
    local chat, fence, messages = ARGV[i], ARGV[i + 1], i + 9
    local broadcasts = messages + ARGV[i + 6]
    local lines = broadcasts + ARGV[i + 7]
    local next = lines + ARGV[i + 8]
    local attempts, losses = held_under(inbox, chat, fence)
    if attempts then
      keep_one(chat, i, attempts, losses)
      say(outbox, chat, messages, broadcasts - 1)
      say(casts, chat, broadcasts, lines - 1)
      record(chat, lines, next - 1)
    elseif string.match(redis.call('HGET', KEYS[10], chat) or '', '^%d+') ~= fence then
      lost[#lost + 1] = place
    end
    i = next
  end
  if recorded > 0 then
    redis.call('INCRBY', KEYS[18], recorded)
  end
end
`

// Keep ends a turn in one atomic step. See [flow.Store]. An error other than ErrLost leaves open whether the turn was kept; the chat
// goes on by itself when the lease has run out.
func (s *Store) Keep(ctx context.Context, taken flow.Taken, kept flow.Kept) error {
	rounds := s.rounds(taken.Event.Bot)
	rounds.in.forget(hold{inbox, taken.Event.Chat, taken.Fence})
	args, err := turn(taken, kept)
	if err != nil {
		return err
	}
	return rounds.do(ctx, toKeep, args)
}

// turn is what keepFunction reads of a turn.
func turn(taken flow.Taken, kept flow.Kept) ([]any, error) {
	if kept.Retry > 0 && (kept.Next != nil || kept.Dead != "") {
		return nil, errors.New("an event that is tried again has no next one and is not set aside")
	}
	next := []byte(nil)
	if kept.Next != nil {
		event := *kept.Next
		event.Bot, event.Chat = taken.Event.Bot, taken.Event.Chat
		var err error
		if next, err = json.Marshal(event); err != nil {
			return nil, fmt.Errorf("writing event %s: %w", event.ID, err)
		}
	}
	messages, conversations, err := written(kept.Messages)
	if err != nil {
		return nil, err
	}
	lines, err := writtenLines(kept.Journal)
	if err != nil {
		return nil, err
	}
	args := append(make([]any, 0, 9+len(messages)+len(lines)), string(taken.Event.Chat), taken.Fence, kept.Session, retryMicros(kept.Retry), next,
		kept.Dead, conversations, len(messages)-conversations, len(lines))
	return append(append(args, messages...), lines...), nil
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
