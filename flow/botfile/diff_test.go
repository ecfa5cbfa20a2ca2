package botfile

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
)

const before2 = `
bot: {code: shop, name: Shop, tz: Europe/Kyiv}
steps:
  - {code: start, type: text, text: {uk: "Вітаємо!\n\nЩо далі?", en: Hello!}, aliases: [/start], next: menu}
  - {code: old, type: text, text: Gone}
  - {code: menu, type: buttons, answers: [Кава, Чай], media: [{file: a.png}]}
files: {a.png: YQ==}
`

const after2 = `
bot: {code: shop, name: Shop, tz: Europe/London}
steps:
  - {code: menu, type: buttons, answers: [{name: Кава, next: end}, Чай], media: [{file: a.png}]}
  - {code: start, type: text, text: {uk: "Вітаємо!\n\nЩо зробимо?", en: Hello!}, aliases: [/start, привіт], next: menu}
  - {code: end, type: text, text: Bye}
files: {a.png: Yg==}
`

func TestDiffTellsWhatGoesAndComes(t *testing.T) {
	t.Parallel()
	from, err := Parse("a.yaml", []byte(before2))
	require.NoError(t, err)
	to, err := Parse("b.yaml", []byte(after2))
	require.NoError(t, err)
	require.Equal(t, strings.TrimSpace(`
Bot “Shop”:
  - tz: Europe/Kyiv
  + tz: Europe/London
Step menu “menu”:
    media:
  -   - {file: a.png, contents: "86f7e437faa5"}
  +   - {file: a.png, contents: e9d71f5ee7c9}
    answers:
  -   - Кава
  +   - {name: Кава, next: end}
Step start “start”:
  - aliases: [/start]
  + aliases: [/start, привіт]
    text:
      uk: |
  -     Що далі?
  +     Що зробимо?
New step end “end”:
  + code: end
  + name: end
  + type: text
  + text: Bye
The step old “old” goes.
New order of the steps: menu, start
`), Diff(from, to, "en"))
	require.Empty(t, Diff(from, from, "en"))
}

func TestDiffKnowsOneTextForAllFromTheSameTextInEach(t *testing.T) {
	t.Parallel()
	row := func(text any) flow.Definition {
		return flow.Definition{Tables: map[string][]flow.Row{"bot": {{"id": int64(7), "code": "shop", "name": "Shop", "text_error": text}}}}
	}
	require.Empty(t, Diff(row(map[string]any{"uk_UA": "Ой", "en_US": "Ой"}), row("Ой"), "uk"))
	require.Equal(t, "Бот «Shop»:\n  - text_error: Ой\n  + text_error: {en: Oh, uk: Ой}", Diff(row("Ой"), row(flow.Texts{"uk_UA": "Ой", "en_US": "Oh"}), "uk"))
}

func TestSpreadGivesEveryLanguageWhatItsClientsWouldRead(t *testing.T) {
	t.Parallel()
	definition := flow.Definition{Tables: map[string][]flow.Row{"answer": {{"id": int64(1), "name": flow.Texts{"uk_UA": "Так"}}, {"id": int64(2), "name": "Ok"}}}}
	require.Equal(t, []flow.Row{
		{"id": int64(1), "name": flow.Texts{"uk_UA": "Так", "en_US": "Так"}},
		{"id": int64(2), "name": flow.Texts{"uk_UA": "Ok", "en_US": "Ok"}},
	}, Spread(definition, []string{"en_US", "uk_UA"}).Tables["answer"])
}
