package catalog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/botfile"
	"github.com/krokbot/krok/flow/texts"
	"github.com/krokbot/krok/odoo"
	"github.com/krokbot/krok/odoo/rpc"
)

// Summary tells what an import did.
type Summary struct {
	Bot     string // its code
	Changed bool   // false: Odoo had the very same bot, and nothing was written
	Created bool   // the bot was not there before
	Steps   int    // in the bot now
	// Missing are languages of the file that are not active in Odoo: their texts stayed out.
	Missing []string
	// Absent is what the file names and this Odoo does not have: it was left out.
	Absent []Absent
}

// In says it to people, in a language.
func (s Summary) In(lang string) string {
	key := "catalog.imported"
	switch {
	case !s.Changed:
		key = "catalog.unchanged"
	case s.Created:
		key = "catalog.created"
	}
	said := texts.Get(lang, key, texts.Args{"bot": s.Bot, "n": s.Steps})
	if len(s.Missing) > 0 {
		said += " " + texts.Get(lang, "catalog.missing_languages", texts.Args{"languages": strings.Join(s.Missing, ", ")})
	}
	for _, absent := range s.Absent {
		said += " " + absent.In(lang)
	}
	return said
}

// Import brings a bot into Odoo: creates it, or makes the bot with its code the same as the file, steps that the file does not have
// removed. What a file cannot hold (token, company, whether the bot is active) stays as it is. A second import writes nothing. Notifications are
// found by their codes, whichever bot uses them; those that the file does not have stay, for other bots.
//
// Tags that Odoo does not have are made first. Then each stage is one write in one transaction of Odoo: contents, relations
// and buttons, then each further language. An import that was cut short is finished by the next one. The client's user has to be a Chatbot
// Administrator.
func Import(ctx context.Context, client *rpc.Client, procedures *odoo.Procedures, bot botfile.Bot) (Summary, error) {
	bot = bot.Normal()
	im := importer{client: client, procedures: procedures, bot: bot, code: bot.Definition.Bot().Str("code"), tags: map[string]names{}}
	if err := im.read(ctx); err != nil {
		return Summary{}, err
	}
	summary := Summary{Bot: im.code, Created: im.have.Bot().ID() == 0, Steps: len(bot.Definition.Tables["step"]), Missing: im.missing(), Absent: im.absent}
	if im.done() {
		return summary, nil
	}
	summary.Changed = true
	if err := im.allTags(ctx); err != nil {
		return Summary{}, fmt.Errorf("importing the bot %q, making tags: %w", im.code, err)
	}
	stages := []stage{{name: "contents", lang: im.base}, {name: "relations", lang: im.base, relations: true}}
	for _, lang := range im.languages {
		if lang != im.base {
			stages = append(stages, stage{name: "texts", lang: lang, texts: true})
		}
	}
	for _, stage := range stages {
		if err := im.run(ctx, stage); err != nil {
			return Summary{}, fmt.Errorf("importing the bot %q, %s in %s: %w", im.code, stage.name, stage.lang, err)
		}
	}
	if !im.done() {
		return Summary{}, texts.NewError("catalog.import_incomplete", texts.Args{"bot": im.code},
			errors.New(botfile.Diff(im.have, im.want, texts.Default)))
	}
	return summary, nil
}

type importer struct {
	client     *rpc.Client
	procedures *odoo.Procedures
	code       string
	bot        botfile.Bot // normal
	languages  []string
	base       string // the language whose texts are written first: others fall back to it
	known      known
	want, have flow.Definition  // want has its texts in all languages of the database, and only what that has
	tags       map[string]names // that Odoo has, by table
	absent     []Absent
	ids        map[string]map[int64]int64 // of Odoo's own records, in Odoo, by table and by the ids of the file
}

// stage is one write: the contents of all rows, or their relations and the buttons, or the texts in a further language.
type stage struct {
	name, lang       string
	relations, texts bool
}

// read looks how the bot is in Odoo now.
func (im *importer) read(ctx context.Context) error {
	snapshot, err := read(ctx, im.procedures, im.bot.Definition)
	if err != nil {
		return err
	}
	im.languages = snapshot.Languages
	im.base = snapshot.Languages[0]
	if slices.Contains(snapshot.Languages, "en_US") {
		im.base = "en_US"
	}
	im.known = snapshot.known
	fitted := im.known.fit(botfile.Spread(im.bot.Definition, snapshot.Languages))
	im.want, im.ids, im.absent = fitted.Definition, fitted.ids, fitted.absent
	for table, model := range tagModels {
		if im.tags[table] == nil && len(im.want.Tables[table]) > 0 {
			if im.tags[table], err = readTags(ctx, im.client, table, snapshot.Languages); err != nil {
				return fmt.Errorf("reading the tags of %s: %w", model, err)
			}
		}
	}
	im.callTags()
	im.have, err = snapshot.Bot(im.code)
	if err != nil {
		im.have = flow.Definition{}
	}
	im.have = withShared(im.have, im.known.shared, im.want)
	return nil
}

// callTags calls the tags of the file as Odoo does.
func (im *importer) callTags() {
	for table := range tagModels {
		im.want, im.ids[table] = withTags(im.want, table, im.tags[table])
	}
}

// allTags makes the tags that Odoo does not have.
func (im *importer) allTags(ctx context.Context) error {
	if err := im.makeTags(ctx); err != nil {
		return err
	}
	if err := im.makeLeadTags(ctx); err != nil {
		return err
	}
	im.callTags()
	return nil
}

func (im *importer) done() bool {
	return botfile.Diff(im.known.outdated(im.have), im.want, texts.Default) == ""
}

// missing lists the languages of the file that the database does not have.
func (im *importer) missing() []string {
	var missing []string
	for _, table := range botfile.Tables() {
		for _, row := range im.bot.Definition.Tables[table.Name] {
			for _, field := range table.Fields {
				byLang, _ := row[field.Name].(flow.Texts)
				for lang := range byLang {
					if !slices.Contains(im.languages, lang) && !slices.Contains(missing, lang) {
						missing = append(missing, lang)
					}
				}
			}
		}
	}
	slices.Sort(missing)
	return missing
}

// run carries out a stage, where there is something to write: first of notifications, since the bot leads to them.
func (im *importer) run(ctx context.Context, stage stage) error {
	p := im.planner(stage)
	written := false
	write := func(model string, id int64, values map[string]any) error {
		if len(values) == 0 {
			return nil
		}
		written = true
		if id != 0 {
			return im.client.Write(ctx, model, []int64{id}, values, rpc.Lang(stage.lang))
		}
		_, err := im.client.Create(ctx, model, values, rpc.Lang(stage.lang))
		return err
	}
	for _, one := range p.notifications() {
		if err := write("x_krok_notification", one.have.ID(), p.notification(one)); err != nil {
			return err
		}
	}
	if err := write("x_krok_bot", im.have.Bot().ID(), p.whole()); err != nil {
		return err
	}
	events, gone := p.events()
	for _, one := range events {
		if err := write("x_krok_watch", one.have.ID(), p.event(one)); err != nil {
			return err
		}
	}
	if len(gone) > 0 {
		written = true
		if err := im.client.Unlink(ctx, "x_krok_watch", gone); err != nil {
			return err
		}
	}
	if !written {
		return nil
	}
	return im.read(ctx)
}
