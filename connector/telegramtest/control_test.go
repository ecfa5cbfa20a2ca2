package telegramtest_test

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegramtest"
)

// post gives an order to the server as another process does.
func (g *rig) post(t *testing.T, path string, a args) reply {
	t.Helper()
	a["token"] = g.bot.Token()
	answer, err := http.Post(g.server.URL()+"/test/"+path, "application/json", bytes.NewReader([]byte(jsonText(a))))
	require.NoError(t, err)
	return decode(t, answer)
}

func TestAnotherProcessPlaysTheClient(t *testing.T) {
	t.Parallel()
	g := setup(t)
	eve := args{"id": 6_000_000_001, "first_name": "Eve", "language_code": "uk"}
	require.True(t, g.post(t, "send", args{"user": eve, "text": "/start"}).OK)
	update := g.fetch(t, nil)[0]
	require.Equal(t, "uk", update.Message.From.LanguageCode)
	ok[telegramtest.Message](t, g, "sendMessage", args{"chat_id": 6_000_000_001, "text": "hi", "reply_markup": args{"keyboard": [][]string{{"Menu"}}}})
	require.Equal(t, `Bad Request: no button "No" to be seen; there are: [keyboard] Menu`, g.post(t, "press", args{"user": eve, "label": "No"}).Description)
	require.True(t, g.post(t, "press", args{"user": eve, "label": "Menu"}).OK)
	require.True(t, g.post(t, "update", args{"kind": "poll", "payload": args{"id": "1"}}).OK)
	require.Equal(t, "Bad Request: payload must be JSON", g.post(t, "update", args{"kind": "poll"}).Description)
	require.Len(t, g.fetch(t, args{"offset": update.ID + 1}), 2)

	answer, err := http.Get(g.server.URL() + "/test/messages?chat=6000000001&token=" + g.bot.Token())
	require.NoError(t, err)
	view := decodeAs[struct {
		Messages []telegramtest.Message
		Keyboard args
	}](t, decode(t, answer))
	require.Len(t, view.Messages, 3)
	require.Equal(t, "hi", view.Messages[1].Text)
	require.NotNil(t, view.Keyboard["keyboard"])

	answer, err = http.Get(g.server.URL() + "/test/calls?method=sendMessage&token=" + g.bot.Token())
	require.NoError(t, err)
	calls := decodeAs[[]map[string]any](t, decode(t, answer))
	require.Equal(t, "hi", calls[0]["args"].(map[string]any)["text"])

	before := g.server.Now()
	require.True(t, g.post(t, "advance", args{"seconds": 60}).OK)
	require.GreaterOrEqual(t, g.server.Now().Sub(before), time.Minute)
	require.Equal(t, g.bot.Username(), decodeAs[telegramtest.User](t, g.post(t, "bots", args{})).Username)
	require.Equal(t, "Not Found", g.post(t, "nothing", args{}).Description)
}

func TestOrdersThatMakeNoSenseAreRefused(t *testing.T) {
	t.Parallel()
	g := setup(t)
	answer, err := http.Get(g.server.URL() + "/test/messages?token=x")
	require.NoError(t, err)
	require.Equal(t, "Bad Request: token must be of the form 123:35-letters", decode(t, answer).Description)
	answer, err = http.Post(g.server.URL()+"/test/send", "application/json", bytes.NewReader([]byte("{")))
	require.NoError(t, err)
	require.Equal(t, "Bad Request: unexpected EOF", decode(t, answer).Description)
	answer, err = http.Get(g.server.URL() + "/elsewhere")
	require.NoError(t, err)
	require.Equal(t, "Not Found", decode(t, answer).Description)
}
