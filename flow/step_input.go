package flow

import (
	"cmp"
	"fmt"
	"strings"

	"golang.org/x/text/language"

	"github.com/krokbot/krok/flow/answer"
	"github.com/krokbot/krok/flow/texts"
)

// inputStep asks an open question and keeps what the client writes.
type inputStep struct {
	expects answer.Kind
}

// validations are the kinds of answers that a step can ask for.
var validations = map[string]answer.Kind{
	"any": answer.Text, "email": answer.Email, "phone": answer.Phone, "number": answer.Float, "date": answer.Date,
}

var (
	_ StepType = inputStep{}
	_ Fallback = inputStep{}
	_ Waiter   = inputStep{}
)

func newInputStep(draft draft) StepType {
	validation := draft.row.Str("validation")
	if validation == "" {
		validation = "any"
	}
	kind, known := validations[validation]
	if !known {
		draft.fail("validation", "unknown_validation", texts.Args{"value": validation}, nil)
	}
	return inputStep{expects: kind}
}

func (inputStep) Enter(*Turn, *Step) (Next, error) { return Wait(), nil }

// Answer takes the client's own contact and a location, from the free buttons of the keyboard. Texts may be aliases, so they
// come through Fallback.
func (s inputStep) Answer(turn *Turn, step *Step, said *Message) (Next, error) {
	switch {
	case said.Contact != nil && (s.expects == answer.Phone || s.expects == answer.Text):
		turn.Keep(step, "+"+strings.TrimPrefix(said.Contact.Phone, "+")) // the messenger vouches for it: it is not checked
		return GoTo(step.Next), nil
	case said.Content == ContentLocation:
		return s.accept(turn, step, fmt.Sprintf("%.6f, %.6f", said.Latitude, said.Longitude)), nil
	}
	return Pass(), nil
}

// Fallback takes any text that is no alias.
func (s inputStep) Fallback(turn *Turn, step *Step, said *Message) (Next, error) {
	return s.accept(turn, step, said.Text), nil
}

// Waits is true: the conversation rests here.
func (inputStep) Waits() bool { return true }

func (s inputStep) accept(turn *Turn, step *Step, text string) Next {
	value, refusal := answer.Read(s.expects, text, turn.answerEnv())
	if refusal != nil {
		turn.Say(plain(turn.word(refusal.Key, refusal.Args)))
		turn.AskAgain(step)
		return Wait()
	}
	turn.Keep(step, value.Shown)
	return GoTo(step.Next)
}

// answerEnv is what reading this client's answers depends on.
func (t *Turn) answerEnv() answer.Env {
	return answer.Env{Lang: texts.Pick(t.langs()...), Region: cmp.Or(t.values[countryOfPartner], t.bot.Country, regionOf(t.bot.Lang)), Location: t.bot.Location, Now: t.event.At}
}

// regionOf guesses the country of a bot by its language: "uk_UA" and "uk" are Ukraine. English is spoken everywhere, and en_US is
// what Odoo speaks before anybody chooses: they tell nothing.
func regionOf(lang string) string {
	tag, err := language.Parse(strings.ReplaceAll(lang, "_", "-"))
	if err != nil {
		return ""
	}
	base, _ := tag.Base()
	region, sure := tag.Region()
	if !region.IsCountry() || base.String() == "en" && (sure != language.Exact || region.String() == "US") {
		return ""
	}
	return region.String()
}
