package terminal

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/krokbot/krok/flow"
)

// button is one that the client can choose now. Exactly one of its four is set.
type button struct {
	label  string
	inline *flow.InlineButton
	under  int64 // of inline: the number of the message that it stands under
	key    *flow.KeyButton
	start  bool // Telegram's "Start" below an empty chat
}

// choice is the buttons that the client can choose now, in rows, and the one that is chosen.
type choice struct {
	rows     [][]button
	row, col int
	chosen   bool
}

// newChoice takes the buttons under a message, then the keyboard.
func newChoice(inline [][]flow.InlineButton, under int64, keyboard [][]flow.KeyButton) choice {
	var c choice
	c.addInline(inline, under)
	for _, keys := range keyboard {
		var row []button
		for _, key := range keys {
			row = append(row, button{label: key.Label, key: &key})
		}
		c.rows = append(c.rows, row)
	}
	return c
}

func (c *choice) addInline(rows [][]flow.InlineButton, under int64) {
	for _, keys := range rows {
		var row []button
		for _, key := range keys {
			row = append(row, button{label: key.Label, inline: &key, under: under})
		}
		c.rows = append(c.rows, row)
	}
}

// current is the button that is chosen; ok is false where none is.
func (c choice) current() (b button, ok bool) {
	if !c.chosen || len(c.rows) == 0 {
		return button{}, false
	}
	return c.rows[c.row][c.col], true
}

// move chooses a neighbour, or the first or last button where none was chosen.
func (c *choice) move(rows, cols int) {
	switch {
	case len(c.rows) == 0:
		return
	case !c.chosen && rows+cols > 0:
		c.row, c.col = 0, 0
	case !c.chosen:
		c.row = len(c.rows) - 1
		c.col = len(c.rows[c.row]) - 1
	default:
		c.row = (c.row + rows + len(c.rows)) % len(c.rows)
		c.col += cols
		if c.col >= len(c.rows[c.row]) && cols > 0 {
			c.row, c.col = (c.row+1)%len(c.rows), 0
		}
		if c.col < 0 {
			c.row = (c.row - 1 + len(c.rows)) % len(c.rows)
			c.col = len(c.rows[c.row]) - 1
		}
		c.col = min(c.col, len(c.rows[c.row])-1)
	}
	c.chosen = true
}

// place is a button that was pressed, and where it stood.
type place struct {
	button
	row, col int
}

// stay chooses, of the buttons that a message has got in the place of its old ones, the one that does what the pressed one did: whoever
// turns pages or marks values goes on from there. Names that differ in numbers and marks are alike: "2 »" and "3 »".
func (c *choice) stay(pressed place) {
	for row, buttons := range c.rows {
		for col, b := range buttons {
			same := b.inline != nil && b.under == pressed.under && bare(b.label) == bare(pressed.label)
			if same && (!c.chosen || row == pressed.row && col == pressed.col) {
				c.row, c.col, c.chosen = row, col, true
			}
		}
	}
}

// bare is a label without its numbers and marks.
func bare(label string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) || unicode.IsSpace(r) || r == '✓' {
			return -1
		}
		return r
	}, label)
}

// numbered finds a button by its number, as somebody typed it.
func (c choice) numbered(text string) (b button, row, col int, ok bool) {
	number, err := strconv.Atoi(text)
	if err != nil || number < 1 || strings.HasPrefix(text, "+") || strings.HasPrefix(text, "0") {
		return button{}, 0, 0, false
	}
	for row, buttons := range c.rows {
		if number <= len(buttons) {
			return buttons[number-1], row, number - 1, true
		}
		number -= len(buttons)
	}
	return button{}, 0, 0, false
}

// follow chooses the button whose number is being typed.
func (c *choice) follow(text string) {
	_, c.row, c.col, c.chosen = c.numbered(text)
}
