package store

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/krokbot/krok/flow"
)

// takeMessagesScript leases messages as takeScript does events, and as many as may go now: all processes ask it, so all together keep
// the pace.
//
// The list "stamps" says when the last messages of the bot were handed out, as far back as counts: so many may go that never more than
// the bound stand in any window. Broadcasts come when no conversation is left that may go, and keep a much shorter window too: so a
// broadcast of any length leaves the next conversation a place within a moment. "rest" says from when on a chat may get a message again,
// where that is late enough to count; a chat that may not yet is due then.
//
// KEYS: due, held, idle; due, held of broadcasts; frozen, stamps, rest. ARGV: prefix of lists, prefix of lists of broadcasts, n, lease in
// µs; messages of the bot in a window (0: no bound), the window in µs; broadcasts in a window, the window in µs; µs from one message to
// a chat to its next, µs that it may be early by.
// Return: µs until the next message may be taken (0: perhaps at once, -1: none is due), how many of the following belong to
// conversations, then for each message: chat, entry, fence, attempts before this one, how many of them were lost.
var takeMessagesScript = redis.NewScript(leaseFunction + `
redis.call('HDEL', KEYS[2], '')
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local stamp = string.format('%.0f', now)
local till = string.format('%.0f', now + ARGV[4])
local frozen = redis.call('GET', KEYS[6])
if frozen then
  if tonumber(frozen) > now then
    return {frozen - now, 0}
  end
  redis.call('DEL', KEYS[6])
end
local most, window = tonumber(ARGV[5]), tonumber(ARGV[6])
local cast_most, cast_window = tonumber(ARGV[7]), tonumber(ARGV[8])
local apart, early = tonumber(ARGV[9]), tonumber(ARGV[10])
local rests = apart > 0 or redis.call('EXISTS', KEYS[8]) == 1
if rests then
  redis.call('ZREMRANGEBYSCORE', KEYS[8], '-inf', string.format('%.0f', now - early))
end

-- how many may go now, where at most so many stamps may lie in a window; and where none may, in how many µs one may
local function room(most, window)
  local last = redis.call('LRANGE', KEYS[7], -most, -1)
  local free, open = most - #last, 0
  for i = #last, 1, -1 do
    if last[i] + window <= now or tonumber(last[i]) > now then
      free = free + 1
    else
      open = last[i] + window - now
    end
  end
  return free, free > 0 and 0 or open
end

local jobs = {0, 0}
local function hand_out(due, held, list, n)
  local given = 0
  while given < n do
    local chats = redis.call('ZRANGEBYSCORE', due, '-inf', stamp, 'LIMIT', 0, n - given)
    if #chats == 0 then
      return given, true
    end
    for _, chat in ipairs(chats) do
      local rest = rests and tonumber(redis.call('ZSCORE', KEYS[8], chat) or 0) or 0
      local item = redis.call('LINDEX', list .. chat, 0)
      if not item then
        redis.call('ZREM', due, chat)
        redis.call('HDEL', held, chat)
      elseif rest > now then
        redis.call('ZADD', due, string.format('%.0f', rest), chat)
      else
        local n = #jobs
        jobs[n + 1], jobs[n + 2] = chat, item
        jobs[n + 3], jobs[n + 4], jobs[n + 5] = lease(due, held, chat, now, stamp, till)
        given = given + 1
        if apart > 0 then
          redis.call('ZADD', KEYS[8], string.format('%.0f', math.max(rest, now - early) + apart), chat)
        end
        if most > 0 then
          redis.call('RPUSH', KEYS[7], stamp)
        end
      end
    end
  end
  return given, false
end

local n = tonumber(ARGV[3])
local free = n
if most > 0 then
  redis.call('LTRIM', KEYS[7], -most, -1)
  free = math.min(n, (room(most, window)))
end
local given, all = hand_out(KEYS[1], KEYS[2], ARGV[1], free)
jobs[2] = given
if given == n then
  return jobs
end
if not all then
  local _, open = room(most, window)
  jobs[1] = open
  return jobs
end

redis.call('SET', KEYS[3], 1)
local casts = free - given
if most > 0 then
  casts = math.min(casts, (room(cast_most, cast_window)))
end
local cast_given, cast_all = hand_out(KEYS[4], KEYS[5], ARGV[2], casts)
if given + cast_given == n then
  return jobs
end
local next = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
local wait = next and math.max(next - now, 0)
next = redis.call('ZRANGE', KEYS[4], 0, 0, 'WITHSCORES')[2]
if next then
  local later = math.max(next - now, 0)
  if not cast_all then
    local _, open = room(most, window)
    local _, cast_open = room(cast_most, cast_window)
    later = math.max(later, open, cast_open)
  end
  wait = math.min(wait or later, later)
end
jobs[1] = wait or -1
return jobs
`)

// takeMessages leases up to n messages. See [Store.take].
func (s *Store) takeMessages(ctx context.Context, bot string, pace flow.Pace, n int) ([]*job, time.Duration, error) {
	keys, casts := s.queueKeys(bot, outbox), s.queueKeys(bot, cast)
	names := []string{keys.due, keys.held, keys.idle, casts.due, casts.held,
		s.botKey(bot, "out:frozen"), s.botKey(bot, "out:stamps"), s.botKey(bot, "out:rest")}
	args := append([]any{keys.list, casts.list, n, micros(s.options.Lease)}, bounds(pace)...)
	reply, err := takeMessagesScript.Run(ctx, s.client, names, args...).Slice()
	if err != nil {
		return nil, 0, s.explain(err)
	}
	jobs, err := readJobs(reply[2:], 5)
	conversations, _ := reply[1].(int64)
	for i, job := range jobs {
		job.queue = outQueue(i >= int(conversations))
	}
	return jobs, microseconds(reply[0]), err
}

// bounds are the pace as takeMessagesScript counts it. A window holds at most a hundred messages and is the shorter for it, which bounds
// a second just as well; that of broadcasts lasts about a twentieth of a second.
func bounds(pace flow.Pace) []any {
	window := func(longest float64) (most, long int64) {
		if pace.PerSecond <= 0 {
			return 0, 0
		}
		held := math.Floor(min(max(pace.PerSecond*longest, 1), 100))
		return int64(held), int64(math.Ceil(held / pace.PerSecond * 1e6))
	}
	most, long := window(1)
	castMost, castLong := window(0.05)
	apart, early := int64(0), int64(0)
	if pace.ChatPerSecond > 0 {
		apart = max(int64(math.Ceil(1e6/pace.ChatPerSecond)), 1)
		early = apart * int64(max(pace.ChatBurst-1, 0))
	}
	return []any{most, long, castMost, castLong, apart, early}
}

// freezeScript keeps messages of a bot from being taken. The DEL lets it run in a full Redis.
//
// KEYS: frozen. ARGV: µs. Return: nothing.
var freezeScript = redis.NewScript(`
local time = redis.call('TIME')
local till = time[1] * 1000000 + time[2] + ARGV[1]
if till > tonumber(redis.call('GET', KEYS[1]) or 0) then
  redis.call('DEL', KEYS[1])
  redis.call('SET', KEYS[1], string.format('%.0f', till))
end
`)

// Freeze lets nobody take a message of the bot before the time is over. See [flow.Store].
func (s *Store) Freeze(ctx context.Context, bot string, wait time.Duration) error {
	err := freezeScript.Run(ctx, s.client, []string{s.botKey(bot, "out:frozen")}, micros(wait)).Err()
	if errors.Is(err, redis.Nil) {
		return nil
	}
	return s.explain(err)
}
