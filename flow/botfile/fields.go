package botfile

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

// Table is a table of a definition as the file has it.
type Table struct {
	Name   string  `yaml:"table"`
	Fields []Field `yaml:"fields"`
}

// Field is one field of a table, by its name in MODEL without "x_".
type Field struct {
	Name       string   `yaml:"name"`
	Called     string   `yaml:"key,omitempty"` // its name in the file, where that is another one
	Kind       Kind     `yaml:"kind"`
	Translated bool     `yaml:"translated,omitempty"`
	Required   bool     `yaml:"required,omitempty"`
	Choices    []string `yaml:"choices,omitempty,flow"`
	Default    string   `yaml:"default,omitempty"` // what an empty field means
	Implied    bool     `yaml:"implied,omitempty"` // true where the field that implies it stands in the file
	Implies    string   `yaml:"implies,omitempty"` // the field that is true where this one stands in the file, even if empty
	Of         string   `yaml:"of,omitempty"`      // the kind of button that has the field, and that is told by it
}

// Kind says how a field is written.
type Kind string

// The kinds of fields.
const (
	Text   Kind = "text"   // one line
	Long   Kind = "long"   // may have several lines
	Rich   Kind = "rich"   // formatted: HTML in the definition, the file's markup in the file
	Bool   Kind = "bool"   // true or false
	Int    Kind = "int"    // a whole number
	Float  Kind = "float"  // a number
	Choice Kind = "choice" // one of Choices
	Step   Kind = "step"   // a step of the bot: its id in the definition, its code in the file
	Answer Kind = "answer" // an answer of the same step: its id in the definition, its name or number in the file
	// Records that are Odoo's own (flow.Outside): their ids in the definition, their names in the file.
	Contact  Kind = "contact"   // a field of contacts: its technical name
	User     Kind = "user"      // a user: the login
	Team     Kind = "team"      // a sales team: its name
	Tags     Kind = "tags"      // tags of contacts: a list of names
	LeadTags Kind = "lead_tags" // tags of leads: a list of names
	Action   Kind = "action"    // a server action: its external id, else its English name
	// Of notifications and external events. A field is one of the model that the row is about.
	Notification Kind = "notification" // a notification: its id in the definition, its code in the file
	Model        Kind = "model"        // a model: its technical name, in the definition too
	OfRecord     Kind = "field"        // a field: its id in the definition, its technical name in the file
	Path         Kind = "path"         // a field, and behind a point one of the records that it leads to
	Subfield     Kind = "subfield"     // the field behind the point, which is written with the one before it
)

// Table is the table of the records of Odoo's own that a field of this kind points to; "" for other kinds.
func (k Kind) Table() string {
	return map[Kind]string{Contact: "field", User: "user", Team: "team", Tags: "tag", LeadTags: "lead_tag", Action: "action", OfRecord: "field", Path: "field", Subfield: "field"}[k]
}

// Column is the field's name in a definition: that of a model stands there, not its id.
func (f Field) Column() string {
	if f.Kind == Model {
		return strings.TrimSuffix(f.Name, "_id")
	}
	return f.Name
}

// alone tells whether the field has a line of its own in the file.
func (f Field) alone() bool { return !f.Implied && f.Kind != Subfield }

// Key is the field's name in the file: a reference goes without "_id", several with "s" in place of "_ids".
func (f Field) Key() string {
	if f.Called != "" {
		return f.Called
	}
	if one, several := strings.CutSuffix(f.Name, "_ids"); several {
		return one + "s"
	}
	return strings.TrimSuffix(f.Name, "_id")
}

//go:embed fields.yaml
var fieldsSource []byte

var tables = sync.OnceValue(func() []Table {
	var list []Table
	if err := yaml.UnmarshalWithOptions(fieldsSource, &list, yaml.Strict()); err != nil {
		panic(fmt.Errorf("fields.yaml: %w", err)) // it is compiled in
	}
	return list
})

// Tables lists the tables that a file can have.
func Tables() []Table { return tables() }

// fieldsOf are the fields of a table; none of one that a file does not have.
func fieldsOf(table string) []Field {
	for _, t := range tables() {
		if t.Name == table {
			return t.Fields
		}
	}
	return nil
}

// lists are the tables whose rows stand in a list of their step, by the list's key. The buttons have two lists.
var lists = map[string]string{"aliases": "alias", "media": "media", "answers": "answer", "keyboard": "button", "inline": "button"}
