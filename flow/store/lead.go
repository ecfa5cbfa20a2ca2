package store

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
)

// errLead is the cause of the end of a leader's context.
var errLead = errors.New("another process may lead now")

// leadScript takes or renews a leader's lease. A name that has been led before gets a higher fence.
//
// The HDEL of nothing lets it run in a full Redis.
//
// KEYS: lead. ARGV: name, who asks, lease in µs, 1 where it is a renewal.
// Return: the fence, or where somebody else leads, less than 0: how many µs their lease lasts; 0: a renewal came too late.
var leadScript = redis.NewScript(`
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local who, fence, till = string.match(redis.call('HGET', KEYS[1], ARGV[1]) or '- 0 0', '^(%S+) (%d+) (%d+)$')
if who ~= ARGV[2] then
  if ARGV[4] == '1' then
    return 0
  end
  if tonumber(till) > now then
    return now - till
  end
  fence = fence + 1
end
redis.call('HDEL', KEYS[1], '')
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. fence .. ' ' .. string.format('%.0f', now + ARGV[3]))
return tonumber(fence)
`)

// resignScript ends a leader's lease at once.
//
// KEYS: lead. ARGV: name, who resigns. Return: 1 where they led.
var resignScript = redis.NewScript(`
local who, fence = string.match(redis.call('HGET', KEYS[1], ARGV[1]) or '', '^(%S+) (%d+)')
if who ~= ARGV[2] then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], '- ' .. fence .. ' 0')
return 1
`)

// Lead waits until this caller alone holds a name, among all processes. The context that it gives ends when the lease may have run
// out, or with ctx; then the name is free at once. A process that is killed loses it within the time of a lease.
func (s *Store) Lead(ctx context.Context, name string) (context.Context, error) {
	who := s.id + "/" + rand.Text()
	for {
		asked := time.Now()
		wait, err := s.tryLead(ctx, name, who, false)
		if err != nil {
			return nil, err
		}
		if wait == 0 {
			return s.leading(ctx, name, who, asked)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-s.life.Done():
			return nil, errClosed
		case <-time.After(min(wait, longestSleep)):
		}
	}
}

// tryLead tells how long to wait, 0: the caller leads.
func (s *Store) tryLead(ctx context.Context, name, who string, renewal bool) (time.Duration, error) {
	renews := 0
	if renewal {
		renews = 1
	}
	answer, err := leadScript.Run(ctx, s.client, []string{s.key("lead")}, name, who, micros(s.options.Lease), renews).Int64()
	switch {
	case err != nil:
		return 0, s.explain(err)
	case answer > 0:
		return 0, nil
	case renewal:
		return 0, errLead
	}
	return max(time.Duration(-answer)*time.Microsecond, time.Millisecond), nil
}

func (s *Store) leading(ctx context.Context, name, who string, asked time.Time) (context.Context, error) {
	leading, cancel := context.WithCancelCause(ctx)
	started := s.background(func() {
		defer s.resign(name, who)
		cancel(s.renewLead(leading, name, who, asked))
	})
	if !started {
		cancel(errClosed)
		return nil, errClosed
	}
	return leading, nil
}

// renewLead renews until it fails, and tells why it ended: always before the lease can have run out.
func (s *Store) renewLead(ctx context.Context, name, who string, asked time.Time) error {
	every := s.options.Lease / 4
	end := asked.Add(s.options.Lease - every/2)
	timer := time.NewTimer(time.Until(asked.Add(every)))
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-s.life.Done():
			return errClosed
		case <-timer.C:
		}
		asked = time.Now()
		if asked.After(end) { // this process stood still
			return errLead
		}
		call, cancel := context.WithDeadline(ctx, end)
		_, err := s.tryLead(call, name, who, true)
		cancel()
		again := every
		switch {
		case err == nil:
			end = asked.Add(s.options.Lease - every/2)
		case errors.Is(err, errLead):
			return errLead
		default:
			again = every / 4
		}
		timer.Reset(again)
	}
}

// resign lets the next one lead, where this one still did.
func (s *Store) resign(name, who string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.life), 2*time.Second)
	defer cancel()
	if err := resignScript.Run(ctx, s.client, []string{s.key("lead")}, name, who).Err(); err != nil {
		s.options.Log.Warn("a lead was not given up, others wait until its lease runs out", "name", name, "err", s.explain(err))
	}
}
