package flow

import (
	"slices"
	"strings"

	"github.com/krokbot/krok/flow/domain"
	"github.com/krokbot/krok/flow/richtext"
	"github.com/krokbot/krok/flow/texts"
)

// The tables of notifications: the notification itself first, then its parts.
var notificationTables = []string{"notification", "notification_line", "notification_button"}

// Records that a notification shows at a time, where the admin says nothing, and at most.
const (
	defaultLimit = 10
	maxLimit     = 50
)

// partsOf lists the rows of a table that belong to a notification, in the admin's order.
func partsOf(definition Definition, table string, notification int64) []Row {
	var rows []Row
	for _, row := range definition.Tables[table] {
		if row.Ref("notification_id") == notification {
			rows = append(rows, row)
		}
	}
	return Ordered(rows)
}

// buildNotifications builds the notifications. One with a mistake serves on in its last good form; a new one with a mistake is left out.
func (b *builder) buildNotifications(definition Definition, steps map[int64]bool) {
	b.bot.Notifications = map[int64]*Notification{}
	for _, row := range Ordered(definition.Tables["notification"]) {
		built, found := b.buildNotification(definition, row, steps)
		b.found = append(b.found, found...)
		from := definition
		if failed(found) {
			from = b.last
			if row = b.last.Row("notification", row.ID()); row == nil {
				continue
			}
			built, _ = b.buildNotification(b.last, row, steps)
		}
		b.bot.Notifications[built.ID] = built
		b.keepNotification(from, row)
	}
	for _, id := range sortedIDs(b.bot.Notifications) {
		b.checkRelated(b.bot.Notifications[id])
	}
}

func sortedIDs[V any](of map[int64]V) []int64 {
	ids := make([]int64, 0, len(of))
	for id := range of {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// keepNotification keeps the rows of a notification that serves, and what they point to outside the bot.
func (b *builder) keepNotification(from Definition, row Row) {
	b.good.Tables["notification"] = append(b.good.Tables["notification"], row)
	for _, table := range notificationTables[1:] {
		rows := partsOf(from, table, row.ID())
		b.good.Tables[table] = append(b.good.Tables[table], rows...)
		for _, part := range rows {
			b.keepOutside(from, part)
		}
	}
}

func (b *builder) buildNotification(definition Definition, row Row, steps map[int64]bool) (*Notification, []Problem) {
	found := &problems{of: "notification", about: row.Str("name")}
	n := &Notification{
		ID: row.ID(), Name: row.Str("name"), Model: row.Str("model"), Order: strings.TrimSpace(row.Str("order")), Limit: int(row.Int("limit")),
		List: row.Str("mode") == "list", Header: plainTexts(row.Texts("header")), Empty: plainTexts(row.Texts("empty")),
	}
	if n.Limit <= 0 {
		n.Limit = defaultLimit
	}
	n.Limit = min(n.Limit, maxLimit)
	if n.Model == "" {
		found.fail("model_id", "notification_no_model", nil, nil)
		return n, found.list
	}
	n.Domain = b.buildDomain("domain", n.Model, row.Str("domain"), found)
	for _, templates := range []map[string]richtext.Template{n.Header, n.Empty} {
		b.checkTemplates("header", templates, found)
	}
	for _, line := range partsOf(definition, "notification_line", n.ID) {
		b.addLine(n, definition, line, found)
	}
	if len(n.lines) == 0 {
		found.fail("line_ids", "notification_no_lines", nil, nil)
	}
	for _, button := range partsOf(definition, "notification_button", n.ID) {
		b.addRecordButton(n, definition, button, steps, found)
	}
	return n, found.list
}

func (b *builder) addLine(n *Notification, definition Definition, row Row, found *problems) {
	line := recordLine{before: plainTexts(row.Texts("before")), after: plainTexts(row.Texts("after")), newline: row.Bool("newline"), path: -1}
	if row.Ref("field_id") != 0 {
		path, field := b.pathOf(n, definition, row.Ref("field_id"), row.Ref("subfield_id"), found)
		if path == "" {
			return
		}
		line.path = n.need(path)
		line.image = field.Str("ttype") == "binary"
	}
	b.checkRecordTemplates("line_ids", line.before, n, found)
	b.checkRecordTemplates("line_ids", line.after, n, found)
	n.lines = append(n.lines, line)
}

// pathOf is the path of a field of the notification's model, and of a field of the records that it leads to; "" where that is a mistake.
func (b *builder) pathOf(n *Notification, definition Definition, field, subfield int64, found *problems) (string, Row) {
	row := definition.Row("field", field)
	if row.Str("name") == "" || row.Str("model") != "" && row.Str("model") != n.Model {
		found.fail("line_ids", "notification_field_gone", nil, nil)
		return "", nil
	}
	path, last := row.Str("name"), row
	if subfield != 0 {
		last = definition.Row("field", subfield)
		if last.Str("name") == "" || row.Str("relation") != "" && last.Str("model") != "" && last.Str("model") != row.Str("relation") {
			found.fail("line_ids", "notification_field_gone", nil, nil)
			return "", nil
		}
		path += "." + last.Str("name")
	}
	for _, one := range []Row{row, last} {
		if problem := one.Str("shown"); problem != "" {
			found.fail("line_ids", "notification_field_"+problem, texts.Args{"field": one.Str("name"), "model": one.Str("model")}, nil)
			return "", nil
		}
	}
	if b.lacks(n.Model, path) {
		found.fail("line_ids", "unknown_field", texts.Args{"field": path, "model": n.Model}, nil)
		return "", nil
	}
	return path, last
}

// checkRecordTemplates reports placeholders that nobody can fill, and notes the fields of the record that the others need.
func (b *builder) checkRecordTemplates(field string, templates map[string]richtext.Template, n *Notification, found *problems) {
	b.checkTemplates(field, templates, found)
	for _, lang := range sortedKeys(templates) {
		for _, placeholder := range templates[lang].Placeholders() {
			if path, of := strings.CutPrefix(placeholder.Path, "record."); of {
				if b.lacks(n.Model, path) {
					found.fail(field, "unknown_field", texts.Args{"field": path, "model": n.Model}, nil)
				}
				n.need(path)
			}
		}
	}
}

func (b *builder) addRecordButton(n *Notification, definition Definition, row Row, steps map[int64]bool, found *problems) {
	button := &RecordButton{ID: row.ID(), Kind: row.Str("kind"), Label: plainTexts(row.Texts("name"))}
	before := len(found.list)
	name := texts.Args{"name": row.Str("name")}
	b.checkRecordTemplates("button_ids", button.Label, n, found)
	field := definition.Row("field", row.Ref("field_id"))
	switch button.Kind {
	case "step":
		if button.Target = existing(row.Ref("target_id"), steps); button.Target == 0 {
			found.warn("button_ids", "record_button_no_step", name) // a notification may serve several bots
			return
		}
	case "notification":
		button.Related, button.Field = row.Ref("related_id"), field.Str("name")
		if button.Related == 0 || button.Field == "" || field.Str("relation") == "" {
			found.fail("button_ids", "record_button_no_relation", name, nil)
		}
		button.relation = field.Str("relation")
	case "set":
		button.Field, button.Value = field.Str("name"), row.Str("value")
		if button.Field == "" || field.Str("shown") != "" {
			found.fail("button_ids", "record_button_no_field", name, nil)
		}
	case "action":
		if button.Action = row.Ref("action_id"); button.Action == 0 {
			found.fail("button_ids", "record_button_no_action", name, nil)
		}
	case "url":
		button.URL = richtext.ParsePlain(strings.TrimSpace(row.Str("url")))
		if !goodURL(row.Str("url")) {
			found.fail("button_ids", "button_bad_url", texts.Args{"name": row.Str("name"), "value": row.Str("url")}, nil)
		}
		b.checkRecordTemplates("button_ids", map[string]richtext.Template{"": button.URL}, n, found)
	default:
		found.fail("button_ids", "button_misplaced", texts.Args{"name": row.Str("name"), "kind": button.Kind}, nil)
	}
	if len(found.list) == before {
		n.Buttons = append(n.Buttons, button)
	}
}

// checkRelated drops buttons that lead to a notification that is not there, or is about another model than the relation.
func (b *builder) checkRelated(n *Notification) {
	found := &problems{of: "notification", about: n.Name}
	n.Buttons = slices.DeleteFunc(n.Buttons, func(button *RecordButton) bool {
		if button.Kind != "notification" {
			return false
		}
		target := b.bot.Notifications[button.Related]
		if target == nil || target.Model != button.relation {
			found.fail("button_ids", "record_button_no_relation", texts.Args{"name": inLanguage(button.Label).Render(func(string) string { return "" }).Text}, nil)
			return true
		}
		return false
	})
	b.found = append(b.found, found.list...)
}

// addNotification gives an answer its notification.
func (b *builder) addNotification(answer *Answer, definition Definition, row Row, found *problems) {
	id := row.Ref("notification_id")
	if id == 0 {
		return
	}
	answer.Notification = id
	n := b.bot.Notifications[id]
	if n == nil {
		return // its own problem has been told
	}
	name := texts.Args{"name": row.Str("name")}
	if row.Bool("personal") {
		field := definition.Row("field", row.Ref("personal_field_id"))
		answer.Personal, answer.PersonalOf = field.Str("name"), field.Str("relation")
		switch {
		case answer.Personal == "" || field.Str("model") != "" && field.Str("model") != n.Model:
			found.fail("answer_ids", "personal_no_field", name, nil)
		case answer.PersonalOf == "res.users":
			found.warn("answer_ids", "personal_without_login", name)
		case answer.PersonalOf != "" && answer.PersonalOf != "res.partner":
			found.fail("answer_ids", "personal_no_field", name, nil)
		}
	}
	if row.Bool("use_domain") {
		answer.Domain = b.buildDomain("answer_ids", n.Model, row.Str("domain"), found)
	}
}

// buildWatches builds the external events. One with a mistake serves on in its last good form.
func (b *builder) buildWatches(definition Definition) {
	b.bot.Watches = map[int64]*Watch{}
	for _, row := range Ordered(definition.Tables["watch"]) {
		found := &problems{of: "watch", about: row.Str("name")}
		watch := b.buildWatch(definition, row, found)
		b.found = append(b.found, found.list...)
		from := definition
		if failed(found.list) {
			from = b.last
			if row = b.last.Row("watch", row.ID()); row == nil {
				continue
			}
			watch = b.buildWatch(b.last, row, &problems{})
		}
		b.bot.Watches[watch.ID] = watch
		b.good.Tables["watch"] = append(b.good.Tables["watch"], row)
		b.keepOutside(from, row)
	}
}

func (b *builder) buildWatch(definition Definition, row Row, found *problems) *Watch {
	watch := &Watch{ID: row.ID(), Name: row.Str("name"), Notification: row.Ref("notification_id")}
	n := b.bot.Notifications[watch.Notification]
	model := row.Str("model")
	switch {
	case watch.Notification == 0:
		found.fail("notification_id", "watch_no_notification", nil, nil)
	case model == "":
		found.fail("model_id", "notification_no_model", nil, nil)
	case n != nil && n.Model != model:
		found.fail("notification_id", "watch_other_model", texts.Args{"notification": n.Name}, nil)
	}
	for _, field := range []string{"before_domain", "domain"} {
		watched := b.buildDomain(field, model, row.Str(field), found)
		if _, err := domain.Parse(row.Str(field)); err == nil && !literal(watched) {
			found.fail(field, "watch_domain_moves", nil, nil)
		}
	}
	if row.Str("trigger") == "date" && definition.Row("field", row.Ref("date_field_id")).Str("name") == "" {
		found.fail("date_field_id", "watch_no_date", nil, nil)
	}
	recipient := definition.Row("field", row.Ref("recipient_field_id"))
	if of := recipient.Str("relation"); recipient == nil && model != "res.partner" || recipient != nil && of != "" && of != "res.partner" && of != "res.users" {
		found.fail("recipient_field_id", "watch_no_recipient", nil, nil)
	}
	watch.Recipient, watch.RecipientOf = recipient.Str("name"), recipient.Str("relation")
	if recipient == nil && model == "res.partner" {
		watch.Recipient = "id"
	}
	return watch
}
