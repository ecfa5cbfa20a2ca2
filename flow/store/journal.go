package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/redis/go-redis/v9"

	"github.com/krokbot/krok/flow"
)

// recordFunction puts lines of the record behind those of their chat that wait for Odoo.
const recordFunction = `
local recorded = 0
local function record(chat, first, last)
  if first <= last then
    redis.call('RPUSH', KEYS[17] .. ':' .. chat, unpack(ARGV, first, last))
    redis.call('ZADD', KEYS[17], 'NX', stamp, chat)
    recorded = recorded + last - first + 1
  end
end
`

// writtenLines puts lines into the form in which they wait: the chat is known by the list.
func writtenLines(lines []flow.Line) ([]any, error) {
	entries := make([]any, len(lines))
	for i, line := range lines {
		line.Chat = ""
		data, err := json.Marshal(line)
		if err != nil {
			return nil, fmt.Errorf("writing line %s: %w", line.Key, err)
		}
		entries[i] = data
	}
	return entries, nil
}

// mostBytes bounds what one look at the journal brings, and so the memory of whoever moves it and the size of a call to Odoo. A line
// more may come on top.
const mostBytes = 1 << 20

// journalScript reads the lines of the chats that have waited longest. A chat whose list is gone (a Redis that evicts) is forgotten.
//
// KEYS: journal. ARGV: how many lines at most, how many bytes.
// Return: for each line: chat, entry.
var journalScript = redis.NewScript(`
local lines, left, room, from = {}, tonumber(ARGV[1]), tonumber(ARGV[2]), 0
while true do
  local chats = redis.call('ZRANGE', KEYS[1], from, from + 99)
  if #chats == 0 then
    return lines
  end
  from = from + #chats
  for _, chat in ipairs(chats) do
    local waiting = redis.call('LRANGE', KEYS[1] .. ':' .. chat, 0, left - 1)
    if #waiting == 0 then
      redis.call('ZREM', KEYS[1], chat)
      from = from - 1
    end
    for _, entry in ipairs(waiting) do
      lines[#lines + 1], lines[#lines + 2] = chat, entry
      left, room = left - 1, room - #entry
      if left <= 0 or room <= 0 then
        return lines
      end
    end
  end
end
`)

// Journal gives the lines of the record that have waited longest for Odoo. See [flow.Store].
func (s *Store) Journal(ctx context.Context, bot string, most int) ([]flow.Line, error) {
	if most <= 0 {
		return nil, nil
	}
	found, err := journalScript.Run(ctx, s.client, []string{s.botKey(bot, "journal")}, most, mostBytes).StringSlice()
	if err != nil {
		return nil, s.explain(err)
	}
	lines := make([]flow.Line, 0, len(found)/2)
	for ; len(found) >= 2; found = found[2:] {
		chat, entry := flow.ChatID(found[0]), found[1]
		line, err := readLine(chat, entry)
		if err != nil {
			if err = s.setLineAside(ctx, bot, chat, entry, err.Error()); err != nil {
				return nil, err
			}
			continue
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// readLine reads a line as it waits.
func readLine(chat flow.ChatID, entry string) (flow.Line, error) {
	var line flow.Line
	if err := json.Unmarshal([]byte(entry), &line); err != nil {
		return flow.Line{}, fmt.Errorf("reading a line of chat %s: %w", chat, err)
	}
	line.Chat = chat
	return line, nil
}

// Waiting gives the lines of a chat that wait for Odoo. One that cannot be read is left to Journal. See [flow.Store].
func (s *Store) Waiting(ctx context.Context, bot string, chat flow.ChatID) ([]flow.Line, error) {
	entries, err := s.client.LRange(ctx, s.journalKey(bot, chat), 0, -1).Result()
	if err != nil {
		return nil, s.explain(err)
	}
	lines := make([]flow.Line, 0, len(entries))
	for _, entry := range entries {
		if line, err := readLine(chat, entry); err == nil {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

func (s *Store) journalKey(bot string, chat flow.ChatID) string {
	return s.botKey(bot, "journal") + ":" + string(chat)
}

// leaveFunction ends a call that has taken lines of a chat away: a chat that has more goes behind all others.
const leaveFunction = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local at = string.format('%.0f', now)
local function leave(chat, gone)
  if gone > 0 then
    if redis.call('EXISTS', KEYS[1] .. ':' .. chat) == 1 then
      redis.call('ZADD', KEYS[1], string.format('%.0f', now - now % 2), chat)
    else
      redis.call('ZREM', KEYS[1], chat)
    end
    if redis.call('DECRBY', KEYS[2], gone) <= 0 or redis.call('EXISTS', KEYS[1]) == 0 then
      redis.call('DEL', KEYS[2])
    end
  end
end
`

// journaledScript takes lines away, known by their keys. They stand at the head of their lists; where others have been there meanwhile
// the whole list is searched.
//
// KEYS: journal, lines. ARGV: for each chat: chat, how many keys, keys.
// Return: how many lines were there.
var journaledScript = redis.NewScript(leaveFunction + `
local function key_of(entry)
  local ok, line = pcall(cjson.decode, entry)
  return ok and type(line) == 'table' and line.k or ''
end

local function take_away(list, keys, n)
  local gone = 0
  for _, entry in ipairs(redis.call('LRANGE', list, 0, n - 1)) do
    if not keys[key_of(entry)] then
      break
    end
    gone = gone + 1
  end
  if gone > 0 then
    redis.call('LTRIM', list, gone, -1)
  end
  if gone < n then
    for _, entry in ipairs(redis.call('LRANGE', list, 0, -1)) do
      if keys[key_of(entry)] then
        gone = gone + redis.call('LREM', list, 1, entry)
      end
    end
  end
  return gone
end

local all, i = 0, 1
while i <= #ARGV do
  local chat, n, keys = ARGV[i], tonumber(ARGV[i + 1]), {}
  for j = i + 2, i + 1 + n do
    keys[ARGV[j]] = true
  end
  local gone = take_away(KEYS[1] .. ':' .. chat, keys, n)
  leave(chat, gone)
  all, i = all + gone, i + 2 + n
end
return all
`)

// Journaled takes away lines that are in Odoo. See [flow.Store].
func (s *Store) Journaled(ctx context.Context, bot string, lines []flow.Line) error {
	keys, chats := map[flow.ChatID][]any{}, []flow.ChatID{}
	for _, line := range lines {
		if keys[line.Chat] == nil {
			chats = append(chats, line.Chat)
		}
		keys[line.Chat] = append(keys[line.Chat], line.Key)
	}
	var args []any
	for _, chat := range chats {
		args = append(append(args, string(chat), len(keys[chat])), keys[chat]...)
	}
	if len(args) == 0 {
		return nil
	}
	return s.explain(journaledScript.Run(ctx, s.client, []string{s.botKey(bot, "journal"), s.botKey(bot, "lines")}, args...).Err())
}

// asideScript sets one line aside.
//
// KEYS: journal, lines, dead. ARGV: chat, reason, entry.
// Return: 1, or 0 where it is gone already.
var asideScript = redis.NewScript(leaveFunction + `
local dead = KEYS[3]
` + setAsideFunction + `
if redis.call('LREM', KEYS[1] .. ':' .. ARGV[1], 1, ARGV[3]) == 0 then
  return 0
end
set_aside('journal', ARGV[1], ARGV[2], ARGV[3])
leave(ARGV[1], 1)
return 1
`)

// JournalRefused sets a line aside that Odoo will never take, for the owner to see.
func (s *Store) JournalRefused(ctx context.Context, bot string, line flow.Line, reason string) error {
	entries, err := s.client.LRange(ctx, s.journalKey(bot, line.Chat), 0, -1).Result()
	if err != nil {
		return s.explain(err)
	}
	for _, entry := range entries {
		if waiting, err := readLine(line.Chat, entry); err == nil && waiting.Key == line.Key {
			return s.setLineAside(ctx, bot, line.Chat, entry, reason)
		}
	}
	return nil
}

func (s *Store) setLineAside(ctx context.Context, bot string, chat flow.ChatID, entry, reason string) error {
	s.options.Log.Error("a line of the record cannot be kept and is set aside", "bot", bot, "chat", chat, "reason", reason)
	keys := []string{s.botKey(bot, "journal"), s.botKey(bot, "lines"), s.botKey(bot, "dead")}
	return s.explain(asideScript.Run(ctx, s.client, keys, string(chat), reason, entry).Err())
}
