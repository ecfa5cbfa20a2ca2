package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegramtest"
	"github.com/krokbot/krok/flow/store/storetest"
	"github.com/krokbot/krok/odoo/odootest"
)

// form is how long and how hard a run is.
type form struct {
	chats, events int
	lasts         time.Duration // in which the events are sent, where nothing holds the clients up
	pause         time.Duration // between two faults
	drain         time.Duration // after the last event, with all faults healed: until everything is answered
}

// forms of a run: KROK_TORTURE=long, as make torture sets it, is the long one.
var (
	shortForm = form{chats: 30, events: 1500, lasts: 30 * time.Second, pause: 600 * time.Millisecond, drain: 90 * time.Second}
	longForm  = form{chats: 200, events: 20_000, lasts: 8 * time.Minute, pause: time.Second, drain: 5 * time.Minute}
	calmForm  = form{chats: 20, events: 700, lasts: 20 * time.Second, pause: 400 * time.Millisecond, drain: 90 * time.Second}
)

// seedOf is KROK_TORTURE_SEED, so that a run can be played again, else a new one. Clients and faults are drawn from it; how they meet
// is up to the machine.
func seedOf(t *testing.T) uint64 {
	t.Helper()
	given := os.Getenv("KROK_TORTURE_SEED")
	if given == "" {
		return rand.Uint64N(1_000_000)
	}
	seed, err := strconv.ParseUint(given, 10, 64)
	require.NoError(t, err)
	return seed
}

// Three replicas serve while they are killed and stand still, Redis is killed, Odoo and Telegram fail before and after they have done
// what they were asked for. A message may come twice, where krok could not know that it had arrived.
func TestNothingIsLostAndNothingIsWrittenTwiceWhileEverythingFails(t *testing.T) {
	form := shortForm
	if os.Getenv("KROK_TORTURE") == "long" {
		form = longForm
	}
	torture(t, form, troubles)
}

// The same, with only those faults after which krok knows whether a message has arrived.
func TestNoMessageComesTwiceWhileItIsKnownWhatArrived(t *testing.T) {
	var known []trouble
	for _, kind := range troubles {
		if !kind.unknown {
			known = append(known, kind)
		}
	}
	sum := torture(t, calmForm, known)
	require.Zero(t, sum.duplicates(), "%v", sum.twice)
}

func torture(t *testing.T, form form, kinds []trouble) *tally {
	t.Helper()
	seed := seedOf(t)
	t.Logf("seed %d: play it again with KROK_TORTURE_SEED=%d", seed, seed)
	begun := time.Now()
	n, clients, sent := tortureWorld(t, form, kinds, seed)
	n.w.tortured(t, n, clients, form, sent)
	sum := look(n.bot, clients)
	t.Logf("seed %d\n%s", seed, sum.show(n, time.Since(begun)))
	sum.requireGood(t)
	n.w.requireNothingWaits(t, form.chats)
	n.w.requireOneOfEach(t, clients)
	n.w.requireRecorded(t, clients)
	return sum
}

// tortureWorld is a world with three replicas that serve one bot. Redis notes each write on disk before it says that it is done: what
// krok was told to be safe must be there after a kill.
func tortureWorld(t *testing.T, form form, kinds []trouble, seed uint64) (*nemesis, []*client, *atomic.Int64) {
	t.Helper()
	w := newWorld(t, 19, "krok", odootest.Lean())
	w.redis = storetest.Start(t, "--appendonly", "yes", "--appendfsync", "always")
	telegram := w.api.NewBot("torture_bot")
	w.botOf(t, echoBot, "torture", telegram.Token())
	sent := new(atomic.Int64)
	clients := newClients(telegram, form, seed, func(events int) { sent.Add(int64(events)) })
	w.typeInContacts(t, clients)
	n := &nemesis{
		t: t, w: w, gate: newGate(t, w.odoo.Wire(t)), bot: telegram, random: rand.New(rand.NewPCG(seed, 0)), kinds: kinds, counts: map[string]int{},
	}
	for i := range 3 {
		n.replicas = append(n.replicas, w.replica(t, fmt.Sprintf("krok-%d", i+1),
			"--odoo-url", n.gate.url(), "--telegram-per-second", "5000", "--telegram-chat-per-second", "100").start())
	}
	return n, clients, sent
}

// typeInContacts makes the contacts that the office already has: their numbers are typed as people type them.
func (w *world) typeInContacts(t *testing.T, clients []*client) {
	t.Helper()
	var contacts []map[string]any
	for _, c := range clients {
		if !c.known {
			continue
		}
		digits := strings.TrimPrefix(c.phone, "+38")
		ways := []string{c.phone, digits, "+38 (" + digits[:3] + ") " + digits[3:6] + "-" + digits[6:8] + "-" + digits[8:], "00" + c.phone[1:], digits[:3] + " " + digits[3:]}
		contacts = append(contacts, map[string]any{"name": c.odooName(), "lang": "uk_UA", "phone": ways[c.number/2%len(ways)], "email": fmt.Sprintf("client%d@shop.example", c.number)})
	}
	country, err := w.admin.Search(t.Context(), "res.country", []any{[]any{"code", "=", "UA"}})
	require.NoError(t, err)
	for _, contact := range contacts {
		contact["country_id"] = country[0]
	}
	_, err = w.admin.CreateMany(t.Context(), "res.partner", contacts)
	require.NoError(t, err)
}

// tortured plays all clients while things fail, until the last event is sent; then all is healed, and what waits is answered.
func (w *world) tortured(t *testing.T, n *nemesis, clients []*client, form form, sent *atomic.Int64) {
	t.Helper()
	polled(t, n.bot)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var living sync.WaitGroup
	for _, c := range clients {
		living.Go(func() { c.live(ctx) })
	}
	all := make(chan struct{})
	go func() {
		for int(sent.Load()) < form.events/form.chats*form.chats && rest(ctx, 20*time.Millisecond) {
		}
		close(all)
	}()
	limit := time.AfterFunc(5*form.lasts+3*time.Minute, cancel) // for a chat that waits for ever before it goes on
	n.run(all, form, sent)
	limit.Stop()
	n.heal()
	t.Logf("%d events sent, all faults healed", sent.Load())
	end := time.AfterFunc(form.drain, cancel)
	defer end.Stop()
	living.Wait()
}

// polled waits until somebody asks for a bot's updates.
func polled(t *testing.T, bot *telegramtest.Bot) {
	t.Helper()
	require.Eventually(t, func() bool { return len(bot.Calls("getUpdates")) > 0 }, time.Minute, 50*time.Millisecond)
}
