package module

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"slices"
	"strconv"
)

// tables are the CSV files that make models, fields and rights. The part of a name after "-" tells apart files of one model: Odoo
// takes what stands before it as the model.
func (a Addon) tables(major int) []file {
	models := a.models()
	list := []file{
		csvFile("ir.model.csv", modelRows(models)),
		csvFile("ir.model.fields.csv", fieldRows(major, models)),
		csvFile("ir.model.fields.selection.csv", a.choiceRows()),
		csvFile("ir.model.fields-derived.csv", derivedRows(models)), // rest on fields that must be there before
		csvFile("ir.model-order.csv", orderRows(models)),            // names fields that must be there before
		csvFile("ir.model.access.csv", a.accessRows()),
	}
	return slices.DeleteFunc(list, func(f file) bool { return bytes.Count(f.body, []byte("\n")) <= 1 }) // a header alone
}

func csvFile(name string, rows [][]string) file {
	var b bytes.Buffer
	writer := csv.NewWriter(&b)
	_ = writer.WriteAll(rows) // a bytes.Buffer takes everything
	return file{name, b.Bytes()}
}

func modelRows(models []Model) [][]string {
	rows := [][]string{{"id", "name", "model", "is_mail_thread"}}
	for _, m := range models {
		if !m.Extends {
			rows = append(rows, []string{modelXMLID(m.Name), m.Label.En, m.Name, truth(m.Thread)})
		}
	}
	return rows
}

func orderRows(models []Model) [][]string {
	rows := [][]string{{"id", "order"}}
	for _, m := range models {
		if m.Order != "" && !m.Extends {
			rows = append(rows, []string{modelXMLID(m.Name), m.Order})
		}
	}
	return rows
}

// fieldRows lists the fields that hold values. A one2many comes after the many2one that it rests on (15 insists).
func fieldRows(major int, models []Model) [][]string {
	header := []string{
		"id", "model_id/id", "name", "field_description", "help", "ttype", "required", "readonly", "copied", "index", "size",
		"translate", "relation", "relation_field", "relation_table", "on_delete", "domain",
	}
	if major >= 17 {
		header = append(header, "sanitize")
	}
	var plain, reverse [][]string
	for _, m := range models {
		for _, f := range m.Fields {
			if f.Derived() {
				continue
			}
			row := fieldRow(major, m, f)
			if f.Type == "one2many" {
				reverse = append(reverse, row)
				continue
			}
			plain = append(plain, row)
		}
	}
	return slices.Concat([][]string{header}, plain, reverse)
}

func fieldRow(major int, m Model, f Field) []string {
	size := ""
	if f.Size > 0 {
		size = strconv.Itoa(f.Size)
	}
	copied := !f.NoCopy && f.Type != "one2many"
	row := []string{
		fieldXMLID(m.Name, f.Name), refOf(m.Name), f.Name, f.Label.En, f.Help.En, odooType(major, f),
		truth(f.Required && !f.Filled), truth(f.Readonly), truth(copied), truth(f.Index), size,
		translateValue(major, f), f.Relation, f.RelationField, relationTable(m, f), f.OnDelete, f.Domain,
	}
	if major >= 17 {
		row = append(row, truth(!f.Rich))
	}
	return row
}

// odooType is the type by which a series stores the field: before 17 a text that is html could not be left as it is.
func odooType(major int, f Field) string {
	if f.Rich && major < 17 {
		return "text"
	}
	return f.Type
}

func translateValue(major int, f Field) string {
	switch {
	case !f.Translate:
		return ""
	case major >= 19:
		return "standard"
	}
	return "True"
}

func derivedRows(models []Model) [][]string {
	rows := [][]string{{"id", "model_id/id", "name", "field_description", "help", "ttype", "readonly", "store", "copied", "related", "compute", "depends", "relation"}}
	for _, m := range models {
		for _, f := range m.Fields {
			if f.Derived() {
				rows = append(rows, []string{
					fieldXMLID(m.Name, f.Name), refOf(m.Name), f.Name, f.Label.En, f.Help.En, f.Type, truth(f.Readonly), truth(!f.NotKept), "False",
					f.Related, f.Compute, f.Depends, f.Relation,
				})
			}
		}
	}
	return rows
}

// choiceRows lists the values of selections. A bridge adds some to fields of krok itself.
func (a Addon) choiceRows() [][]string {
	rows := [][]string{{"id", "field_id/id", "value", "name", "sequence"}}
	for _, m := range Models() {
		for _, f := range m.Fields {
			for i, c := range f.Selection {
				if a.brings(cmp.Or(f.Bridged[c.Value], f.Addon)) {
					rows = append(rows, []string{choiceXMLID(m.Name, f.Name, c.Value), namespace(f.Addon) + "." + fieldXMLID(m.Name, f.Name), c.Value, c.En, strconv.Itoa(i)})
				}
			}
		}
	}
	return rows
}

// truth is a boolean as CSV files of Odoo have it.
func truth(b bool) string {
	if b {
		return "True"
	}
	return "False"
}
