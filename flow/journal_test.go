package flow_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/richtext"
)

// recorded waits until so many lines of the record are kept, and gives them.
func (r *runs) recorded(n int) []flow.Line {
	r.Helper()
	var lines []flow.Line
	require.Eventually(r, func() bool {
		var err error
		lines, err = r.store.Journal(r.Context(), shop, 100)
		return err == nil && len(lines) >= n
	}, 20*time.Second, 5*time.Millisecond)
	require.Len(r, lines, n)
	return lines
}

// read is the record as keys and texts.
func read(lines []flow.Line) (all []string) {
	for _, line := range lines {
		who := "bot"
		if line.In {
			who = line.Author
		}
		all = append(all, line.Key+" "+who+": "+line.Text)
	}
	return all
}

func TestATurnWithAResultRecordsEachLineOnce(t *testing.T) {
	t.Parallel()
	r := newRuns(t)
	first := wrote("1", "/start")
	r.put(first)
	r.start()
	lines := r.recorded(2)
	require.Equal(t, []string{"1 Ганна: /start", "1/1#1 bot: Hello!"}, read(lines))
	require.True(t, lines[0].Start)
	require.False(t, lines[1].Start)
	require.EqualValues(t, 10, lines[1].Step)
	for _, line := range lines {
		require.Equal(t, first.Chat, line.Chat)
		require.WithinDuration(t, first.At, line.At, 0, "the answer has the time of what it answers")
	}
	require.Len(t, r.odoo.asked(), 1)
}

// away is an Odoo that cannot be asked for the first times.
type away struct {
	*scriptedOdoo

	times atomic.Int64
}

func (a *away) Ask(ctx context.Context, question flow.Question) (flow.Reply, error) {
	if a.times.Add(-1) >= 0 {
		return flow.Reply{}, &flow.Unavailable{Err: errors.New("restarting")}
	}
	return a.scriptedOdoo.Ask(ctx, question)
}

func TestWhatWaitsForOdooIsRecordedOnceHoweverOftenItIsTried(t *testing.T) {
	t.Parallel()
	r := newRuns(t)
	r.known()
	odoo := &away{scriptedOdoo: r.odoo}
	odoo.times.Store(2)
	r.put(wrote("1", "vip"))
	runner := flow.NewRunner(flow.RunnerConfig{Code: shop, Bot: func() *flow.Bot { return r.bot }, Store: r.store, Engine: flow.Engine{Odoo: odoo}})
	runner.Start(t.Context())
	t.Cleanup(runner.Stop)
	lines := r.recorded(3)
	require.Equal(t, []string{"1 Ганна: vip", "1#1 bot: Welcome!"}, []string{read(lines)[0], read(lines)[2]})
	require.Equal(t, "1/sorry#1", lines[1].Key)
	require.NotEmpty(t, lines[1].Text)
}

func TestWhatAFailedTurnSaysStaysInTheRecordWhenItsEventIsTriedAgain(t *testing.T) {
	t.Parallel()
	r := newRuns(t)
	r.known()
	r.odoo.panics = true
	r.put(wrote("1", "vip"))
	r.start()
	lines := r.recorded(2)
	require.Equal(t, "1", lines[0].Key)
	require.True(t, strings.HasPrefix(lines[1].Key, "1#1@"), lines[1].Key)
	require.Contains(t, lines[1].Text, "went wrong")
	r.odoo.mu.Lock()
	r.odoo.panics = false
	r.odoo.mu.Unlock()
	require.NoError(t, r.store.RetryDead(t.Context(), shop, r.dead(1)[0].ID))
	lines = r.recorded(4)
	require.Equal(t, []string{"1 Ганна: vip", "1#1 bot: Welcome!"}, read(lines[2:]), "Odoo has the first line by its key")
}

func TestOnlyWhatClientsAndBotsSayIsRecorded(t *testing.T) {
	t.Parallel()
	r := newRuns(t)
	r.known()
	edited, group := wrote("2", "hello"), wrote("3", "hello")
	edited.Kind, group.Group = flow.KindEdited, true
	r.put(blocked("1"), edited, group, wrote("4", "/start"))
	r.start()
	require.Equal(t, []string{"4 Ганна: /start", "4#1 bot: Hello!"}, read(r.recorded(2)))
}

func TestALineSaysInWordsWhatAClientDid(t *testing.T) {
	t.Parallel()
	r := newRuns(t)
	file := &flow.File{ID: "f", Name: "a.pdf"}
	for want, message := range map[string]flow.Message{
		"text Привіт":                  {Content: flow.ContentText, Text: "Привіт"},
		"document ось":                 {Content: "document", Text: "ось", File: file},
		"photo ":                       {Content: "photo", File: file},
		" (a message of another kind)": {},
		"location Shared location: 50.450100, 30.523400": {Content: flow.ContentLocation, Latitude: 50.4501, Longitude: 30.5234},
		"contact Shared contact: Ганна, +380501234567":   {Content: flow.ContentContact, Contact: &flow.Contact{Phone: "+380501234567", Name: "Ганна"}},
		"contact Shared phone number: +380501234567":     {Content: flow.ContentContact, Contact: &flow.Contact{Phone: "+380501234567"}},
	} {
		event := wrote("1", "")
		event.Message = &message
		lines := flow.Lines(r.bot, flow.Session{Step: 10}, event, nil)
		require.Len(t, lines, 1)
		require.Equal(t, want, lines[0].Content+" "+lines[0].Text)
		require.Equal(t, message.File, lines[0].File)
		require.False(t, lines[0].Start)
	}
	require.True(t, flow.Lines(r.bot, flow.Session{}, wrote("1", "Привіт"), nil)[0].Start, "the first words of a client")
	require.True(t, flow.Lines(r.bot, flow.Session{Step: 10}, wrote("1", "/start vip"), nil)[0].Start)
}

func TestALineOfAPressHasTheLabelOfItsButton(t *testing.T) {
	t.Parallel()
	built := flow.Build(flow.Definition{Tables: map[string][]flow.Row{
		"bot":  {{"id": 1, "code": shop, "name": "Shop", "lang": "uk_UA"}},
		"step": {{"id": 10, "code": "hello", "name": "Hello", "type": "text", "text": flow.Texts{"uk_UA": "<p>Вітаю!</p>"}}},
		"button": {
			{"id": 5, "step_id": 10, "place": "inline", "kind": "step", "name": flow.Texts{"uk_UA": "До каталогу"}, "target_id": 10, "row": 1},
			{"id": 6, "step_id": 10, "place": "inline", "kind": "step", "name": flow.Texts{"uk_UA": "{{ chat.first_name }}"}, "target_id": 10, "row": 2},
		},
		"alias": {{"id": 1, "name": "/start", "step_id": 10}},
	}}, flow.Definition{}, nil)
	require.NotNil(t, built.Bot, "%v", built.Problems)
	require.Len(t, built.Bot.Steps[10].Inline, 2, "%v", built.Problems)
	for data, want := range map[string]string{
		"a.1.b.5": "[До каталогу]", "a.1.b.6": "[Ганна]", "a.1.b.7": "[кнопка]", "a.1.v.5": "[кнопка]", "forged": "[кнопка]", "zz.1.b.5": "[кнопка]",
	} {
		event := wrote("1", "")
		event.Kind, event.Message, event.Press = flow.KindPress, nil, &flow.Press{Data: data}
		line := flow.Lines(built.Bot, flow.Session{Step: 10, Visit: 1}, event, nil)[0]
		require.Equal(t, want, line.Text, data)
		require.Equal(t, flow.ContentPress, line.Content)
		event.Press.Label = "Так"
		require.Equal(t, "[Так]", flow.Lines(built.Bot, flow.Session{}, event, nil)[0].Text)
	}
}

func TestALineOfTheBotHasCaptionsAndFilesAndEditsOfButtonsHaveNone(t *testing.T) {
	t.Parallel()
	r := newRuns(t)
	lines := flow.Lines(r.bot, flow.Session{Step: 10}, wrote("1", "hello"), []flow.Outgoing{
		{Key: "1#1", Step: 10, Media: []flow.Medium{
			{ID: 3, Kind: "image", Filename: "a.png", Checksum: "c", Caption: richtext.Plain("перше")}, {ID: 4, Kind: "image"}, {ID: 5, Kind: "image", Caption: richtext.Plain("третє")},
		}},
		{Key: "1#2", Edit: 41}, {Key: "1#3", Text: richtext.Plain("текст")},
	})
	require.Equal(t, []string{"1 Ганна: hello", "1#1 bot: перше\nтретє", "1#3 bot: текст"}, read(lines))
	require.Equal(t, []flow.Medium{{ID: 3, Kind: "image", Filename: "a.png", Checksum: "c"}, {ID: 4, Kind: "image"}, {ID: 5, Kind: "image"}}, lines[1].Media)
	row := lines[1].Row()
	require.Equal(t, []any{int64(3), int64(4), int64(5)}, row["media"])
	require.Equal(t, lines[1].At.UTC().Format("2006-01-02 15:04:05"), row["date"])
}

func TestACommitThatCarriesTheConversationHasWhatWaitsAndItsOwnLines(t *testing.T) {
	t.Parallel()
	odoo := &scriptedOdoo{}
	lines := []flow.Line{{Key: "1", Chat: "7", In: true, Text: "хочу"}, {Key: "1#1", Chat: "7", Text: "так"}}
	operations := []flow.Operation{{Kind: "create_lead", Args: map[string]any{"bot": 1}, Journal: true}, {Kind: "other"}}
	_, err := flow.CarryOut(t.Context(), odoo, flow.Lent{Lines: func(context.Context) ([]flow.Line, error) { return lines, nil }},
		wrote("1", ""), flow.Commit{Operations: operations})
	require.NoError(t, err)
	done := odoo.asked()[0].Operations
	require.Equal(t, []any{lines[0].Row(), lines[1].Row()}, done[0].Args["lines"])
	require.Equal(t, 1, done[0].Args["bot"])
	require.Empty(t, done[1].Args)
	require.Len(t, operations[0].Args, 1, "what was planned stays as it was")

	broken := errors.New("redis is gone")
	_, err = flow.CarryOut(t.Context(), odoo, flow.Lent{Lines: func(context.Context) ([]flow.Line, error) { return nil, broken }},
		wrote("1", ""), flow.Commit{Operations: operations, Optional: true, Refusable: true})
	require.ErrorIs(t, err, broken, "nothing is decided without the store")
	require.Len(t, odoo.asked(), 1)
}

// forgetful is a store that does not answer the first question for what waits.
type forgetful struct {
	flow.Store

	asked atomic.Int64
}

func (f *forgetful) Waiting(ctx context.Context, bot string, chat flow.ChatID) ([]flow.Line, error) {
	if f.asked.Add(1) == 1 {
		return nil, errors.New("redis is gone")
	}
	return f.Store.Waiting(ctx, bot, chat)
}

func TestATurnThatCarriesTheConversationWaitsForTheStoreAndRecordsItsLinesToo(t *testing.T) {
	t.Parallel()
	r := newRuns(t)
	r.known()
	r.put(wrote("1", "хочу"))
	taken, err := r.store.Take(t.Context(), shop)
	require.NoError(t, err)
	plan := `{"event":"1","messages":[{"key":"1#1","text":{"t":"Дякую!"}}],"commit":{"key":"k","operations":[{"kind":"create_lead","args":{},"journal":true}]}}`
	require.NoError(t, r.store.Plan(t.Context(), taken, []byte(plan)))
	earlier := flow.Line{Key: "0", Chat: taken.Event.Chat, In: true, Author: "Ганна", Text: "/start"}
	require.NoError(t, r.store.Keep(t.Context(), taken, flow.Kept{Session: taken.Session, Journal: []flow.Line{earlier}, Retry: time.Microsecond}))
	kept := &forgetful{Store: r.store}
	r.startOn(kept)
	require.Equal(t, "Дякую!", r.said())
	require.EqualValues(t, 2, kept.asked.Load())
	require.Len(t, r.odoo.asked(), 1)
	var carried []string
	rows, _ := r.odoo.asked()[0].Operations[0].Args["lines"].([]any)
	for _, row := range rows {
		text, _ := row.(map[string]any)["text"].(string)
		carried = append(carried, text)
	}
	require.Equal(t, []string{"/start", "хочу", "Дякую!"}, carried)
	require.Equal(t, []string{"0 Ганна: /start", "1 Ганна: хочу", "1#1 bot: Дякую!"}, read(r.recorded(3)), "Odoo finds them by their keys")
}
