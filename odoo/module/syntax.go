package module

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed views/*.xml views/crm/*.xml
var viewSources embed.FS

// syntax turns XML written as for Odoo 19 into what a series reads. All differences of series in views and records stand here.
type syntax struct{ major int }

// convert reads a file of views/ and gives it in the syntax of the series.
func (s syntax) convert(name string) ([]byte, error) {
	source, err := viewSources.ReadFile("views/" + name)
	if err != nil {
		return nil, err
	}
	root, err := parseXML(source)
	if err != nil {
		return nil, fmt.Errorf("views/%s: %w", name, err)
	}
	if err := expand(root); err != nil {
		return nil, fmt.Errorf("views/%s: %w", name, err)
	}
	repeat(root)
	s.records(root)
	var failure error
	root.walk(func(e *element) {
		if err := s.element(e); err != nil && failure == nil {
			failure = fmt.Errorf("views/%s: <%s>: %w", name, e.name, err)
		}
	})
	if failure != nil {
		return nil, failure
	}
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n")
	root.write(&b)
	b.WriteString("\n")
	return []byte(b.String()), nil
}

// records changes whole records: privileges are new in 19, before it groups stand right in a category.
func (s syntax) records(root *element) {
	if s.major >= 19 {
		return
	}
	root.children = slices.DeleteFunc(root.children, func(e *element) bool {
		model, _ := e.attr("model")
		return model == "res.groups.privilege"
	})
}

func (s syntax) element(e *element) error {
	switch e.name {
	case "record":
		s.record(e)
	case "list":
		s.list(e)
	case "chatter":
		s.chatter(e)
	case "t":
		s.card(e)
	case "widget":
		s.ribbon(e)
	}
	return s.modifiers(e)
}

// record renames fields of records that have had other names.
func (s syntax) record(e *element) {
	model, _ := e.attr("model")
	if model == "ir.ui.view" && s.major <= 15 {
		forGroups(e)
	}
	for _, field := range e.children {
		name, _ := field.attr("name")
		switch {
		case model == "res.groups" && name == "privilege_id" && s.major < 19:
			field.set("name", "category_id")
			ref, _ := field.attr("ref")
			field.set("ref", strings.Replace(ref, "privilege_", "category_", 1))
		case name == "group_ids" && s.major < 19:
			field.set("name", "groups_id")
		case name == "view_mode" && s.major < 18:
			for _, text := range field.children {
				text.text = strings.ReplaceAll(text.text, "list", "tree")
			}
		case name == "arch" && model == "ir.ui.view" && s.major < 18:
			inheritsList(field)
		}
	}
}

// forGroups gives a view that changes another one to the groups that its parts are for. Up to 15 Odoo only hides such parts from everybody
// else, and reads their fields all the same: whoever may not read lines of conversations could not open a contact. From 17 on no such
// view may have groups.
func forGroups(view *element) {
	extends, groups := false, ""
	for _, field := range view.children {
		name, _ := field.attr("name")
		extends = extends || name == "inherit_id"
		field.walk(func(e *element) {
			if names, ok := e.attr("groups"); ok && name == "arch" {
				groups = names
			}
		})
	}
	if !extends || groups == "" {
		return
	}
	refs := strings.Split(groups, ",")
	for i, group := range refs {
		refs[i] = "ref('" + group + "')"
	}
	view.children = append(view.children, &element{name: "field", attrs: []attribute{
		{"name", "groups_id"}, {"eval", "[(6, 0, [" + strings.Join(refs, ", ") + "])]"},
	}})
}

// inheritsList renames lists in the paths of views that change others.
func inheritsList(arch *element) {
	arch.walk(func(e *element) {
		if expr, ok := e.attr("expr"); ok && e.name == "xpath" {
			e.set("expr", strings.ReplaceAll(expr, "//list", "//tree"))
		}
	})
}

// list was called tree up to 17.
func (s syntax) list(e *element) {
	if s.major < 18 {
		e.name = "tree"
	}
	if s.major < 17 {
		e.drop("open_form_view")
	}
}

// chatter was a div with fields up to 17.
func (s syntax) chatter(e *element) {
	if s.major >= 18 {
		return
	}
	e.name = "div"
	e.set("class", "oe_chatter")
	for _, name := range []string{"message_follower_ids", "message_ids"} {
		e.children = append(e.children, &element{name: "field", attrs: []attribute{{"name", name}}})
	}
}

// card is a kanban's template: up to 17 it was called kanban-box and had one element of its own around all.
func (s syntax) card(e *element) {
	if name, _ := e.attr("t-name"); name != "card" || s.major >= 18 {
		return
	}
	e.set("t-name", "kanban-box")
	e.children = []*element{{name: "div", attrs: []attribute{{"class", "oe_kanban_global_click"}}, children: e.children}}
}

// ribbon has the colours of Bootstrap 4 up to 16.
func (s syntax) ribbon(e *element) {
	if color, ok := e.attr("bg_color"); ok && s.major < 17 {
		e.set("bg_color", strings.Replace(color, "text-bg-", "bg-", 1))
	}
}

// modifiers turns conditions into attrs, as up to 16. Constants may stay, except that a column was hidden by invisible.
func (s syntax) modifiers(e *element) error {
	if s.major >= 17 {
		return nil
	}
	if value, ok := e.attr("column_invisible"); ok {
		e.drop("column_invisible")
		e.set("invisible", value)
	}
	var parts []string
	for _, name := range []string{"invisible", "readonly", "required"} {
		condition, ok := e.attr(name)
		if !ok || slices.Contains([]string{"1", "0", "True", "False"}, condition) {
			continue
		}
		domain, err := modifierDomain(condition)
		if err != nil {
			return err
		}
		e.drop(name)
		parts = append(parts, fmt.Sprintf("'%s': %s", name, domain))
	}
	if len(parts) > 0 {
		e.set("attrs", "{"+strings.Join(parts, ", ")+"}")
	}
	return nil
}
