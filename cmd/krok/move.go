package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/krokbot/krok/flow/botfile"
	"github.com/krokbot/krok/odoo/catalog"
)

// exportCommand writes a bot as one file.
func (a *app) exportCommand() *cobra.Command {
	var code, output string
	command := a.command("export", func(cmd *cobra.Command, _ []string) error {
		db, err := a.database(cmd)
		if err != nil {
			return err
		}
		definition, err := db.one(code)
		if err != nil {
			return err
		}
		bot, err := catalog.Export(cmd.Context(), db.procedures, definition.Bot().Str("code"))
		if err != nil {
			return err
		}
		var file bytes.Buffer // written whole or not at all
		if err := botfile.Write(&file, bot); err != nil {
			return err
		}
		if output == "" || output == "-" {
			_, err = file.WriteTo(a.Out)
			return err
		}
		return writeFile(output, file.Bytes())
	})
	command.Flags().StringVarP(&output, "output", "o", "", a.say("cmd.flag_output", nil))
	return botFlag(a, command, &code)
}

// importCommand makes a bot in Odoo the same as a file, after it has shown what would change.
func (a *app) importCommand() *cobra.Command {
	command := a.command("import FILE", func(cmd *cobra.Command, args []string) error { return a.importFile(cmd, args[0]) })
	command.Flags().BoolVarP(&a.yes, "yes", "y", false, a.say("cmd.flag_yes", nil))
	return command
}

func (a *app) importFile(cmd *cobra.Command, path string) error {
	bot, err := botfile.Open(os.DirFS(filepath.Dir(path)), filepath.Base(path))
	if err != nil {
		return fileError(path, err)
	}
	db, err := a.database(cmd)
	if err != nil {
		return err
	}
	changes, err := catalog.Changes(cmd.Context(), db.procedures, bot, a.lang)
	if err != nil {
		return err
	}
	if changes == "" {
		fmt.Fprintln(a.Out, a.say("cmd.import_nothing", nil))
		return nil
	}
	fmt.Fprintln(a.Out, changes)
	if err := a.agree(cmd.Context()); err != nil {
		return err
	}
	summary, err := catalog.Import(cmd.Context(), db.client, db.procedures, bot)
	if err != nil {
		return err
	}
	fmt.Fprintln(a.Out, summary.In(a.lang))
	return nil
}
