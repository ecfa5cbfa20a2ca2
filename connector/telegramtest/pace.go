package telegramtest

import (
	"math"
	"sync"
	"time"
)

// Pace is how fast a bot may send. Telegram does not publish its numbers; see TelegramPace.
type Pace struct {
	Bot   Rate // over all chats
	Chat  Rate // to one private chat
	Group Rate // to one group or channel
}

// Rate allows Burst calls at once and then one per Every. It limits nothing when Every is zero.
type Rate struct {
	Every time.Duration
	Burst int
}

// TelegramPace is what Telegram's FAQ tells bots to keep: 30 messages a second, one a second to a chat with short bursts, 20 a
// minute to a group.
func TelegramPace() Pace {
	return Pace{
		Bot:   Rate{Every: time.Second / 30, Burst: 30},
		Chat:  Rate{Every: time.Second, Burst: 3},
		Group: Rate{Every: 3 * time.Second, Burst: 20},
	}
}

// meter counts calls against a rate. After a refusal nothing passes until its retry_after is over.
type meter struct {
	mu     sync.Mutex
	free   time.Time // when all is forgotten
	banned time.Time
}

// take allows a call at now, or says in how many seconds to try again.
func (m *meter) take(rate Rate, now time.Time) (seconds int) {
	if rate.Every == 0 {
		return 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if now.Before(m.banned) {
		return whole(m.banned.Sub(now))
	}
	if m.free.Before(now) {
		m.free = now
	}
	ahead := m.free.Add(rate.Every).Sub(now) - time.Duration(max(rate.Burst, 1))*rate.Every
	if ahead > 0 {
		m.banned = now.Add(time.Duration(whole(ahead)) * time.Second)
		return whole(ahead)
	}
	m.free = m.free.Add(rate.Every)
	return 0
}

func whole(d time.Duration) int { return int(math.Ceil(d.Seconds())) }

// paced lets a sending call to a chat through or refuses it with 429.
func (b *Bot) paced(r *room) *refusal {
	pace := &b.server.config.Pace
	if pace.Bot.Every == 0 && pace.Chat.Every == 0 && pace.Group.Every == 0 {
		return nil
	}
	now, rate := b.server.Now(), pace.Chat
	if r.info.Type != "private" {
		rate = pace.Group
	}
	if seconds := r.meter.take(rate, now); seconds > 0 {
		return tooMany(seconds)
	}
	if seconds := b.meter.take(pace.Bot, now); seconds > 0 {
		return tooMany(seconds)
	}
	return nil
}
