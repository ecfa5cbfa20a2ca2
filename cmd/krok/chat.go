package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/krokbot/krok/connector/terminal"
	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/script"
	"github.com/krokbot/krok/flow/texts"
	"github.com/krokbot/krok/odoo/records"
)

// chatCommand is a chat with a bot in the terminal: the same engine, without Telegram.
func (a *app) chatCommand() *cobra.Command {
	var code string
	keep := false
	command := a.command("chat", func(cmd *cobra.Command, _ []string) error { return a.chat(cmd, code, keep) })
	command.Flags().BoolVar(&keep, "write", false, a.say("cmd.flag_write", nil))
	return botFlag(a, command, &code)
}

func (a *app) chat(cmd *cobra.Command, code string, keep bool) error {
	db, err := a.database(cmd)
	if err != nil {
		return err
	}
	live, err := db.follow(code)
	if err != nil {
		return err
	}
	contact := records.NewTestContact(db.records, db.client)
	who := flow.Person{ID: flow.UserID(contact.Chat()), FirstName: a.say("cmd.chat_name", nil), Lang: a.lang}
	conversation := &script.Conversation{Bot: func() *flow.Bot { return live.now(cmd.Context()) }, Odoo: contact, Files: script.MadeUp{},
		Chat: contact.Chat(), Who: who}
	in := a.In
	if !isTerminal(a.In) || !isTerminal(a.Out) {
		in = newUntilDone(cmd.Context(), a.In)
	}
	err = terminal.Chat{Bot: conversation, Who: who, Name: live.bot.Name, Lang: a.lang, In: in, Out: a.Out}.Run(cmd.Context())
	return errors.Join(cmp.Or(err, context.Cause(cmd.Context())), drop(cmd.Context(), contact, keep))
}

// testCommand plays transcripts against a bot.
func (a *app) testCommand() *cobra.Command {
	var code string
	keep := false
	command := a.command("test FILE...", func(cmd *cobra.Command, files []string) error { return a.test(cmd, files, code, keep) })
	command.Flags().BoolVar(&keep, "write", false, a.say("cmd.flag_write", nil))
	return botFlag(a, command, &code)
}

func (a *app) test(cmd *cobra.Command, files []string, code string, keep bool) error {
	scripts, err := readScripts(files)
	if err != nil {
		return err
	}
	db, err := a.database(cmd)
	if err != nil {
		return err
	}
	bot, err := db.build(code)
	if err != nil {
		return err
	}
	differ := 0
	for _, one := range scripts {
		report, err := play(cmd, one, db, bot, keep)
		if err != nil {
			return err
		}
		if report.OK() {
			fmt.Fprintln(a.Out, "ok    "+one.Name)
			continue
		}
		differ++
		fmt.Fprintln(a.Out, "FAIL  "+one.Name)
		fmt.Fprint(a.Out, report.Diff(a.lang))
	}
	fmt.Fprintln(a.Out, a.say("cmd.test_sum", texts.Args{"n": len(scripts), "failed": differ}))
	if differ > 0 {
		return errSaid
	}
	return nil
}

// play plays one transcript with a contact of its own.
func play(cmd *cobra.Command, one *script.Script, db *database, bot *flow.Bot, keep bool) (*script.Report, error) {
	contact := records.NewTestContact(db.records, db.client)
	report, err := script.Play(cmd.Context(), one, script.World{Bot: bot, Odoo: contact, Chat: contact.Chat()})
	return report, errors.Join(cmp.Or(err, context.Cause(cmd.Context())), drop(cmd.Context(), contact, keep))
}
