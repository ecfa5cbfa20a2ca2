package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
	"github.com/krokbot/krok/odoo"
	"github.com/krokbot/krok/odoo/catalog"
	"github.com/krokbot/krok/odoo/records"
	"github.com/krokbot/krok/odoo/rpc"
)

// database is what the commands that look at bots have of Odoo.
type database struct {
	lang       string // of the owner
	client     *rpc.Client
	procedures *odoo.Procedures
	records    *records.Records
	schema     *catalog.Schema
	snapshot   catalog.Snapshot
}

// database connects and reads all definitions.
func (a *app) database(cmd *cobra.Command) (*database, error) {
	client, err := a.odoo(cmd)
	if err != nil {
		return nil, err
	}
	procedures := odoo.NewProcedures(client)
	db := &database{lang: a.lang, client: client, procedures: procedures, records: records.New(procedures), schema: catalog.NewSchema(client)}
	db.snapshot, err = catalog.Read(cmd.Context(), procedures)
	return db, err
}

// one finds the definition to work with: that of the code, or the only one where no code is given.
func (d *database) one(code string) (flow.Definition, error) {
	if code != "" {
		return d.snapshot.Bot(code)
	}
	if len(d.snapshot.Definitions) == 1 {
		return d.snapshot.Definitions[0], nil
	}
	var codes []string
	for _, definition := range d.snapshot.Definitions {
		codes = append(codes, definition.Bot().Str("code"))
	}
	if len(codes) == 0 {
		return flow.Definition{}, texts.NewError("cmd.no_bot", nil, nil)
	}
	return flow.Definition{}, texts.NewError("cmd.which_bot", texts.Args{"codes": strings.Join(codes, ", ")}, nil)
}

// build makes a bot to talk to; a definition that cannot serve is an error that says why.
func (d *database) build(code string) (*flow.Bot, error) {
	live, err := d.follow(code)
	if err != nil {
		return nil, err
	}
	return live.bot, nil
}

// follow makes a bot that follows its definition in Odoo.
func (d *database) follow(code string) (*liveBot, error) {
	definition, err := d.one(code)
	if err != nil {
		return nil, err
	}
	built := flow.Build(definition, flow.Definition{}, d.schema)
	if built.Bot == nil {
		return nil, texts.NewError("cmd.cannot_serve", texts.Args{"bot": definition.Bot().Str("code"), "cause": built.Problems[len(built.Problems)-1].What(d.lang)}, nil)
	}
	return &liveBot{database: d, bot: built.Bot, good: built.Good, version: d.snapshot.Version}, nil
}

// liveBot is a bot whose edits in Odoo go live before its next answer. A mistake freezes the step that it stands in, as in serve.
type liveBot struct {
	*database
	bot     *flow.Bot
	good    flow.Definition
	version string
}

// now is the bot as it is in Odoo now; where Odoo does not answer, as it last was.
func (l *liveBot) now(ctx context.Context) *flow.Bot {
	version, err := catalog.Version(ctx, l.procedures)
	if err != nil || version == l.version {
		return l.bot
	}
	snapshot, err := catalog.Read(ctx, l.procedures)
	if err != nil {
		return l.bot
	}
	if definition, err := snapshot.Bot(l.bot.Code); err == nil {
		built := flow.Build(definition, l.good, l.schema)
		l.bot, l.good, l.version = built.Bot, built.Good, snapshot.Version
	}
	return l.bot
}

// drop removes a test contact also when the command was interrupted.
func drop(ctx context.Context, contact *records.TestContact, keep bool) error {
	if keep {
		return nil
	}
	ctx, stop := afterwards(ctx)
	defer stop()
	if err := contact.Drop(ctx); err != nil {
		return texts.NewError("cmd.contact_stays", texts.Args{"chat": contact.Chat()}, err)
	}
	return nil
}

func botFlag(a *app, command *cobra.Command, code *string) *cobra.Command {
	command.Flags().StringVar(code, "bot", "", a.say("cmd.flag_bot", nil))
	return command
}
