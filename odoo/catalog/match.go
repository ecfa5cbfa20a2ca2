package catalog

import (
	"slices"

	"github.com/krokbot/krok/flow"
)

// pair is a row of the file and the record in Odoo that stands for it; have is nil where there is none yet.
type pair struct{ want, have flow.Row }

// keys are the fields that make two rows of a table the same thing.
var keys = map[string][]string{
	"step": {"code"}, "answer": {"name"}, "alias": {"name"}, "media": {"filename", "checksum"},
	"button":       {"place", "kind", "answer_id", "target_id", "url", "copy", "name"},
	"notification": {"code"}, "watch": {"name"}, "notification_line": {"field_id", "subfield_id", "before", "after"},
	"notification_button": {"kind", "related_id", "field_id", "action_id", "target_id", "url", "name"},
}

// match finds the record for each row: first one with all keys alike, then one with a telling key alike, then, of what is left, the next
// in order, so that a row that was renamed stays the record that it was. A step and a notification are their codes and nothing else. gone are the records that no row
// stands for.
func match(table string, wanted, have []flow.Row) (pairs []pair, gone []flow.Row) {
	pairs = make([]pair, len(wanted))
	left := slices.Clone(have)
	take := func(alike func(want, have flow.Row) bool) {
		for i, want := range wanted {
			if pairs[i].have != nil {
				continue
			}
			if at := slices.IndexFunc(left, func(have flow.Row) bool { return alike(want, have) }); at >= 0 {
				pairs[i].have = left[at]
				left = slices.Delete(left, at, at+1)
			}
		}
	}
	for i, want := range wanted {
		pairs[i].want = want
	}
	take(func(want, have flow.Row) bool {
		return !slices.ContainsFunc(keys[table], func(key string) bool { return !alike(want, have, key) })
	})
	if table == "step" || table == "notification" {
		return pairs, left
	}
	take(func(want, have flow.Row) bool {
		return slices.ContainsFunc(keys[table], func(key string) bool {
			return key != "place" && key != "kind" && want[key] != nil && alike(want, have, key)
		})
	})
	if table != "alias" { // an alias is its code: another code is another alias
		take(func(_, _ flow.Row) bool { return true })
	}
	return pairs, left
}

// alike tells whether two rows have the same value; of translated texts, whether they share one.
func alike(a, b flow.Row, field string) bool {
	left, translated := a[field].(flow.Texts)
	if !translated {
		if right, also := b[field].(flow.Texts); also {
			return alike(flow.Row{field: right}, a, field)
		}
		return a.Str(field) == b.Str(field) && a.Int(field) == b.Int(field)
	}
	for _, one := range left {
		for _, other := range b.Texts(field) {
			if one == other && one != "" {
				return true
			}
		}
	}
	return len(left) == 0 && len(b.Texts(field)) == 0
}
