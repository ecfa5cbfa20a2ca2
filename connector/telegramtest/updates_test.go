package telegramtest_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegramtest"
)

func texts(updates []incoming) []string {
	list := []string{}
	for _, u := range updates {
		list = append(list, u.Message.Text)
	}
	return list
}

func TestOffsetConfirmsEverythingBelowIt(t *testing.T) {
	t.Parallel()
	g := setup(t)
	for _, text := range []string{"one", "two", "three"} {
		g.ann.Send(text)
	}
	all := g.fetch(t, nil)
	require.Equal(t, []string{"one", "two", "three"}, texts(all))
	require.Equal(t, []string{"one", "two", "three"}, texts(g.fetch(t, nil)), "without an offset nothing is confirmed")
	require.Equal(t, []string{"two", "three"}, texts(g.fetch(t, args{"offset": all[1].ID})))
	require.Equal(t, []string{"two", "three"}, texts(g.fetch(t, args{"offset": all[0].ID})), "what is confirmed is gone")
	require.Empty(t, g.fetch(t, args{"offset": all[2].ID + 1}))
	require.Zero(t, g.bot.PendingUpdates())
}

func TestNegativeOffsetForgetsAllButTheLast(t *testing.T) {
	t.Parallel()
	g := setup(t)
	for _, text := range []string{"one", "two", "three"} {
		g.ann.Send(text)
	}
	require.Equal(t, []string{"two", "three"}, texts(g.fetch(t, args{"offset": -2})))
	require.Equal(t, []string{"two", "three"}, texts(g.fetch(t, args{"offset": -10})))
	require.Equal(t, 2, g.bot.PendingUpdates())
}

func TestBatchHoldsOneToHundredUpdates(t *testing.T) {
	t.Parallel()
	g := setup(t)
	for range 120 {
		g.ann.Send("x")
	}
	for limit, want := range map[int]int{0: 1, 1: 1, 7: 7, 100: 100, 500: 100, -3: 1} {
		require.Len(t, g.fetch(t, args{"limit": limit}), want, "limit %d", limit)
	}
	require.Len(t, g.fetch(t, nil), 100)
}

func TestLongPollWaitsForTheFirstUpdate(t *testing.T) {
	t.Parallel()
	g := setup(t)
	began := time.Now()
	require.Empty(t, g.fetch(t, args{"timeout": 1}))
	require.GreaterOrEqual(t, time.Since(began), time.Second)

	time.AfterFunc(50*time.Millisecond, func() { g.ann.Send("late") })
	began = time.Now()
	require.Equal(t, []string{"late"}, texts(g.fetch(t, args{"timeout": 50})))
	require.Less(t, time.Since(began), time.Second)
}

func TestPollerThatGoesAwayLosesNothing(t *testing.T) {
	t.Parallel()
	g := setup(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	call, err := http.NewRequestWithContext(ctx, http.MethodGet, g.server.URL()+"/bot"+g.bot.Token()+"/getUpdates?timeout=50", nil)
	require.NoError(t, err)
	_, err = http.DefaultClient.Do(call)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	g.ann.Send("still here")
	require.Equal(t, []string{"still here"}, texts(g.fetch(t, args{"timeout": 1})))
}

func TestNewerPollerEndsTheOlder(t *testing.T) {
	t.Parallel()
	g := setup(t)
	older := make(chan reply, 1)
	go func() {
		r, _ := g.try(t, "getUpdates", args{"timeout": 50})
		older <- r
	}()
	require.Eventually(t, func() bool { return len(g.bot.Calls("getUpdates")) == 1 }, time.Second, time.Millisecond)
	time.Sleep(20 * time.Millisecond) // the call is recorded a moment before it waits
	time.AfterFunc(20*time.Millisecond, func() { g.ann.Send("for the newer") })
	require.Equal(t, []string{"for the newer"}, texts(g.fetch(t, args{"timeout": 5})))
	r := <-older
	require.Equal(t, 409, r.ErrorCode)
	require.Equal(t, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running", r.Description)
}

func TestAllowedUpdatesAreRemembered(t *testing.T) {
	t.Parallel()
	g := setup(t)
	g.ann.Block()
	require.Len(t, g.fetch(t, args{"offset": -1}), 1, "by default a block is told")
	require.Empty(t, g.fetch(t, args{"offset": 1 << 40, "allowed_updates": []string{"message"}}))
	g.ann.Unblock()
	require.Empty(t, g.fetch(t, nil), "the choice holds for later calls")
	g.ann.Send("x")
	require.Len(t, g.fetch(t, args{"allowed_updates": []string{}}), 1)
	g.ann.Block()
	require.Len(t, g.fetch(t, nil), 2, "an empty list is the default again")
	g.bot.Update("chat_member", args{})
	require.Len(t, g.fetch(t, nil), 2, "which leaves chat_member out")
	g.refused(t, 400, "Bad Request: can't parse allowed updates JSON object", "getUpdates", args{"allowed_updates": "message"})
}

func TestUpdatesAreKeptForADayAndPressesForTwoAndAHalfMinutes(t *testing.T) {
	t.Parallel()
	g := setup(t)
	g.ann.Send("x")
	g.ann.PressData(1, "d")
	require.Len(t, g.fetch(t, nil), 2)
	g.server.Advance(151 * time.Second)
	left := g.fetch(t, nil)
	require.Len(t, left, 1)
	require.NotNil(t, left[0].Message)
	g.server.Advance(23 * time.Hour)
	require.Len(t, g.fetch(t, nil), 1)
	g.server.Advance(time.Hour)
	require.Empty(t, g.fetch(t, nil))
}

func TestUnknownUpdateReachesTheBot(t *testing.T) {
	t.Parallel()
	g := setup(t)
	g.bot.Skip(1000)
	id := g.bot.Update("telepathy", args{"thought": "x"})
	raw := ok[[]map[string]any](t, g, "getUpdates", nil)
	require.Equal(t, map[string]any{"thought": "x"}, raw[0]["telepathy"])
	require.EqualValues(t, id, raw[0]["update_id"])
	require.Greater(t, id, int64(800_001_000))
}

func TestSameOffsetTwiceIsThrottled(t *testing.T) {
	t.Parallel()
	g := setup(t, telegramtest.Config{Throttle: true})
	g.ann.Send("one")
	g.ann.Send("two")
	require.Len(t, g.fetch(t, nil), 2)
	require.Len(t, g.fetch(t, nil), 1, "the same offset within half a second gets one update")
	first := g.fetch(t, nil)[0].ID
	require.Empty(t, g.fetch(t, args{"offset": first + 2}))
	began := time.Now()
	require.Empty(t, g.fetch(t, args{"offset": first + 2}))
	require.GreaterOrEqual(t, time.Since(began), 3*time.Second)
}
