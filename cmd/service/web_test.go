package service_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/cmd/service"
	"github.com/krokbot/krok/connector/telegram"
	"github.com/krokbot/krok/flow/texts"
)

// readiness is what /readyz says.
type readiness struct {
	Code       int
	Ready      bool
	State      string
	Components []struct{ Name, State, Reason string }
}

func (r readiness) of(name string) (state, reason string) {
	for _, one := range r.Components {
		if one.Name == name {
			return one.State, one.Reason
		}
	}
	return "", ""
}

func (p *process) ready(t *testing.T) readiness {
	t.Helper()
	code, page := p.get(t, "/readyz")
	r := readiness{Code: code}
	require.NoError(t, json.Unmarshal([]byte(page), &r), page)
	require.Equal(t, r.Ready, code == http.StatusOK, page)
	return r
}

// becomes waits until /readyz says that a component is so.
func (p *process) becomes(t *testing.T, name, state string) (readiness, string) {
	t.Helper()
	var r readiness
	require.Eventually(t, func() bool {
		r = p.ready(t)
		is, _ := r.of(name)
		return is == state
	}, 20*time.Second, 50*time.Millisecond)
	_, reason := r.of(name)
	return r, reason
}

func TestAKrokThatServesIsReady(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.serve(t)
	r, _ := p.becomes(t, "bot shop", "ok")
	require.Equal(t, "ok", r.State)
	require.Len(t, r.Components, 3)
	code, page := p.get(t, "/healthz")
	require.Equal(t, http.StatusOK, code)
	require.Equal(t, "ok\n", page)
}

func TestB63AFullRedisIsNotReadyAndTheClientGetsOneAnswerWhenThereIsRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.serve(t)
	p.becomes(t, "bot shop", "ok")
	require.NoError(t, w.redis.Client.ConfigSet(t.Context(), "maxmemory-policy", "noeviction").Err())
	require.NoError(t, w.redis.Client.ConfigSet(t.Context(), "maxmemory", "1").Err())
	r, reason := p.becomes(t, "redis", "down")
	require.False(t, r.Ready)
	require.Contains(t, reason, "maxmemory")
	w.ann.Send("/start")
	w.ann.Quiet(t, 300*time.Millisecond)
	require.Equal(t, 1, w.bot.PendingUpdates(), "it stays with Telegram")
	require.NoError(t, w.redis.Client.ConfigSet(t.Context(), "maxmemory", "0").Err())
	r, _ = p.becomes(t, "redis", "ok")
	require.True(t, r.Ready)
	w.greeted(t)
	require.Contains(t, w.ann.Next(t).Text, "Пошта?")
	w.ann.Quiet(t, 200*time.Millisecond)
}

func TestARedisThatIsGoneIsNotReady(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.serve(t)
	p.becomes(t, "bot shop", "ok")
	w.redis.Kill()
	r, reason := p.becomes(t, "redis", "down")
	require.False(t, r.Ready)
	require.Contains(t, reason, "cannot be reached")
}

func TestAnOdooThatIsDownDegradesAndTheBotsServe(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.serve(t)
	p.becomes(t, "bot shop", "ok")
	w.office.set(func(o *office) { o.down = errors.New("nobody answers the door") })
	r, reason := p.becomes(t, "odoo", "degraded")
	require.True(t, r.Ready)
	require.Equal(t, "degraded", r.State)
	require.Contains(t, reason, "nobody answers the door")

	// one that starts now serves from the last definitions; without any it could do nothing
	again := w.serve(t)
	r, _ = again.becomes(t, "bot shop", "ok")
	require.True(t, r.Ready)
	state, _ := r.of("odoo")
	require.Equal(t, "degraded", state)
	require.NoError(t, w.redis.Client.FlushAll(t.Context()).Err())
	empty := w.serve(t)
	r, _ = empty.becomes(t, "odoo", "down")
	require.False(t, r.Ready)
	w.office.set(func(o *office) { o.down = nil })
	r, _ = empty.becomes(t, "bot shop", "ok")
	require.True(t, r.Ready)
}

func TestATokenThatTelegramRefusesDegradesAndIsNamedInTheOwnersLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bot.Revoke()
	p := w.serve(t, func(_ *service.Config, web *service.WebConfig) { web.Lang = "uk" })
	var r readiness
	require.Eventually(t, func() bool {
		r = p.ready(t)
		_, reason := r.of("bot shop")
		return strings.Contains(reason, "Telegram не приймає токен")
	}, 20*time.Second, 50*time.Millisecond)
	require.True(t, r.Ready)
	require.NotContains(t, fmt.Sprint(r), w.bot.Token())
}

func TestBeforeThereIsAServiceTheReasonIsTold(t *testing.T) {
	t.Parallel()
	web := service.NewWeb(service.WebConfig{Listen: "localhost:0", Lang: "en"})
	require.NoError(t, web.Start(t.Context()))
	t.Cleanup(web.Stop)
	p := &process{web: web, url: "http://" + web.Addr()}
	r := p.ready(t)
	require.False(t, r.Ready)
	_, reason := r.of("krok")
	require.Contains(t, reason, "starting")
	web.Waiting(texts.NewError("store.full", texts.Args{"address": "there"}, nil))
	_, reason = p.ready(t).of("redis")
	require.Contains(t, reason, "maxmemory")
	web.Waiting(errors.New("no odoo"))
	state, _ := p.ready(t).of("odoo")
	require.Equal(t, "down", state)
	code, again := p.post(t, "/telegram/shop", "", "{}")
	require.Equal(t, http.StatusServiceUnavailable, code)
	require.NotEmpty(t, again)
	code, _ = p.get(t, "/metrics")
	require.Equal(t, http.StatusNotFound, code)
}

func TestAnAddressThatIsTakenIsNamed(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { taken.Close() })
	web := service.NewWeb(service.WebConfig{Listen: taken.Addr().String()})
	err = web.Start(t.Context())
	require.ErrorContains(t, err, taken.Addr().String())
	require.ErrorContains(t, err, "KROK_LISTEN")
	web.Stop()
}

func TestWithoutAnAddressNothingListens(t *testing.T) {
	t.Parallel()
	web := service.NewWeb(service.WebConfig{})
	require.NoError(t, web.Start(t.Context()))
	<-web.Started()
	require.Empty(t, web.Addr())
	web.Stop()
	web.Stop()
}

// start is an update in which a client writes /start.
func start(update int, client int64) string {
	return fmt.Sprintf(`{"update_id":%d,"message":{"message_id":1,"date":1700000000,"text":"/start",`+
		`"chat":{"id":%d,"type":"private"},"from":{"id":%d,"first_name":"Ганна"}}}`, update, client, client)
}

func TestB12AnUpdateThatComesToBothReplicasAndAgainLaterHasOneEffect(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var both [2]*process
	for i := range both {
		both[i] = w.serve(t, behindWebhook)
		both[i].becomes(t, "bot shop", "ok")
	}
	secret, update := telegram.Secret(w.bot.Token()), start(4711, w.ann.ID())
	post := func() {
		var posting sync.WaitGroup
		codes := make([]int, 4)
		for i := range codes {
			posting.Go(func() { codes[i], _ = both[i%2].post(t, "/telegram/shop", secret, update) })
		}
		posting.Wait()
		require.Equal(t, []int{200, 200, 200, 200}, codes)
	}
	post()
	w.greeted(t)
	require.Contains(t, w.ann.Next(t).Text, "Пошта?")
	require.Equal(t, 1, w.office.committed())

	tenMinutesPass(t, w.redis.Client)
	begun := time.Now()
	post()
	require.Less(t, time.Since(begun), 5*time.Second, "a repeat is taken at once")
	w.ann.Quiet(t, 300*time.Millisecond)
	require.Equal(t, 1, w.office.committed())
}

// tenMinutesPass makes what Redis remembers of updates ten minutes older.
func tenMinutesPass(t *testing.T, client *redis.Client) {
	t.Helper()
	keys, err := client.Keys(t.Context(), "krok:{*}:seen").Result()
	require.NoError(t, err)
	aged := 0
	for _, key := range keys {
		seen, err := client.ZRange(t.Context(), key, 0, -1).Result()
		require.NoError(t, err)
		for _, id := range seen {
			require.NoError(t, client.ZIncrBy(t.Context(), key, -float64((10*time.Minute).Microseconds()), id).Err())
			aged++
		}
	}
	require.NotZero(t, aged)
}

func TestUpdatesComeThroughTheWebhookOfEitherReplica(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.serve(t, behindWebhook)
	first.becomes(t, "bot shop", "ok")
	w.ann.Send("/start")
	w.greeted(t)
	require.Contains(t, w.ann.Next(t).Text, "Пошта?")
	require.Empty(t, w.bot.Calls("getUpdates"))

	// the other one takes the webhook over when the first has stopped, and nothing that came in between is lost
	first.stop()
	w.ann.Send("hanna@example.com")
	w.serve(t, behindWebhook)
	require.Contains(t, w.ann.Next(t).Text, "Ваш номер")
}

func TestWhatIsNotAnUpdateOfABotIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.serve(t, behindWebhook)
	p.becomes(t, "bot shop", "ok")
	secret := telegram.Secret(w.bot.Token())
	for path, want := range map[string]int{"/telegram/other": 404, "/telegram/": 404, "/telegram/shop/x": 404, "/": 404, "/telegram/shop": 403} {
		code, _ := p.post(t, path, "not the secret", "{}")
		require.Equal(t, want, code, path)
	}
	code, _ := p.get(t, "/telegram/shop")
	require.Equal(t, http.StatusMethodNotAllowed, code)
	code, _ = p.post(t, "/metrics", secret, "{}")
	require.Equal(t, http.StatusMethodNotAllowed, code)
	_, page := p.get(t, "/metrics")
	require.NotContains(t, page, `"other"`)
}

func TestABotThatIsNotKnownYetIsAskedForLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.office.down = errors.New("nobody answers the door")
	p := w.serve(t, behindWebhook)
	code, again := p.post(t, "/telegram/shop", telegram.Secret(w.bot.Token()), start(1, w.ann.ID()))
	require.Equal(t, http.StatusServiceUnavailable, code)
	require.NotEmpty(t, again)
}

func TestAPathInFrontMayStayInRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.serve(t, func(c *service.Config, web *service.WebConfig) {
		c.PublicURL, web.PublicURL = "http://127.0.0.1:1/my/bots", "http://127.0.0.1:1/my/bots"
	})
	p.becomes(t, "bot shop", "ok")
	for i, path := range []string{"/my/bots/telegram/shop", "/telegram/shop"} {
		code, _ := p.post(t, path, telegram.Secret(w.bot.Token()), start(10+i, w.ann.ID()))
		require.Equal(t, http.StatusOK, code, path)
		w.greeted(t)
	}
	require.Equal(t, "http://127.0.0.1:1/my/bots/telegram/shop", w.bot.Calls("setWebhook")[0].Arg("url"))
}

func TestWhileRedisRefusesTelegramIsAskedToComeAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.serve(t, behindWebhook)
	p.becomes(t, "bot shop", "ok")
	require.NoError(t, w.redis.Client.ConfigSet(t.Context(), "maxmemory", "1").Err())
	code, again := p.post(t, "/telegram/shop", telegram.Secret(w.bot.Token()), start(1, w.ann.ID()))
	require.Equal(t, http.StatusServiceUnavailable, code)
	seconds, err := strconv.Atoi(again)
	require.NoError(t, err)
	require.Positive(t, seconds)
	w.ann.Send("/start")
	require.NoError(t, w.redis.Client.ConfigSet(t.Context(), "maxmemory", "0").Err())
	w.greeted(t)
}
