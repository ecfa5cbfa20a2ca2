package terminal

import (
	"strconv"
	"strings"

	"github.com/krokbot/krok/flow"
)

// button is one that the client can choose now. Exactly one of its four is set.
type button struct {
	label  string
	inline *flow.InlineButton
	under  int64 // of inline: the message that it stands under, counted from 1
	key    *flow.KeyButton
	start  bool // Telegram's "Start" below an empty chat
}

// choice is the buttons that the client can choose now, in rows, and the one that is chosen.
type choice struct {
	rows     [][]button
	row, col int
	chosen   bool
}

// newChoice takes the buttons under the newest message that has some, then the keyboard.
func newChoice(messages []flow.Outgoing, keyboard [][]flow.KeyButton) choice {
	var c choice
	for i := len(messages) - 1; i >= 0; i-- {
		if len(messages[i].Inline) > 0 {
			c.addInline(messages[i].Inline, int64(i+1))
			break
		}
	}
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
