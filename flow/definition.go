package flow

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// Definition is a bot as an admin wrote it, before anything is checked: rows by table. A table is a model of MODEL without its
// prefix: "bot" (one row), "step", "answer", "alias", "media", "button", "notification", "notification_line", "notification_button", "watch".
// It comes from Odoo or from a file, and is kept as JSON.
//
// More tables are of records that are Odoo's own, which rows of the bot point to: "field" (ir.model.fields: name, model, ttype, relation,
// label by language, size, digits, problem: why no client can be asked for it, shown: why no notification can show it), "tag"
// (res.partner.category: name), "action" (ir.actions.server: name, model, xmlid), "user" (res.users: name, which is the login, active), "team"
// (crm.team: name, active) and "lead_tag" (crm.tag: name). See [Outside]. The table "app" lists the apps of Odoo's that krok has a bridge to,
// see [Definition.App].
type Definition struct {
	Tables map[string][]Row `json:"tables"`
}

// Row is one record of a definition. Keys are the field names of MODEL without the prefix "x_", and "id". Values are text, bool,
// numbers, a map of texts by language (translated fields), the id of a record (many2one), or a list of ids.
type Row map[string]any

// Bot is the bot's own row, empty when there is none.
func (d Definition) Bot() Row {
	if rows := d.Tables["bot"]; len(rows) > 0 {
		return rows[0]
	}
	return Row{}
}

// Of lists the rows of a table that belong to a step, in the admin's order.
func (d Definition) Of(table string, step int64) []Row {
	var rows []Row
	for _, row := range d.Tables[table] {
		if row.Ref("step_id") == step {
			rows = append(rows, row)
		}
	}
	return Ordered(rows)
}

// Ordered returns the rows by sequence, then id.
func Ordered(rows []Row) []Row {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Int("sequence"), b.Int("sequence")), cmp.Compare(a.ID(), b.ID()))
	})
	return rows
}

// outside are the tables whose rows are no part of the bot.
var outside = []string{"field", "tag", "action", "user", "team", "lead_tag"}

// Outside tells whether a table has records that are Odoo's own: rows of a bot only point to them.
func Outside(table string) bool { return table == appTable || slices.Contains(outside, table) }

// Row finds a row of a table by its id; nil where there is none.
func (d Definition) Row(table string, id int64) Row {
	for _, row := range d.Tables[table] {
		if row.ID() == id {
			return row
		}
	}
	return nil
}

// StepTables are the tables whose rows belong to one step.
func (d Definition) StepTables() []string {
	var tables []string
	for table := range d.Tables {
		if table != "bot" && table != "step" && table != "watch" && !Outside(table) && !slices.Contains(notificationTables, table) {
			tables = append(tables, table)
		}
	}
	slices.Sort(tables)
	return tables
}

// ID is the record's id.
func (r Row) ID() int64 { return r.Int("id") }

// Str is a text; of a translated field the text in English, else in any language.
func (r Row) Str(field string) string {
	switch value := r[field].(type) {
	case string:
		return value
	case nil, bool:
		return ""
	default:
		return r.Texts(field).In()
	}
}

// Bool is a truth value; absent is false.
func (r Row) Bool(field string) bool { value, _ := r[field].(bool); return value }

// Int is a whole number; absent is 0.
func (r Row) Int(field string) int64 { return wholeNumber(r[field]) }

// Ref is the id that a many2one points to; 0 when it is empty.
func (r Row) Ref(field string) int64 {
	if pair, ok := r[field].([]any); ok && len(pair) == 2 { // Odoo's [id, name]
		return wholeNumber(pair[0])
	}
	return wholeNumber(r[field])
}

// Refs are the ids that a many2many points to, in the order given.
func (r Row) Refs(field string) []int64 {
	switch value := r[field].(type) {
	case []int64:
		return value
	case []any:
		ids := make([]int64, len(value))
		for i, id := range value {
			ids[i] = wholeNumber(id)
		}
		return ids
	}
	return nil
}

// Texts is a translated text by language. A plain text counts as English.
func (r Row) Texts(field string) Texts {
	switch value := r[field].(type) {
	case Texts:
		return value
	case map[string]string:
		return value
	case map[string]any:
		texts := make(Texts, len(value))
		for lang, text := range value {
			if text, ok := text.(string); ok {
				texts[lang] = text
			}
		}
		return texts
	case string:
		if value != "" {
			return Texts{"en_US": value}
		}
	}
	return nil
}

// pointsTo tells whether a field of the row has the id of another record. It may take one for another of the same number.
func (r Row) pointsTo(id int64) bool {
	for field := range r {
		if field != "id" && (r.Ref(field) == id || slices.Contains(r.Refs(field), id)) {
			return true
		}
	}
	return false
}

// With returns a copy in which the field has another value.
func (r Row) With(field string, value any) Row {
	row := maps.Clone(r)
	row[field] = value
	return row
}

func wholeNumber(value any) int64 {
	switch value := value.(type) {
	case int:
		return int64(value)
	case int64:
		return value
	case float64:
		return int64(value)
	case json.Number:
		number, _ := strconv.ParseInt(value.String(), 10, 64) // not whole: 0, as for absent
		return number
	}
	return 0
}
