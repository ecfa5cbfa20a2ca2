package catalog

import (
	"maps"
	"slices"
	"strings"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/odoo/module"
)

// outside are the tables of Odoo's own records, by their model.
var outside = map[string]string{"ir.model.fields": "field", "res.partner.category": "tag"}

// addOutside gives a bot those records of Odoo's own that its rows point to.
func addOutside(definition *flow.Definition, tables map[string][]map[string]any) {
	wanted := map[string]map[int64]bool{}
	for _, model := range module.Models() {
		for _, field := range model.Fields {
			table := outside[field.Relation]
			if table == "" || !model.Definition {
				continue
			}
			if wanted[table] == nil {
				wanted[table] = map[int64]bool{}
			}
			name := strings.TrimPrefix(field.Name, prefix)
			for _, row := range definition.Tables[model.Table()] {
				wanted[table][row.Ref(name)] = true
				for _, id := range row.Refs(name) {
					wanted[table][id] = true
				}
			}
		}
	}
	for table, ids := range wanted {
		for _, values := range tables[table] {
			if row := rowOf(values); ids[row.ID()] {
				definition.Tables[table] = append(definition.Tables[table], row)
			}
		}
	}
}

// Absent is a field that a step of a file asks for and this Odoo does not have.
type Absent struct{ Step, Field string }

// withFields leaves out of a definition the fields that Odoo does not have, and gives the ids in Odoo of the others, by those of the
// definition. A field of contacts comes and goes with apps and series: the rest of the bot serves.
func withFields(definition flow.Definition, has map[string]int64) (flow.Definition, map[int64]int64, []Absent) {
	ids, names := map[int64]int64{}, map[int64]string{}
	for _, row := range definition.Tables["field"] {
		names[row.ID()] = row.Str("name")
		if id := has[row.Str("name")]; id != 0 {
			ids[row.ID()] = id
		}
	}
	var absent []Absent
	steps := slices.Clone(definition.Tables["step"])
	for i, step := range steps {
		if field := step.Ref("field_id"); field != 0 && ids[field] == 0 {
			absent = append(absent, Absent{step.Str("code"), names[field]})
			steps[i] = maps.Clone(step)
			delete(steps[i], "field_id")
		}
	}
	definition.Tables = maps.Clone(definition.Tables)
	definition.Tables["step"] = steps
	return definition, ids, absent
}

// withTags names the tags of a definition as Odoo does, in all its languages, and gives their ids in Odoo, by those of the definition.
func withTags(definition flow.Definition, known tags) (flow.Definition, map[int64]int64) {
	ids := map[int64]int64{}
	rows := slices.Clone(definition.Tables["tag"])
	for i, row := range rows {
		if found := known.find(row.Str("name"), definition.Bot().Str("lang")); found != nil {
			ids[row.ID()] = found.ID()
			rows[i] = row.With("name", found.Texts("name"))
		}
	}
	definition.Tables = maps.Clone(definition.Tables)
	definition.Tables["tag"] = rows
	return definition, ids
}
