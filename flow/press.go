package flow

import (
	"strconv"
	"strings"
)

// maxCallbackData is Telegram's limit for the data of a button, in bytes.
const maxCallbackData = 64

// pressed is what the data of an inline button says. It holds numbers, never names, so that it always fits. It comes back from
// outside and may be forged: whoever acts on it looks up step and button in the bot and checks that the client may press it.
type pressed struct {
	Step   int64
	Visit  int64  // of the session, when the button was sent
	Action string // a letter: what the step does with it
	Arg    int64
}

// The actions of buttons: one of the step's "Telegram buttons", and those of a list of values.
const (
	actionButton = "b"
	actionValue  = "v" // takes a value, or takes it back
	actionPage   = "p" // turns to a page
	actionFound  = "q" // turns to a page of what was looked for
	actionDone   = "d" // ends choosing several
)

// String is "step.visit.action.arg" with numbers in base 36: at most 45 bytes.
func (p pressed) String() string {
	return strings.Join([]string{
		strconv.FormatInt(p.Step, 36), strconv.FormatInt(p.Visit, 36), p.Action, strconv.FormatInt(p.Arg, 36),
	}, ".")
}

// readPress reads data that came back. ok is false for anything that krok did not write.
func readPress(data string) (press pressed, ok bool) {
	parts := strings.Split(data, ".")
	if len(data) > maxCallbackData || len(parts) != 4 {
		return pressed{}, false
	}
	var numbers [3]int64
	for i, part := range []string{parts[0], parts[1], parts[3]} {
		number, err := strconv.ParseInt(part, 36, 64)
		if err != nil || number < 0 {
			return pressed{}, false
		}
		numbers[i] = number
	}
	press = pressed{Step: numbers[0], Visit: numbers[1], Action: parts[2], Arg: numbers[2]}
	return press, press.String() == data
}
