package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
)

// setAsideFunction puts an entry among the dead of its bot, under the next number. Of the oldest those beyond 10 000 are forgotten: a
// step that fails for everybody must not fill Redis. The script that has it says what "dead", the key, and "at", the time, are.
const setAsideFunction = `
local function set_aside(queue, chat, reason, entry)
  local id = redis.call('HINCRBY', dead, 'last', 1)
  redis.call('HSET', dead, id, cjson.encode({queue = queue, chat = chat, reason = reason, entry = entry or '', at = at}))
  redis.call('HDEL', dead, id - 10000)
end
`

// Dead lists what was set aside of a bot, the oldest first.
func (s *Store) Dead(ctx context.Context, bot string) ([]flow.Dead, error) {
	kept, err := s.client.HGetAll(ctx, s.botKey(bot, "dead")).Result()
	if err != nil {
		return nil, s.explain(err)
	}
	dead := make([]flow.Dead, 0, len(kept))
	for id, text := range kept {
		if id == "last" {
			continue
		}
		one, err := readDead(id, text)
		if err != nil {
			return nil, err
		}
		dead = append(dead, one)
	}
	slices.SortFunc(dead, func(a, b flow.Dead) int { return number(a.ID) - number(b.ID) })
	return dead, nil
}

func number(id string) int {
	n, _ := strconv.Atoi(id) // ids are numbers that Redis counted
	return n
}

func readDead(id, text string) (flow.Dead, error) {
	var kept struct{ Queue, Chat, Reason, Entry, At string }
	if err := json.Unmarshal([]byte(text), &kept); err != nil {
		return flow.Dead{}, fmt.Errorf("reading what was set aside as %s: %w", id, err)
	}
	at, err := strconv.ParseInt(kept.At, 10, 64)
	if err != nil {
		return flow.Dead{}, fmt.Errorf("reading what was set aside as %s: %w", id, err)
	}
	return flow.Dead{ID: id, Queue: kept.Queue, Chat: flow.ChatID(kept.Chat), Reason: kept.Reason, At: time.UnixMicro(at).UTC(),
		Entry: []byte(kept.Entry)}, nil
}

// reviveScript puts an entry that was set aside behind what waits in its chat, or drops it.
//
// KEYS: dead; due, idle of the inbox, of the outbox, of broadcasts; journal, lines. ARGV: id, 1 to put it back and 0 to drop it, prefixes of
// the lists of the three.
// Return: 1, or 0 where nothing has this id.
var reviveScript = redis.NewScript(`
local kept = redis.call('HGET', KEYS[1], ARGV[1])
if not kept or ARGV[1] == 'last' then
  return 0
end
redis.call('HDEL', KEYS[1], ARGV[1])
if ARGV[2] == '0' then
  return 1
end
local dead = cjson.decode(kept)
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local stamp = string.format('%.0f', now - now % 2)
if dead.queue == 'journal' then
  redis.call('RPUSH', KEYS[8] .. ':' .. dead.chat, dead.entry)
  redis.call('ZADD', KEYS[8], 'NX', stamp, dead.chat)
  redis.call('INCR', KEYS[9])
  return 1
end
local queue = ({["in"] = 1, out = 2, cast = 3})[dead.queue]
redis.call('RPUSH', ARGV[2 + queue] .. dead.chat, dead.entry)
redis.call('ZADD', KEYS[2 * queue], 'NX', stamp, dead.chat)
if redis.call('DEL', KEYS[2 * queue + 1]) == 1 then
  redis.call('PUBLISH', KEYS[2 * queue + 1], '')
end
return 1
`)

// RetryDead puts an entry that was set aside behind what waits in its chat. The error for an id that is not there has words for people.
func (s *Store) RetryDead(ctx context.Context, bot, id string) error {
	return s.revive(ctx, bot, id, true)
}

// DropDead forgets an entry that was set aside. The error for an id that is not there has words for people.
func (s *Store) DropDead(ctx context.Context, bot, id string) error {
	return s.revive(ctx, bot, id, false)
}

func (s *Store) revive(ctx context.Context, bot, id string, back bool) error {
	in, out, casts, again := s.queueKeys(bot, inbox), s.queueKeys(bot, outbox), s.queueKeys(bot, cast), 0
	if back {
		again = 1
	}
	keys := []string{s.botKey(bot, "dead"), in.due, in.idle, out.due, out.idle, casts.due, casts.idle,
		s.botKey(bot, "journal"), s.botKey(bot, "lines")}
	found, err := reviveScript.Run(ctx, s.client, keys, id, again, in.list, out.list, casts.list).Int()
	if err != nil {
		return s.explain(err)
	}
	if found == 0 {
		return texts.NewError("store.no_dead", texts.Args{"id": id, "bot": bot}, nil)
	}
	return nil
}

// Queues tells how much waits for a bot.
func (s *Store) Queues(ctx context.Context, bot string) (flow.Queues, error) {
	in, out := s.queueKeys(bot, inbox), s.queueKeys(bot, outbox)
	pipe := s.client.Pipeline()
	inLength, outLength, casts := pipe.ZCard(ctx, in.due), pipe.ZCard(ctx, out.due), pipe.ZCard(ctx, s.queueKeys(bot, cast).due)
	inFirst, outFirst := pipe.ZRangeWithScores(ctx, in.due, 0, 0), pipe.ZRangeWithScores(ctx, out.due, 0, 0)
	dead, counter := pipe.HLen(ctx, s.botKey(bot, "dead")), pipe.HExists(ctx, s.botKey(bot, "dead"), "last")
	lines, linesFirst := pipe.Get(ctx, s.botKey(bot, "lines")), pipe.ZRangeWithScores(ctx, s.botKey(bot, "journal"), 0, 0)
	now := pipe.Time(ctx)
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) { // no line waits
		return flow.Queues{}, s.explain(err)
	}
	queues := flow.Queues{Inbox: inLength.Val(), Outbox: outLength.Val(), Broadcast: casts.Val(), Dead: dead.Val(),
		InboxAge: age(inFirst.Val(), now.Val()), OutboxAge: age(outFirst.Val(), now.Val()), JournalAge: age(linesFirst.Val(), now.Val())}
	queues.Journal, _ = strconv.ParseInt(lines.Val(), 10, 64) // "" where none waits
	if counter.Val() {
		queues.Dead--
	}
	return queues, nil
}

// age is for how long the first chat of a queue could have been taken.
func age(first []redis.Z, now time.Time) time.Duration {
	if len(first) == 0 {
		return 0
	}
	return max(0, now.Sub(time.UnixMicro(int64(first[0].Score))))
}
