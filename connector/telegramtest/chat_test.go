package telegramtest_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegramtest"
)

func TestChatsThatCannotBeWrittenToAreRefused(t *testing.T) {
	t.Parallel()
	g := setup(t)
	group := g.bot.Group("Friends", telegramtest.User{})
	channel := g.bot.Channel("News", telegramtest.User{})
	gone, deleted := g.bot.Chat(telegramtest.User{}), g.bot.Chat(telegramtest.User{})
	g.ann.Block()
	group.Kick()
	channel.Kick()
	deleted.Deactivate()
	gone.Vanish()
	for _, c := range []struct {
		chat any
		code int
		want string
	}{
		{g.ann.ID(), 403, "Forbidden: bot was blocked by the user"},
		{deleted.ID(), 403, "Forbidden: user is deactivated"},
		{group.ID(), 403, "Forbidden: bot was kicked from the supergroup chat"},
		{channel.ID(), 403, "Forbidden: bot was kicked from the channel chat"},
		{gone.ID(), 400, "Bad Request: chat not found"},
		{7, 400, "Bad Request: chat not found"},
		{"@nobody", 400, "Bad Request: chat not found"},
		{"", 400, "Bad Request: chat_id is empty"},
	} {
		g.refused(t, c.code, c.want, "sendMessage", args{"chat_id": c.chat, "text": "x"})
	}
}

func TestBlockIsToldAndSendingUnblocks(t *testing.T) {
	t.Parallel()
	g := setup(t)
	g.ann.Block()
	g.ann.Send("/start")
	updates := g.fetch(t, nil)
	require.Len(t, updates, 3)
	require.Equal(t, "kicked", updates[0].Standing.New.Status)
	require.Equal(t, "kicked", updates[1].Standing.Old.Status)
	require.Equal(t, "member", updates[1].Standing.New.Status)
	require.Equal(t, g.bot.ID(), updates[1].Standing.New.User.ID)
	require.Equal(t, "/start", updates[2].Message.Text)
	g.say(t, "welcome back")
}

func TestClientSendsEveryKindOfContent(t *testing.T) {
	t.Parallel()
	g := setup(t)
	g.ann.ShareContact("")
	g.ann.SendContact(telegramtest.Contact{PhoneNumber: "+380501112233", FirstName: "Boss"})
	g.ann.SendLocation(50, 30)
	g.ann.SendPhoto("look")
	g.ann.SendVoice()
	g.ann.SendSticker("👍")
	g.ann.SendDocument("a.pdf", []byte("%PDF"), "")
	updates := g.fetch(t, nil)
	require.Equal(t, telegramtest.Contact{PhoneNumber: "+380671234567", FirstName: "Ann", UserID: g.ann.ID()}, *updates[0].Message.Contact)
	require.Zero(t, updates[1].Message.Contact.UserID)
	require.InDelta(t, 50, updates[2].Message.Location.Latitude, 0)
	require.Equal(t, "look", updates[3].Message.Caption)
	for i, want := range []string{"photo", "voice", "sticker", "document"} {
		_, kind := updates[3+i].Message.Media()
		require.Equal(t, want, kind)
	}
	require.Equal(t, "application/pdf", updates[6].Message.Document.MimeType)
}

func TestEditAndForwardOfAClient(t *testing.T) {
	t.Parallel()
	g := setup(t)
	text, photo := g.ann.Send("Ivn"), g.ann.SendPhoto("a")
	g.ann.Edit(text, "Ivan")
	g.ann.Edit(photo, "b")
	g.ann.Forward(text, telegramtest.User{FirstName: "Carl"})
	updates := g.fetch(t, nil)[2:]
	require.Equal(t, "Ivan", updates[0].Edited.Text)
	require.Equal(t, text.ID, updates[0].Edited.ID)
	require.NotZero(t, updates[0].Edited.EditDate)
	require.Equal(t, "b", updates[1].Edited.Caption)
	require.Equal(t, "Carl", updates[2].Message.ForwardOrigin.SenderUser.FirstName)
	require.Equal(t, g.ann.ID(), updates[2].Message.From.ID)
	require.Equal(t, "Ivan", g.ann.Messages()[0].Text)
}

func TestPressFindsTheNewestButtonOrAKey(t *testing.T) {
	t.Parallel()
	g := setup(t)
	old := g.say(t, "old", args{"reply_markup": inline([]args{{"text": "Yes", "callback_data": "old"}})})
	g.say(t, "new", args{"reply_markup": inline([]args{{"text": "Yes", "callback_data": "new"}, {"text": "Site", "url": "https://x.example"}})})
	g.say(t, "keys", args{"reply_markup": args{"keyboard": [][]args{{{"text": "My phone", "request_contact": true}}, {{"text": "Here", "request_location": true}}, {{"text": "Menu"}}}}})

	require.NoError(t, g.ann.Press("Yes"))
	require.NoError(t, g.ann.PressOn(old, "Yes"))
	require.NoError(t, g.ann.Press("My phone"))
	require.NoError(t, g.ann.Press("Here"))
	require.NoError(t, g.ann.Press("Menu"))
	ok[bool](t, g, "deleteMessage", args{"chat_id": g.ann.ID(), "message_id": old.ID})
	require.NoError(t, g.ann.PressOn(old, "Yes"), "an old screen can still be pressed")
	updates := g.fetch(t, nil)
	require.Equal(t, "new", updates[0].Press.Data)
	require.Equal(t, "old", updates[1].Press.Data)
	require.NotZero(t, updates[1].Press.Message.Date)
	require.Equal(t, "+380671234567", updates[2].Message.Contact.PhoneNumber)
	require.NotNil(t, updates[3].Message.Location)
	require.Equal(t, "Menu", updates[4].Message.Text)
	require.Zero(t, updates[5].Press.Message.Date, "but the bot does not see the message any more")

	require.ErrorContains(t, g.ann.Press("No"), `no button "No" to be seen; there are: Yes, Site | [keyboard] My phone, Here, Menu`)
	require.ErrorContains(t, g.ann.Press("Site"), "sends nothing to the bot")
	require.ErrorContains(t, g.ann.PressOn(old, "No"), `no button "No" under message`)
}

func TestGroupsAndChannels(t *testing.T) {
	t.Parallel()
	g := setup(t)
	group := g.bot.Group("Friends", telegramtest.User{FirstName: "Ann"})
	bob := group.As(telegramtest.User{FirstName: "Bob"})
	channel := g.bot.Channel("News", telegramtest.User{})
	group.Send("from Ann")
	bob.Send("from Bob")
	post := channel.Send("a post")
	channel.Edit(post, "a better post")
	updates := g.fetch(t, nil)
	require.Equal(t, "member", updates[0].Standing.New.Status)
	require.Equal(t, "administrator", updates[1].Standing.New.Status)
	require.Equal(t, "Ann", updates[2].Message.From.FirstName)
	require.Equal(t, "supergroup", updates[2].Message.Chat.Type)
	require.Equal(t, "Bob", updates[3].Message.From.FirstName)
	require.Less(t, updates[3].Message.Chat.ID, int64(-1_000_000_000_000))
	require.Nil(t, updates[4].Post.From)
	require.Equal(t, "News", updates[4].Post.SenderChat.Title)

	ok[telegramtest.Message](t, g, "sendMessage", args{"chat_id": group.ID(), "text": "hello all"})
	require.Equal(t, "hello all", group.Next(t).Text)
	require.Equal(t, "hello all", bob.Next(t).Text, "every member reads on their own")
	info := ok[telegramtest.ChatInfo](t, g, "getChat", args{"chat_id": channel.ID()})
	require.Equal(t, "News", info.Title)
}

func TestWaitingFailsInsteadOfHanging(t *testing.T) {
	t.Parallel()
	g := setup(t, telegramtest.Config{Patience: 30 * time.Millisecond})
	for name, wait := range map[string]func(t testing.TB){
		"Next":       func(t testing.TB) { g.ann.Next(t) },
		"NextChange": func(t testing.TB) { g.ann.NextChange(t) },
		"Until":      func(t testing.TB) { g.ann.Until(t, func(telegramtest.Message) bool { return true }) },
		"Answer":     func(t testing.TB) { g.ann.Answer(t) },
	} {
		require.True(t, fails(wait), name)
	}
	g.ann.PressData(1, "d")
	require.True(t, fails(func(t testing.TB) { g.ann.Answer(t) }))
	require.False(t, fails(func(t testing.TB) { g.ann.Quiet(t, time.Millisecond) }))
	g.say(t, "one")
	require.True(t, fails(func(t testing.TB) { g.ann.Quiet(t, time.Millisecond) }))
	g.say(t, "two")
	seen, err := g.ann.Wait(2)
	require.ErrorContains(t, err, "1 messages from the bot")
	require.Equal(t, "two", seen[0].Text)
}

// fails tells whether a test with these steps would fail.
func fails(steps func(testing.TB)) bool {
	done := make(chan bool)
	go func() {
		probe := &probe{}
		defer func() { done <- probe.failed }()
		steps(probe)
	}()
	return <-done
}

// probe is a test that only notes its failure.
type probe struct {
	testing.TB
	failed bool
}

func (p *probe) Helper() {}

func (p *probe) Fatal(...any) { p.Fatalf("") }

func (p *probe) Fatalf(string, ...any) {
	p.failed = true
	runtime.Goexit()
}

func TestWaitingEndsWithTheMessage(t *testing.T) {
	t.Parallel()
	g := setup(t)
	time.AfterFunc(20*time.Millisecond, func() { _, _ = g.try(t, "sendMessage", args{"chat_id": g.ann.ID(), "text": "late"}) })
	began := time.Now()
	require.Equal(t, "late", g.ann.Next(t).Text)
	require.Less(t, time.Since(began), time.Second)
}

func TestLongRunsForgetOldMessagesAndCalls(t *testing.T) {
	t.Parallel()
	g := setup(t, telegramtest.Config{Keep: 10, OpenChats: true})
	stranger := args{"chat_id": 77, "text": "x"}
	for range 95 {
		ok[telegramtest.Message](t, g, "sendMessage", stranger)
	}
	require.LessOrEqual(t, len(g.bot.Calls()), 20)
	chat := g.bot.Chat(telegramtest.User{ID: 77})
	require.LessOrEqual(t, len(chat.Messages()), 20)
	seen, err := chat.Wait(10)
	require.NoError(t, err)
	require.Greater(t, seen[0].ID, int64(70))
	g.bot.ForgetCalls()
	require.Empty(t, g.bot.Calls())
}
