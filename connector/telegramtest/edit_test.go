package telegramtest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegramtest"
)

const notModified = "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"

func TestEditChangesTheMessageInItsPlace(t *testing.T) {
	t.Parallel()
	g := setup(t)
	keyboard := inline([]args{{"text": "x", "callback_data": "x"}})
	m := g.say(t, "first", args{"reply_markup": keyboard})
	g.ann.ReadAll()
	edited := ok[telegramtest.Message](t, g, "editMessageText", args{"chat_id": g.ann.ID(), "message_id": m.ID, "text": "second"})
	require.Equal(t, "second", edited.Text)
	require.NotZero(t, edited.EditDate)
	require.Nil(t, edited.ReplyMarkup, "an edit without buttons takes them away")
	change := g.ann.NextChange(t)
	require.Equal(t, telegramtest.Edited, change.Kind)
	require.Equal(t, m.ID, change.Message.ID)
	now, found := g.ann.Message(m.ID)
	require.True(t, found)
	require.Equal(t, "second", now.Text)

	ok[telegramtest.Message](t, g, "editMessageReplyMarkup", args{"chat_id": g.ann.ID(), "message_id": m.ID, "reply_markup": keyboard})
	require.Equal(t, [][]string{{"x"}}, g.ann.Until(t, func(m telegramtest.Message) bool { return m.ReplyMarkup != nil }).Buttons())
	require.Equal(t, "second", g.ann.Messages()[0].Text)
}

func TestEditThatChangesNothingIsRefused(t *testing.T) {
	t.Parallel()
	g := setup(t)
	keyboard := inline([]args{{"text": "x", "callback_data": "x"}})
	m := g.say(t, "<b>x</b>", args{"parse_mode": "HTML", "reply_markup": keyboard})
	a := args{"chat_id": g.ann.ID(), "message_id": m.ID, "reply_markup": keyboard}
	g.refused(t, 400, notModified, "editMessageReplyMarkup", a)
	a["text"], a["entities"] = "x ", []args{{"type": "bold", "offset": 0, "length": 1}}
	g.refused(t, 400, notModified, "editMessageText", a)
	delete(a, "entities")
	ok[telegramtest.Message](t, g, "editMessageText", a)
}

func TestEditsThatTelegramDoesNotAllowAreRefused(t *testing.T) {
	t.Parallel()
	g := setup(t)
	own := g.say(t, "own")
	keyed := g.say(t, "keyed", args{"reply_markup": args{"keyboard": [][]string{{"A"}}}})
	theirs := g.ann.Send("theirs")
	photo := message(t, g.upload(t, "sendPhoto", args{"chat_id": g.ann.ID()}, map[string]file{"photo": {"a.png", telegramtest.PNG(9, 9)}}))
	for name, c := range map[string]struct {
		method string
		id     int64
		more   args
		want   string
	}{
		"another's message":      {"editMessageText", theirs.ID, args{"text": "x"}, "message can't be edited"},
		"no such message":        {"editMessageText", 999, args{"text": "x"}, "message to edit not found"},
		"no id":                  {"editMessageText", 0, args{"text": "x"}, "message identifier is not specified"},
		"text of a photo":        {"editMessageText", photo.ID, args{"text": "x"}, "there is no text in the message to edit"},
		"caption of a text":      {"editMessageCaption", own.ID, args{"caption": "x"}, "there is no caption in the message to edit"},
		"long caption":           {"editMessageCaption", photo.ID, args{"caption": strings.Repeat("x", 1025)}, "message caption is too long"},
		"long text":              {"editMessageText", own.ID, args{"text": strings.Repeat("x", 4097)}, "message is too long"},
		"empty text":             {"editMessageText", own.ID, args{"text": ""}, "message text is empty"},
		"keyboard below input":   {"editMessageText", own.ID, args{"text": "x", "reply_markup": args{"keyboard": [][]string{{"A"}}}}, "inline keyboard expected"},
		"came with such":         {"editMessageText", keyed.ID, args{"text": "x"}, "message can't be edited"},
		"bad data":               {"editMessageReplyMarkup", own.ID, args{"reply_markup": inline([]args{{"text": "x", "callback_data": strings.Repeat("x", 65)}})}, "BUTTON_DATA_INVALID"},
		"no data":                {"editMessageReplyMarkup", own.ID, args{"reply_markup": inline([]args{{"text": "x", "callback_data": ""}})}, "BUTTON_DATA_INVALID"},
		"101 buttons":            {"editMessageReplyMarkup", own.ID, args{"reply_markup": inline(buttons(101, "x"))}, "reply markup is too long"},
		"10 kB of buttons":       {"editMessageReplyMarkup", own.ID, args{"reply_markup": inline(buttons(100, strings.Repeat("x", 80)))}, "reply markup is too long"},
		"another's buttons":      {"editMessageReplyMarkup", theirs.ID, args{"reply_markup": inline(buttons(1, "x"))}, "message can't be edited"},
		"buttons of nothing":     {"editMessageReplyMarkup", 999, args{"reply_markup": inline(buttons(1, "x"))}, "message to edit not found"},
		"nothing to take away":   {"editMessageReplyMarkup", own.ID, nil, strings.TrimPrefix(notModified, "Bad Request: ")},
		"delete no such message": {"deleteMessage", 999, nil, "message to delete not found"},
		"delete without id":      {"deleteMessage", 0, nil, "message identifier is not specified"},
	} {
		t.Run(name, func(t *testing.T) {
			a := args{"chat_id": g.ann.ID(), "message_id": c.id}
			for name, value := range c.more {
				a[name] = value
			}
			g.refused(t, 400, "Bad Request: "+c.want, c.method, a)
		})
	}
	ok[telegramtest.Message](t, g, "editMessageCaption", args{"chat_id": g.ann.ID(), "message_id": photo.ID, "caption": "now"})
	now, _ := g.ann.Message(photo.ID)
	require.Equal(t, "now", now.Words())
}

// buttons are so many with labels that begin alike.
func buttons(n int, label string) []args {
	all := make([]args, n)
	for i := range all {
		all[i] = args{"text": label, "callback_data": "x"}
	}
	return all
}

func TestAPressOnEditedButtonsNamesTheirMessage(t *testing.T) {
	t.Parallel()
	g := setup(t)
	m := g.say(t, "list", args{"reply_markup": inline(buttons(2, "first"))})
	g.say(t, "later")
	ok[telegramtest.Message](t, g, "editMessageReplyMarkup", args{"chat_id": g.ann.ID(), "message_id": m.ID, "reply_markup": inline(buttons(100, "second"))})
	require.ErrorContains(t, g.ann.Press("first"), "no button")
	require.NoError(t, g.ann.Press("second"))
	updates := g.fetch(t, args{"offset": -1})
	require.Equal(t, m.ID, updates[0].Press.Message.ID)
}

func TestMessagesAreDeletedForTwoDays(t *testing.T) {
	t.Parallel()
	g := setup(t)
	m, theirs, old := g.say(t, "m"), g.ann.Send("theirs"), g.say(t, "old")
	for _, id := range []int64{m.ID, theirs.ID} {
		require.True(t, ok[bool](t, g, "deleteMessage", args{"chat_id": g.ann.ID(), "message_id": id}))
	}
	require.Len(t, g.ann.Messages(), 1)
	g.server.Advance(48*time.Hour + 2*time.Second)
	g.refused(t, 400, "Bad Request: message can't be deleted for everyone", "deleteMessage", args{"chat_id": g.ann.ID(), "message_id": old.ID})
	kinds := []telegramtest.ChangeKind{}
	for range 4 {
		kinds = append(kinds, g.ann.NextChange(t).Kind)
	}
	require.Equal(t, []telegramtest.ChangeKind{telegramtest.Sent, telegramtest.Sent, telegramtest.Deleted, telegramtest.Deleted}, kinds)
}

func TestPressIsAnsweredOnceAndInTime(t *testing.T) {
	t.Parallel()
	g := setup(t)
	press := func() string {
		g.ann.PressData(1, "d")
		all := g.fetch(t, args{"offset": -1})
		return all[0].Press.ID
	}
	id := press()
	_, answered := g.ann.Answered()
	require.False(t, answered)
	g.server.Advance(2 * time.Second)
	require.True(t, ok[bool](t, g, "answerCallbackQuery", args{"callback_query_id": id, "text": strings.Repeat("ї", 200), "show_alert": true}))
	answer := g.ann.Answer(t)
	require.True(t, answer.Alert)
	require.InDelta(t, 2, answer.After.Seconds(), 0.5)

	const tooOld = "Bad Request: query is too old and response timeout expired or query ID is invalid"
	g.refused(t, 400, tooOld, "answerCallbackQuery", args{"callback_query_id": id})
	g.refused(t, 400, tooOld, "answerCallbackQuery", args{"callback_query_id": "7"})
	late := press()
	g.server.Advance(16 * time.Second)
	g.refused(t, 400, tooOld, "answerCallbackQuery", args{"callback_query_id": late})
	g.refused(t, 400, "Bad Request: MESSAGE_TOO_LONG", "answerCallbackQuery", args{"callback_query_id": press(), "text": strings.Repeat("x", 201)})
}

func TestChatActionMustBeKnown(t *testing.T) {
	t.Parallel()
	g := setup(t)
	g.refused(t, 400, "Bad Request: wrong parameter action in request", "sendChatAction", args{"chat_id": g.ann.ID(), "action": "thinking"})
	g.refused(t, 400, "Bad Request: chat not found", "sendChatAction", args{"chat_id": 5, "action": "typing"})
	require.True(t, ok[bool](t, g, "sendChatAction", args{"chat_id": g.ann.ID(), "action": "typing"}))
	require.Equal(t, "typing", g.bot.Calls("sendChatAction")[2].Arg("action"))
}

func TestCommandsAreCheckedAndKeptByScopeAndLanguage(t *testing.T) {
	t.Parallel()
	g := setup(t)
	list := func(command, description string) []args {
		return []args{{"command": command, "description": description}}
	}
	for name, c := range map[string]struct {
		args args
		want string
	}{
		"capitals":         {args{"commands": list("Start", "x")}, "BOT_COMMAND_INVALID"},
		"33 letters":       {args{"commands": list(strings.Repeat("a", 33), "x")}, "BOT_COMMAND_INVALID"},
		"empty":            {args{"commands": list("", "x")}, "BOT_COMMAND_INVALID"},
		"Cyrillic":         {args{"commands": list("меню", "x")}, "BOT_COMMAND_INVALID"},
		"no description":   {args{"commands": list("a", " ")}, "BOT_COMMAND_DESCRIPTION_INVALID"},
		"257 letters":      {args{"commands": list("a", strings.Repeat("ї", 257))}, "BOT_COMMAND_DESCRIPTION_INVALID"},
		"101 commands":     {args{"commands": make([]args, 101)}, "BOT_COMMANDS_TOO_MUCH"},
		"unknown language": {args{"commands": list("a", "x"), "language_code": "ukr"}, "invalid language code specified"},
		"unknown scope":    {args{"commands": list("a", "x"), "scope": args{"type": "moon"}}, "can't parse BotCommandScope: Unsupported type specified"},
		"unknown chat":     {args{"commands": list("a", "x"), "scope": args{"type": "chat", "chat_id": 5}}, "chat not found"},
		"no JSON":          {args{"commands": "{"}, "can't parse commands JSON object"},
	} {
		t.Run(name, func(t *testing.T) { g.refused(t, 400, "Bad Request: "+c.want, "setMyCommands", c.args) })
	}
	set := func(name string, more args) {
		a := args{"commands": list(name, strings.Repeat("ї", 256))}
		for name, value := range more {
			a[name] = value
		}
		require.True(t, ok[bool](t, g, "setMyCommands", a))
		require.Equal(t, name, g.ann.Commands()[0].Command)
	}
	require.Empty(t, g.ann.Commands())
	set("default_any", nil)
	set("default_uk", args{"language_code": "uk"})
	set("private_any", args{"scope": args{"type": "all_private_chats"}})
	set("chat_any", args{"scope": args{"type": "chat", "chat_id": g.ann.ID()}})
	set("chat_uk", args{"scope": args{"type": "chat", "chat_id": g.ann.ID()}, "language_code": "uk"})
	set("member", args{"scope": args{"type": "chat_member", "chat_id": g.ann.ID(), "user_id": g.ann.ID()}})

	bob := g.bot.Chat(telegramtest.User{FirstName: "Bob", LanguageCode: "en-GB"})
	require.Equal(t, "private_any", bob.Commands()[0].Command)
	got := ok[[]telegramtest.Command](t, g, "getMyCommands", args{"language_code": "uk"})
	require.Equal(t, "default_uk", got[0].Command)
	require.True(t, ok[bool](t, g, "deleteMyCommands", args{"language_code": "uk"}))
	require.Empty(t, ok[[]telegramtest.Command](t, g, "getMyCommands", args{"language_code": "uk"}))
	require.Equal(t, "default_any", g.bot.Group("G", telegramtest.User{}).Commands()[0].Command)
}
