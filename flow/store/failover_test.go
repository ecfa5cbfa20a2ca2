package store_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/store"
	"github.com/krokbot/krok/flow/store/storetest"
)

// sentinels starts a primary with a replica and a sentinel that watches them. The url is that of the sentinel.
func sentinels(t *testing.T) (primary, replica *storetest.Server, url string) {
	t.Helper()
	primary = storetest.Start(t, "--repl-diskless-sync-delay", "0")
	host, port, _ := strings.Cut(primary.Addr, ":")
	replica = storetest.Start(t, "--replicaof", host, port)
	require.Eventually(t, func() bool {
		info, err := replica.Client.Info(t.Context(), "replication").Result()
		return err == nil && strings.Contains(info, "master_link_status:up")
	}, 30*time.Second, 20*time.Millisecond)
	config := filepath.Join(t.TempDir(), "sentinel.conf")
	require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, "sentinel monitor mymaster %s %s 1\n"+
		"sentinel down-after-milliseconds mymaster 1000\nsentinel failover-timeout mymaster 5000\n", host, port), 0o600))
	sentinel := storetest.StartSentinel(t, config)
	require.Eventually(t, func() bool {
		info, err := sentinel.Client.Info(t.Context(), "sentinel").Result()
		return err == nil && strings.Contains(info, "slaves=1")
	}, 30*time.Second, 50*time.Millisecond)
	return primary, replica, "redis+sentinel://" + sentinel.Addr + "/mymaster"
}

func TestStoreFollowsAFailoverOfSentinel(t *testing.T) {
	t.Parallel()
	primary, replica, url := sentinels(t)
	opened := open(t, url, store.Options{Lease: time.Second})
	ctx := t.Context()
	require.NoError(t, opened.Put(ctx, bot, event("1", "a"), event("1", "b")))
	taken, err := opened.Take(ctx, bot)
	require.NoError(t, err)
	require.NoError(t, opened.Keep(ctx, taken, flow.Kept{Session: []byte("before")}))
	require.Eventually(t, func() bool {
		return replica.Client.HExists(ctx, "krok:{uuid/shop}:chats", "1").Val()
	}, 20*time.Second, 10*time.Millisecond)

	primary.Kill()
	require.Eventually(t, func() bool {
		taken, err = opened.Take(ctx, bot)
		return err == nil
	}, 60*time.Second, 100*time.Millisecond)
	require.Equal(t, "b", taken.Event.ID)
	require.Equal(t, "before", string(taken.Session))
	require.NoError(t, opened.Keep(ctx, taken, flow.Kept{}))
}

func TestB64AFailoverWithFiftyActiveChatsLosesNothingThatRedeliveryDoesNotBring(t *testing.T) {
	t.Parallel()
	const chats, events = 50, 12
	primary, _, url := sentinels(t)
	opened := open(t, url, store.Options{Lease: time.Second})
	staff := employ(t, opened)
	var everything []flow.Event
	for number := range events {
		for chat := range chats {
			everything = append(everything, event(strconv.Itoa(chat), fmt.Sprintf("%d-%d", chat, number)))
		}
	}
	for i, one := range everything {
		if i == len(everything)/3 {
			primary.Kill()
		}
		staff.bring(t, one)
		time.Sleep(2 * time.Millisecond)
	}
	began := time.Now()
	for _, one := range everything {
		staff.bring(t, one) // what the failover lost was never confirmed, so it is brought again
	}
	require.Eventually(t, func() bool {
		queues, err := opened.Queues(t.Context(), bot)
		return err == nil && queues.Inbox == 0 && queues.Outbox == 0
	}, 60*time.Second, 50*time.Millisecond)
	t.Logf("all is done %v after the last", time.Since(began))
	staff.leave()
	require.NoError(t, staff.record(t.Context()))
	for chat := range chats {
		require.Len(t, staff.recorded[flow.ChatID(strconv.Itoa(chat))], events, "every event is in the record")
	}
	doubled := 0
	for chat := range chats {
		require.NoError(t, opened.Put(t.Context(), bot, event(strconv.Itoa(chat), fmt.Sprintf("%d-last", chat))))
		taken, err := opened.Take(t.Context(), bot)
		require.NoError(t, err)
		answered := strings.Fields(string(taken.Session))
		slices.Sort(answered)
		require.Len(t, slices.Compact(slices.Clone(answered)), events, "every event is answered")
		require.Len(t, answered, events, "and none has an effect twice")
		require.NoError(t, opened.Keep(t.Context(), taken, flow.Kept{}))
		doubled += len(staff.sent[taken.Event.Chat]) - events
	}
	t.Logf("%d of %d messages went twice: the failover lost that they had been sent", doubled, chats*events)
	require.GreaterOrEqual(t, doubled, 0, "none is missing")
}

// staff answers and sends, whatever happens to Redis. A session becomes the list of the events that it has answered.
type staff struct {
	store *store.Store
	stop  context.CancelFunc
	all   sync.WaitGroup

	mu   sync.Mutex
	sent map[flow.ChatID][]string
	// recorded is the record in an Odoo that takes every key once.
	recorded map[flow.ChatID]map[string]bool
}

func employ(t *testing.T, opened *store.Store) *staff {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	s := &staff{store: opened, stop: stop, sent: map[flow.ChatID][]string{}, recorded: map[flow.ChatID]map[string]bool{}}
	t.Cleanup(s.leave)
	s.all.Go(func() { s.again(ctx, s.record) })
	for range 6 {
		s.all.Go(func() { s.again(ctx, s.answer) })
		s.all.Go(func() { s.again(ctx, s.send) })
	}
	return s
}

// leave ends the work. It may be called twice.
func (s *staff) leave() {
	s.stop()
	s.all.Wait()
}

// again does something for ever, with a pause after an error.
func (s *staff) again(ctx context.Context, do func(context.Context) error) {
	for ctx.Err() == nil {
		if do(ctx) != nil {
			select {
			case <-ctx.Done():
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
}

func (s *staff) answer(ctx context.Context) error {
	taken, err := s.store.Take(ctx, bot)
	if err != nil {
		return err
	}
	kept := answer(taken)
	kept.Session = fmt.Appendf(taken.Session, "%s ", taken.Event.ID)
	kept.Journal = []flow.Line{{Key: taken.Event.ID}}
	return s.store.Keep(ctx, taken, kept)
}

// record moves what waits of the record.
func (s *staff) record(ctx context.Context) error {
	lines, err := s.store.Journal(ctx, bot, 100)
	for len(lines) > 0 && err == nil {
		s.mu.Lock()
		for _, line := range lines {
			if s.recorded[line.Chat] == nil {
				s.recorded[line.Chat] = map[string]bool{}
			}
			s.recorded[line.Chat][line.Key] = true
		}
		s.mu.Unlock()
		if err = s.store.Journaled(ctx, bot, lines); err == nil {
			lines, err = s.store.Journal(ctx, bot, 100)
		}
	}
	if err == nil {
		time.Sleep(5 * time.Millisecond)
	}
	return err
}

func (s *staff) send(ctx context.Context) error {
	letter, err := s.store.TakeMessage(ctx, bot, flow.Pace{})
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.sent[letter.Chat] = append(s.sent[letter.Chat], letter.Message.Key)
	s.mu.Unlock()
	return s.store.Sent(ctx, letter, arrived)
}

// bring puts an event as a messenger does: again and again until it is safe.
func (s *staff) bring(t *testing.T, one flow.Event) {
	t.Helper()
	require.Eventually(t, func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		return s.store.Put(ctx, bot, one) == nil
	}, 60*time.Second, 10*time.Millisecond)
}
