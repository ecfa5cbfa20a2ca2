package telegramtest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegramtest"
)

func TestFaultHitsTheCallsItNames(t *testing.T) {
	t.Parallel()
	g := setup(t)
	bob := g.bot.Chat(telegramtest.User{FirstName: "Bob"})
	script := g.server.Fail(telegramtest.Fault{Method: "sendMessage", Chat: bob.ID(), After: 1, Times: 2, RetryAfter: 37})
	toBob := args{"chat_id": bob.ID(), "text": "x"}
	g.say(t, "Ann is not hit")
	ok[telegramtest.Message](t, g, "sendMessage", toBob)
	for range 2 {
		r := g.call(t, "sendMessage", toBob)
		require.Equal(t, 429, r.ErrorCode)
		require.Equal(t, "Too Many Requests: retry after 37", r.Description)
		require.Equal(t, 37, r.Parameters.RetryAfter)
	}
	ok[telegramtest.Message](t, g, "sendMessage", toBob)
	require.Equal(t, 2, script.Hits())
	require.Len(t, bob.Messages(), 2)

	statuses := []int{}
	for _, call := range g.server.Calls("sendMessage") {
		statuses = append(statuses, call.Status)
	}
	require.Equal(t, []int{200, 200, 429, 429, 200}, statuses)
}

func TestFaultAnswersWhateverItIsTold(t *testing.T) {
	t.Parallel()
	g := setup(t)
	other := *g
	other.bot = g.server.NewBot("other_bot")
	for _, c := range []struct {
		fault telegramtest.Fault
		code  int
		want  string
	}{
		{telegramtest.Fault{Status: 403, Description: "Forbidden: bot was blocked by the user"}, 403, "Forbidden: bot was blocked by the user"},
		{telegramtest.Fault{Status: 502}, 502, "Bad Gateway"},
		{telegramtest.Fault{Status: 400, Description: "Bad Request: group chat was upgraded to a supergroup chat", MigrateTo: -100777}, 400, "Bad Request: group chat was upgraded to a supergroup chat"},
	} {
		script := g.bot.Fail(c.fault)
		r := g.call(t, "getMe", nil)
		require.Equal(t, c.code, r.ErrorCode)
		require.Equal(t, c.want, r.Description)
		require.Equal(t, c.fault.MigrateTo, r.Parameters.MigrateTo)
		require.Empty(t, g.fetch(t, nil), "a fault without a method leaves getUpdates alone")
		require.True(t, other.call(t, "getMe", nil).OK, "and other bots")
		script.Stop()
		require.True(t, g.call(t, "getMe", nil).OK)
	}
}

func TestFaultCanAnswerAPageInsteadOfJSON(t *testing.T) {
	t.Parallel()
	g := setup(t)
	g.server.Fail(telegramtest.Fault{Method: "sendMessage", Status: 502, Body: "<html>nginx</html>", TakesEffect: true})
	answer, err := http.Get(g.server.URL() + "/bot" + g.bot.Token() + "/sendMessage?text=x&chat_id=" + g.chatID())
	require.NoError(t, err)
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, 502, answer.StatusCode)
	require.Equal(t, "<html>nginx</html>", string(body))
	require.Equal(t, "x", g.ann.Next(t).Text, "and do what was asked all the same")
}

func TestConnectionIsDroppedBeforeOrAfterTheEffect(t *testing.T) {
	t.Parallel()
	g := setup(t)
	for drop, want := range map[telegramtest.Drop]int{telegramtest.DropBefore: 0, telegramtest.DropAfter: 1} {
		script := g.server.Fail(telegramtest.Fault{Drop: drop, Times: 1})
		before := len(g.ann.Messages())
		_, err := g.try(t, "sendMessage", args{"chat_id": g.ann.ID(), "text": "x"})
		require.Error(t, err)
		require.Len(t, g.ann.Messages(), before+want)
		require.Equal(t, 1, script.Hits())
		calls := g.bot.Calls("sendMessage")
		require.Zero(t, calls[len(calls)-1].Status)
	}
	g.server.Fail(telegramtest.Fault{Drop: telegramtest.DropAfter})
	g.refused(t, 400, "Bad Request: message text is empty", "sendMessage", args{"chat_id": g.ann.ID()})
}

func TestFaultDelaysACall(t *testing.T) {
	t.Parallel()
	g := setup(t)
	g.server.Fail(telegramtest.Fault{Method: "sendmessage", Delay: 100 * time.Millisecond})
	began := time.Now()
	g.say(t, "x")
	require.GreaterOrEqual(t, time.Since(began), 100*time.Millisecond)
}

func TestDownloadsCanFailToo(t *testing.T) {
	t.Parallel()
	g := setup(t)
	id := g.ann.SendDocument("a.txt", []byte("a"), "").Document.FileID
	path := ok[map[string]any](t, g, "getFile", args{"file_id": id})["file_path"].(string)
	g.server.Fail(telegramtest.Fault{Method: "download", Status: 500, Times: 1})
	g.server.Fail(telegramtest.Fault{Method: "download", Drop: telegramtest.DropBefore, Times: 1})
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // else Go asks again by itself
	fetch := func() (*http.Response, error) {
		return client.Get(g.server.URL() + "/file/bot" + g.bot.Token() + "/" + path)
	}
	answer, err := fetch()
	require.NoError(t, err)
	require.Equal(t, 500, decode(t, answer).ErrorCode)
	_, err = fetch()
	require.Error(t, err)
	answer, err = fetch()
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, 200, answer.StatusCode)
}

func TestPaceOfAChatIsLimited(t *testing.T) {
	t.Parallel()
	g := setup(t, telegramtest.Config{Pace: telegramtest.TelegramPace()})
	for range 3 {
		g.say(t, "x")
	}
	r := g.call(t, "sendMessage", args{"chat_id": g.ann.ID(), "text": "x"})
	require.Equal(t, 429, r.ErrorCode)
	require.Equal(t, 1, r.Parameters.RetryAfter)
	bob := g.bot.Chat(telegramtest.User{})
	ok[telegramtest.Message](t, g, "sendMessage", args{"chat_id": bob.ID(), "text": "others go on"})
	g.server.Advance(500 * time.Millisecond)
	require.Equal(t, 429, g.call(t, "sendMessage", args{"chat_id": g.ann.ID(), "text": "x"}).ErrorCode, "before its time")
	g.server.Advance(600 * time.Millisecond)
	g.say(t, "x")
	require.Equal(t, 429, g.call(t, "sendMessage", args{"chat_id": g.ann.ID(), "text": "x"}).ErrorCode)
	require.Len(t, g.ann.Messages(), 4)
}

func TestPaceOfGroupsAndOfTheWholeBotIsLimited(t *testing.T) {
	t.Parallel()
	every := time.Minute
	g := setup(t, telegramtest.Config{Pace: telegramtest.Pace{
		Bot: telegramtest.Rate{Every: every, Burst: 5}, Group: telegramtest.Rate{Every: every, Burst: 2},
	}})
	group := g.bot.Group("G", telegramtest.User{})
	toGroup := args{"chat_id": group.ID(), "text": "x"}
	for range 2 {
		ok[telegramtest.Message](t, g, "sendMessage", toGroup)
	}
	require.InDelta(t, 60, g.call(t, "sendMessage", toGroup).Parameters.RetryAfter, 1)
	edit := g.say(t, "x")
	g.say(t, "x")
	ok[telegramtest.Message](t, g, "editMessageText", args{"chat_id": g.ann.ID(), "message_id": edit.ID, "text": "y"})
	require.Equal(t, 429, g.call(t, "sendMessage", args{"chat_id": g.ann.ID(), "text": "x"}).ErrorCode, "edits count too")
	require.True(t, g.call(t, "getMe", nil).OK, "what sends nothing does not")
}

func TestCallsAreRecordedWithTimeAndParameters(t *testing.T) {
	t.Parallel()
	g := setup(t)
	before := g.server.Now()
	g.say(t, "one", args{"reply_markup": inline([]args{{"text": "x", "callback_data": "x"}})})
	g.upload(t, "sendDocument", args{"chat_id": g.ann.ID()}, map[string]file{"document": {"a.pdf", []byte("%PDF")}})
	_, _ = http.Get(g.server.URL() + "/bot1:" + strings.Repeat("a", 35) + "/getMe")
	calls := g.server.Calls()
	require.Len(t, calls, 3)
	require.Equal(t, "one", calls[0].Arg("text"))
	require.JSONEq(t, `{"inline_keyboard":[[{"text":"x","callback_data":"x"}]]}`, calls[0].Arg("reply_markup"))
	require.Equal(t, g.ann.ID(), calls[0].Chat)
	require.Equal(t, g.bot, calls[0].Bot)
	require.WithinRange(t, calls[0].At, before, calls[1].At)
	require.Equal(t, []byte("%PDF"), calls[1].Uploads()["document"].Data)
	require.Equal(t, 401, calls[2].Status)
	require.Nil(t, calls[2].Bot)
	require.Len(t, g.server.Calls("sendDocument", "getMe"), 2)
}
