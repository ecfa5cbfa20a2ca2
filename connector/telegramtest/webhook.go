package telegramtest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"
)

const (
	usualConnections = 40
	longestRetry     = time.Minute
	longestPause     = time.Hour // of what a Retry-After may ask for
)

var secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

// webhook sends a bot's updates to its program. Updates of one queue go one after the other, each again until it is taken.
type webhook struct {
	updates     *updates
	url         string
	secret      string
	connections chan struct{} // one place for each call at a time
	stop        context.Context
	cancel      context.CancelFunc

	mu        sync.Mutex
	fed       int64 // the highest update id that is in a queue
	queues    map[string][]update
	lastError string
	lastFail  time.Time
}

func setWebhook(r *request) ([]byte, *refusal) {
	u := &r.bot.updates
	target := r.text("url")
	if target != "" {
		if refused := checkWebhook(target); refused != nil {
			return nil, refused
		}
	}
	secret := r.text("secret_token")
	if secret != "" && !secretForm.MatchString(secret) {
		if len(secret) > 256 {
			return nil, badRequest("secret token is too long")
		}
		return nil, badRequest("secret token contains unallowed characters")
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if r.bot.server.config.Throttle && time.Since(u.webhookSet) < time.Second {
		return nil, tooMany(1)
	}
	if refused := u.allow(r.params); refused != nil {
		return nil, refused
	}
	u.webhookSet = time.Now()
	u.endWebhook()
	if r.flag("drop_pending_updates") {
		u.waiting = nil
	}
	if target == "" {
		return success(true), nil
	}
	if u.poll != nil {
		close(u.poll.pushed)
		u.poll = nil
	}
	u.webhook = newWebhook(u, target, secret, r.number("max_connections", usualConnections, 1, 100))
	u.webhook.feed(u.waiting)
	return success(true), nil
}

func newWebhook(u *updates, target, secret string, connections int) *webhook {
	w := &webhook{
		updates: u, url: target, secret: secret, connections: make(chan struct{}, connections), queues: make(map[string][]update),
	}
	w.stop, w.cancel = context.WithCancel(context.Background())
	return w
}

// checkWebhook takes https on Telegram's four ports, and, for tests, anything on this machine's loopback. Nothing else is ever called.
func checkWebhook(target string) *refusal {
	at, err := url.Parse(target)
	if err != nil || at.Host == "" {
		return badRequest("bad webhook: invalid URL")
	}
	if ip, err := netip.ParseAddr(at.Hostname()); err == nil && ip.IsLoopback() {
		return nil
	}
	switch {
	case at.Scheme != "https":
		return badRequest("bad webhook: An HTTPS URL must be provided for webhook")
	case !slices.Contains([]string{"", "80", "88", "443", "8443"}, at.Port()):
		return badRequest("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
	}
	return badRequest("bad webhook: Failed to resolve host: Name or service not known")
}

func deleteWebhook(r *request) ([]byte, *refusal) {
	u := &r.bot.updates
	u.mu.Lock()
	defer u.mu.Unlock()
	u.endWebhook()
	if r.flag("drop_pending_updates") {
		u.waiting = nil
	}
	return success(true), nil
}

func getWebhookInfo(r *request) ([]byte, *refusal) {
	u := &r.bot.updates
	u.mu.Lock()
	defer u.mu.Unlock()
	u.expire(r.bot.server.Now())
	info := struct {
		URL         string   `json:"url"`
		Certificate bool     `json:"has_custom_certificate"`
		Pending     int      `json:"pending_update_count"`
		LastDate    int64    `json:"last_error_date,omitempty"`
		LastError   string   `json:"last_error_message,omitempty"`
		Connections int      `json:"max_connections,omitempty"`
		Allowed     []string `json:"allowed_updates,omitempty"`
	}{Pending: len(u.waiting)}
	if !slices.Equal(u.allowed, usualUpdates) {
		info.Allowed = u.allowed
	}
	if w := u.webhook; w != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		info.URL, info.Connections, info.LastError = w.url, cap(w.connections), w.lastError
		if !w.lastFail.IsZero() {
			info.LastDate = w.lastFail.Unix()
		}
	}
	return success(info), nil
}

// stopWebhook is endWebhook for the server's end.
func (u *updates) stopWebhook() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.endWebhook()
}

func (u *updates) endWebhook() {
	if u.webhook != nil {
		u.webhook.cancel()
		u.webhook = nil
	}
}

// feed puts the updates that are new into their queues.
func (w *webhook) feed(waiting []update) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, one := range waiting {
		if one.id <= w.fed {
			continue
		}
		w.fed = one.id
		name := one.queue
		if name == "" {
			name = strconv.FormatInt(one.id, 10)
		}
		_, running := w.queues[name]
		w.queues[name] = append(w.queues[name], one)
		if !running {
			go w.run(name)
		}
	}
}

// run delivers one queue until it is empty.
func (w *webhook) run(name string) {
	for {
		w.mu.Lock()
		if len(w.queues[name]) == 0 {
			delete(w.queues, name)
			w.mu.Unlock()
			return
		}
		next := w.queues[name][0]
		w.queues[name] = w.queues[name][1:]
		w.mu.Unlock()
		if !w.deliver(next) {
			return
		}
	}
}

// deliver sends an update until it is taken or too old; false once the webhook has ended.
func (w *webhook) deliver(one update) bool {
	pause := time.Duration(0) // the first retry comes at once
	for {
		if w.updates.bot.server.Now().After(one.expires) {
			w.updates.drop(one.id)
			return true
		}
		asked, err := w.post(one)
		if w.stop.Err() != nil {
			return false
		}
		if err == nil {
			w.updates.drop(one.id)
			return true
		}
		w.note(err)
		timer := time.NewTimer(max(pause, asked))
		select {
		case <-timer.C:
		case <-w.stop.Done():
			timer.Stop()
			return false
		}
		pause = min(max(2*pause, w.updates.bot.server.config.WebhookRetry), longestRetry)
	}
}

// post sends an update once. A refusal may ask for a pause.
func (w *webhook) post(one update) (time.Duration, error) {
	select {
	case w.connections <- struct{}{}:
	case <-w.stop.Done():
		return 0, w.stop.Err()
	}
	defer func() { <-w.connections }()
	call, err := http.NewRequestWithContext(w.stop, http.MethodPost, w.url, bytes.NewReader(one.body))
	if err != nil {
		return 0, err
	}
	call.Header.Set("Content-Type", "application/json")
	if w.secret != "" {
		call.Header.Set("X-Telegram-Bot-Api-Secret-Token", w.secret)
	}
	answer, err := w.updates.bot.server.webhooks.Do(call)
	if err != nil {
		return 0, err
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.Copy(io.Discard, answer.Body) // a method call in it is not carried out
	if answer.StatusCode/100 == 2 {
		return 0, nil
	}
	seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After"))
	return min(time.Duration(seconds)*time.Second, longestPause), sentence("Wrong response from the webhook: %s", answer.Status)
}

func (w *webhook) note(err error) {
	w.mu.Lock()
	w.lastError, w.lastFail = err.Error(), w.updates.bot.server.Now()
	w.mu.Unlock()
}

// drop forgets an update that was delivered.
func (u *updates) drop(id int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if at, ok := slices.BinarySearchFunc(u.waiting, id, func(w update, id int64) int { return int(w.id - id) }); ok {
		u.waiting = slices.Delete(u.waiting, at, at+1)
	}
}
