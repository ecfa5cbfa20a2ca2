package flow

import (
	"strings"

	"github.com/krokbot/krok/flow/answer"
	"github.com/krokbot/krok/flow/texts"
)

// askText waits for a text that can be read as the field's kind.
type askText struct{}

func (askText) choices(contactStep, *Turn, *Step) (Choices, error) { return Choices{}, nil }

// answer takes a number, a date, an address where the client wrote one: no alias stands in its way. A field of free text takes what is
// no alias.
func (askText) answer(s contactStep, turn *Turn, step *Step, said *Message) (Next, error) {
	if said.Content != ContentText || s.field.kind == answer.Char || s.field.kind == answer.Text || s.field.kind == answer.HTML {
		return Pass(), nil
	}
	value, refusal := turn.read(s.field, said.Text)
	if refusal != nil {
		return Pass(), nil
	}
	return s.write(turn, step, value.Odoo, nil), nil
}

func (askText) fallback(s contactStep, turn *Turn, step *Step, said *Message) (Next, error) {
	value, refusal := turn.read(s.field, said.Text)
	if refusal != nil {
		return turn.reject(step, refusal.Key, refusal.Args), nil
	}
	return s.write(turn, step, value.Odoo, nil), nil
}

// read reads a text as a field's value.
func (t *Turn) read(field contactField, text string) (answer.Value, *texts.Error) {
	env := t.answerEnv()
	env.Digits, env.MaxLength = field.digits, field.size
	return answer.Read(field.kind, text, env)
}

// askYesNo offers the two answers, and takes the many words for them.
type askYesNo struct{}

var yesNo = []struct {
	key   string
	value bool
}{{"answer.yes", true}, {"answer.no", false}}

func (askYesNo) choices(_ contactStep, turn *Turn, step *Step) (Choices, error) {
	var row []InlineButton
	for i, one := range yesNo {
		row = append(row, InlineButton{Label: turn.word(one.key, nil), Data: turn.dataOf(step, actionValue, int64(i))})
	}
	return Choices{Buttons: [][]InlineButton{row}}, nil
}

func (askYesNo) answer(s contactStep, turn *Turn, step *Step, said *Message) (Next, error) {
	return askText{}.answer(s, turn, step, said)
}

func (askYesNo) fallback(s contactStep, turn *Turn, step *Step, said *Message) (Next, error) {
	return askText{}.fallback(s, turn, step, said)
}

func (askYesNo) press(s contactStep, turn *Turn, step *Step, press pressed) (Next, error) { //nolint:unparam // as askValue has it
	if press.Action != actionValue || press.Arg >= int64(len(yesNo)) {
		return Pass(), nil
	}
	return s.write(turn, step, yesNo[press.Arg].value, nil), nil
}

// askPhoto waits for a picture, sent as a photo or as a file.
type askPhoto struct{}

func (askPhoto) choices(contactStep, *Turn, *Step) (Choices, error) { return Choices{}, nil }

func (askPhoto) answer(s contactStep, turn *Turn, step *Step, said *Message) (Next, error) {
	switch {
	case said.Content == ContentText:
		return Pass(), nil
	case said.File != nil && (said.Content == "photo" || said.Content == "document" && strings.HasPrefix(said.File.MIME, "image/")):
		return s.write(turn, step, nil, map[string]any{"value": *said.File}), nil
	}
	turn.refuse("client.photo_needed")
	return Wait(), nil
}

func (askPhoto) fallback(_ contactStep, turn *Turn, _ *Step, _ *Message) (Next, error) {
	turn.refuse("client.photo_needed")
	return Wait(), nil
}
