package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegramtest"
	"github.com/krokbot/krok/flow/store/storetest"
	"github.com/krokbot/krok/flow/texts"
	"github.com/krokbot/krok/odoo/odootest"
)

// Replicas of one Redis, as processes. The tests share a database of Odoo, each with bots of its own.
func TestReplicas(t *testing.T) {
	w := newWorld(t, 19, "krok", odootest.Lean())
	t.Run("B10OneReplicaPollsAtATimeAndAnotherTakesOver", w.testTakeover)
	t.Run("B10AForeignPollerIsNamedAndOtherBotsAreLeftAlone", w.testForeignPoller)
	t.Run("B09APressIsAnsweredBeforeOdooAndCountsOnceHoweverLateItIs", w.testLatePress)
	t.Run("B64AFailoverOfRedisLosesAndDoublesNothing", w.testFailover)
}

// fresh is the same world with a Redis and a Telegram of its own.
func (w *world) fresh(t *testing.T) *world {
	t.Helper()
	other := *w
	other.redis, other.api = storetest.Start(t), telegramtest.New(t, telegramtest.Config{Patience: 30 * time.Second})
	t.Cleanup(func() { // each Telegram gives out the same tokens
		ids, err := w.admin.Search(context.Background(), "x_krok_bot", []any{})
		require.NoError(t, err)
		require.NoError(t, w.admin.Write(context.Background(), "x_krok_bot", ids, map[string]any{"x_active": false}))
	})
	return &other
}

// playAll lets clients of an echo bot live until all is answered, and does something in the middle.
func playAll(t *testing.T, bot *telegramtest.Bot, form form, middle func()) []*client {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), form.drain)
	defer cancel()
	sent := new(atomic.Int64)
	clients := newClients(bot, form, seedOf(t), func(events int) { sent.Add(int64(events)) })
	var living sync.WaitGroup
	for _, c := range clients {
		living.Go(func() { c.live(ctx) })
	}
	for int(sent.Load()) < form.events/2 && rest(ctx, 10*time.Millisecond) {
	}
	middle()
	living.Wait()
	return clients
}

// showCalls lists what a bot asked of Telegram, where the test fails.
func showCalls(t *testing.T, bot *telegramtest.Bot) {
	t.Helper()
	t.Cleanup(func() {
		for _, call := range bot.Calls() {
			if t.Failed() {
				t.Logf("%s %s %s %d %s", call.At.UTC().Format(stamp), call.Method, call.Arg("text"), call.Status, call.Description)
			}
		}
	})
}

// requireOnePoller fails where a request for updates was pushed aside by another one.
func requireOnePoller(t *testing.T, bot *telegramtest.Bot) {
	t.Helper()
	for _, call := range bot.Calls("getUpdates") {
		require.NotEqual(t, http.StatusConflict, call.Status, "two of ours polled at the same time at %s", call.At)
	}
}

func (w *world) testTakeover(t *testing.T) {
	w = w.fresh(t)
	bot := w.api.NewBot("takeover_bot")
	w.botOf(t, echoBot, "takeover", bot.Token())
	first := w.replica(t, "takeover-1").start()
	polled(t, bot)
	second := w.replica(t, "takeover-2").start()
	require.Eventually(t, func() bool { return second.said("a definition serves") > 0 }, time.Minute, 50*time.Millisecond)

	var killed time.Time
	clients := playAll(t, bot, form{chats: 20, events: 200, lasts: 5 * time.Second, drain: 2 * time.Minute}, func() {
		killed = time.Now()
		first.kill()
	})
	sum := look(bot, clients)
	sum.requireGood(t)
	require.Equal(t, 200, sum.events)
	require.LessOrEqual(t, sum.duplicates(), 16, "only what was on its way when the process was killed")
	requireOnePoller(t, bot)
	for _, call := range bot.Calls("getUpdates") {
		if call.At.After(killed) {
			t.Logf("the other replica polled %.1f s after the kill; %d messages came twice", call.At.Sub(killed).Seconds(), sum.duplicates())
			require.Less(t, call.At.Sub(killed), 15*time.Second)
			break
		}
	}
}

func (w *world) testForeignPoller(t *testing.T) {
	w = w.fresh(t)
	shared, other := w.api.NewBot("shared_bot"), w.api.NewBot("other_bot")
	id := w.botOf(t, echoBot, "shared", shared.Token())
	w.botOf(t, echoBot, "other", other.Token())
	w.replica(t, "foreign-1").start()
	polled(t, shared)
	polled(t, other)
	w.replica(t, "foreign-2").start()

	ours := func() (count int) {
		for _, call := range shared.Calls("getUpdates") {
			if call.Arg("allowed_updates") != "" {
				count++
			}
		}
		return count
	}
	before := ours()
	stranger, leave := context.WithCancel(t.Context())
	defer leave()
	go pollAsStranger(stranger, w.api.URL(), shared.Token())
	shows := func(text string) func() bool {
		return func() bool {
			rows, err := w.admin.Read(t.Context(), "x_krok_bot", []int64{id}, []string{"x_last_error"})
			return err == nil && rows[0].Str("x_last_error") == text
		}
	}
	require.Eventually(t, shows(texts.Get("uk", "telegram.other_poller", nil)), time.Minute, 200*time.Millisecond)

	// the other bot answers as ever, and this one does not hammer
	begun := time.Now()
	sum := look(other, playAll(t, other, form{chats: 5, events: 50, lasts: 5 * time.Second, drain: time.Minute}, func() {}))
	sum.requireGood(t)
	require.Zero(t, sum.duplicates())
	requireOnePoller(t, other)
	rest(t.Context(), time.Until(begun.Add(20*time.Second)))
	require.LessOrEqual(t, ours()-before, 5, "attempts in more than 20 s")

	leave()
	require.Eventually(t, shows(""), 2*time.Minute, 500*time.Millisecond)
	ann := shared.Chat(telegramtest.User{FirstName: "Ганна", LanguageCode: "uk"})
	ann.Send("/start")
	ann.Until(t, func(m telegramtest.Message) bool { return m.Text == "= [] []" })
}

// pollAsStranger polls as another program with the same token does, and confirms nothing.
func pollAsStranger(ctx context.Context, api, token string) {
	for ctx.Err() == nil {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, api+"/bot"+token+"/getUpdates?timeout=50", nil)
		if err != nil {
			return
		}
		if answer, err := http.DefaultClient.Do(request); err == nil {
			answer.Body.Close()
		}
		rest(ctx, 100*time.Millisecond)
	}
}

func (w *world) testLatePress(t *testing.T) {
	w = w.fresh(t)
	bot, road := w.api.NewBot("press_bot"), newGate(t, w.odoo.Wire(t))
	w.botOf(t, echoBot, "press", bot.Token())
	serving := w.replica(t, "press-1", "--odoo-url", road.url()).start()
	other := w.replica(t, "press-2", "--odoo-url", road.url()).start()
	ann := bot.Chat(telegramtest.User{ID: 5000009009, FirstName: "Ганна", LanguageCode: "uk"})
	until := func(text string) {
		t.Helper()
		ann.Until(t, func(m telegramtest.Message) bool { return m.Text == text })
	}
	showCalls(t, bot)
	polled(t, bot)
	ann.Send("один")
	until("= [] []") // the first words of a client begin the conversation
	ann.Send("два")
	until("= [два] []")

	// Odoo takes 20 s
	road.fail(&odooFault{word: "domains", times: 1, slow: 20 * time.Second})
	pressed := time.Now()
	require.NoError(t, ann.Press("З Odoo"))
	require.Less(t, ann.Answer(t).After, 2*time.Second, "until the button stops to spin")
	until("Ганна: [два] []")
	require.GreaterOrEqual(t, time.Since(pressed), 20*time.Second)

	// nobody serves when the button is pressed, and Telegram wants no answer any more when somebody does
	serving.stop()
	other.stop()
	require.NoError(t, ann.Press("Без Odoo"))
	w.api.Advance(time.Minute)
	serving.start()
	other.start()
	until("= [два] []")
	require.Eventually(t, func() bool {
		calls := bot.Calls("answerCallbackQuery")
		return calls[len(calls)-1].Status == http.StatusBadRequest
	}, 10*time.Second, 20*time.Millisecond)
	ann.Send("три")
	until("= [три] []")
	ann.Quiet(t, time.Second)
	require.True(t, serving.runs())
	require.True(t, other.runs())
	counts := map[string]int{}
	for _, message := range ann.Messages() {
		counts[message.Text]++
	}
	require.Equal(t, map[string]int{"один": 1, "= [] []": 1, "два": 1, "= [два] []": 2, "Ганна: [два] []": 1, "три": 1, "= [три] []": 1}, counts,
		"the text was answered once, and each of the two presses")
}

func (w *world) testFailover(t *testing.T) {
	w = w.fresh(t)
	primary := w.redis
	host, port, _ := strings.Cut(primary.Addr, ":")
	second := storetest.Start(t, "--replicaof", host, port)
	config := filepath.Join(t.TempDir(), "sentinel.conf")
	require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, "sentinel monitor mymaster %s %s 1\n"+
		"sentinel down-after-milliseconds mymaster 1000\nsentinel failover-timeout mymaster 5000\n", host, port), 0o600))
	sentinel := storetest.StartSentinel(t, config)
	require.Eventually(t, func() bool {
		info, err := sentinel.Client.Info(t.Context(), "sentinel").Result()
		return err == nil && strings.Contains(info, "slaves=1")
	}, 30*time.Second, 50*time.Millisecond)

	bot := w.api.NewBot("failover_bot")
	w.botOf(t, echoBot, "failover", bot.Token())
	address := "redis+sentinel://" + sentinel.Addr + "/mymaster"
	both := []*replica{w.replica(t, "failover-1", "--redis-url", address).start(), w.replica(t, "failover-2", "--redis-url", address).start()}
	polled(t, bot)
	var killed time.Time
	clients := playAll(t, bot, form{chats: 50, events: 500, lasts: 15 * time.Second, drain: 3 * time.Minute}, func() {
		killed = time.Now()
		primary.Kill()
	})
	sum := look(bot, clients)
	sum.requireGood(t)
	require.Equal(t, "master", strings.TrimPrefix(strings.Fields(second.Client.Info(t.Context(), "replication").Val())[2], "role:"))
	for _, r := range both {
		require.True(t, r.runs(), "%s was not started again", r.name)
	}
	for _, call := range bot.Calls("sendMessage") {
		if call.At.After(killed.Add(time.Second)) {
			t.Logf("the first answer came %.1f s after the primary was killed; %d messages came twice", call.At.Sub(killed).Seconds(), sum.duplicates())
			require.Less(t, call.At.Sub(killed), 30*time.Second)
			break
		}
	}
}
