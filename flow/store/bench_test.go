package store_test

import (
	"context"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/store"
	"github.com/krokbot/krok/flow/store/storetest"
)

// told is a turn with one message, and the two lines of the record that belong to it.
func told(taken flow.Taken) flow.Kept {
	kept := answer(taken)
	said := flow.Line{Key: taken.Event.ID, Chat: taken.Event.Chat, At: taken.Event.At, In: true, Author: "Оксана Петренко", Text: "Привіт", Content: "text", Step: 1234}
	kept.Journal = []flow.Line{said, {Key: kept.Messages[0].Key, Chat: said.Chat, At: said.At, Text: kept.Messages[0].Text.Text, Step: 1234}}
	return kept
}

// BenchmarkStaticTurn puts an event, takes it, keeps a turn with one message and sends that, one after another: what one client waits
// for. calls/op is the number of round trips, the sending's two included.
func BenchmarkStaticTurn(b *testing.B) {
	server := storetest.Start(b)
	opened := open(b, server.URL, store.Options{})
	calls := countCalls(b, opened)
	b.ReportAllocs()
	calls.Store(0)
	for i := 0; b.Loop(); i++ {
		require.NoError(b, opened.Put(b.Context(), bot, event("1", strconv.Itoa(i))))
		taken, err := opened.Take(b.Context(), bot)
		require.NoError(b, err)
		require.NoError(b, opened.Keep(b.Context(), taken, told(taken)))
		letter, err := opened.TakeMessage(b.Context(), bot, flow.Pace{})
		require.NoError(b, err)
		require.NoError(b, opened.Sent(b.Context(), letter, arrived))
	}
	b.ReportMetric(float64(calls.Load())/float64(b.N), "calls/op")
}

// BenchmarkManyChats answers the events of 500 chats with 16 workers and 16 senders, put a hundred at a time: what a process bears.
func BenchmarkManyChats(b *testing.B) {
	server := storetest.Start(b)
	opened := open(b, server.URL, store.Options{})
	calls := countCalls(b, opened)
	ctx, stop := context.WithCancel(b.Context())
	var left sync.WaitGroup
	var workers sync.WaitGroup
	for range 16 {
		workers.Go(func() {
			for {
				taken, err := opened.Take(ctx, bot)
				if err != nil {
					return
				}
				if err := opened.Keep(b.Context(), taken, told(taken)); err != nil {
					b.Error(err)
				}
			}
		})
		workers.Go(func() {
			for {
				letter, err := opened.TakeMessage(ctx, bot, flow.Pace{})
				if err != nil {
					return
				}
				if err := opened.Sent(b.Context(), letter, arrived); err != nil {
					b.Error(err)
				}
				left.Done()
			}
		})
	}
	b.ReportAllocs()
	b.ResetTimer()
	calls.Store(0)
	ours, theirs := ownTime(b), server.Time()
	left.Add(b.N)
	for i := 0; i < b.N; i += 100 {
		batch := make([]flow.Event, 0, 100)
		for j := i; j < min(i+100, b.N); j++ {
			batch = append(batch, event(strconv.Itoa(j%500), strconv.Itoa(j)))
		}
		require.NoError(b, opened.Put(b.Context(), bot, batch...))
	}
	left.Wait()
	b.StopTimer()
	b.ReportMetric(micros(ownTime(b)-ours)/float64(b.N), "µs-cpu-here/op")
	b.ReportMetric(micros(server.Time()-theirs)/float64(b.N), "µs-cpu-redis/op")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "turns/s")
	b.ReportMetric(float64(calls.Load())/float64(b.N), "calls/op")
	stop()
	workers.Wait()
}

// BenchmarkRecord moves lines that wait, of 500 chats, as whoever writes them to Odoo does. An op is a line.
func BenchmarkRecord(b *testing.B) {
	server := storetest.Start(b)
	opened := open(b, server.URL, store.Options{})
	for i := 0; i < b.N; i += 2 {
		require.NoError(b, opened.Put(b.Context(), bot, event(strconv.Itoa(i%500), strconv.Itoa(i))))
		taken, err := opened.Take(b.Context(), bot)
		require.NoError(b, err)
		require.NoError(b, opened.Keep(b.Context(), taken, told(taken)))
	}
	calls := countCalls(b, opened)
	b.ReportAllocs()
	b.ResetTimer()
	calls.Store(0)
	theirs := server.Time()
	for {
		lines, err := opened.Journal(b.Context(), bot, 500)
		require.NoError(b, err)
		if len(lines) == 0 {
			break
		}
		require.NoError(b, opened.Journaled(b.Context(), bot, lines))
	}
	b.StopTimer()
	b.ReportMetric(micros(server.Time()-theirs)/float64(b.N), "µs-cpu-redis/op")
	b.ReportMetric(float64(calls.Load())/float64(b.N), "calls/op")
}

// BenchmarkBareGetAndSet is what a bot written by hand does for a turn: one GET and one SET of a session, by 16 workers. It is the
// measure for what a turn through the store may cost.
func BenchmarkBareGetAndSet(b *testing.B) {
	server := storetest.Start(b)
	session := strings.Repeat("x", 200)
	work := make(chan string, 100)
	b.ReportAllocs()
	b.ResetTimer()
	ours, theirs := ownTime(b), server.Time()
	var workers sync.WaitGroup
	for range 16 {
		workers.Go(func() {
			for chat := range work {
				_ = server.Client.Get(b.Context(), chat).Err()
				_ = server.Client.Set(b.Context(), chat, session, 0).Err()
			}
		})
	}
	for i := range b.N {
		work <- strconv.Itoa(i % 500)
	}
	close(work)
	workers.Wait()
	b.StopTimer()
	b.ReportMetric(micros(ownTime(b)-ours)/float64(b.N), "µs-cpu-here/op")
	b.ReportMetric(micros(server.Time()-theirs)/float64(b.N), "µs-cpu-redis/op")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "turns/s")
}

// ownTime is what this process has had of the processors.
func ownTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// countCalls counts what goes to Redis.
func countCalls(b *testing.B, opened *store.Store) *atomic.Int64 {
	b.Helper()
	counter := &counter{}
	opened.AddHook(counter)
	return &counter.calls
}

type counter struct{ calls atomic.Int64 }

func (c *counter) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (c *counter) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		c.calls.Add(1)
		return next(ctx, cmd)
	}
}

func (c *counter) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		c.calls.Add(1)
		return next(ctx, cmds)
	}
}
