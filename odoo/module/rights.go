package module

import (
	"slices"
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
}

// rights are those of MODEL. Procedures read and write the models on behalf of the service user, who himself only finds them. From
// 17 on Odoo keeps plain users from its technical models, and the pickers in the forms would be empty.
func rights() []right {
	list := []right{
		{"x_krok_chat", administrator, "rwu"}, {"x_krok_chat", operator, "r"},
		{"x_krok_message", administrator, "ru"}, {"x_krok_message", operator, "r"},
		{"x_krok_problem", administrator, "r"},
		{"x_krok_status", administrator, "r"},
		{"x_krok_commit", administrator, "ru"},
		{"x_krok_procedure", administrator, "r"}, {"x_krok_procedure", service, "r"},
		{"x_krok_procedure", settings, "rwcu"}, // whoever installs notes there that it is done
		{"ir.model", administrator, "r"}, {"ir.model.fields", administrator, "r"}, {"ir.actions.server", administrator, "r"},
	}
	for _, m := range Models() {
		if m.Definition {
			list = append(list, right{m.Name, administrator, "rwcu"})
		}
	}
	return list
}

func accessRows() [][]string {
	rows := [][]string{{"id", "name", "model_id/id", "group_id/id", "perm_read", "perm_write", "perm_create", "perm_unlink"}}
	for _, r := range rights() {
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

// refOf is the external id of a model, the module's own or Odoo's.
func refOf(model string) string {
	own := slices.ContainsFunc(Models(), func(m Model) bool { return m.Name == model && !m.Extends })
	if own {
		return "krok." + modelXMLID(model)
	}
	return "base." + modelXMLID(model)
}
