package service_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegramtest"
	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/store"
)

// says sends /start until the bot greets with a text.
func (w *world) says(t *testing.T, greeting string) {
	t.Helper()
	require.Eventually(t, func() bool {
		w.ann.ReadAll()
		w.ann.Send("/start")
		return strings.Contains(w.ann.Next(t).Text, greeting)
	}, 30*time.Second, 100*time.Millisecond)
}

func TestOfAllProcessesOneAsksOdooForChangesAndTellsTheOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	processes := []*process{w.serve(t), w.serve(t), w.serve(t)}
	w.says(t, "Вітаю")

	// three processes ask no more often than one does
	w.office.set(func(o *office) { o.asks = 0 })
	time.Sleep(time.Second)
	asks := 0
	w.office.set(func(o *office) { asks = o.asks })
	require.Positive(t, asks)
	require.LessOrEqual(t, asks, 50, "every 20 ms")

	// an edit is live in all of them, and the form is written by one
	w.office.set(func(o *office) { o.edit = "Добрий день" })
	for _, p := range processes {
		require.Eventually(t, func() bool { return strings.Count(p.log.String(), "a definition serves") > 1 }, 30*time.Second, 10*time.Millisecond)
	}
	w.says(t, "Добрий день")
	require.Eventually(t, func() bool {
		last, _ := w.office.reported()
		return last.Username == "made_up_shop_bot"
	}, 30*time.Second, 10*time.Millisecond)
	_, times := w.office.reported()
	time.Sleep(500 * time.Millisecond)
	_, later := w.office.reported()
	require.Equal(t, times, later, "processes do not write over one another")

	// whichever process it was, another takes over
	for _, p := range processes[:2] {
		p.stop()
	}
	w.office.set(func(o *office) { o.edit = "Доброго ранку" })
	w.says(t, "Доброго ранку")
}

func TestOdoosTroubleIsToldToAllProcesses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	processes := []*process{w.serve(t), w.serve(t)}
	w.says(t, "Вітаю")
	w.office.set(func(o *office) { o.down = errors.New("it is being restarted") })
	for _, p := range processes {
		p.becomes(t, "odoo", "degraded")
	}
	w.office.set(func(o *office) { o.down = nil })
	for _, p := range processes {
		p.becomes(t, "odoo", "ok")
	}
}

func TestWhatWasSetAsideIsAProblemOnTheForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(t)
	w.serve(t)
	w.says(t, "Вітаю")
	kept, err := store.Open(t.Context(), w.redis.URL, "made-up-database")
	require.NoError(t, err)
	t.Cleanup(kept.Close)
	client := w.bot.Chat(telegramtest.User{FirstName: "Вигаданий"})
	require.NoError(t, kept.Put(t.Context(), "shop", flow.Event{ID: "broken", Chat: flow.ChatID(client.User().FirstName), Kind: flow.KindResult, Result: &flow.CommitResult{}, Then: flow.Then{Replay: true}}))
	shown := func() bool {
		last, _ := w.office.reported()
		return slices.ContainsFunc(last.Problems, func(p flow.Problem) bool { return strings.Contains(p.What("uk"), "відкладено") })
	}
	require.Eventually(t, shown, 30*time.Second, 20*time.Millisecond)
	dead, err := kept.Dead(t.Context(), "shop")
	require.NoError(t, err)
	require.Len(t, dead, 1)
	require.NoError(t, kept.DropDead(t.Context(), "shop", dead[0].ID))
	require.Eventually(t, func() bool { return !shown() }, 30*time.Second, 20*time.Millisecond)
}
