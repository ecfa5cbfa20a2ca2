package module

import (
	"fmt"
	"slices"
	"strings"
)

// expand replaces <form include="step.xml/view_step_form" part="x_bot_id"/> by that form, for a list whose lines open in a dialog.
// The field part leads to the record whose list it is: Odoo fills it in when the whole is saved, so in the dialog nobody is asked for it.
// Fields that stand within change the fields of these names.
func expand(root *element) error {
	for i, child := range root.children {
		from, ok := child.attr("include")
		if !ok {
			if err := expand(child); err != nil {
				return err
			}
			continue
		}
		part, _ := child.attr("part")
		form, err := formOf(from)
		if err != nil {
			return err
		}
		form.walk(func(e *element) {
			if name, _ := e.attr("name"); e.name == "field" && name == part {
				e.attrs = []attribute{{"name", part}, {"invisible", "1"}, {"required", "0"}}
			}
		})
		override(form, child.children)
		root.children[i] = form
		if err := expand(form); err != nil {
			return err
		}
	}
	return nil
}

// override gives fields of an included form the attributes that stand with the include: in a dialog a domain may look at the parent.
func override(form *element, fields []*element) {
	for _, field := range fields {
		name, _ := field.attr("name")
		form.walk(func(e *element) {
			if found, _ := e.attr("name"); name == "" || e.name != "field" || found != name {
				return
			}
			for _, a := range field.attrs {
				e.set(a.name, a.value)
			}
		})
	}
}

// formOf is a fresh copy of the form in a view, named by its file and external id.
func formOf(from string) (*element, error) {
	name, id, _ := strings.Cut(from, "/")
	source, err := viewSources.ReadFile("views/" + name)
	if err != nil {
		return nil, err
	}
	root, err := parseXML(source)
	if err != nil {
		return nil, err
	}
	named := func(e *element, attr, value string) bool { found, _ := e.attr(attr); return found == value }
	record := slices.IndexFunc(root.children, func(e *element) bool { return named(e, "id", id) })
	if record < 0 {
		return nil, fmt.Errorf("there is no %s to include", from)
	}
	for _, field := range root.children[record].children {
		if !named(field, "name", "arch") {
			continue
		}
		if form := slices.IndexFunc(field.children, func(e *element) bool { return e.name == "form" }); form >= 0 {
			return field.children[form], nil
		}
	}
	return nil, fmt.Errorf("%s is no form", from)
}

// repeat gives <field name="arch" as="view_step_form"/> what that view of the same file changes: where a form is included in another one, both
// are changed alike.
func repeat(root *element) {
	archs := map[string]*element{}
	root.walk(func(e *element) {
		if id, ok := e.attr("id"); ok && e.name == "record" {
			for _, field := range e.children {
				if name, _ := field.attr("name"); name == "arch" {
					archs[id] = field
				}
			}
		}
	})
	root.walk(func(e *element) {
		if from, ok := e.attr("as"); ok && archs[from] != nil {
			e.drop("as")
			for _, child := range archs[from].children {
				e.children = append(e.children, child.clone())
			}
		}
	})
}
