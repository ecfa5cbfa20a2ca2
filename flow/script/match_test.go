package script

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/richtext"
)

var menu = flow.Outgoing{
	Text:     richtext.New("Що далі?\n\nОберіть.", []richtext.Entity{{Type: richtext.Bold, Offset: 0, Length: 8}}),
	Keyboard: [][]flow.KeyButton{{{Label: "Ліди"}, {Label: "Замовлення"}}, {{Label: "Мій номер", Contact: true}}},
	Protect:  true,
}

func TestMessageIsShownAsATranscriptHasIt(t *testing.T) {
	t.Parallel()
	require.Equal(t, "< *Що далі?*\n\n  Оберіть.\n  [Ліди] [Замовлення]\n  [Мій номер](contact)\n  (protected)", Show(menu))
	require.Equal(t, "< (image a.png) підпис\n  (video 7)\n  (no keyboard)", Show(flow.Outgoing{RemoveKeyboard: true, Media: []flow.Medium{
		{Kind: "image", Filename: "a.png", Caption: richtext.Plain("підпис")}, {Kind: "video", ID: 7}}}))
	require.Equal(t, "< Так\\u{202e}\n  [[Сайт]](https://example.com) [[Код]](copy A B) [[Далі]]", Show(flow.Outgoing{Text: richtext.Text{Text: "Так\u202e"},
		Inline: [][]flow.InlineButton{{{Label: "Сайт", URL: "https://example.com"}, {Label: "Код", Copy: "A\nB"}, {Label: "Далі", Data: "1"}}}}))
}

func TestExpectationMatchesWhatItSays(t *testing.T) {
	t.Parallel()
	for _, good := range []string{
		"…", "...", " … ", "*Що далі?*\n\nОберіть. …", "…Оберіть.…", "*Що …",
		"*Що далі?*\n\nОберіть.\n[Ліди] [Замовлення]\n[Мій номер](contact)",
		"*Що далі?*\n\nОберіть.  [Ліди] [Замовлення]\n[Мій номер](contact)",
		"*Що далі?*\n\nОберіть.  [Ліди] [Замовлення] [Мій номер](contact)",
		"…  [Ліди] [Замовлення] [Мій номер](contact)  (protected)",
		"*Що далі?*\n\n    Оберіть.\n  [Ліди]   [Замовлення]\n[Мій номер](contact)\n(protected)",
		"…\n…\n(protected)",
	} {
		require.True(t, newExpected(good).matches(newShown(menu)), good)
	}
	for _, bad := range []string{
		"", "Що далі?", "*Що далі?*\n\nОберіть.", "*Що далі?* Оберіть. …", "… [Ліди]", "…\n(silent)", "…  (no keyboard)",
		"*Що далі?*\n\nОберіть.\n[Ліди] [Замовлення] [Мій номер](contact)",
		"*Що далі?*\n\nОберіть.\n[Ліди]\n[Замовлення]\n[Мій номер](contact)",
		"*Що далі?*\n\nОберіть.  [[Ліди]] [[Замовлення]] [Мій номер](contact)",
		"… Оберіть. … Оберіть. …",
	} {
		require.False(t, newExpected(bad).matches(newShown(menu)), bad)
	}
}

func TestWhatIsShownMatchesItself(t *testing.T) {
	t.Parallel()
	for _, message := range []flow.Outgoing{
		menu,
		{Text: richtext.Plain("Ціна (грн):  [за кілограм]")},
		{Text: richtext.Plain("a\n\n\nb (silent)"), Silent: true},
		{Text: richtext.Plain("(protected)"), Protect: true, RemoveKeyboard: true},
	} {
		line := parsed(t, Show(message)).Lines[0]
		require.True(t, newExpected(line.Text).matches(newShown(message)), Show(message))
	}
}
