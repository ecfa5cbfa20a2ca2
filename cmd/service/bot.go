package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/krokbot/krok/connector/telegram"
	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/store"
	"github.com/krokbot/krok/flow/texts"
	"github.com/krokbot/krok/odoo/records"
)

// bot is one bot while it runs: its definition that serves, the runner of its turns, and its connection to Telegram.
type bot struct {
	config  Config
	code    string
	log     *slog.Logger
	store   *countedStore
	odoo    *countedOdoo
	serving atomic.Pointer[flow.Bot]
	runner  *flow.Runner
	journal *journal // nil: there is nobody to record
	good    flow.Definition
	since   time.Time

	connector atomic.Pointer[telegram.Connector] // nil: there is no token that could be one
	files     atomic.Pointer[telegram.Connector] // that files are fetched through: for turns under way also one that has been stopped
	token     string
	twin      string             // the name of an earlier bot with the same token; "" is none
	stop      context.CancelFunc // ends the connector's life
	hard      context.Context    //nolint:containedctx // its end cuts off what is under way, see Service.Stop

	mu       sync.Mutex
	problems []flow.Problem // of the definition
	seen     []flow.Problem // of running conversations
	status   telegram.Status
	refused  error // why there is no connector
	reported *records.Status
	lookedAt time.Time // what conversations have shown
}

func newBot(ctx context.Context, s *Service, code string) *bot {
	config := s.config
	b := &bot{
		config: config, code: code, log: config.Log.With("bot", code), since: time.Now().UTC().Truncate(time.Second), hard: s.hard,
		store: &countedStore{Store: config.Store, bot: code, metrics: config.Metrics, hard: s.hard},
		odoo:  &countedOdoo{source: config.Odoo, recorder: config.Recorder, bot: code, metrics: config.Metrics, hard: s.hard},
	}
	b.runner = flow.NewRunner(flow.RunnerConfig{
		Code: code, Bot: b.serving.Load, Store: b.store, Engine: flow.Engine{Odoo: b.odoo}, Files: b,
		OnProblems: b.onProblems, Log: config.Log,
	})
	b.runner.Start(ctx)
	if config.Recorder != nil {
		b.journal = startJournal(journalConfig{
			code: code, bot: b.serving.Load, store: config.Store, recorder: b.odoo, files: b, pause: 2 * config.Every, hard: s.hard,
			metrics: config.Metrics, log: b.log,
		})
	}
	return b
}

// change makes another definition serve from the next turn on. A mistake in it freezes only what it stands in.
func (b *bot) change(ctx context.Context, definition flow.Definition, token string, schema flow.Schema) {
	built := flow.Build(definition, b.good, schema)
	b.mu.Lock()
	b.problems, b.seen, b.lookedAt = slices.Concat(built.Problems, b.twins()), nil, time.Time{}
	b.mu.Unlock()
	if err := b.config.Store.DropSeen(ctx, b.code); err != nil {
		b.log.Warn("problems of the definition before may be shown for this one", "err", err)
	}
	if built.Bot == nil {
		b.log.Warn("the definition cannot serve, and there is no earlier one", "problems", len(built.Problems))
		return
	}
	if b.twin != "" {
		token = "" // Telegram gives each update to one of two: each would answer half of them
	}
	b.serving.Store(built.Bot)
	b.log.Info("a definition serves", "steps", len(built.Bot.Steps), "problems", len(built.Problems))
	if !reflect.DeepEqual(b.good, built.Good) || b.token != token {
		b.good = built.Good
		if err := b.config.Store.SaveGood(ctx, b.code, store.Good{Definition: built.Good, Token: token}); err != nil {
			b.log.Error("the good definition was not kept; a start without odoo would use an older one", "err", err)
		}
	}
	if b.twin != "" {
		b.disconnect()
		return
	}
	b.connect(ctx, token)
	b.setCommands(ctx, built.Bot)
}

// twins tells that another bot has the token.
func (b *bot) twins() []flow.Problem {
	if b.twin == "" {
		return nil
	}
	return []flow.Problem{{Level: flow.LevelError, Field: "token", Key: "problem.same_token", Args: texts.Args{"bot": b.twin}}}
}

// connect opens the connection to Telegram, or another one where the token has changed.
func (b *bot) connect(ctx context.Context, token string) {
	if b.connector.Load() != nil && b.token == token {
		return
	}
	b.disconnect()
	b.token = token
	connector, err := telegram.New(telegram.Config{
		Code: b.code, Token: token, APIURL: b.config.TelegramAPI, Store: b.store, Files: b.config.Store, Media: b.odoo.Media,
		Webhook: b.webhook(), Notebook: b.config.Store, OnCall: b.config.Metrics.telegram(b.code),
		Lead: func(ctx context.Context) (context.Context, error) {
			return b.config.Store.Lead(ctx, "poll:"+b.code)
		},
		OnStatus: b.onStatus, Limits: b.config.Limits, Log: b.config.Log,
	})
	b.mu.Lock()
	b.status, b.refused = telegram.Status{}, err
	b.mu.Unlock()
	if err != nil {
		b.log.Error("the bot has no token that could be one of telegram's")
		return
	}
	ctx, b.stop = context.WithCancel(ctx)
	b.files.Store(connector)
	b.connector.Store(connector)
	connector.Start(ctx)
}

var errNotConnected = errors.New("the bot is not connected to telegram")

// File fetches what a client sent, unless the process has no more time to stop.
func (b *bot) File(ctx context.Context, code string, file flow.File) ([]byte, error) {
	connector := b.files.Load()
	if connector == nil {
		return nil, errNotConnected
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(b.hard, cancel)()
	return connector.File(ctx, code, file)
}

// webhook is where Telegram brings the bot's updates to; empty: they are polled.
func (b *bot) webhook() string {
	if b.config.PublicURL == "" {
		return ""
	}
	return b.config.PublicURL + "/telegram/" + url.PathEscape(b.code)
}

func (b *bot) disconnect() {
	connector := b.connector.Load()
	if connector == nil {
		return
	}
	b.stop()
	connector.Stop()
	b.connector.Store(nil)
}

// setCommands brings the command menu to Telegram as soon as the bot is connected.
func (b *bot) setCommands(ctx context.Context, definition *flow.Bot) {
	connector := b.connector.Load()
	if connector == nil {
		return
	}
	go func() {
		select {
		case <-ctx.Done():
			return
		case <-connector.Started():
		}
		if b.serving.Load() != definition {
			return // a newer definition brings its own
		}
		if err := connector.SetCommands(ctx, definition); err != nil && ctx.Err() == nil {
			b.log.Error("the command menu was not set", "err", err)
		}
	}()
}

// end stops talking, answering and recording; what is under way is waited for.
func (b *bot) end() {
	b.disconnect()
	b.runner.Stop()
	if b.journal != nil {
		b.journal.Stop() // with what the last turns left
	}
}

func (b *bot) onStatus(status telegram.Status) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.status = status
}

// onProblems notes what conversations have shown, each kind once.
func (b *bot) onProblems(found []flow.Problem) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for _, problem := range found {
		data, err := json.Marshal(problem)
		if err == nil {
			err = b.config.Store.SaveSeen(ctx, b.code, fmt.Sprintf("%s/%d", problem.Key, problem.Step), data)
		}
		if err != nil {
			b.log.Error("a problem that a conversation has shown was not noted", "problem", problem, "err", err)
		}
	}
}

// lookAround is how often it is looked what conversations have shown.
const lookAround = 3 * time.Second

// lookAtConversations finds the problems that only running conversations show, in whichever process.
func (b *bot) lookAtConversations(ctx context.Context) error {
	if time.Since(b.lookedAt) < min(lookAround, 3*b.config.Every) {
		return nil
	}
	kept, err := b.config.Store.Seen(ctx, b.code)
	if err != nil {
		return err
	}
	queues, err := b.config.Store.Queues(ctx, b.code)
	if err != nil {
		return err
	}
	var seen []flow.Problem
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		var problem flow.Problem
		if err := json.Unmarshal([]byte(kept[name]), &problem); err == nil { // one of another krok is left out
			seen = append(seen, problem)
		}
	}
	if queues.Dead > 0 {
		seen = append(seen, flow.Problem{Level: flow.LevelWarning, Key: "problem.set_aside", Args: texts.Args{"n": int(queues.Dead)}})
	}
	b.lookedAt = time.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seen = seen
	return nil
}

// report tells Odoo how the bot is, where that has changed. Of all processes the one does that receives the bot's updates and knows best;
// as long as none can, the one that leads.
func (b *bot) report(ctx context.Context, leads bool) error {
	if connector := b.connector.Load(); connector != nil && connector.Connected() {
		leads = connector.Receives()
	}
	if !leads {
		b.reported = nil // another process has, and will
		return nil
	}
	if err := b.lookAtConversations(ctx); err != nil {
		return err
	}
	now, ok := b.now()
	if !ok || b.reported != nil && reflect.DeepEqual(*b.reported, now) {
		return nil
	}
	if err := b.config.Odoo.Report(ctx, now); err != nil {
		return err
	}
	b.reported = &now
	return nil
}

func (b *bot) now() (records.Status, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	report := records.Status{Username: b.status.Username, RunningSince: b.since, Problems: slices.Concat(b.problems, b.seen)}
	serving := b.serving.Load()
	if serving == nil {
		return report, false
	}
	report.Bot, report.Lang = serving.ID, serving.Lang
	for _, err := range []error{b.refused, b.status.Err, b.status.Note} {
		if err != nil {
			report.LastError = texts.Explain(serving.Lang, err)
			break
		}
	}
	return report, true
}
