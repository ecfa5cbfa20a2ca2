package script

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// matches tells whether the fields of a scene fit a literal domain in Odoo's Polish notation. It knows the operators that make
// sense on texts, and says so of any other.
func matches(domain []any, fields map[string]string) (bool, error) {
	rest := domain
	all := true
	for len(rest) > 0 {
		fits, after, err := term(rest, fields)
		if err != nil {
			return false, err
		}
		all, rest = all && fits, after
	}
	return all, nil
}

// term evaluates one leaf, or one operator with its terms, and gives what stands behind it.
func term(domain []any, fields map[string]string) (fits bool, rest []any, err error) {
	if len(domain) == 0 {
		return false, nil, fmt.Errorf("the domain ends where a condition is needed")
	}
	rest = domain[1:]
	switch first := domain[0].(type) {
	case string:
		if first == "!" {
			fits, rest, err = term(rest, fields)
			return !fits, rest, err
		}
		if first != "&" && first != "|" {
			return false, nil, fmt.Errorf("%q is no operator of a domain", first)
		}
		left, rest, err := term(rest, fields)
		if err != nil {
			return false, nil, err
		}
		right, rest, err := term(rest, fields)
		if first == "&" {
			return left && right, rest, err
		}
		return left || right, rest, err
	case []any:
		fits, err = leaf(first, fields)
		return fits, rest, err
	}
	return false, nil, fmt.Errorf("%v is no part of a domain", domain[0])
}

func leaf(leaf []any, fields map[string]string) (bool, error) {
	if len(leaf) != 3 {
		return false, fmt.Errorf("%v is no condition of a domain", leaf)
	}
	path, operator := fmt.Sprint(leaf[0]), fmt.Sprint(leaf[1])
	if number, whole := leaf[0].(int64); whole { // (1, '=', 1)
		return fmt.Sprint(number) == fmt.Sprint(leaf[2]) == (operator == "="), nil
	}
	value, name := firstOf(fields[path], fields[path+".name"], fields[path+".id"]), firstOf(fields[path+".name"], fields[path])
	same := func(other any) bool {
		_, isText := other.(string) // of a relation, which Odoo then compares by name
		return equal(path, value, other) || isText && equal(path, name, other)
	}
	switch operator {
	case "=", "==":
		return same(leaf[2]), nil
	case "!=", "<>":
		return !same(leaf[2]), nil
	case "in", "not in":
		list, ok := leaf[2].([]any)
		if !ok {
			list = []any{leaf[2]}
		}
		in := slices.ContainsFunc(list, same)
		return in == (operator == "in"), nil
	case "like", "ilike", "not like", "not ilike", "=like", "=ilike":
		return like(name, operator, fmt.Sprint(leaf[2])), nil
	case "<", ">", "<=", ">=":
		return ordered(value, operator, fmt.Sprint(leaf[2])), nil
	}
	return false, fmt.Errorf("the scene of a transcript does not know the operator %q: play it against a real Odoo", operator)
}

// equal compares a field with a value. A field to many has its values with commas between them; Odoo's False is an empty field,
// and True one that says something.
func equal(path, value string, other any) bool {
	switch other := other.(type) {
	case bool:
		return (value != "" && value != "False" && value != "0") == other
	case int64, float64:
		if number, err := strconv.ParseFloat(value, 64); err == nil {
			wanted, _ := strconv.ParseFloat(fmt.Sprint(other), 64) // a number
			return number == wanted
		}
	}
	wanted := fmt.Sprint(other)
	path = strings.TrimSuffix(path, ".name")
	if strings.HasSuffix(path, "_ids") || strings.HasSuffix(path, "category_id") {
		return slices.ContainsFunc(strings.Split(value, ","), func(one string) bool { return strings.TrimSpace(one) == wanted })
	}
	return value == wanted
}

func like(value, operator, wanted string) bool {
	if strings.HasSuffix(operator, "ilike") {
		value, wanted = strings.ToLower(value), strings.ToLower(wanted)
	}
	if strings.HasPrefix(operator, "=") {
		return wild(value, wanted)
	}
	return wild(value, "%"+wanted+"%") != strings.HasPrefix(operator, "not")
}

// wild compares with a pattern in which "%" is anything.
func wild(value, wanted string) bool {
	return pattern{pieces: strings.Split(wanted, "%")}.fits(value)
}

// ordered compares numbers as numbers, anything else as text, as dates in Odoo's form can be. An empty field is never smaller or greater.
func ordered(value, operator, wanted string) bool {
	if value == "" {
		return false
	}
	order := strings.Compare(value, wanted)
	a, notA := strconv.ParseFloat(value, 64)
	b, notB := strconv.ParseFloat(wanted, 64)
	if notA == nil && notB == nil {
		order = 0
		if a < b {
			order = -1
		} else if a > b {
			order = 1
		}
	}
	switch operator {
	case "<":
		return order < 0
	case ">":
		return order > 0
	case "<=":
		return order <= 0
	}
	return order >= 0
}
