package storetest

import (
	"context"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/store"
)

func eventsComeInOrder(r *rig) {
	r.put(event("1", "a", "one"), event("1", "b", "two"))
	r.put(event("1", "c", "three"))
	for _, want := range []string{"one", "two", "three"} {
		taken := r.take(r.store)
		require.Equal(r, want, taken.Event.Message.Text)
		require.Equal(r, bot, taken.Event.Bot)
		r.keep(r.store, taken, flow.Kept{Session: []byte(want)})
	}
	r.nothing(r.store)
}

func chatsDoNotWait(r *rig) {
	r.put(event("1", "a", ""), event("1", "b", ""), event("2", "c", ""), event("2", "d", ""))
	first, second := r.take(r.store), r.take(r.store)
	require.ElementsMatch(r, []string{"a", "c"}, []string{first.Event.ID, second.Event.ID})
	r.nothing(r.store)
	r.keep(r.store, second, flow.Kept{})
	require.Equal(r, second.Event.Chat, r.take(r.store).Event.Chat)
}

func repeatedEventsAreLeftOut(r *rig) {
	r.put(event("1", "a", "first"), event("1", "a", "repeated"))
	r.put(event("1", "a", "repeated"))
	taken := r.take(r.store)
	r.put(event("1", "a", "repeated while it is answered"))
	require.Equal(r, "first", taken.Event.Message.Text)
	r.keep(r.store, taken, flow.Kept{})
	r.put(event("1", "a", "repeated after it was answered"), event("1", "b", "new"))
	require.Equal(r, "b", r.take(r.store).Event.ID)
}

func idsAreForgotten(r *rig) {
	short := r.open(store.Options{Seen: 50 * time.Millisecond})
	for _, id := range []string{"a", "b", "c"} {
		require.NoError(r, short.Put(r.Context(), bot, event("1", id, "")))
	}
	time.Sleep(100 * time.Millisecond)
	require.NoError(r, short.Put(r.Context(), bot, event("1", "d", "")))
	seen, err := r.backend.Client.ZRange(r.Context(), r.key("seen"), 0, -1).Result()
	require.NoError(r, err)
	require.Equal(r, []string{"d"}, seen)
}

func heldChatIsNotGiven(r *rig) {
	r.put(event("1", "a", ""), event("1", "b", ""))
	taken := r.take(r.store)
	other := r.open(store.Options{})
	r.nothing(other)
	r.nothing(r.store)
	r.put(event("1", "c", ""))
	r.nothing(other)
	r.keep(r.store, taken, flow.Kept{})
	require.Equal(r, "b", r.take(other).Event.ID)
}

func keepingIsOneStep(r *rig) {
	r.put(event("1", "a", ""), event("1", "b", ""))
	taken := r.take(r.store)
	require.Empty(r, taken.Session)
	require.Zero(r, taken.Attempts)
	kept := flow.Kept{Session: []byte(`{"v":1, "a": {"x": "1 2"}}`), Messages: []flow.Outgoing{message("a/1", "hello"), message("a/2", "there")}}
	r.keep(r.store, taken, kept)
	next := r.take(r.store)
	require.Equal(r, "b", next.Event.ID)
	require.Equal(r, kept.Session, next.Session)
	require.Greater(r, next.Fence, taken.Fence)
	letter := r.takeMessage(r.store)
	require.Equal(r, flow.Letter{Message: kept.Messages[0], Bot: bot, Chat: "1", Fence: letter.Fence}, letter)
}

func nextComesFirst(r *rig) {
	r.put(event("1", "a", ""), event("1", "b", ""))
	taken := r.take(r.store)
	next := event("1", "a/1", "the result")
	r.keep(r.store, taken, flow.Kept{Next: &next})
	for _, want := range []string{"a/1", "b"} {
		taken = r.take(r.store)
		require.Equal(r, want, taken.Event.ID)
		require.Zero(r, taken.Attempts)
		r.keep(r.store, taken, flow.Kept{})
	}
}

func lastComesWithAResult(r *rig) {
	words := `a client who writes "kind":"result"`
	r.put(event("1", "a", words), event("1", "b", ""), event("1", "c", ""))
	taken := r.take(r.store)
	require.Nil(r, taken.Last, "it is no result")
	result := flow.ResultOf(taken.Event, flow.Commit{}, flow.CommitResult{})
	r.keep(r.store, taken, flow.Kept{Next: &result})
	taken = r.take(r.store)
	require.Equal(r, "a/1", taken.Event.ID)
	require.Equal(r, "c", taken.Last.ID)
	r.put(event("1", "d", words))
	r.keep(r.store, taken, flow.Kept{Retry: time.Nanosecond})
	taken = r.take(r.store)
	require.Equal(r, "d", taken.Last.ID, "it has come since")
	require.Equal(r, words, taken.Last.Message.Text)
	r.keep(r.store, taken, flow.Kept{})
	for range 3 {
		taken = r.take(r.store)
		require.Nil(r, taken.Last)
		result = flow.ResultOf(taken.Event, flow.Commit{}, flow.CommitResult{})
		r.keep(r.store, taken, flow.Kept{Next: &result})
		taken = r.take(r.store)
		if taken.Event.ID == "d/1" {
			require.Nil(r, taken.Last, "nothing waits behind it")
		} else {
			require.Equal(r, "d", taken.Last.ID)
		}
		r.keep(r.store, taken, flow.Kept{})
	}
}

func retryHoldsTheChat(r *rig) {
	const wait = 3 * time.Second
	r.put(event("1", "a", ""), event("1", "b", ""))
	for attempt := range 3 {
		taken := r.take(r.store)
		require.Equal(r, "a", taken.Event.ID)
		require.Equal(r, attempt, taken.Attempts)
		r.keep(r.store, taken, flow.Kept{Session: []byte("told"), Retry: time.Nanosecond})
	}
	taken := r.take(r.store)
	began := time.Now()
	r.keep(r.store, taken, flow.Kept{Session: []byte("told"), Retry: wait, Messages: []flow.Outgoing{message("sorry", "")}})
	require.Equal(r, "sorry", r.takeMessage(r.store).Message.Key)
	r.put(event("2", "c", ""), event("1", "d", ""))
	require.Equal(r, flow.ChatID("2"), r.take(r.store).Event.Chat) // another chat goes on meanwhile

	taken = r.take(r.store)
	require.GreaterOrEqual(r, r.since(began), wait)
	require.Equal(r, "a", taken.Event.ID)
	require.Equal(r, []byte("told"), taken.Session)
	require.Equal(r, 4, taken.Attempts)
	r.keep(r.store, taken, flow.Kept{})
	taken = r.take(r.store)
	require.Equal(r, "b", taken.Event.ID)
	require.Zero(r, taken.Attempts)
}

func leaseRunsOut(r *rig) {
	asleep := r.open(store.Options{TurnTime: time.Nanosecond, Lease: 200 * time.Millisecond}) // renews nothing, as if it stood still
	r.put(event("1", "a", ""), event("1", "b", ""))
	lost := r.take(asleep)
	again := r.take(r.store)
	require.Equal(r, lost.Event, again.Event)
	require.Equal(r, 1, again.Attempts)
	require.Greater(r, again.Fence, lost.Fence)
	next := event("1", "a/1", "")
	kept := flow.Kept{Session: []byte("lost"), Messages: []flow.Outgoing{message("lost", "")}, Next: &next}
	require.ErrorIs(r, asleep.Keep(r.Context(), lost, kept), flow.ErrLost)
	kept.Next, kept.Retry = nil, time.Second
	require.ErrorIs(r, asleep.Keep(r.Context(), lost, kept), flow.ErrLost)
	r.keep(r.store, again, flow.Kept{Session: []byte("good")})
	require.ErrorIs(r, asleep.Keep(r.Context(), lost, kept), flow.ErrLost)
	r.noMessage(r.store)
	taken := r.take(r.store)
	require.Equal(r, "b", taken.Event.ID)
	require.Equal(r, []byte("good"), taken.Session)
}

func lateKeepIsGood(r *rig) {
	asleep := r.open(store.Options{TurnTime: time.Nanosecond, Lease: 100 * time.Millisecond})
	r.put(event("1", "a", ""))
	taken := r.take(asleep)
	time.Sleep(200 * time.Millisecond)
	r.keep(asleep, taken, flow.Kept{})
	r.nothing(r.store)
}

func leaseIsRenewed(r *rig) {
	other := r.open(store.Options{})
	r.put(event("1", "a", ""))
	taken := r.take(r.store)
	ctx, cancel := context.WithTimeout(r.Context(), lease*6/5)
	defer cancel()
	_, err := other.Take(ctx, bot)
	require.ErrorIs(r, err, context.DeadlineExceeded)
	r.keep(r.store, taken, flow.Kept{})
}

func keepingTwiceIsOnce(r *rig) {
	r.put(event("1", "a", ""), event("1", "b", ""))
	taken := r.take(r.store)
	kept := flow.Kept{Session: []byte("s"), Messages: []flow.Outgoing{message("a/1", "")}}
	r.keep(r.store, taken, kept)
	r.keep(r.store, taken, kept) // as after a lost answer
	require.Equal(r, "b", r.take(r.store).Event.ID)
	require.NoError(r, r.store.Sent(r.Context(), r.takeMessage(r.store), arrived))
	r.noMessage(r.store)
}

func waitersAreWoken(r *rig)         { r.handOver(r.store) }
func waitersAreWokenByOthers(r *rig) { r.handOver(r.open(store.Options{})) }

// handOver puts an event only when somebody waits, and again and again: with a second lost at each it would never end in time.
func (r *rig) handOver(other *store.Store) {
	const times = 100
	ctx, cancel := context.WithTimeout(r.Context(), times/2*time.Second)
	defer cancel()
	for i := range times {
		got := make(chan error, 1)
		go func() {
			taken, err := other.Take(ctx, bot)
			if err == nil {
				err = other.Keep(ctx, taken, flow.Kept{})
			}
			got <- err
		}()
		time.Sleep(2 * time.Millisecond)
		r.put(event("1", time.Duration(i).String(), ""))
		require.NoError(r, <-got)
	}
}

// givingUp lets takers end in the very moment in which an event comes: none may be held by nobody.
func givingUp(r *rig) {
	const events = 200
	patient := make(chan struct{})
	var takers sync.WaitGroup
	for range 4 {
		takers.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-patient:
					return
				default:
				}
				ctx, cancel := context.WithTimeout(r.Context(), time.Duration(i%7)*300*time.Microsecond)
				taken, err := r.store.Take(ctx, bot)
				cancel()
				if err == nil {
					err = r.store.Keep(r.Context(), taken, flow.Kept{Session: append(taken.Session, '.')})
				}
				if ctx.Err() == nil {
					r.Error(err)
				}
			}
		})
	}
	for i := range events {
		r.put(event("1", time.Duration(i).String(), ""))
	}
	require.Eventually(r, func() bool {
		left, err := r.backend.Client.Exists(r.Context(), r.key("in:chat:1")).Result()
		return err == nil && left == 0
	}, 30*time.Second, 5*time.Millisecond)
	close(patient)
	takers.Wait()
	r.put(event("1", "last", ""))
	require.Len(r, r.take(r.store).Session, events)
}

func unreadableIsSetAside(r *rig) {
	r.put(event("1", "a", ""), event("1", "b", ""))
	require.NoError(r, r.backend.Client.LSet(r.Context(), r.key("in:chat:1"), 0, "{broken").Err())
	require.Equal(r, "b", r.take(r.store).Event.ID)
	dead, err := r.store.Dead(r.Context(), bot)
	require.NoError(r, err)
	require.Len(r, dead, 1)
	require.Equal(r, "{broken", string(dead[0].Entry))
	require.Equal(r, flow.ChatID("1"), dead[0].Chat)
}

func nothingRemains(r *rig) {
	r.put(event("1", "a", ""))
	taken := r.take(r.store)
	require.Equal(r, []string{"/shop}:in:chat:1", "/shop}:in:due", "/shop}:seen"}, r.keys())
	r.keep(r.store, taken, flow.Kept{Session: []byte("s"), Messages: []flow.Outgoing{message("a/1", "")}})
	letter := r.takeMessage(r.store)
	require.Equal(r, []string{"/shop}:chats", "/shop}:out:chat:1", "/shop}:out:due", "/shop}:seen"}, r.keys())
	require.NoError(r, r.store.Sent(r.Context(), letter, arrived))
	require.Equal(r, []string{"/shop}:chats", "/shop}:seen"}, r.keys())
}

func botsAreApart(r *rig) {
	r.put(event("1", "a", "of the shop"))
	require.NoError(r, r.store.Put(r.Context(), "school", event("1", "a", "of the school")))
	taken, err := r.store.Take(r.Context(), "school")
	require.NoError(r, err)
	require.Equal(r, "of the school", taken.Event.Message.Text)
	require.Equal(r, "school", taken.Event.Bot)
	r.keep(r.store, taken, flow.Kept{Session: []byte("school"), Messages: []flow.Outgoing{message("a/1", "")}})
	r.noMessage(r.store)
	require.Empty(r, r.take(r.store).Session)
}
