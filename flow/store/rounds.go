package store

import (
	"context"
	"errors"
	"sync"

	"github.com/krokbot/krok/flow"
)

// rounds asks Redis on behalf of all callers of one bot: those who come while a round is under way wait, and the next one serves them
// all; the events and messages that it brings go to those who wait at the desks. So however many ask, one call at a time is made, and
// who comes alone does not wait. A round's error is that of all whom it served.
type rounds struct {
	store   *Store
	bot     string
	in, out *desk

	mu      sync.Mutex
	waiting []*request
	busy    bool // somebody makes rounds
}

// request is what one caller wants of a round.
type request struct {
	kind int
	args []any
	err  error
	done chan struct{} // closed when err is set
}

// largestRound bounds for how long one round keeps Redis from everybody else: a few milliseconds.
const largestRound = 128

// rounds makes the rounds of a bot.
func (s *Store) rounds(bot string) *rounds {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bots[bot] == nil {
		made := &rounds{store: s, bot: bot}
		made.in, made.out = newDesk(made, inbox), newDesk(made, outbox)
		s.bots[bot] = made
		s.desks[s.queueKeys(bot, inbox).idle], s.desks[s.queueKeys(bot, outbox).idle] = made.in, made.out
	}
	return s.bots[bot]
}

// desk is where a queue's entries are handed out.
func (r *rounds) desk(queue string) *desk {
	if queue == inbox {
		return r.in
	}
	return r.out
}

// do has a request carried out. When ctx ends first, it is left open whether that happens.
func (r *rounds) do(ctx context.Context, kind int, args []any) error {
	mine := &request{kind: kind, args: args, done: make(chan struct{})}
	r.mu.Lock()
	r.waiting = append(r.waiting, mine)
	begin := !r.busy
	r.busy = true
	r.mu.Unlock()
	if begin && !r.store.background(r.serve) {
		r.close()
	}
	select {
	case <-mine.done:
		return mine.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// serve makes rounds until nobody wants anything any more.
func (r *rounds) serve() {
	for {
		requests := r.next()
		if len(requests) == 0 {
			return
		}
		r.run(requests)
		for _, request := range requests {
			close(request.done)
		}
	}
}

func (r *rounds) next() []*request {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := min(len(r.waiting), largestRound)
	requests := r.waiting[:n:n]
	r.waiting = r.waiting[n:]
	r.busy = n > 0
	return requests
}

func (r *rounds) run(requests []*request) {
	ctx, cancel := context.WithTimeout(r.store.life, callTime)
	defer cancel()
	want := wanted{events: r.in.begin(), messages: r.out.begin(), pace: r.out.paced()}
	brought, err := r.store.round(ctx, r.bot, requests, want)
	if err != nil {
		if errors.Is(err, context.Canceled) {
			err = errClosed
		}
		for _, request := range requests {
			request.err = err
		}
		r.in.lookAgain()
		r.out.lookAgain()
		return
	}
	r.in.end(brought.events, want.events, brought.nextEvent)
	r.out.end(brought.messages, want.messages, brought.nextMessage)
}

// close tells all that the store is closed.
func (r *rounds) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, request := range r.waiting {
		request.err = errClosed
		close(request.done)
	}
	r.waiting, r.busy = nil, false
}

// giveBack lets others have what nobody here wants any more. Where that fails the lease runs out.
func (r *rounds) giveBack(jobs []*job) {
	for _, job := range jobs {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.store.life), callTime)
		err := r.store.release(ctx, r.bot, hold{job.queue, job.chat, job.fence}, "back", 0)
		cancel()
		if err != nil && !errors.Is(err, flow.ErrLost) {
			r.store.options.Log.Warn("a chat was not given back, others wait for it until the lease runs out",
				"bot", r.bot, "chat", job.chat, "err", err)
		}
	}
}
