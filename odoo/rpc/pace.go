package rpc

import (
	"context"
	"time"
)

// pacer keeps calls apart: with a pace, one call at a time and a shortest time between their beginnings; without, it does nothing.
type pacer struct {
	pace time.Duration
	turn chan time.Time // holds the time from which the next call may begin, while no call is under way
}

func newPacer(pace time.Duration) *pacer {
	p := &pacer{pace: pace, turn: make(chan time.Time, 1)}
	p.turn <- time.Time{}
	return p
}

// wait returns when the call may begin; done must be called when it has ended. An error is the context's.
func (p *pacer) wait(ctx context.Context) (done func(), err error) {
	if p.pace <= 0 {
		return func() {}, ctx.Err()
	}
	var from time.Time
	select {
	case from = <-p.turn:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	timer := time.NewTimer(time.Until(from))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		p.turn <- from
		return nil, context.Cause(ctx)
	}
	next := time.Now().Add(p.pace)
	return func() { p.turn <- next }, nil
}
