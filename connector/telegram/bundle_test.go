package telegram_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegram"
	"github.com/krokbot/krok/connector/telegramtest"
	"github.com/krokbot/krok/flow"
)

// bundle is a bot that runs against the Bot API of the tests: the real engine and connector, and a store in memory.
type bundle struct {
	api       *telegramtest.Server
	bot       *telegramtest.Bot
	ann       *telegramtest.Chat
	store     *memory
	odoo      *odoo
	connector *telegram.Connector
	log       *strings.Builder
	statuses  chan telegram.Status
}

func setup(t *testing.T, tables map[string][]flow.Row, change ...func(*telegram.Config)) *bundle {
	t.Helper()
	api := telegramtest.New(t)
	bot := api.NewBot("shop_bot")
	b := &bundle{api: api, bot: bot, ann: bot.Chat(telegramtest.User{FirstName: "Ганна_Б", LanguageCode: "uk", Phone: "+380671234567"}),
		store: newMemory(), odoo: &odoo{}, log: &strings.Builder{}, statuses: make(chan telegram.Status, 100)}
	log := slog.New(slog.NewTextHandler(&guarded{out: b.log}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	config := telegram.Config{Code: "shop", Token: bot.Token(), APIURL: api.URL(), Store: b.store, Files: b.store, Log: log,
		Media: func(context.Context, flow.Medium) ([]byte, error) {
			return telegramtest.PNG(64, 48), nil
		},
		OnStatus: func(s telegram.Status) { b.statuses <- s }}
	for _, change := range change {
		change(&config)
	}
	connector, err := telegram.New(config)
	require.NoError(t, err)
	b.connector = connector
	built := flow.Build(flow.Definition{Tables: tables}, flow.Definition{}, nil)
	require.NotNil(t, built.Bot, "%v", built.Problems)
	runner := flow.NewRunner(flow.RunnerConfig{Code: "shop", Bot: func() *flow.Bot { return built.Bot }, Store: config.Store,
		Engine: flow.Engine{Odoo: b.odoo}, Workers: 4, Log: log})
	runner.Start(t.Context())
	connector.Start(t.Context())
	t.Cleanup(func() { connector.Stop(); runner.Stop() })
	if change == nil {
		<-connector.Started()
		require.NoError(t, connector.SetCommands(t.Context(), built.Bot))
	}
	return b
}

// guarded lets several goroutines write to one builder.
type guarded struct {
	mu  sync.Mutex
	out *strings.Builder
}

func (g *guarded) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.out.Write(p)
}

// odoo binds everybody to one partner, after a delay where a test sets one.
type odoo struct{ delay time.Duration }

func (o *odoo) Ask(context.Context, flow.Question) (flow.Reply, error) { return flow.Reply{}, nil }

func (o *odoo) Commit(context.Context, flow.Commit) (flow.CommitResult, error) {
	time.Sleep(o.delay)
	return flow.CommitResult{Results: []map[string]any{{"partner": 7, "chat": 8, "lang": "uk_UA"}}}, nil
}

// memory is the store of flow and the file ids of telegram, in memory.
type memory struct {
	mu       sync.Mutex
	seen     map[string]bool
	inbox    []flow.Event
	busy     map[flow.ChatID]bool
	sessions map[flow.ChatID][]byte
	outbox   []letter
	sending  map[flow.ChatID]bool
	files    map[string]string
}

type letter struct {
	flow.Letter
	notBefore time.Time
}

var _ flow.Store = (*memory)(nil)

func newMemory() *memory {
	return &memory{seen: map[string]bool{}, busy: map[flow.ChatID]bool{}, sessions: map[flow.ChatID][]byte{}, sending: map[flow.ChatID]bool{}, files: map[string]string{}}
}

func (m *memory) Put(_ context.Context, _ string, events ...flow.Event) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, event := range events {
		if !m.seen[event.ID] {
			m.seen[event.ID] = true
			m.inbox = append(m.inbox, event)
		}
	}
	return nil
}

func (m *memory) Take(ctx context.Context, _ string) (flow.Taken, error) {
	return await(ctx, func() (flow.Taken, bool) {
		m.mu.Lock()
		defer m.mu.Unlock()
		for _, event := range m.inbox {
			if !m.busy[event.Chat] {
				m.busy[event.Chat] = true
				return flow.Taken{Event: event, Session: m.sessions[event.Chat]}, true
			}
		}
		return flow.Taken{}, false
	})
}

func (m *memory) Plan(context.Context, flow.Taken, []byte) error { return nil }

func (m *memory) Keep(_ context.Context, taken flow.Taken, kept flow.Kept) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	chat := taken.Event.Chat
	m.busy[chat] = false
	m.sessions[chat] = kept.Session
	for _, message := range kept.Messages {
		m.outbox = append(m.outbox, letter{Letter: flow.Letter{Message: message, Bot: "shop", Chat: chat}})
	}
	for i, event := range m.inbox {
		if event.ID == taken.Event.ID && kept.Retry == 0 {
			m.inbox = append(m.inbox[:i], m.inbox[i+1:]...)
			break
		}
	}
	if kept.Next != nil {
		m.inbox = append([]flow.Event{*kept.Next}, m.inbox...)
	}
	return nil
}

func (m *memory) TakeMessage(ctx context.Context, _ string) (flow.Letter, error) {
	return await(ctx, func() (flow.Letter, bool) {
		m.mu.Lock()
		defer m.mu.Unlock()
		waiting := map[flow.ChatID]bool{}
		for _, next := range m.outbox {
			if !m.sending[next.Chat] && !waiting[next.Chat] && time.Now().After(next.notBefore) {
				m.sending[next.Chat] = true
				return next.Letter, true
			}
			waiting[next.Chat] = true
		}
		return flow.Letter{}, false
	})
}

func (m *memory) Sent(_ context.Context, sent flow.Letter) error {
	m.change(sent, func(i int) { m.outbox = append(m.outbox[:i], m.outbox[i+1:]...) })
	return nil
}

func (m *memory) Later(_ context.Context, later flow.Letter, after time.Duration) error {
	m.change(later, func(i int) {
		m.outbox[i].notBefore = time.Now().Add(after)
		m.outbox[i].Attempts++
	})
	return nil
}

func (m *memory) change(one flow.Letter, do func(i int)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sending[one.Chat] = false
	for i, next := range m.outbox {
		if next.Message.Key == one.Message.Key && next.Chat == one.Chat {
			do(i)
			return
		}
	}
}

func (m *memory) FileID(_ context.Context, bot int64, checksum string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.files[fmt.Sprint(bot, checksum)], nil
}

func (m *memory) SaveFileID(_ context.Context, bot int64, checksum, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[fmt.Sprint(bot, checksum)] = id
	return nil
}

func await[T any](ctx context.Context, look func() (T, bool)) (T, error) {
	for {
		if found, ok := look(); ok {
			return found, nil
		}
		select {
		case <-ctx.Done():
			var none T
			return none, ctx.Err()
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// tables are a small bot: a greeting with an inline button and a picture, a question with answers, an open question.
func tables() map[string][]flow.Row {
	uk := func(text string) flow.Texts { return flow.Texts{"uk_UA": text} }
	return map[string][]flow.Row{
		"bot": {{"id": 1, "code": "shop", "name": "Shop", "lang": "uk_UA"}},
		"step": {
			{"id": 10, "code": "menu", "name": "Menu", "type": "buttons", "text": uk("<p>Вітаю, <b>{{ chat.first_name }}</b>!</p><p>Що далі?</p>")},
			{"id": 11, "code": "mail", "name": "Mail", "type": "input", "validation": "email", "next_id": 10, "text": uk("<p>Пошта?</p>")},
			{"id": 2147483647, "code": "photo", "name": "Photo", "type": "text", "next_id": 10, "protect": true, "silent": true},
		},
		"alias": {
			{"id": 1, "name": "/start", "step_id": 10, "description": flow.Texts{"uk_UA": "Почати", "en_US": "Begin"}},
			{"id": 2, "name": "фото", "step_id": 2147483647},
		},
		"answer": {{"id": 21, "name": uk("Пошта"), "step_id": 10, "next_id": 11}},
		"media":  {{"id": 5, "kind": "image", "filename": "меню.png", "checksum": "abc", "caption": uk("Меню"), "step_id": 2147483647}},
		"button": {
			{"id": 31, "kind": "answer", "place": "keyboard", "answer_id": 21, "step_id": 10},
			{"id": 2147483646, "kind": "step", "place": "inline", "name": uk(strings.Repeat("Ї", 60)), "target_id": 2147483647, "step_id": 11},
		},
	}
}
