package main

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// checker knows what every chat has sent and what was answered, and when.
type checker struct {
	lines   []line
	waiting atomic.Int64 // messages without an answer yet, of all chats
}

// line is one chat: its messages are numbered from 0.
type line struct {
	mu       sync.Mutex
	sent     []time.Time
	latency  []time.Duration // of each message; 0: not answered
	highest  int             // the latest message that was answered
	open     int             // how many wait for their answer
	order    int
	repeated int
	strange  int
	last     time.Time // when the last first answer came
}

// outcome is what became of a load.
type outcome struct {
	Sent       int           `json:"sent"`
	Answered   int           `json:"answered"`
	Order      int           `json:"order"`      // answers that came after the answer to a later message of their chat
	Duplicates int           `json:"duplicates"` // further answers to a message
	Lost       int           `json:"lost"`       // messages without an answer
	Strange    int           `json:"strange"`    // messages of the bot that are no answer
	P50        time.Duration `json:"p50"`
	P99        time.Duration `json:"p99"`
	Max        time.Duration `json:"max"`
	Took       time.Duration `json:"took"` // from the first message to the last answer
}

// rate is the updates answered a second.
func (o outcome) rate() float64 {
	if o.Took <= 0 {
		return 0
	}
	return float64(o.Answered) / o.Took.Seconds()
}

func newChecker(chats int) *checker {
	c := &checker{lines: make([]line, chats)}
	for i := range c.lines {
		c.lines[i].highest = -1
	}
	return c
}

// send notes that a chat sends a message now, and gives its number.
func (c *checker) send(chat int, at time.Time) int {
	l := &c.lines[chat]
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent = append(l.sent, at)
	l.latency = append(l.latency, 0)
	l.open++
	c.waiting.Add(1)
	return len(l.sent) - 1
}

// answer notes what the bot said to a chat, and tells how many of the chat's messages are not answered yet. fresh is false for what
// was answered before, or is no answer.
func (c *checker) answer(chat int, text string, at time.Time) (open int, fresh bool) {
	l := &c.lines[chat]
	l.mu.Lock()
	defer l.mu.Unlock()
	n, ok := numberOf(text)
	switch {
	case !ok || n < 0 || n >= len(l.sent):
		l.strange++
		return l.open, false
	case l.latency[n] != 0:
		l.repeated++
		return l.open, false
	case n < l.highest:
		l.order++
	}
	l.highest = max(l.highest, n)
	l.latency[n] = max(at.Sub(l.sent[n]), 1)
	l.last = at
	l.open--
	c.waiting.Add(-1)
	return l.open, true
}

// reply is what every bot answers, before the text that it was sent.
const reply = "You said: "

func numberOf(text string) (int, bool) {
	rest, ok := strings.CutPrefix(text, reply)
	n, err := strconv.Atoi(rest)
	return n, ok && err == nil
}

// outcome sums up. Only what was answered counts for the latencies: what was not is lost.
func (c *checker) outcome(start time.Time) outcome {
	var o outcome
	var all []time.Duration
	last := start
	for i := range c.lines {
		l := &c.lines[i]
		l.mu.Lock()
		o.Sent += len(l.sent)
		o.Lost += l.open
		o.Order += l.order
		o.Duplicates += l.repeated
		o.Strange += l.strange
		for _, latency := range l.latency {
			if latency != 0 {
				all = append(all, latency)
			}
		}
		if l.last.After(last) {
			last = l.last
		}
		l.mu.Unlock()
	}
	slices.Sort(all)
	o.Answered = len(all)
	o.P50, o.P99, o.Max = percentile(all, 50), percentile(all, 99), percentile(all, 100)
	o.Took = last.Sub(start)
	return o
}
