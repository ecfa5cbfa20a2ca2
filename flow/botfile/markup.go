package botfile

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The markup of the file: what stands on a line stands on a line of the chat. An empty line is an empty line; "\" at the end of a line
// breaks it inside its paragraph; "- " and "1. " begin items, "> " a quotation, three backticks a block of code. Inside a line there are
// **bold**, _italic_, __underlined__, ~~struck~~, `code` and [links](https://…); "\" takes the meaning from the sign behind it.
// Placeholders stay as they are.

var (
	bullet   = regexp.MustCompile(`^- +`)
	numbered = regexp.MustCompile(`^[0-9]{1,3}\. +`)
	fence    = regexp.MustCompile("^```([A-Za-z0-9+#_-]*)$")
)

// markupToHTML makes of the markup what Odoo's editor would have written.
func markupToHTML(markup string) string {
	var out strings.Builder
	lines := strings.Split(markup, "\n")
	for i := 0; i < len(lines); {
		line := strings.TrimSpace(lines[i])
		switch opening := fence.FindStringSubmatch(line); {
		case opening != nil && fenceEnd(lines, i) > 0:
			end := fenceEnd(lines, i)
			writePre(&out, opening[1], lines[i+1:end])
			i = end + 1
		case bullet.MatchString(line):
			i = writeList(&out, "ul", bullet, lines, i)
		case numbered.MatchString(line):
			i = writeList(&out, "ol", numbered, lines, i)
		case strings.HasPrefix(line, ">"):
			i = writeQuote(&out, lines, i)
		case line == "":
			out.WriteString("<p><br></p>")
			i++
		default:
			whole, next := logicalLine(lines, i)
			out.WriteString("<p>" + inline(whole) + "</p>")
			i = next
		}
	}
	return out.String()
}

// fenceEnd finds the line that ends a block of code; 0: there is none.
func fenceEnd(lines []string, start int) int {
	for i := start + 1; i < len(lines); i++ {
		if strings.TrimSpace(lines[i]) == "```" {
			return i
		}
	}
	return 0
}

func writePre(out *strings.Builder, language string, lines []string) {
	if language != "" {
		language = ` data-language-id="` + language + `"`
	}
	out.WriteString("<pre" + language + ">" + escapeHTML(strings.Join(lines, "\n")) + "</pre>")
}

func writeList(out *strings.Builder, tag string, mark *regexp.Regexp, lines []string, i int) (next int) {
	out.WriteString("<" + tag + ">")
	for i < len(lines) && mark.MatchString(strings.TrimSpace(lines[i])) {
		whole, next := logicalLine(lines, i)
		out.WriteString("<li>" + inline(mark.ReplaceAllString(whole, "")) + "</li>")
		i = next
	}
	out.WriteString("</" + tag + ">")
	return i
}

func writeQuote(out *strings.Builder, lines []string, i int) (next int) {
	var quoted []string
	for ; i < len(lines) && strings.HasPrefix(strings.TrimSpace(lines[i]), ">"); i++ {
		quoted = append(quoted, inline(strings.TrimSpace(strings.TrimSpace(lines[i])[1:])))
	}
	out.WriteString("<blockquote>" + strings.Join(quoted, "<br>") + "</blockquote>")
	return i
}

// logicalLine is a line with those that "\" at its end joins to it, with line breaks between them.
func logicalLine(lines []string, i int) (whole string, next int) {
	var parts []string
	for ; i < len(lines); i++ {
		line := strings.TrimSpace(lines[i])
		backslashes := len(line) - len(strings.TrimRight(line, `\`))
		if backslashes%2 == 0 || i == len(lines)-1 {
			return strings.Join(append(parts, line), "\n"), i + 1
		}
		parts = append(parts, strings.TrimSpace(line[:len(line)-1]))
	}
	return strings.Join(parts, "\n"), i
}

// styles are the marks around a stretch of a line, longer ones first.
var styles = []struct{ mark, tag string }{{"**", "strong"}, {"__", "u"}, {"~~", "s"}, {"_", "em"}}

// inline makes HTML of what stands in a line.
func inline(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); {
		n, html := piece(s, i)
		out.WriteString(html)
		i += n
	}
	return out.String()
}

// piece reads the next piece of a line: its length in bytes and its HTML.
func piece(s string, i int) (length int, html string) {
	rest := s[i:]
	if n := literal(rest); n > 0 {
		if rest[0] == '\\' {
			return n, escapeHTML(rest[1:n])
		}
		return n, escapeHTML(rest[:n])
	}
	switch rest[0] {
	case '\n':
		return 1, "<br>"
	case '`':
		if end := strings.IndexByte(rest[1:], '`'); end > 0 {
			return end + 2, "<code>" + escapeHTML(rest[1:1+end]) + "</code>"
		}
	case '[':
		if text, address, n := link(rest); n > 0 {
			return n, `<a href="` + escapeAttribute(address) + `">` + inline(text) + "</a>"
		}
	}
	for _, style := range styles {
		if !strings.HasPrefix(rest, style.mark) {
			continue
		}
		if end := closing(s, i, style.mark); end > 0 {
			inside := s[i+len(style.mark) : end]
			return end + len(style.mark) - i, "<" + style.tag + ">" + inline(inside) + "</" + style.tag + ">"
		}
		return len(style.mark), style.mark
	}
	_, size := utf8.DecodeRuneInString(rest)
	return size, escapeHTML(rest[:size])
}

// literal is the length of what is taken as it is: a placeholder, or a sign behind a backslash. 0: neither.
func literal(s string) int {
	if strings.HasPrefix(s, "{{") {
		if end := strings.Index(s, "}}"); end > 0 && !strings.ContainsAny(s[2:end], "{\n") {
			return end + 2
		}
	}
	if len(s) > 1 && s[0] == '\\' && isSign(s[1]) {
		return 2
	}
	return 0
}

// isSign tells whether a letter is one that a backslash can stand before.
func isSign(b byte) bool { return b > ' ' && b < 0x7f && !isWord(rune(b)) || b == '_' }

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// closing finds the mark that ends the style that begins at i; 0: the mark at i is only letters. A style hugs its words, and
// underscores inside a word mean nothing.
func closing(s string, i int, mark string) int {
	from := i + len(mark)
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[from:])
	if from >= len(s) || unicode.IsSpace(after) || mark[0] == '_' && i > 0 && isWord(before) {
		return 0
	}
	for k := from; k < len(s); {
		if n := literal(s[k:]); n > 0 {
			k += n
			continue
		}
		if s[k] == '`' {
			if end := strings.IndexByte(s[k+1:], '`'); end > 0 {
				k += end + 2
				continue
			}
		}
		if !strings.HasPrefix(s[k:], mark) || mark == "_" && strings.HasPrefix(s[k:], "__") {
			if strings.HasPrefix(s[k:], "__") {
				k++
			}
			k++
			continue
		}
		if k > from && closes(s, k, mark) {
			return k
		}
		k += len(mark)
	}
	return 0
}

func closes(s string, k int, mark string) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:k])
	after, _ := utf8.DecodeRuneInString(s[k+len(mark):])
	inWord := k+len(mark) < len(s) && isWord(after)
	return !unicode.IsSpace(before) && (mark[0] != '_' || !inWord)
}

// link reads "[text](address)". length 0: it is none.
func link(s string) (text, address string, length int) {
	end := 0
	for k := 1; k < len(s) && end == 0; {
		switch n := literal(s[k:]); {
		case n > 0:
			k += n
		case s[k] == ']':
			end = k
		case s[k] == '[' || s[k] == '\n':
			return "", "", 0
		default:
			k++
		}
	}
	if end < 2 || !strings.HasPrefix(s[end:], "](") {
		return "", "", 0
	}
	open := 1
	for k := end + 2; k < len(s); {
		n := 0
		if s[k] == '{' {
			n = literal(s[k:])
		}
		switch {
		case n > 0:
			k += n
			continue
		case s[k] == '(':
			open++
		case s[k] == ')':
			open--
		case s[k] <= ' ':
			return "", "", 0
		}
		if open == 0 {
			if k == end+2 {
				return "", "", 0
			}
			return s[1:end], s[end+2 : k], k + 1
		}
		k++
	}
	return "", "", 0
}

var (
	htmlEscapes      = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\u00a0", "&nbsp;")
	attributeEscapes = strings.NewReplacer("&", "&amp;", `"`, "&quot;", "\u00a0", "&nbsp;", "<", "&lt;", ">", "&gt;")
)

// escapeHTML writes letters as a browser does that gives back the contents of an editor.
func escapeHTML(text string) string      { return htmlEscapes.Replace(text) }
func escapeAttribute(text string) string { return attributeEscapes.Replace(text) }
