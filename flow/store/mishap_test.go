package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/store"
	"github.com/krokbot/krok/flow/store/storetest"
)

// TestTheClockOfAProcessDoesNotMatter plays the whole suite with processes whose clocks are ten minutes behind that of Redis: all times
// are Redis' own, so what one process with a wrong clock does cannot hurt the others.
func TestTheClockOfAProcessDoesNotMatter(t *testing.T) {
	t.Parallel()
	const ahead = 10 * time.Minute
	server := miniredis.RunT(t)
	server.SetTime(time.Now().Add(ahead))
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	go func() {
		for ctx.Err() == nil {
			time.Sleep(time.Millisecond)
			server.SetTime(time.Now().Add(ahead))
		}
	}()
	client := redis.NewClient(&redis.Options{Addr: server.Addr()})
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	storetest.Run(t, storetest.Backend{URL: "redis://" + server.Addr(), Client: client, Ahead: ahead})
}

func TestB63ARedisThatIsFullInTheMiddleOfAWritingTurnLosesNothing(t *testing.T) {
	t.Parallel()
	server := storetest.Start(t)
	opened := open(t, server.URL, store.Options{})
	ctx := t.Context()
	require.NoError(t, opened.Put(ctx, bot, event("1", "a")))
	taken, err := opened.Take(ctx, bot)
	require.NoError(t, err)
	require.NoError(t, opened.Plan(ctx, taken, []byte("make a lead")))
	require.NoError(t, server.Client.ConfigSet(ctx, "maxmemory", "1").Err())

	requireKey(t, "store.full", opened.Put(ctx, bot, event("1", "b")))
	require.NoError(t, opened.Keep(ctx, taken, flow.Kept{Retry: time.Millisecond}), "odoo failed, say")
	taken, err = opened.Take(ctx, bot)
	require.NoError(t, err)
	require.Equal(t, "make a lead", string(taken.Plan), "nothing is worked out anew")
	require.NoError(t, opened.Plan(ctx, taken, []byte("make a lead")))
	result := event("1", "a/1")
	require.NoError(t, opened.Keep(ctx, taken, flow.Kept{Next: &result, Journal: []flow.Line{{Key: "a"}, {Key: "a#1"}}}))
	taken, err = opened.Take(ctx, bot)
	require.NoError(t, err)
	require.Equal(t, "a/1", taken.Event.ID)
	require.NoError(t, opened.Keep(ctx, taken, answer(taken)))
	letter, err := opened.TakeMessage(ctx, bot, flow.Pace{PerSecond: 30, ChatPerSecond: 1, ChatBurst: 3})
	require.NoError(t, err)
	require.NoError(t, opened.Freeze(ctx, bot, time.Millisecond))
	require.NoError(t, opened.Sent(ctx, letter, arrived))
	recorded, err := opened.Journal(ctx, bot, 10)
	require.NoError(t, err)
	require.Equal(t, []flow.Line{{Key: "a", Chat: "1"}, {Key: "a#1", Chat: "1"}}, recorded, "the record is whole")
	require.NoError(t, opened.Journaled(ctx, bot, recorded[1:]))
	require.NoError(t, opened.JournalRefused(ctx, bot, recorded[0], "odoo does not like it"))
	recorded, err = opened.Journal(ctx, bot, 10)
	require.NoError(t, err)
	require.Empty(t, recorded)

	require.NoError(t, server.Client.ConfigSet(ctx, "maxmemory", "0").Err())
	require.NoError(t, opened.Put(ctx, bot, event("1", "b")))
	taken, err = opened.Take(ctx, bot)
	require.NoError(t, err)
	require.Equal(t, "b", taken.Event.ID, "it is brought again when there is room, and answered once")
	queues, err := opened.Queues(ctx, bot)
	require.NoError(t, err)
	require.Zero(t, queues.Outbox, "the client got one reply")
	require.Zero(t, queues.Journal)
	require.EqualValues(t, 1, queues.Dead)
}

func TestWhatIsKeptInAFullRedisDoesNotSufferFromWhatIsPut(t *testing.T) {
	t.Parallel()
	const chats = 60
	server := storetest.Start(t)
	opened := open(t, server.URL, store.Options{})
	ctx := t.Context()
	var all []flow.Taken
	for chat := range chats {
		require.NoError(t, opened.Put(ctx, bot, event(strconv.Itoa(chat), "first of "+strconv.Itoa(chat))))
		taken, err := opened.Take(ctx, bot)
		require.NoError(t, err)
		all = append(all, taken)
	}
	require.NoError(t, server.Client.ConfigSet(ctx, "maxmemory", "1").Err())
	var callers sync.WaitGroup
	for _, taken := range all { // so many at once that they share their calls
		callers.Go(func() { assert.NoError(t, opened.Keep(ctx, taken, answer(taken))) })
		callers.Go(func() { assert.Error(t, opened.Put(ctx, bot, event(string(taken.Event.Chat), "more"))) })
	}
	callers.Wait()
	queues, err := opened.Queues(ctx, bot)
	require.NoError(t, err)
	require.Equal(t, flow.Queues{Outbox: chats, OutboxAge: queues.OutboxAge}, queues)
}

func TestARedisThatForgetsUnderPressureStopsNobody(t *testing.T) {
	t.Parallel()
	const chats, rounds = 200, 30
	server := storetest.Start(t, "--maxmemory", "3mb", "--maxmemory-policy", "allkeys-lru", "--maxmemory-samples", "10")
	opened := open(t, server.URL, store.Options{Lease: time.Second})
	require.Contains(t, keysOf(opened), "store.evicts", "the owner is told")
	staff := employ(t, opened)
	large := strings.Repeat("давно ", 300)
	for round := range rounds {
		var batch []flow.Event
		for chat := range chats {
			one := event(strconv.Itoa(chat), fmt.Sprintf("%d-%d", chat, round))
			one.Message.Text = large
			batch = append(batch, one)
		}
		for part := range slices.Chunk(batch, 20) {
			err := opened.Put(t.Context(), bot, part...)
			if err != nil {
				requireKey(t, "store.full", err) // it could not forget as fast as that
			}
		}
	}
	forgotten, err := server.Client.Info(t.Context(), "stats").Result()
	require.NoError(t, err)
	require.NotContains(t, forgotten, "evicted_keys:0\r\n", "the test makes it forget")

	require.NoError(t, server.Client.ConfigSet(t.Context(), "maxmemory", "0").Err())
	for chat := range chats {
		staff.bring(t, event(strconv.Itoa(chat), fmt.Sprintf("%d-last", chat)))
	}
	require.Eventually(t, func() bool {
		staff.mu.Lock()
		defer staff.mu.Unlock()
		for chat := range chats {
			if !slices.Contains(staff.sent[flow.ChatID(strconv.Itoa(chat))], fmt.Sprintf("%d-last/1", chat)) {
				return false
			}
		}
		return true
	}, 60*time.Second, 50*time.Millisecond, "every chat goes on")
}

func keysOf(opened *store.Store) (keys []string) {
	for _, note := range opened.Notes() {
		keys = append(keys, note.Key)
	}
	return keys
}

// leaderAt names the variable with the address of Redis for a process of this test that leads.
const leaderAt = "KROK_TEST_LEADER_AT"

// leadForEver leads whenever nobody else does, and notes all the time that it does.
func leadForEver(url string) {
	ctx := context.Background()
	options, err := redis.ParseURL(url)
	if err != nil {
		panic(err)
	}
	client := redis.NewClient(options)
	opened, err := store.OpenWith(ctx, url, "uuid", store.Options{Lease: time.Second})
	if err != nil {
		panic(err)
	}
	for {
		leading, err := opened.Lead(ctx, "poll")
		for err == nil && leading.Err() == nil {
			_ = client.RPush(leading, "leads", os.Getpid()).Err()
			time.Sleep(2 * time.Millisecond)
		}
	}
}

func TestB10OneProcessPollsAndAnotherTakesOverWithinSecondsWhenItIsKilled(t *testing.T) {
	t.Parallel()
	server := storetest.Start(t)
	processes := map[string]*exec.Cmd{}
	for range 3 {
		process := exec.CommandContext(t.Context(), os.Args[0])
		process.Env = append(os.Environ(), leaderAt+"="+server.URL)
		require.NoError(t, process.Start())
		t.Cleanup(func() {
			_ = process.Process.Kill()
			var ended *exec.ExitError
			if err := process.Wait(); err != nil && !errors.As(err, &ended) {
				t.Error(err)
			}
		})
		processes[strconv.Itoa(process.Process.Pid)] = process
	}
	leader := func() string { return server.Client.LIndex(t.Context(), "leads", -1).Val() }
	require.Eventually(t, func() bool { return leader() != "" }, 30*time.Second, 5*time.Millisecond)
	for range 2 {
		time.Sleep(1500 * time.Millisecond) // longer than a lease
		now := leader()
		require.NoError(t, processes[now].Process.Kill())
		killed := time.Now()
		require.Eventually(t, func() bool { return leader() != now }, 20*time.Second, 5*time.Millisecond)
		t.Logf("another leads %v after the kill", time.Since(killed))
		require.Less(t, time.Since(killed), 10*time.Second)
	}
	led, err := server.Client.LRange(t.Context(), "leads", 0, -1).Result()
	require.NoError(t, err)
	require.Len(t, slices.Compact(led), 3, "each has led in one stretch: never two at once")
}
