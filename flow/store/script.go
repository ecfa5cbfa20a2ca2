package store

import "github.com/redis/go-redis/v9"

// roundScript is one step of the protocol: everything that callers of one bot want at this moment, in one go. Its parts stand beside the
// methods that ask for them. First come new events, whose first write is one that a full Redis refuses: then these are refused and all
// else still happens. The HDEL of nothing after it is a write that Redis always allows, and then lets the script finish.
//
// KEYS: due, held, idle of the inbox; due, held, idle of the outbox; due, held of broadcasts; seen, chats, plans, dead, frozen, stamps,
// rest, fates, journal, lines.
// ARGV: prefixes of the lists of the three queues (1-3); the lease, and for how long ids of events are remembered, in µs (4, 5); how many
// events and how many messages are wanted (6, 7); the pace (8-13, see [bounds]); who asks (14); how many arguments follow for events,
// plans, turns, ends (15-18); then these.
// Return: what kept events from being put or nothing; the places, from 1 on, of the plans, turns and ends whose chats are not held
// under their fences; µs until the next event may be taken (0: perhaps at once, -1: none is due); for each event taken: chat, entry,
// fence, attempts before this one, how many of them were lost, record, plan, the last entry behind a result or nothing; µs until the next
// message; how many of those taken belong to conversations; for each message taken: chat, entry, fence, attempts, lost.
var roundScript = redis.NewScript(queueFunctions + setAsideFunction + putFunction + planFunction + recordFunction + keepFunction + endFunction +
	takeFunction + takeMessagesFunction + `
local first = {19}
for i = 1, 4 do
  first[i + 1] = first[i] + ARGV[14 + i]
end
local refused = put(first[1], first[2] - 1)
redis.call('HDEL', KEYS[2], '')
plan(first[2], first[3] - 1)
keep(first[3], first[4] - 1)
finish(first[4], first[5] - 1)
local next_event, events = take(tonumber(ARGV[6]))
local next_message, conversations, messages = take_messages(tonumber(ARGV[7]))
return {refused, lost, next_event, events, next_message, conversations, messages}
`)

// queueFunctions are what all parts share. The score of a chat in "due" is even where it says from when on the chat may be taken, and odd
// where it says until when a lease lasts; a lease's first end is its fence.
const queueFunctions = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local function even(t)
  return string.format('%.0f', t - t % 2)
end
local stamp, at = even(now), string.format('%.0f', now)
local till = string.format('%.0f', even(now + ARGV[4]) + 1)
local inbox = {due = KEYS[1], held = KEYS[2], idle = KEYS[3], list = ARGV[1]}
local outbox = {due = KEYS[4], held = KEYS[5], idle = KEYS[6], list = ARGV[2]}
local casts = {due = KEYS[7], held = KEYS[8], list = ARGV[3]}
local lost, place = {}, 0
local dead = KEYS[12]

-- what is noted of a chat beside its score
local function state_of(queue, chat)
  if queue.noted == nil then
    queue.noted = redis.call('EXISTS', queue.held) == 1
  end
  return queue.noted and redis.call('HGET', queue.held, chat)
end

local function note(queue, chat, state)
  redis.call('HSET', queue.held, chat, state)
  queue.noted = true
end

-- gives how often the first entry of a chat has been taken, and how often that was lost, where the chat is held under this fence
local function held_under(queue, chat, fence)
  place = place + 1
  local state = state_of(queue, chat)
  if state then
    local who, attempts, lost = string.match(state, '^(%w+) (%d+) (%d+)$')
    if who == fence then
      return attempts, lost
    end
  elseif tonumber(redis.call('ZSCORE', queue.due, chat) or 0) == tonumber(fence) then
    return 1, 0
  end
end

local function lease(queue, chat, score, kept)
  local attempts, lost, fence = 0, 0, till
  local state, over = state_of(queue, chat), score % 2 == 1
  if state then
    attempts, lost = string.match(state, ' (%d+) (%d+)$')
  elseif over then
    attempts = 1
  end
  if over then
    lost = lost + 1
  end
  if kept and tonumber(kept) >= tonumber(till) then
    fence = string.format('%.0f', kept + 1)
  end
  if state or over or fence ~= till then
    note(queue, chat, fence .. ' ' .. attempts + 1 .. ' ' .. lost)
  end
  redis.call('ZADD', queue.due, till, chat)
  return fence, tonumber(attempts), tonumber(lost)
end

-- ends a lease, and leaves the first entry for later; tells from when on it may be taken
local function free(queue, chat, attempts, lost, micros)
  note(queue, chat, 'free ' .. attempts .. ' ' .. lost)
  local due = tonumber(micros) > 0 and even(now + micros + 1) or stamp
  redis.call('ZADD', queue.due, due, chat)
  queue.added = true
  return due
end

-- ends a lease, and takes the first entry out
local function pop(queue, chat)
  if state_of(queue, chat) then
    redis.call('HDEL', queue.held, chat)
  end
  return redis.call('LPOP', queue.list .. chat)
end

-- puts a chat whose first entry is done behind all others, where it has more
local function go_on(queue, chat)
  if redis.call('EXISTS', queue.list .. chat) == 0 then
    redis.call('ZREM', queue.due, chat)
  else
    redis.call('ZADD', queue.due, stamp, chat)
    queue.added = true
  end
end

-- forgets a chat whose list is gone: a Redis that evicts
local function forget(queue, chat)
  redis.call('ZREM', queue.due, chat)
  redis.call('HDEL', queue.held, chat)
end

-- notes that some who asked for work wait for more, and tells when that may be: in how many µs, -1: nothing is there
local function wait(queue)
  redis.call('SADD', queue.idle, ARGV[14])
  local first = redis.call('ZRANGE', queue.due, 0, 0, 'WITHSCORES')[2]
  return first and math.max(first - now, 0) or -1
end

-- wakes those who wait elsewhere: here nobody does, and there is more
local function ring(queue)
  redis.call('SREM', queue.idle, ARGV[14])
  if redis.call('DEL', queue.idle) == 1 then
    redis.call('PUBLISH', queue.idle, '')
  end
end
`
