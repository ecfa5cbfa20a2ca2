package catalog

import (
	"encoding/base64"
	"slices"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/botfile"
	"github.com/krokbot/krok/odoo/module"
)

// Odoo's commands in a one2many and a many2many.
const (
	create  = 0
	update  = 1
	remove  = 2
	replace = 6
)

// planner finds the records that rows of the file stand for, as far as they are there.
func (im *importer) planner(stage stage) *planner {
	p := &planner{importer: im, stage: stage, rows: map[string]map[int64]int64{"step": {}, "answer": {}, "notification": {}}}
	p.steps, p.gone = match("step", im.want.Tables["step"], flow.Ordered(im.have.Tables["step"]))
	for _, step := range p.steps {
		p.rows["step"][step.want.ID()] = step.have.ID()
	}
	for _, one := range p.notifications() {
		p.rows["notification"][one.want.ID()] = one.have.ID()
	}
	return p
}

// whole lists what one write of the bot has to say in a stage, its steps and their rows in it as commands. It is empty where there is nothing to
// write.
func (p *planner) whole() map[string]any {
	values := p.values("bot", pair{p.want.Bot(), p.have.Bot()})
	if commands := p.commands("step", p.steps, p.gone, p.step); len(commands) > 0 {
		values["x_step_ids"] = commands
	}
	return values
}

type planner struct {
	*importer
	stage stage
	steps []pair
	gone  []flow.Row // steps
	// rows are the ids in Odoo of the file's rows, by table.
	rows map[string]map[int64]int64
}

// parts are the tables of a step in the order in which they need each other.
var parts = []string{"alias", "media", "answer", "button"}

// step lists what to write of a step, its rows in it.
func (p *planner) step(step pair) map[string]any {
	values := p.values("step", step)
	for _, table := range parts {
		if late(table) && !p.stage.relations && !p.stage.texts {
			continue // they point to answers, which may be made in this very write
		}
		wanted := p.resolved(table, p.want.Of(table, step.want.ID()))
		var have []flow.Row
		if step.have != nil {
			have = visible(table, p.have.Of(table, step.have.ID()))
		}
		rows, gone := match(table, wanted, have)
		for _, row := range rows {
			if table == "answer" {
				p.rows["answer"][row.want.ID()] = row.have.ID()
			}
		}
		if !sequenced(table) {
			gone = append(gone, disordered(rows)...)
		}
		if commands := p.commands(table, rows, gone, func(row pair) map[string]any { return p.values(table, row) }); len(commands) > 0 {
			values["x_"+table+"_ids"] = commands
		}
	}
	return values
}

// visible leaves out what a file does not have: aliases that the module keeps itself.
func visible(table string, rows []flow.Row) []flow.Row {
	return slices.DeleteFunc(rows, func(row flow.Row) bool { return table == "alias" && row.Bool("automatic") })
}

// late tells whether the rows of a table point to others that may be made in the same import: they are written after them.
func late(table string) bool {
	return table == "button" || table == "notification_button" || table == "watch"
}

// resolved are rows of which the relations that the file says by names are those in Odoo, for matching.
func (p *planner) resolved(table string, rows []flow.Row) []flow.Row {
	for i, row := range rows {
		model := modelOf(p.want, table, row)
		for _, field := range fieldsOf(table) {
			ref := row.Ref(field.Name)
			if ref == 0 {
				continue
			}
			switch field.Kind {
			case botfile.Answer:
				ref = p.rows["answer"][ref]
			case botfile.Notification:
				ref = p.rows["notification"][ref]
			case botfile.Step:
				if field.Name == "target_id" {
					ref = p.rows["step"][ref]
				}
			case botfile.Action:
				ref = p.known.actions[named{model, p.want.Row("action", ref).Str("name")}]
			case botfile.OfRecord, botfile.Path:
				ref = p.known.onPath(named{model, pathOf(p.want, row, field)}, 0)
			case botfile.Subfield:
				ref = p.known.onPath(named{model, pathOf(p.want, row, botfile.Field{Name: "field_id", Kind: botfile.Path})}, 1)
			default:
				continue
			}
			rows[i] = rows[i].With(field.Name, ref)
		}
	}
	return rows
}

// commands makes and changes the records of a list, and removes those that have gone.
func (p *planner) commands(table string, rows []pair, gone []flow.Row, values func(pair) map[string]any) []any {
	var list []any
	makes := !p.stage.texts && late(table) == p.stage.relations
	if makes {
		for _, row := range gone {
			list = append(list, []any{remove, row.ID(), 0})
		}
	}
	ordered := !makes || !sequenced(table) || inOrder(rows)
	for i, row := range rows {
		if row.have == nil && !makes {
			continue // a step that somebody has deleted meanwhile: the import is not complete
		}
		changed := values(row)
		if sequence := int64(10 * (i + 1)); !ordered && row.have.Int("sequence") != sequence {
			changed["x_sequence"] = sequence
		}
		switch {
		case row.have == nil:
			list = append(list, []any{create, 0, changed})
		case len(changed) > 0:
			list = append(list, []any{update, row.have.ID(), changed})
		}
	}
	return list
}

// sequenced tells whether people order the rows of a table.
func sequenced(table string) bool {
	for _, model := range module.Models() {
		if model.Definition && model.Table() == table {
			return slices.ContainsFunc(model.Fields, func(f module.Field) bool { return f.Name == "x_sequence" })
		}
	}
	return false
}

// inOrder tells whether the records stand in the order of the rows as it is.
func inOrder(rows []pair) bool {
	for i, row := range rows {
		if row.have == nil {
			return false
		}
		if i > 0 && !before(rows[i-1].have, row.have) {
			return false
		}
	}
	return true
}

func before(a, b flow.Row) bool {
	ordered := flow.Ordered([]flow.Row{b, a})
	return ordered[0].ID() == a.ID()
}

// disordered takes the records away from the rows that do not stand in the order of their ids: they are made anew.
func disordered(rows []pair) []flow.Row {
	var taken []flow.Row
	last := int64(0)
	for i, row := range rows {
		switch {
		case row.have == nil:
			last = 1 << 62 // it will be made behind all others
		case row.have.ID() < last:
			taken = append(taken, row.have)
			rows[i].have = nil
			last = 1 << 62
		default:
			last = row.have.ID()
		}
	}
	return taken
}

// values lists the fields of a row that are not yet as they should be, in the stage's part.
func (p *planner) values(table string, row pair) map[string]any {
	values := map[string]any{}
	for _, t := range botfile.Tables() {
		if t.Name == table {
			for _, field := range t.Fields {
				p.field(field, table, row, values)
			}
		}
	}
	if table == "media" && !p.stage.relations && !p.stage.texts {
		p.file(row, values)
	}
	if table == "button" && !p.stage.texts {
		for _, name := range []string{"place", "row"} {
			if row.have == nil || !alike(row.want, row.have, name) {
				values["x_"+name] = orFalse(row.want[name])
			}
		}
	}
	return values
}

func (p *planner) field(field botfile.Field, table string, row pair, values map[string]any) {
	relation := field.Kind == botfile.Step || field.Kind == botfile.Answer || field.Kind == botfile.Notification
	switch {
	case p.stage.texts:
		if !field.Translated {
			return
		}
	case p.stage.relations != (relation || late(table)):
		return
	}
	switch {
	case !p.known.has(table, field.Name):
		return
	case table == "step" && field.Name == "type":
		p.stepType(row, values)
		return
	case field.Kind == botfile.Tags || field.Kind == botfile.LeadTags:
		p.tagList(field, row, values)
		return
	}
	want, have := p.wanted(field, row.want), any(nil)
	if row.have != nil {
		have = p.existing(field, row.have)
	}
	switch {
	case want == have, row.have == nil && want == false && field.Default == "":
	case table == "notification_button" && field.Kind == botfile.Step && want == false && p.have.Row("step", row.have.Ref(field.Name)) == nil:
		// It leads to a step of another bot, which shows the same notification.
	default:
		values["x_"+field.Name] = want
	}
}

// resolvedKinds are those of fields that have been resolved when they are written.
var resolvedKinds = []botfile.Kind{botfile.Answer, botfile.Notification, botfile.Action, botfile.OfRecord, botfile.Path, botfile.Subfield}

// wanted is the value that Odoo is to have; Odoo's false is an empty one.
func (p *planner) wanted(field botfile.Field, row flow.Row) any {
	switch {
	case field.Translated:
		return orFalse(row.Texts(field.Name)[p.stage.lang])
	case field.Kind == botfile.Step:
		return orFalse(p.target(row, field.Name))
	case field.Kind == botfile.Model:
		return orFalse(p.known.models[row.Str(field.Column())])
	case slices.Contains(resolvedKinds, field.Kind):
		return orFalse(row.Ref(field.Name))
	case field.Kind.Table() != "":
		return orFalse(p.ids[field.Kind.Table()][row.Ref(field.Name)])
	case row[field.Name] == nil && field.Default != "" && field.Kind != botfile.Bool:
		return field.Default
	case field.Kind == botfile.Int:
		return row.Int(field.Name)
	}
	return orFalse(row[field.Name])
}

// target is the id in Odoo of the step that a row leads to. That of a button is resolved already.
func (p *planner) target(row flow.Row, field string) int64 {
	if field == "target_id" {
		return row.Ref(field)
	}
	return p.rows["step"][row.Ref(field)]
}

// existing is the value that Odoo has, in the form of wanted.
func (p *planner) existing(field botfile.Field, row flow.Row) any {
	switch {
	case field.Translated:
		text := row.Texts(field.Name)[p.stage.lang]
		if field.Kind == botfile.Rich {
			text = botfile.NormalHTML(text)
		}
		return orFalse(text)
	case field.Kind == botfile.Step, field.Kind == botfile.Model, field.Kind.Table() != "", slices.Contains(resolvedKinds, field.Kind):
		return orFalse(row.Ref(field.Name))
	case field.Kind == botfile.Int:
		return row.Int(field.Name)
	}
	return orFalse(row[field.Name])
}

// stepType writes the type of a step, and beside it that of a missing app.
func (p *planner) stepType(row pair, values map[string]any) {
	kind, absent := p.known.inOdoo(row.want.Str("type"))
	if kind != row.have.Str("type") {
		values["x_type"] = kind
	}
	if absent != row.have.Str("type_absent") {
		values["x_type_absent"] = orFalse(absent)
	}
}

// tagList writes which tags a row has, where their names are not the same: two tags of one name are one for a file.
func (p *planner) tagList(field botfile.Field, row pair, values map[string]any) {
	table, ids := field.Kind.Table(), []any{}
	for _, id := range row.want.Refs(field.Name) {
		ids = append(ids, p.ids[table][id])
	}
	if !slices.Equal(tagNames(p.want, table, row.want.Refs(field.Name)), tagNames(p.have, table, row.have.Refs(field.Name))) {
		values["x_"+field.Name] = []any{[]any{replace, 0, ids}}
	}
}

func tagNames(definition flow.Definition, table string, ids []int64) []string {
	var names []string
	for _, id := range ids {
		names = append(names, definition.Row(table, id).Str("name"))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// file writes the contents of a medium where they are not the same.
func (p *planner) file(row pair, values map[string]any) {
	if row.have == nil || !alike(row.want, row.have, "checksum") {
		values["x_file"] = base64.StdEncoding.EncodeToString(p.bot.Media[row.want.ID()])
	}
	if row.have == nil || !alike(row.want, row.have, "filename") {
		values["x_filename"] = row.want.Str("filename")
	}
}

// orFalse is a value, or Odoo's false where it is empty.
func orFalse(value any) any {
	switch value {
	case nil, "", int64(0), float64(0):
		return false
	}
	return value
}
