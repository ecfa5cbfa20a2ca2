package telegramtest

import (
	"encoding/json"
	"slices"
	"strconv"
	"sync"
	"time"
)

const (
	keepUpdates  = 24 * time.Hour
	keepPresses  = 150 * time.Second
	longestPoll  = 50 // seconds
	maxBatch     = 100
	maxBatchSize = 4 << 20
)

// usualUpdates are what a bot gets that never said which it wants.
var usualUpdates = []string{
	"message", "edited_message", "channel_post", "edited_channel_post", "callback_query", "my_chat_member", "inline_query",
	"chosen_inline_result", "shipping_query", "pre_checkout_query", "poll", "poll_answer", "chat_join_request", "chat_boost",
	"removed_chat_boost", "business_connection", "business_message", "edited_business_message", "deleted_business_messages",
	"purchased_paid_media",
}

// update is one update that waits to be fetched.
type update struct {
	id      int64
	queue   string // of a webhook: updates of one queue go one after the other
	expires time.Time
	body    []byte
}

// updates is a bot's queue and the poller that waits at it.
type updates struct {
	bot *Bot

	mu      sync.Mutex
	nextID  int64
	waiting []update
	soonest time.Time // when the first of them expires
	allowed []string
	poll    *poller
	webhook *webhook

	lastOffset int64
	lastPoll   time.Time
	webhookSet time.Time
}

// poller is a getUpdates call that waits. Its channels are buffered, so that nobody ever waits for it.
type poller struct {
	wake   chan struct{}
	pushed chan struct{} // closed when a newer one takes its place
}

// Update gives the bot an update of the given kind ("message", "callback_query", or one that no library knows) and returns its
// id, 0 where the bot has not asked for that kind.
func (b *Bot) Update(kind string, payload any) int64 {
	return b.updates.add(kind, "", b.server.Now(), encode(payload))
}

// PendingUpdates is how many updates wait to be confirmed.
func (b *Bot) PendingUpdates() int {
	b.updates.mu.Lock()
	defer b.updates.mu.Unlock()
	b.updates.expire(b.server.Now())
	return len(b.updates.waiting)
}

// Skip lets update ids jump, as Telegram does after a week of silence.
func (b *Bot) Skip(ids int64) {
	b.updates.mu.Lock()
	b.updates.nextID += ids
	b.updates.mu.Unlock()
}

func (u *updates) add(kind, queue string, date time.Time, payload []byte) int64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !slices.Contains(u.allowed, kind) && slices.Contains(knownUpdates, kind) {
		return 0
	}
	id := u.nextID
	u.nextID++
	keep := keepUpdates
	if kind == "callback_query" || kind == "pre_checkout_query" || kind == "shipping_query" {
		keep = keepPresses
	}
	body := make([]byte, 0, len(payload)+len(kind)+40)
	body = append(body, `{"update_id":`...)
	body = strconv.AppendInt(body, id, 10)
	body = append(body, `,"`...)
	body = append(body, kind...)
	body = append(body, `":`...)
	body = append(body, payload...)
	body = append(body, '}')
	expires := date.Add(keep)
	if len(u.waiting) == 0 || expires.Before(u.soonest) {
		u.soonest = expires
	}
	u.waiting = append(u.waiting, update{id: id, queue: queue, expires: expires, body: body})
	u.wake()
	return id
}

// knownUpdates can be left out by allowed_updates; a kind that this server does not know always comes through.
var knownUpdates = append(slices.Clone(usualUpdates), "chat_member", "message_reaction", "message_reaction_count")

// wake tells whoever waits for updates that there is one.
func (u *updates) wake() {
	if u.poll != nil {
		select {
		case u.poll.wake <- struct{}{}:
		default:
		}
	}
	if u.webhook != nil {
		u.webhook.feed(u.waiting)
	}
}

func (u *updates) expire(now time.Time) {
	if len(u.waiting) == 0 || !now.After(u.soonest) {
		return
	}
	u.waiting = slices.DeleteFunc(u.waiting, func(w update) bool { return now.After(w.expires) })
	for i, w := range u.waiting {
		if i == 0 || w.expires.Before(u.soonest) {
			u.soonest = w.expires
		}
	}
}

// confirm forgets everything below an offset; of a negative one, all but the last -offset updates.
func (u *updates) confirm(offset int64) {
	n := 0
	if offset < 0 {
		n = max(0, len(u.waiting)+int(max(offset, -1<<31)))
	}
	for n < len(u.waiting) && u.waiting[n].id < offset {
		n++
	}
	clear(u.waiting[:n])
	u.waiting = u.waiting[n:]
}

// getUpdates answers with what waits, or waits itself. The rules are those of tdlib/telegram-bot-api, Client.cpp.
func getUpdates(r *request) ([]byte, *refusal) {
	u := &r.bot.updates
	limit := r.number("limit", maxBatch, 1, maxBatch)
	wait := time.Duration(r.number("timeout", 0, 0, longestPoll)) * time.Second
	offset := r.id("offset")

	u.mu.Lock()
	if u.webhook != nil {
		u.mu.Unlock()
		return nil, conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
	}
	if refused := u.allow(r.params); refused != nil {
		u.mu.Unlock()
		return nil, refused
	}
	if u.poll != nil {
		close(u.poll.pushed)
	}
	self := &poller{wake: make(chan struct{}, 1), pushed: make(chan struct{})}
	u.poll = self
	if r.bot.server.config.Throttle {
		limit, wait = u.throttle(offset, limit, wait)
	}
	u.confirm(offset)
	u.mu.Unlock()
	return u.next(r, self, limit, wait)
}

// throttle slows down a poller that asks again with the offset it had.
func (u *updates) throttle(offset int64, limit int, wait time.Duration) (int, time.Duration) {
	now := time.Now()
	if offset == u.lastOffset && now.Before(u.lastPoll.Add(500*time.Millisecond)) {
		limit = 1
	}
	if offset == u.lastOffset && now.Before(u.lastPoll.Add(3*time.Second)) {
		wait = max(wait, 3*time.Second)
	}
	u.lastOffset, u.lastPoll = offset, now
	return limit, wait
}

// next waits for the first update and takes up to limit.
func (u *updates) next(r *request, self *poller, limit int, wait time.Duration) ([]byte, *refusal) {
	var timeout <-chan time.Time
	for {
		u.mu.Lock()
		if u.poll != self {
			u.mu.Unlock()
			return nil, pushedAside(r.bot.server.config.Throttle)
		}
		u.expire(r.bot.server.Now())
		batch := u.batch(limit)
		if timeout == nil && wait > 0 && batch == nil {
			timer := time.NewTimer(wait)
			defer timer.Stop()
			timeout = timer.C
		}
		if batch != nil || wait == 0 {
			u.poll = nil
			u.mu.Unlock()
			return orNone(batch), nil
		}
		u.mu.Unlock()

		select {
		case <-self.wake:
		case <-timeout:
			wait = 0
		case <-self.pushed:
		case <-r.http.Context().Done():
			wait = 0
		case <-r.bot.server.closed:
			wait = 0
		}
	}
}

func orNone(batch []byte) []byte {
	if batch == nil {
		return []byte(`{"ok":true,"result":[]}`)
	}
	return batch
}

// pushedAside is what a poller gets whose place another one took.
func pushedAside(late bool) *refusal {
	refused := conflict("terminated by other getUpdates request; make sure that only one bot instance is running")
	if late {
		refused.late = 3 * time.Second
	}
	return refused
}

// batch is the answer with the first updates, nil for none.
func (u *updates) batch(limit int) []byte {
	if len(u.waiting) == 0 {
		return nil
	}
	size := 0
	for i, w := range u.waiting[:min(limit, len(u.waiting))] {
		if i > 0 && size+len(w.body) > maxBatchSize {
			limit = i
			break
		}
		size += len(w.body) + 1
	}
	list := append(make([]byte, 0, size+30), `{"ok":true,"result":[`...)
	for i, w := range u.waiting[:min(limit, len(u.waiting))] {
		if i > 0 {
			list = append(list, ',')
		}
		list = append(list, w.body...)
	}
	return append(list, "]}"...)
}

// allow remembers which kinds of updates the bot wants: those named; the usual ones for an empty list; as before for none.
func (u *updates) allow(p params) *refusal {
	text := p.text("allowed_updates")
	if text == "" {
		return nil
	}
	var wanted []string
	if json.Unmarshal([]byte(text), &wanted) != nil {
		return badRequest("can't parse allowed updates JSON object")
	}
	if len(wanted) == 0 {
		wanted = usualUpdates
	}
	u.allowed = wanted
	return nil
}
