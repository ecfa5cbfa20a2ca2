package flow

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/krokbot/krok/flow/domain"
	"github.com/krokbot/krok/flow/richtext"
	"github.com/krokbot/krok/flow/texts"
)

// Schema knows the fields of Odoo's models, for the checks of a definition.
type Schema interface {
	// HasField tells whether a dotted path of fields ("country_id.name") can be read on a model. known is false where Odoo
	// could not be asked: then nothing is checked.
	HasField(model, path string) (has, known bool)
}

// Built is what Build makes of a definition.
type Built struct {
	// Bot is nil where the definition has no start step and there is no last good form.
	Bot      *Bot
	Problems []Problem
	// Good is what now serves: the rows of the definition, with the last good rows in place of steps that have a mistake. It is
	// given to the next Build as last.
	Good Definition
}

// Build checks a definition and makes a bot of it. A mistake freezes the step that it stands in: the step's rows in last serve on,
// or, where last does not have it, the step is skipped. A definition without a start step leaves last as it was, as a whole. The
// zero Definition is no last form; a nil schema checks no fields.
func Build(definition, last Definition, schema Schema) Built {
	b := builder{schema: schema, last: last, holders: aliasHolders(last)}
	b.build(definition)
	if b.bot.Start == nil {
		b.found = append(b.found, Problem{Level: LevelError, Field: "step_ids", Key: "problem.no_start"})
		if len(last.Tables) == 0 {
			return Built{Problems: b.found}
		}
		old := builder{schema: nil}
		old.build(last)
		return Built{Bot: old.bot, Problems: b.found, Good: last}
	}
	b.checkWhole()
	return Built{Bot: b.bot, Problems: b.found, Good: b.good}
}

type builder struct {
	schema  Schema
	last    Definition
	holders map[string]int64 // who had an alias in the last good form
	bot     *Bot
	good    Definition
	found   []Problem
}

func (b *builder) build(definition Definition) {
	b.good = Definition{Tables: map[string][]Row{"bot": definition.Tables["bot"]}}
	b.buildBot(definition.Bot())
	rows := Ordered(definition.Tables["step"])
	exists := map[int64]bool{}
	for _, row := range rows {
		exists[row.ID()] = true
	}
	b.buildNotifications(definition, exists)
	b.buildWatches(definition)
	doubles := b.doubleAliases(definition, rows)
	for _, row := range rows {
		b.addStep(definition, row, exists, doubles)
	}
	b.indexAliases()
}

func (b *builder) buildBot(row Row) {
	b.bot = &Bot{
		ID: row.ID(), Code: row.Str("code"), Name: row.Str("name"), Lang: row.Str("lang"), Country: row.Str("country"), Location: time.UTC,
		SilentInGroups: row.Str("group_chats") == "silent",
		Words:          map[string]Texts{}, Steps: map[int64]*Step{}, aliases: map[string]*Step{}, answers: map[int64]*Answer{}, owners: map[int64]*Step{},
	}
	found := problems{}
	if zone := row.Str("tz"); zone != "" {
		location, err := time.LoadLocation(zone)
		if err != nil {
			found.fail("tz", "unknown_timezone", texts.Args{"value": zone}, nil)
		} else {
			b.bot.Location = location
		}
	}
	for field, key := range words {
		if own := row.Texts(field); own.In() != "" {
			b.bot.Words[key] = own
		}
	}
	b.found = append(b.found, found.list...)
}

// addStep builds a step from its new rows, or from its last good ones, or as one to skip.
func (b *builder) addStep(definition Definition, row Row, exists map[int64]bool, doubles map[int64][]Problem) {
	step, found := b.buildStep(definition, row, exists)
	found = append(found, doubles[row.ID()]...)
	b.found = append(b.found, found...)
	from := definition
	if failed(found) {
		from = b.last
		if old := rowOf(b.last, row.ID()); old != nil {
			step, _ = b.buildStep(b.last, old, exists)
			row = old
		} else {
			step = &Step{ID: row.ID(), Code: row.Str("code"), Name: row.Str("name"), Type: textStep{}, TypeName: "text",
				Next: existing(row.Ref("next_id"), exists), Skipped: true, Aliases: aliasesOf(definition, row.ID())}
		}
	}
	b.bot.Steps[step.ID] = step
	b.bot.InOrder = append(b.bot.InOrder, step)
	for i := range step.Answers {
		b.bot.answers[step.Answers[i].ID], b.bot.owners[step.Answers[i].ID] = &step.Answers[i], step
	}
	if step.Skipped {
		return // nothing good to keep
	}
	b.good.Tables["step"] = append(b.good.Tables["step"], row)
	b.keepOutside(from, row)
	for _, table := range from.StepTables() {
		rows := from.Of(table, step.ID)
		b.good.Tables[table] = append(b.good.Tables[table], rows...)
		for _, part := range rows {
			b.keepOutside(from, part)
		}
	}
}

// keepOutside keeps what a good row points to outside the bot as it was when the row was good.
func (b *builder) keepOutside(from Definition, kept Row) {
	for _, table := range outside {
		for _, row := range from.Tables[table] {
			if kept.pointsTo(row.ID()) && b.good.Row(table, row.ID()) == nil {
				b.good.Tables[table] = append(b.good.Tables[table], row)
			}
		}
	}
}

func (b *builder) buildStep(definition Definition, row Row, exists map[int64]bool) (*Step, []Problem) {
	found := &problems{step: row.ID()}
	step := &Step{
		ID: row.ID(), Code: row.Str("code"), Name: row.Str("name"), TypeName: row.Str("type"),
		Next: existing(row.Ref("next_id"), exists), Otherwise: existing(row.Ref("otherwise_id"), exists),
		Text:    richTexts(row.Texts("text")),
		Protect: row.Bool("protect"), Silent: row.Bool("silent"), LinkPreview: row.Bool("link_preview"),
	}
	b.checkTemplates("text", step.Text, found)
	step.Domain = b.buildDomain("domain", "res.partner", row.Str("domain"), found)
	step.Aliases = aliasesOf(definition, step.ID)
	b.checkAliases(step, found)
	step.Media = b.buildMedia(definition.Of("media", step.ID), found)
	for _, answer := range definition.Of("answer", step.ID) {
		built := Answer{ID: answer.ID(), Name: plainTexts(answer.Texts("name")), Next: existing(answer.Ref("next_id"), exists)}
		b.addNotification(&built, definition, answer, found)
		step.Answers = append(step.Answers, built)
	}
	b.buildButtons(step, definition.Of("button", step.ID), exists, found)
	if wanted := row.TypeWanted(); wanted != step.TypeName {
		found.absentType(definition, wanted)
	}
	make, known := stepTypes[step.TypeName]
	if step.TypeName == "" {
		found.fail("type", "no_type", nil, nil)
		return step, found.list
	}
	if !known {
		found.fail("type", "unknown_type", texts.Args{"value": step.TypeName}, nil)
		return step, found.list
	}
	step.Type = make(draft{builder: b, problems: found, step: step, row: row, definition: definition})
	if flow := row.Str("flow"); flow != "" && flow != "default" {
		found.fail("flow", "unknown_flow", texts.Args{"value": flow}, nil)
	}
	return step, found.list
}

func (b *builder) buildDomain(field, model, source string, found *problems) domain.Domain {
	if strings.TrimSpace(source) == "" {
		return domain.Domain{}
	}
	parsed, err := domain.Parse(source)
	if err != nil {
		found.fail(field, "bad_domain", nil, err)
		return domain.Domain{}
	}
	for _, path := range parsed.Fields() {
		if b.lacks(model, path) {
			found.fail(field, "unknown_field", texts.Args{"field": path, "model": model}, nil)
		}
	}
	return parsed
}

func (b *builder) lacks(model, path string) bool {
	if b.schema == nil {
		return false
	}
	has, known := b.schema.HasField(model, path)
	return known && !has
}

// checkTemplates reports placeholders that nobody can fill, once for all languages.
func (b *builder) checkTemplates(field string, templates map[string]richtext.Template, found *problems) {
	seen := map[string]bool{}
	for _, lang := range sortedKeys(templates) {
		for _, problem := range templates[lang].Problems() {
			if say := problem.String(); !seen[say] {
				seen[say] = true
				found.fail(field, "bad_placeholder", nil, problem)
			}
		}
		for _, placeholder := range templates[lang].Placeholders() {
			path, of := strings.CutPrefix(placeholder.Path, "partner.")
			if of && !seen[path] && b.lacks("res.partner", path) {
				seen[path] = true
				found.fail(field, "unknown_field", texts.Args{"field": path, "model": "res.partner"}, nil)
			}
		}
	}
}

func aliasesOf(definition Definition, step int64) []Alias {
	var aliases []Alias
	for _, row := range definition.Of("alias", step) {
		aliases = append(aliases, Alias{Code: row.Str("name"), Automatic: row.Bool("automatic"), Description: row.Texts("description")})
	}
	return aliases
}

var mediaKinds = []string{"image", "video", "audio", "voice", "document", "animation"}

func (b *builder) buildMedia(rows []Row, found *problems) []mediumTemplate {
	var media []mediumTemplate
	for _, row := range rows {
		medium := Medium{ID: row.ID(), Kind: row.Str("kind"), Filename: cmp.Or(row.Str("filename"), row.Str("name")), Checksum: row.Str("checksum")}
		if !slices.Contains(mediaKinds, medium.Kind) {
			found.fail("media_ids", "unknown_media_kind", texts.Args{"name": row.Str("name"), "value": medium.Kind}, nil)
			continue
		}
		if medium.Checksum == "" {
			found.fail("media_ids", "no_file", texts.Args{"name": row.Str("name")}, nil)
			continue
		}
		caption := plainTexts(row.Texts("caption"))
		b.checkTemplates("media_ids", caption, found)
		media = append(media, mediumTemplate{Medium: medium, caption: caption})
	}
	return media
}

// existing drops a reference to a step that is gone.
func existing(id int64, exists map[int64]bool) int64 {
	if exists[id] {
		return id
	}
	return 0
}

func rowOf(definition Definition, id int64) Row {
	for _, row := range definition.Tables["step"] {
		if row.ID() == id {
			return row
		}
	}
	return nil
}

func richTexts(byLang Texts) map[string]richtext.Template {
	return templates(byLang, richtext.Parse)
}

func plainTexts(byLang Texts) map[string]richtext.Template {
	return templates(byLang, richtext.ParsePlain)
}

func templates(byLang Texts, parse func(string) richtext.Template) map[string]richtext.Template {
	parsed := make(map[string]richtext.Template, len(byLang))
	for lang, text := range byLang {
		if text != "" {
			parsed[lang] = parse(text)
		}
	}
	return parsed
}

func sortedKeys[V any](of map[string]V) []string {
	keys := make([]string, 0, len(of))
	for key := range of {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
