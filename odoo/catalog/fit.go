package catalog

import (
	"maps"
	"slices"
	"strings"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/botfile"
	"github.com/krokbot/krok/flow/texts"
	"github.com/krokbot/krok/odoo/module"
)

// known is what one Odoo has of what bot files name.
type known struct {
	fields map[string]int64 // all fields of res.partner, by name
	users  map[string]int64 // all that are no guests, by login
	teams  names            // of sales
	types  []string         // that a step can have; none: all
	apps   []map[string]any // that there is a bridge to

	// Of what a file names of other models, and what was looked for only then.
	models      map[string]int64
	paths       map[named][]int64 // one id a field on the path; none: the path is not there
	actions     map[named]int64
	actionNames map[named]string // as Odoo calls them
	shared      flow.Definition  // all notifications
}

// Absent is something that a step, notification or external event of a file names and this Odoo does not have.
type Absent struct {
	Step         string // its code
	Notification string // its code
	Event        string // its name
	Personal     bool   // it is the field that leads to the client, of an answer of the step
	What         string // "field", "user", "team", "type" of a step; "model", "action"
	Name         string
}

// In says it to people, in a language.
func (a Absent) In(lang string) string {
	key := "catalog.absent_" + a.What
	switch {
	case a.Notification != "":
		key += "_notification"
	case a.Event != "":
		key += "_event"
	case a.Personal:
		key = "catalog.absent_personal"
	case a.What == "field" && a.Name == "mobile":
		key = "catalog.absent_mobile"
	}
	return texts.Get(lang, key, texts.Args{"step": a.Step, "notification": a.Notification, "event": a.Event, a.What: a.Name})
}

// fitted is the definition of a file as one Odoo can have it.
type fitted struct {
	flow.Definition

	ids    map[string]map[int64]int64 // in Odoo, by table and by the ids of the definition
	absent []Absent
}

// fit leaves out of a definition what Odoo does not have: fields of contacts, people and teams come and go, with apps and series too, and the
// rest of the bot serves. Sales teams are called as Odoo does, in all its languages. A step of a type that Odoo does not have keeps it.
func (k known) fit(definition flow.Definition) fitted {
	f := fitted{Definition: definition, ids: map[string]map[int64]int64{"field": {}, "user": {}, "team": {}}}
	f.Tables = maps.Clone(definition.Tables)
	for table, find := range map[string]func(name string) int64{
		"field": func(name string) int64 { return k.fields[name] },
		"user":  func(name string) int64 { return k.users[name] },
		"team":  func(name string) int64 { return k.teams.find(name, definition.Bot().Str("lang")).ID() },
	} {
		for _, row := range definition.Tables[table] {
			if id := find(row.Str("name")); id != 0 {
				f.ids[table][row.ID()] = id
			}
		}
	}
	if !k.has("step", "lead_tag_ids") {
		delete(f.Tables, "lead_tag")
	}
	f.Tables["team"] = k.calledAsInOdoo(definition.Tables["team"], f.ids["team"])
	f.Tables["step"] = slices.Clone(definition.Tables["step"])
	for i, step := range f.Tables["step"] {
		f.Tables["step"][i] = f.fitStep(maps.Clone(step), k)
	}
	f.fitNotifications(k)
	return f
}

func (k known) calledAsInOdoo(rows []flow.Row, ids map[int64]int64) []flow.Row {
	rows = slices.Clone(rows)
	for i, row := range rows {
		for _, team := range k.teams {
			if team.ID() == ids[row.ID()] {
				rows[i] = row.With("name", team.Texts("name"))
			}
		}
	}
	return rows
}

func (f *fitted) fitStep(step flow.Row, k known) flow.Row {
	if kind := step.Str("type"); !k.offers(kind) {
		f.absent = append(f.absent, Absent{Step: step.Str("code"), What: "type", Name: kind})
	}
	for _, field := range fieldsOf("step") {
		table, ref := field.Kind.Table(), step.Ref(field.Name)
		switch {
		case !k.has("step", field.Name):
			delete(step, field.Name)
		case f.ids[table] != nil && ref != 0 && f.ids[table][ref] == 0:
			f.absent = append(f.absent, Absent{Step: step.Str("code"), What: table, Name: f.Row(table, ref).Str("name")})
			delete(step, field.Name)
		}
	}
	return step
}

// offers tells whether a step can have a type.
func (k known) offers(kind string) bool { return len(k.types) == 0 || slices.Contains(k.types, kind) }

// has tells whether the rows of a table have a field: that of a bridge is there together with its app.
func (k known) has(table, name string) bool {
	for _, model := range module.Models() {
		if !model.Definition || model.Table() != table {
			continue
		}
		at := slices.IndexFunc(model.Fields, func(f module.Field) bool { return strings.TrimPrefix(f.Name, prefix) == name })
		if at < 0 || model.Fields[at].Addon == "" {
			return true
		}
		bridge, err := module.AddonNamed(model.Fields[at].Addon)
		return err == nil && slices.ContainsFunc(k.apps, func(app map[string]any) bool { return app["name"] == bridge.App })
	}
	return true
}

// inOdoo is the type of a step as Odoo has it: a text, and beside it the type of a missing app.
func (k known) inOdoo(kind string) (offered, absent string) {
	if k.offers(kind) {
		return kind, ""
	}
	return "text", kind
}

// outdated is a bot as it is in Odoo, where steps that wait for an app that has come meanwhile are what they are by now: texts.
func (k known) outdated(definition flow.Definition) flow.Definition {
	steps := slices.Clone(definition.Tables["step"])
	for i, step := range steps {
		if wanted := step.TypeWanted(); wanted != step.Str("type") && k.offers(wanted) {
			steps[i] = step.With("type_absent", "")
		}
	}
	if steps == nil {
		return definition
	}
	definition.Tables = maps.Clone(definition.Tables)
	definition.Tables["step"] = steps
	return definition
}

// withTags names the tags of a table of a definition as Odoo does, in all its languages, and gives their ids in Odoo, by those of the
// definition.
func withTags(definition flow.Definition, table string, known names) (flow.Definition, map[int64]int64) {
	ids := map[int64]int64{}
	rows := slices.Clone(definition.Tables[table])
	for i, row := range rows {
		if found := known.find(row.Str("name"), definition.Bot().Str("lang")); found != nil {
			ids[row.ID()] = found.ID()
			rows[i] = row.With("name", found.Texts("name"))
		}
	}
	definition.Tables = maps.Clone(definition.Tables)
	definition.Tables[table] = rows
	return definition, ids
}

// fieldsOf are the fields that a file has of a table.
func fieldsOf(table string) []botfile.Field {
	for _, t := range botfile.Tables() {
		if t.Name == table {
			return t.Fields
		}
	}
	return nil
}
