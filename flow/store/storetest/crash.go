package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/store"
)

// work answers events until ctx ends: the session becomes the list of all answered, and a message says which one it was. The
// holder map shows when two have one chat at the same time.
func (r *rig) work(ctx context.Context, in *store.Store, holders *sync.Map, pause func() time.Duration) {
	for ctx.Err() == nil {
		taken, err := in.Take(ctx, bot)
		if err != nil {
			if ctx.Err() == nil {
				r.Error(err)
			}
			return
		}
		if _, held := holders.LoadOrStore(taken.Event.Chat, true); held {
			r.Errorf("chat %s is held twice", taken.Event.Chat)
		}
		time.Sleep(pause())
		holders.Delete(taken.Event.Chat)
		kept := flow.Kept{
			Session:  fmt.Appendf(taken.Session, "%s ", taken.Event.ID),
			Messages: []flow.Outgoing{message(taken.Event.ID+"/1", ""), message(taken.Event.ID+"/2", "")},
		}
		if err := in.Keep(r.Context(), taken, kept); err != nil {
			r.Error(err)
		}
	}
}

// send notes what is sent, by chat.
func (r *rig) send(ctx context.Context, from *store.Store, note func(chat flow.ChatID, key string)) {
	for ctx.Err() == nil {
		letter, err := from.TakeMessage(ctx, bot, flow.Pace{})
		if err != nil {
			if ctx.Err() == nil {
				r.Error(err)
			}
			return
		}
		note(letter.Chat, letter.Message.Key)
		if err := from.Sent(r.Context(), letter, arrived); err != nil {
			r.Error(err)
		}
	}
}

func manyWorkers(r *rig) {
	const processes, workers, chats, events = 3, 5, 12, 25
	ctx, stop := context.WithCancel(r.Context())
	defer stop()
	var mu sync.Mutex
	var sent atomic.Int64
	messages := map[flow.ChatID][]string{}
	note := func(chat flow.ChatID, key string) {
		mu.Lock()
		messages[chat] = append(messages[chat], key)
		mu.Unlock()
		sent.Add(1)
	}
	var all sync.WaitGroup
	var holders sync.Map
	for range processes {
		process := r.open(store.Options{Lease: 20 * time.Second}) // nothing is to run out, however slow the machine
		for range workers {
			all.Go(func() {
				r.work(ctx, process, &holders, func() time.Duration { return time.Duration(rand.IntN(500)) * time.Microsecond })
			})
			all.Go(func() { r.send(ctx, process, note) })
		}
	}
	for number := range events {
		for chat := range chats {
			id := fmt.Sprintf("%d-%d", chat, number)
			put := event(fmt.Sprint(chat), id, "")
			all.Go(func() { r.put(put, put) })
			if number%5 == 0 {
				r.put(put)
			}
		}
		time.Sleep(time.Millisecond)
	}
	require.Eventually(r, func() bool { return sent.Load() >= 2*chats*events }, 60*time.Second, 10*time.Millisecond)
	stop()
	all.Wait()
	for chat := range chats {
		r.put(event(fmt.Sprint(chat), fmt.Sprintf("%d-last", chat), ""))
	}
	for range chats {
		taken := r.take(r.store)
		answered := strings.Fields(string(taken.Session))
		require.Len(r, answered, events)
		var want []string
		for _, id := range answered {
			want = append(want, id+"/1", id+"/2")
		}
		require.Equal(r, want, messages[taken.Event.Chat], "messages go in the order of the turns")
		r.keep(r.store, taken, flow.Kept{})
	}
}

// errCrash ends a process before one of its calls, or after it.
var errCrash = errors.New("crash")

// crashing counts the calls of a process and ends it at one of them.
type crashing struct {
	*rig
	store *store.Store
	left  int
}

// call makes a call unless the process ends before it; it may end right after it.
func (c *crashing) call(do func() error) error {
	if c.left--; c.left < 0 {
		return errCrash
	}
	if err := do(); err != nil {
		return err
	}
	if c.left--; c.left < 0 {
		return errCrash
	}
	return nil
}

// crashAnywhere ends a process before and after each call of a whole conversation; the next one finishes it.
func crashAnywhere(r *rig) {
	for calls := range 25 {
		r.Run(fmt.Sprint(calls), func(t *testing.T) {
			t.Parallel()
			rig := &rig{T: t, backend: r.backend, namespace: fmt.Sprintf("%s-%d", r.namespace, calls)}
			dying := &crashing{rig: rig, store: rig.open(store.Options{Lease: 250 * time.Millisecond}), left: calls}
			var sent, recorded []string
			err := dying.converse(&sent, &recorded)
			dying.store.Close()
			if calls < 24 { // twelve calls, and a crash before and after each
				require.ErrorIs(t, err, errCrash)
			}
			rig.store = rig.open(store.Options{Lease: 250 * time.Millisecond})
			after := &crashing{rig: rig, store: rig.store, left: 1000}
			require.NoError(t, after.converse(&sent, &recorded))
			rig.requireConversation(sent)
			require.Equal(t, []string{"1:a", "1:a#", "1:a/1#"}, recorded, "the record is whole, in order, and holds nothing twice")
		})
	}
}

// converse plays one event whose turn makes a commit, the commit's result, the two messages of it all, and the record.
func (c *crashing) converse(sent, recorded *[]string) error {
	ctx := c.Context()
	err := c.call(func() error { return c.store.Put(ctx, bot, event("1", "a", "hello")) })
	for err == nil && !c.empty(inbox) {
		var taken flow.Taken
		err = c.call(func() (err error) { taken, err = c.store.Take(ctx, bot); return err })
		if err != nil {
			break
		}
		id := taken.Event.ID
		kept := flow.Kept{Session: fmt.Appendf(taken.Session, "%s ", id), Messages: []flow.Outgoing{message(id, "")}, Journal: lines("1", id+"#")}
		if id == "a" {
			kept.Journal = lines("1", "a", "a#")
			next := event("1", "a/1", "")
			kept.Next = &next
		}
		err = c.call(func() error { return c.store.Keep(ctx, taken, kept) })
	}
	for err == nil && !c.empty(outbox) {
		var letter flow.Letter
		err = c.call(func() (err error) { letter, err = c.store.TakeMessage(ctx, bot, flow.Pace{}); return err })
		if err == nil {
			err = c.call(func() error { *sent = append(*sent, letter.Message.Key); return c.store.Sent(ctx, letter, arrived) })
		}
	}
	if err == nil {
		err = c.record(recorded)
	}
	return err
}

// record moves the record to an Odoo that takes every key once.
func (c *crashing) record(recorded *[]string) error {
	var waiting []flow.Line
	err := c.call(func() (err error) { waiting, err = c.store.Journal(c.Context(), bot, 10); return err })
	if err == nil {
		err = c.call(func() error {
			for _, key := range keysOf(waiting) {
				if !slices.Contains(*recorded, key) {
					*recorded = append(*recorded, key)
				}
			}
			return nil
		})
	}
	if err == nil {
		err = c.call(func() error { return c.store.Journaled(c.Context(), bot, waiting) })
	}
	return err
}

const (
	inbox  = "in"
	outbox = "out"
)

func (c *crashing) empty(queue string) bool {
	waiting, err := c.backend.Client.ZCard(c.Context(), c.key(queue+":due")).Result()
	require.NoError(c, err)
	return waiting == 0
}

// requireConversation checks what must hold wherever the crash was: each event has been answered once, each message was sent, in
// order. A message that was on its way in the crash may be sent again; here every crash is before or after the note of it.
func (r *rig) requireConversation(sent []string) {
	require.Equal(r, []string{"a", "a/1"}, sent)
	session, err := r.backend.Client.HGet(r.Context(), r.key("chats"), "1").Result()
	require.NoError(r, err)
	_, answered, _ := strings.Cut(session, " ")
	require.Equal(r, "a a/1 ", answered)
	require.Equal(r, []string{"/shop}:chats", "/shop}:seen"}, slices.DeleteFunc(r.keys(), func(key string) bool { return strings.HasSuffix(key, ":idle") }))
}
