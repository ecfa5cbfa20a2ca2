package module

import (
	"fmt"
	"strings"
)

// modifierDomain turns a condition as views from 17 on have it ("x_type != 'buttons' and not x_active") into the domain by which
// older series say the same ("['&', ('x_type', '!=', 'buttons'), ('x_active', '=', False)]"). It knows comparisons of a field with
// a literal, bare fields, not, and, or, and brackets.
func modifierDomain(condition string) (string, error) {
	words, err := conditionWords(condition)
	if err != nil {
		return "", err
	}
	p := conditionParser{words: words}
	terms, err := p.or()
	if err != nil {
		return "", fmt.Errorf("%w in %q", err, condition)
	}
	if len(p.words) > 0 {
		return "", fmt.Errorf("unexpected %q in %q", p.words[0], condition)
	}
	return "[" + strings.Join(terms, ", ") + "]", nil
}

// conditionWords splits a condition into names, literals, operators and brackets. A list in square brackets is one word.
func conditionWords(text string) ([]string, error) {
	var words []string
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		var n int
		switch c := text[0]; {
		case c == '\'':
			n = strings.IndexByte(text[1:], '\'') + 2
		case c == '[':
			n = strings.IndexByte(text, ']') + 1
		case strings.ContainsRune("()", rune(c)):
			n = 1
		case strings.ContainsRune("=!<>", rune(c)):
			n = len(text) - len(strings.TrimLeft(text, "=!<>"))
		default:
			n = strings.IndexAny(text+" ", " ()=!<>")
		}
		if n < 1 || n > len(text) {
			return nil, fmt.Errorf("cannot read %q", text)
		}
		words = append(words, text[:n])
		text = text[n:]
	}
	return words, nil
}

type conditionParser struct{ words []string }

func (p *conditionParser) take(word string) bool {
	if len(p.words) > 0 && p.words[0] == word {
		p.words = p.words[1:]
		return true
	}
	return false
}

func (p *conditionParser) next() string {
	if len(p.words) == 0 {
		return ""
	}
	word := p.words[0]
	p.words = p.words[1:]
	return word
}

// or gives terms in Odoo's order: the operator before what it joins.
func (p *conditionParser) or() ([]string, error) { return p.joined("or", "'|'", p.and) }

func (p *conditionParser) and() ([]string, error) { return p.joined("and", "'&'", p.term) }

func (p *conditionParser) joined(word, sign string, part func() ([]string, error)) ([]string, error) {
	terms, err := part()
	for err == nil && p.take(word) {
		var more []string
		more, err = part()
		terms = append(append([]string{sign}, terms...), more...)
	}
	return terms, err
}

var comparisons = map[string]string{"==": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "in": "in"}

func (p *conditionParser) term() ([]string, error) {
	if p.take("(") {
		terms, err := p.or()
		if err == nil && !p.take(")") {
			err = fmt.Errorf("a bracket is not closed")
		}
		return terms, err
	}
	if p.take("not") {
		return one(p.next(), "=", "False")
	}
	field := p.next()
	if p.take("not") {
		if !p.take("in") {
			return nil, fmt.Errorf("not without in")
		}
		return one(field, "not in", p.next())
	}
	if len(p.words) > 0 {
		if sign, ok := comparisons[p.words[0]]; ok {
			p.next()
			return one(field, sign, p.next())
		}
	}
	return one(field, "!=", "False")
}

func one(field, sign, value string) ([]string, error) {
	if field == "" || value == "" || strings.ContainsAny(field, "()'[]") {
		return nil, fmt.Errorf("a condition is not complete")
	}
	return []string{fmt.Sprintf("('%s', '%s', %s)", field, sign, value)}, nil
}
