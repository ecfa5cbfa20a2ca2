package rpc

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPaceWaitsFromBeginningToBeginning(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPacer(time.Second)
		start := time.Now()
		for i, took := range []time.Duration{300 * time.Millisecond, 1500 * time.Millisecond, 0} {
			done, err := p.wait(t.Context())
			require.NoError(t, err)
			require.Equal(t, []time.Duration{0, time.Second, 2500 * time.Millisecond}[i], time.Since(start))
			time.Sleep(took)
			done()
		}
	})
}

func TestWaitingForTheTurnEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPacer(time.Minute)
		done, err := p.wait(t.Context())
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = p.wait(ctx) // while the first call is under way
		require.ErrorIs(t, err, context.DeadlineExceeded)
		done()
		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = p.wait(ctx) // while the pace is kept
		require.ErrorIs(t, err, context.DeadlineExceeded)
		again, err := p.wait(t.Context())
		require.NoError(t, err, "whoever gave up does not keep the others from it")
		again()
	})
}

func TestOdooOnlineIsAskedOnceASecond(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]time.Duration{
		"https://shop.odoo.com": time.Second, "https://shop.example": 0, "https://odoo.com.shop.example": 0,
	} {
		w, err := newWire(Config{URL: url})
		require.NoError(t, err)
		require.Equal(t, want, w.Pace, url)
	}
	w, err := newWire(Config{URL: "https://shop.odoo.com", Pace: 3 * time.Second})
	require.NoError(t, err)
	require.Equal(t, 3*time.Second, w.Pace)
}

func TestGateOpensAgainAndStaysShutLongerEachTime(t *testing.T) {
	t.Parallel()
	var g gate
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	refused := &Error{Kind: KindLogin}
	require.NoError(t, g.closed(now))
	for _, pause := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute} {
		g.note(refused, now)
		require.Error(t, g.closed(now.Add(pause-time.Second)))
		now = now.Add(pause)
		require.NoError(t, g.closed(now))
	}
	g.note(&Error{Kind: KindTimeout}, now)
	g.note(refused, now)
	require.Error(t, g.closed(now.Add(7*time.Minute)), "an error of another kind does not mend it")
	g.note(nil, now)
	g.note(refused, now)
	require.NoError(t, g.closed(now.Add(time.Minute)), "a call that went well does")
}

func TestRetryAfterMayBeADate(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	require.Equal(t, 5*time.Second, retryAfter("5", now))
	require.Equal(t, time.Minute, retryAfter("Thu, 01 Jan 2026 00:01:00 GMT", now))
	for _, text := range []string{"", "-5", "soon", "Thu, 01 Jan 2015 00:01:00 GMT"} {
		require.Zero(t, retryAfter(text, now), text)
	}
}
