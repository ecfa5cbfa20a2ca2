package flow

import (
	"fmt"
	"net/mail"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/krokbot/krok/flow/texts"
)

// inputStep asks an open question and keeps what the client writes.
type inputStep struct {
	validation string // any, email, phone, number, date
}

var (
	_ StepType = inputStep{}
	_ Fallback = inputStep{}
	_ Waiter   = inputStep{}
)

func newInputStep(_ *Step, row Row, found *problems) StepType {
	validation := row.Str("validation")
	if validation == "" {
		validation = "any"
	}
	if _, known := validations[validation]; !known {
		found.fail("validation", "unknown_validation", texts.Args{"value": validation}, nil)
	}
	return inputStep{validation: validation}
}

func (inputStep) Enter(*Turn, *Step) (Next, error) { return Wait(), nil }

// Answer takes the client's own contact and a location, from the free buttons of the keyboard. Texts may be aliases, so they
// come through Fallback.
func (s inputStep) Answer(turn *Turn, step *Step, said *Message) (Next, error) {
	switch {
	case said.Contact != nil:
		return s.accept(turn, step, "+"+strings.TrimPrefix(said.Contact.Phone, "+")), nil
	case said.Content == ContentLocation:
		return s.accept(turn, step, fmt.Sprintf("%.6f, %.6f", said.Latitude, said.Longitude)), nil
	}
	return Pass(), nil
}

// Fallback takes any text that is no alias.
func (s inputStep) Fallback(turn *Turn, step *Step, said *Message) (Next, error) {
	return s.accept(turn, step, strings.TrimSpace(said.Text)), nil
}

// Waits is true: the conversation rests here.
func (inputStep) Waits() bool { return true }

func (s inputStep) accept(turn *Turn, step *Step, text string) Next {
	value, ok := validations[s.validation](text)
	if !ok {
		turn.SayKey("client.bad_" + s.validation)
		turn.AskAgain(step)
		return Wait()
	}
	turn.Keep(step, value)
	return GoTo(step.Next)
}

// validations give an answer in the form that is kept, or refuse it.
var validations = map[string]func(text string) (string, bool){
	"any":    func(text string) (string, bool) { return text, text != "" },
	"email":  validEmail,
	"phone":  validPhone,
	"number": validNumber,
	"date":   validDate,
}

// validEmail wants a bare address with a dotted domain.
func validEmail(text string) (string, bool) {
	address, err := mail.ParseAddress(text)
	if err != nil || address.Address != text {
		return "", false
	}
	_, host, _ := strings.Cut(text, "@")
	return text, strings.Contains(host, ".")
}

// validPhone wants 7 to 15 digits (ITU-T E.164), with the signs that people write between them.
func validPhone(text string) (string, bool) {
	digits := 0
	for i, r := range text {
		switch {
		case unicode.IsDigit(r):
			digits++
		case r == '+' && i == 0, strings.ContainsRune(" ()-.\u00a0", r):
		default:
			return "", false
		}
	}
	return text, digits >= 7 && digits <= 15
}

// validNumber takes a decimal point or comma and spaces between thousands.
func validNumber(text string) (string, bool) {
	plain := strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "'", "", "’", "", ",", ".", "−", "-").Replace(text)
	if _, err := strconv.ParseFloat(plain, 64); err != nil || strings.ContainsAny(plain, "xXpPeEiInN_") {
		return "", false
	}
	return plain, true
}

// validDate takes the ways of writing a day that are the same in Ukrainian and in English outside America.
func validDate(text string) (string, bool) {
	for _, layout := range []string{"2.1.2006", "2006-1-2", "2/1/2006", "2-1-2006", "2.1.06"} {
		if day, err := time.Parse(layout, text); err == nil {
			return day.Format("02.01.2006"), true
		}
	}
	return "", false
}
