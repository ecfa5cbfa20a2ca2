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
local function lease(due, held, chat, now, stamp, till, kept)
  local fence, attempts, lost = stamp, '0', '0'
  if kept and tonumber(kept) >= now then
    fence = string.format('%.0f', kept + 1)
  end
  local state = redis.call('HGET', held, chat)
  if state then
    local free, before
    free, before, attempts, lost = string.match(state, '^(%l*) ?(%d+) (%d+) (%d+)$')
    if free == '' then
      lost = lost + 1
    end
    if tonumber(before) >= tonumber(fence) then
      fence = string.format('%.0f', before + 1)
    end
    redis.call('HSET', held, chat, fence .. ' ' .. attempts + 1 .. ' ' .. lost)
  else
    redis.call('HSET', held, chat, fence .. ' 1 0')
  end
  redis.call('ZADD', due, till, chat)
  return fence, attempts, lost .. ''
end
`

// heldFunction gives what is noted of a chat that is held under a fence; nil where it is not.
const heldFunction = `
local function held_under(held, chat, fence)
  local state = redis.call('HGET', held, chat)
  if state and string.sub(state, 1, #fence + 1) == fence .. ' ' then
    return state
  end
end
`

// ringFunction wakes the takers of a queue, where some wait.
const ringFunction = `
local function ring(idle)
  if redis.call('DEL', idle) == 1 then
    redis.call('PUBLISH', idle, '')
  end
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
local stamp, till = string.format('%.0f', now), string.format('%.0f', now + ARGV[3])
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', stamp, 'LIMIT', 0, ARGV[2])
local planned = #due > 0 and redis.call('EXISTS', KEYS[5]) == 1
local jobs, n = {0}, 1
for _, chat in ipairs(due) do
  local item = redis.call('LINDEX', ARGV[1] .. chat, 0)
  if item then
    local record = redis.call('HGET', KEYS[4], chat) or ''
    jobs[n + 1], jobs[n + 2] = chat, item
    jobs[n + 3], jobs[n + 4], jobs[n + 5] = lease(KEYS[1], KEYS[2], chat, now, stamp, till, string.match(record, '^%d+'))
    jobs[n + 6], jobs[n + 7] = record, planned and redis.call('HGET', KEYS[5], chat) or ''
    n = n + 7
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
var dropScript = redis.NewScript(setAsideFunction + heldFunction + ringFunction + `
if not held_under(KEYS[2], ARGV[1], ARGV[2]) then
  return 0
end
redis.call('HDEL', KEYS[2], ARGV[1])
local time = redis.call('TIME')
local stamp = string.format('%.0f', time[1] * 1000000 + time[2])
set_aside(KEYS[5], ARGV[3], ARGV[1], ARGV[4], redis.call('LPOP', KEYS[4]), stamp)
if ARGV[3] == 'in' then
  redis.call('HDEL', KEYS[6], ARGV[1])
end
if redis.call('EXISTS', KEYS[4]) == 0 then
  redis.call('ZREM', KEYS[1], ARGV[1])
  return 1
end
redis.call('ZADD', KEYS[1], stamp, ARGV[1])
ring(KEYS[3])
return 1
`)

func (s *Store) drop(ctx context.Context, bot string, job *job, reason string) error {
	keys := s.queueKeys(bot, job.queue)
	names := []string{keys.due, keys.held, keys.idle, keys.list + string(job.chat), s.botKey(bot, "dead"), s.botKey(bot, "plans")}
	return s.settled(dropScript.Run(ctx, s.client, names, string(job.chat), job.fence, job.queue, reason).Int())
}

// giveBackScript ends a lease that nobody has used: the entry may be taken at once, and the attempt does not count.
//
// KEYS: due, held, idle. ARGV: chat, fence.
// Return: 1, or 0 where the chat is not held under this fence.
var giveBackScript = redis.NewScript(heldFunction + ringFunction + `
local state = held_under(KEYS[2], ARGV[1], ARGV[2])
if not state then
  return 0
end
local attempts, lost = string.match(state, ' (%d+) (%d+)$')
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], 'free ' .. ARGV[2] .. ' ' .. attempts - 1 .. ' ' .. lost)
local time = redis.call('TIME')
redis.call('ZADD', KEYS[1], string.format('%.0f', time[1] * 1000000 + time[2]), ARGV[1])
ring(KEYS[3])
return 1
`)

func (s *Store) giveBack(ctx context.Context, bot string, job *job) error {
	keys := s.queueKeys(bot, job.queue)
	return s.settled(giveBackScript.Run(ctx, s.client, []string{keys.due, keys.held, keys.idle}, string(job.chat), job.fence).Int())
}

// renewScript makes leases longer. ZREM first, so that it works in a full Redis too.
//
// KEYS: due, held. ARGV: lease in µs, then for each lease: chat, fence.
// Return: the chats that are not held under their fence any more.
var renewScript = redis.NewScript(heldFunction + `
local time = redis.call('TIME')
local till = string.format('%.0f', time[1] * 1000000 + time[2] + ARGV[1])
local lost = {}
for i = 2, #ARGV, 2 do
  if held_under(KEYS[2], ARGV[i], ARGV[i + 1]) then
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
