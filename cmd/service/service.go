// Package service runs the bots of one Odoo database: it follows their definitions, and starts, changes and stops them.
package service

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/krokbot/krok/connector/telegram"
	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/store"
	"github.com/krokbot/krok/odoo/records"
	"github.com/krokbot/krok/odoo/watch"
)

// Source is where the definitions come from and the status goes.
type Source interface {
	flow.Odoo
	// Look tells whether any definition has changed, and what has happened in Odoo; it is asked once a second. The events that are done are
	// forgotten there.
	Look(ctx context.Context, done []int64) (watch.Seen, error)
	// Read gives all active bots.
	Read(ctx context.Context) (Snapshot, error)
	// Media gives the contents of a file of a step.
	Media(ctx context.Context, medium flow.Medium) ([]byte, error)
	// Report shows in the bot's form how it is and what is wrong with it.
	Report(ctx context.Context, status records.Status) error
}

// Snapshot is all active bots of a database at one moment.
type Snapshot struct {
	Version string
	Bots    []flow.Definition
	Tokens  map[string]string // by bot code
	Schema  flow.Schema
}

// Store keeps conversations, and what a start without Odoo needs.
type Store interface {
	flow.Store
	telegram.Files
	telegram.Notebook
	// SaveSeen keeps a problem that a running conversation has shown, for the process that tells the admin; Seen gives them all, and
	// DropSeen forgets them.
	SaveSeen(ctx context.Context, bot, name string, value []byte) error
	Seen(ctx context.Context, bot string) (map[string]string, error)
	DropSeen(ctx context.Context, bot string) error
	// JournalRefused sets a line of the record aside that Odoo will never take.
	JournalRefused(ctx context.Context, bot string, line flow.Line, reason string) error
	// Queues tells how much waits for a bot.
	Queues(ctx context.Context, bot string) (flow.Queues, error)
	// SaveGood keeps a bot's last good definition with its token; LoadGood gives all that were kept, by bot code.
	SaveGood(ctx context.Context, bot string, good store.Good) error
	LoadGood(ctx context.Context) (map[string]store.Good, error)
	// DropGood forgets a bot that is not active any more.
	DropGood(ctx context.Context, bot string) error
	// Lead waits until this process holds a name; the context that it gives ends when it has lost it.
	Lead(ctx context.Context, name string) (context.Context, error)
}

// Config says what to run.
type Config struct {
	Odoo  Source
	Store Store
	// Recorder writes the record of conversations to Odoo; nil: it waits in the store.
	Recorder Recorder
	// Token is the token that the owner's settings give for a bot; empty: the one in Odoo counts.
	Token func(code string) string
	// TelegramAPI is the address of the Bot API; empty is Telegram's own.
	TelegramAPI string
	// PublicURL is where Telegram brings updates to, see [Web]; empty: they are polled.
	PublicURL string
	// Limits hold back what is sent.
	Limits telegram.Limits
	// Every is how often Odoo is asked for changes; 0 is a second.
	Every time.Duration
	// StopWithin is how long Stop waits for what is under way before it cuts it off; 0 is 25 s.
	StopWithin time.Duration
	// Metrics count what happens; nil: nothing is counted.
	Metrics *Metrics
	Log     *slog.Logger
}

// Service follows the definitions and keeps a bot running for each.
type Service struct {
	config  Config
	log     *slog.Logger
	version string
	probe   probe
	leads   atomic.Bool   // this process asks Odoo for all others
	led     chan struct{} // has just begun to
	told    string        // what the others were told last
	// forgotten are the events that Odoo may forget.
	forgotten []int64
	toldAt    time.Time
	stop      context.CancelFunc
	hard      context.Context //nolint:containedctx // ends when Stop has waited long enough
	cut       context.CancelFunc
	done      sync.WaitGroup
	started   chan struct{}
	once      sync.Once

	mu      sync.Mutex
	bots    map[string]*bot // only changed by the watcher
	odooErr error           // of the last look at Odoo
	looked  bool            // one look went well: all bots are known
}

// New makes a service that does nothing yet.
func New(config Config) *Service {
	if config.Every <= 0 {
		config.Every = time.Second
	}
	if config.Log == nil {
		config.Log = slog.Default()
	}
	if config.StopWithin <= 0 {
		config.StopWithin = stopTime
	}
	config.Odoo = &countedSource{Source: config.Odoo, metrics: config.Metrics}
	s := &Service{config: config, log: config.Log, bots: map[string]*bot{}, started: make(chan struct{}), led: make(chan struct{}, 1)}
	s.probe.write = func(ctx context.Context) error { return config.Store.Remember(ctx, "ready", "yes") }
	s.hard, s.cut = context.WithCancel(context.Background())
	return s
}

// Start begins in the background: with the last good definitions where there are some, and then with those of Odoo.
func (s *Service) Start(ctx context.Context) {
	ctx, s.stop = context.WithCancel(ctx)
	s.done.Go(func() { s.lead(ctx) })
	s.done.Go(func() {
		s.startFromGood(ctx)
		close(s.started)
		s.watch(ctx)
	})
}

// Started is closed when the last good definitions serve.
func (s *Service) Started() <-chan struct{} { return s.started }

func (s *Service) startFromGood(ctx context.Context) {
	kept, err := s.config.Store.LoadGood(ctx)
	if err != nil {
		s.log.Error("the last good definitions cannot be read", "err", err)
		return
	}
	for code, good := range kept {
		bot := s.botFor(ctx, code)
		bot.good = good.Definition
		bot.change(ctx, good.Definition, good.Token, nil)
	}
}

// take makes the running bots those of a snapshot.
func (s *Service) take(ctx context.Context, snapshot Snapshot) {
	active, holders := map[string]bool{}, map[string]string{} // the bots' names by their tokens
	for _, definition := range snapshot.Bots {
		code := definition.Bot().Str("code")
		active[code] = true
		token := snapshot.Tokens[code]
		if own := s.config.Token(code); own != "" {
			token = own
		}
		bot := s.botFor(ctx, code)
		bot.twin = holders[token]
		if token != "" && bot.twin == "" {
			holders[token] = definition.Bot().Str("name")
		}
		bot.change(ctx, definition, token, snapshot.Schema)
	}
	for code, bot := range s.bots {
		if active[code] {
			continue
		}
		s.log.Info("the bot is not active any more", "bot", code)
		bot.end()
		s.mu.Lock()
		delete(s.bots, code)
		s.mu.Unlock()
		s.config.Metrics.forget(code)
		if err := s.config.Store.DropGood(ctx, code); err != nil {
			s.log.Error("a bot that is gone could not be forgotten", "bot", code, "err", err)
		}
	}
}

func (s *Service) botFor(ctx context.Context, code string) *bot {
	if running, ok := s.bots[code]; ok {
		return running
	}
	made := newBot(ctx, s, code)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bots[code] = made
	return made
}

// complete tells whether all bots are known.
func (s *Service) complete() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.looked
}

// connector finds the connection of a bot to Telegram; known tells whether there is such a bot, and nil that it has no connection.
func (s *Service) connector(code string) (connector *telegram.Connector, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	bot, known := s.bots[code]
	if !known {
		return nil, false
	}
	return bot.connector.Load(), true
}
