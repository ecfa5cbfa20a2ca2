package richtext

import (
	"html"
	"slices"
	"strings"
)

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
			letters(t.Text[at:spans[last].end])
			at = spans[last].end
			closed(t.Entities[last])
			inside = inside[:len(inside)-1]
		}
	}
	for i, s := range spans {
		closeUntil(s.start)
		letters(t.Text[at:s.start])
		at = s.start
		open(t.Entities[i])
		inside = append(inside, i)
	}
	closeUntil(len(t.Text))
	letters(t.Text[at:])
}

// lined wraps letters so that formatting is put down at the end of each line and taken up on the next, which begins with the
// marks of the quote that it is in.
type lined struct {
	strings.Builder
	active []Entity
	before func(Entity) string // marks where an entity begins
	after  func(Entity) string // and where it ends
	prefix func(Entity) string // and at the start of each line in it
}

func (l *lined) open(e Entity) {
	if l.atLineStart() {
		l.WriteString(l.prefix(e))
	}
	l.active = append(l.active, e)
	l.WriteString(l.before(e))
}

func (l *lined) close(e Entity) {
	l.active = l.active[:len(l.active)-1]
	l.WriteString(l.after(e))
}

func (l *lined) atLineStart() bool {
	so := l.String()
	return so == "" || so[len(so)-1] == '\n'
}

func (l *lined) letters(text string) {
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			l.breakLine()
		}
		l.WriteString(line)
	}
}

func (l *lined) breakLine() {
	for _, e := range slices.Backward(l.active) {
		l.WriteString(l.after(e))
	}
	l.WriteByte('\n')
	for _, e := range l.active {
		l.WriteString(l.prefix(e))
	}
	for _, e := range l.active {
		l.WriteString(l.before(e))
	}
}

func (l *lined) show(t Text) string {
	t.walk(l.open, l.letters, l.close)
	return l.String()
}

// Marked shows the text with signs for its formatting, for transcripts: *bold* _italic_ __underline__ ~strike~ ||spoiler|| `code`
// [text](address), and "> " before each line of a quote. It is made to be read, not to be parsed.
func (t Text) Marked() string {
	if len(t.Entities) == 0 {
		return t.Text
	}
	return (&lined{before: markBefore, after: markAfter, prefix: quotePrefix("> ")}).marked(t)
}

// marked is show, but a block of code or a link over several lines gets its signs once.
func (l *lined) marked(t Text) string {
	before, after := l.before, l.after
	blocks := func(e Entity) bool { return e.Type == Pre || e.Type == Link }
	t.walk(func(e Entity) {
		l.open(e)
	}, func(text string) {
		l.before = func(e Entity) string { return unless(blocks(e), before(e)) }
		l.after = func(e Entity) string { return unless(blocks(e), after(e)) }
		l.letters(text)
		l.before, l.after = before, after
	}, l.close)
	return l.String()
}

func unless(not bool, text string) string {
	if not {
		return ""
	}
	return text
}

var marks = map[string]string{Bold: "*", Italic: "_", Underline: "__", Strikethrough: "~", Spoiler: "||", Code: "`"}

func markBefore(e Entity) string {
	switch e.Type {
	case Pre:
		return "```" + e.Language + "\n"
	case Link:
		return "["
	}
	return marks[e.Type]
}

func markAfter(e Entity) string {
	switch e.Type {
	case Pre:
		return "\n```"
	case Link:
		return "](" + e.URL + ")"
	}
	return marks[e.Type]
}

func quotePrefix(prefix string) func(Entity) string {
	return func(e Entity) string { return unless(e.Type != Blockquote, prefix) }
}

// ANSI shows the text in a terminal. Control characters of the text itself are left out, so that no client can steer the terminal.
func (t Text) ANSI() string {
	safe := t
	if clean(t.Text) != t.Text {
		safe = New(t.Text, t.Entities)
	}
	a := &ansi{}
	safe.walk(a.open, a.letters, a.close)
	return a.String()
}

// ansi writes escape sequences: after each change the whole of what is on, because a terminal takes bold and dim off together.
type ansi struct {
	lined
}

func (a *ansi) open(e Entity) {
	if a.prefix == nil {
		a.prefix = quotePrefix("\x1b[2m│\x1b[0m ")
		a.before = func(Entity) string { return "" }
		a.after = a.before
	}
	if e.Type == Blockquote && a.atLineStart() {
		a.WriteString(a.prefix(e))
	}
	a.active = append(a.active, e)
	a.style()
}

func (a *ansi) close(e Entity) {
	a.active = a.active[:len(a.active)-1]
	a.WriteString("\x1b[0m")
	if e.Type == Link {
		a.WriteString("\x1b[2m (" + clean(e.URL) + ")\x1b[0m")
	}
	a.style()
}

func (a *ansi) letters(text string) {
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			a.newLine()
		}
		a.WriteString(line)
	}
}

func (a *ansi) newLine() {
	if len(a.active) > 0 {
		a.WriteString("\x1b[0m")
	}
	a.WriteByte('\n')
	for _, e := range a.active {
		a.WriteString(a.prefix(e))
	}
	a.style()
}

var codes = map[string]string{Bold: "1", Italic: "3", Underline: "4", Strikethrough: "9", Spoiler: "2", Code: "36", Pre: "36", Link: "4;34"}

// style turns on what is active.
func (a *ansi) style() {
	var on []string
	for _, e := range a.active {
		if code := codes[e.Type]; code != "" {
			on = append(on, code)
		}
	}
	if len(on) > 0 {
		a.WriteString("\x1b[" + strings.Join(on, ";") + "m")
	}
}

// HTML is the text for Odoo's chatter: only the formatting of Telegram, everything else escaped. It is a piece of HTML without a
// paragraph around it.
func (t Text) HTML() string {
	h := &markup{}
	t.walk(h.open, h.letters, h.close)
	h.flush()
	return h.String()
}

// markup holds back a line break until it is sure that it stands at no edge of a block, which begins and ends its lines by itself.
type markup struct {
	strings.Builder
	held       bool
	afterBlock bool
}

func (h *markup) flush() {
	if h.held {
		h.WriteString("<br/>")
	}
	h.held = false
}

func (h *markup) open(e Entity) {
	if isBlockEntity(e) {
		h.held = false
	}
	h.flush()
	h.afterBlock = false
	h.WriteString(tagBefore(e))
}

func (h *markup) letters(text string) {
	if text == "" {
		return
	}
	if h.afterBlock {
		text = strings.TrimPrefix(text, "\n")
	}
	h.afterBlock = false
	h.flush()
	text, h.held = strings.CutSuffix(text, "\n")
	h.WriteString(strings.ReplaceAll(html.EscapeString(text), "\n", "<br/>"))
}

func (h *markup) close(e Entity) {
	h.flush()
	h.WriteString(tagAfter(e))
	h.afterBlock = isBlockEntity(e)
}

func isBlockEntity(e Entity) bool { return e.Type == Blockquote || e.Type == Pre }

var tags = map[string]string{Bold: "b", Italic: "i", Underline: "u", Strikethrough: "s", Code: "code", Pre: "pre", Blockquote: "blockquote", Link: "a", Spoiler: "span"}

func tagBefore(e Entity) string {
	if e.Type == Link {
		return `<a href="` + html.EscapeString(openable(e.URL)) + `">` // "" for what a browser would run
	}
	return "<" + tags[e.Type] + ">"
}

func tagAfter(e Entity) string { return "</" + tags[e.Type] + ">" }
