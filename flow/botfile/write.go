package botfile

import (
	"cmp"
	"encoding/base64"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
)

// Write writes a bot as one file, its media inside. The same bot gives the same bytes. A medium without contents is an error.
func Write(w io.Writer, bot Bot) error {
	bot = bot.Normal().reached()
	f := newWriter(bot.Definition)
	f.files = fileNames(bot.Definition.Tables["media"])
	for _, row := range bot.Definition.Tables["media"] {
		if _, has := bot.Media[row.ID()]; !has {
			return texts.NewError("botfile.no_contents", texts.Args{"file": row.Str("filename"), "step": f.codes[row.Ref("step_id")]}, nil)
		}
	}
	_, err := io.WriteString(w, f.file(bot.Media))
	return err
}

// writer makes YAML of a normal definition.
type writer struct {
	definition flow.Definition
	codes      map[int64]string // of steps
	notes      map[int64]string // the codes of notifications
	files      map[int64]string // how the file calls the contents of a medium
	lang       string           // of the bot: it comes first
}

func newWriter(definition flow.Definition) *writer {
	f := &writer{definition: definition, codes: map[int64]string{}, notes: map[int64]string{}, lang: definition.Bot().Str("lang")}
	for _, step := range definition.Tables["step"] {
		f.codes[step.ID()] = step.Str("code")
	}
	for _, row := range definition.Tables["notification"] {
		f.notes[row.ID()] = row.Str("code")
	}
	return f
}

// file is the whole file.
func (f *writer) file(media map[int64][]byte) string {
	e := &emitter{}
	for _, lang := range texts.Languages() {
		e.line(0, "# %s", texts.Get(lang, "botfile.header", nil))
	}
	e.line(0, "krok: %s", version)
	e.line(0, "")
	e.line(0, "bot:")
	e.body(2, f.fields("bot", f.definition.Bot()))
	if steps := f.definition.Tables["step"]; len(steps) > 0 {
		e.line(0, "")
		e.line(0, "steps:")
		for i, step := range steps {
			if i > 0 {
				e.line(0, "")
			}
			e.step(2, f.step(step))
		}
	}
	f.sections(e)
	f.writeFiles(e, media)
	return strings.Join(e.lines, "\n") + "\n"
}

// step writes the mapping of a step as an item of a list; it always has lines of its own.
func (e *emitter) step(indent int, step mapping) {
	first := len(e.lines)
	e.body(indent+2, step)
	e.lines[first] = strings.Repeat(" ", indent) + "- " + e.lines[first][indent+2:]
}

// writeFiles puts the contents of the media at the end, where they do not stand in the reader's way.
func (f *writer) writeFiles(e *emitter, media map[int64][]byte) {
	contents := map[string][]byte{}
	for id, name := range f.files {
		contents[name] = media[id]
	}
	if len(contents) == 0 {
		return
	}
	e.line(0, "")
	e.line(0, "files:")
	for _, name := range sortedKeys(contents) {
		encoded := base64.StdEncoding.EncodeToString(contents[name])
		if encoded == "" {
			e.line(2, `%s: ""`, quoted(name))
			continue
		}
		e.line(2, "%s: |", quoted(name))
		for line := range slices.Chunk([]byte(encoded), width-4) {
			e.line(4, "%s", line)
		}
	}
}

// fileNames calls each content by its file name. A second content of that name gets a number.
func fileNames(media []flow.Row) map[int64]string {
	names := map[int64]string{}
	owners := map[string]string{} // checksums by name
	for _, row := range media {
		filename := row.Str("filename")
		name := filename
		for i := 2; owners[name] != "" && owners[name] != row.Str("checksum"); i++ {
			ending := path.Ext(filename)
			name = strings.TrimSuffix(filename, ending) + "-" + strconv.Itoa(i) + ending
		}
		owners[name] = row.Str("checksum")
		names[row.ID()] = name
	}
	return names
}

// before and after are the lists that stand in front of a field of a step, in the order in which a conversation needs them.
var before = map[string][]string{"domain": {"aliases"}, "text": {"media"}, "next_id": {"answers"}, "protect": {"keyboard", "inline"}}

func (f *writer) step(row flow.Row) mapping {
	var m mapping
	written := map[string]bool{}
	add := func(key string) {
		if l := f.listOf(key, row.ID()); l != nil {
			m = append(m, entry{key, l})
		}
		written[key] = true
	}
	for _, field := range fieldsOf("step") {
		for _, key := range before[field.Name] {
			add(key)
		}
		if e, ok := f.field(field, row); ok {
			m = append(m, e)
		}
	}
	for _, key := range []string{"aliases", "media", "answers", "keyboard", "inline"} {
		if !written[key] {
			add(key)
		}
	}
	return m
}

// listOf is a list of a step; nil where the file needs none.
func (f *writer) listOf(key string, step int64) node {
	rows := f.definition.Of(lists[key], step)
	l := list{tall: key != "aliases"}
	switch key {
	case "keyboard", "inline":
		return f.keyboard(key, step, rows)
	case "aliases":
		for _, row := range rows {
			l.items = append(l.items, f.row("alias", row))
		}
	case "answers":
		for _, row := range rows {
			l.items = append(l.items, f.row("answer", row))
		}
	case "media":
		for _, row := range rows {
			l.items = append(l.items, f.medium(row))
		}
	}
	if len(l.items) == 0 {
		return nil
	}
	return l
}

// row is a row of a step; one that has only a name is that name.
func (f *writer) row(table string, row flow.Row) node {
	m := f.fields(table, row)
	if name, ok := m[0].value.(text); len(m) == 1 && m[0].key == "name" && ok {
		return name
	}
	return m
}

func (f *writer) medium(row flow.Row) node {
	filename, file := row.Str("filename"), f.files[row.ID()]
	m := mapping{{"file", text(file)}}
	if file == "" { // in a comparison: there the contents matter, not their place
		m = mapping{{"file", text(filename)}, {"contents", text(row.Str("checksum")[:min(12, len(row.Str("checksum")))])}}
	}
	if path.Base(m[0].str()) != filename {
		m = append(m, entry{"filename", text(filename)})
	}
	for _, e := range f.fields("media", row) {
		if e.key == "name" && e.str() == filename || e.key == "kind" && e.str() == kindOf(filename) {
			continue
		}
		m = append(m, e)
	}
	if len(m) == 1 {
		return m[0].value
	}
	return m
}

func (e entry) str() string { t, _ := e.value.(text); return string(t) }

// keyboard lists the rows of a keyboard. The keyboard that the answers make by themselves needs no list.
func (f *writer) keyboard(place string, step int64, buttons []flow.Row) node {
	answers := f.definition.Of("answer", step)
	l := list{tall: true}
	automatic := place == "keyboard"
	for i, row := range inRows(buttons, place) {
		var side []node
		for _, button := range row {
			side = append(side, f.button(button, answers))
		}
		automatic = automatic && len(row) == 1 && i < len(answers) && row[0].Str("kind") == "answer" && row[0].Ref("answer_id") == answers[i].ID()
		if len(side) == 1 {
			l.items = append(l.items, side[0])
		} else {
			l.items = append(l.items, list{items: side})
		}
	}
	if automatic && len(l.items) == len(answers) || place == "inline" && len(l.items) == 0 {
		return nil
	}
	return l
}

func (f *writer) button(row flow.Row, answers []flow.Row) node {
	if row.Str("kind") == "answer" {
		return f.answer(row.Ref("answer_id"), answers)
	}
	var m mapping
	for _, e := range f.fields("button", row) {
		own := false
		for field, kind := range kindsByField {
			own = own || kind == row.Str("kind") && row[field] != nil
		}
		if e.key != "kind" || !own {
			m = append(m, e)
		}
	}
	return m
}

// answer calls an answer by a name that no other answer of the step has in any language, else by its number.
func (f *writer) answer(id int64, answers []flow.Row) node {
	holders := map[string]int{}
	index := 0
	for i, answer := range answers {
		for _, name := range namesOf(answer) {
			holders[name]++
		}
		if answer.ID() == id {
			index = i
		}
	}
	name := answers[index].Texts("name").In(f.lang)
	if holders[name] == 1 && !blockable(name) {
		return text(name)
	}
	return word(strconv.Itoa(index + 1))
}

// fields are the fields of a row that are not empty.
func (f *writer) fields(table string, row flow.Row) mapping {
	var m mapping
	for _, field := range fieldsOf(table) {
		if e, ok := f.field(field, row); ok {
			m = append(m, e)
		}
	}
	return m
}

func (f *writer) field(field Field, row flow.Row) (entry, bool) {
	value, has := row[field.Column()]
	switch {
	case !field.alone():
		return entry{}, false
	case field.Kind == Bool && field.Default != "":
		return entry{field.Key(), word("false")}, !has
	case !has && row.Bool(field.Implies):
		return entry{field.Key(), text("")}, true
	case !has:
		return entry{}, false
	}
	switch field.Kind {
	case Bool:
		return entry{field.Key(), word("true")}, true
	case Int, Float:
		return entry{field.Key(), number(value)}, true
	case Step:
		return entry{field.Key(), text(f.codes[row.Ref(field.Name)])}, true
	case Notification:
		return entry{field.Key(), text(f.notes[row.Ref(field.Name)])}, true
	case Path:
		return entry{field.Key(), text(f.path(row))}, true
	case Contact, User, Team, Action, OfRecord:
		return entry{field.Key(), text(f.definition.Row(field.Kind.Table(), row.Ref(field.Name)).Str("name"))}, true
	case Tags, LeadTags:
		return entry{field.Key(), f.tags(field.Kind.Table(), row.Refs(field.Name))}, true
	}
	byLang, several := value.(flow.Texts)
	if !several {
		return entry{field.Key(), oneText(field, row.Str(field.Column()))}, true
	}
	var m mapping
	for _, lang := range f.languages(byLang) {
		m = append(m, entry{shortLanguage(lang), oneText(field, byLang[lang])})
	}
	return entry{field.Key(), m}, true
}

// languages gives the bot's own language first.
func (f *writer) languages(byLang flow.Texts) []string {
	return slices.SortedFunc(slices.Values(sortedKeys(byLang)), func(a, b string) int {
		return cmp.Or(cmp.Compare(boolInt(b == f.lang), boolInt(a == f.lang)), cmp.Compare(a, b))
	})
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func oneText(field Field, value string) node {
	if field.Kind != Rich {
		return text(value)
	}
	if markup, exact := exactMarkup(value); exact && markup != "" {
		return text(markup)
	}
	return mapping{{"html", text(value)}}
}
