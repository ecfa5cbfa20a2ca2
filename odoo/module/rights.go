package module

import (
	"cmp"
	"strings"
)

// The groups of the module by external id, and Odoo's own for Settings administrators.
const (
	administrator = "krok.group_administrator"
	operator      = "krok.group_operator"
	service       = "krok.group_service"
	settings      = "base.group_system"
)

// right is what a group may do with a model.
type right struct {
	model string // technical name
	group string
	does  string // letters of "rwcu": read, write, create, unlink
	addon string // the bridge that gives it; "" is krok itself
}

// rights are those of MODEL. Procedures read and write the models on behalf of the service user, who himself only finds them. From
// 17 on Odoo keeps plain users from its technical models, and the pickers in the forms would be empty.
func rights() []right {
	list := []right{
		may("x_krok_chat", administrator, "rwu"), may("x_krok_chat", operator, "r"),
		may("x_krok_message", administrator, "ru"), may("x_krok_message", operator, "r"),
		may("x_krok_problem", administrator, "r"),
		may("x_krok_status", administrator, "r"),
		may("x_krok_commit", administrator, "ru"), may("x_krok_event", administrator, "r"),
		may("x_krok_procedure", administrator, "r"), may("x_krok_procedure", service, "r"),
		may("x_krok_procedure", settings, "rwcu"), // whoever installs notes there that it is done
		may("ir.model", administrator, "r"), may("ir.model.fields", administrator, "r"), may("ir.actions.server", administrator, "r"),
		{"crm.tag", administrator, "rwc", "krok_crm"}, // sales teams everybody reads, their tags only salespeople
	}
	for _, m := range Models() {
		if m.Definition {
			list = append(list, right{m.Name, administrator, "rwcu", m.Addon})
		}
	}
	return list
}

func may(model, group, does string) right { return right{model: model, group: group, does: does} }

func (a Addon) accessRows() [][]string {
	rows := [][]string{{"id", "name", "model_id/id", "group_id/id", "perm_read", "perm_write", "perm_create", "perm_unlink"}}
	for _, r := range rights() {
		if !a.brings(r.addon) {
			continue
		}
		group := r.group[strings.LastIndexByte(r.group, '_')+1:]
		name := strings.ReplaceAll(r.model, ".", "_") + "_" + group
		row := []string{"access_" + name, r.model + " " + group, refOf(r.model), r.group}
		for _, letter := range "rwcu" {
			row = append(row, truth(strings.ContainsRune(r.does, letter)))
		}
		rows = append(rows, row)
	}
	return rows
}

// refOf is the external id of a model, krok's own or Odoo's.
func refOf(model string) string {
	for _, m := range Models() {
		if m.Name == model && !m.Extends {
			return namespace(m.Addon) + "." + modelXMLID(model)
		}
	}
	return cmp.Or(homes[model], "base") + "." + modelXMLID(model)
}

// homes are the modules that models of Odoo's come from, where it is not base.
var homes = map[string]string{"crm.tag": "sales_team"}
