package rpctest

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
)

// Table is the records of one model, kept as Odoo's ORM would: enough of it to read and write by.
type Table struct {
	server *Server
	model  string
	fields map[string]string

	mu   sync.Mutex
	next int64
	rows map[int64]map[string]any
}

// Table gives a model with fields, by name and type: "char", "integer", "float", "boolean", "date", "datetime", "binary",
// "many2one:res.country", "many2many:res.partner.category". A field "active" is true in new records and hides those where it is false.
func (s *Server) Table(model string, fields map[string]string) *Table {
	t := &Table{server: s, model: model, fields: maps.Clone(fields), next: 1, rows: map[int64]map[string]any{}}
	if t.fields["name"] == "" {
		t.fields["name"] = "char"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tables[model] = t
	return t
}

// Add puts a record into the table and gives its id. Values are taken as they are.
func (t *Table) Add(values map[string]any) int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.add(values)
}

// Row is a record as it stands, nil if there is none.
func (t *Table) Row(id int64) map[string]any {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.rows[id])
}

// Len is the number of records.
func (t *Table) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.rows)
}

func (t *Table) add(values map[string]any) int64 {
	row := map[string]any{"id": t.next}
	for name, kind := range t.fields {
		switch {
		case name == "active":
			row[name] = true
		case strings.HasPrefix(kind, "many2many:"), strings.HasPrefix(kind, "one2many:"):
			row[name] = []any{}
		case kind == "integer":
			row[name] = int64(0)
		case kind == "float":
			row[name] = float64(0)
		default:
			row[name] = false
		}
	}
	maps.Copy(row, values)
	t.rows[t.next] = row
	t.next++
	return t.next - 1
}

// call answers a method; ok is false where it is not one of a table's.
func (t *Table) call(r Request) (value any, err error, ok bool) { //nolint:revive // the error is the method's, not ours
	t.mu.Lock()
	defer t.mu.Unlock()
	switch r.Method {
	case "create":
		value, err = t.create(r.Args["vals_list"])
	case "write":
		vals, _ := r.Args["vals"].(map[string]any)
		value, err = true, t.write(r.IDs, vals)
	case "unlink":
		value, err = true, t.unlink(r.IDs)
	case "read":
		value = t.read(r.IDs, r.Args["fields"])
	case "search":
		var ids []int64
		if ids, err = t.search(r); err == nil {
			value = anyIDs(ids)
		}
	case "search_count":
		var ids []int64
		ids, err = t.search(r)
		value = int64(len(ids))
	case "search_read":
		var ids []int64
		if ids, err = t.search(r); err == nil {
			value = t.read(ids, r.Args["fields"])
		}
	case "fields_get":
		value = t.fieldsGet(r.Args["attributes"])
	default:
		return nil, nil, false
	}
	if err != nil {
		value = nil
	}
	return value, err, true
}

func (t *Table) create(value any) (any, error) {
	switch value := value.(type) {
	case map[string]any:
		ids, err := t.create([]any{value})
		if err != nil {
			return nil, err
		}
		return ids.([]any)[0], nil
	case []any:
		ids := []any{}
		for _, item := range value {
			vals, _ := item.(map[string]any)
			if err := t.check(vals); err != nil {
				return nil, err
			}
		}
		for _, item := range value {
			id := t.add(nil)
			if err := t.write([]int64{id}, item.(map[string]any)); err != nil {
				return nil, err
			}
			ids = append(ids, id)
		}
		return ids, nil
	default:
		return nil, ValueError("create wants values")
	}
}

// check refuses what Odoo refuses: unknown fields and integers of more than four bytes.
func (t *Table) check(vals map[string]any) error {
	for name, value := range vals {
		kind, known := t.fields[name]
		if !known {
			return ValueError(fmt.Sprintf("Invalid field %q in %q", name, t.model))
		}
		if i, ok := value.(int64); ok && kind == "integer" && (i > math.MaxInt32 || i < math.MinInt32) {
			return Fault{"psycopg2.errors.NumericValueOutOfRange", "integer out of range\n"}
		}
		if text, ok := value.(string); ok && kind == "integer" {
			return ValueError(fmt.Sprintf("invalid literal for int() with base 10: '%s'", text))
		}
	}
	return nil
}

func (t *Table) write(ids []int64, vals map[string]any) error {
	if err := t.check(vals); err != nil {
		return err
	}
	for _, id := range ids {
		if t.rows[id] == nil {
			return MissingError()
		}
	}
	for _, id := range ids {
		for name, value := range vals {
			commands, isList := value.([]any)
			relation, isMany := strings.CutPrefix(t.fields[name], "many2many:")
			if isList && isMany {
				value = t.command(t.rows[id][name], commands, relation)
			}
			if value == "" {
				value = false
			}
			t.rows[id][name] = value
		}
	}
	return nil
}

// command applies the commands of a many2many field.
func (t *Table) command(old any, commands []any, relation string) any {
	ids, _ := old.([]any)
	ids = slices.Clone(ids)
	for _, item := range commands {
		command, _ := item.([]any)
		if len(command) != 3 {
			continue
		}
		switch command[0] {
		case int64(0):
			vals, _ := command[2].(map[string]any)
			ids = append(ids, t.server.table(relation).Add(vals))
		case int64(2), int64(3):
			ids = slices.DeleteFunc(ids, func(id any) bool { return id == command[1] })
		case int64(4):
			ids = append(ids, command[1])
		case int64(5):
			ids = []any{}
		case int64(6):
			ids, _ = command[2].([]any)
		}
	}
	return ids
}

func (t *Table) unlink(ids []int64) error { //nolint:unparam // like its siblings, which may fail
	for _, id := range ids {
		delete(t.rows, id)
	}
	return nil
}

func (t *Table) read(ids []int64, fields any) any {
	names, _ := fields.([]any)
	if len(names) == 0 {
		for name := range t.fields {
			names = append(names, name)
		}
	}
	rows := []any{}
	for _, id := range ids {
		row := t.rows[id]
		if row == nil {
			continue
		}
		record := map[string]any{"id": id}
		for _, item := range names {
			name, _ := item.(string)
			record[name] = t.shown(name, row[name])
		}
		rows = append(rows, record)
	}
	return rows
}

// shown is a value as Odoo's read gives it: a many2one with its name.
func (t *Table) shown(name string, value any) any {
	relation, ok := strings.CutPrefix(t.fields[name], "many2one:")
	id, isID := value.(int64)
	if !ok || !isID {
		return value
	}
	if other := t.server.table(relation); other != nil && other != t {
		return []any{id, other.Row(id)["name"]}
	}
	if t.rows[id] != nil && relation == t.model {
		return []any{id, t.rows[id]["name"]}
	}
	return []any{id, relation}
}

func (t *Table) fieldsGet(attributes any) any {
	wanted, _ := attributes.([]any)
	all := map[string]any{}
	for name, kind := range t.fields {
		kind, relation, _ := strings.Cut(kind, ":")
		described := map[string]any{"type": kind, "string": name, "required": false, "readonly": false, "store": true, "help": nil}
		if relation != "" {
			described["relation"] = relation
		}
		for attribute := range described {
			if len(wanted) > 0 && !slices.Contains(wanted, any(attribute)) {
				delete(described, attribute)
			}
		}
		all[name] = described
	}
	return all
}

func anyIDs(ids []int64) []any {
	list := make([]any, len(ids))
	for i, id := range ids {
		list[i] = id
	}
	return list
}

// Set changes one value of a record, past all checks.
func (t *Table) Set(id int64, field string, value any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if row := t.rows[id]; row != nil {
		row[field] = value
	}
}
