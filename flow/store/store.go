// Package store keeps what must outlive a process in Redis: the inbox, session and outbox of every chat, the last good
// definitions, the ids of sent files, and who leads.
//
// # How a queue works
//
// Inbox, outbox and broadcasts are one mechanism. Every chat has a list of what waits, oldest first, and every bot a sorted set "due"
// that holds each chat with something in its list exactly once. Its score, in microseconds of Redis' own clock, says when the chat may be
// taken: at once (the score is past), not before a time, or, where somebody has taken it, when that lease runs out. So taking is reading
// the smallest scores, and a lease that ran out is recovered by whoever takes next, without anybody looking after it. The scores of
// leases are odd, all others even, and the first end of a lease is its fencing number, which grows with every lease of the chat. Only
// where that does not say it all (the lease was renewed, the entry has been taken before) a hash "held" has more.
//
// A lease lasts 10 seconds. The process that holds it renews it every third of that, for as long as a turn or an attempt to send may
// take; a process that was killed or stands still loses its chats within 10 seconds, and cannot keep or send any more.
//
// # How calls are made
//
// A process makes one call at a time for a bot, a round: what callers want while a round is under way waits for the next, and that serves
// all of them, takers of events and messages too. So an event that is put comes back leased in the same round where a worker waits for
// it, and the message that a turn leaves likewise where a sender waits: a turn is two round trips, its message's end the third. Where a
// round has added more than its own process can take, it rings for the others.
//
// A round is one Lua script, written so that running it a second time (the client repeats a call whose answer was lost) changes nothing.
// Its first write in a full Redis is one that Redis allows there (HDEL, ZREM): from then on Redis lets the script finish.
//
// Nothing has a time to live, so no eviction policy but an "allkeys" one can touch it.
//
// # Keys
//
//	krok:{<namespace>/<bot>}:seen          sorted set: ids of events by when they came, for two days
//	krok:{<namespace>/<bot>}:chats         hash: chat → the fence that kept it last, a space, the session
//	krok:{<namespace>/<bot>}:plans         hash: chat → what the turn of its first event has decided to write to Odoo
//	krok:{<namespace>/<bot>}:dead          hash: number → an event or message that failed for good, with the reason; "last" counts
//	krok:{<namespace>/<bot>}:fates         hash: fate → how many broadcasts ended so
//	krok:{<namespace>/<bot>}:journal       sorted set: chats with lines of the record that wait for Odoo, by since when
//	krok:{<namespace>/<bot>}:journal:<id>  list: these lines as JSON
//	krok:{<namespace>/<bot>}:lines         number: how many lines wait
//	krok:{<namespace>/<bot>}:in:due        sorted set: chats with events, by when they may be taken
//	krok:{<namespace>/<bot>}:in:held       hash: chat → fence (or "free" where nobody has it), number of attempts, how many of them
//	                                       nobody ended
//	krok:{<namespace>/<bot>}:in:idle       set: processes in which a taker found nothing; also the channel on which they hear of work
//	krok:{<namespace>/<bot>}:in:chat:<id>  list: events as JSON
//	krok:{<namespace>/<bot>}:out:…         the same four for messages
//	krok:{<namespace>/<bot>}:cast:…        the same for broadcasts, but for idle: the same takers wait for both
//	krok:{<namespace>/<bot>}:out:stamps    list: when the last messages were handed out, for the pace of the bot
//	krok:{<namespace>/<bot>}:out:rest      sorted set: chats that got messages lately, by when they may get one again
//	krok:{<namespace>/<bot>}:out:frozen    text: until when no message of the bot is handed out
//	krok:{<namespace>}:good                hash: bot → last good definition
//	krok:{<namespace>}:files:<bot's id>    hash: checksum → Telegram's file id
//	krok:{<namespace>}:lead                hash: name → who leads, fence, end of the lease
//	krok:{<namespace>}:notebook            hash: name → what the process wants to remember
package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
)

var _ flow.Store = (*Store)(nil)

// Options change how long things may take; the zero value is right for everything but tests.
type Options struct {
	// Lease is how long a chat stays with a process that does not renew it; 0 is 10 s.
	Lease time.Duration
	// TurnTime is how long the lease of a turn is renewed; 0 is a minute, a little more than flow's bound of a turn.
	TurnTime time.Duration
	// SendTime is how long the lease of a message is renewed; 0 is 5 minutes, a little more than an attempt to send may take.
	SendTime time.Duration
	// Seen is for how long an event's id is remembered; 0 is two days. Telegram repeats an update for one day.
	Seen time.Duration
	// Log gets what went wrong; nil is the default logger.
	Log *slog.Logger
}

// Store is a flow.Store on Redis. It may be used by many goroutines at once.
type Store struct {
	client    redis.UniversalClient
	address   string // for people, without user and password
	namespace string
	id        string // of this process, for leads
	options   Options
	notes     []*texts.Error
	embedded  *miniredis.Miniredis // nil: a real Redis

	life context.Context //nolint:containedctx // ends with Close, and with it all that runs in the background
	end  context.CancelFunc
	done sync.WaitGroup
	bell *redis.PubSub

	mu    sync.Mutex
	bots  map[string]*rounds
	desks map[string]*desk // by the channels of their bells
}

// errClosed is what those get who wait when the store is closed.
var errClosed = errors.New("the store is closed")

// Open connects to Redis and makes sure that it can be used; [connect] says what addresses there are. Without an address the store
// lives in this process's memory. The namespace is the database's uuid: bots of several Odoos may share a Redis. Its errors, and those of all methods that
// Redis is to blame for, have words for people.
func Open(ctx context.Context, address, namespace string) (*Store, error) {
	return OpenWith(ctx, address, namespace, Options{})
}

// OpenWith is Open with other times.
func OpenWith(ctx context.Context, address, namespace string, options Options) (*Store, error) {
	if address == "" {
		return openEmbedded(ctx, namespace, options)
	}
	client, shown, err := connect(address)
	if err != nil {
		return nil, err
	}
	store := newStore(client, shown, namespace, options)
	if err := store.check(ctx); err != nil {
		store.Close()
		return nil, err
	}
	return store, nil
}

func newStore(client redis.UniversalClient, address, namespace string, options Options) *Store {
	options.Lease = cmp.Or(options.Lease, 10*time.Second)
	options.TurnTime = cmp.Or(options.TurnTime, time.Minute)
	options.SendTime = cmp.Or(options.SendTime, 5*time.Minute)
	options.Seen = cmp.Or(options.Seen, 48*time.Hour)
	if options.Log == nil {
		options.Log = slog.Default()
	}
	store := &Store{
		client: client, address: address, namespace: namespace, id: rand.Text(), options: options, bots: map[string]*rounds{}, desks: map[string]*desk{},
	}
	store.life, store.end = context.WithCancel(context.Background())
	store.listen()
	return store
}

// Notes are what the owner should know about this Redis although it works, in words for people.
func (s *Store) Notes() []*texts.Error { return s.notes }

// Close ends the connection. Chats that are still held are given to others when their leases run out. It may be called twice.
func (s *Store) Close() {
	s.mu.Lock() // whoever starts something in the background has done so, or sees that the store is closed
	s.end()
	s.mu.Unlock()
	s.done.Wait()
	_ = s.bell.Close() // closing what is closed already is no fault
	_ = s.client.Close()
	if s.embedded != nil {
		s.embedded.Close()
	}
}

// background runs something until the store is closed. It tells false where it is closed already.
func (s *Store) background(run func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.life.Err() != nil {
		return false
	}
	s.done.Go(run)
	return true
}

// callTime bounds one call to Redis that nobody else bounds.
const callTime = 5 * time.Second
