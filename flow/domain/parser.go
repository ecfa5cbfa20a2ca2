package domain

import (
	"slices"
	"strconv"
	"strings"

	"github.com/krokbot/krok/flow/texts"
)

// node is an expression.
type node struct {
	kind     nodeKind
	position int    // where it begins, in characters from 1
	word     string // its first word, for errors

	text     string  // string, name, attribute
	whole    int64   // int
	fraction float64 // float
	truth    bool    // bool
	items    []node  // list: its items; call: its arguments; sum: two sides; attribute and call: see target
	names    []string
	target   *node // attribute: of what; call: what is called
	minus    bool  // sum: a difference
}

type nodeKind int

const (
	kindNone nodeKind = iota
	kindString
	kindInt
	kindFloat
	kindBool
	kindList
	kindName
	kindAttribute
	kindCall
	kindSum
)

// maxDepth is how deep brackets may stand in each other.
const maxDepth = 60

// parser reads expressions from tokens.
type parser struct {
	lexer lexer
	token token // the next one
	depth int
}

// parseExpression reads a whole text.
func parseExpression(source string) (node, error) {
	if len(source) > maxSource {
		return node{}, texts.NewError("domain.too_long", texts.Args{"limit": maxSource}, nil)
	}
	p := parser{lexer: lexer{source: source}}
	if err := p.advance(); err != nil {
		return node{}, err
	}
	tree, err := p.sum()
	if err != nil {
		return node{}, err
	}
	if p.token.kind != tokenEnd {
		return node{}, p.unexpected()
	}
	return tree, nil
}

func (p *parser) advance() (err error) {
	p.token, err = p.lexer.next()
	return err
}

func (p *parser) unexpected() error {
	if p.token.kind == tokenEnd {
		return texts.NewError("domain.unexpected_end", texts.Args{"position": p.token.position}, nil)
	}
	return p.lexer.wrong("unexpected", p.token.position, p.token.word)
}

func (p *parser) sees(sign string) bool { return p.token.kind == tokenSign && p.token.text == sign }

func (p *parser) expect(sign string) error {
	if !p.sees(sign) {
		return p.unexpected()
	}
	return p.advance()
}

// node begins a node at the next token.
func (p *parser) node(kind nodeKind) node {
	return node{kind: kind, position: p.token.position, word: short(p.token.word)}
}

// sum reads terms with + and - between them.
func (p *parser) sum() (node, error) {
	left, err := p.operand()
	for err == nil && (p.sees("+") || p.sees("-")) {
		both := p.node(kindSum)
		both.minus = p.sees("-")
		if err = p.advance(); err != nil {
			break
		}
		var right node
		right, err = p.operand()
		both.items = []node{left, right}
		left = both
	}
	return left, err
}

// operand reads a value and the attributes and calls behind it.
func (p *parser) operand() (node, error) {
	if p.depth++; p.depth > maxDepth {
		return node{}, texts.NewError("domain.too_deep", texts.Args{"position": p.token.position}, nil)
	}
	defer func() { p.depth-- }()
	value, err := p.value()
	for links := 0; err == nil; links++ {
		if links > maxDepth {
			return node{}, texts.NewError("domain.too_deep", texts.Args{"position": p.token.position}, nil)
		}
		target := value
		switch {
		case p.sees("."):
			if err = p.advance(); err != nil {
				return node{}, err
			}
			if p.token.kind != tokenName {
				return node{}, p.unexpected()
			}
			value = node{kind: kindAttribute, position: target.position, word: target.word + "." + p.token.text, text: p.token.text, target: &target}
			err = p.advance()
		case p.sees("(") && (target.kind == kindName || target.kind == kindAttribute): // else a comma is missing
			value, err = p.call(target)
		default:
			return value, nil
		}
	}
	return node{}, err
}

func (p *parser) value() (node, error) {
	switch p.token.kind {
	case tokenString:
		return p.text()
	case tokenNumber:
		return p.number(1)
	case tokenName:
		return p.name()
	case tokenSign:
		return p.bracket()
	}
	return node{}, p.unexpected()
}

// text reads a string; several behind each other are one.
func (p *parser) text() (node, error) {
	n := p.node(kindString)
	for p.token.kind == tokenString {
		n.text += p.token.text
		if err := p.advance(); err != nil {
			return node{}, err
		}
	}
	return n, nil
}

func (p *parser) number(sign int64) (node, error) {
	n := p.node(kindInt)
	digits := strings.ReplaceAll(p.token.text, "_", "")
	var err error
	if n.whole, err = strconv.ParseInt(digits, 10, 64); err != nil {
		n.kind = kindFloat
		if n.fraction, err = strconv.ParseFloat(digits, 64); err != nil || !strings.ContainsAny(digits, ".eE") {
			return node{}, p.lexer.wrong("bad_number", p.token.position, p.token.word)
		}
	}
	n.whole *= sign
	n.fraction *= float64(sign)
	return n, p.advance()
}

func (p *parser) name() (node, error) {
	n := p.node(kindName)
	switch n.text = p.token.text; n.text {
	case "True", "true":
		n.kind, n.truth = kindBool, true
	case "False", "false":
		n.kind = kindBool
	case "None", "null":
		n.kind = kindNone
	}
	return n, p.advance()
}

// bracket reads a list, a tuple, something in brackets, or a number with a sign.
func (p *parser) bracket() (node, error) {
	switch {
	case p.sees("-"), p.sees("+"):
		sign := int64(1)
		if p.sees("-") {
			sign = -1
		}
		if err := p.advance(); err != nil {
			return node{}, err
		}
		if p.token.kind != tokenNumber {
			return node{}, p.unexpected()
		}
		return p.number(sign)
	case p.sees("["):
		n := p.node(kindList)
		items, _, err := p.items("]")
		n.items = items
		return n, err
	case p.sees("("):
		n := p.node(kindList)
		items, comma, err := p.items(")")
		if err == nil && len(items) == 1 && !comma {
			return items[0], nil
		}
		n.items = items
		return n, err
	}
	return node{}, p.unexpected()
}

// items reads what stands between brackets, and tells whether a comma stood there.
func (p *parser) items(closing string) (items []node, comma bool, err error) {
	if err = p.advance(); err != nil {
		return nil, false, err
	}
	for !p.sees(closing) {
		item, err := p.sum()
		if err != nil {
			return nil, false, err
		}
		items = append(items, item)
		if !p.sees(",") {
			break
		}
		comma = true
		if err := p.advance(); err != nil {
			return nil, false, err
		}
	}
	return items, comma, p.expect(closing)
}

// call reads the arguments of a call: plain ones, then those with names.
func (p *parser) call(target node) (node, error) {
	n := node{kind: kindCall, position: target.position, word: target.word, target: &target}
	if err := p.advance(); err != nil {
		return node{}, err
	}
	for !p.sees(")") {
		argument, err := p.sum()
		if err != nil {
			return node{}, err
		}
		name := ""
		if p.sees("=") && argument.kind == kindName {
			name = argument.text
			if err := p.advance(); err != nil {
				return node{}, err
			}
			if argument, err = p.sum(); err != nil {
				return node{}, err
			}
		}
		if name == "" && len(n.names) > 0 && n.names[len(n.names)-1] != "" || name != "" && slices.Contains(n.names, name) {
			return node{}, wrong("bad_call", argument)
		}
		n.items, n.names = append(n.items, argument), append(n.names, name)
		if !p.sees(",") {
			break
		}
		if err := p.advance(); err != nil {
			return node{}, err
		}
	}
	return n, p.expect(")")
}
