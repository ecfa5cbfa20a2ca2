package botfile

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
)

const small = `
bot:
  code: shop
  name: Зерно
  lang: uk_UA
steps:
  - code: start
    type: text
    aliases:
      - /start
      - {name: /hello, description: {uk: Привітатися, en: Say hello}}
    text:
      uk: |
        Вітаємо, **{{ partner.name }}**!

        - кава
        - чай
      en: Hello!
    media:
      - images/menu.png
      - {file: price.pdf, caption: Ціни}
    next: menu
  - code: menu
    name: Меню
    type: buttons
    text: {html: "<h1>Меню</h1>"}
    domain: "[('email', '!=', False)]"
    otherwise: start
    answers:
      - {name: {uk: Кава, en: Coffee}, next: start}
      - Чай
    keyboard:
      - [Coffee, 2]
      - {kind: contact, name: Номер}
    inline:
      - {name: Сайт, url: "https://example.com"}
      - - {name: Промокод, copy: ZERNO10}
        - {name: На початок, target: start}
files:
  price.pdf: |
    aGVs
    bG8=
`

func TestFileBecomesRowsInItsOrder(t *testing.T) {
	t.Parallel()
	bot, err := Open(fstest.MapFS{"bots/shop.yaml": {Data: []byte(small)}, "bots/images/menu.png": {Data: []byte("png")}}, "bots/shop.yaml")
	require.NoError(t, err)
	tables := bot.Definition.Tables
	require.Equal(t, flow.Row{"id": int64(1), "code": "shop", "name": "Зерно", "lang": "uk_UA"}, tables["bot"][0])
	require.Equal(t, flow.Row{"id": int64(1), "bot_id": int64(1), "code": "start", "name": "start", "type": "text", "next_id": int64(2), "text": flow.Texts{
		"uk_UA": "<p>Вітаємо, <strong>{{ partner.name }}</strong>!</p><p><br></p><ul><li>кава</li><li>чай</li></ul>",
		"en_US": "<p>Hello!</p>"}}, tables["step"][0])
	require.Equal(t, flow.Row{"id": int64(2), "bot_id": int64(1), "code": "menu", "name": "Меню", "type": "buttons", "text": "<h1>Меню</h1>",
		"domain": "[('email', '!=', False)]", "otherwise_id": int64(1)}, tables["step"][1])
	require.Equal(t, []flow.Row{
		{"id": int64(1), "step_id": int64(1), "name": "/start"},
		{"id": int64(2), "step_id": int64(1), "name": "/hello", "description": flow.Texts{"uk_UA": "Привітатися", "en_US": "Say hello"}},
	}, tables["alias"])
	require.Equal(t, []flow.Row{
		{"id": int64(1), "step_id": int64(1), "name": "menu.png", "filename": "menu.png", "kind": "image", "checksum": Checksum([]byte("png"))},
		{"id": int64(2), "step_id": int64(1), "name": "price.pdf", "filename": "price.pdf", "kind": "document", "caption": "Ціни",
			"checksum": Checksum([]byte("hello"))},
	}, tables["media"])
	require.Equal(t, map[int64][]byte{1: []byte("png"), 2: []byte("hello")}, bot.Media)
	require.Equal(t, []flow.Row{
		{"id": int64(1), "step_id": int64(2), "name": flow.Texts{"uk_UA": "Кава", "en_US": "Coffee"}, "next_id": int64(1)},
		{"id": int64(2), "step_id": int64(2), "name": "Чай"},
	}, tables["answer"])
	require.Equal(t, []flow.Row{
		{"id": int64(1), "step_id": int64(2), "place": "keyboard", "row": int64(1), "kind": "answer", "answer_id": int64(1)},
		{"id": int64(2), "step_id": int64(2), "place": "keyboard", "row": int64(1), "kind": "answer", "answer_id": int64(2)},
		{"id": int64(3), "step_id": int64(2), "place": "keyboard", "kind": "contact", "name": "Номер"},
		{"id": int64(4), "step_id": int64(2), "place": "inline", "kind": "url", "name": "Сайт", "url": "https://example.com"},
		{"id": int64(5), "step_id": int64(2), "place": "inline", "row": int64(2), "kind": "copy", "name": "Промокод", "copy": "ZERNO10"},
		{"id": int64(6), "step_id": int64(2), "place": "inline", "row": int64(2), "kind": "step", "name": "На початок", "target_id": int64(1)},
	}, tables["button"])
}

func TestParseNeedsNoFilesBesideTheYAML(t *testing.T) {
	t.Parallel()
	definition, err := Parse("shop.yaml", []byte(small))
	require.NoError(t, err)
	require.Equal(t, Checksum([]byte("images/menu.png")), definition.Tables["media"][0].Str("checksum"))
}

func TestMistakesAreFoundAllAtOnceWithTheirPlace(t *testing.T) {
	t.Parallel()
	_, err := Parse("bot.yaml", []byte(`bot:
  code: my bot
  name: true
  langue: uk_UA
steps:
  - code: start
    type: txt
    next: menue
    silent: yes
    aliases: /start
    text: {uk: Так, ua: Ні}
  - code: menu
    name: Меню
    type: buttons
    answers: [Кава, {next: start}]
    keyboard: [Каву, {name: X}, {url: x, copy: y, name: Z}, {answer: 1, name: Y}]
    media: [../x.png]
  - code: menu
    type: input
`))
	require.Equal(t, []string{
		`bot.yaml:2:9: the code “my bot” has signs that a bot's code cannot have. Use latin letters, digits and “_”, without spaces.`,
		`bot.yaml:3:9: “name” needs a text. To mean the word “true” itself, put it into quotes; to leave “name” empty, delete the line.`,
		`bot.yaml:4:3: “langue” is not known here. Possible: code, name, lang, tz, group_chats, keep_days, text_not_understood, text_error, text_unavailable, text_choose. Did you mean “lang”?`,
		`bot.yaml:7:11: “type” cannot be “txt”. Possible: text, input, buttons, contact, lead. Did you mean “text”?`,
		`bot.yaml:8:11: there is no step with the code “menue” in this file, so “next” leads nowhere. Did you mean “menu”?`,
		`bot.yaml:9:13: “silent” is either true or false, not “yes”.`,
		`bot.yaml:10:14: “/start” stands where a list is needed: lines that begin with “- ”.`,
		`bot.yaml:11:21: “ua” is no language. Write the code that Odoo uses, such as uk_UA or en_US, or uk or en for short. Did you mean “uk”?`,
		`bot.yaml:15:21: “name” is missing or empty. Give it a value.`,
		`bot.yaml:16:16: the step has no answer “Каву”. Write the name of one of its answers, or its number. Did you mean “Кава”?`,
		`bot.yaml:16:22: it is not clear what this button does. Give it “target” (a step), “url”, “copy”, “answer”, or “kind: text”, “kind: contact”, “kind: location”.`,
		`bot.yaml:16:33: a button cannot be of the kinds “url” and “copy” at once. Keep one of them.`,
		`bot.yaml:16:61: a button that stands for an answer has the answer's name. Delete “name” here and change it in the list of answers.`,
		`bot.yaml:17:13: “../x.png” is no path that begins beside this file. Write it with slashes and without “..”, such as images/menu.png`,
		`bot.yaml:18:11: another step has the code “menu” already. Give each step a code of its own.`,
	}, strings.Split(err.Error(), "\n"))
	require.Contains(t, texts.Explain("uk", err), "bot.yaml:8:11: у цьому файлі немає кроку з кодом «menue», тож «next» нікуди не веде. Можливо, ви мали на увазі «menu»?")
}

func TestBrokenYAMLIsNamedWithItsPlace(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"bot:\n  code: a: b\n":                 "bot.yaml:2:9: this is no valid YAML: mapping value is not allowed in this context.",
		"bot:\n  code: a\n  code: b\n":         "bot.yaml:3:3: this is no valid YAML: mapping key \"code\" already defined at [2:3].",
		"":                                     "bot.yaml: the file is empty.",
		"bot: {code: a, name: A}\n---\nb: 1\n": "bot.yaml:3:1: a second bot begins here",
		"krok: 2\nbot: {}\n":                   "bot.yaml:1:7: this file is of version “2” of the format",
		"steps: []\n":                          "bot.yaml:1:1: there is no “bot:”",
		"- bot\n":                              "bot.yaml:1:1: “[…]” stands where lines like",
		"bot: {code: &x a, name: *x}\n":        "bot.yaml:1:13: “&” is a part of YAML that bot files do not use",
	} {
		_, err := Parse("bot.yaml", []byte(source))
		require.ErrorContains(t, err, want)
	}
}

func TestFileThatIsNotThereIsAMistakeOfTheLineThatNamesIt(t *testing.T) {
	t.Parallel()
	_, err := Open(fstest.MapFS{"shop.yaml": {Data: []byte(small)}}, "shop.yaml")
	require.EqualError(t, err, "shop.yaml:20:9: there is no file “images/menu.png” beside this one. Put it there, or mend the path.")
	_, err = Open(fstest.MapFS{}, "shop.yaml")
	require.ErrorIs(t, err, fs.ErrNotExist)
}
