package flow

import (
	"cmp"
	"strings"

	"github.com/krokbot/krok/flow/answer"
	"github.com/krokbot/krok/flow/richtext"
	"github.com/krokbot/krok/flow/texts"
)

// contactStep asks the client for one field of their contact and writes it, together with the step's tags; without a field it only
// changes tags. How the field is asked for is its [asking].
//
// What it writes is one operation, UpdateContact: bot, telegram_id, name and lang of the chat, as OpenChat has them; field and value as
// Odoo takes them; add_tags, remove_tags; merge, for a number that the messenger vouches for (see [mergeForms]); source, words and
// note_lang for the line in the chatter; answer_lang and tz for what the client reads. It gives shown, the value as people read it;
// apart and match_name, where a contact with that number was found that Odoo will not merge; refused, for a value that is not offered.
type contactStep struct {
	asks                asking // nil: for nothing
	field               contactField
	addTags, removeTags []int64
	after               map[string]richtext.Template
	merge               bool
}

// asking is how a kind of field is asked for. Its answers end in [contactStep.write].
type asking interface {
	// choices are the buttons that the client chooses from; none where there is nothing to choose from.
	choices(s contactStep, turn *Turn, step *Step) (Choices, error)
	// answer takes what can be meant for nothing but this field; fallback what is no alias either.
	answer(s contactStep, turn *Turn, step *Step, said *Message) (Next, error)
	fallback(s contactStep, turn *Turn, step *Step, said *Message) (Next, error)
}

// contactField is a field of res.partner.
type contactField struct {
	name, ttype string
	label       Texts
	kind        answer.Kind // of a field that a text answers
	size        int         // of a char; 0: no bound
	digits      int         // decimals of a number; 0: no bound
}

var (
	_ StepType = contactStep{}
	_ Fallback = contactStep{}
	_ Chooser  = contactStep{}
	_ Presser  = contactStep{}
	_ Resumer  = contactStep{}
	_ Waiter   = contactStep{}
)

func newContactStep(draft draft) StepType {
	row := draft.row
	s := contactStep{addTags: row.Refs("add_tag_ids"), removeTags: row.Refs("remove_tag_ids"), after: plainTexts(row.Texts("text_after")),
		merge: row.Bool("merge_by_phone")}
	draft.builder.checkTemplates("text_after", s.after, draft.problems)
	if row.Ref("field_id") == 0 {
		if len(s.addTags)+len(s.removeTags) == 0 {
			draft.fail("field_id", "contact_nothing", nil, nil)
		}
		return s
	}
	field := draft.definition.Row("field", row.Ref("field_id"))
	s.field = contactFieldOf(field)
	s.asks = askingFor(s.field, field.Str("relation"))
	args := texts.Args{"field": s.field.name}
	switch problem := field.Str("problem"); {
	case field == nil:
		draft.fail("field_id", "contact_field_gone", nil, nil)
	case problem != "":
		draft.fail("field_id", "contact_field_"+problem, args, nil)
	case s.asks == nil:
		draft.fail("field_id", "contact_field_type", args, nil)
	case field.Str("relation") == "res.partner" || field.Str("relation") == "res.users":
		draft.warn("field_id", "contact_field_shows_people", args)
	}
	if _, ok := s.asks.(askPhone); ok {
		addShareButton(draft.step, row.Texts("share_button"))
	} else if s.merge {
		draft.warn("merge_by_phone", "merge_without_phone", args)
	}
	return s
}

// contactFieldOf reads a row of the table field. A bot that comes from a file alone names its fields and knows no more of them: they are
// asked for as texts.
func contactFieldOf(row Row) contactField {
	field := contactField{name: row.Str("name"), ttype: cmp.Or(row.Str("ttype"), string(answer.Char)), label: row.Texts("label"), size: int(row.Int("size")), digits: int(row.Int("digits"))}
	field.kind, _ = answer.Of(field.name, field.ttype)
	return field
}

// askingFor tells how a field is asked for; nil for one that nobody can answer in a chat.
func askingFor(field contactField, relation string) asking {
	switch {
	case field.ttype == "boolean":
		return askYesNo{}
	case field.ttype == "selection", relation != "" && (field.ttype == "many2one" || field.ttype == "many2many"):
		return askValue{several: field.ttype == "many2many", relation: field.ttype != "selection"}
	case field.ttype == "binary":
		return askPhoto{}
	case field.kind == answer.Phone:
		return askPhone{}
	case field.kind != "":
		return askText{}
	}
	return nil
}

// Enter waits for the answer. Where nothing is asked for, or there is nothing to choose from, it goes on at once.
func (s contactStep) Enter(turn *Turn, step *Step) (Next, error) {
	if s.asks == nil {
		return s.write(turn, step, nil, nil), nil
	}
	if turn.session.List != nil && turn.session.List.Empty {
		turn.problem(step, "field_id", "contact_no_values", texts.Args{"field": s.field.name})
		return GoTo(step.Next), nil
	}
	return Wait(), nil
}

// Choices are those of the field, where it has any.
func (s contactStep) Choices(turn *Turn, step *Step) (Choices, error) {
	if s.asks == nil {
		return Choices{}, nil
	}
	return s.asks.choices(s, turn, step)
}

// Answer takes what can be meant for nothing but this field.
func (s contactStep) Answer(turn *Turn, step *Step, said *Message) (Next, error) {
	if s.asks == nil {
		return Pass(), nil
	}
	return s.asks.answer(s, turn, step, said)
}

// Fallback takes any text that is no alias.
func (s contactStep) Fallback(turn *Turn, step *Step, said *Message) (Next, error) {
	if s.asks == nil {
		return Pass(), nil
	}
	return s.asks.fallback(s, turn, step, said)
}

// Press takes the buttons of a list of values.
func (s contactStep) Press(turn *Turn, step *Step, press pressed) (Next, error) {
	presser, ok := s.asks.(interface {
		press(s contactStep, turn *Turn, step *Step, press pressed) (Next, error)
	})
	if !ok {
		return Pass(), nil
	}
	return presser.press(s, turn, step, press)
}

// Waits tells that the conversation rests here, where a field is asked for.
func (s contactStep) Waits() bool { return s.asks != nil }

// write has Odoo write a value, and the tags. more are further arguments, or files in place of the value.
func (s contactStep) write(turn *Turn, step *Step, value any, more map[string]any) Next {
	lang := texts.Pick(turn.bot.Lang)
	words := map[string]any{}
	for _, word := range []string{"empty", "added", "removed", "merged"} {
		words[word] = texts.Get(lang, "contact."+word, nil)
	}
	args := map[string]any{
		"bot": turn.bot.ID, "telegram_id": string(turn.event.Chat), "name": turn.session.Who.Name(), "lang": turn.session.Who.Lang,
		"field": s.field.name, "value": value, "add_tags": s.addTags, "remove_tags": s.removeTags,
		"source":    texts.Get(lang, "contact.source", texts.Args{"bot": turn.bot.Name, "step": step.Name}),
		"note_lang": turn.bot.Lang, "words": words, "answer_lang": turn.odooLang(), "tz": turn.bot.Location.String(),
	}
	operation := Operation{Kind: UpdateContact, Args: args}
	for name, one := range more {
		if file, ok := one.(File); ok {
			operation.Files = map[string]File{name: file}
			delete(args, name)
			continue
		}
		args[name] = one
	}
	return turn.Write(step, s.asks != nil, operation)
}

// Resume tells the client what came of it and goes on. What Odoo did not take is asked for again.
func (s contactStep) Resume(turn *Turn, step *Step, result CommitResult) (Next, error) {
	switch {
	case result.Failed && strings.HasPrefix(result.Refusal, "client."):
		return turn.reject(step, result.Refusal, nil), nil
	case result.Failed:
		return turn.reject(step, "client.value_refused", texts.Args{"reason": result.Refusal}), nil
	}
	written := result.Results[0]
	if refused, _ := written["refused"].(string); refused != "" {
		return turn.reject(step, "client.value_gone", nil), nil
	}
	if shown, _ := written["shown"].(string); shown != "" {
		turn.Keep(step, shown)
	}
	if apart, _ := written["apart"].(string); apart != "" {
		name, _ := written["match_name"].(string)
		turn.problem(step, "merge_by_phone", "merge_"+apart, texts.Args{"contact": name, "id": wholeNumber(written["match"])})
	}
	return GoTo(step.Next), turn.tell(s.after)
}
