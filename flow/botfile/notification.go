package botfile

import (
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
)

// notes are the notifications of a file by their codes: they are known before they are read, since answers and buttons lead to them.
type notes struct {
	ids    map[string]int64
	models map[string]string
	nodes  map[string]ast.Node // of the codes
}

// modelAt is the model of the notification that a line names; "" where it names none.
func (n notes) modelAt(p pair) string {
	code, _ := scalar(p.node)
	return n.models[code]
}

// noteNotifications reads the codes and the models of all notifications.
func (r *reader) noteNotifications(items []ast.Node) {
	r.notes = notes{map[string]int64{}, map[string]string{}, map[string]ast.Node{}}
	id := int64(0)
	for _, item := range items {
		if !isMapping(item) {
			continue // is a mistake, noted when it is read
		}
		id++
		given := map[string]pair{}
		list, _ := (&reader{}).pairs(item)
		for _, p := range list {
			given[p.key] = p
		}
		code, _ := scalar(given["code"].node)
		if code == "" {
			continue
		}
		if _, taken := r.notes.ids[code]; taken {
			r.fail(given["code"].node, "double_notification", texts.Args{"word": code})
		} else if !botCode.MatchString(code) {
			r.fail(given["code"].node, "bad_notification_code", texts.Args{"word": code})
		}
		r.notes.ids[code], r.notes.nodes[code] = id, given["code"].node
		r.notes.models[code], _ = scalar(given["model"].node)
	}
}

func (r *reader) readNotifications(items []ast.Node) {
	for _, item := range items {
		list, ok := r.pairs(item)
		if !ok {
			continue
		}
		given := r.known(list, keysOf("notification"))
		row := r.fields("notification", item, given, nil)
		if row["name"] == nil && row["code"] != nil {
			row["name"] = row["code"]
		}
		id := r.add("notification", row).ID()
		r.model = row.Str("model")
		r.eachItem(given["lines"], func(line ast.Node) { r.readLine(id, line) })
		r.eachItem(given["buttons"], func(button ast.Node) { r.readRecordButton(id, button) })
	}
}

// readLine reads a line of a template.
func (r *reader) readLine(notification int64, node ast.Node) {
	list, ok := r.pairs(node)
	if !ok {
		return
	}
	given := r.known(list, keysOf("notification_line"))
	row := r.fields("notification_line", node, given, nil)
	if path, _ := scalar(given["field"].node); row["field_id"] != nil {
		if _, sub, several := strings.Cut(path, "."); several {
			row["subfield_id"] = refer(r.bot.Definition, "field", subfieldRow(sub))
		}
	}
	row["notification_id"] = notification
	r.add("notification_line", row)
}

// readRecordButton reads a button under a record. What it does is told by its fields.
func (r *reader) readRecordButton(notification int64, node ast.Node) {
	list, ok := r.pairs(node)
	if !ok {
		return
	}
	given := r.known(list, keysOf("notification_button"))
	before := len(r.errs)
	row := r.fields("notification_button", node, given, nil)
	if before == len(r.errs) {
		r.checkRecordButton(node, given, row)
	}
	row["notification_id"] = notification
	r.add("notification_button", row)
}

// checkRecordButton finds out the kind of a button.
func (r *reader) checkRecordButton(node ast.Node, given map[string]pair, row flow.Row) {
	kind := row.Str("kind")
	for _, field := range fieldsOf("notification_button") {
		switch _, has := given[field.Key()]; {
		case !has || field.Of == "":
		case kind == "":
			kind = field.Of
		case kind != field.Of:
			r.fail(node, "two_kinds", texts.Args{"one": kind, "other": field.Of})
			return
		}
	}
	if kind == "" {
		r.fail(node, "no_record_kind", nil)
	}
	row["kind"] = kind
}

// readEvent reads an external event.
func (r *reader) readEvent(node ast.Node) {
	list, ok := r.pairs(node)
	if !ok {
		return
	}
	given := r.known(list, keysOf("watch"))
	r.model, _ = scalar(given["model"].node)
	row := r.fields("watch", node, given, nil)
	if bots := r.bot.Definition.Tables["bot"]; len(bots) > 0 {
		row["bot_id"] = bots[0].ID()
	}
	r.add("watch", row)
}

// unusedNotifications reports those that nothing of the bot leads to: Odoo could not tell that they belong to it.
func (r *reader) unusedNotifications() {
	if len(r.errs) > 0 {
		return // some may seem unused only because of another mistake
	}
	used := NotificationsUsed(r.bot.Definition)
	for _, row := range r.bot.Definition.Tables["notification"] {
		if code := row.Str("code"); !used[row.ID()] {
			r.fail(r.notes.nodes[code], "unused_notification", texts.Args{"word": code})
		}
	}
}

// notificationRef reads the code of a notification.
func (r *reader) notificationRef(field Field, node ast.Node) any {
	code, ok := r.text(field.Key(), node)
	if !ok || code == "" {
		return nil
	}
	if id, exists := r.notes.ids[code]; exists {
		return id
	}
	r.fail(node, "unknown_notification", texts.Args{"key": field.Key(), "word": code}).Meant = closest(code, sortedKeys(r.notes.ids))
	return nil
}

// technicalModel is how Odoo calls models.
var technicalModel = regexp.MustCompile(`^[a-z_][a-z0-9_]*(\.[a-z0-9_]+)*$`)

// modelName reads the technical name of a model.
func (r *reader) modelName(field Field, node ast.Node) any {
	name, ok := r.text(field.Key(), node)
	switch {
	case !ok || name == "":
		return nil
	case !technicalModel.MatchString(name):
		r.fail(node, "bad_model", texts.Args{"word": name}).Meant = closest(name, knownModels)
		return nil
	}
	return name
}

// knownModels are models that people know by their names in Odoo, for those who have slipped.
var knownModels = []string{"account.move", "crm.lead", "helpdesk.ticket", "product.product", "product.template", "project.task", "res.partner",
	"sale.order", "sale.order.line", "stock.picking"}

// recordField reads the technical name of a field of the model that the row is about; a line may name one more behind a point.
func (r *reader) recordField(field Field, node ast.Node) any {
	path, ok := r.text(field.Key(), node)
	if !ok || path == "" {
		return nil
	}
	names := strings.Split(path, ".")
	if field.Kind == Path && len(names) > 2 {
		r.fail(node, "long_path", texts.Args{"word": path})
		return nil
	}
	if field.Kind != Path && len(names) > 1 || slices.ContainsFunc(names, func(name string) bool { return !technicalName.MatchString(name) }) {
		r.fail(node, "bad_record_field", texts.Args{"word": path})
		return nil
	}
	return refer(r.bot.Definition, "field", recordFieldRow(r.model, names[0]))
}

// recordFieldRow is the row of a field of a model, without its id. Only of those of contacts the file knows more.
func recordFieldRow(model, name string) flow.Row {
	switch model {
	case "res.partner":
		return fieldRow(name)
	case "":
		return flow.Row{"name": name}
	}
	return flow.Row{"name": name, "model": model}
}

// subfieldRow is the row of a field behind a point. The file does not say to which model the field before it leads.
func subfieldRow(name string) flow.Row { return flow.Row{"name": name} }

// relate tells of the fields that lead to the records of another notification to which model they lead.
func relate(definition flow.Definition) {
	for _, button := range definition.Tables["notification_button"] {
		field := definition.Row("field", button.Ref("field_id"))
		model := definition.Row("notification", button.Ref("related_id")).Str("model")
		if button.Str("kind") == "notification" && field != nil && model != "" && field.Str("relation") == "" {
			field["relation"] = model
		}
	}
}
