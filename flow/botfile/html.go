package botfile

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/krokbot/krok/flow/richtext"
)

// htmlToMarkup writes a rich text of Odoo in the file's markup. ok is false where the text holds something that the markup does
// not have; then it is kept as HTML.
func htmlToMarkup(source string) (markup string, ok bool) {
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(source), body)
	if err != nil {
		return "", false
	}
	w := markupWriter{}
	for _, node := range nodes {
		body.AppendChild(node)
	}
	w.blocks(body)
	return strings.Join(w.lines, "\n"), !w.lost
}

// exactMarkup is htmlToMarkup where the markup gives back the very same HTML.
func exactMarkup(source string) (markup string, ok bool) {
	markup, ok = htmlToMarkup(source)
	return markup, ok && markupToHTML(markup) == source
}

// NormalHTML writes a rich text in the one form that the markup gives, where a client sees no difference; else it stays as it is. One
// that has nothing to see is "".
func NormalHTML(source string) string {
	if richtext.Parse(source).Empty() {
		return ""
	}
	markup, ok := htmlToMarkup(source)
	if !ok {
		return source
	}
	normal := markupToHTML(markup)
	if _, exact := exactMarkup(normal); exact && looksAlike(source, normal) {
		return normal
	}
	return source
}

// looksAlike tells whether two rich texts are the same in the chat, placeholders included.
func looksAlike(a, b string) bool {
	return rendered(a) == rendered(b)
}

// rendered is a rich text as a client would see it, in one comparable text.
func rendered(source string) string {
	template := richtext.Parse(source)
	var out strings.Builder
	text := template.Render(func(path string) string { return "‹" + path + "›" })
	out.WriteString(text.Text)
	for _, e := range text.Entities {
		out.WriteString("\x00" + e.Type + "\x00" + e.URL + "\x00" + e.Language)
		out.WriteString(string(rune(e.Offset)) + string(rune(e.Length)))
	}
	for _, p := range template.Placeholders() {
		out.WriteString("\x00" + p.Path + "\x00" + p.Default)
	}
	return out.String()
}

// markupWriter turns nodes into lines of markup.
type markupWriter struct {
	lines []string
	lost  bool // something was met that the markup does not have
}

// blocks writes the children of a node, line by line. Letters that stand in no paragraph are one of their own.
func (w *markupWriter) blocks(parent *html.Node) {
	var loose []*html.Node
	flush := func() {
		if text := w.inline(loose); strings.TrimSpace(text) != "" {
			w.paragraph(text)
		}
		loose = nil
	}
	for node := parent.FirstChild; node != nil; node = node.NextSibling {
		switch node.DataAtom {
		case atom.P, atom.Div, atom.Ul, atom.Ol, atom.Blockquote, atom.Pre:
			flush()
			w.block(node)
		default:
			loose = append(loose, node)
		}
	}
	flush()
}

func (w *markupWriter) block(node *html.Node) {
	switch node.DataAtom {
	case atom.P, atom.Div:
		w.attributes(node, "data-oe-version")
		w.paragraph(w.inline(children(node)))
	case atom.Ul, atom.Ol:
		w.list(node)
	case atom.Blockquote:
		w.attributes(node)
		for _, line := range strings.Split(w.inline(unwrapped(node)), "\\\n") {
			w.lines = append(w.lines, strings.TrimSpace("> "+strings.TrimSpace(line)))
		}
	case atom.Pre:
		w.pre(node)
	}
}

func (w *markupWriter) paragraph(text string) {
	w.lines = append(w.lines, strings.Split(guarded(withoutLastBreak(text)), "\n")...)
}

// withoutLastBreak drops the line break at the end of a paragraph, which nobody sees, and the spaces at its ends.
func withoutLastBreak(text string) string {
	return strings.TrimSpace(strings.TrimSuffix(strings.Trim(text, " "), "\\\n"))
}

func (w *markupWriter) list(node *html.Node) {
	w.attributes(node)
	mark := "- "
	if node.DataAtom == atom.Ol {
		mark = "1. "
	}
	number := 1
	for item := node.FirstChild; item != nil; item = item.NextSibling {
		if item.Type == html.TextNode && strings.TrimSpace(item.Data) == "" {
			continue
		}
		if item.DataAtom != atom.Li {
			w.lost = true
			return
		}
		w.attributes(item)
		if node.DataAtom == atom.Ol {
			mark = strconv.Itoa(number) + ". "
			number++
		}
		w.lines = append(w.lines, strings.Split(mark+withoutLastBreak(w.inline(unwrapped(item))), "\n")...)
	}
}

// pre writes a block of code. Its letters are taken as they are.
func (w *markupWriter) pre(node *html.Node) {
	language := ""
	for _, attribute := range node.Attr {
		if attribute.Key == "data-language-id" {
			language = attribute.Val
		}
	}
	w.attributes(node, "data-language-id")
	text := ""
	for _, child := range children(node) {
		switch {
		case child.Type == html.TextNode:
			text += child.Data
		case child.DataAtom == atom.Br:
			text += "\n"
		default:
			w.lost = true
		}
	}
	w.lines = append(w.lines, "```"+language)
	w.lines = append(w.lines, strings.Split(text, "\n")...)
	w.lines = append(w.lines, "```")
}

// attributes notes that a node has some that the markup cannot keep. Those given are allowed, and empty ones.
func (w *markupWriter) attributes(node *html.Node, allowed ...string) {
	for _, attribute := range node.Attr {
		if attribute.Val != "" && !contains(allowed, attribute.Key) {
			w.lost = true
		}
	}
}

// marks are the signs of the styles, by tag.
var marks = map[atom.Atom]string{atom.Strong: "**", atom.B: "**", atom.Em: "_", atom.I: "_", atom.U: "__", atom.Ins: "__",
	atom.S: "~~", atom.Del: "~~", atom.Strike: "~~"}

// inline writes what stands in a line; a line break is "\" with a line end.
func (w *markupWriter) inline(nodes []*html.Node) string {
	var out strings.Builder
	for _, node := range nodes {
		switch {
		case node.Type == html.TextNode:
			out.WriteString(escapeMarkup(spaces.ReplaceAllString(node.Data, " ")))
		case node.Type != html.ElementNode:
		case node.DataAtom == atom.Br:
			out.WriteString("\\\n")
		case marks[node.DataAtom] != "":
			w.attributes(node)
			out.WriteString(hug(w.inline(children(node)), marks[node.DataAtom], marks[node.DataAtom]))
		case node.DataAtom == atom.Code:
			w.attributes(node)
			out.WriteString("`" + w.letters(node) + "`")
		case node.DataAtom == atom.A:
			w.attributes(node, "href", "target", "rel")
			out.WriteString(hug(w.inline(children(node)), "[", "]("+href(node)+")"))
		case node.DataAtom == atom.Span && len(node.Attr) == 0:
			out.WriteString(w.inline(children(node)))
		default:
			w.lost = true
		}
	}
	return out.String()
}

var spaces = regexp.MustCompile(`[ \t\r\n]+`)

func (w *markupWriter) letters(node *html.Node) string {
	child := node.FirstChild
	if child == nil || child.Type != html.TextNode || child.NextSibling != nil || strings.ContainsAny(child.Data, "`\n") {
		w.lost = true
		return ""
	}
	return child.Data
}

func href(node *html.Node) string {
	for _, attribute := range node.Attr {
		if attribute.Key == "href" {
			return attribute.Val
		}
	}
	return ""
}

// hug puts marks around the words of a text; spaces at its ends stay outside.
func hug(text, before, after string) string {
	words := strings.TrimSpace(text)
	if words == "" {
		return text
	}
	at := strings.Index(text, words)
	return text[:at] + before + words + after + text[at+len(words):]
}

func children(node *html.Node) []*html.Node {
	var list []*html.Node
	for child := node.FirstChild; child != nil; child = child.NextSibling {
		list = append(list, child)
	}
	return list
}

// unwrapped are the children of a list item or a quotation; paragraphs in it are its lines.
func unwrapped(node *html.Node) []*html.Node {
	var list []*html.Node
	for i, child := range children(node) {
		if child.DataAtom != atom.P || len(child.Attr) > 0 {
			list = append(list, child)
			continue
		}
		if i > 0 {
			list = append(list, &html.Node{Type: html.ElementNode, Data: "br", DataAtom: atom.Br})
		}
		list = append(list, children(child)...)
	}
	return list
}

// escapeMarkup puts a backslash before the signs of a text that would mean something. Placeholders stay as they are.
func escapeMarkup(text string) string {
	var out strings.Builder
	previous := ' '
	for i := 0; i < len(text); {
		if n := literal(text[i:]); n > 2 {
			out.WriteString(text[i : i+n])
			i += n
			previous = '}'
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		following, _ := utf8.DecodeRuneInString(text[i+size:])
		edge := i == 0 || i+size == len(text)
		switch {
		case r == '\\', r == '`', r == '[', r == '_' && !(isWord(previous) && isWord(following)),
			(r == '*' || r == '~') && (edge || following == r || previous == r), r == ']' && following == '(':
			out.WriteByte('\\')
		}
		out.WriteString(text[i : i+size])
		previous = r
		i += size
	}
	return out.String()
}

// guarded escapes a first sign of a paragraph that would make something else of it.
func guarded(text string) string {
	switch {
	case bullet.MatchString(text), strings.HasPrefix(text, ">"), text == "-":
		return `\` + text
	case numbered.MatchString(text):
		end := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsDigit(r) })
		return text[:end] + `\` + text[end:]
	}
	return text
}
