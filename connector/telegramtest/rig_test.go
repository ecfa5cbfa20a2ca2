package telegramtest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegramtest"
)

// args are the parameters of a call.
type args map[string]any

// reply is an answer of the Bot API.
type reply struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	ErrorCode   int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int   `json:"retry_after"`
		MigrateTo  int64 `json:"migrate_to_chat_id"`
	} `json:"parameters"`
}

// rig is a server with one bot and one client, and the bot's program.
type rig struct {
	server *telegramtest.Server
	bot    *telegramtest.Bot
	ann    *telegramtest.Chat
}

func setup(t *testing.T, config ...telegramtest.Config) *rig {
	server := telegramtest.New(t, config...)
	bot := server.NewBot("shop_bot")
	return &rig{server: server, bot: bot, ann: bot.Chat(telegramtest.User{FirstName: "Ann", LanguageCode: "uk", Phone: "+380671234567"})}
}

// try calls a method with JSON.
func (g *rig) try(t *testing.T, method string, a args) (reply, error) {
	t.Helper()
	if a == nil {
		a = args{}
	}
	body, err := json.Marshal(a)
	require.NoError(t, err)
	answer, err := http.Post(g.server.URL()+"/bot"+g.bot.Token()+"/"+method, "application/json", bytes.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	return decode(t, answer), nil
}

func decode(t *testing.T, answer *http.Response) reply {
	t.Helper()
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	var r reply
	require.NoError(t, json.Unmarshal(body, &r), string(body))
	if !r.OK {
		require.Equal(t, answer.StatusCode, r.ErrorCode, "the HTTP status is the error code")
	}
	return r
}

func (g *rig) call(t *testing.T, method string, a args) reply {
	t.Helper()
	r, err := g.try(t, method, a)
	require.NoError(t, err)
	return r
}

// ok calls a method that must work and decodes its result.
func ok[T any](t *testing.T, g *rig, method string, a args) T {
	t.Helper()
	r := g.call(t, method, a)
	require.True(t, r.OK, r.Description)
	var result T
	require.NoError(t, json.Unmarshal(r.Result, &result))
	return result
}

// refused calls a method that must be refused with that text.
func (g *rig) refused(t *testing.T, code int, description, method string, a args) {
	t.Helper()
	r := g.call(t, method, a)
	require.False(t, r.OK, "%s was not refused", method)
	require.Equal(t, description, r.Description)
	require.Equal(t, code, r.ErrorCode)
}

// say sends a text to Ann.
func (g *rig) say(t *testing.T, text string, more ...args) telegramtest.Message {
	t.Helper()
	a := args{"chat_id": g.ann.ID(), "text": text}
	for _, m := range more {
		for name, value := range m {
			a[name] = value
		}
	}
	return ok[telegramtest.Message](t, g, "sendMessage", a)
}

// upload calls a method with multipart/form-data; files are part name → (file name, data).
func (g *rig) upload(t *testing.T, method string, a args, files map[string]file) reply {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range a {
		text, isText := value.(string)
		if !isText {
			encoded, err := json.Marshal(value)
			require.NoError(t, err)
			text = string(encoded)
		}
		require.NoError(t, form.WriteField(name, text))
	}
	for name, f := range files {
		part, err := form.CreateFormFile(name, f.name)
		require.NoError(t, err)
		_, err = part.Write(f.data)
		require.NoError(t, err)
	}
	require.NoError(t, form.Close())
	answer, err := http.Post(g.server.URL()+"/bot"+g.bot.Token()+"/"+method, form.FormDataContentType(), &body)
	require.NoError(t, err)
	return decode(t, answer)
}

type file struct {
	name string
	data []byte
}

// incoming is an update as the bot gets it.
type incoming struct {
	ID       int64                           `json:"update_id"`
	Message  *telegramtest.Message           `json:"message"`
	Edited   *telegramtest.Message           `json:"edited_message"`
	Post     *telegramtest.Message           `json:"channel_post"`
	Press    *telegramtest.CallbackQuery     `json:"callback_query"`
	Standing *telegramtest.ChatMemberUpdated `json:"my_chat_member"`
}

// fetch is getUpdates.
func (g *rig) fetch(t *testing.T, a args) []incoming {
	t.Helper()
	return ok[[]incoming](t, g, "getUpdates", a)
}

func jsonText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// decodeAs decodes the result of an answer.
func decodeAs[T any](t *testing.T, r reply) T {
	t.Helper()
	var result T
	require.NoError(t, json.Unmarshal(r.Result, &result))
	return result
}
