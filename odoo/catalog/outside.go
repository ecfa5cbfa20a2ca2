package catalog

import (
	"strings"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/odoo/module"
)

// outside are the tables of Odoo's own records, by their model.
var outside = map[string]string{
	"ir.model.fields": "field", "res.partner.category": "tag", "res.users": "user", "crm.team": "team", "crm.tag": "lead_tag",
	"ir.actions.server": "action",
}

// addOutside gives a bot those records of Odoo's own that its rows point to, and the table of Odoo's apps.
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
	if apps, told := tables["app"]; told {
		definition.Tables["app"] = make([]flow.Row, len(apps))
		for i, values := range apps {
			definition.Tables["app"][i] = rowOf(values)
		}
	}
}
