package telegramtest_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegramtest"
)

func TestConversationGoesBothWays(t *testing.T) {
	t.Parallel()
	g := setup(t)

	sent := g.ann.Send("/start shop")
	updates := g.fetch(t, args{"timeout": 1})
	require.Len(t, updates, 1)
	require.Equal(t, "/start shop", updates[0].Message.Text)
	require.Equal(t, []telegramtest.Entity{{Type: "bot_command", Length: 6}}, updates[0].Message.Entities)
	require.Equal(t, sent.ID, updates[0].Message.ID)
	require.Equal(t, "Ann", updates[0].Message.From.FirstName)

	g.say(t, "Hello", args{"reply_markup": args{"inline_keyboard": [][]args{{{"text": "Catalogue", "callback_data": "cat"}}}}})
	greeting := g.ann.Next(t)
	require.Equal(t, "Hello", greeting.Text)
	require.Equal(t, [][]string{{"Catalogue"}}, greeting.Buttons())

	require.NoError(t, g.ann.Press("Catalogue"))
	press := g.fetch(t, args{"offset": updates[0].ID + 1})[0].Press
	require.Equal(t, "cat", press.Data)
	require.Equal(t, greeting.ID, press.Message.ID)
	require.True(t, ok[bool](t, g, "answerCallbackQuery", args{"callback_query_id": press.ID, "text": "One moment"}))
	require.Equal(t, "One moment", g.ann.Answer(t).Text)
}

func TestUserIDsDoNotFitThirtyTwoBits(t *testing.T) {
	t.Parallel()
	g := setup(t)
	require.Greater(t, g.ann.ID(), int64(1)<<32)

	far := g.bot.Chat(telegramtest.User{ID: 1<<52 - 1, FirstName: "Far"})
	ok[telegramtest.Message](t, g, "sendMessage", args{"chat_id": far.ID(), "text": "x"})
	require.Equal(t, "x", far.Next(t).Text)
}

func TestTokensAreChecked(t *testing.T) {
	t.Parallel()
	g := setup(t)
	for token, want := range map[string]string{
		"12:short":                      "Not Found",
		"1:" + strings.Repeat("a", 35):  "Unauthorized",
		"x" + g.bot.Token():             "Not Found",
		g.server.NewBot("gone").Token(): "",
	} {
		answer, err := http.Get(g.server.URL() + "/bot" + token + "/getMe")
		require.NoError(t, err)
		require.Equal(t, want, decode(t, answer).Description)
	}
	g.bot.Revoke()
	g.refused(t, 401, "Unauthorized", "getMe", nil)
	require.Panics(t, func() { g.server.Bot("no token") })
}

func TestUnknownMethodIsNotFound(t *testing.T) {
	t.Parallel()
	setup(t).refused(t, 404, "Not Found: method not found", "sendTelepathy", nil)
}

func TestParametersComeInEveryForm(t *testing.T) {
	t.Parallel()
	g := setup(t)
	base := g.server.URL() + "/bot" + g.bot.Token() + "/"
	form := url.Values{"chat_id": {g.chatID()}, "text": {"by form"}, "disable_notification": {"true"}}
	for name, send := range map[string]func() (*http.Response, error){
		"by form": func() (*http.Response, error) { return http.PostForm(base+"sendMessage", form) },
		"by query": func() (*http.Response, error) {
			return http.Get(base + "SENDMESSAGE?text=by+query&chat_id=" + g.chatID())
		},
		"by json ї\n\"😀": func() (*http.Response, error) {
			return http.Post(base+"sendMessage", "application/json; charset=utf-8",
				strings.NewReader(` { "chat_id" : `+g.chatID()+` , "text":"by json \u0457\n\"\ud83d\ude00", "reply_markup":null, "protect_content":true} `))
		},
	} {
		answer, err := send()
		require.NoError(t, err)
		require.True(t, decode(t, answer).OK, name)
		require.Equal(t, name, g.ann.Next(t).Text)
	}
	require.True(t, g.upload(t, "sendMessage", args{"chat_id": g.ann.ID(), "text": "by parts"}, nil).OK)
	require.Equal(t, "by parts", g.ann.Next(t).Text)

	for _, broken := range []string{`{`, `{"a":}`, `{"a":1,}`, `{"a":1}x`, `[1]`, `{"a":[1}`, `{"a":"\x"}`, `{a:1}`} {
		answer, err := http.Post(base+"getMe", "application/json", strings.NewReader(broken))
		require.NoError(t, err)
		require.Equal(t, "Bad Request: can't parse JSON object", decode(t, answer).Description, broken)
	}
}

func (g *rig) chatID() string {
	return jsonText(g.ann.ID())
}

func TestCloseEndsEveryPollerAndMayBeRepeated(t *testing.T) {
	t.Parallel()
	server, err := telegramtest.NewServer()
	require.NoError(t, err)
	bot := server.NewBot("shop_bot")
	done := make(chan error, 1)
	go func() {
		answer, err := http.Get(server.URL() + "/bot" + bot.Token() + "/getUpdates?timeout=50")
		if err == nil {
			err = answer.Body.Close()
		}
		done <- err
	}()
	require.Eventually(t, func() bool { return len(bot.Calls()) == 1 }, time.Second, time.Millisecond)
	server.Close()
	server.Close()
	select {
	case <-done:
	case <-time.After(time.Second):
		t.Fatal("the poller still waits")
	}
	_, err = http.Get(server.URL() + "/bot" + bot.Token() + "/getMe")
	require.Error(t, err)
	_, err = telegramtest.NewServer(telegramtest.Config{Addr: "127.0.0.1:-1"})
	require.ErrorContains(t, err, "listening on 127.0.0.1:-1")
}

func TestDebugTellsEveryCall(t *testing.T) {
	t.Parallel()
	lines := make(chan string, 1)
	g := setup(t, telegramtest.Config{Debug: func(format string, args ...any) { lines <- fmt.Sprintf(format, args...) }})
	g.refused(t, 400, "Bad Request: chat not found", "sendMessage", args{"chat_id": 5, "text": "secret"})
	require.Equal(t, "telegramtest: sendMessage chat 5: 400", <-lines)
}
