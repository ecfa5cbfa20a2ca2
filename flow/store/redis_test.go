package store_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/richtext"
	"github.com/krokbot/krok/flow/store"
	"github.com/krokbot/krok/flow/store/storetest"
	"github.com/krokbot/krok/flow/texts"
)

const bot = "shop"

// arrived is how a message ends that was sent.
var arrived = flow.Outcome{Fate: flow.FateSent}

func event(chat, id string) flow.Event {
	return flow.Event{ID: id, Bot: bot, Chat: flow.ChatID(chat), Kind: flow.KindMessage, Message: &flow.Message{Text: "Привіт"}}
}

func answer(taken flow.Taken) flow.Kept {
	text := richtext.Text{Text: "Вітаємо в крамниці!"}
	return flow.Kept{Session: taken.Session, Messages: []flow.Outgoing{{Key: taken.Event.ID + "/1", Text: text}}}
}

func open(t testing.TB, url string, options store.Options) *store.Store {
	t.Helper()
	opened, err := store.OpenWith(t.Context(), url, "uuid", options)
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	return opened
}

func TestStoreOnACluster(t *testing.T) {
	t.Parallel()
	server := storetest.Start(t, "--cluster-enabled", "yes")
	require.NoError(t, server.Client.ClusterAddSlotsRange(t.Context(), 0, 16383).Err())
	require.Eventually(t, func() bool {
		info, err := server.Client.ClusterInfo(t.Context()).Result()
		return err == nil && strings.Contains(info, "cluster_state:ok")
	}, 20*time.Second, 20*time.Millisecond)
	client := redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{server.Addr}})
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	storetest.Run(t, storetest.Backend{URL: "redis+cluster://" + server.Addr, Client: client})
}

func TestFullRedisLosesNothingAndLetsWhatIsThereBeAnswered(t *testing.T) {
	t.Parallel()
	server := storetest.Start(t)
	opened := open(t, server.URL, store.Options{Lease: 600 * time.Millisecond})
	ctx := t.Context()
	require.NoError(t, opened.Put(ctx, bot, event("1", "a"), event("1", "b")))
	require.NoError(t, server.Client.ConfigSet(ctx, "maxmemory", "1").Err())

	err := opened.Put(ctx, bot, event("1", "c"), event("2", "d"))
	requireKey(t, "store.full", err)
	require.Equal(t, int64(2), server.Client.ZCard(ctx, "krok:{uuid/shop}:seen").Val(), "nothing of it was put")
	taken, err := opened.Take(ctx, bot)
	require.NoError(t, err)
	time.Sleep(time.Second) // renewing works too
	require.NoError(t, opened.Keep(ctx, taken, flow.Kept{Session: []byte("s"), Retry: time.Millisecond}))
	taken, err = opened.Take(ctx, bot)
	require.NoError(t, err)
	require.Equal(t, 1, taken.Attempts)
	require.NoError(t, opened.Keep(ctx, taken, answer(taken)))
	letter, err := opened.TakeMessage(ctx, bot, flow.Pace{})
	require.NoError(t, err)
	require.NoError(t, opened.Later(ctx, letter, time.Millisecond))
	letter, err = opened.TakeMessage(ctx, bot, flow.Pace{})
	require.NoError(t, err)
	require.NoError(t, opened.Sent(ctx, letter, arrived))

	require.NoError(t, server.Client.ConfigSet(ctx, "maxmemory", "0").Err())
	require.NoError(t, opened.Put(ctx, bot, event("1", "c"), event("2", "d")))
}

func TestKilledRedisComesBackWithAllThatItHadTaken(t *testing.T) {
	t.Parallel()
	server := storetest.Start(t, "--appendonly", "yes", "--appendfsync", "always")
	opened := open(t, server.URL, store.Options{Lease: time.Second})
	ctx := t.Context()
	leading, err := opened.Lead(ctx, "poll")
	require.NoError(t, err)
	require.NoError(t, opened.Put(ctx, bot, event("1", "a"), event("1", "b")))
	taken, err := opened.Take(ctx, bot)
	require.NoError(t, err)
	require.NoError(t, opened.Keep(ctx, taken, answer(taken)))
	taken, err = opened.Take(ctx, bot)
	require.NoError(t, err)

	server.Kill()
	<-leading.Done()
	requireKey(t, "store.unreachable", opened.Put(ctx, bot, event("1", "c")))
	waiting := make(chan error, 1)
	go func() { _, err := opened.Take(ctx, bot); waiting <- err }()
	requireKey(t, "store.unreachable", <-waiting)
	server.Again()
	require.Eventually(t, func() bool { return opened.Put(ctx, bot, event("1", "c")) == nil }, 30*time.Second, 50*time.Millisecond)
	_ = opened.Keep(ctx, taken, flow.Kept{Session: []byte("s")}) // perhaps the lease has run out meanwhile
	for {
		taken, err = opened.Take(ctx, bot)
		require.NoError(t, err)
		require.NoError(t, opened.Keep(ctx, taken, flow.Kept{}))
		if taken.Event.ID == "c" {
			break
		}
		require.Equal(t, "b", taken.Event.ID)
	}
	letter, err := opened.TakeMessage(ctx, bot, flow.Pace{})
	require.NoError(t, err)
	require.Equal(t, "a/1", letter.Message.Key)
}

func TestForgottenScriptsAreSentAgain(t *testing.T) {
	t.Parallel()
	server := storetest.Start(t)
	opened := open(t, server.URL, store.Options{})
	ctx := t.Context()
	for i := range 3 {
		require.NoError(t, server.Client.ScriptFlush(ctx).Err())
		require.NoError(t, opened.Put(ctx, bot, event("1", strconv.Itoa(i))))
		require.NoError(t, server.Client.ScriptFlush(ctx).Err())
		taken, err := opened.Take(ctx, bot)
		require.NoError(t, err)
		require.NoError(t, server.Client.ScriptFlush(ctx).Err())
		require.NoError(t, opened.Keep(ctx, taken, flow.Kept{}))
	}
}

func TestDeadlinesAreKeptWhileRedisStandsStill(t *testing.T) {
	t.Parallel()
	server := storetest.Start(t)
	opened := open(t, server.URL, store.Options{})
	server.Pause()
	defer server.Resume()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	began := time.Now()
	require.ErrorIs(t, opened.Put(ctx, bot, event("1", "a")), context.DeadlineExceeded)
	_, err := opened.Take(ctx, bot)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Less(t, time.Since(began), 4*time.Second)
}

func TestChatAtRestTakesAtMostAKilobyte(t *testing.T) {
	t.Parallel()
	const chats = 2000
	server := storetest.Start(t)
	opened := open(t, server.URL, store.Options{})
	ctx := t.Context()
	session := flow.Session{Step: 1234, Waits: true, Visit: 17, Lang: "uk_UA", Partner: 123456, Chat: 234567,
		Answers: map[string]string{"name": "Оксана Петренко", "city": "Івано-Франківськ", "size": "42"},
		Who:     flow.Person{ID: "6123456789", FirstName: "Оксана", LastName: "Петренко", Username: "oksana_petrenko", Lang: "uk"}}
	for chat := range chats {
		id := strconv.Itoa(6123456789 + chat)
		require.NoError(t, opened.Put(ctx, bot, event(id, fmt.Sprintf("u123456789:%d", chat))))
		taken, err := opened.Take(ctx, bot)
		require.NoError(t, err)
		taken.Session = session.Bytes()
		require.NoError(t, opened.Keep(ctx, taken, flow.Kept{Session: session.Bytes(), Journal: told(taken).Journal}))
	}
	for {
		lines, err := opened.Journal(ctx, bot, 500)
		require.NoError(t, err)
		if len(lines) == 0 {
			break
		}
		require.NoError(t, opened.Journaled(ctx, bot, lines))
	}
	total := int64(0)
	for _, key := range server.Client.Keys(ctx, "krok:*").Val() {
		used := server.Client.MemoryUsage(ctx, key, 0).Val()
		t.Logf("%s: %d bytes a chat", key, used/chats)
		total += used
	}
	require.LessOrEqual(t, total/chats, int64(1024))
}

func requireKey(t *testing.T, key string, err error) {
	t.Helper()
	var spoken *texts.Error
	require.ErrorAs(t, err, &spoken, "%v", err)
	require.Equal(t, key, spoken.Key, "%v: %v", err, spoken.Cause)
}
