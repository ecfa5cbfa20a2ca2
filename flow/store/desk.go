package store

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/krokbot/krok/flow"
)

// desk hands out the work of one queue of one bot (that of the outbox broadcasts too) to those in this process who wait for it. Every
// round brings as many jobs as there are people in the line. Where there are none the desk sleeps until the bell rings or the next is
// due, and then has a round made.
type desk struct {
	rounds *rounds
	queue  string
	wake   chan struct{} // the line, or when to look, has changed

	mu      sync.Mutex
	line    []chan handed // who waits, longest first
	pace    flow.Pace     // that of who came last
	open    bool          // a goroutine sees to it that the line is served
	look    bool          // there may be work: a round is to be made
	until   time.Time     // when there may be, else
	held    map[hold]time.Time
	renewed bool // a goroutine renews what is held
}

// handed is what the desk gives to one who waits.
type handed struct {
	job *job
	err error
}

// longestSleep bounds how late a job is noticed whose bell was not heard (the connection was just down).
const longestSleep = time.Second

func newDesk(of *rounds, queue string) *desk {
	return &desk{rounds: of, queue: queue, wake: make(chan struct{}, 1), held: map[hold]time.Time{}}
}

// wait gives a job as soon as there is one for this caller. The lease is renewed until forget is called.
func (d *desk) wait(ctx context.Context, pace flow.Pace) (*job, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	mine := make(chan handed, 1)
	if !d.enter(mine, pace) {
		return nil, errClosed
	}
	select {
	case got := <-mine:
		return got.job, got.err
	case <-ctx.Done():
	}
	if d.leave(mine) {
		return nil, ctx.Err()
	}
	if got := <-mine; got.job != nil { // it came in the same moment
		d.rounds.store.background(func() { d.rounds.giveBack([]*job{got.job}) })
	}
	return nil, ctx.Err()
}

func (d *desk) enter(mine chan handed, pace flow.Pace) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.line) == 0 {
		d.look = true // nobody has looked lately
	}
	d.line, d.pace = append(d.line, mine), pace
	if d.open {
		if d.look {
			d.ring()
		}
		return true
	}
	d.open = d.rounds.store.background(d.serve)
	if !d.open {
		d.line = nil
	}
	return d.open
}

// leave tells whether the caller was still in the line.
func (d *desk) leave(mine chan handed) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	place := slices.Index(d.line, mine)
	if place < 0 {
		return false
	}
	d.line = slices.Delete(d.line, place, place+1)
	if len(d.line) == 0 {
		d.ring()
	}
	return true
}

// ring wakes the desk's goroutine.
func (d *desk) ring() {
	select {
	case d.wake <- struct{}{}:
	default: // it has been rung already
	}
}

// lookAgain says that there may be work.
func (d *desk) lookAgain() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.look = true
	d.ring()
}

// serve has rounds made where nobody else does, until nobody waits any more.
func (d *desk) serve() {
	for {
		look, sleep, open := d.state()
		if !open {
			return
		}
		if !look && sleep > 0 {
			d.sleep(sleep)
			continue
		}
		if err := d.rounds.do(d.rounds.store.life, toLook, nil); err != nil {
			d.refuse(err)
		}
	}
}

// state tells what the desk's goroutine is to do; with nobody there the desk closes.
func (d *desk) state() (look bool, sleep time.Duration, open bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.rounds.store.life.Err() != nil {
		for _, mine := range d.line {
			mine <- handed{err: errClosed}
		}
		d.line = nil
	}
	d.open = len(d.line) > 0
	return d.look, time.Until(d.until), d.open
}

// refuse tells all who wait that there is nothing to be had.
func (d *desk) refuse(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, mine := range d.line {
		mine <- handed{err: err}
	}
	d.line = nil
}

// begin tells a round how many wait.
func (d *desk) begin() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.look = false
	return min(len(d.line), largestRound)
}

// paced is how fast messages may go.
func (d *desk) paced() flow.Pace {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.pace
}

// end hands out what a round brought, to those who have waited longest. What is over, because some have gone, is given back.
func (d *desk) end(jobs []*job, asked int, next time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := min(len(jobs), len(d.line))
	for i, job := range jobs[:n] {
		d.keep(job)
		d.line[i] <- handed{job: job}
	}
	d.line = slices.Delete(d.line, 0, n)
	if over := jobs[n:]; len(over) > 0 {
		d.rounds.store.background(func() { d.rounds.giveBack(over) })
	}
	d.plan(asked, next)
}

// plan says when the next round is to be made at the latest. The caller has locked the desk.
func (d *desk) plan(asked int, next time.Duration) {
	if asked == 0 || next == 0 {
		if len(d.line) > 0 { // they came meanwhile, or there is more
			d.look = true
			d.ring()
		}
		return
	}
	if next < 0 || next > longestSleep {
		next = longestSleep
	}
	sooner := time.Now().Add(next)
	if sooner.Before(d.until) {
		d.ring()
	}
	d.until = sooner
}

// sleep waits until something has changed, for a time, or for the end of the store.
func (d *desk) sleep(long time.Duration) {
	timer := time.NewTimer(long)
	defer timer.Stop()
	select {
	case <-d.wake:
	case <-timer.C:
	case <-d.rounds.store.life.Done():
	}
}
