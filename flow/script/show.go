package script

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/krokbot/krok/flow"
)

// Show writes a message of the bot as a transcript has it.
func Show(message flow.Outgoing) string {
	return newShown(message).String()
}

// shown is a message in the signs of a transcript.
type shown struct {
	text  []string
	rows  []string // of buttons
	notes []string
}

func newShown(message flow.Outgoing) shown {
	var s shown
	if message.Edit != 0 {
		s.text = append(s.text, edited)
	}
	for _, medium := range message.Media {
		line := fmt.Sprintf("(%s %s)", medium.Kind, fileName(medium))
		if caption := visible(medium.Caption.Marked()); caption != "" {
			line += " " + caption
		}
		s.text = append(s.text, strings.Split(line, "\n")...)
	}
	if !message.Text.Empty() {
		s.text = append(s.text, strings.Split(visible(message.Text.Marked()), "\n")...)
	}
	for _, row := range message.Inline {
		var buttons []string
		for _, button := range row {
			buttons = append(buttons, showInline(button))
		}
		s.rows = append(s.rows, strings.Join(buttons, " "))
	}
	for _, row := range message.Keyboard {
		var buttons []string
		for _, button := range row {
			buttons = append(buttons, showKey(button))
		}
		s.rows = append(s.rows, strings.Join(buttons, " "))
	}
	s.notes = notesOf(message)
	return s
}

// String is the message as lines of a transcript. An empty line in it is followed by an indented one, so that it belongs to it.
func (s shown) String() string {
	lines := slices.Concat(s.text, s.rows, s.notes)
	for i := 1; i < len(lines); i++ {
		if lines[i] != "" {
			lines[i] = "  " + lines[i]
		}
	}
	return "< " + strings.Join(lines, "\n")
}

func fileName(medium flow.Medium) string {
	if medium.Filename == "" {
		return fmt.Sprint(medium.ID)
	}
	return path.Base(medium.Filename)
}

func showInline(button flow.InlineButton) string {
	label := "[[" + visible(button.Label) + "]]"
	switch {
	case button.URL != "":
		return label + "(" + visible(button.URL) + ")"
	case button.Copy != "":
		return label + "(copy " + visible(strings.ReplaceAll(button.Copy, "\n", " ")) + ")"
	}
	return label
}

func showKey(button flow.KeyButton) string {
	label := "[" + visible(button.Label) + "]"
	switch {
	case button.Contact:
		return label + "(contact)"
	case button.Location:
		return label + "(location)"
	}
	return label
}

// edited stands before the buttons that an earlier message has got in the place of its old ones.
const edited = "(edited)"

// The notes that may stand below a message.
const (
	noKeyboard  = "(no keyboard)"
	protected   = "(protected)"
	silent      = "(silent)"
	linkPreview = "(link preview)"
)

func notesOf(message flow.Outgoing) []string {
	var notes []string
	for _, note := range []struct {
		text string
		is   bool
	}{{noKeyboard, message.RemoveKeyboard}, {protected, message.Protect}, {silent, message.Silent}, {linkPreview, message.LinkPreview}} {
		if note.is {
			notes = append(notes, note.text)
		}
	}
	return notes
}

// visible writes letters that nobody sees as their codes. The joiners of emoji stay.
func visible(text string) string {
	var out strings.Builder
	for _, r := range text {
		if unicode.Is(unicode.Cf, r) && r != '\u200d' || unicode.IsControl(r) && r != '\n' && r != '\t' {
			fmt.Fprintf(&out, `\u{%x}`, r)
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}
