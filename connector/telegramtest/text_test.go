package telegramtest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegramtest"
)

func TestTextsTooLongOrEmptyAreRefused(t *testing.T) {
	t.Parallel()
	g := setup(t)
	for name, c := range map[string]struct {
		args args
		want string
	}{
		"no text":                 {args{}, "Bad Request: message text is empty"},
		"empty text":              {args{"text": ""}, "Bad Request: message text is empty"},
		"only white space":        {args{"text": " \n\t "}, "Bad Request: text must be non-empty"},
		"only tags":               {args{"text": "<b></b>", "parse_mode": "HTML"}, "Bad Request: text must be non-empty"},
		"4097 letters":            {args{"text": strings.Repeat("Ї", 4097)}, "Bad Request: message is too long"},
		"2049 emoji":              {args{"text": strings.Repeat("😀", 2049)}, "Bad Request: message is too long"},
		"4097 after parsing":      {args{"text": "<b>" + strings.Repeat("x", 4097) + "</b>", "parse_mode": "html"}, "Bad Request: message is too long"},
		"more than 32 kB of HTML": {args{"text": strings.Repeat("<b>x</b>", 4097), "parse_mode": "html"}, "Bad Request: text is too long"},
		"an unknown parse_mode":   {args{"text": "x", "parse_mode": "MarkdownV3"}, "Bad Request: unsupported parse_mode"},
		"preview no object":       {args{"text": "x", "link_preview_options": "yes"}, "Bad Request: can't parse link preview options JSON object"},
	} {
		t.Run(name, func(t *testing.T) {
			c.args["chat_id"] = g.ann.ID()
			g.refused(t, 400, c.want, "sendMessage", c.args)
		})
	}
	require.Empty(t, g.ann.Messages())
}

func TestTextsUpToTheLimitPass(t *testing.T) {
	t.Parallel()
	g := setup(t)
	for _, text := range []string{strings.Repeat("Ї", 4096), strings.Repeat("😀", 2048), "x"} {
		require.Equal(t, text, g.say(t, text).Text)
		require.Equal(t, text, g.ann.Next(t).Text)
	}
	long := g.say(t, strings.Repeat("<b>x</b>", 4096), args{"parse_mode": "HTML"})
	require.Len(t, long.Text, 4096)
	require.Len(t, long.Entities, 100, "more than 100 entities are left out")
}

func TestWhiteSpaceAroundATextIsTrimmed(t *testing.T) {
	t.Parallel()
	g := setup(t)
	require.Equal(t, "x  y", g.say(t, " \n x  y \n\n").Text)

	m := g.say(t, "  <b> x </b> ", args{"parse_mode": "HTML"})
	require.Equal(t, " x", m.Text, "but not inside of an entity at the beginning")
	require.Equal(t, []telegramtest.Entity{{Type: "bold", Offset: 0, Length: 2}}, m.Entities)
}

func TestEntitiesMustLieOnCharactersOfTheText(t *testing.T) {
	t.Parallel()
	g := setup(t)
	for want, entity := range map[string]args{
		"entity beginning at UTF-16 offset 2 ends after the end of the text at UTF-16 offset 5":             {"type": "bold", "offset": 2, "length": 3},
		"entity begins after the end of the text at UTF-16 offset 9":                                        {"type": "bold", "offset": 9, "length": 1},
		"entity begins in a middle of a UTF-16 symbol at UTF-16 offset 2":                                   {"type": "bold", "offset": 2, "length": 1},
		"entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at UTF-16 offset 2":        {"type": "bold", "offset": 0, "length": 2},
		"receive an entity with incorrect offset -1 or length 1":                                            {"type": "bold", "offset": -1, "length": 1},
		"can't parse MessageEntity: unsupported type specified":                                             {"type": "blink", "offset": 0, "length": 1},
		"can't parse MessageEntity: type is not specified":                                                  {"offset": 0, "length": 1},
		"entity URL 'no link' is invalid: Wrong HTTP URL":                                                   {"type": "text_link", "offset": 0, "length": 1, "url": "no link"},
		`can't parse MessageEntity: Can't find field "user"`:                                                {"type": "text_mention", "offset": 0, "length": 1},
		"can't parse MessageEntity: invalid custom emoji identifier specified":                              {"type": "custom_emoji", "offset": 0, "length": 1},
		"can't parse entities JSON object":                                                                  {"type": 1},
		"entity URL 'javascript://alert' is invalid: Unsupported URL protocol":                              {"type": "text_link", "offset": 0, "length": 1, "url": "javascript://alert"},
		"entity beginning at UTF-16 offset 3 ends after the end of the text at UTF-16 offset 1073741826003": {"type": "bold", "offset": 3, "length": 1073741826000},
	} {
		text := "x😀y" // the emoji is units 1 and 2
		if strings.Contains(want, "offset 2 ends after") || strings.Contains(want, "offset 3 ends after") {
			text = "abcd"
		}
		g.refused(t, 400, "Bad Request: "+want, "sendMessage", args{"chat_id": g.ann.ID(), "text": text, "entities": []args{entity}})
	}
}

func TestEntitiesAreKeptSortedAndGivenBack(t *testing.T) {
	t.Parallel()
	g := setup(t)
	m := g.say(t, "😀 bold and link", args{"entities": []args{
		{"type": "text_link", "offset": 12, "length": 4, "url": "https://shop.example"},
		{"type": "bold", "offset": 3, "length": 4},
		{"type": "hashtag", "offset": 0, "length": 2},
		{"type": "italic", "offset": 3, "length": 0},
	}})
	require.Equal(t, []telegramtest.Entity{
		{Type: "bold", Offset: 3, Length: 4}, {Type: "text_link", Offset: 12, Length: 4, URL: "https://shop.example/"},
	}, m.Entities)
	require.Equal(t, []string{"bold"}, m.Marked("bold"))
	require.Equal(t, []string{"link"}, m.Marked("text_link"))
}

func TestHTMLIsParsedAsTelegramDoes(t *testing.T) {
	t.Parallel()
	g := setup(t)
	type entities = []telegramtest.Entity
	for html, want := range map[string]struct {
		text     string
		entities entities
	}{
		"<b>😀 a</b> &lt;b&gt; &amp;amp; &quot;":                 {`😀 a <b> &amp; "`, entities{{Type: "bold", Length: 4}}},
		"<i>x<u>y</u></i>":                                      {"xy", entities{{Type: "italic", Length: 2}, {Type: "underline", Offset: 1, Length: 1}}},
		"<STRONG>x</>":                                          {"x", entities{{Type: "bold", Length: 1}}},
		"<del>x</del><tg-spoiler>y</tg-spoiler>":                {"xy", entities{{Type: "strikethrough", Length: 1}, {Type: "spoiler", Offset: 1, Length: 1}}},
		`<span class="tg-spoiler">x</span>`:                     {"x", entities{{Type: "spoiler", Length: 1}}},
		`<a href="https://x.example/?a=1&amp;b=2">x</a>`:        {"x", entities{{Type: "text_link", Length: 1, URL: "https://x.example/?a=1&b=2"}}},
		"<a>x.example</a>":                                      {"x.example", entities{{Type: "text_link", Length: 9, URL: "http://x.example/"}}},
		`<a href='no link'>x</a>`:                               {"x", nil},
		`<a href="tg://user?id=7">x</a>`:                        {"x", entities{{Type: "text_mention", Length: 1, User: &telegramtest.User{ID: 7}}}},
		`<pre><code class="language-go">x</code></pre>`:         {"x", entities{{Type: "pre", Length: 1, Language: "go"}}},
		`<code class="language-go">x</code>`:                    {"x", entities{{Type: "code", Length: 1}}},
		"<blockquote>x</blockquote>":                            {"x", entities{{Type: "blockquote", Length: 1}}},
		"<blockquote expandable>x</blockquote>":                 {"x", entities{{Type: "expandable_blockquote", Length: 1}}},
		"&#1111;&#x457; &nbsp; &copy; & &#0; a&b":               {"її &nbsp; &copy; & &#0; a&b", nil},
		`<tg-emoji emoji-id="5368324170671202286">x</tg-emoji>`: {"x", entities{{Type: "custom_emoji", Length: 1, CustomEmojiID: "5368324170671202286"}}},
		"a > b": {"a > b", nil},
	} {
		m := g.say(t, html, args{"parse_mode": "HTML"})
		require.Equal(t, want.text, m.Text, html)
		require.Equal(t, want.entities, m.Entities, html)
	}
}

func TestBrokenHTMLIsRefusedWithTheByteOffset(t *testing.T) {
	t.Parallel()
	g := setup(t)
	for html, want := range map[string]string{
		"їx <p>y</p>":               `Unsupported start tag "p" at byte offset 4`,
		"Chad <chad@x.example>":     `Unsupported start tag "chad@x.example" at byte offset 5`,
		"a < b":                     `Unsupported start tag "" at byte offset 2`,
		"<b>x":                      `Can't find end tag corresponding to start tag "b"`,
		"x</b>":                     "Unexpected end tag at byte offset 1",
		"<b>x</i>":                  `Unmatched end tag at byte offset 4, expected "</b>", found "</i>"`,
		"<b":                        "Unclosed start tag at byte offset 0",
		"<b>x</b":                   "Unclosed end tag at byte offset 4",
		`<a href>x</a>`:             `Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0`,
		`<a ="x">x</a>`:             `Empty attribute name in the tag "a" at byte offset 0`,
		`<a href="x>x</a>`:          "Unclosed start tag at byte offset 0",
		`<a href=`:                  `Unclosed start tag "a" at byte offset 0`,
		`<a href=http://x>x</a>`:    "Unexpected end of name token at byte offset 8",
		`<span class="x">x</span>`:  `Tag "span" must have class "tg-spoiler" at byte offset 0`,
		"<tg-emoji>x</tg-emoji>":    "Invalid custom emoji identifier specified",
		"<br>":                      `Unsupported start tag "br" at byte offset 0`,
		"&#xd83d; half a character": "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units",
	} {
		g.refused(t, 400, "Bad Request: can't parse entities: "+want, "sendMessage",
			args{"chat_id": g.ann.ID(), "text": html, "parse_mode": "HTML"})
	}
}

func TestLinkPreviewAndProtectionAreKept(t *testing.T) {
	t.Parallel()
	g := setup(t)
	g.say(t, "https://x.example", args{
		"link_preview_options": args{"is_disabled": true}, "protect_content": true, "disable_notification": true, "message_effect_id": "5104841245755180586",
	})
	m := g.ann.Next(t)
	require.JSONEq(t, `{"is_disabled":true}`, string(m.LinkPreview))
	require.True(t, m.HasProtectedContent)
	require.True(t, m.Silent)
	require.Equal(t, "5104841245755180586", m.EffectID)
	g.say(t, "x", args{"disable_web_page_preview": true})
	require.JSONEq(t, `{"is_disabled":true}`, string(g.ann.Next(t).LinkPreview))
}

func TestReplyNamesAMessageOfTheChat(t *testing.T) {
	t.Parallel()
	g := setup(t)
	question := g.ann.Send("?")
	answer := g.say(t, "!", args{"reply_parameters": args{"message_id": question.ID}})
	require.Equal(t, "?", answer.ReplyTo.Text)
	g.refused(t, 400, "Bad Request: message to be replied not found", "sendMessage",
		args{"chat_id": g.ann.ID(), "text": "x", "reply_parameters": args{"message_id": 99}})
	require.Nil(t, g.say(t, "x", args{"reply_parameters": args{"message_id": 99, "allow_sending_without_reply": true}}).ReplyTo)
	require.Equal(t, "!", g.ann.Reply(answer, "!!").ReplyTo.Text)
	require.Nil(t, g.ann.Messages()[3].ReplyTo.ReplyTo, "replies do not nest")
}
