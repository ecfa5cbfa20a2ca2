package telegram_test

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
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
		Engine: flow.Engine{Odoo: b.odoo}, Files: connector, Workers: 4, Log: log})
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

// odoo binds everybody to one partner, after a delay where a test sets one. Every field can be one of fifteen values.
type odoo struct {
	delay time.Duration

	mu      sync.Mutex
	written []flow.Operation // updates of contacts
}

func (o *odoo) Ask(context.Context, flow.Question) (flow.Reply, error) { return flow.Reply{}, nil }

func (o *odoo) Values(_ context.Context, question flow.ValuesQuestion) (flow.Values, error) {
	values := flow.Values{Total: 15}
	for id := question.Offset + 1; id <= min(question.Offset+question.Limit, values.Total); id++ {
		values.Items = append(values.Items, flow.Value{Key: strconv.Itoa(id), Name: "Країна " + strconv.Itoa(id)})
	}
	return values, nil
}

func (o *odoo) Find(context.Context, flow.RecordsQuestion) (flow.Records, error) {
	return flow.Records{}, nil
}

func (o *odoo) Commit(_ context.Context, commit flow.Commit) (flow.CommitResult, error) {
	time.Sleep(o.delay)
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, operation := range commit.Operations {
		if operation.Kind == flow.UpdateContact {
			o.written = append(o.written, operation)
		}
	}
	return flow.CommitResult{Results: []map[string]any{{"partner": 7, "chat": 8, "lang": "uk_UA"}}}, nil
}

// updates are the updates of contacts so far.
func (o *odoo) updates() []flow.Operation {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.written)
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

// asking is a bot that asks for one field of the contact, and thanks.
func asking(field flow.Row) map[string][]flow.Row {
	uk := func(text string) flow.Texts { return flow.Texts{"uk_UA": text} }
	field["id"], field["model"] = 5, "res.partner"
	return map[string][]flow.Row{
		"bot": {{"id": 1, "code": "shop", "name": "Shop", "lang": "uk_UA"}},
		"step": {
			{"id": 10, "code": "ask", "name": "Ask", "type": "contact", "field_id": 5, "next_id": 11, "text": uk("<p>Що саме?</p>")},
			{"id": 11, "code": "done", "name": "Done", "type": "text", "text": uk("<p>Дякую!</p>")},
		},
		"alias": {{"id": 1, "name": "/start", "step_id": 10}},
		"field": {field},
	}
}

func countries() map[string][]flow.Row {
	return asking(flow.Row{"name": "country_id", "ttype": "many2one", "relation": "res.country"})
}

func pictures() map[string][]flow.Row {
	return asking(flow.Row{"name": "image_1920", "ttype": "binary"})
}
