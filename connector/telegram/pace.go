package telegram

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/krokbot/krok/flow"
)

// Limits hold back what a bot sends. Telegram publishes about 30 messages a second for a bot and about one a second for a chat,
// where short bursts pass.
type Limits struct {
	PerSecond     float64 // messages of the bot; 0 is 30
	ChatPerSecond float64 // messages to one chat; 0 is 1
	ChatBurst     int     // messages to one chat without a pause; 0 is 10
	Senders       int     // requests at the same time; 0 is 16
}

func (l Limits) withDefaults() Limits {
	if l.PerSecond == 0 {
		l.PerSecond = 30
	}
	if l.ChatPerSecond == 0 {
		l.ChatPerSecond = 1
	}
	if l.ChatBurst == 0 {
		l.ChatBurst = 10
	}
	if l.Senders == 0 {
		l.Senders = 16
	}
	return l
}

// pace knows when the next message may go.
type pace struct {
	limits Limits
	bot    *rate.Limiter

	mu     sync.Mutex
	chats  map[flow.ChatID]*rate.Limiter
	frozen time.Time // nothing of the bot goes before
}

func newPace(limits Limits) *pace {
	limits = limits.withDefaults()
	return &pace{
		limits: limits,
		bot:    rate.NewLimiter(rate.Limit(limits.PerSecond), max(1, int(limits.PerSecond))),
		chats:  map[flow.ChatID]*rate.Limiter{},
	}
}

// reserve says how long a message to a chat must wait. Up to holdBack it has its place; for longer it has none and must ask again.
func (p *pace) reserve(chat flow.ChatID) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if wait := time.Until(p.frozen); wait > 0 {
		return max(wait, holdBack+1)
	}
	mine := p.ofChat(chat).Reserve()
	if wait := mine.Delay(); wait > holdBack {
		mine.Cancel()
		return wait
	}
	all := p.bot.Reserve()
	wait := max(mine.Delay(), all.Delay())
	if wait > holdBack {
		mine.Cancel()
		all.Cancel()
	}
	return wait
}

// ofChat finds a chat's limiter. Those that are full again are forgotten when there are many.
func (p *pace) ofChat(chat flow.ChatID) *rate.Limiter {
	if limiter, ok := p.chats[chat]; ok {
		return limiter
	}
	if len(p.chats) > 10_000 {
		for id, limiter := range p.chats {
			if limiter.Tokens() >= float64(p.limits.ChatBurst) {
				delete(p.chats, id)
			}
		}
	}
	limiter := rate.NewLimiter(rate.Limit(p.limits.ChatPerSecond), p.limits.ChatBurst)
	p.chats[chat] = limiter
	return limiter
}

// longestFreeze keeps the wait that Telegram asks for in one chat from silencing the whole bot.
const longestFreeze = time.Minute

// freeze holds all messages of the bot back: Telegram does not say whether a chat or the bot was too fast.
func (p *pace) freeze(wait time.Duration) {
	if wait > longestFreeze {
		return // so long a wait is for one chat
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := time.Now().Add(wait); until.After(p.frozen) {
		p.frozen = until
	}
}
