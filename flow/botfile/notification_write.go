package botfile

import "github.com/krokbot/krok/flow"

// sections are the lists of the file that follow the steps: notifications and external events.
func (f *writer) sections(e *emitter) {
	for _, section := range []struct {
		key, table string
		of         func(flow.Row) mapping
	}{{"notifications", "notification", f.notification}, {"events", "watch", f.event}} {
		rows := f.definition.Tables[section.table]
		if len(rows) == 0 {
			continue
		}
		e.line(0, "")
		e.line(0, "%s:", section.key)
		for i, row := range rows {
			if i > 0 {
				e.line(0, "")
			}
			e.step(2, section.of(row))
		}
	}
}

func (f *writer) event(row flow.Row) mapping { return f.fields("watch", row) }

func (f *writer) notification(row flow.Row) mapping {
	m := f.fields("notification", row)
	for _, part := range []struct {
		key, table string
		of         func(flow.Row) mapping
	}{{"lines", "notification_line", f.line}, {"buttons", "notification_button", f.recordButton}} {
		l := list{tall: true}
		for _, row := range partsOf(f.definition, part.table, row.ID()) {
			l.items = append(l.items, part.of(row))
		}
		if len(l.items) > 0 {
			m = append(m, entry{part.key, l})
		}
	}
	return m
}

func (f *writer) line(row flow.Row) mapping { return f.fields("notification_line", row) }

// recordButton leaves out the kind of a button where its fields tell it.
func (f *writer) recordButton(row flow.Row) mapping {
	var m mapping
	told := false
	for _, field := range fieldsOf("notification_button") {
		if field.Of != "" && field.Of != row.Str("kind") {
			continue
		}
		if e, ok := f.field(field, row); ok && field.Name != "kind" {
			m, told = append(m, e), told || field.Of != ""
		}
	}
	if !told {
		m = append(m, entry{"kind", text(row.Str("kind"))})
	}
	return m
}

// path is the name of a field, with that of the field behind the point.
func (f *writer) path(row flow.Row) string {
	path := f.definition.Row("field", row.Ref("field_id")).Str("name")
	if sub := f.definition.Row("field", row.Ref("subfield_id")).Str("name"); sub != "" {
		path += "." + sub
	}
	return path
}
