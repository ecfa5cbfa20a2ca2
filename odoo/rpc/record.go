package rpc

import (
	"strconv"
	"time"
)

// Record is a row as Odoo gave it. Odoo writes an empty value of any type as false; the getters make it the empty value of theirs, so
// "false" never reaches a person.
type Record map[string]any

// ID is the record's own id.
func (r Record) ID() int64 { return r.Int("id") }

// Str is a text, a date, a datetime or a selection; "" where it is empty. Of a many2one it is the name.
func (r Record) Str(field string) string {
	switch value := r[field].(type) {
	case string:
		return value
	case int64:
		return strconv.FormatInt(value, 10)
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	default:
		_, name := r.Ref(field)
		return name
	}
}

// Int is a whole number; of a many2one the id; 0 where it is empty.
func (r Record) Int(field string) int64 {
	switch value := r[field].(type) {
	case int64:
		return value
	case float64:
		return int64(value)
	case string:
		number, _ := strconv.ParseInt(value, 10, 64) // a char field that holds no number is 0
		return number
	default:
		id, _ := r.Ref(field)
		return id
	}
}

// Float is a number; 0 where it is empty.
func (r Record) Float(field string) float64 {
	switch value := r[field].(type) {
	case float64:
		return value
	case int64:
		return float64(value)
	default:
		return 0
	}
}

// Bool is true where a boolean field is.
func (r Record) Bool(field string) bool {
	value, _ := r[field].(bool)
	return value
}

// Ref is a many2one: id and name; 0 and "" where it is empty.
func (r Record) Ref(field string) (id int64, name string) {
	switch value := r[field].(type) {
	case int64: // read with load = '_classic_write'
		return value, ""
	case []any:
		if len(value) != 2 {
			return 0, ""
		}
		name, isText := value[1].(string)
		if value[1] != nil && !isText && value[1] != false {
			return 0, "" // a list of ids
		}
		id, _ := value[0].(int64)
		return id, name
	default:
		return 0, ""
	}
}

// IDs are those of a one2many or many2many; of a many2one the one; nil where it is empty.
func (r Record) IDs(field string) []int64 {
	if id, _ := r.Ref(field); id != 0 {
		return []int64{id}
	}
	return IDs(r[field])
}

// Time is a datetime (UTC) or a date (midnight UTC); zero where it is empty.
func (r Record) Time(field string) time.Time {
	text, _ := r[field].(string)
	for _, layout := range []string{datetimeLayout, time.DateOnly} {
		if parsed, err := time.Parse(layout, text); err == nil {
			return parsed
		}
	}
	return time.Time{}
}

// Empty tells that nothing is there; a boolean field is empty where it is false.
func (r Record) Empty(field string) bool {
	switch value := r[field].(type) {
	case nil:
		return true
	case bool:
		return !value
	case string:
		return value == ""
	case []any:
		return len(value) == 0
	default:
		return false
	}
}

// IDs reads an answer that is an id or a list of ids: methods such as copy and message_post changed from the one to the other.
func IDs(value any) []int64 {
	switch value := value.(type) {
	case int64:
		return []int64{value}
	case []any:
		ids := make([]int64, 0, len(value))
		for _, item := range value {
			if id, ok := item.(int64); ok {
				ids = append(ids, id)
			}
		}
		return ids
	default:
		return nil
	}
}

// Records reads an answer that is a list of rows.
func Records(value any) []Record { return asRecords(value) }

func asRecord(value any) Record {
	record, _ := value.(map[string]any)
	return record
}

func asRecords(value any) []Record {
	list, _ := value.([]any)
	records := make([]Record, 0, len(list))
	for _, item := range list {
		if record := asRecord(item); record != nil {
			records = append(records, record)
		}
	}
	return records
}
