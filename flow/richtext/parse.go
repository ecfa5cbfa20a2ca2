package richtext

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Parse reads a rich text as Odoo's editors of 14 to 19 write it. Formatting that Telegram has becomes entities; lists, tables and
// headings become readable lines; all else is left out and its letters stay. It never fails: what is no HTML is text. A text
// without paragraphs or other blocks keeps its line breaks.
//
// A paragraph ends its line, and an empty paragraph is an empty line, so that the text looks as it does in the editor.
func Parse(source string) Template {
	if !anyTag.MatchString(source) {
		return ParsePlain(strings.ReplaceAll(html.UnescapeString(source), string(nbsp), " "))
	}
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(source), body)
	if err != nil { // nested deeper than the parser goes
		return ParsePlain(html.UnescapeString(allTags.ReplaceAllString(source, " ")))
	}
	p := parser{keepBreaks: !blockTag.MatchString(source)}
	for _, node := range nodes {
		p.node(node)
	}
	return newTemplate(string(p.text), p.finished(), p.picture)
}

var (
	anyTag   = regexp.MustCompile(`<[a-zA-Z/!]`)
	allTags  = regexp.MustCompile(`<[^<>]*>`)
	blockTag = regexp.MustCompile(`(?i)<(p|div|br|ul|ol|li|table|tr|pre|blockquote|h[1-6]|hr|section|article)\b`)
)

// parser walks the HTML and writes text and spans.
type parser struct {
	writer
	spans []span
	// holes are stretches that an inner style takes out of an outer one: normal weight in a bold paragraph.
	holes      []hole
	lists      []*list
	quotes     int
	keepBreaks bool // line breaks of the source are line breaks
	picture    bool
}

// span ends a span at what was written last.
func (p *parser) span(s span) {
	if s.end = len(p.text); s.start < s.end {
		p.spans = append(p.spans, s)
	}
}

// hole is a stretch that a style is taken off from. It counts for the spans that end after it: those further out.
type hole struct {
	span
	spansBefore int
}

// finished are the spans without their holes.
func (p *parser) finished() []span {
	if len(p.holes) == 0 {
		return p.spans
	}
	var spans []span
	for i, s := range p.spans {
		var inside []span
		for _, hole := range p.holes {
			if hole.kind == s.kind && hole.spansBefore <= i && hole.start >= s.start && hole.end <= s.end {
				inside = append(inside, hole.span)
			}
		}
		spans = append(spans, subtract([]span{s}, merge("", inside))...)
	}
	return spans
}

func (p *parser) node(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		p.letters(n.Data)
	case html.ElementNode:
		p.element(n)
	}
}

func (p *parser) children(n *html.Node) {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		p.node(child)
	}
}

func (p *parser) letters(data string) {
	switch {
	case p.verbatim > 0, p.keepBreaks:
		for i, line := range strings.Split(clean(data), "\n") {
			if i > 0 {
				p.br()
			}
			p.write(line)
		}
	default:
		p.write(clean(data))
	}
}

func (p *parser) element(n *html.Node) {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Head, atom.Title, atom.Template, atom.Iframe, atom.Object, atom.Noscript, atom.Svg, atom.Math, atom.Select:
		return
	case atom.Br:
		p.br()
	case atom.Hr:
		p.endLine()
		p.write("———")
		p.endLine()
	case atom.Img:
		p.picture = p.picture || attribute(n, "src") != ""
	case atom.Ul, atom.Ol:
		p.list(n)
	case atom.Li:
		p.item(n)
	case atom.Blockquote:
		p.quote(n)
	case atom.Pre:
		p.block(func() { p.pre(n) })
	case atom.Tr:
		p.block(func() { p.row(n) })
	case atom.A:
		p.link(n)
	default:
		if isBlock(n.DataAtom) {
			p.block(func() { p.styled(n) })
			return
		}
		p.styled(n)
	}
}

func isBlock(tag atom.Atom) bool {
	switch tag {
	case atom.P, atom.Div, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Table, atom.Tbody, atom.Thead, atom.Tfoot, atom.Caption,
		atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Aside, atom.Nav, atom.Figure, atom.Figcaption, atom.Address,
		atom.Dl, atom.Dt, atom.Dd, atom.Details, atom.Summary, atom.Center, atom.Fieldset, atom.Form:
		return true
	}
	return false
}

func (p *parser) block(inside func()) {
	p.endLine()
	inside()
	p.endLine()
}

// styled walks an element with the styles that its tag and its style attribute give.
func (p *parser) styled(n *html.Node) {
	start := p.next()
	p.children(n)
	on, off := stylesOf(n)
	for _, kind := range on {
		p.span(span{start: start, kind: kind})
	}
	for _, kind := range off {
		p.holes = append(p.holes, hole{span{start: start, end: len(p.text), kind: kind}, len(p.spans)})
	}
}

// pre is a block of code: its spaces and line breaks stay.
func (p *parser) pre(n *html.Node) {
	start := p.next()
	p.verbatim++
	p.children(n)
	p.verbatim--
	p.span(span{start: start, kind: Pre, lang: languageOf(n)})
}

var language = regexp.MustCompile(`(?:^|\s)(?:language|lang)-([\w+#-]+)`)

func languageOf(n *html.Node) string {
	if id := attribute(n, "data-language-id"); id != "" {
		return id
	}
	if found := language.FindStringSubmatch(attribute(n, "class")); found != nil {
		return found[1]
	}
	if child := n.FirstChild; child != nil && child.DataAtom == atom.Code {
		return languageOf(child)
	}
	return ""
}

// quote is a quotation. One inside another is a part of it: Telegram nests none.
func (p *parser) quote(n *html.Node) {
	p.endLine()
	start := p.next()
	p.quotes++
	p.styled(n)
	p.quotes--
	p.endLine()
	if p.quotes == 0 {
		p.span(span{start: start, kind: Blockquote})
	}
}

func (p *parser) link(n *html.Node) {
	start, href := p.next(), attribute(n, "href")
	p.styled(n)
	if who := person(href); who != "" {
		if shown := string(p.text[min(start, len(p.text)):]); !strings.Contains(lettersAndDigits(shown), lettersAndDigits(who)) {
			p.write(" (" + who + ")")
		}
		return
	}
	if address := linkAddress(href); address != "" {
		p.span(span{start: start, kind: Link, url: address})
	}
}

func lettersAndDigits(text string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", "\u00a0", "").Replace(text))
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasClass(n *html.Node, class string) bool {
	return slices.Contains(strings.Fields(attribute(n, "class")), class)
}

// hasLetters tells whether an element has anything to read.
func hasLetters(n *html.Node) bool {
	if n.Type == html.TextNode {
		return Plain(n.Data).Trim().Text != ""
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if hasLetters(child) {
			return true
		}
	}
	return false
}
