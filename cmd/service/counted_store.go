package service

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/krokbot/krok/flow"
)

// countedStore is the store of one bot, with a measure at every stage that an answer passes. It changes nothing that is kept, but for
// turns that are cut off when the process stops.
type countedStore struct {
	flow.Store
	bot     string
	metrics *Metrics        // nil: nothing is counted
	hard    context.Context //nolint:containedctx // its end cuts off what is under way, see Service.Stop

	inbox, outbox clock // by event and message: since when it waits
	turns, sends  clock // by chat: since when it is in hand
}

// Put adds events.
func (s *countedStore) Put(ctx context.Context, bot string, events ...flow.Event) error {
	if s.metrics != nil {
		for _, event := range events {
			s.inbox.start(event.ID)
		}
	}
	return s.Store.Put(ctx, bot, events...)
}

// Take gives an event.
func (s *countedStore) Take(ctx context.Context, bot string) (flow.Taken, error) {
	taken, err := s.Store.Take(ctx, bot)
	if err == nil && s.metrics != nil {
		s.observe(&s.inbox, taken.Event.ID, stageInbox)
		s.turns.start(string(taken.Event.Chat))
	}
	return taken, err
}

// Keep ends a turn. One that was cut off is put back as it was, for another process to take at once.
func (s *countedStore) Keep(ctx context.Context, taken flow.Taken, kept flow.Kept) error {
	if s.hard.Err() != nil && unfinished(kept) {
		kept = flow.Kept{Session: taken.Session, Retry: time.Millisecond}
	}
	if s.metrics == nil {
		return s.Store.Keep(ctx, taken, kept)
	}
	s.observe(&s.turns, string(taken.Event.Chat), stageTurn)
	for _, message := range kept.Messages {
		s.outbox.start(message.Key)
	}
	if kept.Next != nil {
		s.inbox.start(kept.Next.ID)
	}
	begun := time.Now()
	err := s.Store.Keep(ctx, taken, kept)
	s.metrics.stage(s.bot, stageKeep, time.Since(begun))
	s.metrics.turn(s.bot, turnResult(kept, err))
	s.noteLost(err, "in")
	return err
}

// unfinished tells whether a turn could not do what it wanted because Odoo did not answer.
func unfinished(kept flow.Kept) bool {
	return kept.Retry > 0 || kept.Next != nil && kept.Next.Result != nil && kept.Next.Result.Failed
}

func turnResult(kept flow.Kept, err error) string {
	switch {
	case errors.Is(err, flow.ErrLost):
		return "lost"
	case err != nil:
		return "not_kept"
	case kept.Dead != "":
		return "set_aside"
	case kept.Retry > 0:
		return "again"
	}
	return "done"
}

// TakeMessage gives a message.
func (s *countedStore) TakeMessage(ctx context.Context, bot string, pace flow.Pace) (flow.Letter, error) {
	letter, err := s.Store.TakeMessage(ctx, bot, pace)
	if err == nil && s.metrics != nil {
		s.observe(&s.outbox, letter.Message.Key, stageOutbox)
		s.sends.start(string(letter.Chat))
	}
	return letter, err
}

// Sent ends a message.
func (s *countedStore) Sent(ctx context.Context, letter flow.Letter, outcome flow.Outcome) error {
	err := s.Store.Sent(ctx, letter, outcome)
	s.settled(letter, string(outcome.Fate), err)
	return err
}

// Later puts a message back.
func (s *countedStore) Later(ctx context.Context, letter flow.Letter, after time.Duration) error {
	err := s.Store.Later(ctx, letter, after)
	s.settled(letter, "again", err)
	return err
}

func (s *countedStore) settled(letter flow.Letter, result string, err error) {
	if s.metrics == nil {
		return
	}
	s.observe(&s.sends, string(letter.Chat), stageSend)
	switch {
	case errors.Is(err, flow.ErrLost):
		result = "lost"
	case err != nil:
		result = "not_kept"
	}
	s.metrics.message(s.bot, result)
	s.noteLost(err, "out")
}

func (s *countedStore) noteLost(err error, queue string) {
	if errors.Is(err, flow.ErrLost) {
		s.metrics.lost(s.bot, queue)
	}
}

// observe counts how long something took, where this process has seen its beginning.
func (s *countedStore) observe(since *clock, name, stage string) {
	if took, ok := since.end(name); ok {
		s.metrics.stage(s.bot, stage, took)
	}
}

// clock remembers when things began. Of those that nobody here ends (another process has taken them) it forgets the older half when
// there are many.
type clock struct {
	mu         sync.Mutex
	young, old map[string]time.Time
}

// many bounds the memory of a clock.
const many = 20_000

func (c *clock) start(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.young == nil || len(c.young) > many {
		c.young, c.old = map[string]time.Time{}, c.young
	}
	c.young[name] = time.Now()
}

// end tells how long something took; false: nobody knows when it began.
func (c *clock) end(name string) (time.Duration, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, known := range []map[string]time.Time{c.young, c.old} {
		if begun, ok := known[name]; ok {
			delete(known, name)
			return time.Since(begun), true
		}
	}
	return 0, false
}
