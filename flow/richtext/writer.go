package richtext

import (
	"strings"
	"unicode/utf8"
)

// writer writes text line by line as a browser lays it out: spaces run together, blocks begin lines, a break at the end of a block
// is not seen.
type writer struct {
	text     []byte
	spaces   []byte // seen, and written once a letter follows on the same line
	folded   bool   // the last of the spaces swallows further ones
	begun    bool   // something stands on the line
	broken   bool   // the line is done: the next letter begins a new one
	marked   bool   // the line has so far only the mark of its list item
	verbatim int    // in a pre: spaces stay
	oneLine  int    // in a row of a table: no line ends
	indent   int    // depth of lists
}

// Spaces of an editor that are no letters: they hold the place of the cursor.
const (
	zeroWidth = '\u200b'
	bom       = '\ufeff'
	nbsp      = '\u00a0'
)

// next is where what is written next will stand, or the last white space before it.
func (w *writer) next() int {
	if w.broken || len(w.spaces) > 0 {
		return len(w.text) + 1
	}
	return len(w.text)
}

// write adds text without line breaks.
func (w *writer) write(text string) {
	for _, r := range text {
		switch {
		case r == zeroWidth || r == bom:
		case r == nbsp:
			w.space(false)
		case w.verbatim == 0 && (r == ' ' || r == '\n' || r == '\t'):
			w.space(true)
		default:
			w.begin()
			w.text = append(w.text, w.spaces...)
			w.spaces = w.spaces[:0]
			w.text = utf8.AppendRune(w.text, r)
		}
	}
}

func (w *writer) space(folds bool) {
	if folds && (!w.begun && len(w.spaces) == 0 || w.folded && len(w.spaces) > 0) {
		return
	}
	if !folds && !w.begun {
		w.begin()
	}
	w.spaces = append(w.spaces, ' ')
	w.folded = folds
}

// begin makes sure that a line is there to write on.
func (w *writer) begin() {
	if w.broken {
		w.text = append(w.text, '\n')
		w.broken = false
		if w.indent > 0 && !w.marked {
			w.spaces = append([]byte(strings.Repeat(indentation, w.indent)), w.spaces...)
		}
	}
	w.begun, w.marked = true, false
}

// indentation is about as wide as the mark of an item.
const indentation = "   "

// mark begins the line of a list item.
func (w *writer) mark(mark string) {
	w.marked = true
	w.begin()
	w.text = append(w.text, w.spaces...) // in the row of a table
	w.spaces = w.spaces[:0]
	w.text = append(w.text, strings.Repeat(indentation, max(w.indent-1, 0))...)
	w.text = append(w.text, mark...)
	w.begun, w.marked = false, true
}

// endMark ends the line of a list item, also when nothing was written behind its mark.
func (w *writer) endMark() {
	w.begun = w.begun || w.marked
	w.marked = false
	w.endLine()
}

// endLine ends the line, if something stands on it.
func (w *writer) endLine() {
	switch {
	case w.oneLine > 0:
		w.space(true)
	case w.begun:
		w.begun, w.broken = false, true
		w.spaces = w.spaces[:0]
	default:
		w.spaces = w.spaces[:0]
	}
}

// br is a line break: it ends the line, or is an empty one.
func (w *writer) br() {
	if w.oneLine == 0 && !w.begun && len(w.text) > 0 {
		w.begin()
	}
	w.endLine()
}
