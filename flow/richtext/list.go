package richtext

import (
	"strconv"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// list is a list that the parser is in.
type list struct {
	ordered, checks bool
	number          int // of the last item
}

// row is a line of a table: its cells one behind the other. A row of one cell is only there for the layout.
func (p *parser) row(n *html.Node) {
	var cells []*html.Node
	for cell := n.FirstChild; cell != nil; cell = cell.NextSibling {
		if cell.Type == html.ElementNode && hasLetters(cell) {
			cells = append(cells, cell)
		}
	}
	if len(cells) == 1 {
		p.styled(cells[0])
		return
	}
	p.oneLine++
	for i, cell := range cells {
		if i > 0 {
			p.write(" | ")
		}
		p.styled(cell)
	}
	p.oneLine--
}

func (p *parser) list(n *html.Node) {
	entered := &list{ordered: n.DataAtom == atom.Ol, checks: hasClass(n, "o_checklist")}
	if start, err := strconv.Atoi(attribute(n, "start")); err == nil && entered.ordered {
		entered.number = start - 1
	}
	p.endLine()
	p.lists = append(p.lists, entered)
	p.indent = len(p.lists)
	p.styled(n)
	p.endLine()
	p.lists = p.lists[:len(p.lists)-1]
	p.indent = len(p.lists)
}

// item is one line of a list. Odoo's editors put a nested list into an item of its own, which gets no mark.
func (p *parser) item(n *html.Node) {
	p.endLine()
	if !hasLetters(n) {
		return
	}
	if len(p.lists) == 0 {
		p.lists = append(p.lists, &list{})
		defer func() { p.lists, p.indent = nil, 0 }()
	}
	if hasClass(n, "oe-nested") || !hasOwnLetters(n) {
		p.styled(n)
		p.endLine()
		return
	}
	p.mark(p.markOf(n))
	p.styled(n)
	p.endMark()
}

func (p *parser) markOf(n *html.Node) string {
	in := p.lists[len(p.lists)-1]
	in.number++
	switch {
	case in.checks && hasClass(n, "o_checked"):
		return "☑ "
	case in.checks:
		return "☐ "
	case in.ordered:
		if value, err := strconv.Atoi(attribute(n, "value")); err == nil {
			in.number = value
		}
		return strconv.Itoa(in.number) + ". "
	case len(p.lists)%2 == 0:
		return "◦ "
	}
	return "• "
}

// hasOwnLetters tells whether an item has anything to read besides the lists in it.
func hasOwnLetters(n *html.Node) bool {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if child.DataAtom != atom.Ul && child.DataAtom != atom.Ol && hasLetters(child) {
			return true
		}
	}
	return false
}
