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
	queue    string
	chat     flow.ChatID
	item     string // the entry
	record   string // what is kept of the chat; only in the inbox
	plan     string // what an earlier attempt decided; only in the inbox
	fence    int64
	attempts int
	lost     int // attempts that never said how they ended
}

// leaseFunction gives a chat to a taker: it tells the fence, how often the entry was taken before and how often that was lost.
const leaseFunction = `
local function lease(due, held, chat, now, till, kept)
  local state = redis.call('HGET', held, chat) or '0 0 0 free'
  local before, attempts, lost, free = string.match(state, '^(%d+) (%d+) (%d+)(.*)')
  if free == '' then
    lost = lost + 1
  end
  local fence = string.format('%.0f', math.max(now, before + 1, kept + 1))
  redis.call('HSET', held, chat, fence .. ' ' .. attempts + 1 .. ' ' .. lost)
  redis.call('ZADD', due, till, chat)
  return fence, attempts, lost .. ''
end
`

// takeScript leases up to n chats that may be taken now, the longest waiting first. A chat whose list is gone (a Redis that evicts)
// is forgotten. Where there are fewer than n, the queue is marked as idle in the same moment, so that whoever adds work rings. The
// HDEL of nothing lets it run in a full Redis.
//
// KEYS: due, held, idle, chats, plans. ARGV: prefix of lists, n, lease in µs.
// Return: µs until the next chat may be taken (0: perhaps at once, -1: none is due), then for each chat: chat, entry, fence, attempts
// before this one, how many of them were lost, record, plan.
var takeScript = redis.NewScript(leaseFunction + `
redis.call('HDEL', KEYS[2], '')
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local till = string.format('%.0f', now + ARGV[3])
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now), 'LIMIT', 0, ARGV[2])
local jobs = {0}
for _, chat in ipairs(due) do
  local item = redis.call('LINDEX', ARGV[1] .. chat, 0)
  if item then
    local record = redis.call('HGET', KEYS[4], chat) or ''
    local plan = redis.call('HGET', KEYS[5], chat) or ''
    local fence, attempts, lost = lease(KEYS[1], KEYS[2], chat, now, till, string.match(record, '^%d+') or 0)
    for _, value in ipairs({chat, item, fence, attempts, lost, record, plan}) do
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
func (s *Store) take(ctx context.Context, bot string, n int) ([]*job, time.Duration, error) {
	keys := s.queueKeys(bot, inbox)
	names := []string{keys.due, keys.held, keys.idle, s.botKey(bot, "chats"), s.botKey(bot, "plans")}
	reply, err := takeScript.Run(ctx, s.client, names, keys.list, n, micros(s.options.Lease)).Slice()
	if err != nil {
		return nil, 0, s.explain(err)
	}
	jobs, err := readJobs(reply[1:], 7)
	for _, job := range jobs {
		job.queue = inbox
	}
	return jobs, microseconds(reply[0]), err
}

// readJobs reads what a script has leased: a number of values for each chat.
func readJobs(values []any, width int) (jobs []*job, err error) {
	for ; len(values) >= width; values = values[width:] {
		made, err := readJob(values[:width])
		if err != nil {
			return nil, fmt.Errorf("reading what redis gave: %w", err)
		}
		jobs = append(jobs, made)
	}
	return jobs, nil
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
	return &job{chat: flow.ChatID(fields[0]), item: fields[1], fence: numbers[0], attempts: int(numbers[1]), lost: int(numbers[2]),
		record: fields[5], plan: fields[6]}, nil
}

func microseconds(value any) time.Duration {
	n, _ := value.(int64)
	return time.Duration(n) * time.Microsecond
}

// dropScript ends a lease and sets the entry aside that it was for.
//
// KEYS: due, held, idle, list, dead, plans. ARGV: chat, fence, queue, reason.
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
set_aside(KEYS[5], ARGV[3], ARGV[1], ARGV[4], item, stamp)
if ARGV[3] == 'in' then
  redis.call('HDEL', KEYS[6], ARGV[1])
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

func (s *Store) drop(ctx context.Context, bot string, job *job, reason string) error {
	keys := s.queueKeys(bot, job.queue)
	names := []string{keys.due, keys.held, keys.idle, keys.list + string(job.chat), s.botKey(bot, "dead"), s.botKey(bot, "plans")}
	return s.settled(dropScript.Run(ctx, s.client, names, string(job.chat), job.fence, job.queue, reason).Int())
}

// waitScript ends a lease and leaves the entry, to be taken again not before a time. Where the attempt counts nothing else goes to the
// chat before that either.
//
// KEYS: due, held, idle, rest. ARGV: chat, fence, µs to wait, 1 where the attempt counts.
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
local till = string.format('%.0f', time[1] * 1000000 + time[2] + ARGV[3])
redis.call('ZADD', KEYS[1], till, ARGV[1])
if ARGV[4] == '1' and ARGV[3] ~= '0' then
  redis.call('ZADD', KEYS[4], 'GT', till, ARGV[1])
end
if redis.call('DEL', KEYS[3]) == 1 then
  redis.call('PUBLISH', KEYS[3], '')
end
return 1
`)

// putBack leaves the entry for later. An attempt that does not count is one that nobody has begun.
func (s *Store) putBack(ctx context.Context, bot string, job *job, after time.Duration, counts bool) error {
	keys := s.queueKeys(bot, job.queue)
	counted := 0
	if counts {
		counted = 1
	}
	names := []string{keys.due, keys.held, keys.idle, s.botKey(bot, "out:rest")}
	return s.settled(waitScript.Run(ctx, s.client, names, string(job.chat), job.fence, micros(after), counted).Int())
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
