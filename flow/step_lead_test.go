package flow

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow/texts"
)

// leadRows is a bot of a lead step and what it then says, from an Odoo that has CRM.
func leadRows(step Row) Definition {
	row := Row{"id": int64(10), "code": "call", "name": "Call", "type": "lead", "lead_type": "lead", "user_id": int64(5), "team_id": int64(6),
		"lead_tag_ids": []any{int64(7), int64(8)}, "next_id": int64(11)}
	for name, value := range step {
		row[name] = value
	}
	return Definition{Tables: map[string][]Row{
		"bot": {{"id": int64(1), "code": "shop", "name": "Квіткова крамниця", "lang": "uk_UA", "tz": "Europe/Kyiv"}},
		"step": {row,
			{"id": int64(11), "code": "thanks", "name": "Thanks", "type": "text", "text": Texts{"uk_UA": "<p>№ {{ answer.call }}</p>"}}},
		"alias": {{"id": int64(1), "name": "/start", "step_id": int64(10)}},
		"user":  {{"id": int64(5), "name": "olena@example.com", "active": true}},
		"team":  {{"id": int64(6), "name": Texts{"uk_UA": "Продажі", "en_US": "Sales"}, "active": true}},
		"app":   {{"id": int64(1), "name": "crm", "leads": true}},
	}}
}

func keysOfProblems(t *testing.T, found []Problem) []string {
	t.Helper()
	keys := make([]string, len(found))
	for i, problem := range found {
		keys[i] = string(problem.Level) + " " + strings.TrimPrefix(problem.Key, "problem.")
		for _, lang := range texts.Languages() {
			require.NotEqual(t, problem.Key, problem.What(lang))
			require.NotEqual(t, problem.Key+"_remedy", problem.Remedy(lang))
			require.NotContains(t, problem.What(lang)+problem.Remedy(lang), "{")
		}
	}
	return keys
}

func TestWhatKeepsALeadFromBeingMadeOrFoundIsAProblem(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		step Row
		with map[string][]Row
		want []string
	}{
		"all is well":               {nil, nil, []string{}},
		"no app":                    {nil, map[string][]Row{"app": {}}, []string{"error lead_no_app"}},
		"another app":               {nil, map[string][]Row{"app": {{"id": int64(2), "name": "sale"}}}, []string{"error lead_no_app"}},
		"imported without app":      {Row{"type": "text", "type_absent": "lead"}, map[string][]Row{"app": {}}, []string{"error lead_no_app"}},
		"the app came":              {Row{"type": "text", "type_absent": "lead"}, nil, []string{"error lead_app_there"}},
		"of a later krok":           {Row{"type": "text", "type_absent": "horoscope"}, nil, []string{"error unknown_type"}},
		"given another type since":  {Row{"type": "input", "type_absent": "lead"}, map[string][]Row{"app": {}}, []string{}},
		"leads are off":             {nil, map[string][]Row{"app": {{"id": int64(1), "name": "crm"}}}, []string{"warning leads_off"}},
		"an opportunity, leads off": {Row{"lead_type": "opportunity"}, map[string][]Row{"app": {{"id": int64(1), "name": "crm"}}}, []string{}},
		"no type, leads off":        {Row{"lead_type": ""}, map[string][]Row{"app": {{"id": int64(1), "name": "crm"}}}, []string{}},
		"archived":                  {nil, map[string][]Row{"user": {{"id": int64(5), "name": "olena"}}, "team": {{"id": int64(6), "name": "Sales"}}}, []string{"warning lead_user_archived", "warning lead_team_archived"}},
		"deleted":                   {nil, map[string][]Row{"user": {}, "team": {}}, []string{}},
		"says nothing":              {Row{"next_id": int64(0)}, nil, []string{"warning dead_end", "warning dead_end", "warning unreachable"}},
	} {
		definition := leadRows(one.step)
		for table, rows := range one.with {
			definition.Tables[table] = rows
		}
		require.ElementsMatch(t, one.want, keysOfProblems(t, Build(definition, Definition{}, nil).Problems), name)
	}
}

func TestAStepOfAMissingAppIsSkippedAndTheRestServes(t *testing.T) {
	t.Parallel()
	definition := leadRows(Row{"type": "text", "type_absent": "lead", "text": Texts{"uk_UA": "<p>Записую</p>"}})
	definition.Tables["app"] = []Row{}
	bot := Build(definition, Definition{}, nil).Bot
	result, err := Engine{Odoo: &noOdoo{}}.Turn(t.Context(), bot, bound(), message(1, "/start"))
	require.NoError(t, err)
	require.Equal(t, []string{"№"}, said(result.Messages))
	require.Nil(t, result.Commit)
}

// The step goes on asking Odoo: it is Odoo that fails then, and the event is set aside. Nobody is passed by without a lead.
func TestAStepWhoseAppHasGoneKeepsItsLastGoodForm(t *testing.T) {
	t.Parallel()
	good := Build(leadRows(nil), Definition{}, nil)
	require.Empty(t, good.Problems)
	now := leadRows(Row{"type": ""})
	now.Tables["app"] = []Row{}
	frozen := Build(now, good.Good, nil)
	require.Equal(t, leadStep{kind: "lead", user: 5, team: 6, tags: []int64{7, 8}}, frozen.Bot.Steps[10].Type)
	restarted := Build(frozen.Good, Definition{}, nil)
	require.Empty(t, restarted.Problems, "while Odoo is down nothing is known of its apps")
	require.Equal(t, "lead", restarted.Bot.Steps[10].TypeName)
}

func TestALeadIsAskedForWithAllThatItIsMadeOf(t *testing.T) {
	t.Parallel()
	bot := built(t, leadRows(nil).Tables)
	result, err := Engine{Odoo: &noOdoo{}}.Turn(t.Context(), bot, bound(), message(1, "/start"))
	require.NoError(t, err)
	require.False(t, result.Commit.Refusable, "one that is refused is set aside, so that nobody is lost")
	require.False(t, result.Commit.Optional)
	require.Equal(t, []Operation{{Kind: MakeLead, Journal: true, Args: map[string]any{
		"bot": int64(1), "telegram_id": "7000000001", "name": "Ганна", "lang": "uk", "type": "lead", "user": int64(5), "team": int64(6), "tags": []int64{7, 8},
		"title": "Ганна – Квіткова крамниця", "source": "Квіткова крамниця", "medium": "Telegram", "tz": "Europe/Kyiv", "note_lang": "uk_UA",
		"words": map[string]any{
			"title":   "Розмова в Telegram, бот «Квіткова крамниця»",
			"earlier": "Давніших повідомлень тут не показано: вони є в меню «Чат-бот / Розмови».",
		},
	}}}, result.Commit.Operations)
}

// talk plays events with one chat, as a runner does; Odoo numbers its leads.
type talk struct {
	*testing.T
	bot     *Bot
	odoo    Odoo
	session Session
	leads   int
	waiting []Event
	said    []string
}

func (c *talk) hear(event Event) {
	c.Helper()
	for next := &event; next != nil; {
		event, next = *next, nil
		if len(c.waiting) > 0 && event.Kind == KindResult {
			event.Last = &c.waiting[len(c.waiting)-1]
		}
		result, err := Engine{Odoo: c.odoo}.Turn(c.Context(), c.bot, c.session, event)
		require.NoError(c, err)
		c.session = restored(c.T, result.Session)
		c.said = append(c.said, said(result.Messages)...)
		if result.Commit != nil {
			answer := map[string]any{"partner": 7, "chat": 8, "lang": "uk_UA"}
			if result.Commit.Operations[0].Kind == MakeLead {
				c.leads++
				answer["lead"] = float64(40 + c.leads) // as it comes out of JSON
			}
			made := ResultOf(event, *result.Commit, CommitResult{Results: []map[string]any{answer}})
			next = &made
		}
	}
}

// restored is a session that went through the store.
func restored(t *testing.T, session Session) Session {
	t.Helper()
	again, err := ReadSession(session.Bytes())
	require.NoError(t, err)
	return again
}

// after is the press that leads to the step, some time after the first one.
func after(id int, wait time.Duration) Event {
	event := message(id, "/start")
	event.At = event.At.Add(wait)
	return event
}

func newTalk(t *testing.T) *talk {
	t.Helper()
	return &talk{T: t, bot: built(t, leadRows(nil).Tables), odoo: &noOdoo{}, session: bound()}
}

func TestPressesInARowMeanOneLeadAndALaterVisitAnother(t *testing.T) {
	t.Parallel()
	c := newTalk(t)
	for i, wait := range []time.Duration{0, 5 * time.Second, 9 * time.Second} {
		c.hear(after(i, wait))
	}
	require.Equal(t, []string{"№ 41", "№ 41", "№ 41"}, c.said)
	c.hear(after(9, time.Minute))
	require.Equal(t, "№ 42", c.said[3])
}

func TestWhatWaitedWhileALeadWasMadeMeansThisLead(t *testing.T) {
	t.Parallel()
	c := newTalk(t)
	c.waiting = []Event{after(2, 10*time.Minute), after(3, 40*time.Minute)}
	c.hear(after(1, 0))
	waited := c.waiting
	c.waiting = nil
	before := c.session
	c.hear(waited[0])
	require.NotEmpty(t, c.session.Lead.Last, "the last one is still to come")
	c.session = before // that turn is run again: its process was killed
	c.hear(waited[0])
	c.session = restored(t, Engine{}.Sorry(c.bot, c.session, waited[1]).Session)
	c.session = restored(t, Engine{}.Failed(c.bot, c.session, waited[1]).Session)
	c.hear(waited[1])
	require.Equal(t, 1, c.leads)
	require.Empty(t, c.session.Lead.Last)
	c.hear(after(4, 40*time.Minute+6*time.Second))
	require.Equal(t, 2, c.leads, "this one came when the lead was there")
}

// The last event that waited was dropped by the owner, say: whoever comes later is not taken for it.
func TestAWaitingEventThatIsNeverAnsweredTakesNobodysLead(t *testing.T) {
	t.Parallel()
	c := newTalk(t)
	c.waiting = []Event{after(2, 10*time.Minute)}
	c.hear(after(1, 0))
	c.waiting = nil
	c.hear(after(3, 11*time.Minute))
	require.Equal(t, 2, c.leads)
}

func TestStepsThatGoRoundInACircleMakeOneLead(t *testing.T) {
	t.Parallel()
	tables := leadRows(nil).Tables
	tables["step"][1] = tables["step"][1].With("next_id", int64(10))
	c := newTalk(t)
	c.bot = built(t, tables)
	c.hear(after(1, 0))
	require.Equal(t, 1, c.leads)
	require.Equal(t, texts.Get("uk", "client.error", nil), c.said[len(c.said)-1])
}

func TestTheNumberOfALeadIsKeptWhereTheContactIsDeletedRightAfter(t *testing.T) {
	t.Parallel()
	tables := leadRows(nil).Tables
	tables["step"][1] = tables["step"][1].With("text", Texts{"uk_UA": "<p>{{ partner.city }}, № {{ answer.call }}</p>"})
	c := newTalk(t)
	c.bot = built(t, tables)
	c.odoo = &goneOnce{}
	c.hear(after(1, 0))
	require.Equal(t, []string{"Львів, № 41"}, c.said)
	c.hear(after(2, time.Second))
	require.Equal(t, 1, c.leads)
}

// goneOnce is an Odoo where the contact is gone when it is asked about for the first time.
type goneOnce struct{ noOdoo }

func (o *goneOnce) Ask(context.Context, Question) (Reply, error) {
	o.asked++
	return Reply{Gone: o.asked == 1, Values: map[string]string{"city": "Львів"}}, nil
}

func TestALeadMarkLeavesTheSessionOfAChatAtRestSmall(t *testing.T) {
	t.Parallel()
	mark := &LeadMark{Step: 2147483647, At: 1795608000, Lead: 2147483647, Last: "u7000000000:2147483647", LastAt: 1795608000}
	require.Less(t, len(Session{Lead: mark}.Bytes())-len(Session{}.Bytes()), 100)
	c := newTalk(t)
	c.hear(after(1, 0))
	require.NotNil(t, c.session.Lead)
	unavailable := Engine{}.Sorry(c.bot, c.session, after(2, time.Minute))
	require.Nil(t, unavailable.Session.Lead, "it is of no use to anybody who comes so much later")
}
