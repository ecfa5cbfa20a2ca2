package telegramtest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegramtest"
)

func inline(rows ...[]args) args { return args{"inline_keyboard": rows} }

func TestBadKeyboardsAreRefused(t *testing.T) {
	t.Parallel()
	g := setup(t)
	button := func(a args) args { return inline([]args{a}) }
	many := make([][]args, 101)
	for i := range many {
		many[i] = []args{{"text": "x", "callback_data": "x"}}
	}
	wide := make([][]args, 99)
	for i := range wide {
		wide[i] = []args{{"text": strings.Repeat("ї", 60), "callback_data": fmt.Sprint(i)}}
	}
	for name, c := range map[string]struct {
		markup any
		want   string
	}{
		"65 bytes of data":        {button(args{"text": "x", "callback_data": strings.Repeat("ї", 32) + "x"}), "BUTTON_DATA_INVALID"},
		"empty data":              {button(args{"text": "x", "callback_data": ""}), "BUTTON_DATA_INVALID"},
		"101 buttons":             {inline(many...), "reply markup is too long"},
		"more than 10 kB":         {inline(wide...), "reply markup is too long"},
		"empty label":             {button(args{"text": "", "callback_data": "x"}), "inline keyboard button text must be non-empty"},
		"blank label":             {button(args{"text": " ", "callback_data": "x"}), "inline keyboard button text must be non-empty"},
		"no label":                {button(args{"callback_data": "x"}), `can't parse inline keyboard button: Can't find field "text"`},
		"label no text":           {button(args{"text": 7, "callback_data": "x"}), `can't parse inline keyboard button: Field "text" must be of type String`},
		"no kind":                 {button(args{"text": "x"}), "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"},
		"host without a dot":      {button(args{"text": "x", "url": "http://localhost:8069/"}), "inline keyboard button URL 'http://localhost:8069/' is invalid: Wrong HTTP URL"},
		"no URL at all":           {button(args{"text": "x", "url": "call us"}), "inline keyboard button URL 'call us' is invalid: Wrong HTTP URL"},
		"another protocol":        {button(args{"text": "x", "url": "ftp://x.example"}), "inline keyboard button URL 'ftp://x.example' is invalid: Unsupported URL protocol"},
		"nothing to copy":         {button(args{"text": "x", "copy_text": args{"text": ""}}), "BUTTON_COPY_TEXT_INVALID"},
		"257 letters to copy":     {button(args{"text": "x", "copy_text": args{"text": strings.Repeat("ї", 257)}}), "BUTTON_COPY_TEXT_INVALID"},
		"rows no array":           {args{"inline_keyboard": "x"}, `field "inline_keyboard" of the InlineKeyboardMarkup must be an Array`},
		"row no array":            {args{"inline_keyboard": []string{"x"}}, `field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays`},
		"button no object":        {args{"inline_keyboard": [][]string{{"x"}}}, "can't parse inline keyboard button: InlineKeyboardButton must be an Object"},
		"keyboard no array":       {args{"keyboard": 1}, `field "keyboard" of the ReplyKeyboardMarkup must be an Array`},
		"keyboard row no array":   {args{"keyboard": []int{1}}, `field "keyboard" of the ReplyKeyboardMarkup must be an Array of Arrays`},
		"key no object":           {args{"keyboard": [][]int{{1}}}, "can't parse keyboard button: KeyboardButton must be a String or an Object"},
		"empty key":               {args{"keyboard": [][]string{{""}}}, "keyboard button text must be non-empty"},
		"flag no flag":            {args{"keyboard": [][]string{{"x"}}, "resize_keyboard": "yes"}, `field "resize_keyboard" of the ReplyKeyboardMarkup must be of the type Boolean`},
		"no object":               {[]int{}, "object expected as reply markup"},
		"no JSON":                 {"{", "can't parse reply keyboard markup JSON object"},
		"placeholder of a number": {args{"keyboard": [][]string{{"x"}}, "input_field_placeholder": 1}, "can't parse reply keyboard markup JSON object"},
	} {
		t.Run(name, func(t *testing.T) {
			g.refused(t, 400, "Bad Request: "+c.want, "sendMessage", args{"chat_id": g.ann.ID(), "text": "x", "reply_markup": c.markup})
		})
	}
	require.Empty(t, g.ann.Messages())
}

func TestKeyboardsUpToTheLimitPass(t *testing.T) {
	t.Parallel()
	g := setup(t)
	hundred := make([][]args, 25)
	for i := range hundred {
		for range 4 {
			hundred[i] = append(hundred[i], args{"text": "x", "callback_data": "d"})
		}
	}
	g.say(t, "x", args{"reply_markup": inline(hundred...)})
	require.Len(t, g.ann.Next(t).Buttons(), 25)
	g.say(t, "x", args{"reply_markup": inline(
		[]args{{"text": "data", "callback_data": strings.Repeat("ї", 32)}, {"text": "link", "url": "shop.example"}},
		[]args{},
		[]args{{"text": "copy", "copy_text": args{"text": strings.Repeat("ї", 256)}}, {"text": "who", "url": "tg://user?id=5"}},
	)})
	require.Equal(t, [][]string{{"data", "link"}, {"copy", "who"}}, g.ann.Next(t).Buttons())
}

func TestContactIsAskedInPrivateChatsOnly(t *testing.T) {
	t.Parallel()
	g := setup(t)
	group := g.bot.Group("Friends", telegramtest.User{FirstName: "Ann"})
	for field, want := range map[string]string{
		"request_contact":  "phone number can be requested in private chats only",
		"request_location": "location can be requested in private chats only",
	} {
		g.refused(t, 400, "Bad Request: "+want, "sendMessage",
			args{"chat_id": group.ID(), "text": "x", "reply_markup": args{"keyboard": [][]args{{{"text": "x", field: true}}}}})
	}
}

func TestClientSeesTheLastKeyboard(t *testing.T) {
	t.Parallel()
	g := setup(t)
	require.Nil(t, g.ann.Keyboard())
	first := g.say(t, "menu", args{"reply_markup": args{"keyboard": [][]string{{"A", "B"}, {"C"}}}})
	require.Equal(t, [][]string{{"A", "B"}, {"C"}}, g.ann.Keyboard().Labels())
	require.Equal(t, [][]string{{"A", "B"}, {"C"}}, g.ann.Next(t).Keys())
	require.Nil(t, first.ReplyMarkup, "the bot is not told of it again")

	g.say(t, "a message without one changes nothing")
	g.say(t, "nor does one with inline buttons", args{"reply_markup": inline([]args{{"text": "x", "callback_data": "x"}})})
	require.NotNil(t, g.ann.Keyboard())
	g.say(t, "gone", args{"reply_markup": args{"remove_keyboard": true}})
	require.Nil(t, g.ann.Keyboard())

	once := g.say(t, "once", args{"reply_markup": args{"keyboard": [][]string{{"A"}}, "one_time_keyboard": true}})
	require.NoError(t, g.ann.Press("A"))
	require.Nil(t, g.ann.Keyboard())
	require.Equal(t, "A", g.fetch(t, nil)[0].Message.Text)

	again := g.say(t, "again", args{"reply_markup": args{"keyboard": [][]string{{"A"}}}})
	ok[bool](t, g, "deleteMessage", args{"chat_id": g.ann.ID(), "message_id": once.ID})
	require.NotNil(t, g.ann.Keyboard())
	ok[bool](t, g, "deleteMessage", args{"chat_id": g.ann.ID(), "message_id": again.ID})
	require.Nil(t, g.ann.Keyboard(), "a keyboard goes with the message that brought it")
}
