package store

import (
	"context"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/krokbot/krok/flow"
)

// hold is one lease.
type hold struct {
	queue string
	chat  flow.ChatID
	fence int64
}

// keep begins to renew the lease of a job. The caller has locked the desk.
func (d *desk) keep(job *job) {
	d.held[hold{job.queue, job.chat, job.fence}] = time.Now()
	if !d.renewed {
		d.renewed = d.rounds.store.background(d.renew)
	}
}

// forget stops renewing a lease: it has ended, or is to run out by itself.
func (d *desk) forget(held hold) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.held, held)
}

// renewScript makes leases longer. ZREM first, so that it works in a full Redis too.
//
// KEYS: due, held. ARGV: lease in µs, then for each lease: chat, fence.
// Return: the chats that are not held under their fence any more.
var renewScript = redis.NewScript(`
local time = redis.call('TIME')
local till = time[1] * 1000000 + time[2] + ARGV[1]
till = string.format('%.0f', till - till % 2 + 1)
local lost = {}
for i = 2, #ARGV, 2 do
  local chat, fence = ARGV[i], ARGV[i + 1]
  local state = redis.call('HGET', KEYS[2], chat)
  if state and string.match(state, '^%w+') == fence
      or not state and tonumber(redis.call('ZSCORE', KEYS[1], chat) or 0) == tonumber(fence) then
    redis.call('ZREM', KEYS[1], chat)
    redis.call('ZADD', KEYS[1], till, chat)
    redis.call('HSET', KEYS[2], chat, state or fence .. ' 1 0')
  else
    lost[#lost + 1] = chat
  end
end
return lost
`)

// renew makes the leases longer that have lasted for a while, until nothing is held.
func (d *desk) renew() {
	every := d.rounds.store.options.Lease / 3
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-d.rounds.store.life.Done():
			return
		case <-ticker.C:
		}
		holds, more := d.oldHolds(every / 2)
		if !more {
			return
		}
		if len(holds) > 0 {
			d.renewAll(holds)
		}
	}
}

// oldHolds lists the leases that are older than a time. One that has been held for longer than its work may take is given up.
func (d *desk) oldHolds(age time.Duration) (holds []hold, more bool) {
	longest := d.rounds.store.options.TurnTime
	if d.queue == outbox {
		longest = d.rounds.store.options.SendTime
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for held, since := range d.held {
		switch lasts := time.Since(since); {
		case lasts > longest:
			delete(d.held, held)
		case lasts > age:
			holds = append(holds, held)
		}
	}
	d.renewed = len(d.held) > 0
	return holds, d.renewed
}

func (d *desk) renewAll(holds []hold) {
	for _, queue := range []string{inbox, outbox, cast} {
		of := slices.DeleteFunc(slices.Clone(holds), func(h hold) bool { return h.queue != queue })
		if len(of) > 0 {
			d.renewQueue(queue, of)
		}
	}
}

func (d *desk) renewQueue(queue string, holds []hold) {
	keys := d.rounds.store.queueKeys(d.rounds.bot, queue)
	args := make([]any, 0, 1+2*len(holds))
	args = append(args, micros(d.rounds.store.options.Lease))
	fences := map[string]int64{}
	for _, held := range holds {
		args = append(args, string(held.chat), held.fence)
		fences[string(held.chat)] = held.fence
	}
	ctx, cancel := context.WithTimeout(d.rounds.store.life, d.rounds.store.options.Lease/3)
	defer cancel()
	lost, err := renewScript.Run(ctx, d.rounds.store.client, []string{keys.due, keys.held}, args...).StringSlice()
	if err != nil {
		if d.rounds.store.life.Err() == nil {
			d.rounds.store.options.Log.Warn("leases were not renewed", "bot", d.rounds.bot, "queue", queue, "err", d.rounds.store.explain(err))
		}
		return
	}
	for _, chat := range lost {
		d.forget(hold{queue, flow.ChatID(chat), fences[chat]})
	}
}
