package telegramtest

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzScanObject holds the hand-written scanner against encoding/json.
func FuzzScanObject(f *testing.F) {
	for _, seed := range []string{
		`{}`, ` {"a" : 1 , "b":"x" } `, `{"a":{"b":[1,"}\"]"]},"c":null,"d":true,"e":"їé\n"}`, `{"a":1}x`, `{"a":}`, `{"a":1,}`,
		`{"a":"\ud83d\ude00","b":-1.5e3}`, `[1]`, `"x"`, `{"a":"` + "\x00" + `"}`, "{\"a\":\"\xff\"}", `{"a":[1}`, `{"a" "b"}`, `{"a":tru}`, `{"":""}`, `{"a":"\`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var want map[string]json.RawMessage
		err := json.Unmarshal([]byte(text), &want)
		if strings.Trim(text, " \t\r\n") == "" {
			return // no parameters, for Telegram
		}
		members, scanErr := scanObject(text, nil)
		got := Call{params: params{values: members}}.Args()
		require.Equal(t, err != nil, scanErr != nil, text)
		if err != nil {
			return
		}
		for name, raw := range want {
			var plain string
			switch {
			case string(raw) == "null": // an earlier member of the same name stays
				delete(got, name)
				continue
			case json.Unmarshal(raw, &plain) == nil:
				require.Equal(t, plain, got[name], text)
			default:
				require.Equal(t, string(raw), got[name], text)
			}
			delete(got, name)
		}
		require.Empty(t, got, text)
	})
}

// FuzzHTML holds that any text parses or is refused, and that entities lie on its characters.
func FuzzHTML(f *testing.F) {
	for _, seed := range []string{
		"<b>x</b>", `<a href="x.example">y</a>`, "<b", "</b>", "&#xd83d;", "&#x10ffff;", "<a href=", `<a href='&`, "<pre><code class=\"language-go\">x</code></pre>",
		"<blockquote expandable>x</blockquote>", "<tg-emoji emoji-id=\"5\">x</tg-emoji>", "😀<i> </i>", "<a\x00>", "&", "&#", "&#x", "<span class=\"tg-spoiler\">",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, refused := parseText(text, "HTML", "")
		if refused != nil {
			return
		}
		edges := boundaries(got.text)
		for _, e := range got.entities {
			require.Nil(t, e.check(edges), "%q: %+v", text, e)
		}
	})
}

// otherCase finds names of fields with capital letters or escapes.
var otherCase = regexp.MustCompile(`"[^"]*[A-Z\\\x{80}-\x{10FFFF}][^"]*"\s*:`)

// FuzzMarkup holds that any reply_markup is read or refused, and that what is read is what encoding/json reads.
func FuzzMarkup(f *testing.F) {
	for _, seed := range []string{
		`{"inline_keyboard":[[{"text":"a","callback_data":"b"}],[{"text":"c","url":"https://x.example"},{"text":"d","copy_text":{"text":"e"}}]]}`,
		`{"keyboard":[["a",{"text":"b","request_contact":true}]],"resize_keyboard":true}`, `{"remove_keyboard":true}`, `[]`, `{"inline_keyboard":[[]]}`,
		`{"inline_keyboard":[[1,[2],{"text":3}]]}`, `{"keyboard":[[]],"inline_keyboard":null}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, refused := params{values: []param{{name: "reply_markup", value: text}}}.markup()
		if refused != nil || m.inline == nil {
			return
		}
		var want InlineKeyboard
		if json.Unmarshal([]byte(text), &want) != nil || otherCase.MatchString(text) {
			return // it is stricter about fields that this server does not read, and takes "teXt" for "text", as Telegram does not
		}
		want.Rows = slices.DeleteFunc(want.Rows, func(row []InlineButton) bool { return len(row) == 0 })
		require.JSONEq(t, string(encode(want)), string(encode(m.inline)), text)
	})
}
