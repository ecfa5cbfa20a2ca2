package botfile

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/krokbot/krok/flow"
)

// Normal brings a definition into the form that a file gives: only what a file can hold, ids from 1 in the order of the rows, nothing
// that is empty or means the same as empty, rich texts as the markup writes them, a text that is equal in all its languages as one
// text. Two definitions with the same normal form are the same bot. What the module makes by itself (automatic aliases) is left out.
func Normal(definition flow.Definition) flow.Definition {
	return Bot{Definition: definition}.Normal().Definition
}

// Normal is the bot with a normal definition; its media follow.
func (b Bot) Normal() Bot {
	n := normaliser{from: b.Definition, media: b.Media, steps: map[int64]int64{}, codes: map[string]bool{}, notes: map[int64]int64{},
		to: Bot{Definition: flow.Definition{Tables: map[string][]flow.Row{}}, Media: map[int64][]byte{}}}
	n.run()
	return n.to
}

// Spread gives every translated text in exactly these languages: those of a database. What has no text in a language gets the one that
// clients of that language would read.
func Spread(definition flow.Definition, languages []string) flow.Definition {
	spread := flow.Definition{Tables: map[string][]flow.Row{}}
	for table, rows := range definition.Tables {
		for _, row := range rows {
			row = maps.Clone(row)
			for _, field := range fieldsOf(table) {
				if all := row.Texts(field.Name); field.Translated && all.In() != "" {
					texts := flow.Texts{}
					for _, lang := range languages {
						texts[lang] = all.In(lang)
					}
					row[field.Name] = texts
				}
			}
			spread.Tables[table] = append(spread.Tables[table], row)
		}
	}
	return spread
}

type normaliser struct {
	from  flow.Definition
	media map[int64][]byte
	to    Bot
	steps map[int64]int64 // new ids by old ones
	codes map[string]bool // of steps that are done
	notes map[int64]int64 // new ids of notifications by old ones
	model string          // what the row that is read is about
}

func (n *normaliser) run() {
	bot := n.from.Bot()
	if len(bot) > 0 {
		row := n.fields("bot", bot, nil)
		if row["name"] == nil {
			row["name"] = row["code"]
		}
		n.add("bot", row)
	}
	steps := flow.Ordered(n.from.Tables["step"])
	for i, step := range steps {
		n.steps[step.ID()] = int64(i + 1)
	}
	notifications := n.noteNotifications()
	for _, step := range steps {
		n.step(step)
	}
	for _, notification := range notifications {
		n.notification(notification)
	}
	n.events()
	relate(n.to.Definition)
}

func (n *normaliser) add(table string, row flow.Row) int64 {
	id := int64(len(n.to.Definition.Tables[table]) + 1)
	row["id"] = id
	n.to.Definition.Tables[table] = append(n.to.Definition.Tables[table], row)
	return id
}

func (n *normaliser) step(old flow.Row) {
	old = old.With("type", old.TypeWanted())
	row := n.fields("step", old, nil)
	row["code"] = n.code(row.Str("code"))
	if row["name"] == nil {
		row["name"] = row["code"]
	}
	if len(n.to.Definition.Tables["bot"]) > 0 {
		row["bot_id"] = int64(1)
	}
	step := n.add("step", row)
	for _, alias := range n.from.Of("alias", old.ID()) {
		if row := n.fields("alias", alias, nil); row["name"] != nil && !alias.Bool("automatic") {
			row["step_id"] = step
			n.add("alias", row)
		}
	}
	for _, medium := range n.from.Of("media", old.ID()) {
		n.medium(step, medium)
	}
	answers := map[int64]int64{}
	for _, answer := range n.from.Of("answer", old.ID()) {
		if n.nameless("answer", answer) {
			continue
		}
		n.model = n.answerModel(answer)
		row := n.fields("answer", answer, nil)
		row["step_id"] = step
		answers[answer.ID()] = n.add("answer", row)
	}
	n.buttons(step, n.from.Of("button", old.ID()), answers)
}

// code makes a step's code one that the file can have, and its only one.
func (n *normaliser) code(code string) string { return freeCode(code, "step", stepCode, n.codes) }

// freeCode is a code of letters that a file can have, and that is not taken; without any it is a standard one.
func freeCode(code, standard string, allowed *regexp.Regexp, taken map[string]bool) string {
	letters := strings.Map(func(r rune) rune {
		if allowed.MatchString(string(r)) {
			return r
		}
		return '_'
	}, code)
	if letters == "" {
		letters = standard
	}
	free := letters
	for i := 2; taken[free]; i++ {
		free = fmt.Sprintf("%s_%d", letters, i)
	}
	taken[free] = true
	return free
}

func (n *normaliser) medium(step int64, old flow.Row) {
	if old.Str("checksum") == "" {
		return // a line without a file sends nothing
	}
	row := n.fields("media", old, nil)
	filename := valid(old.Str("filename"))
	if filename == "" {
		filename = row.Str("name")
	}
	if filename == "" {
		filename = "file"
	}
	if row["name"] == nil {
		row["name"] = filename
	}
	if row["kind"] == nil {
		row["kind"] = kindOf(filename)
	}
	row["filename"], row["checksum"], row["step_id"] = filename, old.Str("checksum"), step
	if id := n.add("media", row); n.media[old.ID()] != nil {
		n.to.Media[id] = n.media[old.ID()]
	}
}

// fieldsByKind are the fields that a kind of button has.
var fieldsByKind = map[string][]string{
	"answer": {"kind", "answer_id"}, "step": {"kind", "name", "target_id"}, "url": {"kind", "name", "url"}, "copy": {"kind", "name", "copy"},
	"text": {"kind", "name"}, "contact": {"kind", "name"}, "location": {"kind", "name"},
}

func (n *normaliser) buttons(step int64, old []flow.Row, answers map[int64]int64) {
	old = slices.DeleteFunc(old, func(button flow.Row) bool { // an answer's button, and the answer was deleted
		return button.Str("kind") == "answer" && answers[button.Ref("answer_id")] == 0
	})
	for _, place := range []string{"keyboard", "inline"} {
		for i, row := range inRows(old, place) {
			for _, button := range row {
				kept := n.fields("button", button, answers)
				own := fieldsByKind[kept.Str("kind")]
				maps.DeleteFunc(kept, func(field string, _ any) bool { return own != nil && !slices.Contains(own, field) })
				kept["step_id"], kept["place"] = step, place
				if len(row) > 1 {
					kept["row"] = int64(i + 1)
				}
				n.add("button", kept)
			}
		}
	}
}

// inRows lays out the buttons of one place as the engine does: neighbours with the same row number share a row.
func inRows(buttons []flow.Row, place string) [][]flow.Row {
	var rows [][]flow.Row
	var last int64
	for _, button := range buttons {
		if button.Str("place") != place {
			continue
		}
		number := button.Int("row")
		if number > 0 && number == last {
			rows[len(rows)-1] = append(rows[len(rows)-1], button)
		} else {
			rows = append(rows, []flow.Row{button})
		}
		last = number
	}
	return rows
}

// fields keeps what says something.
func (n *normaliser) fields(table string, old flow.Row, answers map[int64]int64) flow.Row {
	row := flow.Row{}
	for _, field := range fieldsOf(table) {
		if field.Implies != "" && !old.Bool(field.Implies) {
			continue
		}
		if value := n.value(field, old, answers); value != nil {
			row[field.Column()] = value
		}
	}
	return row
}

func (n *normaliser) value(field Field, old flow.Row, answers map[int64]int64) any {
	switch field.Kind {
	case Bool:
		return nonZero(old.Bool(field.Name))
	case Int:
		return unlessZero(old.Int(field.Name))
	case Float:
		if number, _ := old[field.Name].(float64); number != 0 {
			return number
		}
		return unlessZeroFloat(old.Int(field.Name))
	case Step:
		return unlessZero(n.steps[old.Ref(field.Name)])
	case Answer:
		return unlessZero(answers[old.Ref(field.Name)])
	case Contact:
		return n.contactField(old.Ref(field.Name))
	case User, Team, Action:
		return n.named(field.Kind, old.Ref(field.Name))
	case Notification:
		return unlessZero(n.notes[old.Ref(field.Name)])
	case Model:
		return unlessEmpty(n.modelName(old))
	case OfRecord, Path:
		return n.recordField(old.Ref(field.Name))
	case Subfield:
		return n.subfield(old.Ref("field_id"), old.Ref(field.Name))
	case Tags, LeadTags:
		return n.tags(field.Kind.Table(), old.Refs(field.Name))
	}
	if field.Translated {
		return normalTexts(field, old.Texts(field.Name))
	}
	text := valid(old.Str(field.Name))
	if text == "" || text == field.Default {
		return nil
	}
	return text
}

func unlessZero(number int64) any {
	if number == 0 {
		return nil
	}
	return number
}

func unlessEmpty(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func unlessZeroFloat(number int64) any {
	if number == 0 {
		return nil
	}
	return float64(number)
}

// normalTexts is one text where all languages have the same; nil where none has any.
func normalTexts(field Field, all flow.Texts) any {
	kept := flow.Texts{}
	different := map[string]bool{}
	for lang, text := range all {
		text = valid(text)
		if field.Kind == Rich && text != "" {
			text = NormalHTML(text)
		}
		if text != "" {
			kept[lang] = text
			different[text] = true
		}
	}
	switch len(different) {
	case 0:
		return nil
	case 1:
		for text := range different {
			return text
		}
	}
	return kept
}

// valid drops broken UTF-8, which a file cannot hold.
func valid(text string) string { return strings.ToValidUTF8(text, "") }
