package botfile

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// node is a piece of YAML to write: text, word, mapping or list.
type node interface {
	// flow is the node on one line; ok is false where it cannot stand on one.
	flow() (line string, ok bool)
}

// text is a text of one or more lines.
type text string

// word is what is no text: a number, true.
type word string

type mapping []entry

type entry struct {
	key   string
	value node
}

// list is a list. One that is tall has a line for each item.
type list struct {
	items []node
	tall  bool
}

// width is how long a line may be that holds more than one value, in letters.
const width = 100

func (t text) flow() (string, bool) { return quoted(string(t)), !blockable(string(t)) }
func (w word) flow() (string, bool) { return string(w), true }

func (m mapping) flow() (string, bool) {
	parts := make([]string, len(m))
	for i, e := range m {
		line, ok := e.value.flow()
		if !ok {
			return "", false
		}
		parts[i] = quoted(e.key) + ": " + line
	}
	return "{" + strings.Join(parts, ", ") + "}", true
}

func (l list) flow() (string, bool) {
	parts := make([]string, len(l.items))
	for i, item := range l.items {
		line, ok := item.flow()
		if !ok {
			return "", false
		}
		parts[i] = line
	}
	return "[" + strings.Join(parts, ", ") + "]", !l.tall || len(l.items) == 0
}

// fits gives the node as one line, if there is room for it.
func fits(n node, indent int) (string, bool) {
	line, ok := n.flow()
	switch n.(type) {
	case mapping, list:
		ok = ok && indent+utf8.RuneCountInString(line) <= width
	}
	return line, ok
}

// emitter writes lines of YAML.
type emitter struct{ lines []string }

func (e *emitter) line(indent int, format string, args ...any) {
	e.lines = append(e.lines, strings.Repeat(" ", indent)+fmt.Sprintf(format, args...))
}

// entry writes "key: value", over more lines where it has to.
func (e *emitter) entry(indent int, key string, value node) {
	head := quoted(key) + ":"
	if line, ok := fits(value, indent+utf8.RuneCountInString(head)+1); ok {
		e.line(indent, "%s %s", head, line)
		return
	}
	switch value := value.(type) {
	case text:
		e.line(indent, "%s |", head)
		e.block(indent+2, string(value))
	default:
		e.line(indent, "%s", head)
		e.body(indent+2, value)
	}
}

func (e *emitter) block(indent int, lines string) {
	for _, line := range strings.Split(lines, "\n") {
		if line == "" {
			e.lines = append(e.lines, "")
			continue
		}
		e.line(indent, "%s", line)
	}
}

// body writes the lines of a mapping or a list.
func (e *emitter) body(indent int, n node) {
	switch n := n.(type) {
	case mapping:
		for _, one := range n {
			e.entry(indent, one.key, one.value)
		}
	case list:
		for _, item := range n.items {
			e.item(indent, item)
		}
	}
}

// item writes "- item". What does not fit on the line begins there and goes on below.
func (e *emitter) item(indent int, n node) {
	if line, ok := fits(n, indent+2); ok {
		e.line(indent, "- %s", line)
		return
	}
	if value, ok := n.(text); ok {
		e.line(indent, "- |")
		e.block(indent+2, string(value))
		return
	}
	first := len(e.lines)
	e.body(indent+2, n)
	e.lines[first] = strings.Repeat(" ", indent) + "- " + e.lines[first][indent+2:]
}

// plain is a text that YAML takes for nothing but itself, wherever it stands.
var plain = regexp.MustCompile(`^[\p{L}/][\p{L}\p{N}/_.!?()%+ '’“”«»–—…-]*$`)

// reserved are words that a reader of YAML takes for something else than text, in one version of YAML or another.
var reserved = regexp.MustCompile(`(?i)^(true|false|null|yes|no|on|off|y|n|inf|nan)$`)

// quoted writes a text on one line, in quotes where it needs them.
func quoted(s string) string {
	if plain.MatchString(s) && !reserved.MatchString(s) && !strings.HasSuffix(s, " ") && !strings.Contains(s, "  ") {
		return s
	}
	var out strings.Builder
	out.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			out.WriteByte('\\')
			out.WriteRune(r)
		case r == '\n':
			out.WriteString(`\n`)
		case r == '\t':
			out.WriteString(`\t`)
		case printable(r):
			out.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			fmt.Fprintf(&out, `\U%08x`, r)
		}
	}
	out.WriteByte('"')
	return out.String()
}

// printable tells whether a letter may stand in a file as it is.
func printable(r rune) bool {
	return r == ' ' || unicode.IsGraphic(r) && !unicode.IsSpace(r) || r == '\u200d' || r == '\ufe0f'
}

// blockable tells whether a text has lines and can be written as a block of them.
func blockable(s string) bool {
	if !strings.Contains(s, "\n") || strings.HasSuffix(s, "\n") || strings.HasPrefix(s, "\n") || strings.HasPrefix(s, " ") {
		return false
	}
	for _, line := range strings.Split(s, "\n") {
		if strings.HasSuffix(line, " ") {
			return false
		}
		for _, r := range line {
			if !printable(r) {
				return false
			}
		}
	}
	return true
}

func number(value any) word {
	switch value := value.(type) {
	case int64:
		return word(strconv.FormatInt(value, 10))
	case float64:
		return word(strconv.FormatFloat(value, 'f', -1, 64))
	}
	return word(fmt.Sprint(value))
}
