package telegramtest_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/mymmrac/telego"
	"github.com/mymmrac/telego/telegoapi"
	"github.com/mymmrac/telego/telegoutil"
	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegramtest"
)

// The library that krok uses must find everything where it expects it.
func TestTelegoUnderstandsTheServer(t *testing.T) {
	t.Parallel()
	g := setup(t)
	ctx := t.Context()
	bot, err := telego.NewBot(g.bot.Token(), telego.WithAPIServer(g.server.URL()), telego.WithHTTPClient(http.DefaultClient), telego.WithDiscardLogger())
	require.NoError(t, err)
	me, err := bot.GetMe(ctx)
	require.NoError(t, err)
	require.Equal(t, "shop_bot", me.Username)

	g.ann.Forward(g.ann.SendPhoto("look"), telegramtest.User{FirstName: "Carl"})
	g.ann.PressData(99, "gone")
	g.ann.Block()
	g.ann.ShareContact("")
	updates, err := bot.GetUpdates(ctx, &telego.GetUpdatesParams{Limit: 100, AllowedUpdates: []string{"message", "callback_query", "my_chat_member"}})
	require.NoError(t, err)
	require.Len(t, updates, 6)
	require.Len(t, updates[0].Message.Photo, 2)
	require.Equal(t, "user", updates[1].Message.ForwardOrigin.OriginType())
	require.False(t, updates[2].CallbackQuery.Message.IsAccessible())
	require.Equal(t, "kicked", updates[3].MyChatMember.NewChatMember.MemberStatus())
	require.Equal(t, g.ann.ID(), updates[5].Message.Contact.UserID)

	text, entities := telegoutil.MessageEntities(telegoutil.Entity("Hello ").Bold(), telegoutil.Entity("site").TextLink("https://x.example"))
	sent, err := bot.SendMessage(ctx, telegoutil.Message(telegoutil.ID(g.ann.ID()), text).WithEntities(entities...).WithReplyMarkup(
		telegoutil.InlineKeyboard(telegoutil.InlineKeyboardRow(telegoutil.InlineKeyboardButton("Yes").WithCallbackData("y")))))
	require.NoError(t, err)
	require.Equal(t, "y", sent.ReplyMarkup.InlineKeyboard[0][0].CallbackData)
	require.Equal(t, []string{"site"}, g.ann.Next(t).Marked("text_link"))

	_, err = bot.SendPhoto(ctx, telegoutil.Photo(telegoutil.ID(g.ann.ID()), telegoutil.FileFromBytes(telegramtest.PNG(10, 10), "a.png")).WithCaption("c"))
	require.NoError(t, err)
	album, err := bot.SendMediaGroup(ctx, telegoutil.MediaGroup(telegoutil.ID(g.ann.ID()),
		telegoutil.MediaPhoto(telegoutil.FileFromBytes(telegramtest.PNG(10, 10), "a.png")),
		telegoutil.MediaVideo(telegoutil.FileFromBytes([]byte("v"), "b.mp4"))))
	require.NoError(t, err)
	require.Len(t, album, 2)
	require.NoError(t, bot.SetMyCommands(ctx, &telego.SetMyCommandsParams{
		Commands: []telego.BotCommand{{Command: "start", Description: "Begin"}}, Scope: telegoutil.ScopeAllPrivateChats(), LanguageCode: "uk",
	}))
	require.Equal(t, "start", g.ann.Commands()[0].Command)

	file, err := bot.GetFile(ctx, &telego.GetFileParams{FileID: updates[0].Message.Photo[1].FileID})
	require.NoError(t, err)
	data, err := telegoutil.DownloadFile(bot.FileDownloadURL(file.FilePath))
	require.NoError(t, err)
	require.Equal(t, telegramtest.PNG(640, 480), data)

	g.ann.Block()
	_, err = bot.SendMessage(ctx, telegoutil.Message(telegoutil.ID(g.ann.ID()), "x"))
	refused := new(telegoapi.Error)
	require.True(t, errors.As(err, &refused))
	require.Equal(t, "Forbidden: bot was blocked by the user", refused.Description)
	g.server.Fail(telegramtest.Fault{Method: "sendMessage", RetryAfter: 5})
	_, err = bot.SendMessage(ctx, telegoutil.Message(telegoutil.ID(g.ann.ID()), "x"))
	require.True(t, errors.As(err, &refused))
	require.Equal(t, 5*time.Second, time.Duration(refused.Parameters.RetryAfter)*time.Second)
}
