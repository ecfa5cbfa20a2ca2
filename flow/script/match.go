package script

import (
	"regexp"
	"slices"
	"strings"
)

// nothing is an expectation that nothing is said.
const nothing = "(nothing)"

// expected is a line of the bot as somebody wrote it.
type expected struct {
	patterns []pattern
	notes    []string
}

// pattern is a way to read what is expected. In a flat one all buttons stand behind each other, whatever their rows.
type pattern struct {
	pieces []string // of the text, between the places where anything may stand
	flat   bool
}

// behind finds buttons and notes that stand behind a text, after two spaces.
var behind = regexp.MustCompile(`[ \t]{2,}([\[(])`)

func newExpected(text string) expected {
	text = visible(text)
	if strings.TrimSpace(text) == "..." {
		text = "…"
	}
	if rest, ok := strings.CutPrefix(text, edited); ok {
		text = edited + "  " + strings.TrimLeft(rest, " \t") // its buttons may stand behind one space, too
	}
	lines, notes := withoutNotes(strings.Split(text, "\n"))
	all := []pattern{newPattern(lines, false)}
	separated, found := []string{}, false
	for _, line := range lines {
		if place := behind.FindStringSubmatchIndex(line); place != nil && strings.TrimSpace(line[:place[0]]) != "" {
			separated, found = append(separated, line[:place[0]]), true
			line = line[place[2]:]
		}
		separated = append(separated, line)
	}
	if found {
		all = append(all, newPattern(separated, false), newPattern(separated, true))
	}
	return expected{patterns: all, notes: notes}
}

// withoutNotes takes the notes off the end of a message.
func withoutNotes(lines []string) (rest, notes []string) {
	last := len(lines) - 1
	for {
		line, found := strings.TrimRight(lines[last], " \t"), false
		for _, note := range []string{noKeyboard, protected, silent, linkPreview} {
			before, ok := strings.CutSuffix(line, note)
			if ok && !slices.Contains(notes, note) && (strings.TrimSpace(before) == "" || strings.HasSuffix(before, " ") || strings.HasSuffix(before, ")") || strings.HasSuffix(before, "]")) {
				line, found = before, true
				notes = append(notes, note)
			}
		}
		if !found {
			return lines, notes
		}
		lines = append(slices.Clone(lines[:last]), line)
		if strings.TrimSpace(line) == "" && last > 0 {
			lines = lines[:last]
			last--
		}
	}
}

func newPattern(lines []string, flat bool) pattern {
	pieces := strings.Split(strings.Join(lines, "\n"), "…")
	for i, piece := range pieces {
		pieces[i] = tidy(strings.Split(piece, "\n"))
	}
	return pattern{pieces: pieces, flat: flat}
}

// tidy makes lines comparable: white space is one space, none at the ends, and no empty lines at the ends.
func tidy(lines []string) string {
	tidied := make([]string, len(lines))
	for i, line := range lines {
		tidied[i] = strings.Join(strings.Fields(line), " ")
	}
	return strings.Trim(strings.Join(tidied, "\n"), "\n")
}

// matches tells whether a message is what was expected.
func (e expected) matches(said shown) bool {
	for _, note := range e.notes {
		if !slices.Contains(said.notes, note) {
			return false
		}
	}
	inRows := tidy(slices.Concat(said.text, said.rows))
	flat := tidy(append(slices.Clone(said.text), strings.Join(said.rows, " ")))
	return slices.ContainsFunc(e.patterns, func(p pattern) bool {
		if p.flat {
			return p.fits(flat)
		}
		return p.fits(inRows)
	})
}

// fits looks for the pieces one behind the other: the first at the beginning, the last at the end.
func (p pattern) fits(text string) bool {
	first, last := p.pieces[0], p.pieces[len(p.pieces)-1]
	if len(p.pieces) == 1 {
		return text == first
	}
	rest, ok := strings.CutPrefix(text, first)
	if !ok {
		return false
	}
	for _, piece := range p.pieces[1 : len(p.pieces)-1] {
		_, after, found := strings.Cut(rest, piece)
		if !found {
			return false
		}
		rest = after
	}
	return strings.HasSuffix(rest, last)
}
