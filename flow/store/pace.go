package store

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/krokbot/krok/flow"
)

// takeMessagesFunction leases messages as takeFunction does events, and as many as may go now: all processes ask it, so all together
// keep the pace.
//
// The list "stamps" says when the last messages of the bot were handed out, as far back as counts: so many may go that never more than
// the bound stand in any window. Broadcasts come when no conversation is left that may go, and keep a much shorter window too: so a
// broadcast of any length leaves the next conversation a place within a moment. "rest" says from when on a chat may get a message again,
// where that is late enough to count; a chat that may not yet is due then.
const takeMessagesFunction = `
-- the pace: messages of the bot in a window of µs (0: no bound), broadcasts in theirs, µs from one message to a chat to its next, µs
-- that it may be early by
local most, window = tonumber(ARGV[8]), tonumber(ARGV[9])
local cast_most, cast_window = tonumber(ARGV[10]), tonumber(ARGV[11])
local apart, early = tonumber(ARGV[12]), tonumber(ARGV[13])
local rests, messages = false, {}

-- how many may go now, where at most so many stamps may lie in a window; and where none may, in how many µs one may
local function room(most, window)
  local last = redis.call('LRANGE', KEYS[14], -most, -1)
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

local function hand_out_one(queue, chat, score, item, rest)
  local m = #messages
  messages[m + 1], messages[m + 2] = chat, item
  messages[m + 3], messages[m + 4], messages[m + 5] = lease(queue, chat, score)
  if apart > 0 then
    redis.call('ZADD', KEYS[15], string.format('%.0f', math.max(rest, now - early) + apart), chat)
  end
  if most > 0 then
    redis.call('RPUSH', KEYS[14], at)
  end
end

-- lets a chat wait for its rest to end; one whose lease ran out stays known as such
local function put_off(queue, chat, score, rest)
  local due = even(rest + 1)
  if score % 2 == 1 then
    if not state_of(queue, chat) then
      note(queue, chat, string.format('%.0f', score) .. ' 1 0')
    end
    due = string.format('%.0f', due + 1)
  end
  redis.call('ZADD', queue.due, due, chat)
end

-- hands out up to n messages of a queue, and tells how many, and whether that is all that may go
local function hand_out(queue, n)
  local given = 0
  while given < n do
    local due = redis.call('ZRANGEBYSCORE', queue.due, '-inf', at, 'WITHSCORES', 'LIMIT', 0, n - given)
    if #due == 0 then
      return given, true
    end
    for i = 1, #due, 2 do
      local chat = due[i]
      local rest = rests and tonumber(redis.call('ZSCORE', KEYS[15], chat) or 0) or 0
      local item = redis.call('LINDEX', queue.list .. chat, 0)
      if not item then
        forget(queue, chat)
      elseif rest > now then
        put_off(queue, chat, due[i + 1], rest)
      else
        hand_out_one(queue, chat, due[i + 1], item, rest)
        given = given + 1
      end
    end
  end
  return given, false
end

-- when the next broadcast may go, where some wait; else nothing
local function next_cast(all)
  local first = redis.call('ZRANGE', casts.due, 0, 0, 'WITHSCORES')[2]
  if not first or all or most == 0 then
    return first and math.max(first - now, 0)
  end
  local _, open = room(most, window)
  local _, cast_open = room(cast_most, cast_window)
  return math.max(first - now, open, cast_open)
end

local function take_messages(n)
  local frozen = n > 0 and redis.call('GET', KEYS[13])
  if frozen then
    if tonumber(frozen) > now then
      return frozen - now, 0, messages
    end
    redis.call('DEL', KEYS[13])
  end
  local free, given, all, cast_given, cast_all = n, 0, false, 0, false
  if n > 0 then
    rests = apart > 0 or redis.call('EXISTS', KEYS[15]) == 1
    if rests then
      redis.call('ZREMRANGEBYSCORE', KEYS[15], '-inf', string.format('%.0f', now - early))
    end
    if most > 0 then
      redis.call('LTRIM', KEYS[14], -most, -1)
      free = math.min(n, (room(most, window)))
    end
    given, all = hand_out(outbox, free)
    if all then
      local left = free - given
      if most > 0 then
        left = math.min(left, (room(cast_most, cast_window)))
      end
      cast_given, cast_all = hand_out(casts, left)
    end
  end
  if given + cast_given == n then
    if outbox.added or casts.added then
      ring(outbox)
    end
    return 0, given, messages
  end
  if not all then
    local _, open = room(most, window)
    return open, given, messages
  end
  local next, cast_next = wait(outbox), next_cast(cast_all)
  if cast_next and (next < 0 or cast_next < next) then
    next = cast_next
  end
  return next, given, messages
end
`

// bounds are the pace as takeMessagesFunction counts it. A window holds at most a hundred messages and is the shorter for it, which bounds
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
