package rpctest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// search finds ids by domain, order, offset and limit.
func (t *Table) search(r Request) ([]int64, error) {
	domain, _ := r.Args["domain"].([]any)
	var ids []int64
	for id, row := range t.rows {
		if _, has := t.fields["active"]; has && row["active"] == false && r.Context["active_test"] != false && !mentions(domain, "active") {
			continue
		}
		fits, err := t.fits(row, domain)
		if err != nil {
			return nil, err
		}
		if fits {
			ids = append(ids, id)
		}
	}
	t.sort(ids, r.Args["order"])
	if offset, _ := r.Args["offset"].(int64); offset > 0 {
		ids = ids[min(int(offset), len(ids)):]
	}
	if limit, _ := r.Args["limit"].(int64); limit > 0 {
		ids = ids[:min(int(limit), len(ids))]
	}
	return ids, nil
}

func mentions(domain []any, field string) bool {
	return slices.ContainsFunc(domain, func(term any) bool {
		leaf, ok := term.([]any)
		return ok && len(leaf) == 3 && leaf[0] == field
	})
}

func (t *Table) sort(ids []int64, order any) {
	text, _ := order.(string)
	keys := strings.FieldsFunc(text, func(r rune) bool { return r == ',' })
	slices.SortFunc(ids, func(a, b int64) int {
		for _, key := range keys {
			field, direction, _ := strings.Cut(strings.TrimSpace(key), " ")
			result := compare(t.rows[a][field], t.rows[b][field])
			if strings.EqualFold(strings.TrimSpace(direction), "desc") {
				result = -result
			}
			if result != 0 {
				return result
			}
		}
		return cmp.Compare(a, b)
	})
}

// fits works a domain out from its end, as polish notation is.
func (t *Table) fits(row map[string]any, domain []any) (bool, error) {
	var stack []bool
	pop := func() bool {
		if len(stack) == 0 {
			return true
		}
		top := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		return top
	}
	for _, term := range slices.Backward(domain) {
		switch term := term.(type) {
		case string:
			a := pop()
			switch term {
			case "!":
				stack = append(stack, !a)
			case "|":
				b := pop()
				stack = append(stack, a || b)
			default:
				b := pop()
				stack = append(stack, a && b)
			}
		case []any:
			fits, err := t.leaf(row, term)
			if err != nil {
				return false, err
			}
			stack = append(stack, fits)
		}
	}
	return !slices.Contains(stack, false), nil
}

func (t *Table) leaf(row map[string]any, leaf []any) (bool, error) {
	if len(leaf) != 3 {
		return false, ValueError(fmt.Sprintf("Invalid leaf %v", leaf))
	}
	field, _ := leaf[0].(string)
	if _, known := t.fields[field]; !known && field != "id" {
		return false, ValueError(fmt.Sprintf("Invalid field %s.%s in leaf %v", t.model, field, leaf))
	}
	value, wanted := row[field], leaf[2]
	switch leaf[1] {
	case "=":
		return holds(value, wanted), nil
	case "!=":
		return !holds(value, wanted), nil
	case "in":
		return among(value, wanted), nil
	case "not in":
		return !among(value, wanted), nil
	case "like":
		return strings.Contains(fmt.Sprint(value), fmt.Sprint(wanted)), nil
	case "ilike":
		return strings.Contains(strings.ToLower(fmt.Sprint(value)), strings.ToLower(fmt.Sprint(wanted))), nil
	case ">":
		return compare(value, wanted) > 0, nil
	case ">=":
		return compare(value, wanted) >= 0, nil
	case "<":
		return compare(value, wanted) < 0, nil
	case "<=":
		return compare(value, wanted) <= 0, nil
	default:
		return false, ValueError(fmt.Sprintf("Invalid operator %v", leaf[1]))
	}
}

// holds compares as "=" does; a many2many field holds each of its records.
func holds(value, wanted any) bool {
	if list, ok := value.([]any); ok {
		if wanted == false {
			return len(list) == 0
		}
		return slices.Contains(list, wanted)
	}
	if wanted == false || wanted == "" {
		return value == false || value == nil || value == "" || value == int64(0)
	}
	return value == wanted
}

func among(value, wanted any) bool {
	list, _ := wanted.([]any)
	return slices.ContainsFunc(list, func(item any) bool { return holds(value, item) })
}

func compare(a, b any) int {
	x, xOK := number(a)
	y, yOK := number(b)
	if xOK && yOK {
		return cmp.Compare(x, y)
	}
	return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
}

func number(value any) (float64, bool) {
	switch value := value.(type) {
	case int64:
		return float64(value), true
	case float64:
		return value, true
	default:
		return 0, false
	}
}
