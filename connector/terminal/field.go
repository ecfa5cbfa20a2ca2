package terminal

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"github.com/rivo/uniseg"
)

// field is the line in which the client writes. The cursor stands between before and after, never inside a letter as people see it.
type field struct{ before, after string }

func (f field) text() string { return f.before + f.after }

func (f *field) insert(text string) {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	f.before += strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return -1
		}
		return r
	}, text)
}

func (f *field) left() {
	head, last := lastLetter(f.before)
	f.before, f.after = head, last+f.after
}

func (f *field) right() {
	first, rest, _, _ := uniseg.FirstGraphemeClusterInString(f.after, -1)
	f.before, f.after = f.before+first, rest
}

func (f *field) home() { f.before, f.after = "", f.text() }
func (f *field) end()  { f.before, f.after = f.text(), "" }

func (f *field) backspace() { f.before, _ = lastLetter(f.before) }

func (f *field) remove() {
	_, f.after, _, _ = uniseg.FirstGraphemeClusterInString(f.after, -1)
}

// removeWord removes the word before the cursor.
func (f *field) removeWord() {
	head := strings.TrimRightFunc(f.before, unicode.IsSpace)
	f.before = strings.TrimRightFunc(head, func(r rune) bool { return !unicode.IsSpace(r) })
}

// lastLetter takes the last letter off a text, as people see letters.
func lastLetter(text string) (head, last string) {
	state, rest := -1, text
	for rest != "" {
		last, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
	}
	return text[:len(text)-len(last)], last
}

// shown is the text around the cursor as far as it fits into a width, with line breaks as signs; cursor is its column.
func (f field) shown(width int) (text string, cursor int) {
	before, after := oneLine(f.before), oneLine(f.after)
	for ansi.StringWidth(before) > max(width-1, 0) {
		_, before, _, _ = uniseg.FirstGraphemeClusterInString(before, -1)
	}
	cursor = ansi.StringWidth(before)
	return ansi.Truncate(before+after, width, ""), cursor
}

func oneLine(text string) string { return strings.ReplaceAll(text, "\n", "⏎") }
