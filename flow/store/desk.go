package store

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/krokbot/krok/flow"
)

// desk hands out the work of one queue of one bot (that of the outbox broadcasts too) to those in this process who wait for it. While somebody waits, one goroutine asks
// Redis for as many jobs as there are people in the line: where many wait, one round trip serves them all. While nothing is there it
// sleeps until the bell rings.
type desk struct {
	store *Store
	bot   string
	queue string
	wake  chan struct{} // the bell, or the line has become empty

	mu      sync.Mutex
	line    []chan handed // who waits, longest first
	pace    flow.Pace     // that of who came last
	open    bool          // a goroutine serves the line
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

// desk is the one desk of a queue.
func (s *Store) desk(bot, queue string) *desk {
	name := s.queueKeys(bot, queue).idle // the channel of its bell
	if queue == cast {
		queue = outbox
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.desks[name] == nil {
		s.desks[name] = &desk{store: s, bot: bot, queue: queue, wake: make(chan struct{}, 1), held: map[hold]time.Time{}}
	}
	return s.desks[name]
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
		d.forget(got.job.queue, got.job.chat, got.job.fence)
		d.store.background(func() { d.giveBack([]*job{got.job}) })
	}
	return nil, ctx.Err()
}

func (d *desk) enter(mine chan handed, pace flow.Pace) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.line, d.pace = append(d.line, mine), pace
	if d.open {
		return true
	}
	d.open = d.store.background(d.serve)
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

// serves tells whether so many wait here that nobody elsewhere needs to hear of as much work.
func (d *desk) serves(n int) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.line) >= n
}

// ring wakes the desk.
func (d *desk) ring() {
	select {
	case d.wake <- struct{}{}:
	default: // it has been rung already
	}
}

// serve hands out jobs until nobody waits any more.
func (d *desk) serve() {
	for {
		n, pace := d.waiting()
		if n == 0 {
			return
		}
		jobs, next, err := d.ask(n, pace)
		if err != nil {
			d.refuse(err)
			continue
		}
		d.giveBack(d.handOut(jobs))
		if next != 0 {
			d.sleep(next)
		}
	}
}

// waiting counts who waits; with nobody there the desk closes.
func (d *desk) waiting() (int, flow.Pace) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.store.life.Err() != nil {
		for _, mine := range d.line {
			mine <- handed{err: errClosed}
		}
		d.line = nil
	}
	d.open = len(d.line) > 0
	return len(d.line), d.pace
}

func (d *desk) ask(n int, pace flow.Pace) ([]*job, time.Duration, error) {
	ctx, cancel := context.WithTimeout(d.store.life, callTime)
	defer cancel()
	if d.queue == outbox {
		return d.store.takeMessages(ctx, d.bot, pace, n)
	}
	return d.store.take(ctx, d.bot, n)
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

// handOut gives the jobs to those who have waited longest, and returns what is over because some have gone.
func (d *desk) handOut(jobs []*job) (over []*job) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := min(len(jobs), len(d.line))
	for i, job := range jobs[:n] {
		d.keep(job)
		d.line[i] <- handed{job: job}
	}
	d.line = slices.Delete(d.line, 0, n)
	return jobs[n:]
}

// giveBack lets others have what nobody here wants any more. Where that fails the lease runs out.
func (d *desk) giveBack(jobs []*job) {
	for _, job := range jobs {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(d.store.life), callTime)
		err := d.store.giveBack(ctx, d.bot, job)
		cancel()
		if err != nil {
			d.store.options.Log.Warn("a chat was not given back, others wait for it until the lease runs out",
				"bot", d.bot, "chat", job.chat, "err", err)
		}
	}
}

// sleep waits for the bell, for the next chat that is due, or for the end of the store.
func (d *desk) sleep(next time.Duration) {
	if next < 0 || next > longestSleep {
		next = longestSleep
	}
	timer := time.NewTimer(next)
	defer timer.Stop()
	select {
	case <-d.wake:
	case <-timer.C:
	case <-d.store.life.Done():
	}
}
