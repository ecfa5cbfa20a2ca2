package service_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/cmd/service"
	"github.com/krokbot/krok/connector/telegram"
	"github.com/krokbot/krok/connector/telegramtest"
	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/store"
	"github.com/krokbot/krok/flow/store/storetest"
	"github.com/krokbot/krok/odoo/records"
	"github.com/krokbot/krok/odoo/watch"
)

// world is everything around the processes of a test: a real Redis, a Bot API that refuses what Telegram refuses, and an Odoo that can
// be told to misbehave.
type world struct {
	redis  *storetest.Server
	api    *telegramtest.Server
	bot    *telegramtest.Bot
	ann    *telegramtest.Chat
	office *office
	book   *book
}

func newWorld(t *testing.T) *world {
	t.Helper()
	api := telegramtest.New(t, telegramtest.Config{Patience: 20 * time.Second, WebhookRetry: 50 * time.Millisecond})
	bot := api.NewBot("made_up_shop_bot")
	return &world{
		redis: storetest.Start(t), api: api, bot: bot,
		ann:    bot.Chat(telegramtest.User{FirstName: "Ганна", LanguageCode: "uk", Phone: "+380501234567"}),
		office: &office{token: bot.Token()}, book: &book{},
	}
}

// process is one krok that serves.
type process struct {
	*service.Service
	web  *service.Web
	log  *guarded
	url  string
	stop func()
}

// serve starts a process. A change may alter what it runs with.
func (w *world) serve(t *testing.T, changes ...func(*service.Config, *service.WebConfig)) *process {
	t.Helper()
	kept, err := store.Open(t.Context(), w.redis.URL, "made-up-database")
	require.NoError(t, err)
	p := &process{log: &guarded{}}
	log := slog.New(slog.NewTextHandler(p.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	metrics := service.NewMetrics("1.2.3")
	config := service.Config{
		Odoo: w.office, Store: kept, Recorder: w.book, Token: func(string) string { return "" }, TelegramAPI: w.api.URL(), Every: 20 * time.Millisecond,
		Limits: telegram.Limits{PerSecond: 1000, ChatPerSecond: 1000}, Metrics: metrics, Log: log,
	}
	web := service.WebConfig{Listen: "127.0.0.1:0", Lang: "en", Metrics: metrics, Log: log}
	for _, change := range changes {
		change(&config, &web)
	}
	p.web = service.NewWeb(web)
	require.NoError(t, p.web.Start(t.Context()))
	p.url = "http://" + p.web.Addr()
	if config.PublicURL == here {
		config.PublicURL = p.url
	}
	p.Service = service.New(config)
	p.Start(t.Context())
	p.web.Serve(p.Service)
	p.stop = sync.OnceFunc(func() {
		p.web.Stopping()
		p.Stop()
		p.web.Stop()
		kept.Close()
	})
	t.Cleanup(func() {
		p.stop()
		if t.Failed() {
			t.Log(p.log.String())
		}
	})
	return p
}

// here is a public address that is the process's own.
const here = "here"

func behindWebhook(c *service.Config, _ *service.WebConfig) { c.PublicURL = here }

// get asks a process for a page.
func (p *process) get(t *testing.T, path string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+path, http.NoBody)
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	page, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	return answer.StatusCode, string(page)
}

// post brings an update as Telegram does.
func (p *process) post(t *testing.T, path, secret, body string) (code int, retryAfter string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+path, strings.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	return answer.StatusCode, answer.Header.Get("Retry-After")
}

func (w *world) greeted(t *testing.T) {
	t.Helper()
	w.ann.Until(t, func(m telegramtest.Message) bool { return strings.Contains(m.Text, "Вітаю") })
}

// office is an Odoo that binds everybody to one partner. It can be down, or hang.
type office struct {
	token string

	mu      sync.Mutex
	down    error
	hang    chan struct{} // calls of turns wait until it is closed
	commits []flow.Commit
	idle    bool // there is no bot
	phone   string
	edit    string // what the greeting has become
	asks    int    // for what is new
	events  []watch.Event
	twin    bool // a second bot has the token
	reports []records.Status
}

func (o *office) set(change func(*office)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	change(o)
}

// wait is what every call goes through.
func (o *office) wait(ctx context.Context) error {
	o.mu.Lock()
	down, hang := o.down, o.hang
	o.mu.Unlock()
	if hang != nil {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-hang:
		}
	}
	if down != nil {
		return &flow.Unavailable{Err: down}
	}
	return nil
}

func (o *office) UID() int64 { return 2 }

func (o *office) Ask(ctx context.Context, question flow.Question) (flow.Reply, error) {
	if err := o.wait(ctx); err != nil {
		return flow.Reply{}, err
	}
	reply := flow.Reply{Lang: "uk_UA", Values: map[string]string{}}
	for range question.Domains {
		reply.Matches = append(reply.Matches, true)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, value := range question.Values {
		reply.Values[value] = o.phone
	}
	return reply, nil
}

func (o *office) Values(ctx context.Context, _ flow.ValuesQuestion) (flow.Values, error) {
	return flow.Values{}, o.wait(ctx)
}

func (o *office) Find(ctx context.Context, _ flow.RecordsQuestion) (flow.Records, error) {
	return flow.Records{}, o.wait(ctx)
}

func (o *office) Commit(ctx context.Context, commit flow.Commit) (flow.CommitResult, error) {
	o.set(func(o *office) { o.commits = append(o.commits, commit) })
	if err := o.wait(ctx); err != nil {
		return flow.CommitResult{}, err
	}
	return flow.CommitResult{Results: []map[string]any{{"partner": 7, "chat": 8, "lang": "uk_UA"}}}, nil
}

func (o *office) committed() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.commits)
}

func (o *office) Look(_ context.Context, done []int64) (watch.Seen, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asks++
	version, err := o.version()
	if err != nil {
		return watch.Seen{}, err
	}
	o.events = slices.DeleteFunc(o.events, func(e watch.Event) bool { return slices.Contains(done, e.ID) })
	return watch.Seen{Version: version, Events: slices.Clone(o.events)}, nil
}

func (o *office) version() (string, error) {
	if o.down != nil {
		return "", &flow.Unavailable{Err: o.down}
	}
	if o.idle {
		return "none", nil
	}
	return "1" + o.edit, nil
}

func (o *office) Read(context.Context) (service.Snapshot, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	version, err := o.version()
	if err != nil || version == "none" {
		return service.Snapshot{Version: version}, err
	}
	definition := shop()
	if o.edit != "" {
		definition.Tables["step"][0]["text"] = flow.Texts{"uk_UA": "<p>" + o.edit + "</p>"}
	}
	snapshot := service.Snapshot{Version: version, Bots: []flow.Definition{definition}, Tokens: map[string]string{"shop": o.token}}
	if o.twin {
		twin := shop()
		twin.Tables["bot"][0] = flow.Row{"id": 2, "code": "twin", "name": "Twin", "lang": "en_US", "active": true}
		snapshot.Bots, snapshot.Tokens["twin"] = append(snapshot.Bots, twin), o.token
	}
	return snapshot, nil
}

func (o *office) Media(context.Context, flow.Medium) ([]byte, error) {
	return nil, errors.New("there is no file")
}

func (o *office) Report(_ context.Context, status records.Status) error {
	o.set(func(o *office) { o.reports = append(o.reports, status) })
	return nil
}

// reported is what the form shows, and how often that has been written.
func (o *office) reported() (last records.Status, times int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.reports) > 0 {
		last = o.reports[len(o.reports)-1]
	}
	return last, len(o.reports)
}

// shop is a bot that greets and then asks for a mail address, with one step that has a mistake.
func shop() flow.Definition {
	uk := func(text string) flow.Texts { return flow.Texts{"uk_UA": text} }
	return flow.Definition{Tables: map[string][]flow.Row{
		"bot": {{"id": 1, "code": "shop", "name": "Shop", "lang": "uk_UA", "active": true}},
		"step": {
			{"id": 10, "code": "hello", "name": "Hello", "type": "text", "next_id": 11, "text": uk("<p>Вітаю!</p>")},
			{"id": 11, "code": "mail", "name": "Mail", "type": "input", "next_id": 12, "text": uk("<p>Пошта?</p>")},
			{"id": 12, "code": "phone", "name": "Phone", "type": "text", "text": uk("<p>Ваш номер {{ partner.phone }}</p>")},
			{"id": 13, "code": "bad", "name": "Bad", "type": "text", "text": uk("<p>{{ no.such }}</p>")},
			{"id": 14, "code": "photo", "name": "Photo", "type": "contact", "field_id": 5, "next_id": 15, "text": uk("<p>Ваше фото?</p>")},
			{"id": 15, "code": "thanks", "name": "Thanks", "type": "text", "text": uk("<p>Дякую!</p>")},
		},
		"alias": {{"id": 1, "name": "/start", "step_id": 10}, {"id": 2, "name": "/photo", "step_id": 14}},
		"field": {{"id": 5, "name": "image_1920", "model": "res.partner", "ttype": "binary"}},
	}}
}

// guarded lets many goroutines write to one text.
type guarded struct {
	mu   sync.Mutex
	text strings.Builder
}

func (g *guarded) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.text.Write(p)
}

func (g *guarded) String() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.text.String()
}
