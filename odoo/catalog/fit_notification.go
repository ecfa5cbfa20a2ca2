package catalog

import (
	"maps"
	"slices"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/botfile"
)

// fitNotifications leaves out models, fields and server actions that Odoo does not have: a notification or an external event without its model
// waits for it, and a line or button without its field or action would show or do nothing. An answer stays personal without its field: it would
// show everybody everything.
func (f *fitted) fitNotifications(k known) {
	f.callActions(k)
	before := f.Definition
	f.Tables = maps.Clone(before.Tables)
	for _, table := range []string{"notification", "watch", "answer", "notification_line", "notification_button"} {
		f.Tables[table] = nil
		for _, row := range before.Tables[table] {
			row = maps.Clone(row)
			if f.fitRow(k, before, table, row) {
				f.Tables[table] = append(f.Tables[table], row)
			}
		}
	}
}

// fitRow takes what Odoo does not have out of a row. false: nothing is left of it.
func (f *fitted) fitRow(k known, before flow.Definition, table string, row flow.Row) bool {
	model := modelOf(before, table, row)
	there := k.models[model] != 0
	place := placeOf(before, table, row)
	if own := table == "notification" || table == "watch"; own && !there && model != "" {
		place.What, place.Name = "model", model
		f.absent = append(f.absent, place)
		delete(row, "model")
	}
	for _, field := range fieldsOf(table) {
		path := pathOf(before, row, field)
		action := before.Row("action", row.Ref(field.Name)).Str("name")
		switch {
		case path != "" && len(k.paths[named{model, path}]) == 0:
			place.What, place.Name = "field", path
		case field.Kind == botfile.Action && action != "" && k.actions[named{model, action}] == 0:
			place.What, place.Name = "action", action
		default:
			continue
		}
		if there {
			f.absent = append(f.absent, place)
		}
		if table == "notification_line" || table == "notification_button" {
			return false
		}
		delete(row, field.Name)
	}
	return true
}

// placeOf names the place of a row for people.
func placeOf(definition flow.Definition, table string, row flow.Row) Absent {
	switch table {
	case "answer":
		return Absent{Step: definition.Row("step", row.Ref("step_id")).Str("code"), Personal: true}
	case "watch":
		return Absent{Event: row.Str("name")}
	case "notification":
		return Absent{Notification: row.Str("code")}
	}
	return Absent{Notification: definition.Row("notification", row.Ref("notification_id")).Str("code")}
}

// callActions calls server actions as Odoo does: by their external ids, else in English.
func (f *fitted) callActions(k known) {
	rows := slices.Clone(f.Tables["action"])
	for i, row := range rows {
		if name := k.actionNames[named{row.Str("model"), row.Str("name")}]; name != "" {
			rows[i] = row.With("name", name)
		}
	}
	f.Tables["action"] = rows
}
