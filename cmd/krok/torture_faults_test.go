package main

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegramtest"
)

// trouble is one kind of fault. After one that leaves open whether a message has arrived, krok sends it again: it may come twice.
type trouble struct {
	name    string
	weight  int
	unknown bool
	begin   func(n *nemesis)
}

// troubles are all kinds of faults that a run is drawn from.
var troubles = []trouble{
	{"krok killed (-9)", 4, true, (*nemesis).killReplica},
	{"krok stands still longer than its lease", 3, true, (*nemesis).pauseReplica},
	{"krok told to stop", 2, false, (*nemesis).stopReplica},
	{"redis killed, back with its data", 2, true, (*nemesis).killRedis},
	{"redis stands still", 2, false, (*nemesis).pauseRedis},
	{"odoo refuses connections", 2, false, (*nemesis).refuseOdoo},
	{"odoo answers 502 before its commit", 3, false, func(n *nemesis) { n.odoo(odooFault{answers: true}) }},
	{"odoo drops the connection before its commit", 3, false, func(n *nemesis) { n.odoo(odooFault{}) }},
	{"odoo answers 502 after its commit", 3, false, func(n *nemesis) { n.odoo(odooFault{done: true, answers: true}) }},
	{"odoo drops the connection after its commit", 3, false, func(n *nemesis) { n.odoo(odooFault{done: true}) }},
	{"telegram answers 429", 4, false, func(n *nemesis) {
		n.telegram(telegramtest.Fault{Method: "sendMessage", RetryAfter: 1 + n.random.IntN(3)})
	}},
	{"telegram answers 500, nothing done", 3, false, func(n *nemesis) { n.telegram(telegramtest.Fault{Status: http.StatusInternalServerError}) }},
	{"telegram answers 500, all done", 4, true, func(n *nemesis) {
		n.telegram(telegramtest.Fault{Status: http.StatusInternalServerError, TakesEffect: true})
	}},
	{"telegram drops the connection before", 3, false, func(n *nemesis) { n.telegram(telegramtest.Fault{Drop: telegramtest.DropBefore}) }},
	{"telegram drops the connection after", 4, true, func(n *nemesis) { n.telegram(telegramtest.Fault{Drop: telegramtest.DropAfter}) }},
	{"telegram drops updates on their way", 3, false, func(n *nemesis) {
		n.telegram(telegramtest.Fault{Method: "getUpdates", Drop: telegramtest.DropAfter})
	}},
}

// nemesis lets things fail, one after another, drawn from a seed. It lives in the goroutine of the test.
type nemesis struct {
	t        *testing.T
	w        *world
	gate     *gate
	bot      *telegramtest.Bot
	replicas []*replica
	random   *rand.Rand
	kinds    []trouble

	deck   []int // places in kinds, shuffled: each comes as often as it weighs
	later  []step
	counts map[string]int
	redis  bool // it has a fault
	stops  time.Duration
}

// step is something that is due at a time.
type step struct {
	at time.Time
	do func()
}

func (n *nemesis) after(d time.Duration, do func()) {
	n.later = append(n.later, step{time.Now().Add(d), do})
}

func (n *nemesis) between(least, most time.Duration) time.Duration {
	return least + time.Duration(n.random.Int64N(int64(most-least)))
}

// run lets one thing fail after another until done is closed: a pause apart on average, and only as long as the clients get on, so that
// a slow machine has as many faults as a fast one.
func (n *nemesis) run(done <-chan struct{}, form form, sent *atomic.Int64) {
	next, least := time.Now().Add(form.pause), int64(0)
	for {
		select {
		case <-done:
			return
		case <-time.After(50 * time.Millisecond):
		}
		n.due(time.Now())
		if time.Now().After(next) && sent.Load() >= least {
			kind := n.draw()
			n.counts[kind.name]++
			kind.begin(n)
			next = time.Now().Add(n.between(form.pause/2, 3*form.pause/2))
			least = sent.Load() + int64(form.events)*int64(form.pause)/int64(form.lasts)/2
		}
	}
}

// draw takes the next card of a deck in which each kind is as often as it weighs, so that none is missing in a short run either.
func (n *nemesis) draw() trouble {
	if len(n.deck) == 0 {
		first, rest := n.random.Perm(len(n.kinds)), []int(nil)
		for place, kind := range n.kinds {
			for range kind.weight - 1 {
				rest = append(rest, place)
			}
		}
		n.random.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
		n.deck = slices.Concat(first, rest)
	}
	place := n.deck[0]
	n.deck = n.deck[1:]
	return n.kinds[place]
}

func (n *nemesis) due(now time.Time) {
	slices.SortStableFunc(n.later, func(a, b step) int { return a.at.Compare(b.at) })
	for len(n.later) > 0 && !n.later[0].at.After(now) {
		first := n.later[0]
		n.later = n.later[1:]
		first.do()
	}
}

// heal ends all faults: every process runs, nothing fails any more.
func (n *nemesis) heal() {
	n.due(time.Now().Add(time.Hour))
	for _, r := range n.replicas {
		require.True(n.t, r.runs() && !r.paused, "%s has ended by itself", r.name)
	}
}

// anyone is a replica that runs and is not paused; nil where there is none.
func (n *nemesis) anyone() *replica {
	for _, place := range n.random.Perm(len(n.replicas)) {
		r := n.replicas[place]
		if r.runs() && !r.paused {
			return r
		}
		if !r.runs() && !n.comes(r) {
			require.Fail(n.t, "a krok has ended by itself", r.name)
		}
	}
	return nil
}

// comes tells whether a replica that does not run was ended here and is about to be started again.
func (n *nemesis) comes(r *replica) bool { return r.cmd == nil }

func (n *nemesis) killReplica() {
	if r := n.anyone(); r != nil {
		r.kill()
		n.again(r)
	}
}

func (n *nemesis) stopReplica() {
	if r := n.anyone(); r != nil {
		n.stops = max(n.stops, r.stop())
		n.again(r)
	}
}

func (n *nemesis) again(r *replica) {
	r.cmd = nil
	n.after(n.between(0, 2*time.Second), func() { r.start() })
}

func (n *nemesis) pauseReplica() {
	if r := n.anyone(); r != nil {
		r.pause()
		n.after(n.between(12*time.Second, 15*time.Second), r.resume)
	}
}

func (n *nemesis) killRedis() {
	if n.redis {
		return
	}
	n.redis = true
	n.w.redis.Kill()
	n.after(n.between(200*time.Millisecond, 3*time.Second), func() {
		n.w.redis.Again()
		n.redis = false
	})
}

func (n *nemesis) pauseRedis() {
	if n.redis {
		return
	}
	n.redis = true
	n.w.redis.Pause()
	n.after(n.between(500*time.Millisecond, 2*time.Second), func() {
		n.w.redis.Resume()
		n.redis = false
	})
}

func (n *nemesis) refuseOdoo() {
	n.gate.close()
	n.after(n.between(500*time.Millisecond, 4*time.Second), func() { n.gate.open(n.t) })
}

// odoo lets some of the next calls fail: of those that commit, of those that ask, or of any.
func (n *nemesis) odoo(fault odooFault) {
	fault.word = []string{"torture/", "torture/", "domains", ""}[n.random.IntN(4)]
	fault.times = 1 + n.random.IntN(4)
	n.gate.fail(&fault)
	n.after(faultLasts, func() { n.gate.fail(nil) })
}

// faultLasts is how long a fault waits for calls that it hits, so that those of a quiet moment do not heap up.
const faultLasts = 2 * time.Second

func (n *nemesis) telegram(fault telegramtest.Fault) {
	fault.Times = 1 + n.random.IntN(5)
	n.after(faultLasts, n.bot.Fail(fault).Stop)
}
