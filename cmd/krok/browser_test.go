package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegramtest"
	"github.com/krokbot/krok/odoo/odootest/browser"
	"github.com/krokbot/krok/odoo/rpc"
)

// clicks is an admin in front of a real Odoo, with a krok that serves what they build.
type clicks struct {
	*world
	b *browser.Browser
}

func TestAnAdminBuildsABotByClickingAndAClientTalksToIt(t *testing.T) {
	onBothOdoos(t, func(t *testing.T, w *world) {
		telegram := w.api.NewBot("made_up_office_bot")
		c := clicks{w, browser.New(t, w.odoo)}
		c.build(t, telegram.Token())
		w.serve(t)

		hanna := telegram.Chat(telegramtest.User{FirstName: "Ганна", LanguageCode: "uk"})
		c.walk(t, hanna)
		c.edit(t, hanna)
		c.translate(t, hanna, telegram.Chat(telegramtest.User{FirstName: "Ann", LanguageCode: "en"}))
		c.repeat(t)
		c.pictures(t)
		c.mend(t)
	})
}

// build makes a bot and three steps: a greeting, a menu, and a question for those whose e-mail address is not known.
func (c clicks) build(t *testing.T, token string) {
	t.Helper()
	c.b.OpenApp("Chatbot")
	c.b.Click(map[int]string{19: "New", 14: "Create"}[c.odoo.Version])
	c.b.Fill("x_name", "Вигадане бюро")
	c.b.Fill("x_lang", "uk_UA")
	c.b.Fill("x_token", token)
	c.addStep("Привітання", "Text", "Вітаємо, {{ partner.name }}!")
	c.addStep("Меню", "Step with buttons", "З чим будемо працювати?")
	c.addStep("Пошта", "Free input", "Ваша пошта?")
	c.b.Save()

	c.open(t, "Привітання")
	c.b.Pick("x_next_id", "Меню")
	c.b.Tab("Aliases")
	c.b.AddLine("x_alias_ids")
	c.b.Fill("x_alias_ids/x_name", "/start")
	c.b.Save()

	c.open(t, "Меню")
	c.b.Tab("Answers")
	c.addAnswer("Лишити пошту", "Пошта")
	c.addAnswer("Почати знову", "Привітання")
	c.b.Save()

	c.open(t, "Пошта")
	c.b.Choose("x_validation", "E-mail")
	c.b.Pick("x_next_id", "Меню")
	c.b.AddRule("x_domain", "email", "Email", "is not set")
	c.b.Save()
}

func (c clicks) addStep(name, kind, text string) {
	c.b.AddLine("x_step_ids")
	c.b.Fill("x_name", name)
	c.b.Choose("x_type", kind)
	c.b.Fill("x_text", text)
	c.b.Click("Save & Close")
}

func (c clicks) addAnswer(name, next string) {
	c.b.AddLine("x_answer_ids")
	c.b.Fill("x_name", name)
	c.b.Pick("x_next_id", next)
	c.b.Click("Save & Close")
}

// open shows a step in its own form.
func (c clicks) open(t *testing.T, name string) {
	t.Helper()
	c.b.Open(c.odoo.Ref(t, "krok.action_step"), c.id(t, "x_krok_step", name))
}

func (c clicks) id(t *testing.T, model, name string) int64 {
	t.Helper()
	ids, err := c.admin.Search(t.Context(), model, []any{[]any{"x_name", "=", name}})
	require.NoError(t, err)
	require.Len(t, ids, 1, name)
	return ids[0]
}

// walk goes through the bot as a client, until it knows their e-mail address and asks no more.
func (c clicks) walk(t *testing.T, client *telegramtest.Chat) {
	t.Helper()
	client.Send("/start")
	heard(t, client, "Вітаємо, Ганна!")
	menu := heard(t, client, "З чим будемо працювати?")
	require.Equal(t, [][]string{{"Лишити пошту"}, {"Почати знову"}}, menu.Keys())
	require.NoError(t, client.Press("Лишити пошту"))
	heard(t, client, "Ваша пошта?")
	client.Send("not an address")
	heard(t, client, "Ваша пошта?")
	client.Send("hanna@example.com")
	heard(t, client, "З чим будемо працювати?")
	require.NoError(t, client.Press("Почати знову"))
	heard(t, client, "Вітаємо, Ганна!")
	heard(t, client, "З чим будемо працювати?")

	partners, err := c.admin.Search(t.Context(), "res.partner", []any{[]any{"name", "=", "Ганна"}})
	require.NoError(t, err)
	require.Len(t, partners, 1)
	require.NoError(t, c.admin.Write(t.Context(), "res.partner", partners, map[string]any{"email": "hanna@example.com"}))
	require.NoError(t, client.Press("Лишити пошту"))
	require.Contains(t, next(t, client).Text, "З чим будемо працювати?", "who has an address is not asked for it")
}

// edit changes a text in its form; the client is to get it within five seconds.
func (c clicks) edit(t *testing.T, client *telegramtest.Chat) {
	t.Helper()
	c.open(t, "Меню")
	c.b.Fill("x_text", "Чим допомогти?")
	saving := time.Now()
	c.b.Save()
	require.Eventually(t, func() bool {
		client.Send("/start")
		next(t, client)
		return next(t, client).Text == "Чим допомогти?"
	}, 20*time.Second, 300*time.Millisecond)
	t.Logf("the client had the text %.1f s after the click on Save", time.Since(saving).Seconds())
}

// next is the bot's next message, however busy the machine is.
func next(t *testing.T, client *telegramtest.Chat) telegramtest.Message {
	t.Helper()
	return heard(t, client, "")
}

// heard is the next message with these words.
func heard(t *testing.T, client *telegramtest.Chat, words string) telegramtest.Message {
	t.Helper()
	return client.Until(t, func(m telegramtest.Message) bool { return strings.Contains(m.Text, words) })
}

// translate saves two differently built texts again, each in its language's form: neither may change the other.
func (c clicks) translate(t *testing.T, ukrainian, english *telegramtest.Chat) {
	t.Helper()
	step := c.id(t, "x_krok_step", "Привітання")
	for lang, text := range map[string]string{
		"en_US": `<p>Hello, <b>friend</b>!</p><ul><li>Tea</li><li>Coffee</li></ul><p>See <a href="https://example.com/en">our page</a>.</p>`,
		"uk_UA": `<blockquote><i>Довго чекали</i></blockquote><p>Заходьте на <a href="https://example.com/uk">сайт</a>, будь ласка.</p>`,
	} {
		require.NoError(t, c.admin.Write(t.Context(), "x_krok_step", []int64{step}, map[string]any{"x_text": text}, rpc.Lang(lang)))
	}
	for _, change := range [][2]string{{"en_US", "Welcome again."}, {"uk_UA", "Знову вітаємо."}} {
		c.speak(t, change[0])
		c.open(t, "Привітання")
		c.b.Append("x_text", " "+change[1])
		c.b.Save()
	}
	c.speak(t, "en_US")

	en, uk := c.text(t, step, "en_US"), c.text(t, step, "uk_UA")
	requireParts(t, en, []string{"Hello,", "friend", "<li>", "Coffee", "https://example.com/en", "Welcome again."}, []string{"blockquote", "чекали"})
	requireParts(t, uk, []string{"<blockquote", "Довго чекали", "https://example.com/uk", "Знову вітаємо."}, []string{"<li>", "Coffee"})

	var greeting telegramtest.Message
	require.Eventually(t, func() bool {
		ukrainian.Send("/start")
		greeting = next(t, ukrainian)
		next(t, ukrainian)
		return strings.Contains(greeting.Text, "Знову вітаємо.")
	}, 20*time.Second, 300*time.Millisecond)
	require.Equal(t, []string{"Довго чекали"}, greeting.Marked("blockquote"))
	require.Equal(t, []string{"Довго чекали"}, greeting.Marked("italic"))
	require.Equal(t, []string{"сайт"}, links(greeting, "https://example.com/uk"))

	english.Send("/start")
	greeting = next(t, english)
	require.Contains(t, greeting.Text, "• Tea\n• Coffee")
	require.Contains(t, greeting.Text, "Welcome again.")
	require.Equal(t, []string{"friend"}, greeting.Marked("bold"))
	require.Equal(t, []string{"our page"}, links(greeting, "https://example.com/en"))
}

// speak sets the language in which the admin sees Odoo from the next page on.
func (c clicks) speak(t *testing.T, lang string) {
	t.Helper()
	require.NoError(t, c.admin.Write(t.Context(), "res.users", []int64{c.admin.UID()}, map[string]any{"lang": lang}))
}

func (c clicks) text(t *testing.T, step int64, lang string) string {
	t.Helper()
	rows, err := c.admin.Read(t.Context(), "x_krok_step", []int64{step}, []string{"x_text"}, rpc.Lang(lang))
	require.NoError(t, err)
	return rows[0].Str("x_text")
}

func requireParts(t *testing.T, text string, has, hasNot []string) {
	t.Helper()
	for _, part := range has {
		require.Contains(t, text, part)
	}
	for _, part := range hasNot {
		require.NotContains(t, text, part)
	}
}

// links are the words of a message that lead to an address.
func links(m telegramtest.Message, address string) []string {
	var words []string
	marked := m.Marked("text_link")
	for i, entity := range slices.DeleteFunc(slices.Clone(m.Entities), func(e telegramtest.Entity) bool { return e.Type != "text_link" }) {
		if entity.URL == address {
			words = append(words, marked[i])
		}
	}
	return words
}

// repeat gives a second step the alias of the first, which the form of the bot is to call a problem.
func (c clicks) repeat(t *testing.T) {
	t.Helper()
	c.open(t, "Меню")
	c.b.Tab("Aliases")
	c.b.AddLine("x_alias_ids")
	c.b.Fill("x_alias_ids/x_name", "/start")
	c.b.Save()
	require.Eventually(t, func() bool { return len(c.problems(t)) > 0 }, 20*time.Second, 200*time.Millisecond)
	require.Contains(t, c.shownProblems(t), "/start")
}

// mend gives the step an alias of its own: the problem goes by itself.
func (c clicks) mend(t *testing.T) {
	t.Helper()
	c.open(t, "Меню")
	c.b.Tab("Aliases")
	c.b.OpenLine("x_alias_ids", "/start")
	c.b.Fill("x_alias_ids/x_name", "/menu")
	c.b.Save()
	require.Eventually(t, func() bool { return len(c.problems(t)) == 0 }, 20*time.Second, 200*time.Millisecond)
	require.NotContains(t, c.shownProblems(t), "/start")
}

// shownProblems is what the tab Problems of the bot's form says.
func (c clicks) shownProblems(t *testing.T) string {
	t.Helper()
	c.b.Open(c.odoo.Ref(t, "krok.action_bot"), c.id(t, "x_krok_bot", "Вигадане бюро"))
	c.b.Tab("Problems")
	return c.b.Value("x_problem_ids")
}
