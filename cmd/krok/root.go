package main

import (
	"log/slog"
	"strings"

	"github.com/spf13/cobra"

	"github.com/krokbot/krok/config"
	"github.com/krokbot/krok/flow/texts"
	"github.com/krokbot/krok/odoo/rpc"
)

// app is what all commands share: where they read and write, and in which language.
type app struct {
	streams
	environ []string
	lang    string // of the owner's terminal
	yes     bool   // every question is answered with yes
}

func newApp(io streams, environ []string) *app {
	return &app{streams: io, environ: environ, lang: language(environ)}
}

// language is that of the environment, as the shell finds it.
func language(environ []string) string {
	for _, name := range []string{"LC_ALL=", "LC_MESSAGES=", "LANG="} {
		for _, line := range environ {
			if value, ok := strings.CutPrefix(line, name); ok && value != "" {
				return texts.Pick(value)
			}
		}
	}
	return texts.Default
}

func (a *app) say(key string, args texts.Args) string { return texts.Get(a.lang, key, args) }

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use: "krok", Short: a.say("cmd.krok", nil), Long: a.say("cmd.krok_long", nil),
		SilenceUsage: true, SilenceErrors: true, Args: unknownCommand,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	config.AddFlags(root.PersistentFlags(), a.lang)
	root.PersistentFlags().BoolP("help", "h", false, a.say("cmd.flag_help", nil))
	completions(root)
	root.SetFlagErrorFunc(flagError)
	root.SetUsageFunc(a.usage)
	root.AddGroup(
		&cobra.Group{ID: "odoo", Title: a.say("cmd.group_odoo", nil)},
		&cobra.Group{ID: "run", Title: a.say("cmd.group_run", nil)},
		&cobra.Group{ID: "bot", Title: a.say("cmd.group_bot", nil)},
		&cobra.Group{ID: "more", Title: a.say("cmd.group_more", nil)},
		&cobra.Group{ID: "topics", Title: a.say("cmd.group_topics", nil)},
	)
	for group, commands := range map[string][]*cobra.Command{
		"odoo":   {a.installCommand(), a.uninstallCommand(), a.moduleCommand()},
		"run":    {a.serveCommand(), a.deadCommand()},
		"bot":    {a.chatCommand(), a.testCommand(), a.checkCommand(), a.exportCommand(), a.importCommand()},
		"more":   {a.versionCommand(), a.completionCommand()},
		"topics": {a.settingsTopic(), a.metricsTopic(), a.botFileTopic(), a.transcriptTopic()},
	} {
		for _, command := range commands {
			command.GroupID = group
			if command.HasSubCommands() {
				command.Args, command.RunE = unknownCommand, root.RunE
			}
			root.AddCommand(command)
		}
	}
	help := a.helpCommand()
	help.GroupID = "more"
	root.SetHelpCommand(help)
	return root
}

// command makes a subcommand whose words stand in the catalogue under its name.
func (a *app) command(use string, run func(cmd *cobra.Command, args []string) error) *cobra.Command {
	name, words, _ := strings.Cut(use, " ")
	command := &cobra.Command{
		Use: use, Short: a.say("cmd."+name, nil), Long: a.say("cmd."+name+"_long", nil), Args: exactly(use), RunE: run,
	}
	if words == "" {
		command.ValidArgsFunction = cobra.NoFileCompletions
	}
	return command
}

// exactly checks the number of arguments against the words of a usage line: "import FILE", "test FILE...", "serve".
func exactly(use string) cobra.PositionalArgs {
	words := strings.Fields(use)[1:]
	check := cobra.ExactArgs(len(words))
	if len(words) > 0 && strings.HasSuffix(words[len(words)-1], "...") {
		check = cobra.MinimumNArgs(len(words))
	}
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return misused{texts.NewError("cmd.arguments", texts.Args{"usage": "krok " + use}, err)}
		}
		return nil
	}
}

// settings reads the settings and turns the log on.
func (a *app) settings(cmd *cobra.Command) (config.Config, error) {
	settings, err := config.Load(cmd.Flags(), a.environ)
	if err != nil {
		return config.Config{}, err
	}
	slog.SetDefault(newLog(a.Err, settings.LogLevel))
	return settings, nil
}

// odoo connects to the Odoo of the settings.
func (a *app) odoo(cmd *cobra.Command) (*rpc.Client, error) {
	settings, err := a.settings(cmd)
	if err != nil {
		return nil, err
	}
	if err := settings.NeedOdoo(); err != nil {
		return nil, err
	}
	return rpc.Open(cmd.Context(), odooConfig(settings))
}

func odooConfig(settings config.Config) rpc.Config {
	return rpc.Config{
		URL: settings.OdooURL, DB: settings.OdooDB, Login: settings.OdooLogin, Key: settings.OdooKey,
		Protocol: rpc.Protocol(settings.OdooProtocol), Pace: settings.OdooPace,
	}
}
