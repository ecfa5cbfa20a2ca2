package module

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

// Ukrainian is Odoo's code of the language that the module brings besides English.
const Ukrainian = "uk_UA"

// Translation is a text of one of an addon's records in Ukrainian.
type Translation struct {
	Model string // "ir.model.fields"
	XMLID string // external id in the namespace of the addon, without it
	Field string // "field_description"
	// Term tells that Odoo translates the field piece by piece (forms, help of actions): Source is one piece of it. Else it is the
	// whole text of the field.
	Term   bool
	Source string // in English
	Value  string // in Ukrainian
}

// Translations lists all texts of the addon for a series, in a fixed order. Odoo 18 and 19 read them from the module's own file;
// before, whoever imports the module has to write them over RPC.
func (a Addon) Translations(major int) ([]Translation, error) {
	found, err := a.sources(major)
	if err != nil {
		return nil, err
	}
	words := ukrainian()
	for i := range found {
		value, ok := words[found[i].Source]
		if !ok {
			return nil, fmt.Errorf("%q of %s has no Ukrainian: add it to odoo/module/uk.yaml", found[i].Source, found[i].XMLID)
		}
		found[i].Value = value
	}
	return found, nil
}

// sources finds every English text that people see.
func (a Addon) sources(major int) ([]Translation, error) {
	found := a.declaredTexts()
	s := syntax{major}
	for _, name := range a.views {
		body, err := s.convert(name)
		if err != nil {
			return nil, err
		}
		root, err := parseXML(body)
		if err != nil {
			return nil, err
		}
		for _, record := range root.children {
			found = append(found, recordTexts(record)...)
		}
	}
	return found, nil
}

// declaredTexts are those of models_*.go.
func (a Addon) declaredTexts() []Translation {
	var found []Translation
	add := func(model, id, field, source string) {
		if source != "" {
			found = append(found, Translation{Model: model, XMLID: id, Field: field, Source: source})
		}
	}
	for _, m := range a.models() {
		if !m.Extends {
			add("ir.model", modelXMLID(m.Name), "name", m.Label.En)
		}
		for _, f := range m.Fields {
			id := fieldXMLID(m.Name, f.Name)
			add("ir.model.fields", id, "field_description", f.Label.En)
			add("ir.model.fields", id, "help", f.Help.En)
		}
	}
	for _, m := range Models() {
		for _, f := range m.Fields {
			for _, c := range f.Selection {
				if a.brings(cmp.Or(f.Bridged[c.Value], f.Addon)) {
					add("ir.model.fields.selection", choiceXMLID(m.Name, f.Name, c.Value), "name", c.En)
				}
			}
		}
	}
	return found
}

// recordTexts are those of one record of views/.
func recordTexts(record *element) []Translation {
	id, _ := record.attr("id")
	if record.name == "menuitem" {
		name, _ := record.attr("name")
		return []Translation{{Model: "ir.ui.menu", XMLID: id, Field: "name", Source: name}}
	}
	model, _ := record.attr("model")
	var found []Translation
	for _, field := range record.children {
		name, _ := field.attr("name")
		switch {
		case model == "ir.ui.view" && name == "arch":
			for _, term := range terms(field) {
				found = append(found, Translation{Model: model, XMLID: id, Field: "arch_db", Term: true, Source: term})
			}
		case name == "help":
			for _, term := range terms(field) {
				found = append(found, Translation{Model: model, XMLID: id, Field: name, Term: true, Source: term})
			}
		case name == "name" && model != "ir.ui.view", name == "comment":
			found = append(found, Translation{Model: model, XMLID: id, Field: name, Source: field.children[0].text})
		}
	}
	return found
}

// spoken are the attributes of views that people read.
var spoken = []string{"string", "placeholder", "title", "help", "confirm", "aria-label", "alt", "sum"}

// terms are the pieces of a form or a help text that Odoo translates one by one.
func terms(part *element) []string {
	var found []string
	part.walk(func(e *element) {
		for _, name := range spoken {
			if value, ok := e.attr(name); ok {
				found = append(found, value)
			}
		}
		if text := strings.TrimSpace(e.text); e.name == "" && len(text) > 1 {
			found = append(found, text)
		}
	})
	slices.Sort(found)
	return slices.Compact(found)
}

//go:embed uk.yaml
var ukrainianSource []byte

// ukrainian gives the Ukrainian of every English text, from the declarations and from uk.yaml.
var ukrainian = sync.OnceValue(func() map[string]string {
	words := map[string]string{}
	if err := yaml.UnmarshalWithOptions(ukrainianSource, &words, yaml.Strict()); err != nil {
		panic(fmt.Errorf("uk.yaml: %w", err)) // it is compiled in
	}
	for _, pair := range declaredWords() {
		words[pair.En] = pair.Uk
	}
	return words
})

// declaredWords are the words of models_*.go in both languages.
func declaredWords() []Words {
	var words []Words
	for _, m := range Models() {
		words = append(words, m.Label)
		for _, f := range m.Fields {
			words = append(words, f.Label)
			if f.Help.En != "" {
				words = append(words, f.Help)
			}
			for _, c := range f.Selection {
				words = append(words, Words{c.En, c.Uk})
			}
		}
	}
	return words
}

// poFile is the catalogue that 18 and 19 read for themselves.
func (a Addon) poFile(major int) (file, error) {
	found, err := a.Translations(major)
	if err != nil {
		return file{}, err
	}
	where := map[string][]string{}
	var order []string
	for _, t := range found {
		if len(where[t.Source]) == 0 {
			order = append(order, t.Source)
		}
		kind := "model"
		if t.Term {
			kind = "model_terms"
		}
		where[t.Source] = append(where[t.Source], fmt.Sprintf("#: %s:%s,%s:%s.%s\n", kind, t.Model, t.Field, a.Name, t.XMLID))
	}
	var b strings.Builder
	b.WriteString("msgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n")
	for _, source := range order {
		fmt.Fprintf(&b, "\n#. module: %s\n%smsgid %s\nmsgstr %s\n", a.Name, strings.Join(where[source], ""), poQuote(source), poQuote(ukrainian()[source]))
	}
	return file{"i18n/uk.po", []byte(b.String())}, nil
}

func poQuote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text) + `"`
}
