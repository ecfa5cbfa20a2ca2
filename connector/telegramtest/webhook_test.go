package telegramtest_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegramtest"
)

// program is a bot's program behind a webhook: answer says how it takes an update.
type program struct {
	*httptest.Server
	mu     sync.Mutex
	got    []incoming
	at     []time.Time
	secret string
}

func newProgram(t *testing.T, answer func(w http.ResponseWriter, u incoming, attempt int)) *program {
	p := &program{}
	attempts := map[int64]int{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var u incoming
		if err := json.NewDecoder(r.Body).Decode(&u); err != nil {
			panic(err)
		}
		p.mu.Lock()
		p.got, p.at = append(p.got, u), append(p.at, time.Now())
		p.secret = r.Header.Get("X-Telegram-Bot-Api-Secret-Token")
		attempts[u.ID]++
		attempt := attempts[u.ID]
		p.mu.Unlock()
		if answer != nil {
			answer(w, u, attempt)
		}
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *program) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.got)
}

func (p *program) waitFor(t *testing.T, n int) {
	t.Helper()
	require.Eventually(t, func() bool { return p.count() >= n }, 5*time.Second, time.Millisecond)
}

func TestWebhookGetsUpdatesInOrderWithTheSecret(t *testing.T) {
	t.Parallel()
	g := setup(t)
	p := newProgram(t, nil)
	g.ann.Send("waited")
	require.True(t, ok[bool](t, g, "setWebhook", args{"url": p.URL, "secret_token": "s3cret_-"}))
	for range 20 {
		g.ann.Send("x")
	}
	p.waitFor(t, 21)
	require.Equal(t, "s3cret_-", p.secret)
	require.Equal(t, "waited", p.got[0].Message.Text)
	for i, u := range p.got[1:] {
		require.Equal(t, p.got[i].ID+1, u.ID)
	}
	require.Eventually(t, func() bool { return g.bot.PendingUpdates() == 0 }, time.Second, time.Millisecond)
	g.refused(t, 409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first", "getUpdates", nil)
}

func TestWebhookRetriesUntilTaken(t *testing.T) {
	t.Parallel()
	g := setup(t, telegramtest.Config{WebhookRetry: 30 * time.Millisecond})
	p := newProgram(t, func(w http.ResponseWriter, _ incoming, attempt int) {
		if attempt <= 3 {
			w.WriteHeader(http.StatusBadGateway)
		}
	})
	ok[bool](t, g, "setWebhook", args{"url": p.URL})
	g.ann.Send("one")
	g.ann.Send("two")
	p.waitFor(t, 8)
	require.Equal(t, "one", p.got[3].Message.Text)
	require.Equal(t, "two", p.got[4].Message.Text, "the next of the chat comes after the first was taken")
	require.Less(t, p.at[1].Sub(p.at[0]), 25*time.Millisecond, "first retry at once")
	require.GreaterOrEqual(t, p.at[2].Sub(p.at[1]), 30*time.Millisecond)
	require.GreaterOrEqual(t, p.at[3].Sub(p.at[2]), 60*time.Millisecond, "then with a doubled pause")
	info := ok[map[string]any](t, g, "getWebhookInfo", nil)
	require.Equal(t, "Wrong response from the webhook: 502 Bad Gateway", info["last_error_message"])
	require.Equal(t, p.URL, info["url"])
	require.NotZero(t, info["last_error_date"])
}

func TestWebhookHonoursRetryAfter(t *testing.T) {
	t.Parallel()
	g := setup(t)
	p := newProgram(t, func(w http.ResponseWriter, _ incoming, attempt int) {
		if attempt == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	ok[bool](t, g, "setWebhook", args{"url": p.URL})
	g.ann.Send("x")
	p.waitFor(t, 2)
	require.GreaterOrEqual(t, p.at[1].Sub(p.at[0]), time.Second)
}

func TestWebhookThatHangsHoldsUpItsChatOnly(t *testing.T) {
	t.Parallel()
	g := setup(t)
	hang := make(chan struct{})
	p := newProgram(t, func(_ http.ResponseWriter, u incoming, _ int) {
		if u.Message != nil && u.Message.Text == "hang" {
			<-hang
		}
	})
	t.Cleanup(func() { close(hang) })
	ok[bool](t, g, "setWebhook", args{"url": p.URL})
	g.ann.Send("hang")
	p.waitFor(t, 1)
	g.ann.Send("waits")
	g.ann.PressData(1, "a press is another queue")
	g.bot.Chat(telegramtest.User{}).Send("another chat")
	p.waitFor(t, 3)
	time.Sleep(20 * time.Millisecond)
	require.Equal(t, 3, p.count())
}

func TestWebhookGivesUpOnWhatIsTooOld(t *testing.T) {
	t.Parallel()
	g := setup(t, telegramtest.Config{WebhookRetry: 20 * time.Millisecond})
	p := newProgram(t, func(w http.ResponseWriter, u incoming, _ int) {
		if u.Press != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	ok[bool](t, g, "setWebhook", args{"url": p.URL})
	g.ann.PressData(1, "d")
	p.waitFor(t, 2)
	g.server.Advance(3 * time.Minute)
	require.Eventually(t, func() bool { return g.bot.PendingUpdates() == 0 }, time.Second, time.Millisecond)
}

func TestWebhookIsCheckedAndTakenAway(t *testing.T) {
	t.Parallel()
	g := setup(t)
	for want, a := range map[string]args{
		"bad webhook: An HTTPS URL must be provided for webhook":               {"url": "http://bot.example/hook"},
		"bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443": {"url": "https://bot.example:9000/hook"},
		"bad webhook: Failed to resolve host: Name or service not known":       {"url": "https://bot.example/hook"},
		"bad webhook: invalid URL":                                             {"url": "hook"},
		"secret token contains unallowed characters":                           {"url": "http://127.0.0.1:1", "secret_token": "ключ"},
		"secret token is too long":                                             {"url": "http://127.0.0.1:1", "secret_token": strings.Repeat("a", 257)},
		"can't parse allowed updates JSON object":                              {"url": "http://127.0.0.1:1", "allowed_updates": "x"},
	} {
		g.refused(t, 400, "Bad Request: "+want, "setWebhook", a)
	}
	p := newProgram(t, func(w http.ResponseWriter, _ incoming, _ int) { w.WriteHeader(http.StatusInternalServerError) })
	ok[bool](t, g, "setWebhook", args{"url": p.URL, "max_connections": 7, "allowed_updates": []string{"message"}})
	info := ok[map[string]any](t, g, "getWebhookInfo", nil)
	require.EqualValues(t, 7, info["max_connections"])
	require.Equal(t, []any{"message"}, info["allowed_updates"])
	g.ann.Send("one")
	p.waitFor(t, 1)
	require.True(t, ok[bool](t, g, "deleteWebhook", nil))
	require.Equal(t, []string{"one"}, texts(g.fetch(t, nil)), "what was not taken still waits")
	require.True(t, ok[bool](t, g, "deleteWebhook", args{"drop_pending_updates": true}))
	require.Empty(t, g.fetch(t, nil))

	g.ann.Send("two")
	ok[bool](t, g, "setWebhook", args{"url": p.URL, "drop_pending_updates": true})
	require.Zero(t, g.bot.PendingUpdates())
	ok[bool](t, g, "setWebhook", args{"url": ""})
	require.Empty(t, g.fetch(t, nil), "an empty URL takes the webhook away")
}

func TestWebhookEndsAPoller(t *testing.T) {
	t.Parallel()
	g := setup(t)
	poller := make(chan reply, 1)
	go func() {
		r, _ := g.try(t, "getUpdates", args{"timeout": 50})
		poller <- r
	}()
	require.Eventually(t, func() bool { return len(g.bot.Calls("getUpdates")) == 1 }, time.Second, time.Millisecond)
	time.Sleep(20 * time.Millisecond) // the call is recorded a moment before it waits
	ok[bool](t, g, "setWebhook", args{"url": newProgram(t, nil).URL})
	require.Equal(t, 409, (<-poller).ErrorCode)
}

func TestWebhookIsSetOnceASecondWhenThrottled(t *testing.T) {
	t.Parallel()
	g := setup(t, telegramtest.Config{Throttle: true})
	p := newProgram(t, nil)
	ok[bool](t, g, "setWebhook", args{"url": p.URL})
	r := g.call(t, "setWebhook", args{"url": p.URL})
	require.Equal(t, 429, r.ErrorCode)
	require.Equal(t, 1, r.Parameters.RetryAfter)
}
