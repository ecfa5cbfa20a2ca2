package store

import (
	"context"
	"sync"

	"github.com/krokbot/krok/flow"
)

// batch asks a script on behalf of many callers: those who come while a call is under way wait, and the next call serves them all. Who
// comes alone does not wait. A call's error is that of all whom it served.
type batch struct {
	store *Store
	bot   string
	call  batchCall

	mu      sync.Mutex
	waiting []*request
	busy    bool // a call is under way
}

// batchCall asks for all requests of a bot, and sets the errors of those that fail alone.
type batchCall func(ctx context.Context, bot string, requests []*request) error

// request is what one caller wants.
type request struct {
	args []any
	err  error
	done chan struct{} // closed when err is set; nil: it is asked for alone
}

// largestBatch bounds for how long one call keeps Redis from everybody else: a millisecond or two.
const largestBatch = 128

// batch is the one batch of a kind of call of a bot.
func (s *Store) batch(bot, kind string, call batchCall) *batch {
	name := s.botKey(bot, kind)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.batches[name] == nil {
		s.batches[name] = &batch{store: s, bot: bot, call: call}
	}
	return s.batches[name]
}

// do asks for one request. When ctx ends first, it is left open whether it was carried out.
func (b *batch) do(ctx context.Context, args []any) error {
	mine := &request{args: args}
	if !b.first(mine) {
		select {
		case <-mine.done:
			return mine.err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	b.ask(ctx, []*request{mine})
	b.goOn()
	return mine.err
}

// first tells that nothing is under way; else the request waits.
func (b *batch) first(mine *request) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.busy {
		b.busy = true
		return true
	}
	mine.done = make(chan struct{})
	b.waiting = append(b.waiting, mine)
	return false
}

func (b *batch) ask(ctx context.Context, requests []*request) {
	if err := b.call(ctx, b.bot, requests); err != nil {
		for _, request := range requests {
			request.err = err
		}
	}
}

// goOn serves those who came meanwhile, in the background.
func (b *batch) goOn() {
	b.mu.Lock()
	b.busy = len(b.waiting) > 0
	busy := b.busy
	b.mu.Unlock()
	if busy && !b.store.background(b.serve) {
		b.serve() // the store is closed: they get its error
	}
}

// serve calls until nobody waits any more.
func (b *batch) serve() {
	for {
		requests := b.next()
		if len(requests) == 0 {
			return
		}
		ctx, cancel := context.WithTimeout(b.store.life, callTime)
		b.ask(ctx, requests)
		cancel()
		for _, request := range requests {
			close(request.done)
		}
	}
}

func (b *batch) next() []*request {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := min(len(b.waiting), largestBatch)
	requests := b.waiting[:n:n]
	b.waiting = b.waiting[n:]
	b.busy = n > 0
	return requests
}

// gather makes the arguments of a call from what it begins with and those of all requests.
func gather(begin []any, requests []*request) []any {
	n := len(begin)
	for _, request := range requests {
		n += len(request.args)
	}
	args := append(make([]any, 0, n), begin...)
	for _, request := range requests {
		args = append(args, request.args...)
	}
	return args
}

// markLost sets the errors of the requests that a script names, by their places from 1 on: their leases ran out.
func markLost(requests []*request, places []any) {
	for _, place := range places {
		if i, ok := place.(int64); ok && i >= 1 && int(i) <= len(requests) {
			requests[i-1].err = flow.ErrLost
		}
	}
}
