package main

import (
	"github.com/spf13/cobra"

	"github.com/krokbot/krok/flow/texts"
)

// completionCommand writes the script by which a shell completes krok's words.
func (a *app) completionCommand() *cobra.Command {
	shells := map[string]func(root *cobra.Command) error{
		"bash":       func(root *cobra.Command) error { return root.GenBashCompletionV2(a.Out, true) },
		"zsh":        func(root *cobra.Command) error { return root.GenZshCompletion(a.Out) },
		"fish":       func(root *cobra.Command) error { return root.GenFishCompletion(a.Out, true) },
		"powershell": func(root *cobra.Command) error { return root.GenPowerShellCompletionWithDesc(a.Out) },
	}
	command := a.command("completion SHELL", func(cmd *cobra.Command, args []string) error {
		write, ok := shells[args[0]]
		if !ok {
			return misused{texts.NewError("cmd.unknown_shell", texts.Args{"word": args[0]}, nil)}
		}
		return write(cmd.Root())
	})
	command.ValidArgs = []string{"bash", "zsh", "fish", "powershell"}
	return command
}

// completions are the words that a shell may offer behind a flag with few values.
func completions(root *cobra.Command) {
	for flag, values := range map[string][]string{
		"odoo-protocol": {"auto", "json2", "jsonrpc", "xmlrpc"},
		"log-level":     {"debug", "info", "warn", "error"},
	} {
		if err := root.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)); err != nil {
			panic(err) // config.AddFlags has made these flags
		}
	}
}
