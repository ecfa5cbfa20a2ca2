package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/krokbot/krok/flow"
)

// job is the first entry of a chat's list in the hands of one taker.
type job struct {
	chat     flow.ChatID
	item     string // the entry
	record   string // what is kept of the chat; only in the inbox
	plan     string // what an earlier attempt decided; only in the inbox
	fence    int64
	attempts int
	lost     int // attempts that never said how they ended
}

// takeScript leases up to n chats that may be taken now, the longest waiting first. A chat whose list is gone (a Redis that evicts)
// is forgotten. Where there are fewer than n, the queue is marked as idle in the same moment, so that whoever adds work rings. The
// HDEL of nothing lets it run in a full Redis.
//
// KEYS: due, held, idle; for the inbox also chats, plans. ARGV: prefix of lists, n, lease in µs.
// Return: µs until the next chat may be taken (0: perhaps at once, -1: none is due), then for each chat: chat, entry, fence, attempts
// before this one, how many of them were lost, record, plan.
var takeScript = redis.NewScript(`
redis.call('HDEL', KEYS[2], '')
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now), 'LIMIT', 0, ARGV[2])
local jobs = {0}
for _, chat in ipairs(due) do
  local item = redis.call('LINDEX', ARGV[1] .. chat, 0)
  if item then
    local record = KEYS[4] and redis.call('HGET', KEYS[4], chat) or ''
    local plan = KEYS[5] and redis.call('HGET', KEYS[5], chat) or ''
    local held = redis.call('HGET', KEYS[2], chat) or '0 0 0 free'
    local before, attempts, lost, free = string.match(held, '^(%d+) (%d+) (%d+)(.*)')
    if free == '' then
      lost = lost + 1
    end
    local kept = string.match(record, '^%d+') or 0
    local fence = string.format('%.0f', math.max(now, before + 1, kept + 1))
    redis.call('HSET', KEYS[2], chat, fence .. ' ' .. attempts + 1 .. ' ' .. lost)
    redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[3]), chat)
    for _, value in ipairs({chat, item, fence, attempts, lost .. '', record, plan}) do
      jobs[#jobs + 1] = value
    end
  else
    redis.call('ZREM', KEYS[1], chat)
    redis.call('HDEL', KEYS[2], chat)
  end
end
if #due < tonumber(ARGV[2]) then
  redis.call('SET', KEYS[3], 1)
  local next = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  jobs[1] = next[2] and math.max(next[2] - now, 0) or -1
end
return jobs
`)

// take leases up to n chats and tells how long it will be until there can be more; 0: there may be more now, less than 0: unknown.
func (s *Store) take(ctx context.Context, bot, queue string, n int) ([]*job, time.Duration, error) {
	keys := s.queueKeys(bot, queue)
	names := []string{keys.due, keys.held, keys.idle}
	if queue == inbox {
		names = append(names, s.botKey(bot, "chats"), s.botKey(bot, "plans"))
	}
	reply, err := takeScript.Run(ctx, s.client, names, keys.list, n, micros(s.options.Lease)).Slice()
	if err != nil {
		return nil, 0, s.explain(err)
	}
	next, _ := reply[0].(int64)
	var jobs []*job
	for values := reply[1:]; len(values) >= 7; values = values[7:] {
		made, err := readJob(values[:7])
		if err != nil {
			return nil, 0, fmt.Errorf("reading what redis gave: %w", err)
		}
		jobs = append(jobs, made)
	}
	return jobs, time.Duration(next) * time.Microsecond, nil
}

func readJob(values []any) (*job, error) {
	var fields [7]string
	for i, value := range values {
		fields[i], _ = value.(string)
	}
	var numbers [3]int64
	for i, field := range fields[2:5] {
		var err error
		if numbers[i], err = strconv.ParseInt(field, 10, 64); err != nil {
			return nil, err
		}
	}
	return &job{
		chat: flow.ChatID(fields[0]), item: fields[1], fence: numbers[0], attempts: int(numbers[1]), lost: int(numbers[2]),
		record: fields[5], plan: fields[6],
	}, nil
}

// dropScript ends a lease and removes the entry that it was for. With a reason the entry is set aside.
//
// KEYS: due, held, idle, list, dead, plans. ARGV: chat, fence, queue, reason or nothing.
// Return: 1, or 0 where the chat is not held under this fence.
var dropScript = redis.NewScript(setAsideFunction + `
local fence = string.match(redis.call('HGET', KEYS[2], ARGV[1]) or '', '^(%d+) %d+ %d+$')
if fence ~= ARGV[2] then
  return 0
end
redis.call('HDEL', KEYS[2], ARGV[1])
local time = redis.call('TIME')
local stamp = string.format('%.0f', time[1] * 1000000 + time[2])
local item = redis.call('LPOP', KEYS[4])
if ARGV[4] ~= '' then
  set_aside(KEYS[5], ARGV[3], ARGV[1], ARGV[4], item, stamp)
  if ARGV[3] == 'in' then
    redis.call('HDEL', KEYS[6], ARGV[1])
  end
end
if redis.call('EXISTS', KEYS[4]) == 0 then
  redis.call('ZREM', KEYS[1], ARGV[1])
  return 1
end
redis.call('ZADD', KEYS[1], stamp, ARGV[1])
if redis.call('DEL', KEYS[3]) == 1 then
  redis.call('PUBLISH', KEYS[3], '')
end
return 1
`)

func (s *Store) drop(ctx context.Context, bot, queue string, chat flow.ChatID, fence int64, reason string) error {
	keys := s.queueKeys(bot, queue)
	names := []string{keys.due, keys.held, keys.idle, keys.list + string(chat), s.botKey(bot, "dead"), s.botKey(bot, "plans")}
	return s.settled(dropScript.Run(ctx, s.client, names, string(chat), fence, queue, reason).Int())
}

// waitScript ends a lease and leaves the entry, to be taken again not before a time.
//
// KEYS: due, held, idle. ARGV: chat, fence, µs to wait, 1 where the attempt counts.
// Return: 1, or 0 where the chat is not held under this fence.
var waitScript = redis.NewScript(`
local fence, attempts, lost = string.match(redis.call('HGET', KEYS[2], ARGV[1]) or '', '^(%d+) (%d+) (%d+)$')
if fence ~= ARGV[2] then
  return 0
end
if ARGV[4] ~= '1' then
  attempts = attempts - 1
end
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], fence .. ' ' .. attempts .. ' ' .. lost .. ' free')
local time = redis.call('TIME')
redis.call('ZADD', KEYS[1], string.format('%.0f', time[1] * 1000000 + time[2] + ARGV[3]), ARGV[1])
if redis.call('DEL', KEYS[3]) == 1 then
  redis.call('PUBLISH', KEYS[3], '')
end
return 1
`)

// putBack leaves the entry for later. An attempt that does not count is one that nobody has begun.
func (s *Store) putBack(ctx context.Context, bot, queue string, chat flow.ChatID, fence int64, after time.Duration, counts bool) error {
	keys := s.queueKeys(bot, queue)
	counted := 0
	if counts {
		counted = 1
	}
	names := []string{keys.due, keys.held, keys.idle}
	return s.settled(waitScript.Run(ctx, s.client, names, string(chat), fence, micros(after), counted).Int())
}

// renewScript makes leases longer. ZREM first, so that it works in a full Redis too.
//
// KEYS: due, held. ARGV: lease in µs, then for each lease: chat, fence.
// Return: the chats that are not held under their fence any more.
var renewScript = redis.NewScript(`
local time = redis.call('TIME')
local till = string.format('%.0f', time[1] * 1000000 + time[2] + ARGV[1])
local lost = {}
for i = 2, #ARGV, 2 do
  local fence = string.match(redis.call('HGET', KEYS[2], ARGV[i]) or '', '^(%d+) %d+ %d+$')
  if fence == ARGV[i + 1] then
    redis.call('ZREM', KEYS[1], ARGV[i])
    redis.call('ZADD', KEYS[1], till, ARGV[i])
  else
    lost[#lost + 1] = ARGV[i]
  end
end
return lost
`)

// settled reads the answer of a script that ends a lease.
func (s *Store) settled(done int, err error) error {
	if err != nil {
		return s.explain(err)
	}
	if done == 0 {
		return flow.ErrLost
	}
	return nil
}

func micros(d time.Duration) int64 { return d.Microseconds() }
