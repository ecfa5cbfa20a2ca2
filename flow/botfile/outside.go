package botfile

import (
	"cmp"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
)

// refer gives the id of the row of that name, and of that model where it has one; it adds the row where there is none.
func refer(definition flow.Definition, table string, row flow.Row) int64 {
	for _, one := range definition.Tables[table] {
		if one.Str("name") == row.Str("name") && one.Str("model") == row.Str("model") {
			return one.ID()
		}
	}
	row["id"] = int64(len(definition.Tables[table]) + 1)
	definition.Tables[table] = append(definition.Tables[table], row)
	return row.ID()
}

// named reads the name of a record of Odoo's own.
func (r *reader) named(field Field, node ast.Node) any {
	name, ok := r.text(field.Key(), node)
	if !ok || name == "" {
		return nil
	}
	return refer(r.bot.Definition, field.Kind.Table(), called(field.Kind, name, r.model))
}

// called is the row of a record of that name. A server action is one for a model.
func called(kind Kind, name, model string) flow.Row {
	if kind == Action && model != "" {
		return flow.Row{"name": name, "model": model}
	}
	return flow.Row{"name": name}
}

// tags reads a list of names of tags.
func (r *reader) tags(field Field, node ast.Node) any {
	items, ok := r.items(node)
	if !ok {
		return nil
	}
	var ids []int64
	for _, item := range items {
		name, ok := r.text(field.Key(), item)
		switch {
		case !ok:
		case name == "":
			r.fail(item, "empty_tag", texts.Args{"key": field.Key()})
		default:
			if id := refer(r.bot.Definition, field.Kind.Table(), flow.Row{"name": name}); !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return unlessNone(ids)
}

func unlessNone(ids []int64) any {
	if len(ids) == 0 {
		return nil
	}
	return ids
}

// named keeps the name of a record.
func (n *normaliser) named(kind Kind, id int64) any {
	name := n.nameOf(kind.Table(), id)
	if name == "" {
		return nil
	}
	return refer(n.to.Definition, kind.Table(), called(kind, name, n.model))
}

// nameOf is the name of a record in the bot's language, else in English. A server action is called by its external id, else in English: so
// another database has it, too.
func (n *normaliser) nameOf(table string, id int64) string {
	if table == "action" {
		action := n.from.Row(table, id)
		return valid(cmp.Or(action.Str("xmlid"), action.Str("name")))
	}
	return valid(n.from.Row(table, id).Texts("name").In(n.from.Bot().Str("lang")))
}

// tags keeps the names of tags, in their order: Odoo gives them none.
func (n *normaliser) tags(table string, ids []int64) any {
	var names []string
	for _, id := range ids {
		if name := n.nameOf(table, id); name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var kept []int64
	for _, name := range slices.Compact(names) {
		kept = append(kept, refer(n.to.Definition, table, flow.Row{"name": name}))
	}
	return unlessNone(kept)
}

// tags lists the names of tags.
func (f *writer) tags(table string, ids []int64) node {
	var l list
	for _, id := range ids {
		l.items = append(l.items, text(f.definition.Row(table, id).Str("name")))
	}
	return l
}
