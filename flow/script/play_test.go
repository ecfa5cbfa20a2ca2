package script

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
)

// bot makes a small bot: a question with two answers, an inline button, and a chain without an end.
func bot(t testing.TB) *flow.Bot {
	t.Helper()
	built := flow.Build(flow.Definition{Tables: map[string][]flow.Row{
		"bot": {{"id": 1, "code": "shop", "name": "Shop", "lang": "uk_UA"}},
		"step": {
			{"id": 1, "code": "menu", "name": "Menu", "type": "buttons", "text": flow.Texts{"uk_UA": "<p>Що далі?</p>"}},
			{"id": 2, "code": "card", "name": "Card", "type": "text", "text": flow.Texts{"uk_UA": "<p>Картка: {{ partner.ref }}</p>"}, "next_id": 1},
			{"id": 3, "code": "loop", "name": "Loop", "type": "text", "text": flow.Texts{"uk_UA": "<p>Ще</p>"}, "next_id": 3},
		},
		"alias":  {{"id": 1, "name": "/start", "step_id": 1}, {"id": 2, "name": "коло", "step_id": 3}},
		"answer": {{"id": 1, "name": flow.Texts{"uk_UA": "Картка"}, "step_id": 1, "next_id": 2}},
		"button": {{"id": 1, "kind": "answer", "place": "keyboard", "answer_id": 1, "step_id": 1}},
	}}, flow.Definition{}, nil)
	require.NotNil(t, built.Bot, "%v", built.Problems)
	return built.Bot
}

func play(t testing.TB, world World, source string) *Report {
	t.Helper()
	world.Bot = bot(t)
	report, err := Play(t.Context(), parsed(t, source), world)
	require.NoError(t, err)
	return report
}

func TestDifferencesAreShownWhereTheyAre(t *testing.T) {
	t.Parallel()
	report := play(t, World{}, `# a client looks at their card
> /start
< Що далі?  [Картка]
~ 10m
# soon after
> Картка
< Картка: 5
< Картка: 6
# and the menu again
< Що далі?
  [Картка]
~ 10m
> /stop
< (nothing)
> дякую
> [Картка]
< …
< …
`)
	require.False(t, report.OK())
	require.Equal(t, 7, report.First())
	require.Equal(t, `--- talk.chat: expected
+++ said by the bot
@@ line 4 @@
 ~ 10m
 # soon after
 > Картка
-< Картка: 5
-< Картка: 6
 # and the menu again
+< Картка:
+  (no keyboard)
 < Що далі?
   [Картка]
 ~ 10m
 > /stop
-< (nothing)
+< Ви більше не отримуватимете розсилок від цього бота. Щоб отримувати їх знову, надішліть /start.
 > дякую
+< Вибачте, я не зрозумів.
+< Що далі?
+  [Картка]
 > [Картка]
 < …
 < …
`, report.Diff("en"))
	require.Contains(t, report.Diff("uk"), "--- talk.chat: очікувано\n+++ сказав бот\n@@ рядок 4 @@\n")
}

func TestAButtonThatIsNotThereEndsTheTranscript(t *testing.T) {
	t.Parallel()
	report := play(t, World{}, "> /start\n< …\n> [Ліди]\n< Ніколи\n")
	require.Equal(t, 3, report.First())
	require.Contains(t, report.Diff("en"), " > [Ліди]\n! There is no button “Ліди” here. There are: [Картка]\n! The rest of the transcript was not played.\n")
	report = play(t, World{}, "> [[Ліди]]\n")
	require.Contains(t, report.Diff("en"), "the bot has shown none")
}

func TestWhyTheBotSaidThatSomethingWentWrong(t *testing.T) {
	t.Parallel()
	report := play(t, World{}, "> /start\n< …\n@ odoo = refuses\n> [Картка]\n< Картка: 5\n")
	require.Contains(t, report.Diff("en"), "! talk.chat:4:1: the bot says that something went wrong, because of this: ")
	require.Contains(t, report.Diff("en"), "may not read this field")
	report = play(t, World{}, "> коло\n< Ні\n")
	require.Equal(t, "problem.endless_chain", report.Problems[0].Key)
}

// deaf is an Odoo whose scene nobody can set.
type deaf struct{ flow.Odoo }

func TestLinesThatCannotBePlayedAreErrors(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"operator: Вітаю!":    "talk.chat:1:1: operators are not in this version of krok.",
		"@ odoo = sleepy":     "talk.chat:1:1: Odoo cannot be “sleepy”. Possible: up, down, refuses.",
		"@ files = lost":      "talk.chat:1:1: files cannot be “lost”. Possible: up, down, gone.",
		"@ now = tomorrow":    "talk.chat:1:1: “tomorrow” is no moment.",
		"@ bot = shop.yaml":   "talk.chat:1:1: another bot cannot be loaded here",
		"@ partner.ref = 5":   "talk.chat:1:1: “partner.ref” cannot be set here",
		"@ partner = married": "talk.chat:1:1: “partner” cannot be set here",
	} {
		_, err := Play(t.Context(), parsed(t, line), World{Bot: bot(t), Odoo: deaf{&Scene{}}})
		require.ErrorContains(t, err, want)
	}
	_, err := Play(t.Context(), parsed(t, "@ merge = maybe"), World{Bot: bot(t)})
	require.ErrorContains(t, err, "talk.chat:1:1: “merge” could not be set: ")
	_, err = Play(t.Context(), parsed(t, "> /start\n< …\n@ partner = married"), World{Bot: bot(t)})
	require.ErrorContains(t, err, "talk.chat:3:1: “partner” could not be set: the contact can only be gone")
}

func TestPlayingStopsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Play(ctx, parsed(t, "> /start\n"), World{Bot: bot(t)})
	require.ErrorIs(t, err, context.Canceled)
}

func TestConversationGoesOnWhenOdooIsBack(t *testing.T) {
	t.Parallel()
	served, odoo := bot(t), &gate{Odoo: &Scene{}, state: "down"}
	chat := &Conversation{Bot: func() *flow.Bot { return served }, Odoo: odoo, Who: flow.Person{ID: "7000000001", Lang: "uk"}, Prefix: "a"}
	phone := &Phone{Who: chat.Who}
	say := func(text string) []flow.Outgoing {
		action, err := ReadAction(text)
		require.NoError(t, err)
		event, ok, err := phone.Event(action)
		require.NoError(t, err)
		require.True(t, ok)
		messages, err := chat.Deliver(t.Context(), event)
		require.NoError(t, err)
		phone.Receive(messages...)
		return messages
	}
	require.Equal(t, "a1/1#1", say("/start")[0].Key)
	require.Len(t, phone.Keyboard(), 1)
	require.False(t, chat.Waits())

	require.Equal(t, "a2/1/sorry#1", say("[Картка]")[0].Key)
	require.True(t, chat.Waits())
	require.Empty(t, say("/start"))
	odoo.set("up")
	messages, err := chat.Retry(t.Context())
	require.NoError(t, err)
	require.Len(t, messages, 3)
	require.False(t, chat.Waits())
}

func TestSceneTellsWhatTheEngineWroteToIt(t *testing.T) {
	t.Parallel()
	scene := &Scene{}
	play(t, World{Odoo: scene}, "> /start\n< …\n> /stop\n< …\n")
	require.Equal(t, "opted_out", scene.State())
	require.Zero(t, scene.Asked())
	play(t, World{Odoo: scene, Prefix: "later"}, "> /start\n< …\n> (blocked)\n")
	require.Equal(t, "blocked", scene.State())
	_, err := scene.Commit(t.Context(), flow.Commit{Key: "x", Operations: []flow.Operation{{Kind: "make_tea"}}})
	require.ErrorContains(t, err, "make_tea")
	executed := len(scene.Executed())
	_, err = scene.Commit(t.Context(), flow.Commit{Key: "shop/7000000001/1", Operations: []flow.Operation{{Kind: flow.OpenChat}}})
	require.NoError(t, err)
	require.Len(t, scene.Executed(), executed, "a key that was carried out does nothing")
}

func TestDomainsOnTheFieldsOfAScene(t *testing.T) {
	t.Parallel()
	fields := map[string]string{"name": "Ганна Коваль", "age": "40", "country_id.name": "Україна", "category_id": "3, 5", "vip": "True", "date": "2026-11-25"}
	leaf := func(path, operator string, value any) []any { return []any{path, operator, value} }
	for _, c := range []struct {
		want   bool
		domain []any
	}{
		{true, nil},
		{true, []any{leaf("name", "=", "Ганна Коваль")}},
		{false, []any{leaf("name", "!=", "Ганна Коваль")}},
		{true, []any{leaf("name", "ilike", "коваль")}},
		{false, []any{leaf("name", "like", "коваль")}},
		{true, []any{leaf("name", "not like", "коваль")}},
		{true, []any{leaf("name", "=ilike", "ганна%")}},
		{false, []any{leaf("name", "=like", "Ганна")}},
		{true, []any{leaf("age", ">=", int64(40)), leaf("age", "<", 40.5)}},
		{false, []any{leaf("age", ">", int64(40))}},
		{true, []any{leaf("age", "<=", int64(100))}},
		{true, []any{leaf("age", "=", int64(40))}},
		{true, []any{leaf("country_id", "!=", false)}},
		{true, []any{leaf("country_id", "=", "Україна")}},
		{true, []any{leaf("phone", "=", false), leaf("vip", "=", true)}},
		{false, []any{leaf("phone", ">", "0")}},
		{true, []any{leaf("category_id", "in", []any{int64(5), int64(9)})}},
		{true, []any{leaf("category_id", "not in", []any{int64(9)})}},
		{true, []any{leaf("category_id", "=", int64(3))}},
		{true, []any{leaf("date", ">", "2026-11-01")}},
		{true, []any{"|", leaf("age", "=", int64(1)), "!", leaf("age", "=", int64(2))}},
		{false, []any{"&", leaf("age", "=", int64(40)), leaf("age", "=", int64(2))}},
		{false, []any{leaf("age", "=", int64(1)), "|", leaf("age", "=", int64(40)), leaf("age", "=", int64(2))}},
		{true, []any{[]any{int64(1), "=", int64(1)}}},
		{false, []any{[]any{int64(0), "=", int64(1)}}},
	} {
		got, err := matches(c.domain, fields)
		require.NoError(t, err, c.domain)
		require.Equal(t, c.want, got, c.domain)
	}
	for _, domain := range [][]any{{leaf("category_id", "child_of", int64(3))}, {"|", leaf("a", "=", "b")}, {"^"}, {5}, {[]any{"a"}}} {
		_, err := matches(domain, fields)
		require.Error(t, err, domain)
	}
}

func TestErrorsOfAConversationAreGivenWithWhatIsSaid(t *testing.T) {
	t.Parallel()
	served, odoo := bot(t), &gate{Odoo: &Scene{}, state: "refuses"}
	chat := &Conversation{Bot: func() *flow.Bot { return served }, Odoo: odoo, Who: flow.Person{ID: "7000000001", Lang: "uk"}}
	messages, err := chat.Deliver(t.Context(), flow.Event{Kind: flow.KindMessage, Message: &flow.Message{Text: "/start", Content: "text"}})
	require.True(t, errors.Is(err, errRefused))
	require.Len(t, messages, 1)
	require.False(t, chat.Waits())
}
