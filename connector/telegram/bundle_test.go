package telegram_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegram"
	"github.com/krokbot/krok/connector/telegramtest"
	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/store"
)

// bundle is a bot that runs against the Bot API of the tests: the real engine and connector, and a store in memory.
type bundle struct {
	api       *telegramtest.Server
	bot       *telegramtest.Bot
	ann       *telegramtest.Chat
	store     *store.Store
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
		store: inMemory(t), odoo: &odoo{}, log: &strings.Builder{}, statuses: make(chan telegram.Status, 100)}
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

func (o *odoo) Values(context.Context, flow.ValuesQuestion) (flow.Values, error) {
	return flow.Values{}, nil
}

func (o *odoo) Commit(context.Context, flow.Commit) (flow.CommitResult, error) {
	time.Sleep(o.delay)
	return flow.CommitResult{Results: []map[string]any{{"partner": 7, "chat": 8, "lang": "uk_UA"}}}, nil
}

// inMemory is the store of krok without a Redis.
func inMemory(t *testing.T) *store.Store {
	t.Helper()
	opened, err := store.Open(t.Context(), "", "uuid")
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	return opened
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
