package module

import (
	"slices"
	"strings"
)

// Words is a text in the languages of the module.
type Words struct{ En, Uk string }

// Model is a manual model of Odoo that the module brings, or adds fields to (res.partner).
type Model struct {
	Name   string // technical: "x_krok_step"
	Label  Words
	Order  string  // Odoo's default order; empty: by id
	Thread bool    // has a chatter
	Fields []Field // in the order in which people read them

	// Definition tells that the records are part of what a bot is: they are read as its definition, exported and imported.
	Definition bool
	// Parent is the many2one from a part to the whole that it belongs to ("x_step_id"), empty where there is none.
	Parent string
	// Extends tells that the model is Odoo's own.
	Extends bool
	// Addon is the bridge that makes the model; "" is krok itself.
	Addon string
}

// Table is the model's name as the definition of a bot has it: "step" of "x_krok_step".
func (m Model) Table() string { return strings.TrimPrefix(m.Name, "x_krok_") }

// Field is a manual field.
type Field struct {
	Name  string // technical: "x_next_id"
	Type  string // Odoo's: char, text, html, boolean, integer, float, datetime, selection, many2one, one2many, many2many, binary
	Label Words
	Help  Words

	Required bool // empty is refused in the form and in the database
	// Filled tells that a rule of the module fills the field when it is left empty (Required is then not the database's business).
	Filled    bool
	Translate bool
	// Rich is a formatted text, whole in each language: html that is not sanitized from 17 on, before that a text with Odoo's editor
	// in the form (a sanitized html field is translated by terms, and a save in one language overwrites the other). Type is "html".
	Rich bool

	Relation      string // model of a relation
	RelationField string // of a one2many: the many2one on the other side
	OnDelete      string // of a many2one: "cascade" from a part to its whole, else "set null"
	Domain        string // of a relation
	Selection     []Choice
	Bridged       map[string]string // the bridges that bring some of the choices, by value

	Related  string // path of the field whose value is shown
	Compute  string // Python that fills the field on `self`
	Depends  string // fields that Compute rests on, comma separated
	Readonly bool
	NotKept  bool // not stored
	NoCopy   bool // a copied record begins without it
	Index    bool
	Size     int
	Default  string // JSON text of the default value; empty: none
	Addon    string // the bridge that makes the field; "" is krok itself
}

// relationTable is the table of a many2many, "" for other fields. Odoo's own choice would be the same for two fields between two models.
func relationTable(m Model, f Field) string {
	if f.Type != "many2many" {
		return ""
	}
	return strings.ReplaceAll(m.Name, ".", "_") + "_" + f.Name + "_rel"
}

// Choice is one value of a selection.
type Choice struct{ Value, En, Uk string }

// Derived tells that the field shows or computes what stands elsewhere.
func (f Field) Derived() bool { return f.Related != "" || f.Compute != "" }

// Models lists all models of the module, wholes before their parts.
func Models() []Model {
	return []Model{
		botModel(), stepModel(), answerModel(), aliasModel(), mediaModel(), buttonModel(),
		notificationModel(), lineModel(), recordButtonModel(), watchModel(), eventModel(), chatModel(), messageModel(), problemModel(), statusModel(), commitModel(), procedureModel(), partnerModel(),
	}
}

// declared tells whether a field stands in the declaration.
func declared(model, field string) bool { return declaration(model, field) != nil }

// declaration finds a field; nil where there is none.
func declaration(model, field string) *Field {
	for _, m := range Models() {
		if i := slices.IndexFunc(m.Fields, func(f Field) bool { return f.Name == field }); i >= 0 && m.Name == model {
			return &m.Fields[i]
		}
	}
	return nil
}

// FieldLabel is what people read beside a field, in a language of krok ("uk", "en"); "" for a field that the module does not have.
func FieldLabel(model, field, lang string) string {
	f := declaration(model, field)
	switch {
	case f == nil:
		return ""
	case lang == "uk":
		return f.Label.Uk
	}
	return f.Label.En
}

// modelXMLID is a model's external id in the namespace krok, without the namespace; Odoo's own way of naming them.
func modelXMLID(model string) string { return "model_" + strings.ReplaceAll(model, ".", "_") }

// fieldXMLID is a field's external id without the namespace, which is that of its addon.
func fieldXMLID(model, field string) string {
	return "field_" + strings.ReplaceAll(model, ".", "_") + "__" + field
}

// choiceXMLID is the external id of a selection's value, without the namespace.
func choiceXMLID(model, field, value string) string {
	return "selection__" + strings.ReplaceAll(model, ".", "_") + "__" + field + "__" + value
}

// part is the required relation from a part to its whole.
func part(name, relation, en, uk string) Field {
	return Field{Name: name, Type: "many2one", Relation: relation, Label: Words{en, uk}, Required: true, OnDelete: "cascade", Index: true}
}

// link is a relation that may be empty.
func link(name, relation, en, uk string) Field {
	return Field{Name: name, Type: "many2one", Relation: relation, Label: Words{en, uk}, OnDelete: "set null"}
}

// rows are the records of another model that point here.
func rows(name, relation, field, en, uk string) Field {
	return Field{Name: name, Type: "one2many", Relation: relation, RelationField: field, Label: Words{en, uk}}
}

// sequence is the order that people give by dragging; a new row goes to the end by a rule of the module.
func sequence() Field {
	return Field{Name: "x_sequence", Type: "integer", Label: Words{"Sequence", "Послідовність"}}
}

func (f Field) help(en, uk string) Field {
	f.Help = Words{en, uk}
	return f
}
