package flow

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow/texts"
)

// contactRows is a bot of one step that asks for a field.
func contactRows(field Row, step Row) Definition {
	row := Row{"id": int64(10), "code": "ask", "name": "Ask", "type": "contact", "field_id": int64(400), "text": Texts{"en_US": "<p>Tell me</p>"},
		"text_after": Texts{"en_US": "Thank you"}}
	for name, value := range step {
		row[name] = value
	}
	return Definition{Tables: map[string][]Row{
		"bot":   {{"id": int64(1), "code": "shop", "name": "Shop", "lang": "en_US"}},
		"step":  {row},
		"alias": {{"id": int64(1), "name": "/start", "step_id": int64(10)}},
		"field": {field},
		"tag":   {{"id": int64(3), "name": "VIP"}},
	}}
}

func fieldRow(name, ttype string, more Row) Row {
	row := Row{"id": int64(400), "model": "res.partner", "name": name, "ttype": ttype}
	for key, value := range more {
		row[key] = value
	}
	return row
}

func TestAFieldThatNobodyCanAnswerIsAProblemThatSaysWhyAndWhatToDo(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		field, step Row
		want        string
	}{
		"nothing":           {fieldRow("city", "char", nil), Row{"field_id": int64(0)}, "problem.contact_nothing"},
		"a field that left": {fieldRow("city", "char", nil), Row{"field_id": int64(401)}, "problem.contact_field_gone"},
		"one2many":          {fieldRow("child_ids", "one2many", Row{"relation": "res.partner"}), nil, "problem.contact_field_type"},
		"a reference":       {fieldRow("x_any", "reference", nil), nil, "problem.contact_field_type"},
		"worked out":        {fieldRow("display_name", "char", Row{"problem": "not_stored"}), nil, "problem.contact_field_not_stored"},
		"read only":         {fieldRow("email_normalized", "char", Row{"problem": "readonly"}), nil, "problem.contact_field_readonly"},
		"machinery":         {fieldRow("active", "boolean", Row{"problem": "protected"}), nil, "problem.contact_field_protected"},
		"closed":            {fieldRow("user_id", "many2one", Row{"problem": "unreadable", "relation": "res.users"}), nil, "problem.contact_field_unreadable"},
		"people":            {fieldRow("user_id", "many2one", Row{"relation": "res.users"}), nil, "problem.contact_field_shows_people"},
		"merging by city":   {fieldRow("city", "char", nil), Row{"merge_by_phone": true}, "problem.merge_without_phone"},
		"a placeholder":     {fieldRow("city", "char", nil), Row{"text_after": Texts{"en_US": "{{ nobody.name }}"}}, "problem.bad_placeholder"},
		"says nothing more": {fieldRow("city", "char", nil), Row{"text_after": Texts{}}, "problem.dead_end"},
	} {
		found := Build(contactRows(one.field, one.step), Definition{}, nil).Problems
		keys := make([]string, len(found))
		for i, problem := range found {
			keys[i] = problem.Key
			for _, lang := range texts.Languages() {
				require.NotEqual(t, problem.Key, problem.What(lang))
				require.NotEqual(t, problem.Key+"_remedy", problem.Remedy(lang))
			}
		}
		require.Contains(t, keys, one.want, name)
	}
}

func TestEveryKindOfFieldThatCanBeAnsweredIsNoProblem(t *testing.T) {
	t.Parallel()
	for _, ttype := range []string{"char", "text", "html", "integer", "float", "monetary", "date", "datetime", "boolean", "selection", "binary"} {
		require.Empty(t, Build(contactRows(fieldRow("x_some", ttype, nil), nil), Definition{}, nil).Problems, ttype)
	}
	for _, ttype := range []string{"many2one", "many2many"} {
		require.Empty(t, Build(contactRows(fieldRow("x_some", ttype, Row{"relation": "res.country"}), nil), Definition{}, nil).Problems, ttype)
	}
}

// A step whose field has left goes on asking for it, as long as its last good form serves.
func TestAFrozenStepKeepsTheFieldItAskedFor(t *testing.T) {
	t.Parallel()
	good := Build(contactRows(fieldRow("city", "char", nil), nil), Definition{}, nil)
	require.Empty(t, good.Problems)
	now := contactRows(fieldRow("active", "boolean", Row{"problem": "protected", "id": int64(401)}), Row{"field_id": int64(401)})
	frozen := Build(now, good.Good, nil)
	require.Len(t, frozen.Problems, 1)
	require.Equal(t, "city", frozen.Bot.Steps[10].Type.(contactStep).field.name)
	again := Build(now, frozen.Good, nil)
	require.Equal(t, "city", again.Bot.Steps[10].Type.(contactStep).field.name)
}

// contacts is an Odoo with values to choose from; what is written comes back as it was given.
type contacts struct {
	noOdoo
	values []Value
}

func (o *contacts) Values(_ context.Context, question ValuesQuestion) (Values, error) {
	o.asked++
	last := len(o.values)
	if question.Limit > 0 {
		last = min(last, question.Offset+question.Limit)
	}
	return Values{Items: o.values[min(question.Offset, last):last], Total: len(o.values)}, nil
}

func bound() Session { return Session{Version: sessionVersion, Partner: 7, Chat: 8} }

func TestAPressThatNamesNoValueOfTheListIsTurnedAway(t *testing.T) {
	t.Parallel()
	odoo := &contacts{values: []Value{{"person", "Individual"}, {"company", "Company"}}}
	bot := Build(contactRows(fieldRow("company_type", "selection", nil), nil), Definition{}, nil).Bot
	engine := Engine{Odoo: odoo}
	shown, err := engine.Turn(t.Context(), bot, bound(), message(1, "/start"))
	require.NoError(t, err)
	require.Len(t, shown.Messages, 1)
	require.Equal(t, "Individual", shown.Messages[0].Inline[0][0].Label)
	forged := pressed{Step: 10, Visit: shown.Session.Visit, Action: actionValue, Arg: 12345}.String()
	result, err := engine.Turn(t.Context(), bot, shown.Session, pressOf(2, forged))
	require.NoError(t, err)
	require.Nil(t, result.Commit)
	require.Equal(t, texts.Get("uk", "client.value_gone", nil), result.Messages[0].Text.Text)
	right, err := engine.Turn(t.Context(), bot, shown.Session, pressOf(3, shown.Messages[0].Inline[0][1].Data))
	require.NoError(t, err)
	require.Equal(t, "company", right.Commit.Operations[0].Args["value"])
	require.Empty(t, right.Messages, "what comes of it is said when Odoo has written it")
}

func TestAPageBehindTheLastOneIsTheLastOne(t *testing.T) {
	t.Parallel()
	odoo := &contacts{}
	for i := range 30 {
		odoo.values = append(odoo.values, Value{Key: string(rune('a' + i)), Name: string(rune('A' + i))})
	}
	bot := Build(contactRows(fieldRow("x_letter", "selection", nil), nil), Definition{}, nil).Bot
	engine := Engine{Odoo: odoo}
	shown, err := engine.Turn(t.Context(), bot, bound(), message(1, "/start"))
	require.NoError(t, err)
	event := pressOf(2, pressed{Step: 10, Visit: shown.Session.Visit, Action: actionPage, Arg: 1 << 40}.String())
	event.Press.Message = 55
	turned, err := engine.Turn(t.Context(), bot, shown.Session, event)
	require.NoError(t, err)
	require.Len(t, turned.Messages, 1)
	require.Equal(t, int64(55), turned.Messages[0].Edit)
	require.Equal(t, "Y", turned.Messages[0].Inline[0][0].Label)
	require.Equal(t, "« 2", turned.Messages[0].Inline[3][0].Label)
}

func pressOf(id int, data string) Event {
	event := message(id, "")
	event.Kind, event.Message, event.Press = KindPress, nil, &Press{Data: data}
	return event
}

// gone is an Odoo where somebody has deleted the contact just after it was written.
type gone struct {
	noOdoo
	deleted bool
}

func (o *gone) Ask(context.Context, Question) (Reply, error) {
	return Reply{Gone: o.deleted, Values: map[string]string{"city": "Львів"}}, nil
}

func TestAContactThatIsDeletedBetweenItsUpdateAndWhatIsSaidOfItIsMadeAnewAndTheStepGoesOn(t *testing.T) {
	t.Parallel()
	bot := Build(contactRows(fieldRow("city", "char", nil), Row{"text_after": Texts{"en_US": "Noted {{ partner.city }}"}}), Definition{}, nil).Bot
	odoo := &gone{}
	engine := Engine{Odoo: odoo}
	asked, err := engine.Turn(t.Context(), bot, bound(), message(1, "/start"))
	require.NoError(t, err)
	said := message(2, "Львів")
	written, err := engine.Turn(t.Context(), bot, asked.Session, said)
	require.NoError(t, err)
	odoo.deleted = true
	result := ResultOf(said, *written.Commit, CommitResult{Results: []map[string]any{{"partner": 7, "chat": 8, "shown": "Львів"}}})
	anew, err := engine.Turn(t.Context(), bot, written.Session, result)
	require.NoError(t, err)
	require.Equal(t, OpenChat, anew.Commit.Operations[0].Kind)
	require.False(t, anew.Commit.Optional, "the step waits for the contact: it cannot take its absence for a refusal")
	odoo.deleted = false
	last, err := engine.Turn(t.Context(), bot, anew.Session, ResultOf(result, *anew.Commit, CommitResult{Results: []map[string]any{{"partner": 9, "chat": 8}}}))
	require.NoError(t, err)
	require.Len(t, last.Messages, 1)
	require.Equal(t, "Noted Львів", last.Messages[0].Text.Text)
	require.Equal(t, int64(9), last.Session.Partner)
	require.Nil(t, last.Commit, "what the client said is not written again")
}
