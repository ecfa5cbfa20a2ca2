package store

import (
	"context"
	"slices"
	"time"

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
		d.renewed = d.store.background(d.renew)
	}
}

// forget stops renewing a lease: it has ended, or is to run out by itself.
func (d *desk) forget(queue string, chat flow.ChatID, fence int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.held, hold{queue, chat, fence})
}

// renew makes the leases longer that have lasted for a while, until nothing is held.
func (d *desk) renew() {
	every := d.store.options.Lease / 3
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-d.store.life.Done():
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
	longest := d.store.options.TurnTime
	if d.queue == outbox {
		longest = d.store.options.SendTime
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
	keys := d.store.queueKeys(d.bot, queue)
	args := make([]any, 0, 1+2*len(holds))
	args = append(args, micros(d.store.options.Lease))
	fences := map[string]int64{}
	for _, held := range holds {
		args = append(args, string(held.chat), held.fence)
		fences[string(held.chat)] = held.fence
	}
	ctx, cancel := context.WithTimeout(d.store.life, d.store.options.Lease/3)
	defer cancel()
	lost, err := renewScript.Run(ctx, d.store.client, []string{keys.due, keys.held}, args...).StringSlice()
	if err != nil {
		if d.store.life.Err() == nil {
			d.store.options.Log.Warn("leases were not renewed", "bot", d.bot, "queue", queue, "err", d.store.explain(err))
		}
		return
	}
	for _, chat := range lost {
		d.forget(queue, flow.ChatID(chat), fences[chat])
	}
}
