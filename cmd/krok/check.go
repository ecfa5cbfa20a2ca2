package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/script"
	"github.com/krokbot/krok/flow/texts"
)

// readScripts reads transcripts; all mistakes of a file are said at once.
func readScripts(files []string) ([]*script.Script, error) {
	var scripts []*script.Script
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fileError(file, err)
		}
		one, err := script.Parse(file, data)
		if err != nil {
			return nil, err
		}
		scripts = append(scripts, one)
	}
	return scripts, nil
}

// checkCommand tells every problem of every bot.
func (a *app) checkCommand() *cobra.Command {
	var code string
	asJSON := false
	command := a.command("check", func(cmd *cobra.Command, _ []string) error { return a.check(cmd, code, asJSON) })
	command.Flags().BoolVar(&asJSON, "json", false, a.say("cmd.flag_json", nil))
	return botFlag(a, command, &code)
}

// finding is a problem as a script reads it.
type finding struct {
	Bot    string `json:"bot"`
	Step   string `json:"step,omitempty"` // its code
	Field  string `json:"field,omitempty"`
	Level  string `json:"level"`
	What   string `json:"what"`
	Remedy string `json:"remedy"`
}

func (a *app) check(cmd *cobra.Command, code string, asJSON bool) error {
	db, err := a.database(cmd)
	if err != nil {
		return err
	}
	definitions := db.snapshot.Definitions
	if code != "" {
		one, err := db.one(code)
		if err != nil {
			return err
		}
		definitions = []flow.Definition{one}
	}
	found, errors := []finding{}, 0
	for _, definition := range definitions {
		for _, problem := range flow.Build(definition, flow.Definition{}, db.schema).Problems {
			found = append(found, a.finding(definition, problem))
			if problem.Level == flow.LevelError {
				errors++
			}
		}
	}
	if err := a.showFindings(found, len(definitions), asJSON); err != nil {
		return err
	}
	if errors > 0 {
		return errSaid
	}
	return nil
}

func (a *app) finding(definition flow.Definition, problem flow.Problem) finding {
	step := ""
	for _, row := range definition.Tables["step"] {
		if row.ID() == problem.Step {
			step = row.Str("code")
		}
	}
	return finding{Bot: definition.Bot().Str("code"), Step: step, Field: problem.Field, Level: string(problem.Level),
		What: problem.What(a.lang), Remedy: problem.Remedy(a.lang)}
}

func (a *app) showFindings(found []finding, bots int, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(a.Out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(found)
	}
	for _, one := range found {
		place := one.Bot
		for _, part := range []string{one.Step, one.Field} {
			if part != "" {
				place += " › " + part
			}
		}
		fmt.Fprintf(a.Out, "%s: %s\n  %s\n  %s\n", a.say("cmd.level_"+one.Level, nil), place, one.What, one.Remedy)
	}
	_, err := fmt.Fprintln(a.Out, a.say("cmd.check_sum", texts.Args{"n": len(found), "bots": bots}))
	return err
}
