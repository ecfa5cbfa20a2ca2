package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/krokbot/krok/flow"
)

// putScript adds events whose ids are new to the lists of their chats. Its first write is one that a full Redis refuses, so that
// all events are put or none. Some old ids are forgotten with every call: more than it adds, so they never pile up.
//
// KEYS: due, idle, seen. ARGV: prefix of lists, for how many µs ids are remembered, 1 to ring, then for each event: chat, id, JSON.
// Return: nothing.
var putScript = redis.NewScript(ringFunction + `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local stamp = string.format('%.0f', now)
for i = 4, #ARGV, 3 do
  if redis.call('ZADD', KEYS[3], 'NX', stamp, ARGV[i + 1]) == 1 then
    redis.call('RPUSH', ARGV[1] .. ARGV[i], ARGV[i + 2])
    redis.call('ZADD', KEYS[1], 'NX', stamp, ARGV[i])
  end
end
local old = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', string.format('%.0f', now - ARGV[2]), 'LIMIT', 0, math.min(#ARGV, 1000))
if #old > 0 then
  redis.call('ZREM', KEYS[3], unpack(old))
end
if ARGV[3] == '1' then
  ring(KEYS[2])
end
return 0
`)

// Put adds events to the inboxes of their chats. See [flow.Store].
func (s *Store) Put(ctx context.Context, bot string, events ...flow.Event) error {
	if len(events) == 0 {
		return nil
	}
	args := make([]any, 0, 3*len(events))
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
	return s.batch(bot, "put", s.putAll).do(ctx, args)
}

func (s *Store) putAll(ctx context.Context, bot string, requests []*request) error {
	keys, desk := s.queueKeys(bot, inbox), s.desk(bot, inbox)
	args := gather([]any{keys.list, micros(s.options.Seen), 0}, requests)
	here := desk.serves(len(args) / 3)
	args[2] = flag(!here)
	err := putScript.Run(ctx, s.client, []string{keys.due, keys.idle, s.botKey(bot, "seen")}, args...).Err()
	if here {
		desk.ring()
	}
	return s.explain(err)
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
