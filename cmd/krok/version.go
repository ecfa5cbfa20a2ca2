package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/krokbot/krok/odoo/module"
)

// versionCommand tells which krok this is.
func (a *app) versionCommand() *cobra.Command {
	return a.command("version", func(*cobra.Command, []string) error {
		revision := ""
		if info, ok := debug.ReadBuildInfo(); ok {
			for _, setting := range info.Settings {
				if setting.Key == "vcs.revision" {
					revision = " " + setting.Value[:min(len(setting.Value), 12)]
				}
			}
		}
		_, err := fmt.Fprintf(a.Out, "krok %s%s (%s, %s/%s)\n", module.Version, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)
		return err
	})
}
