package botfile

import (
	"cmp"
	"maps"
	"slices"

	"github.com/krokbot/krok/flow"
)

// partsOf lists the rows of a table that belong to a notification, in the admin's order.
func partsOf(definition flow.Definition, table string, notification int64) []flow.Row {
	var rows []flow.Row
	for _, row := range definition.Tables[table] {
		if row.Ref("notification_id") == notification {
			rows = append(rows, row)
		}
	}
	return flow.Ordered(rows)
}

// NotificationsUsed are the ids of the notifications that the answers and external events of a bot lead to, also through buttons.
func NotificationsUsed(definition flow.Definition) map[int64]bool {
	used := map[int64]bool{}
	var follow func(id int64)
	follow = func(id int64) {
		if id == 0 || used[id] {
			return
		}
		used[id] = true
		for _, button := range partsOf(definition, "notification_button", id) {
			if button.Str("kind") == "notification" {
				follow(button.Ref("related_id"))
			}
		}
	}
	for _, table := range []string{"answer", "watch"} {
		for _, row := range definition.Tables[table] {
			follow(row.Ref("notification_id"))
		}
	}
	return used
}

// reached is a normal bot without the notifications that nothing of it leads to.
func (b Bot) reached() Bot {
	used := NotificationsUsed(b.Definition)
	if len(used) == len(b.Definition.Tables["notification"]) {
		return b
	}
	definition := flow.Definition{Tables: maps.Clone(b.Definition.Tables)}
	definition.Tables["notification"] = slices.DeleteFunc(slices.Clone(definition.Tables["notification"]), func(row flow.Row) bool { return !used[row.ID()] })
	return Bot{Definition: definition, Media: b.Media}.Normal()
}

// noteNotifications gives the notifications their ids and codes. They have no order of their own: they are sorted by their codes.
func (n *normaliser) noteNotifications() []flow.Row {
	rows := flow.Ordered(n.from.Tables["notification"])
	slices.SortStableFunc(rows, func(a, b flow.Row) int { return cmp.Compare(a.Str("code"), b.Str("code")) })
	taken := map[string]bool{}
	for i, row := range rows {
		rows[i] = row.With("code", freeCode(row.Str("code"), "notification", botCode, taken))
	}
	slices.SortStableFunc(rows, func(a, b flow.Row) int { return cmp.Compare(a.Str("code"), b.Str("code")) })
	for i, row := range rows {
		n.notes[row.ID()] = int64(i + 1)
	}
	return rows
}

func (n *normaliser) notification(old flow.Row) {
	row := n.fields("notification", old, nil)
	row["code"] = old.Str("code")
	if row["name"] == nil {
		row["name"] = row["code"]
	}
	id := n.add("notification", row)
	n.model = row.Str("model")
	for _, line := range partsOf(n.from, "notification_line", old.ID()) {
		kept := n.fields("notification_line", line, nil)
		kept["notification_id"] = id
		n.add("notification_line", kept)
	}
	for _, button := range partsOf(n.from, "notification_button", old.ID()) {
		if n.nameless("notification_button", button) || button.Str("kind") == "" {
			continue
		}
		kept := n.recordButton(button)
		kept["notification_id"] = id
		n.add("notification_button", kept)
	}
}

// recordButton keeps what its kind of button has.
func (n *normaliser) recordButton(old flow.Row) flow.Row {
	row := flow.Row{}
	for _, field := range fieldsOf("notification_button") {
		if field.Of == "" || field.Of == old.Str("kind") {
			if value := n.value(field, old, nil); value != nil {
				row[field.Name] = value
			}
		}
	}
	return row
}

// events keeps the external events, sorted by their names: they have no order of their own.
func (n *normaliser) events() {
	rows := flow.Ordered(n.from.Tables["watch"])
	slices.SortStableFunc(rows, func(a, b flow.Row) int { return cmp.Compare(valid(a.Str("name")), valid(b.Str("name"))) })
	for _, old := range rows {
		if n.nameless("watch", old) {
			continue
		}
		n.model = n.modelName(old)
		row := n.fields("watch", old, nil)
		if len(n.to.Definition.Tables["bot"]) > 0 {
			row["bot_id"] = int64(1)
		}
		n.add("watch", row)
	}
}

// nameless tells whether a row lacks the name that it must have: such a row is no part of a file.
func (n *normaliser) nameless(table string, row flow.Row) bool {
	return slices.ContainsFunc(fieldsOf(table), func(field Field) bool { return field.Name == "name" && n.value(field, row, nil) == nil })
}

// answerModel is the model of the records that an answer shows.
func (n *normaliser) answerModel(answer flow.Row) string {
	return n.modelName(n.from.Row("notification", answer.Ref("notification_id")))
}

func (n *normaliser) modelName(row flow.Row) string {
	if name := row.Str("model"); technicalModel.MatchString(name) {
		return name
	}
	return ""
}

// recordField keeps the name of a field; its model is that of the row.
func (n *normaliser) recordField(id int64) any {
	name := n.from.Row("field", id).Str("name")
	if !technicalName.MatchString(name) {
		return nil
	}
	return refer(n.to.Definition, "field", recordFieldRow(n.model, name))
}

// subfield keeps the name of a field behind another one.
func (n *normaliser) subfield(field, id int64) any {
	name := n.from.Row("field", id).Str("name")
	if !technicalName.MatchString(name) || !technicalName.MatchString(n.from.Row("field", field).Str("name")) {
		return nil
	}
	return refer(n.to.Definition, "field", subfieldRow(name))
}
