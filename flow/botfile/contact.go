package botfile

import (
	_ "embed"
	"fmt"
	"regexp"
	"sync"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
)

//go:embed contact.yaml
var contactSource []byte

// contactField is what a file tells of a field of contacts, beside its name: enough to play the bot without an Odoo.
type contactField struct {
	Name     string `yaml:"name"`
	Type     string `yaml:"type"`
	Relation string `yaml:"relation,omitempty"`
	En       string `yaml:"en"`
	Uk       string `yaml:"uk"`
}

var contactFields = sync.OnceValue(func() map[string]contactField {
	var list []contactField
	if err := yaml.UnmarshalWithOptions(contactSource, &list, yaml.Strict()); err != nil {
		panic(fmt.Errorf("contact.yaml: %w", err)) // it is compiled in
	}
	byName := make(map[string]contactField, len(list))
	for _, field := range list {
		byName[field.Name] = field
	}
	return byName
})

// technicalName is how Odoo calls fields; those that people add begin with x_.
var technicalName = regexp.MustCompile(`^(x_[A-Za-z0-9_]+|[a-z][a-z0-9_]*)$`)

// fieldRow is the row of a field of contacts, without its id. Of one that is not Odoo's own the file does not know the type: it is
// played as a text.
func fieldRow(name string) flow.Row {
	row := flow.Row{"name": name, "model": "res.partner", "ttype": "char"}
	known, ok := contactFields()[name]
	if !ok {
		return row
	}
	row["ttype"] = known.Type
	row["label"] = flow.Texts{"en_US": known.En, "uk_UA": known.Uk}
	if known.Relation != "" {
		row["relation"] = known.Relation
	}
	return row
}

// contactField reads the technical name of a field of contacts.
func (r *reader) contactField(field Field, node ast.Node) any {
	name, ok := r.text(field.Key(), node)
	switch {
	case !ok || name == "":
		return nil
	case !technicalName.MatchString(name):
		r.fail(node, "bad_field", texts.Args{"word": name}).Meant = closest(name, sortedKeys(contactFields()))
		return nil
	}
	return refer(r.bot.Definition, "field", fieldRow(name))
}

// contactField keeps the name of a field of contacts.
func (n *normaliser) contactField(id int64) any {
	name := n.from.Row("field", id).Str("name")
	if !technicalName.MatchString(name) {
		return nil
	}
	return refer(n.to.Definition, "field", fieldRow(name))
}
