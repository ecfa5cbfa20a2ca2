package telegram_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegram"
	"github.com/krokbot/krok/connector/telegramtest"
	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/store"
)

// door is a public address that leads to a connector.
type door struct {
	*httptest.Server
	inside atomic.Pointer[telegram.Connector]

	mu    sync.Mutex
	codes []int
}

func newDoor(t *testing.T) *door {
	t.Helper()
	d := &door{}
	d.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inside := d.inside.Load()
		if inside == nil {
			telegram.Refuse(w)
			return
		}
		seen := httptest.NewRecorder()
		inside.ServeHTTP(seen, r)
		d.mu.Lock()
		d.codes = append(d.codes, seen.Code)
		d.mu.Unlock()
		for name := range seen.Header() {
			w.Header().Set(name, seen.Header().Get(name))
		}
		w.WriteHeader(seen.Code)
	}))
	t.Cleanup(d.Close)
	return d
}

func (d *door) seen() []int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]int(nil), d.codes...)
}

// behind starts the bundle with its updates coming through a door.
func behind(t *testing.T, change ...func(*telegram.Config)) (*bundle, *door) {
	t.Helper()
	d := newDoor(t)
	b := setup(t, tables(), append([]func(*telegram.Config){func(c *telegram.Config) {
		c.Webhook, c.LookEvery, c.Notebook = d.URL+"/telegram/shop", 20*time.Millisecond, &notebook{}
	}}, change...)...)
	d.inside.Store(b.connector)
	return b, d
}

// post brings a made-up update to a door as Telegram does.
func (d *door) post(t *testing.T, method, secret, body string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, d.URL+"/telegram/shop", strings.NewReader(body))
	require.NoError(t, err)
	if secret != "" {
		request.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	}
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	return answer
}

// start is an update in which a client of that id writes /start.
func start(update int, client int64) string {
	return fmt.Sprintf(`{"update_id":%d,"message":{"message_id":1,"date":1700000000,"text":"/start",`+
		`"chat":{"id":%d,"type":"private"},"from":{"id":%d,"first_name":"Ганна_Б"}}}`, update, client, client)
}

type notebook struct{ sync.Map }

func (n *notebook) Remember(_ context.Context, name, value string) error {
	n.Store(name, value)
	return nil
}

func (n *notebook) Recall(_ context.Context, name string) (string, error) {
	value, _ := n.Load(name)
	text, _ := value.(string)
	return text, nil
}

func TestUpdatesComeThroughTheWebhookAndPressesAreAnswered(t *testing.T) {
	t.Parallel()
	b, _ := behind(t)
	b.ann.Send("/start")
	require.Contains(t, b.ann.Next(t).Text, "Вітаю")
	require.NoError(t, b.ann.Press("Пошта"))
	question := b.ann.Until(t, func(m telegramtest.Message) bool { return m.ReplyMarkup != nil })
	require.NoError(t, b.ann.PressOn(question, strings.Repeat("Ї", 60)))
	b.ann.Answer(t)
	require.Empty(t, b.bot.Calls("getUpdates"))
	require.Eventually(t, func() bool { return len(b.bot.Calls("getWebhookInfo")) > 2 }, 5*time.Second, 5*time.Millisecond)
	set := b.bot.Calls("setWebhook")
	require.Len(t, set, 1, "it is set once, however often it is looked at")
	require.Empty(t, set[0].Arg("drop_pending_updates"))
	require.JSONEq(t, `["message","edited_message","callback_query","my_chat_member"]`, set[0].Arg("allowed_updates"))
	require.Equal(t, telegram.Secret(b.bot.Token()), set[0].Arg("secret_token"))
	require.NotContains(t, b.log.String(), set[0].Arg("secret_token"))
}

func TestNobodyButTelegramCanPostToTheWebhook(t *testing.T) {
	t.Parallel()
	b, d := behind(t)
	for _, secret := range []string{"", "x", b.bot.Token(), telegram.Secret("123:other")} {
		require.Equal(t, http.StatusForbidden, d.post(t, http.MethodPost, secret, start(1, b.ann.ID())).StatusCode)
	}
	got := d.post(t, http.MethodGet, telegram.Secret(b.bot.Token()), "")
	require.Equal(t, http.StatusMethodNotAllowed, got.StatusCode)
	require.Equal(t, "POST", got.Header.Get("Allow"))
	b.ann.Quiet(t, 50*time.Millisecond)
}

func TestB12AnUpdateThatIsBroughtTwiceHasOneEffectAndTheRepeatIsTakenAtOnce(t *testing.T) {
	t.Parallel()
	b, d := behind(t)
	for range 3 {
		require.Equal(t, http.StatusOK, d.post(t, http.MethodPost, telegram.Secret(b.bot.Token()), start(5, b.ann.ID())).StatusCode)
	}
	require.Contains(t, b.ann.Next(t).Text, "Вітаю")
	b.ann.Quiet(t, 100*time.Millisecond)
}

func TestAnUpdateThatCannotBeMadeSafeIsBroughtAgain(t *testing.T) {
	t.Parallel()
	b, d := behind(t, func(c *telegram.Config) { c.Store = &failingStore{Store: inMemory(t)} })
	secret := telegram.Secret(b.bot.Token())
	refused := d.post(t, http.MethodPost, secret, start(5, b.ann.ID()))
	require.Equal(t, http.StatusServiceUnavailable, refused.StatusCode)
	require.NotEmpty(t, refused.Header.Get("Retry-After"))
	require.Equal(t, http.StatusOK, d.post(t, http.MethodPost, secret, start(5, b.ann.ID())).StatusCode)
	require.Contains(t, b.ann.Next(t).Text, "Вітаю")
}

func TestB13APoisonUpdateIsNotBroughtForEver(t *testing.T) {
	t.Parallel()
	b, d := behind(t)
	b.ann.Post(telegramtest.Message{Text: "x", ForwardOrigin: &telegramtest.ForwardOrigin{Type: "a_kind_of_the_future"}})
	b.ann.Send("/start")
	require.Contains(t, b.ann.Next(t).Text, "Вітаю")
	require.Equal(t, []int{200, 200}, d.seen())
	secret := telegram.Secret(b.bot.Token())
	for _, poison := range []string{"", "{", "[]", `{"update_id":"x"}`, `{"update_id":7,"message":5}`, strings.Repeat(" ", 5<<20)} {
		require.Equal(t, http.StatusOK, d.post(t, http.MethodPost, secret, poison).StatusCode, "%.20s", poison)
	}
}

func TestAConnectorThatHasStoppedAsksTelegramToComeAgain(t *testing.T) {
	t.Parallel()
	b, d := behind(t)
	b.connector.Stop()
	refused := d.post(t, http.MethodPost, telegram.Secret(b.bot.Token()), start(5, b.ann.ID()))
	require.Equal(t, http.StatusServiceUnavailable, refused.StatusCode)
	require.NotEmpty(t, refused.Header.Get("Retry-After"))
}

func TestGoingFromWebhookToPollingAndBackLosesNothingAndAlarmsNobody(t *testing.T) {
	t.Parallel()
	api := telegramtest.New(t)
	bot := api.NewBot("shop_bot")
	d := newDoor(t)
	kept, noted := inMemory(t), &notebook{}
	var notes atomic.Int64
	texts := make([]string, 0, 5)
	for turn := range 5 {
		text := fmt.Sprint("turn ", turn)
		texts = append(texts, text)
		bot.Chat(telegramtest.User{FirstName: text}).Send(text) // while nobody is there
		config := telegram.Config{Code: "shop", Token: bot.Token(), APIURL: api.URL(), Store: kept, Files: kept, Notebook: noted,
			OnStatus: func(s telegram.Status) {
				if s.Note != nil {
					notes.Add(1)
				}
			}}
		if turn%2 == 0 {
			config.Webhook = d.URL + "/telegram/shop"
		}
		connector, err := telegram.New(config)
		require.NoError(t, err)
		d.inside.Store(connector)
		connector.Start(t.Context())
		require.Eventually(t, func() bool { return bot.PendingUpdates() == 0 && waiting(t, kept) == turn+1 }, 15*time.Second, 5*time.Millisecond)
		connector.Stop()
		d.inside.Store(nil)
	}
	require.Len(t, bot.Calls("setWebhook"), 3)
	require.Len(t, bot.Calls("deleteWebhook"), 2)
	require.Zero(t, notes.Load())
	for _, text := range texts {
		taken, err := kept.Take(t.Context(), "shop")
		require.NoError(t, err)
		require.Equal(t, text, taken.Event.Message.Text)
	}
}

// waiting is in how many chats something waits.
func waiting(t *testing.T, kept *store.Store) int {
	queues, err := kept.Queues(t.Context(), "shop")
	require.NoError(t, err)
	return int(queues.Inbox)
}

func TestAWebhookOfAnotherProgramIsReplacedAndTold(t *testing.T) {
	t.Parallel()
	b, _ := behind(t, func(c *telegram.Config) {
		answer, err := http.Post(c.APIURL+"/bot"+c.Token+"/setWebhook", "application/json", strings.NewReader(`{"url":"http://127.0.0.1:9/hook"}`))
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
	})
	require.Eventually(t, func() bool {
		select {
		case s := <-b.statuses:
			return s.Note != nil && strings.Contains(s.Note.Error(), "webhook")
		default:
			return false
		}
	}, 5*time.Second, 5*time.Millisecond)
	b.ann.Send("/start")
	require.Contains(t, b.ann.Next(t).Text, "Вітаю")
}

func TestAWebhookWithTheSecretOfAnotherIsSetAnew(t *testing.T) {
	t.Parallel()
	var wrong string
	b, _ := behind(t, func(c *telegram.Config) {
		wrong = fmt.Sprintf(`{"url":%q,"secret_token":"of_another","allowed_updates":["callback_query","message","edited_message","my_chat_member"]}`, c.Webhook)
		answer, err := http.Post(c.APIURL+"/bot"+c.Token+"/setWebhook", "application/json", strings.NewReader(wrong))
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
	})
	b.ann.Send("/start")
	require.Contains(t, b.ann.Next(t).Text, "Вітаю")
	require.Len(t, b.bot.Calls("setWebhook"), 2)
}

func TestAnAddressThatUpdatesCannotComeToIsNamedUntilItIsMended(t *testing.T) {
	t.Parallel()
	b, d := behind(t)
	require.Eventually(t, func() bool { return len(b.bot.Calls("setWebhook")) == 1 }, 5*time.Second, 5*time.Millisecond)
	d.inside.Store(nil)
	b.ann.Send("/start")
	seen := func(want func(error) bool) {
		t.Helper()
		require.Eventually(t, func() bool {
			select {
			case s := <-b.statuses:
				return want(s.Err)
			default:
				return false
			}
		}, 10*time.Second, 5*time.Millisecond)
	}
	seen(func(err error) bool {
		return err != nil && strings.Contains(err.Error(), d.URL) && strings.Contains(err.Error(), "503") && strings.Contains(err.Error(), "KROK_PUBLIC_URL")
	})
	d.inside.Store(b.connector)
	seen(func(err error) bool { return err == nil })
	require.Contains(t, b.ann.Next(t).Text, "Вітаю")
}

func TestAnAddressThatTelegramRefusesIsNamed(t *testing.T) {
	t.Parallel()
	b := setup(t, tables(), func(c *telegram.Config) { c.Webhook = "http://bot.example/telegram/shop" })
	require.Eventually(t, func() bool {
		select {
		case s := <-b.statuses:
			return s.Err != nil && strings.Contains(s.Err.Error(), "HTTPS URL") && strings.Contains(s.Err.Error(), "KROK_PUBLIC_URL")
		default:
			return false
		}
	}, 5*time.Second, 5*time.Millisecond)
}

func TestEveryRequestIsToldByMethodAndResult(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	counted := map[string]int{}
	b := setup(t, tables(), func(c *telegram.Config) {
		c.OnCall = func(call telegram.Call) {
			mu.Lock()
			defer mu.Unlock()
			counted[call.Method+" "+call.Result]++
		}
	})
	for i, fault := range []telegramtest.Fault{{Status: 502, Body: "<html>"}, {Status: 500}, {RetryAfter: 1}, {Drop: telegramtest.DropBefore}} {
		fault.Method, fault.Times = "sendMessage", 1
		b.bot.Fail(fault)
		b.ann.Send("/start")
		require.Contains(t, b.ann.Next(t).Text, "Вітаю", "%d", i)
	}
	count := func(what string) int {
		mu.Lock()
		defer mu.Unlock()
		return counted[what]
	}
	require.Eventually(t, func() bool { return count("sendMessage ok") == 4 }, 5*time.Second, 5*time.Millisecond)
	require.Equal(t, 2, count("sendMessage unknown"))
	require.Equal(t, 1, count("sendMessage fault"))
	require.Equal(t, 1, count("sendMessage too_many"))
	require.Equal(t, 1, count("getMe ok"))
}

func TestCutEndsARequestThatHangsAndTheMessageIsSentLater(t *testing.T) {
	t.Parallel()
	b := setup(t, tables())
	b.bot.Fail(telegramtest.Fault{Method: "sendMessage", Delay: time.Minute})
	b.ann.Send("/start")
	require.Eventually(t, func() bool { return len(b.bot.Calls("sendMessage")) == 1 }, 5*time.Second, 5*time.Millisecond)
	stopped := make(chan struct{})
	go func() {
		b.connector.Stop()
		close(stopped)
	}()
	select {
	case <-stopped:
		require.Fail(t, "a message on its way is waited for")
	case <-time.After(50 * time.Millisecond):
	}
	b.connector.Cut()
	select {
	case <-stopped:
	case <-time.After(5 * time.Second):
		require.Fail(t, "the request was not cut")
	}
	letter, err := b.store.TakeMessage(t.Context(), "shop", flow.Pace{})
	require.NoError(t, err)
	require.Equal(t, 1, letter.Attempts)
}
