package richtext

import "strings"

// ANSI shows the text in a terminal. Control characters of the text itself are left out, so that no client can steer the terminal.
func (t Text) ANSI() string {
	if clean(t.Text) != t.Text {
		t = New(t.Text, t.Entities)
	}
	a := &ansi{}
	t.walk(a.open, a.letters, a.close)
	a.reset()
	return a.String()
}

// ansi writes escape sequences: after each change the whole of what is on, because a terminal takes bold and dim off together.
// Nothing is on at the end of a line, so that a frame around the text stays plain.
type ansi struct {
	strings.Builder
	active []Entity
	styled bool // something is on
}

var codes = map[string]string{Bold: "1", Italic: "3", Underline: "4", Strikethrough: "9", Spoiler: "2", Code: "36", Pre: "36", Link: "4;34"}

func (a *ansi) open(e Entity) {
	a.reset()
	a.active = append(a.active, e)
}

func (a *ansi) close(e Entity) {
	a.reset()
	a.active = a.active[:len(a.active)-1]
	if e.Type == Link {
		a.WriteString("\x1b[2m (" + clean(e.URL) + ")\x1b[0m")
	}
}

func (a *ansi) letters(text string) {
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			a.begin()
			a.reset()
			a.WriteByte('\n')
		}
		if line != "" {
			a.begin()
			a.style()
			a.WriteString(line)
		}
	}
}

// begin puts the bar of a quote before a line.
func (a *ansi) begin() {
	if !atLineStart(a.String()) {
		return
	}
	for _, e := range a.active {
		if e.Type == Blockquote {
			a.WriteString("\x1b[2m│\x1b[0m ")
		}
	}
}

func (a *ansi) style() {
	if a.styled {
		return
	}
	var on []string
	for _, e := range a.active {
		if code := codes[e.Type]; code != "" {
			on = append(on, code)
		}
	}
	if len(on) > 0 {
		a.WriteString("\x1b[" + strings.Join(on, ";") + "m")
		a.styled = true
	}
}

func (a *ansi) reset() {
	if a.styled {
		a.WriteString("\x1b[0m")
	}
	a.styled = false
}

func atLineStart(text string) bool { return text == "" || text[len(text)-1] == '\n' }
