package botfile

import (
	"regexp"

	"github.com/goccy/go-yaml/ast"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
)

// reader walks the YAML and fills a bot.
type reader struct {
	name  string
	open  func(file string) ([]byte, error) // nil: files beside the YAML are not read
	steps map[string]int64                  // by code
	notes notes
	model string // what the row that is read is about
	files map[string]*embedded
	bot   Bot
	errs  Errors
}

// version is the version of the format that this krok writes. A file without one has it.
const version = "1"

var (
	botCode  = regexp.MustCompile(`^[A-Za-z0-9_]+$`)
	stepCode = regexp.MustCompile(`^[\p{L}\p{N}_-]+$`)
)

func (r *reader) root(node ast.Node) {
	if node == nil {
		r.fail(nil, "empty", nil)
		return
	}
	list, ok := r.pairs(node)
	if !ok {
		return
	}
	top := r.known(list, []string{"krok", "bot", "steps", "notifications", "events", "files"})
	if p, given := top["krok"]; given {
		if text, _ := scalar(p.node); text != version {
			r.fail(p.node, "other_version", texts.Args{"found": r.shown(p.node), "version": version})
			return
		}
	}
	if p, given := top["files"]; given {
		r.readFiles(p.node)
	}
	if p, given := top["bot"]; given {
		r.readBot(p.node)
	} else {
		r.fail(node, "no_bot", nil)
	}
	notifications := r.listAt(top["notifications"])
	r.noteNotifications(notifications)
	if p, given := top["steps"]; given {
		r.readSteps(p.node)
	}
	r.readNotifications(notifications)
	r.eachItem(top["events"], r.readEvent)
	relate(r.bot.Definition)
	r.unusedNotifications()
	r.unusedFiles()
}

func (r *reader) readBot(node ast.Node) {
	list, ok := r.pairs(node)
	if !ok {
		return
	}
	row := r.fields("bot", node, r.known(list, keysOf("bot")), nil)
	for _, p := range list {
		if p.key == "code" && row.Str("code") != "" && !botCode.MatchString(row.Str("code")) {
			r.fail(p.node, "bad_bot_code", texts.Args{"word": row.Str("code")})
		}
	}
	r.add("bot", row)
}

// add gives a row its id, the next one of its table.
func (r *reader) add(table string, row flow.Row) flow.Row {
	row["id"] = int64(len(r.bot.Definition.Tables[table]) + 1)
	r.bot.Definition.Tables[table] = append(r.bot.Definition.Tables[table], row)
	return row
}

// keysOf lists what may stand in a row of a table.
func keysOf(table string) []string {
	var keys []string
	if table == "media" {
		keys = append(keys, "file", "filename")
	}
	for _, field := range fieldsOf(table) {
		if field.alone() {
			keys = append(keys, field.Key())
		}
	}
	switch table {
	case "step":
		keys = append(keys, "aliases", "media", "answers", "keyboard", "inline")
	case "notification":
		keys = append(keys, "lines", "buttons")
	}
	return keys
}

// fields reads the fields of a row. Fields that must not be empty and are get a mistake at the row.
func (r *reader) fields(table string, node ast.Node, given map[string]pair, answers []flow.Row) flow.Row {
	row := flow.Row{}
	for _, field := range fieldsOf(table) {
		p, has := given[field.Key()]
		if !field.alone() {
			continue
		}
		if !has {
			if field.Required {
				r.fail(node, "missing", texts.Args{"key": field.Key()})
			}
			if field.Kind == Bool && field.Default != "" {
				row[field.Name] = true
			}
			continue
		}
		if field.Implies != "" {
			row[field.Implies] = true
		}
		before := len(r.errs)
		value := r.value(field, p.node, answers)
		if value != nil {
			row[field.Column()] = value
		} else if field.Required && before == len(r.errs) {
			r.fail(p.node, "missing", texts.Args{"key": field.Key()})
		}
	}
	return row
}

func (r *reader) readSteps(node ast.Node) {
	items, ok := r.items(node)
	if !ok {
		return
	}
	r.noteCodes(items)
	for _, item := range items {
		r.readStep(item)
	}
}

// noteCodes reads the codes of all steps first, since a step may lead to one that stands below it.
func (r *reader) noteCodes(items []ast.Node) {
	id := int64(0)
	for _, item := range items {
		if !isMapping(item) {
			continue // is a mistake, noted when the step is read
		}
		id++
		list, _ := (&reader{}).pairs(item)
		for _, p := range list {
			code, _ := scalar(p.node)
			if p.key != "code" || code == "" {
				continue
			}
			if _, taken := r.steps[code]; taken {
				r.fail(p.node, "double_code", texts.Args{"word": code})
			} else if !stepCode.MatchString(code) {
				r.fail(p.node, "bad_step_code", texts.Args{"word": code})
			}
			r.steps[code] = id
		}
	}
}

func (r *reader) readStep(node ast.Node) {
	list, ok := r.pairs(node)
	if !ok {
		return
	}
	given := r.known(list, keysOf("step"))
	row := r.fields("step", node, given, nil)
	if row["name"] == nil && row["code"] != nil {
		row["name"] = row["code"]
	}
	step := r.add("step", row).ID()
	if bots := r.bot.Definition.Tables["bot"]; len(bots) > 0 {
		row["bot_id"] = bots[0].ID()
	}
	r.eachItem(given["aliases"], func(item ast.Node) { r.readRow("alias", step, item, nil) })
	r.eachItem(given["media"], func(item ast.Node) { r.readMedium(step, item) })
	var answers []flow.Row
	r.eachItem(given["answers"], func(item ast.Node) {
		if answer := r.readRow("answer", step, item, nil); answer != nil {
			answers = append(answers, answer)
		}
	})
	r.readButtons(step, given, answers)
}

// eachItem visits the entries of a list that may be absent.
func (r *reader) eachItem(p pair, visit func(ast.Node)) {
	for _, item := range r.listAt(p) {
		visit(item)
	}
}

func (r *reader) listAt(p pair) []ast.Node {
	if p.node == nil {
		return nil
	}
	items, _ := r.items(p.node)
	return items
}

// readRow reads a row of a step. One that is a text alone is short for the row with that name. nil: it is a mistake.
func (r *reader) readRow(table string, step int64, node ast.Node, answers []flow.Row) flow.Row {
	var row flow.Row
	if isMapping(node) {
		list, _ := r.pairs(node)
		given := r.known(list, keysOf(table))
		if table == "answer" {
			r.model = r.notes.modelAt(given["notification"])
		}
		row = r.fields(table, node, given, answers)
	} else {
		name, ok := r.text("name", node)
		if !ok {
			return nil
		}
		if name == "" {
			r.fail(node, "missing", texts.Args{"key": "name"})
			return nil
		}
		row = flow.Row{"name": name}
	}
	row["step_id"] = step
	return r.add(table, row)
}
