package storetest

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/store"
)

// takePaced takes a message at a pace.
func (r *rig) takePaced(from *store.Store, pace flow.Pace) flow.Letter {
	r.Helper()
	ctx, cancel := context.WithTimeout(r.Context(), 20*time.Second)
	defer cancel()
	letter, err := from.TakeMessage(ctx, bot, pace)
	require.NoError(r, err)
	return letter
}

// announce brings a broadcast into the outbox of each chat.
func (r *rig) announce(chats ...string) {
	r.Helper()
	for _, chat := range chats {
		r.put(event(chat, "announce "+chat, ""))
		broadcast := message("news for "+chat, "news")
		broadcast.Broadcast = true
		r.keep(r.store, r.take(r.store), flow.Kept{Messages: []flow.Outgoing{broadcast}})
	}
}

// numbered are n chats.
func numbered(n int) (chats []string) {
	for i := range n {
		chats = append(chats, strconv.Itoa(100+i))
	}
	return chats
}

func botPaceIsKept(r *rig) {
	pace := flow.Pace{PerSecond: 20}
	const messages = 60
	for _, chat := range numbered(messages) {
		r.say(chat, chat, "to "+chat)
	}
	began := time.Now()
	var sent atomic.Int64
	var first atomic.Int64 // within the first half of a second
	var senders sync.WaitGroup
	ctx, stop := context.WithTimeout(r.Context(), 20*time.Second)
	defer stop()
	for _, from := range []*store.Store{r.store, r.open(store.Options{}), r.open(store.Options{})} {
		for range 4 {
			senders.Go(func() {
				for {
					letter, err := from.TakeMessage(ctx, bot, pace)
					if err != nil {
						return
					}
					if time.Since(began) < time.Second/2 {
						first.Add(1)
					}
					if from.Sent(r.Context(), letter, arrived) != nil || sent.Add(1) == messages {
						stop()
					}
				}
			})
		}
	}
	senders.Wait()
	require.Equal(r, int64(messages), sent.Load())
	require.GreaterOrEqual(r, r.since(began), 2*time.Second, "20 at once and the others at 20 a second")
	require.LessOrEqual(r, first.Load(), int64(20))
}

func chatPaceIsKept(r *rig) {
	pace := flow.Pace{ChatPerSecond: 0.5, ChatBurst: 2}
	r.say("1", "a", "one", "two", "three")
	began := time.Now()
	for _, want := range []string{"one", "two"} {
		letter := r.takePaced(r.store, pace)
		require.Equal(r, want, letter.Message.Key)
		require.NoError(r, r.store.Sent(r.Context(), letter, arrived))
	}
	r.say("2", "b", "of another chat")
	other := r.open(store.Options{})
	for _, want := range []string{"of another chat", "three"} {
		letter := r.takePaced(other, pace)
		require.Equal(r, want, letter.Message.Key)
		require.Zero(r, letter.Attempts)
		require.NoError(r, other.Sent(r.Context(), letter, arrived))
	}
	require.GreaterOrEqual(r, r.since(began), 2*time.Second)
	require.Less(r, time.Since(began), 15*time.Second)
}

func frozenBotSendsNothing(r *rig) {
	r.say("1", "a", "one")
	r.say("2", "b", "two")
	letter := r.takeMessage(r.store)
	began := time.Now()
	require.NoError(r, r.store.Freeze(r.Context(), bot, 2*time.Second))
	require.NoError(r, r.store.Freeze(r.Context(), bot, 200*time.Millisecond), "the longest counts")
	require.NoError(r, r.store.Later(r.Context(), letter, 0))
	require.NoError(r, r.store.Freeze(r.Context(), "school", time.Hour), "that is another bot")
	other := r.open(store.Options{})
	r.noMessage(r.store)
	r.noMessage(other)
	r.takeMessage(other)
	require.GreaterOrEqual(r, r.since(began), 2*time.Second)
	r.takeMessage(r.store)
}

func conversationsGoFirst(r *rig) {
	pace := flow.Pace{PerSecond: 20}
	r.announce(numbered(60)...)
	queues, err := r.store.Queues(r.Context(), bot)
	require.NoError(r, err)
	require.Equal(r, int64(60), queues.Broadcast)
	require.Zero(r, queues.Outbox)
	began := time.Now()
	for range 10 {
		letter := r.takePaced(r.store, pace)
		require.True(r, letter.Message.Broadcast)
		require.NoError(r, r.store.Sent(r.Context(), letter, arrived))
	}
	require.Greater(r, time.Since(began), 300*time.Millisecond, "a broadcast leaves room for what comes")
	for i := range 5 {
		r.say("1", "talk "+strconv.Itoa(i), "answer "+strconv.Itoa(i))
	}
	for i := range 5 {
		letter := r.takePaced(r.store, pace)
		require.Equal(r, "answer "+strconv.Itoa(i), letter.Message.Key)
		require.NoError(r, r.store.Sent(r.Context(), letter, arrived))
	}
	require.True(r, r.takePaced(r.store, pace).Message.Broadcast)
}

func broadcastsWait(r *rig) {
	r.say("1", "a", "answer")
	r.announce("1")
	r.announce("2")
	letter := r.takeMessage(r.store)
	require.Equal(r, "answer", letter.Message.Key)
	require.NoError(r, r.store.Later(r.Context(), letter, 2*time.Second)) // as after telegram asked for it
	began := time.Now()
	news := r.takeMessage(r.store)
	require.Equal(r, "news for 2", news.Message.Key)
	require.NoError(r, r.store.Sent(r.Context(), news, arrived))
	r.noMessage(r.store)
	for _, want := range []string{"answer", "news for 1"} {
		letter = r.takeMessage(r.store)
		require.Equal(r, want, letter.Message.Key)
		require.NoError(r, r.store.Sent(r.Context(), letter, arrived))
	}
	require.GreaterOrEqual(r, r.since(began), 1500*time.Millisecond, "nothing goes to the chat before")
}

func lostBroadcastIsKnown(r *rig) {
	r.announce("1")
	dying := r.open(store.Options{Lease: 300 * time.Millisecond})
	r.takeMessage(dying)
	dying.Close()
	letter := r.takeMessage(r.store)
	require.Equal(r, 1, letter.Lost)
	require.NoError(r, r.store.Sent(r.Context(), letter, flow.Outcome{Fate: flow.FateUnknown}))
	fates, err := r.store.Fates(r.Context(), bot)
	require.NoError(r, err)
	require.Equal(r, map[flow.Fate]int64{flow.FateUnknown: 1}, fates)
	r.noMessage(r.store)
}

func blockedChatGetsNoBroadcast(r *rig) {
	r.announce("1", "2")
	news := r.takeMessage(r.store)
	require.NoError(r, r.store.Sent(r.Context(), news, arrived))
	r.put(event("2", "more", ""))
	more := message("more news", "")
	more.Broadcast = true
	r.keep(r.store, r.take(r.store), flow.Kept{Messages: []flow.Outgoing{more, message("answer", ""), message("further", "")}})
	letter := r.takeMessage(r.store)
	require.Equal(r, "answer", letter.Message.Key)
	require.NoError(r, r.store.Sent(r.Context(), letter, flow.Outcome{Fate: flow.FateBlocked, Reason: "Forbidden"}))
	letter = r.takeMessage(r.store)
	require.Equal(r, "further", letter.Message.Key, "the client may be back")
	require.NoError(r, r.store.Sent(r.Context(), letter, flow.Outcome{Fate: flow.FateBlocked, Reason: "Forbidden"}))
	r.noMessage(r.store)
	fates, err := r.store.Fates(r.Context(), bot)
	require.NoError(r, err)
	require.Equal(r, map[flow.Fate]int64{flow.FateSent: 1, flow.FateBlocked: 2}, fates)
	queues, err := r.store.Queues(r.Context(), bot)
	require.NoError(r, err)
	require.Zero(r, queues)
}

func refusedMessageIsSetAside(r *rig) {
	r.say("1", "a", "bad", "good")
	letter := r.takeMessage(r.store)
	require.NoError(r, r.store.Sent(r.Context(), letter, flow.Outcome{Fate: flow.FateFailed, Reason: "Bad Request"}))
	good := r.takeMessage(r.store)
	require.Equal(r, "good", good.Message.Key)
	dead, err := r.store.Dead(r.Context(), bot)
	require.NoError(r, err)
	require.Len(r, dead, 1)
	require.Equal(r, "out", dead[0].Queue)
	require.Equal(r, "Bad Request", dead[0].Reason)
	require.NoError(r, r.store.RetryDead(r.Context(), bot, dead[0].ID))
	require.NoError(r, r.store.Sent(r.Context(), good, arrived))
	require.Equal(r, "text of bad", r.takeMessage(r.store).Message.Text.Text)

	r.announce("2")
	news := r.takeMessage(r.store)
	require.NoError(r, r.store.Sent(r.Context(), news, flow.Outcome{Fate: flow.FateFailed, Reason: "Bad Request"}))
	dead, err = r.store.Dead(r.Context(), bot)
	require.NoError(r, err)
	require.Empty(r, dead, "a broadcast that fails for a million must not push out the others")
}
