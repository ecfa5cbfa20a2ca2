package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/krokbot/krok/flow/texts"
)

// helpCommand is `krok help`, in the owner's language and with an exit code for a word that it does not know.
func (a *app) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "help [TOPIC]", Short: a.say("cmd.help", nil), Long: a.say("cmd.help_long", nil), Args: cobra.ArbitraryArgs,
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return topicsOf(cmd.Root(), args), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			topic, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return misused{texts.NewError("cmd.unknown_topic", texts.Args{
					"word": strings.Join(args, " "), "topics": strings.Join(topicsOf(cmd.Root(), nil), ", "),
				}, err)}
			}
			return topic.Help()
		},
	}
}

// topicsOf are the words that may stand behind `krok help`.
func topicsOf(root *cobra.Command, args []string) []string {
	var names []string
	if len(args) > 0 {
		return names
	}
	for _, command := range root.Commands() {
		if command.IsAvailableCommand() || command.IsAdditionalHelpTopicCommand() {
			names = append(names, command.Name())
		}
	}
	return names
}

// unknownCommand refuses a first word that is none of krok's commands.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, command := range cmd.Commands() {
		if command.IsAvailableCommand() {
			names = append(names, command.Name())
		}
	}
	return misused{texts.NewError("cmd.unknown_command", texts.Args{"word": args[0], "commands": strings.Join(names, ", ")}, nil)}
}

// flagError gives words to what pflag says of a flag.
func flagError(cmd *cobra.Command, err error) error {
	args := texts.Args{"command": cmd.CommandPath(), "flags": strings.Join(ownFlags(cmd), ", ")}
	var unknown *pflag.NotExistError
	var empty *pflag.ValueRequiredError
	var bad *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		args["flag"] = dashed(unknown.GetSpecifiedName())
		return misused{texts.NewError("cmd.unknown_flag", args, err)}
	case errors.As(err, &empty):
		args["flag"] = dashed(empty.GetSpecifiedName())
		return misused{texts.NewError("cmd.flag_needs_value", args, err)}
	case errors.As(err, &bad):
		args["flag"], args["value"] = dashed(bad.GetFlag().Name), bad.GetValue()
		return misused{texts.NewError("cmd.bad_flag_value", args, err)}
	}
	return misused{err}
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// ownFlags are those of a command that are not settings.
func ownFlags(cmd *cobra.Command) []string {
	var names []string
	cmd.LocalNonPersistentFlags().VisitAll(func(flag *pflag.Flag) { names = append(names, dashed(flag.Name)) })
	return append(names, "--help", "--config")
}

// usage prints what can be typed, in the owner's language.
func (a *app) usage(cmd *cobra.Command) error {
	page := &strings.Builder{}
	fmt.Fprintf(page, "%s:\n  %s\n", a.say("cmd.usage", nil), a.usageLine(cmd))
	groups := cmd.Groups()
	if len(groups) == 0 && cmd.HasSubCommands() {
		groups = []*cobra.Group{{Title: a.say("cmd.group_below", nil)}}
	}
	for _, group := range groups {
		page.WriteString("\n" + group.Title + "\n")
		for _, command := range cmd.Commands() {
			if command.GroupID == group.ID {
				fmt.Fprintf(page, "  %-12s %s\n", command.Name(), command.Short)
			}
		}
	}
	own, settings := pflag.NewFlagSet("", pflag.ContinueOnError), pflag.NewFlagSet("", pflag.ContinueOnError)
	own.AddFlagSet(cmd.LocalNonPersistentFlags())
	cmd.Root().PersistentFlags().VisitAll(func(flag *pflag.Flag) {
		if flag.Name == "help" {
			own.AddFlag(flag)
			return
		}
		settings.AddFlag(flag)
	})
	a.flags(page, "cmd.flags", own)
	a.flags(page, "cmd.setting_flags", settings)
	_, err := io.WriteString(cmd.OutOrStdout(), page.String())
	return err
}

func (a *app) usageLine(cmd *cobra.Command) string {
	if cmd.HasSubCommands() {
		return cmd.CommandPath() + " " + a.say("cmd.usage_root", nil)
	}
	_, words, _ := strings.Cut(cmd.Use, " ")
	return strings.TrimSpace(cmd.CommandPath() + " " + a.say("cmd.usage_flags", nil) + " " + words)
}

// flags lists flags, each with the word for its value and what it is without one.
func (a *app) flags(page *strings.Builder, title string, flags *pflag.FlagSet) {
	var names, usages []string
	widest := 0
	flags.VisitAll(func(flag *pflag.Flag) {
		value, usage := pflag.UnquoteUsage(flag)
		name := "    " + dashed(flag.Name)
		if flag.Shorthand != "" {
			name = "-" + flag.Shorthand + ", " + dashed(flag.Name)
		}
		if value != "" {
			name += " " + value
		}
		if flag.DefValue != "" && flag.DefValue != "false" && flag.DefValue != "0" {
			usage += " (" + a.say("cmd.default", texts.Args{"value": flag.DefValue}) + ")"
		}
		names, usages = append(names, name), append(usages, usage)
		widest = max(widest, len([]rune(name)))
	})
	fmt.Fprintf(page, "\n%s:\n", a.say(title, nil))
	for i, name := range names {
		fmt.Fprintf(page, "  %s%s   %s\n", name, strings.Repeat(" ", widest-len([]rune(name))), usages[i])
	}
}
