// Package domain reads Odoo's domains as the domain widgets of Odoo 14 to 19 write them, so that Odoo only ever gets literal lists.
//
// [Parse] takes Python literals and, as values, the few expressions that Odoo's own editors write: uid, context_today(), datetime,
// relativedelta and time.strftime. Nothing is evaluated that is not written down in this package. The relative dates of Odoo 19
// ("today -7d") are plain strings that Odoo itself resolves; they stay as they are.
package domain

import (
	"slices"
	"strings"
	"time"

	"github.com/krokbot/krok/flow/texts"
)

// Domain is a condition on records. It is immutable; the zero Domain fits every record.
type Domain struct {
	source string
	terms  []term
}

// Env is what a domain may depend on.
type Env struct {
	Now      time.Time
	Location *time.Location // whose "today" is meant; nil is UTC
	UID      int64          // the Odoo user whose "uid" is meant
}

// term is an operator ("&", "|", "!") or a condition.
type term struct {
	operator string // of the domain; "" for a condition

	field    string
	constant *bool // instead of a field: the conditions that always or never hold, (1, '=', 1) and (0, '=', 1)
	compare  string
	value    node
	inner    []term // of any and not any
}

// compares are the operators of conditions. That of an older Odoo which does not know one is a mistake that only Odoo can name.
var compares = []string{
	"=", "!=", "<", "<=", ">", ">=", "=?", "in", "not in", "like", "not like", "ilike", "not ilike", "=like", "=ilike",
	"not =like", "not =ilike", "child_of", "parent_of", "any", "not any",
}

// parts are what Odoo 18 on may compare of a date, written behind its field ("birthday.month_number").
var parts = []string{
	"year_number", "quarter_number", "month_number", "iso_week_number", "day_of_week", "day_of_month", "day_of_year",
	"hour_number", "minute_number", "second_number",
}

// Parse reads a domain. Its errors are for the admin: they name the place (counted in characters) and the word. An empty text is
// an empty domain.
func Parse(source string) (Domain, error) {
	source = strings.TrimSpace(strings.ToValidUTF8(source, "\ufffd"))
	if source == "" {
		return Domain{}, nil
	}
	tree, err := parseExpression(source)
	if err != nil {
		return Domain{}, err
	}
	terms, err := readTerms(tree)
	if err != nil {
		return Domain{}, err
	}
	parsed := Domain{source: source, terms: terms}
	// What can be wrong with a value is wrong on any day.
	if _, err := parsed.Literal(Env{Now: time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC), UID: 1}); err != nil {
		return Domain{}, err
	}
	return parsed, nil
}

// Empty tells that the domain has no condition.
func (d Domain) Empty() bool { return len(d.terms) == 0 }

// String is the domain as it was written.
func (d Domain) String() string {
	if d.source == "" {
		return "[]"
	}
	return d.source
}

// Literal is the domain with all its values worked out: strings, int64, float64, bool, and lists of these. Dates are texts as Odoo
// takes them, datetimes in UTC. Python's None is false, as Odoo means it.
func (d Domain) Literal(env Env) ([]any, error) {
	if env.Location == nil {
		env.Location = time.UTC
	}
	return literals(d.terms, env)
}

func literals(terms []term, env Env) ([]any, error) {
	list := make([]any, 0, len(terms))
	for _, t := range terms {
		literal, err := t.literal(env)
		if err != nil {
			return nil, err
		}
		list = append(list, literal)
	}
	return list, nil
}

func (t term) literal(env Env) (any, error) {
	switch {
	case t.operator != "":
		return t.operator, nil
	case t.constant != nil && *t.constant:
		return []any{int64(1), "=", int64(1)}, nil
	case t.constant != nil:
		return []any{int64(0), "=", int64(1)}, nil
	case t.isAny():
		inner, err := literals(t.inner, env)
		return []any{t.field, t.compare, inner}, err
	}
	value, err := t.value.literal(env)
	return []any{t.field, t.compare, value}, err
}

func (t term) isAny() bool { return t.compare == "any" || t.compare == "not any" }

// Fields lists the dotted paths that the domain looks at, each once, without the part of a date that is compared.
func (d Domain) Fields() []string {
	var paths []string
	collect(d.terms, "", func(path string) {
		if !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	})
	return paths
}

func collect(terms []term, prefix string, add func(string)) {
	for _, t := range terms {
		if t.field == "" {
			continue
		}
		path := prefix + t.field
		if before, last, ok := cutLast(path); ok && slices.Contains(parts, last) {
			path = before
		}
		add(path)
		collect(t.inner, path+".", add)
	}
}

func cutLast(path string) (before, last string, ok bool) {
	i := strings.LastIndexByte(path, '.')
	if i < 0 {
		return path, "", false
	}
	return path[:i], path[i+1:], true
}

// Check reports the fields of a domain that its model does not have.
func Check(d Domain, fieldExists func(path string) bool) []*texts.Error {
	var problems []*texts.Error
	for _, path := range d.Fields() {
		if !fieldExists(path) {
			problems = append(problems, texts.NewError("domain.unknown_field", texts.Args{"field": path}, nil))
		}
	}
	return problems
}

// readTerms reads a list as a domain.
func readTerms(list node) ([]term, error) {
	if list.kind != kindList {
		return nil, wrong("not_a_list", list)
	}
	terms := make([]term, 0, len(list.items))
	for _, item := range list.items {
		t, err := readTerm(item)
		if err != nil {
			return nil, err
		}
		terms = append(terms, t)
	}
	return terms, balanced(list, terms)
}

func readTerm(item node) (term, error) {
	if item.kind == kindString {
		if item.text == "&" || item.text == "|" || item.text == "!" {
			return term{operator: item.text}, nil
		}
		return term{}, wrong("bad_term", item)
	}
	if item.kind != kindList || len(item.items) != 3 {
		return term{}, wrong("bad_term", item)
	}
	return readCondition(item.items[0], item.items[1], item.items[2])
}

func readCondition(left, operator, right node) (term, error) {
	if operator.kind != kindString {
		return term{}, wrong("unknown_operator", operator)
	}
	compare := strings.Join(strings.Fields(strings.ToLower(operator.text)), " ")
	switch compare {
	case "==":
		compare = "="
	case "<>":
		compare = "!="
	}
	if !slices.Contains(compares, compare) {
		return term{}, wrong("unknown_operator", operator)
	}
	if left.kind == kindInt && right.kind == kindInt && compare == "=" {
		holds := left.whole == right.whole
		return term{constant: &holds}, nil
	}
	if left.kind != kindString || !isPath(left.text) {
		return term{}, wrong("bad_field", left)
	}
	t := term{field: left.text, compare: compare, value: right}
	if !t.isAny() {
		return t, nil
	}
	if right.kind != kindList {
		return term{}, wrong("bad_any", right)
	}
	inner, err := readTerms(right)
	t.inner = inner
	return t, err
}

// isPath tells whether a text is a field or several with dots between them.
func isPath(text string) bool {
	for _, name := range strings.Split(text, ".") {
		if name == "" || strings.ContainsFunc(name, func(r rune) bool {
			return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
		}) {
			return false
		}
	}
	return true
}

// balanced tells that each operator has what it joins. Conditions with no operator between them must all hold.
func balanced(list node, terms []term) error {
	var open []int // the operators that wait, by the operands they miss
	for _, t := range terms {
		switch t.operator {
		case "&", "|":
			open = append(open, 2)
			continue
		case "!":
			open = append(open, 1)
			continue
		}
		for len(open) > 0 {
			if open[len(open)-1]--; open[len(open)-1] > 0 {
				break
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		for _, item := range slices.Backward(list.items) {
			if item.kind == kindString {
				return wrong("unbalanced", item)
			}
		}
	}
	return nil
}

// wrong makes the error that points to a node.
func wrong(key string, n node) error {
	return texts.NewError("domain."+key, texts.Args{"position": n.position, "word": n.word}, nil)
}
