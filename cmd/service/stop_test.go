package service_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/cmd/service"
	"github.com/krokbot/krok/connector/telegram"
	"github.com/krokbot/krok/connector/telegramtest"
)

func TestAStopFinishesTheTurnUnderWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.office.hang = make(chan struct{})
	p := w.serve(t)
	w.ann.Send("/start")
	require.Eventually(t, func() bool { return w.office.committed() == 1 }, 20*time.Second, 5*time.Millisecond)
	stopped := stopping(p)
	select {
	case <-stopped:
		require.Fail(t, "the turn under way is waited for")
	case <-time.After(200 * time.Millisecond):
	}
	close(w.office.hang)
	ended(t, stopped)
	w.serve(t)
	w.greeted(t)
	require.Equal(t, 1, w.office.committed(), "the turn was kept, nobody does it again")
}

func TestAHangingOdooDoesNotHoldTheStopAndAnotherReplicaGoesOnAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hang := make(chan struct{})
	w.office.hang = hang
	p := w.serve(t, func(c *service.Config, _ *service.WebConfig) { c.StopWithin = 300 * time.Millisecond })
	w.ann.Send("/start")
	require.Eventually(t, func() bool { return w.office.committed() == 1 }, 20*time.Second, 5*time.Millisecond)
	w.office.set(func(o *office) { o.hang = nil })
	other := w.serve(t)
	other.becomes(t, "bot shop", "ok")
	begun := time.Now()
	ended(t, stopping(p))
	w.greeted(t)
	require.Less(t, time.Since(begun), 8*time.Second, "sooner than the lease would have run out")
	require.Contains(t, w.ann.Next(t).Text, "Пошта?")
	w.ann.Quiet(t, 200*time.Millisecond)
	require.Equal(t, 2, w.office.committed())
	require.Equal(t, w.office.commits[0].Key, w.office.commits[1].Key, "Odoo sees that it is the same")
	require.NotContains(t, p.log.String(), "level=ERROR")
	close(hang)
}

func TestAHangingTelegramDoesNotHoldTheStopAndTheMessageIsSentByAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.serve(t, func(c *service.Config, _ *service.WebConfig) { c.StopWithin = 300 * time.Millisecond })
	hang := w.bot.Fail(telegramtest.Fault{Method: "sendMessage", Delay: time.Minute, Drop: telegramtest.DropBefore})
	w.ann.Send("/start")
	require.Eventually(t, func() bool { return hang.Hits() == 1 }, 20*time.Second, 5*time.Millisecond)
	hang.Stop()
	w.serve(t)
	ended(t, stopping(p))
	w.greeted(t)
	require.Contains(t, w.ann.Next(t).Text, "Пошта?")
}

func TestWhoPollsGivesTheTokenUpAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.serve(t)
	w.ann.Send("/start")
	w.greeted(t)
	w.ann.Next(t)
	other := w.serve(t)
	other.becomes(t, "bot shop", "ok")
	begun := time.Now()
	ended(t, stopping(p))
	w.ann.Send("hanna@example.com")
	require.Contains(t, w.ann.Next(t).Text, "Ваш номер")
	require.Less(t, time.Since(begun), 8*time.Second, "sooner than the lease would have run out")
}

func TestAKrokThatStopsIsNotReadyAndTakesNoUpdates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.serve(t, behindWebhook)
	p.becomes(t, "bot shop", "ok")
	p.web.Stopping()
	r := p.ready(t)
	require.Equal(t, http.StatusServiceUnavailable, r.Code)
	_, reason := r.of("krok")
	require.Contains(t, reason, "stopping")
	code, again := p.post(t, "/telegram/shop", telegram.Secret(w.bot.Token()), start(1, w.ann.ID()))
	require.Equal(t, http.StatusServiceUnavailable, code)
	require.NotEmpty(t, again)
	code, _ = p.get(t, "/healthz")
	require.Equal(t, http.StatusOK, code, "it lives")
}

func stopping(p *process) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		p.stop()
		close(done)
	}()
	return done
}

func ended(t *testing.T, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		require.Fail(t, "the stop takes too long")
	}
}
