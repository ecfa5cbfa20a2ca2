package catalog

import (
	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/botfile"
)

// named is something of a model's that a file names: a path of fields, or a server action.
type named struct{ model, name string }

// asked are the models, fields and server actions that a file names, to be looked for in one Odoo.
type asked struct {
	models         []string
	paths, actions []named
}

// askedBy lists what the notifications and external events of a definition, and the answers that lead to them, name. Each is asked for once.
func askedBy(definition flow.Definition) asked {
	var a asked
	seen := map[any]bool{}
	first := func(one any) bool { was := seen[one]; seen[one] = true; return !was }
	for _, table := range []string{"notification", "notification_line", "notification_button", "watch", "answer"} {
		for _, row := range definition.Tables[table] {
			model := modelOf(definition, table, row)
			if model == "" {
				continue
			}
			if first(model) {
				a.models = append(a.models, model)
			}
			for _, field := range fieldsOf(table) {
				if path := pathOf(definition, row, field); path != "" && first(named{model, path}) {
					a.paths = append(a.paths, named{model, path})
				}
				action := struct{ named }{named{model, definition.Row("action", row.Ref(field.Name)).Str("name")}}
				if field.Kind == botfile.Action && action.name != "" && first(action) {
					a.actions = append(a.actions, action.named)
				}
			}
		}
	}
	return a
}

// args are the arguments of the procedure that looks for them.
func (a asked) args() map[string]any {
	pairs := func(list []named) []any {
		all := make([]any, len(list))
		for i, one := range list {
			all[i] = []any{one.model, one.name}
		}
		return all
	}
	models := make([]any, len(a.models))
	for i, name := range a.models {
		models[i] = name
	}
	return map[string]any{"models": models, "paths": pairs(a.paths), "actions": pairs(a.actions)}
}

// found is what one Odoo answers, in the order in which it was asked.
type found struct {
	Models  []int64
	Paths   [][]int64
	Actions []struct {
		ID   int64
		Name string
	}
}

// learn keeps what was found. A server action may be called by its own name, or as Odoo calls it.
func (k *known) learn(a asked, f found) {
	k.models, k.paths, k.actions, k.actionNames = map[string]int64{}, map[named][]int64{}, map[named]int64{}, map[named]string{}
	for i, id := range f.Models {
		k.models[a.models[i]] = id
	}
	for i, ids := range f.Paths {
		k.paths[a.paths[i]] = ids
	}
	for i, action := range f.Actions {
		if action.ID != 0 {
			asked := a.actions[i]
			k.actions[asked], k.actions[named{asked.model, action.Name}] = action.ID, action.ID
			k.actionNames[asked] = action.Name
		}
	}
}

// onPath is the id of a field of a path, counted from 0; 0 where there is none.
func (k known) onPath(path named, at int) int64 {
	if ids := k.paths[path]; at < len(ids) {
		return ids[at]
	}
	return 0
}

// modelOf is the model of the records that a row is about: its own, or that of its notification.
func modelOf(definition flow.Definition, table string, row flow.Row) string {
	if table == "notification" || table == "watch" {
		return row.Str("model")
	}
	return definition.Row("notification", row.Ref("notification_id")).Str("model")
}

// pathOf is the path of fields that a field of a row leads to: "partner_id.name"; "" where it leads to none.
func pathOf(definition flow.Definition, row flow.Row, field botfile.Field) string {
	if field.Kind != botfile.OfRecord && field.Kind != botfile.Path {
		return ""
	}
	path := definition.Row("field", row.Ref(field.Name)).Str("name")
	if sub := definition.Row("field", row.Ref("subfield_id")).Str("name"); field.Kind == botfile.Path && sub != "" {
		path += "." + sub
	}
	return path
}
