package richtext

import (
	"slices"
	"strings"
)

// Marked shows the text with signs for its formatting, for transcripts: *bold* _italic_ __underline__ ~strike~ ||spoiler|| `code`
// [text](address), and "> " before each line of a quote. It is made to be read, not to be parsed.
func (t Text) Marked() string {
	if len(t.Entities) == 0 {
		return t.Text
	}
	m := &marked{}
	t.walk(m.open, m.letters, m.close)
	return m.String()
}

// walk goes through a text and its entities as a tree: open and close around letters.
func (t Text) walk(open func(Entity), letters func(string), closed func(Entity)) {
	spans := t.spans()
	var inside []int
	at := 0
	closeUntil := func(position int) {
		for len(inside) > 0 {
			last := inside[len(inside)-1]
			if spans[last].end > position {
				return
			}
			end := max(at, spans[last].end)
			letters(t.Text[at:end])
			at = end
			closed(t.Entities[last])
			inside = inside[:len(inside)-1]
		}
	}
	for i, s := range spans {
		closeUntil(s.start)
		letters(t.Text[at:max(at, s.start)])
		at = max(at, s.start)
		open(t.Entities[i])
		inside = append(inside, i)
	}
	closeUntil(len(t.Text))
	letters(t.Text[at:])
}

// marked puts signs around letters. They are put down at the end of each line and taken up on the next one.
type marked struct {
	strings.Builder
	active []sign
}

type sign struct {
	Entity
	shown bool // its sign stands, and the one that ends it does not yet
}

func (m *marked) open(e Entity) { m.active = append(m.active, sign{Entity: e}) }

func (m *marked) close(Entity) {
	last := m.active[len(m.active)-1]
	m.active = m.active[:len(m.active)-1]
	if last.shown {
		m.WriteString(last.after())
	}
}

func (m *marked) letters(text string) {
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			m.breakLine()
		}
		if line != "" {
			m.begin()
			m.WriteString(line)
		}
	}
}

// begin writes all signs that do not stand yet.
func (m *marked) begin() {
	m.quote()
	for i := range m.active {
		if s := &m.active[i]; !s.shown {
			m.WriteString(s.before())
			s.shown = true
		}
	}
}

// quote begins the line of a quote.
func (m *marked) quote() {
	if !atLineStart(m.String()) {
		return
	}
	for _, s := range m.active {
		if s.Type == Blockquote {
			m.WriteString("> ")
		}
	}
}

func (m *marked) breakLine() {
	m.quote()
	for i := range slices.Backward(m.active) {
		if s := &m.active[i]; s.shown && s.Type != Pre && s.Type != Link { // these have their signs once, over all lines
			m.WriteString(s.after())
			s.shown = false
		}
	}
	m.WriteByte('\n')
}

var signs = map[string]string{Bold: "*", Italic: "_", Underline: "__", Strikethrough: "~", Spoiler: "||", Code: "`"}

func (s sign) before() string {
	switch s.Type {
	case Pre:
		return "```" + s.Language + "\n"
	case Link:
		return "["
	}
	return signs[s.Type]
}

func (s sign) after() string {
	switch s.Type {
	case Pre:
		return "\n```"
	case Link:
		return "](" + s.URL + ")"
	}
	return signs[s.Type]
}
