package flow

import (
	"slices"
	"strings"
	"unicode"

	"github.com/krokbot/krok/flow/answer"
	"github.com/krokbot/krok/flow/richtext"
	"github.com/krokbot/krok/flow/texts"
)

// askPhone waits for the client's own contact, whose number the messenger vouches for. A number that is only written is taken for the
// field too, but proves nothing: it never merges contacts.
type askPhone struct{}

func (askPhone) choices(contactStep, *Turn, *Step) (Choices, error) { return Choices{}, nil }

func (askPhone) answer(s contactStep, turn *Turn, step *Step, said *Message) (Next, error) {
	if said.Contact == nil {
		if err := turn.learnCountry(said.Text); err != nil {
			return Next{}, err
		}
		return askText{}.answer(s, turn, step, said)
	}
	number := "+" + strings.TrimLeft(said.Contact.Phone, "+")
	if !s.merge {
		return s.write(turn, step, number, nil), nil
	}
	return s.write(turn, step, number, map[string]any{"merge": mergeForms(number)}), nil
}

func (askPhone) fallback(s contactStep, turn *Turn, step *Step, said *Message) (Next, error) {
	return askText{}.fallback(s, turn, step, said)
}

// countryOfPartner decides what a number without a country's code is.
const countryOfPartner = "country_id.code"

// fewestDigits are what a text must have to look like a number.
const fewestDigits = 5

// learnCountry asks where the client's contact lives, where a text looks like a number that needs it.
func (t *Turn) learnCountry(text string) error {
	digits := 0
	for _, r := range text {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	if digits < fewestDigits || strings.HasPrefix(strings.TrimSpace(text), "+") {
		return nil
	}
	return t.ask([]string{countryOfPartner})
}

// mergeForms says how people may have typed a number into Odoo: digits with the country's code, wherever the contact lives, and digits
// without it, where it lives in that country.
func mergeForms(number string) map[string]any {
	forms := answer.FormsOf(number)
	return map[string]any{"international": forms.International, "national": forms.National, "country": forms.Country}
}

// addShareButton puts the button that shares the client's contact on top of the step's keyboard, unless the admin has put one there.
func addShareButton(step *Step, name Texts) {
	for _, row := range step.Keyboard {
		if slices.ContainsFunc(row, func(button *Button) bool { return button.Kind == "contact" }) {
			return
		}
	}
	label := plainTexts(name)
	if len(label) == 0 {
		label = map[string]richtext.Template{}
		for _, lang := range texts.Languages() {
			label[lang] = richtext.ParsePlain(texts.Get(lang, "client.share_phone", nil))
		}
	}
	step.Keyboard = slices.Insert(step.Keyboard, 0, []*Button{{Kind: "contact", Label: label}})
}
