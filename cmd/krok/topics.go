package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/krokbot/krok/cmd/service"
	"github.com/krokbot/krok/config"
	"github.com/krokbot/krok/flow/botfile"
	"github.com/krokbot/krok/flow/script"
	"github.com/krokbot/krok/flow/texts"
)

// settingsTopic is `krok help settings`.
func (a *app) settingsTopic() *cobra.Command {
	var page strings.Builder
	page.WriteString(a.say("cmd.settings_long", nil) + "\n\n")
	for _, setting := range config.Settings() {
		fmt.Fprintf(&page, "  %-24s --%-24s %-29s %s\n", setting.Name, setting.Flag(), setting.Env(), unquoted(a.say("config."+setting.Name, nil)))
	}
	fmt.Fprintf(&page, "  %-24s   %-24s %-29s %s\n", "tokens", "", "KROK_TOKEN_<BOT CODE>", a.say("cmd.tokens", nil))
	return &cobra.Command{Use: "settings", Short: a.say("cmd.settings", nil), Long: page.String()}
}

// botFileTopic is `krok help bot-file`.
func (a *app) botFileTopic() *cobra.Command {
	return &cobra.Command{Use: "bot-file", Short: a.say("cmd.bot-file", nil), Long: botfile.Help(a.lang)}
}

// transcriptTopic is `krok help transcript`.
func (a *app) transcriptTopic() *cobra.Command {
	return &cobra.Command{Use: "transcript", Short: a.say("cmd.transcript", nil), Long: script.Help(a.lang)}
}

// metricsTopic is `krok help metrics`.
func (a *app) metricsTopic() *cobra.Command {
	var page strings.Builder
	page.WriteString(a.say("service.metrics_help", nil) + "\n\n")
	for _, metric := range service.AllMetrics() {
		about := metric.Kind
		if len(metric.Labels) > 0 {
			about += ", " + a.say("service.metrics_labels", texts.Args{"labels": strings.Join(metric.Labels, ", ")})
		}
		fmt.Fprintf(&page, "  %s (%s)\n      %s\n", metric.Name, about, metric.Help(a.lang))
	}
	return &cobra.Command{Use: "metrics", Short: a.say("cmd.metrics", nil), Long: page.String()}
}

// unquoted takes the marks off that tell which word of a flag's help is its value's name.
func unquoted(text string) string { return strings.ReplaceAll(text, "`", "") }
