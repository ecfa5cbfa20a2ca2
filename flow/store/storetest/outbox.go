package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/store"
)

// say brings messages into the outbox of a chat.
func (r *rig) say(chat, id string, keys ...string) {
	r.Helper()
	r.put(event(chat, id, ""))
	taken := r.take(r.store)
	var messages []flow.Outgoing
	for _, key := range keys {
		messages = append(messages, message(key, "text of "+key))
	}
	r.keep(r.store, taken, flow.Kept{Messages: messages})
}

func messagesGoInOrder(r *rig) {
	r.say("1", "a", "one", "two")
	r.say("1", "b", "three")
	other := r.open(store.Options{})
	for _, want := range []string{"one", "two", "three"} {
		letter := r.takeMessage(r.store)
		require.Equal(r, want, letter.Message.Key)
		require.Equal(r, "text of "+want, letter.Message.Text.Text)
		r.noMessage(other)
		require.NoError(r, r.store.Sent(r.Context(), letter, arrived))
		require.ErrorIs(r, r.store.Sent(r.Context(), letter, arrived), flow.ErrLost)
	}
	r.noMessage(r.store)
}

func laterHoldsOnlyItsChat(r *rig) {
	const wait = 3 * time.Second
	r.say("1", "a", "one", "two")
	letter := r.takeMessage(r.store)
	began := time.Now()
	require.NoError(r, r.store.Later(r.Context(), letter, wait))
	require.ErrorIs(r, r.store.Later(r.Context(), letter, wait), flow.ErrLost)
	r.say("2", "b", "other") // it goes on meanwhile
	other := r.takeMessage(r.store)
	require.Equal(r, "other", other.Message.Key)
	require.NoError(r, r.store.Sent(r.Context(), other, arrived))
	again := r.takeMessage(r.store)
	require.GreaterOrEqual(r, r.since(began), wait)
	require.Equal(r, "one", again.Message.Key)
	require.Equal(r, 1, again.Attempts)
	require.NoError(r, r.store.Sent(r.Context(), again, arrived))
	next := r.takeMessage(r.store)
	require.Equal(r, "two", next.Message.Key)
	require.Zero(r, next.Attempts)
}

func senderDies(r *rig) {
	r.say("1", "a", "one", "two")
	dying := r.open(store.Options{Lease: 300 * time.Millisecond})
	lost := r.takeMessage(dying)
	dying.Close()
	letter := r.takeMessage(r.store)
	require.Equal(r, "one", letter.Message.Key)
	require.Equal(r, 1, letter.Attempts)
	require.ErrorIs(r, r.store.Sent(r.Context(), lost, arrived), flow.ErrLost)
	require.NoError(r, r.store.Sent(r.Context(), letter, arrived))
	require.Equal(r, "two", r.takeMessage(r.store).Message.Key)
}
