package flow

// Scope is one step on the way to records: those of a model that fit a domain and, behind another level, that its record leads to.
type Scope struct {
	Model  string
	Domain []any // a literal Odoo domain
	// Record is the one that leads on, and Related the field of it that does; at the last level there are none.
	Record  int64
	Related string
}

// Rows are scopes as the procedures of Odoo want them.
func Rows(levels []Scope) []any {
	rows := make([]any, len(levels))
	for i, level := range levels {
		domain := level.Domain
		if domain == nil {
			domain = []any{} // a missing one would come to Odoo as False
		}
		rows[i] = map[string]any{"model": level.Model, "domain": domain, "record": level.Record, "related": level.Related}
	}
	return rows
}

// RecordsQuestion asks for records as people read them. Whoever asks reaches only what all levels let through: a record that stands
// outside, now or from the beginning, is not read.
type RecordsQuestion struct {
	Levels []Scope // outermost first; at least one
	Record int64   // this one alone; 0: all
	Order  string  // as Odoo's search takes it; "" is the model's own
	Offset int
	Limit  int
	Paths  []string // what to read: fields, also behind one relation ("partner_id.name")
	Lang   string   // of the values, as Odoo code
	TZ     string   // time zone of datetimes
}

// Records answers a RecordsQuestion.
type Records struct {
	Gone  bool // a record that was to lead on is not reached any more
	Total int  // with what Offset and Limit left out
	Items []Record
}

// Record is a record of Odoo as people read it.
type Record struct {
	ID     int64
	Name   string        // its display name
	Values []RecordValue // in the order of the question's paths
}

// RecordValue is the value of a field in words.
type RecordValue struct {
	Text string
	HTML bool // Text is HTML
	// Image is the checksum of a picture; "" for none, and for fields that are no pictures.
	Image string
}

// RecordFile is a picture in a field of a record.
type RecordFile struct {
	Model string `json:"model"`
	ID    int64  `json:"id"`
	Field string `json:"field"`
}
