package telegram

import (
	"sync"
	"time"

	"github.com/krokbot/krok/flow"
)

// Limits hold back what a bot sends, over all processes. Telegram publishes about 30 messages a second for a bot and about one a second
// for a chat, where short bursts pass. Less than 0 is no limit.
type Limits struct {
	PerSecond     float64 // messages of the bot; 0 is 30
	ChatPerSecond float64 // messages to one chat; 0 is 1
	ChatBurst     int     // messages to one chat without a pause; 0 is 10
	Senders       int     // requests at the same time; 0 is as many as the pace needs
}

// A bot sends so many messages at the same time: enough for its pace where each takes half a second.
const (
	fewestSenders = 16
	mostSenders   = 500
)

func (l Limits) senders() int {
	if l.Senders > 0 {
		return l.Senders
	}
	if l.PerSecond < 0 {
		return mostSenders
	}
	return int(min(max(l.PerSecond/2, fewestSenders), mostSenders))
}

// pace is what the store is to keep.
func (l Limits) pace() flow.Pace {
	pace := flow.Pace{PerSecond: l.PerSecond, ChatPerSecond: l.ChatPerSecond, ChatBurst: l.ChatBurst}
	if pace.PerSecond == 0 {
		pace.PerSecond = 30
	}
	if pace.ChatPerSecond == 0 {
		pace.ChatPerSecond = 1
	}
	if pace.ChatBurst == 0 {
		pace.ChatBurst = 10
	}
	return flow.Pace{PerSecond: max(pace.PerSecond, 0), ChatPerSecond: max(pace.ChatPerSecond, 0), ChatBurst: pace.ChatBurst}
}

// freeze holds back the messages that this process has in hand when Telegram asks to wait: the store gives no others.
type freeze struct {
	mu    sync.Mutex
	until time.Time
}

// longestFreeze keeps the wait that Telegram asks for in one chat from silencing the whole bot: it does not say whether a chat or the
// bot was too fast.
const longestFreeze = time.Minute

// extend lets the freeze last for a time from now on, where it would end earlier.
func (f *freeze) extend(wait time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if until := time.Now().Add(wait); until.After(f.until) {
		f.until = until
	}
}

// left is how long the freeze lasts yet; 0: nothing is frozen.
func (f *freeze) left() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	return max(time.Until(f.until), 0)
}
