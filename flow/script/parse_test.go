package script

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow/texts"
)

func parsed(t testing.TB, source string) *Script {
	t.Helper()
	s, err := Parse("talk.chat", []byte(source))
	require.NoError(t, err)
	return s
}

func TestEveryKindOfLineIsRead(t *testing.T) {
	t.Parallel()
	s := parsed(t, "\ufeff# bot: shop.yaml\r\n"+`
> перший рядок
  другий рядок

  четвертий
< відповідь
	і далі
~ 1h30m
@ partner.country_id.name = Україна = наша
@ values country_id = Польща
@? partner.phone = +380…
operator: Вітаю!
`)
	require.Equal(t, "shop.yaml", s.Header("bot"))
	require.Empty(t, s.Header("lang"))
	kinds := []Kind{}
	for _, line := range s.Lines {
		kinds = append(kinds, line.Kind)
	}
	require.Equal(t, []Kind{Note, Note, Client, Bot, Pause, Scenery, Scenery, Check, Operator}, kinds)
	require.Equal(t, Action{Kind: Say, Text: "перший рядок\nдругий рядок\n\nчетвертий"}, s.Lines[2].Action)
	require.Equal(t, "відповідь\nі далі", s.Lines[3].Text)
	require.Equal(t, 7, s.Lines[3].Number)
	require.Equal(t, 90*time.Minute, s.Lines[4].Wait)
	require.Equal(t, "partner.country_id.name", s.Lines[5].Name)
	require.Equal(t, "Україна = наша", s.Lines[5].Value)
	require.Equal(t, "values country_id", s.Lines[6].Name)
	require.Equal(t, []string{"partner.phone", "+380…"}, []string{s.Lines[7].Name, s.Lines[7].Value})
	require.Equal(t, "Вітаю!", s.Lines[8].Text)
}

func TestEverythingThatAClientDoesIsRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Action{
		"Так":                        {Text: "Так"},
		"[Так] чи [Ні]":              {Text: "[Так] чи [Ні]"},
		"[a [b] c]":                  {Kind: Press, Text: "a [b] c"},
		"Так [Ні]":                   {Text: "Так [Ні]"},
		`\[Так]`:                     {Text: "[Так]"},
		`\(сміється)`:                {Text: "(сміється)"},
		`\\o/`:                       {Text: `\o/`},
		`C:\шлях`:                    {Text: `C:\шлях`},
		`а\u{200b}б\u{d800}`:         {Text: "а\u200bб\\u{d800}"},
		"[Ліди]":                     {Kind: Press, Text: "Ліди"},
		"[[Ліди]]":                   {Kind: PressInline, Text: "Ліди"},
		"(press old [Ціна (грн)])":   {Kind: PressOld, Text: "Ціна (грн)"},
		"(forged 1.(2).b)":           {Kind: Forge, Text: "1.(2).b"},
		"(contact)":                  {Kind: Send, Content: "contact"},
		"(contact +380 67 000 0001)": {Kind: Send, Content: "contact", Phone: "+380 67 000 0001"},
		"(contact of another)":       {Kind: Send, Content: "contact", Owner: Another},
		"(contact of nobody)":        {Kind: Send, Content: "contact", Owner: Nobody},
		"(location -50.45, 30)":      {Kind: Send, Content: "location", Latitude: -50.45, Longitude: 30},
		"(photo a b.jpg) дивіться":   {Kind: Send, Content: "photo", File: "a b.jpg", Text: "дивіться"},
		"(sticker)":                  {Kind: Send, Content: "sticker"},
		"(empty)":                    {Kind: Send},
		"(3 × ая)":                   {Text: "аяаяая"},
		"(blocked)":                  {Kind: Block},
		"(unblocked)":                {Kind: Unblock},
		"(group) (forwarded) Так":    {Text: "Так", Group: true, Forwarded: true},
		"(edited) [Так]":             {Kind: Press, Text: "Так", Edited: true},
	} {
		action, err := ReadAction(text)
		require.NoError(t, err, text)
		require.Equal(t, want, action, text)
	}
}

func TestMistakesAreNamedWithPlaceWordAndRemedy(t *testing.T) {
	t.Parallel()
	_, err := Parse("talk.chat", []byte(`  з відступом
привіт
> (танцює)
>
< 
~ скоро
@ partner.phone
@ погода = сонце
> (location Київ)
> (contact Петра)
> (0 × а)
# нотатка
  далі
@? partner.phone
@?  chat.phone = 5
@ values = 5
`))
	got := strings.Split(err.Error(), "\n")
	require.Len(t, got, 15)
	for i, want := range []string{
		"talk.chat:1:3: “з” is indented, but there is no message above it",
		"talk.chat:2:1: “привіт” begins no line of a transcript. A line begins with > (the client), < (the bot)",
		"talk.chat:3:3: the client cannot do “(танцює)”. Possible: (contact), ",
		"talk.chat:4:2: the client says nothing here. Write a text behind “>”",
		"talk.chat:5:3: there is nothing behind “<”.",
		"talk.chat:6:3: “скоро” is no length of time. Write it with s, m, h or d, like this: ~ 10m",
		"talk.chat:7:3: “partner.phone” sets nothing. Write a name, “=” and a value",
		"talk.chat:8:3: “погода” cannot be set. Possible: partner.<field>, ",
		"talk.chat:9:3: “Київ” is no place.",
		"talk.chat:10:3: “Петра” is no contact.",
		"talk.chat:11:3: “0” is no number from 1 to 20000.",
		"talk.chat:13:3: “далі” is indented, but there is no message above it",
		"talk.chat:14:4: “partner.phone” compares nothing. Write a field of the contact, ",
		"talk.chat:15:5: “chat.phone” cannot be looked at. Possible: partner.<field>.",
		"talk.chat:16:3: “values” cannot be set.",
	} {
		require.Contains(t, got[i], want)
	}
	require.Contains(t, texts.Explain("uk", err), "talk.chat:6:3: «скоро» не є проміжком часу.")
	_, err = Parse("talk.chat", []byte("> \xff"))
	require.ErrorContains(t, err, "talk.chat:1:1: the file is no text in UTF-8")
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("../testdata/transcripts/*.chat")
	require.NoError(f, err)
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(string(source))
	}
	for _, seed := range []string{"> (", "> [", "> [[]]", "< …  [a]\n\n  b", "~ 9999999d", "@ =", "> (press old []])", "> \\u{110000}", "\t", "operator:", "@? a = b", "< (edited)", "> (photo a, 5 MB)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		s, err := Parse("fuzz.chat", []byte(source))
		if err != nil {
			require.Nil(t, s)
			require.NotEmpty(t, texts.Explain("uk", err))
			return
		}
		var again []string
		for _, line := range s.Lines {
			again = append(again, line.Source)
			if line.Kind == Bot {
				newExpected(line.Text)
			}
		}
		back, err := Parse("fuzz.chat", []byte(strings.Join(again, "\n")+"\n"))
		require.NoError(t, err, "the lines of a transcript are a transcript")
		require.Equal(t, s.Lines, back.Lines)
	})
}

// Every line of the help that shows a transcript is one.
func TestHelpShowsWhatCanBeWritten(t *testing.T) {
	t.Parallel()
	for _, lang := range texts.Languages() {
		_, rest, _ := strings.Cut(Help(lang), "  # ")
		block, _, _ := strings.Cut("# "+rest, "\n\n")
		require.Len(t, parsed(t, strings.ReplaceAll(block, "\n  ", "\n")).Lines, 6)
		actions := 0
		for line := range strings.SplitSeq(Help(lang), "\n") {
			if shown, ok := strings.CutPrefix(line, "  > ("); ok {
				for one := range strings.SplitSeq("("+shown, "   ") {
					_, err := ReadAction(one)
					require.NoError(t, err, one)
					actions++
				}
			}
		}
		require.Equal(t, 18, actions)
	}
}
