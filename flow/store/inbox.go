package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/krokbot/krok/flow"
)

// putFunction adds events whose ids are new to the lists of their chats: all of them, or it tells why none. Some old ids are forgotten
// with every call: more than it adds, so they never pile up. For each event it reads chat, id, JSON.
const putFunction = `
local function put(first, last)
  for i = first, last, 3 do
    local new = redis.pcall('ZADD', KEYS[9], 'NX', stamp, ARGV[i + 1])
    if type(new) == 'table' then
      return new.err
    end
    if new == 1 then
      redis.call('RPUSH', inbox.list .. ARGV[i], ARGV[i + 2])
      redis.call('ZADD', inbox.due, 'NX', stamp, ARGV[i])
      inbox.added = true
    end
  end
  if inbox.added then
    local old = redis.call('ZRANGEBYSCORE', KEYS[9], '-inf', string.format('%.0f', now - ARGV[5]), 'LIMIT', 0, math.min(last - first + 10, 1000))
    if #old > 0 then
      redis.call('ZREM', KEYS[9], unpack(old))
    end
  end
  return ''
end
`

// takeFunction leases up to n chats with events that may be taken now, the longest waiting first. With the result of a commit it gives the
// last event that waits behind it too; the item is JSON, so no text of a client can look like a result.
const takeFunction = `
local function take(n)
  local events, given = {}, 0
  if n > 0 then
    local due = redis.call('ZRANGEBYSCORE', inbox.due, '-inf', at, 'WITHSCORES', 'LIMIT', 0, n)
    local planned = #due > 0 and redis.call('EXISTS', KEYS[11]) == 1
    for i = 1, #due, 2 do
      local chat, e = due[i], #events
      local item = redis.call('LINDEX', inbox.list .. chat, 0)
      if item then
        local record = redis.call('HGET', KEYS[10], chat) or ''
        events[e + 1], events[e + 2] = chat, item
        events[e + 3], events[e + 4], events[e + 5] = lease(inbox, chat, due[i + 1], string.match(record, '^%d+'))
        events[e + 6], events[e + 7] = record, planned and redis.call('HGET', KEYS[11], chat) or ''
        events[e + 8] = ''
        if string.find(item, '"kind":"result"', 1, true) and redis.call('LLEN', inbox.list .. chat) > 1 then
          events[e + 8] = redis.call('LINDEX', inbox.list .. chat, -1)
        end
        given = given + 1
      else
        forget(inbox, chat)
      end
    end
  end
  if given < n then
    return wait(inbox), events
  end
  if inbox.added then
    ring(inbox)
  end
  return 0, events
end
`

// Put adds events to the inboxes of their chats. See [flow.Store].
func (s *Store) Put(ctx context.Context, bot string, events ...flow.Event) error {
	if len(events) == 0 {
		return nil
	}
	args, err := news(bot, events)
	if err != nil {
		return err
	}
	return s.rounds(bot).do(ctx, toPut, args)
}

// news is what putFunction reads of events.
func news(bot string, events []flow.Event) ([]any, error) {
	args := make([]any, 0, 3*len(events))
	for _, event := range events {
		if event.ID == "" || event.Chat == "" {
			return nil, fmt.Errorf("event %q of chat %q has no id or no chat", event.ID, event.Chat)
		}
		event.Bot = bot
		data, err := json.Marshal(event)
		if err != nil {
			return nil, fmt.Errorf("writing event %s: %w", event.ID, err)
		}
		args = append(args, string(event.Chat), event.ID, data)
	}
	return args, nil
}

// Take gives the oldest event of a chat that nobody works on, and waits until there is one. See [flow.Store].
func (s *Store) Take(ctx context.Context, bot string) (flow.Taken, error) {
	for {
		job, err := s.rounds(bot).in.wait(ctx, flow.Pace{})
		if err != nil {
			return flow.Taken{}, err
		}
		taken := flow.Taken{Fence: job.fence, Attempts: job.attempts, Lost: job.lost, Plan: []byte(job.plan)}
		if _, session, ok := strings.Cut(job.record, " "); ok && session != "" {
			taken.Session = []byte(session)
		}
		taken.Last = readLast(job.last)
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

// readLast reads the last event of an inbox; nil: there is none. One that cannot be read is met when its turn comes.
func readLast(item string) *flow.Event {
	last := new(flow.Event)
	if item == "" || json.Unmarshal([]byte(item), last) != nil {
		return nil
	}
	return last
}

// setAside takes an entry that cannot be read out of the way, so that its chat goes on.
func (s *Store) setAside(ctx context.Context, bot string, job *job, reason error) error {
	s.options.Log.Error("an entry that cannot be read has been set aside", "bot", bot, "queue", job.queue, "chat", job.chat, "err", reason)
	err := s.release(ctx, bot, hold{job.queue, job.chat, job.fence}, "aside", reason.Error())
	if errors.Is(err, flow.ErrLost) {
		return nil // somebody else meets it
	}
	return err
}
