// Package storetest holds what every kind of Redis must let the store do, as one suite, and a redis-server of its own for a test.
package storetest

import (
	"context"
	"crypto/rand"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/richtext"
	"github.com/krokbot/krok/flow/store"
)

// Backend is a kind of Redis.
type Backend struct {
	// URL is the setting that krok would have.
	URL string
	// Client looks into it, past the store.
	Client redis.UniversalClient
	// Ahead is by how much its clock goes before that of this process.
	Ahead time.Duration
}

// Run plays the suite. Each test has a namespace of its own, so that all may run on one Redis at the same time.
func Run(t *testing.T, backend Backend) {
	tests := []struct {
		name string
		test func(*rig)
	}{
		{"events of a chat come in the order in which they were put", eventsComeInOrder},
		{"chats do not wait for each other", chatsDoNotWait},
		{"an event that was put before is left out", repeatedEventsAreLeftOut},
		{"ids of events are forgotten after their time", idsAreForgotten},
		{"nobody gets an event of a chat that is held", heldChatIsNotGiven},
		{"keeping stores session and messages and drops the event", keepingIsOneStep},
		{"the next event comes before those that wait", nextComesFirst},
		{"with a result comes the last event that waits behind it", lastComesWithAResult},
		{"a turn that is tried again holds its chat back and counts its attempts", retryHoldsTheChat},
		{"a lease that ran out goes to another and the first keeps nothing", leaseRunsOut},
		{"a lease that ran out is still good while nobody wants the chat", lateKeepIsGood},
		{"a lease is renewed for as long as the turn lasts", leaseIsRenewed},
		{"a turn that was kept already is kept", keepingTwiceIsOnce},
		{"who waits is woken", waitersAreWoken},
		{"who waits is woken by another process", waitersAreWokenByOthers},
		{"who gives up waiting gets nothing and holds nothing", givingUp},
		{"an event that cannot be read is set aside", unreadableIsSetAside},
		{"a plan is found by whoever takes the event again", planIsFoundAgain},
		{"a plan of a worker that lost the chat is not kept", planNeedsTheLease},
		{"a lease that nobody ended is counted as lost", lostLeasesAreCounted},
		{"an event that failed for good is set aside and its chat goes on", deadEventsAreSetAside},
		{"what was set aside is tried again behind what waits, or dropped", deadIsRevived},
		{"what waits is counted", waitingIsCounted},
		{"messages of a chat go one after another", messagesGoInOrder},
		{"a message for later holds back only its chat", laterHoldsOnlyItsChat},
		{"a message whose sender died goes to another", senderDies},
		{"all processes together keep the pace of the bot", botPaceIsKept},
		{"a chat's pace holds back that chat alone", chatPaceIsKept},
		{"nothing of a frozen bot is sent by anybody", frozenBotSendsNothing},
		{"conversations go before broadcasts, which leave room for them", conversationsGoFirst},
		{"nothing goes to a chat that is to be left alone for a while", broadcastsWait},
		{"a broadcast whose sender died may have been sent", lostBroadcastIsKnown},
		{"broadcasts for a chat that cannot be reached end with it", blockedChatGetsNoBroadcast},
		{"a message that was refused is set aside and can be sent again", refusedMessageIsSetAside},
		{"lines of the record wait in order and stay until they are taken away", linesWaitInOrder},
		{"of the record exactly the lines that are named are taken away", journaledTakesExactlyThese},
		{"lines of the record are kept with their turn, or not at all", linesAreKeptWithTheirTurn},
		{"long lines of the record come in portions", longLinesComeInPortions},
		{"a line of the record that was refused is set aside and can be had again", refusedLineIsSetAside},
		{"a line of the record that cannot be read is set aside", unreadableLineIsSetAside},
		{"lines of the record that are lost stop nobody", lostLinesStopNobody},
		{"a chat at rest leaves its session alone", nothingRemains},
		{"bots do not see each other", botsAreApart},
		{"many workers of many processes answer everything once and in order", manyWorkers},
		{"a crash after any call loses nothing and does nothing twice", crashAnywhere},
		{"one leads, and another when it ends", oneLeads},
		{"whoever leads and dies is followed", leaderDies},
		{"definitions and file ids are kept", definitionsAreKept},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.test(newRig(t, backend))
		})
	}
}

// lease is that of the suite's stores: short enough to wait for, long enough for a busy machine.
const lease = 5 * time.Second

// rig is what a test works with.
type rig struct {
	*testing.T
	backend   Backend
	namespace string
	store     *store.Store
}

const bot = "shop"

// arrived is how a message ends that was sent.
var arrived = flow.Outcome{Fate: flow.FateSent}

func newRig(t *testing.T, backend Backend) *rig {
	r := &rig{T: t, backend: backend, namespace: rand.Text()}
	r.store = r.open(store.Options{})
	return r
}

// open starts what stands for another process.
func (r *rig) open(options store.Options) *store.Store {
	r.Helper()
	if options.Lease == 0 {
		options.Lease = lease
	}
	opened, err := store.OpenWith(r.Context(), r.backend.URL, r.namespace, options)
	require.NoError(r, err)
	r.Cleanup(opened.Close)
	return opened
}

// since is the time that has passed, for what may not come too soon. A clock that a test moves by hand is a little late.
func (r *rig) since(began time.Time) time.Duration {
	if r.backend.Ahead != 0 {
		return time.Since(began) + 300*time.Millisecond
	}
	return time.Since(began)
}

// event makes an event of a client who wrote the text.
func event(chat, id, text string) flow.Event {
	return flow.Event{ID: id, Bot: bot, Chat: flow.ChatID(chat), Kind: flow.KindMessage, Message: &flow.Message{Text: text}}
}

func message(key, text string) flow.Outgoing {
	return flow.Outgoing{Key: key, Text: richtext.Text{Text: text}}
}

func (r *rig) put(events ...flow.Event) {
	r.Helper()
	require.NoError(r, r.store.Put(r.Context(), bot, events...))
}

// take takes from a store what must be there.
func (r *rig) take(from *store.Store) flow.Taken {
	r.Helper()
	ctx, cancel := context.WithTimeout(r.Context(), 20*time.Second)
	defer cancel()
	taken, err := from.Take(ctx, bot)
	require.NoError(r, err)
	return taken
}

func (r *rig) takeMessage(from *store.Store) flow.Letter {
	r.Helper()
	ctx, cancel := context.WithTimeout(r.Context(), 20*time.Second)
	defer cancel()
	letter, err := from.TakeMessage(ctx, bot, flow.Pace{})
	require.NoError(r, err)
	return letter
}

// nothing makes sure that there is nothing to take.
func (r *rig) nothing(from *store.Store) {
	r.Helper()
	ctx, cancel := context.WithTimeout(r.Context(), 200*time.Millisecond)
	defer cancel()
	taken, err := from.Take(ctx, bot)
	require.ErrorIs(r, err, context.DeadlineExceeded, "%v", taken)
}

func (r *rig) noMessage(from *store.Store) {
	r.Helper()
	ctx, cancel := context.WithTimeout(r.Context(), 200*time.Millisecond)
	defer cancel()
	letter, err := from.TakeMessage(ctx, bot, flow.Pace{})
	require.ErrorIs(r, err, context.DeadlineExceeded, "%v", letter)
}

func (r *rig) keep(in *store.Store, taken flow.Taken, kept flow.Kept) {
	r.Helper()
	require.NoError(r, in.Keep(r.Context(), taken, kept))
}

// keys lists the names of all keys of the rig, without the part that they share.
func (r *rig) keys() []string {
	r.Helper()
	pattern := "krok:{" + r.namespace + "[/}]*"
	var keys []string
	look := func(ctx context.Context, client redis.Cmdable) error {
		found, err := client.Keys(ctx, pattern).Result()
		keys = append(keys, found...)
		return err
	}
	if cluster, ok := r.backend.Client.(*redis.ClusterClient); ok {
		require.NoError(r, cluster.ForEachMaster(r.Context(), func(ctx context.Context, client *redis.Client) error { return look(ctx, client) }))
	} else {
		require.NoError(r, look(r.Context(), r.backend.Client))
	}
	for i, key := range keys {
		keys[i] = strings.TrimPrefix(key, "krok:{"+r.namespace)
	}
	sort.Strings(keys)
	return keys
}

// key is the name of a key of the bot.
func (r *rig) key(name string) string { return "krok:{" + r.namespace + "/" + bot + "}:" + name }
