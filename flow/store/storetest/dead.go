package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/store"
)

func planIsFoundAgain(r *rig) {
	r.put(event("1", "a", ""), event("1", "b", ""))
	taken := r.take(r.store)
	require.Empty(r, taken.Plan)
	require.NoError(r, r.store.Plan(r.Context(), taken, []byte("first")))
	require.NoError(r, r.store.Plan(r.Context(), taken, []byte("the plan")))
	r.keep(r.store, taken, flow.Kept{Retry: time.Millisecond})
	taken = r.take(r.open(store.Options{}))
	require.Equal(r, "a", taken.Event.ID)
	require.Equal(r, "the plan", string(taken.Plan))
	r.keep(r.store, taken, flow.Kept{Next: &flow.Event{ID: "a/1"}})
	taken = r.take(r.store)
	require.Equal(r, "a/1", taken.Event.ID)
	require.Empty(r, taken.Plan, "it was that of the event before")
}

func planNeedsTheLease(r *rig) {
	dying := r.open(store.Options{Lease: 300 * time.Millisecond})
	r.put(event("1", "a", ""))
	lost := r.take(dying)
	require.NoError(r, dying.Plan(r.Context(), lost, []byte("the plan")))
	dying.Close()
	taken := r.take(r.store)
	require.Equal(r, "the plan", string(taken.Plan))
	require.ErrorIs(r, r.store.Plan(r.Context(), lost, []byte("another")), flow.ErrLost)
	r.keep(r.store, taken, flow.Kept{Retry: time.Millisecond})
	require.Equal(r, "the plan", string(r.take(r.store).Plan))
}

func lostLeasesAreCounted(r *rig) {
	r.put(event("1", "a", ""))
	for lost := range 2 {
		dying := r.open(store.Options{Lease: 300 * time.Millisecond})
		taken := r.take(dying)
		require.Equal(r, lost, taken.Lost)
		require.Equal(r, lost, taken.Attempts)
		dying.Close()
	}
	taken := r.take(r.store)
	require.Equal(r, 2, taken.Lost)
	r.keep(r.store, taken, flow.Kept{Retry: time.Millisecond})
	taken = r.take(r.store)
	require.Equal(r, 2, taken.Lost, "an attempt that was ended is none that was lost")
	require.Equal(r, 3, taken.Attempts)
	r.keep(r.store, taken, flow.Kept{Next: &flow.Event{ID: "a/1"}})
	require.Zero(r, r.take(r.store).Lost)
}

func deadEventsAreSetAside(r *rig) {
	r.put(event("1", "a", "bad"), event("1", "b", "good"))
	taken := r.take(r.store)
	require.NoError(r, r.store.Plan(r.Context(), taken, []byte("the plan")))
	r.keep(r.store, taken, flow.Kept{Session: []byte("s"), Messages: []flow.Outgoing{message("a#1", "sorry")}, Dead: "odoo says no"})
	next := r.take(r.store)
	require.Equal(r, "b", next.Event.ID)
	require.Equal(r, "s", string(next.Session))
	require.Empty(r, next.Plan)
	require.Equal(r, "a#1", r.takeMessage(r.store).Message.Key)
	dead, err := r.store.Dead(r.Context(), bot)
	require.NoError(r, err)
	require.Len(r, dead, 1)
	require.Equal(r, "odoo says no", dead[0].Reason)
	require.Equal(r, "in", dead[0].Queue)
	require.Equal(r, flow.ChatID("1"), dead[0].Chat)
	require.Contains(r, string(dead[0].Entry), `"bad"`)
	require.WithinDuration(r, time.Now().Add(r.backend.Ahead), dead[0].At, time.Minute)
}

func deadIsRevived(r *rig) {
	for _, id := range []string{"a", "b"} {
		r.put(event("1", id, "text of "+id))
		r.keep(r.store, r.take(r.store), flow.Kept{Dead: "no"})
	}
	r.put(event("1", "c", ""))
	held := r.take(r.store)
	dead, err := r.store.Dead(r.Context(), bot)
	require.NoError(r, err)
	require.Len(r, dead, 2)
	require.NoError(r, r.store.RetryDead(r.Context(), bot, dead[0].ID))
	require.NoError(r, r.store.DropDead(r.Context(), bot, dead[1].ID))
	for _, id := range []string{dead[0].ID, dead[1].ID, "last", "77"} {
		require.ErrorContains(r, r.store.RetryDead(r.Context(), bot, id), id)
		require.ErrorContains(r, r.store.DropDead(r.Context(), bot, id), id)
	}
	r.nothing(r.store) // its chat is held
	r.keep(r.store, held, flow.Kept{})
	taken := r.take(r.store)
	require.Equal(r, "text of a", taken.Event.Message.Text)
	r.keep(r.store, taken, flow.Kept{})
	r.nothing(r.store)
	left, err := r.store.Dead(r.Context(), bot)
	require.NoError(r, err)
	require.Empty(r, left)
}

func waitingIsCounted(r *rig) {
	queues, err := r.store.Queues(r.Context(), bot)
	require.NoError(r, err)
	require.Zero(r, queues)
	r.say("1", "a", "one", "two")
	r.say("2", "b", "three")
	r.put(event("3", "c", ""))
	r.keep(r.store, r.take(r.store), flow.Kept{Dead: "no"})
	r.put(event("3", "d", ""), event("4", "e", ""))
	r.take(r.store) // it is held: it does not wait, but it is not done
	time.Sleep(20 * time.Millisecond)
	queues, err = r.store.Queues(r.Context(), bot)
	require.NoError(r, err)
	require.Equal(r, int64(2), queues.Inbox)
	require.Equal(r, int64(2), queues.Outbox)
	require.Equal(r, int64(1), queues.Dead)
	require.GreaterOrEqual(r, queues.InboxAge, 20*time.Millisecond)
	require.GreaterOrEqual(r, queues.OutboxAge, queues.InboxAge)
}
