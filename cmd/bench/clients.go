package main

import (
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/krokbot/krok/connector/telegramtest"
)

// firstChat is the chat id of the first client.
const firstChat = 5_000_000_001

// patience is for how long after the last message answers are waited for.
const patience = 30 * time.Second

// clients are the people who write to the bot.
type clients struct {
	load    load
	bot     *telegramtest.Bot
	check   *checker
	message atomic.Int64

	warming atomic.Pointer[warming] // nil: the load runs
	until   atomic.Int64            // unix nanoseconds; no message is sent after it
}

// warming counts, for each chat, how many answers it still waits for.
type warming struct {
	left []atomic.Int64
	all  sync.WaitGroup
}

func newClients(load load) *clients {
	return &clients{load: load, check: newChecker(load.Chats)}
}

// called hears of every call that the bot made.
func (c *clients) called(call telegramtest.Call) {
	chat := int(call.Chat - firstChat)
	if call.Method != "sendMessage" || chat < 0 || chat >= c.load.Chats {
		return
	}
	if warming := c.warming.Load(); warming != nil {
		switch left := warming.left[chat].Add(-1); {
		case left > 0:
			c.write(chat, "hello")
		case left == 0:
			warming.all.Done()
		}
		return
	}
	open, fresh := c.check.answer(chat, call.Arg("text"), call.At)
	if fresh && open == 0 && c.load.InARow > 0 && time.Now().UnixNano() < c.until.Load() {
		c.ask(chat, c.load.InARow)
	}
}

// warmUp lets every chat talk to the bot for a while, and waits until it has.
func (c *clients) warmUp() {
	warming := &warming{left: make([]atomic.Int64, c.load.Chats)}
	for i := range warming.left {
		warming.left[i].Store(int64(c.load.Warm))
	}
	warming.all.Add(c.load.Chats)
	c.warming.Store(warming)
	for chat := range c.load.Chats {
		c.write(chat, "hello")
	}
	warming.all.Wait()
	c.warming.Store(nil)
}

// run carries the load out and waits for the answers.
func (c *clients) run() outcome {
	start := time.Now()
	end := start.Add(c.load.For)
	c.until.Store(end.UnixNano())
	switch {
	case c.load.Backlog > 0:
		for n := range c.load.Backlog {
			c.ask(n%c.load.Chats, 1)
		}
	case c.load.PerSecond > 0:
		c.steadily(start, end)
	default:
		for chat := range c.load.Chats {
			c.ask(chat, c.load.InARow)
		}
		time.Sleep(time.Until(end))
	}
	waiting := int64(-1)
	for last := time.Now(); waiting != 0 && time.Since(last) < patience; time.Sleep(10 * time.Millisecond) {
		if now := c.check.waiting.Load(); now != waiting {
			waiting, last = now, time.Now()
		}
	}
	time.Sleep(100 * time.Millisecond) // for answers that come twice
	return c.check.outcome(start)
}

// steadily sends at a fixed rate, one chat after the other.
func (c *clients) steadily(start, end time.Time) {
	every := time.Second / time.Duration(c.load.PerSecond)
	for n := 0; ; n++ {
		at := start.Add(time.Duration(n) * every)
		if at.After(end) {
			return
		}
		time.Sleep(time.Until(at))
		c.ask(n%c.load.Chats, 1)
	}
}

// ask sends a chat's next messages.
func (c *clients) ask(chat, messages int) {
	for range messages {
		c.write(chat, fmt.Sprint(c.check.send(chat, time.Now())))
	}
}

// write puts a message where the bot fetches it.
func (c *clients) write(chat int, text string) {
	id := firstChat + chat
	c.bot.Update("message", json.RawMessage(fmt.Appendf(nil,
		`{"message_id":%d,"from":{"id":%d,"is_bot":false,"first_name":"Client %d","language_code":"uk"},`+
			`"chat":{"id":%d,"type":"private","first_name":"Client %d"},"date":%d,"text":%q}`,
		c.message.Add(1), id, chat, id, chat, time.Now().Unix(), text)))
}
