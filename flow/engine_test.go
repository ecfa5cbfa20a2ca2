package flow

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// rows makes the tables of a small bot: a greeting that goes on to a question with two answers, and an open question.
func rows() map[string][]Row {
	return map[string][]Row{
		"bot": {{"id": 1, "code": "shop", "name": "Shop", "lang": "uk_UA", "tz": "Europe/Kyiv"}},
		"step": {
			{"id": 10, "code": "hello", "name": "Hello", "type": "text", "next_id": 11, "text": Texts{"uk_UA": "<p>Вітаю!</p>", "en_US": "<p>Hello!</p>"}},
			{"id": 11, "code": "menu", "name": "Menu", "type": "buttons", "text": Texts{"uk_UA": "<p>Що далі?</p>", "en_US": "<p>What next?</p>"}},
			{"id": 12, "code": "mail", "name": "Mail", "type": "input", "validation": "email", "next_id": 11, "text": Texts{"uk_UA": "<p>Пошта?</p>"}},
		},
		"alias": {{"id": 1, "name": "/start", "step_id": 10}, {"id": 2, "name": "Меню", "step_id": 11}},
		"answer": {
			{"id": 21, "name": Texts{"uk_UA": "Пошта", "en_US": "Mail"}, "step_id": 11, "next_id": 12},
			{"id": 22, "name": Texts{"uk_UA": "Спочатку", "en_US": "Again"}, "step_id": 11, "next_id": 10},
		},
		"button": {
			{"id": 31, "kind": "answer", "place": "keyboard", "answer_id": 21, "step_id": 11, "row": 1},
			{"id": 32, "kind": "answer", "place": "keyboard", "answer_id": 22, "step_id": 11, "row": 1},
			{"id": 33, "kind": "step", "place": "inline", "name": Texts{"uk_UA": "На початок"}, "target_id": 10, "step_id": 12},
		},
	}
}

func built(t testing.TB, tables map[string][]Row) *Bot {
	t.Helper()
	result := Build(Definition{Tables: tables}, Definition{}, nil)
	require.NotNil(t, result.Bot, "problems: %v", result.Problems)
	return result.Bot
}

// noOdoo counts what it is asked and knows nobody.
type noOdoo struct{ asked, committed int }

func (o *noOdoo) Ask(context.Context, Question) (Reply, error) { o.asked++; return Reply{}, nil }

func (o *noOdoo) Values(context.Context, ValuesQuestion) (Values, error) {
	o.asked++
	return Values{}, nil
}

func (o *noOdoo) Find(context.Context, RecordsQuestion) (Records, error) {
	o.asked++
	return Records{}, nil
}

func (o *noOdoo) Commit(context.Context, Commit) (CommitResult, error) {
	o.committed++
	return CommitResult{Results: []map[string]any{{"partner": 7, "chat": 8, "lang": "uk_UA"}}}, nil
}

func message(id int, text string) Event {
	return Event{ID: fmt.Sprint(id), Bot: "shop", Chat: "7000000001", Kind: KindMessage, At: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC),
		From: Person{ID: "7000000001", FirstName: "Ганна", Lang: "uk"}, Message: &Message{Text: text, Content: ContentText}}
}

func TestFirstContactIsBoundToAPartnerBeforeItIsAnswered(t *testing.T) {
	t.Parallel()
	bot, odoo := built(t, rows()), &noOdoo{}
	engine := Engine{Odoo: odoo}
	first, err := engine.Turn(t.Context(), bot, Session{}, message(1, "/start"))
	require.NoError(t, err)
	require.Empty(t, first.Messages)
	require.Equal(t, OpenChat, first.Commit.Operations[0].Kind)
	require.Equal(t, "shop/7000000001/1", first.Commit.Key)

	result, err := odoo.Commit(t.Context(), *first.Commit)
	require.NoError(t, err)
	second, err := engine.Turn(t.Context(), bot, first.Session, ResultOf(message(1, "/start"), *first.Commit, result))
	require.NoError(t, err)
	require.Equal(t, int64(7), second.Session.Partner)
	require.Equal(t, []string{"Вітаю!", "Що далі?"}, said(second.Messages))
	require.Equal(t, "1/1#1", second.Messages[0].Key)
	require.Len(t, second.Messages[1].Keyboard, 1)
	require.Zero(t, odoo.asked)
}

func TestSessionOfAChatAtRestIsSmall(t *testing.T) {
	t.Parallel()
	session := Session{Step: 2147483647, Waits: true, Visit: 4000, Partner: 2147483647, Chat: 2147483647, Lang: "uk_UA",
		Who: Person{ID: "4503599627370495", FirstName: "Вигадана", LastName: "Особа", Username: "made_up_person", Lang: "uk"}, Keyboard: true}
	require.Less(t, len(session.Bytes()), 400)
	again, err := ReadSession(session.Bytes())
	require.NoError(t, err)
	session.Version = sessionVersion
	require.Equal(t, session, again)
}

func TestSessionOfAnotherVersionStartsOverAndKnowsTheClient(t *testing.T) {
	t.Parallel()
	session, err := ReadSession([]byte(`{"v":99,"p":7,"s":10,"new":{"x":1}}`))
	require.Error(t, err)
	require.Equal(t, int64(7), session.Partner)
	require.Zero(t, session.Step)
	_, err = ReadSession([]byte(`{"v":1,"s":"ten"}`))
	require.Error(t, err)
}

func TestAMistakeFreezesItsStepAndTheRestGoesLive(t *testing.T) {
	t.Parallel()
	good := Build(Definition{Tables: rows()}, Definition{}, nil)
	require.Empty(t, good.Problems)
	tables := rows()
	tables["step"][0] = tables["step"][0].With("text", Texts{"uk_UA": "<p>Добрий день!</p>"})
	tables["step"][2] = tables["step"][2].With("validation", "horoscope").With("text", Texts{"uk_UA": "<p>Інше</p>"})
	bad := Build(Definition{Tables: tables}, good.Good, nil)
	require.Len(t, bad.Problems, 1)
	require.Equal(t, "problem.unknown_validation", bad.Problems[0].Key)
	require.Contains(t, bad.Bot.Steps[10].Text["uk_UA"].Render(func(string) string { return "" }).Text, "Добрий день")
	require.Contains(t, bad.Bot.Steps[12].Text["uk_UA"].Render(func(string) string { return "" }).Text, "Пошта?")
	// also after a restart, which begins from what was kept as good
	again := Build(Definition{Tables: tables}, bad.Good, nil)
	require.Contains(t, again.Bot.Steps[12].Text["uk_UA"].Render(func(string) string { return "" }).Text, "Пошта?")
}

func TestANewStepWithAMistakeIsSkipped(t *testing.T) {
	t.Parallel()
	tables := rows()
	tables["step"][2] = tables["step"][2].With("type", "horoscope")
	result := Build(Definition{Tables: tables}, Definition{}, nil)
	require.True(t, result.Bot.Steps[12].Skipped)
	require.Equal(t, int64(11), result.Bot.Steps[12].Next)
}

func TestABotWithoutAStartStepKeepsItsLastGoodForm(t *testing.T) {
	t.Parallel()
	good := Build(Definition{Tables: rows()}, Definition{}, nil)
	tables := rows()
	tables["alias"] = tables["alias"][1:]
	result := Build(Definition{Tables: tables}, good.Good, nil)
	require.NotNil(t, result.Bot.Start)
	require.Equal(t, "problem.no_start", result.Problems[0].Key)
	require.Equal(t, good.Good, result.Good)
	require.Nil(t, Build(Definition{Tables: tables}, Definition{}, nil).Bot)
}

func TestCallbackDataFitsTelegramForTheLargestIds(t *testing.T) {
	t.Parallel()
	largest := pressed{Step: 1<<31 - 1, Visit: 1<<62 - 1, Action: actionButton, Arg: 1<<31 - 1}
	require.LessOrEqual(t, len(largest.String()), maxCallbackData)
	back, ok := readPress(largest.String())
	require.True(t, ok)
	require.Equal(t, largest, back)
}

func FuzzReadPress(f *testing.F) {
	for _, seed := range []string{"a.1.b.v", "....", "-1.1.b.1", strings.Repeat("9", 80), "а.б.в.г", "1.1.b.1", "+1.1.b.1", "01.1.b.1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data string) {
		press, ok := readPress(data)
		if ok {
			require.Equal(t, data, press.String())
			require.GreaterOrEqual(t, press.Step, int64(0))
		}
	})
}

func FuzzReadSession(f *testing.F) {
	f.Add([]byte(`{"v":1,"s":3,"a":{"x":"y"}}`))
	f.Add([]byte(`{"v":2}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		session, err := ReadSession(data)
		if err == nil {
			_, err = ReadSession(session.Bytes())
			require.NoError(t, err)
		}
	})
}

func said(messages []Outgoing) []string {
	var texts []string
	for _, message := range messages {
		texts = append(texts, message.Text.Text)
	}
	return texts
}

// A static turn of each plain type asks Odoo nothing: the benchmark reports its calls.
func BenchmarkTurn(b *testing.B) {
	bot := built(b, rows())
	for name, c := range map[string]struct {
		step int64
		text string
	}{"text": {12, "/start"}, "buttons": {11, "Пошта"}, "input": {12, "hanna@example.com"}} {
		b.Run(name, func(b *testing.B) {
			odoo := &noOdoo{}
			engine := Engine{Odoo: odoo}
			session := Session{Step: c.step, Waits: true, Partner: 7, Lang: "uk_UA", Visit: 1}
			event := message(1, c.text)
			b.ReportAllocs()
			for b.Loop() {
				if result, err := engine.Turn(b.Context(), bot, session, event); err != nil || len(result.Messages) == 0 {
					b.Fatal(err, result)
				}
			}
			b.ReportMetric(float64(odoo.asked+odoo.committed)/float64(b.N), "odoo-calls/op")
		})
	}
}
