package module

import (
	"fmt"
	"strings"
)

// records writes data of the module as Odoo's XML.
type records struct{ b strings.Builder }

func newRecords() *records {
	r := &records{}
	r.b.WriteString("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<odoo>\n")
	return r
}

func (r *records) bytes() []byte { return []byte(r.b.String() + "</odoo>\n") }

// value is one field of a record: a text, a reference or an expression.
type value struct{ name, kind, text string }

func text(name, text string) value { return value{name, "", text} }
func ref(name, id string) value    { return value{name, "ref", id} }
func eval(name, code string) value { return value{name, "eval", code} }

func (r *records) add(id, model string, values ...value) {
	fmt.Fprintf(&r.b, "    <record id=\"%s\" model=\"%s\">\n", id, model)
	for _, v := range values {
		if v.kind == "" {
			fmt.Fprintf(&r.b, "        <field name=\"%s\">%s</field>\n", v.name, textEscapes.Replace(v.text))
			continue
		}
		fmt.Fprintf(&r.b, "        <field name=\"%s\" %s=\"%s\"/>\n", v.name, v.kind, attrEscapes.Replace(v.text))
	}
	r.b.WriteString("    </record>\n")
}

// groupsValue gives a record to groups. The field is called otherwise from 19 on.
func groupsValue(major int, groups ...string) value {
	name := "groups_id"
	if major >= 19 {
		name = "group_ids"
	}
	refs := make([]string, len(groups))
	for i, group := range groups {
		refs[i] = "ref('" + group + "')"
	}
	return eval(name, "[(6, 0, ["+strings.Join(refs, ", ")+"])]")
}

// defaults are what new records begin with. x_active would be false, and the record gone at once.
func (a Addon) defaults(int) ([]byte, error) {
	r := newRecords()
	for _, m := range a.models() {
		for _, f := range m.Fields {
			if f.Default != "" {
				id := fieldXMLID(m.Name, f.Name)
				r.add("default_"+strings.TrimPrefix(id, "field_"), "ir.default", ref("field_id", id), text("json_value", f.Default))
			}
		}
	}
	return r.bytes(), nil
}
