package telegram_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegram"
	"github.com/krokbot/krok/connector/telegramtest"
	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/store"
	"github.com/krokbot/krok/flow/texts"
)

func TestAClientWalksThroughABot(t *testing.T) {
	t.Parallel()
	b := setup(t, tables())
	b.ann.Send("/start")
	greeting := b.ann.Next(t)
	require.Equal(t, "Вітаю, Ганна_Б!\nЩо далі?", greeting.Text)
	require.Equal(t, []telegramtest.Entity{{Type: "bold", Offset: 7, Length: 7}}, greeting.Entities)
	require.NoError(t, b.ann.Press("Пошта"))
	question := b.ann.Next(t)
	require.Equal(t, "Пошта?", question.Text)
	require.Equal(t, "Оберіть, будь ласка:", b.ann.Next(t).Text, "it takes the keyboard away, which the question's own buttons leave no room for")
	require.Nil(t, b.ann.Keyboard())
	b.ann.Send("hanna@example.com")
	require.Contains(t, b.ann.Next(t).Text, "Вітаю")
	require.NotNil(t, b.ann.Keyboard())
}

func TestB07CallbackDataFitsForLongNamesAndLargeIds(t *testing.T) {
	t.Parallel()
	b := setup(t, tables())
	b.ann.Send("/start")
	b.ann.Next(t)
	require.NoError(t, b.ann.Press("Пошта"))
	question := b.ann.Until(t, func(m telegramtest.Message) bool { return m.ReplyMarkup != nil })
	data := question.ReplyMarkup.Rows[0][0].CallbackData
	require.NotEmpty(t, data)
	require.LessOrEqual(t, len(data), 64)
	require.NoError(t, b.ann.Press(strings.Repeat("Ї", 60)))
	require.Equal(t, "Меню", b.ann.Until(t, func(m telegramtest.Message) bool { return len(m.Photo) > 0 }).Caption)
}

func TestB09APressIsAnsweredAtOnceAndCountsOnceHoweverLateItComes(t *testing.T) {
	t.Parallel()
	b := setup(t, tables())
	b.ann.Send("/start")
	b.ann.Next(t)
	require.NoError(t, b.ann.Press("Пошта"))
	question := b.ann.Until(t, func(m telegramtest.Message) bool { return m.ReplyMarkup != nil })
	old := b.bot.Fail(telegramtest.Fault{Method: "answerCallbackQuery", Status: http.StatusBadRequest,
		Description: "Bad Request: query is too old and response timeout expired or query ID is invalid"})
	require.NoError(t, b.ann.PressOn(question, strings.Repeat("Ї", 60)))
	b.ann.Until(t, func(m telegramtest.Message) bool { return len(m.Photo) > 0 })
	require.Contains(t, b.ann.Next(t).Text, "Вітаю")
	require.Eventually(t, func() bool { return old.Hits() == 1 }, 5*time.Second, time.Millisecond, "it is answered beside the turn")
	b.ann.Quiet(t, 100*time.Millisecond)
	b.ann.Send("/start")
	require.Contains(t, b.ann.Next(t).Text, "Вітаю", "the process lives")
}

func TestB09TheSpinnerStopsBeforeOdooAnswers(t *testing.T) {
	t.Parallel()
	b := setup(t, tables())
	b.odoo.delay = 700 * time.Millisecond
	b.ann.PressData(1, "a.1.b.v") // the first that the bot hears of this client: it asks Odoo to bind them
	pressed := time.Now()
	require.Eventually(t, func() bool { _, ok := b.ann.Answered(); return ok }, 500*time.Millisecond, 5*time.Millisecond)
	require.Less(t, time.Since(pressed), b.odoo.delay)
	require.Contains(t, b.ann.Next(t).Text, "попереднього повідомлення")
}

func TestB20AFileIsUploadedToTelegramOnceAndReused(t *testing.T) {
	t.Parallel()
	b := setup(t, tables())
	for range 2 {
		b.ann.Send("фото")
		photo := b.ann.Until(t, func(m telegramtest.Message) bool { return len(m.Photo) > 0 })
		require.True(t, photo.HasProtectedContent)
		require.True(t, photo.Silent)
	}
	calls := b.bot.Calls("sendPhoto")
	require.Len(t, calls, 2)
	require.Len(t, calls[0].Uploads(), 1, "B20: the contents are uploaded, never an address of Odoo")
	require.Empty(t, calls[1].Uploads())
	require.NotContains(t, calls[1].Arg("photo"), "http")
}

func TestAFileIDThatTelegramForgotIsUploadedAgain(t *testing.T) {
	t.Parallel()
	b := setup(t, tables())
	require.NoError(t, b.store.SaveFileID(t.Context(), b.bot.ID(), "image:abc", "made-up-id"))
	b.ann.Send("фото")
	b.ann.Until(t, func(m telegramtest.Message) bool { return len(m.Photo) > 0 })
	require.Len(t, b.bot.Calls("sendPhoto"), 2)
}

func TestB14TelegramsWaitIsObeyed(t *testing.T) {
	t.Parallel()
	b := setup(t, tables())
	b.bot.Fail(telegramtest.Fault{Method: "sendMessage", Status: http.StatusTooManyRequests, RetryAfter: 1, Times: 1})
	b.ann.Send("/start")
	require.Contains(t, b.ann.Next(t).Text, "Вітаю")
	calls := b.bot.Calls("sendMessage")
	require.Len(t, calls, 2)
	require.GreaterOrEqual(t, calls[1].At.Sub(calls[0].At), time.Second)
}

func TestB15ABlockedClientIsNotedAndOthersAreServed(t *testing.T) {
	t.Parallel()
	b := setup(t, tables())
	b.bot.Fail(telegramtest.Fault{Method: "sendMessage", Chat: b.ann.ID(), Status: http.StatusForbidden, Description: "Forbidden: bot was blocked by the user"})
	b.ann.Send("/start")
	other := b.bot.Chat(telegramtest.User{FirstName: "Вигаданий", LanguageCode: "uk"})
	other.Send("/start")
	require.Contains(t, other.Next(t).Text, "Вітаю")
	require.Eventually(t, func() bool { return len(b.bot.Calls("sendMessage")) == 2 }, time.Second, 5*time.Millisecond)
	b.ann.Quiet(t, 50*time.Millisecond)
}

func TestAMessageWhoseFateIsUnknownIsSentAgain(t *testing.T) {
	t.Parallel()
	b := setup(t, tables())
	b.bot.Fail(telegramtest.Fault{Method: "sendMessage", Status: http.StatusBadGateway, Body: "<html>bad gateway</html>", Times: 1})
	b.ann.Send("/start")
	require.Contains(t, b.ann.Next(t).Text, "Вітаю")
}

func TestB13APoisonUpdateDoesNotStopTheBot(t *testing.T) {
	t.Parallel()
	b := setup(t, tables())
	b.ann.Post(telegramtest.Message{Text: "x", ForwardOrigin: &telegramtest.ForwardOrigin{Type: "a_kind_of_the_future"}})
	b.ann.Send("/start")
	require.Contains(t, b.ann.Next(t).Text, "Вітаю")
}

func TestB18AnEditedMessageStartsNoTurn(t *testing.T) {
	t.Parallel()
	b := setup(t, tables())
	b.ann.Send("/start")
	b.ann.Next(t)
	require.NoError(t, b.ann.Press("Пошта"))
	b.ann.Until(t, func(m telegramtest.Message) bool { return strings.HasPrefix(m.Text, "Оберіть") })
	sent := b.ann.Send("hanna@example.co")
	require.Contains(t, b.ann.Next(t).Text, "Вітаю")
	b.ann.Edit(sent, "hanna@example.com")
	b.ann.Quiet(t, 150*time.Millisecond)
}

func TestB22OnlyTheOwnContactIsTaken(t *testing.T) {
	t.Parallel()
	b := setup(t, tables())
	b.ann.Send("/start")
	b.ann.Next(t)
	b.ann.SendContact(telegramtest.Contact{PhoneNumber: "+380509998877", FirstName: "Director", UserID: 4242})
	require.Contains(t, b.ann.Next(t).Text, "контакт іншої людини")
	require.Contains(t, b.ann.Next(t).Text, "Що далі?")
	b.ann.SendContact(telegramtest.Contact{PhoneNumber: "+380509998877", FirstName: "No user"})
	require.Contains(t, b.ann.Next(t).Text, "контакт іншої людини")
}

func TestInGroupsTheBotSaysThatItTalksInPrivate(t *testing.T) {
	t.Parallel()
	b := setup(t, tables())
	group := b.bot.Group("Вигадана група", telegramtest.User{FirstName: "Вигадана", LanguageCode: "uk"})
	group.Send("/start")
	require.Contains(t, group.Next(t).Text, "лише приватно")
}

func TestCommandsStandInTheMenuInEachLanguage(t *testing.T) {
	t.Parallel()
	b := setup(t, tables())
	require.Equal(t, "Почати", b.ann.Commands()[0].Description)
	english := b.bot.Chat(telegramtest.User{FirstName: "Made Up", LanguageCode: "en"})
	require.Equal(t, "Begin", english.Commands()[0].Description)
	german := b.bot.Chat(telegramtest.User{FirstName: "Erfunden", LanguageCode: "de"})
	require.Equal(t, "Почати", german.Commands()[0].Description, "others read the bot's own language")
}

func TestAnotherProgramWithTheTokenIsNamed(t *testing.T) {
	t.Parallel()
	b := setup(t, tables())
	b.bot.Fail(telegramtest.Fault{Method: "getUpdates", Status: http.StatusConflict,
		Description: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"})
	b.ann.Send("/start") // ends the long poll under way
	require.Eventually(t, func() bool { return latest(b.statuses) == "telegram.other_poller" }, 5*time.Second, 10*time.Millisecond)
}

func TestARevokedTokenIsNamedAndNeverLogged(t *testing.T) {
	t.Parallel()
	b := setup(t, tables())
	b.bot.Revoke()
	b.ann.Send("/start")
	require.Eventually(t, func() bool { return latest(b.statuses) == "telegram.bad_token" }, 5*time.Second, 10*time.Millisecond)
	b.connector.Stop()
	require.NotContains(t, b.log.String(), b.bot.Token())
}

func TestTheTokenIsInNoErrorWhenTelegramCannotBeReached(t *testing.T) {
	t.Parallel()
	b := setup(t, tables(), func(c *telegram.Config) { c.APIURL = "http://127.0.0.1:1" })
	require.Eventually(t, func() bool { return latest(b.statuses) == "telegram.unreachable" }, 5*time.Second, 10*time.Millisecond)
	b.connector.Stop()
	require.Contains(t, b.log.String(), "connection refused")
	require.NotContains(t, b.log.String(), b.bot.Token())
	require.NotContains(t, b.log.String(), "127.0.0.1:1/")
}

func TestATokenThatCannotBeOneIsRefused(t *testing.T) {
	t.Parallel()
	_, err := telegram.New(telegram.Config{Token: "hello"})
	require.ErrorContains(t, err, "@BotFather")
}

func TestAWebhookOfAnotherProgramIsTakenOverAndTold(t *testing.T) {
	t.Parallel()
	api := telegramtest.New(t)
	bot := api.NewBot("taken_bot")
	answer, err := http.Post(api.URL()+"/bot"+bot.Token()+"/setWebhook", "application/json", strings.NewReader(`{"url":"http://127.0.0.1:9/hook"}`))
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.NoError(t, answer.Body.Close())
	statuses := make(chan telegram.Status, 10)
	connector, err := telegram.New(telegram.Config{Code: "taken", Token: bot.Token(), APIURL: api.URL(), Store: inMemory(t),
		OnStatus: func(s telegram.Status) { statuses <- s }})
	require.NoError(t, err)
	connector.Start(t.Context())
	t.Cleanup(connector.Stop)
	require.Eventually(t, func() bool {
		select {
		case s := <-statuses:
			return s.Note != nil && strings.Contains(s.Note.Error(), "webhook")
		default:
			return false
		}
	}, 5*time.Second, 10*time.Millisecond)
	require.Len(t, bot.Calls("deleteWebhook"), 1)
	require.Empty(t, bot.Calls("deleteWebhook")[0].Arg("drop_pending_updates"))
}

func TestUpdatesAreConfirmedOnlyWhenTheyAreSafe(t *testing.T) {
	t.Parallel()
	failing := &failingStore{Store: inMemory(t)}
	b := setup(t, tables(), func(c *telegram.Config) { c.Store = failing })
	b.ann.Send("/start")
	require.Contains(t, b.ann.Next(t).Text, "Вітаю")
	require.Equal(t, 2, failing.puts)
	b.ann.Quiet(t, 100*time.Millisecond)
}

// failingStore fails the first time that something is put.
type failingStore struct {
	*store.Store
	puts int
}

func (f *failingStore) Put(ctx context.Context, bot string, events ...flow.Event) error {
	f.puts++
	if f.puts == 1 {
		return context.DeadlineExceeded
	}
	return f.Store.Put(ctx, bot, events...)
}

// latest is the key of the newest status' error; "" where there is none.
func latest(statuses chan telegram.Status) string {
	for {
		select {
		case status := <-statuses:
			var spoken interface{ Error() string }
			if status.Err == nil {
				continue
			}
			spoken = status.Err
			for _, key := range []string{"telegram.other_poller", "telegram.bad_token", "telegram.unreachable"} {
				if strings.HasPrefix(spoken.Error(), firstWords(key)) {
					return key
				}
			}
		default:
			return ""
		}
	}
}

// firstWords is how the text of a key begins.
func firstWords(key string) string {
	text, _, _ := strings.Cut(texts.Get("en", key, nil), "{")
	return text
}

func TestAPictureThatIsNoPhotoGoesAsAFile(t *testing.T) {
	t.Parallel()
	b := setup(t, tables(), func(c *telegram.Config) {
		c.Media = func(context.Context, flow.Medium) ([]byte, error) {
			return []byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), nil
		}
	})
	b.ann.Send("фото")
	sent := b.ann.Until(t, func(m telegramtest.Message) bool { return m.Document != nil })
	require.Equal(t, "Меню", sent.Caption)
	require.Equal(t, "меню.png", sent.Document.FileName)
}
