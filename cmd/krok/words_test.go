package main

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/config"
	"github.com/krokbot/krok/odoo/rpc/rpctest"
)

// commands are all that `krok help` is to name, and topics what stands beside them.
var (
	commands = []string{"install", "uninstall", "module", "serve", "chat", "test", "check", "export", "import", "completion", "help", "version"}
	topics   = []string{"settings", "metrics", "bot-file", "transcript"}
)

func TestKrokWithoutWordsSaysWhatThereIs(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for lang, words := range map[string][]string{"C": {"Usage:", "Flags:", "Exit codes: 0"}, "uk_UA.UTF-8": {"Використання:", "Параметри:", "Коди виходу: 0"}} {
		got := runIn(t, folder, lang)
		require.Equal(t, exitDone, got.code)
		require.Empty(t, got.err)
		for _, word := range append(append(words, commands...), topics...) {
			require.Contains(t, got.out, word)
		}
		for _, flag := range config.Settings() {
			require.Contains(t, got.out, "--"+flag.Flag())
		}
		require.Equal(t, got, runIn(t, folder, lang, "help"))
		require.Equal(t, got, runIn(t, folder, lang, "--help"))
	}
}

func TestEveryCommandAndTopicIsExplainedInBothLanguages(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, topic := range append(append([]string{}, commands...), topics...) {
		english, ukrainian := runIn(t, folder, "C", "help", topic), runIn(t, folder, "uk_UA.UTF-8", "help", topic)
		require.Equal(t, []int{exitDone, exitDone}, []int{english.code, ukrainian.code})
		require.Empty(t, english.err+ukrainian.err)
		require.NotEqual(t, english.out, ukrainian.out)
		for _, foreign := range []string{"Usage", "Flags", "help for", "default ", "string  ", "Additional", "Available"} {
			require.NotContains(t, ukrainian.out, foreign, topic)
		}
	}
	require.Equal(t, runIn(t, folder, "C", "help", "serve"), runIn(t, folder, "C", "serve", "--help"))
	require.Equal(t, runIn(t, folder, "C", "help", "settings"), runIn(t, folder, "C", "settings"))
	settings := runIn(t, folder, "C", "help", "settings").out
	for _, setting := range config.Settings() {
		require.Contains(t, settings, setting.Env())
	}
	require.NotContains(t, settings, "`", "the marks for the flags' help do not show")
}

func TestWordsThatKrokDoesNotKnowAreRefusedWithThoseThatItDoes(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, c := range []struct {
		args   []string
		en, uk []string
	}{
		{[]string{"instal"}, []string{"no command “instal”", "install, "}, []string{"Команди «instal» немає", "install, "}},
		{[]string{"help", "instal"}, []string{"no help on “instal”", "bot-file", "install"}, []string{"довідки немає", "bot-file"}},
		{[]string{"--nosuch"}, []string{"`krok` has no flag --nosuch", "krok help settings"}, []string{"немає параметра --nosuch"}},
		{[]string{"install", "--nosuch"}, []string{"`krok install` has no flag --nosuch", "--rotate-key"}, []string{"немає параметра --nosuch", "--rotate-key"}},
		{[]string{"check", "-x"}, []string{"no flag -x", "--json"}, []string{"немає параметра -x", "--json"}},
		{[]string{"check", "--bot"}, []string{"--bot needs a value"}, []string{"Після --bot потрібне значення"}},
		{[]string{"check", "--json=perhaps"}, []string{"--json cannot be “perhaps”"}, []string{"--json не може мати значення «perhaps»"}},
		{[]string{"module", "--series", "x"}, []string{"--series cannot be “x”"}, []string{"--series не може мати значення «x»"}},
		{[]string{"module", "--series", "13"}, []string{"no module for Odoo 13", "14 to 19"}, []string{"Модуля для Odoo 13 немає", "від 14 до 19"}},
		{[]string{"import"}, []string{"krok import FILE"}, []string{"krok import FILE"}},
		{[]string{"import", "a", "b"}, []string{"krok import FILE"}, []string{"krok import FILE"}},
		{[]string{"test"}, []string{"krok test FILE..."}, []string{"krok test FILE..."}},
		{[]string{"serve", "shop"}, []string{"krok serve"}, []string{"krok serve"}},
		{[]string{"completion"}, []string{"krok completion SHELL"}, []string{"krok completion SHELL"}},
		{[]string{"completion", "tcsh"}, []string{"“tcsh”", "bash, zsh, fish"}, []string{"«tcsh»", "bash, zsh, fish"}},
	} {
		for lang, words := range map[string][]string{"C": c.en, "uk_UA.UTF-8": c.uk} {
			got := runIn(t, folder, lang, c.args...)
			require.Equal(t, exitMisused, got.code, "%v: %s", c.args, got.err)
			requireOneLine(t, got, lang, words)
		}
	}
	require.Empty(t, namesIn(t, folder))
}

func TestShellsCanCompleteTheWordsOfKrok(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		got := runIn(t, folder, "C", "completion", shell)
		require.Equal(t, exitDone, got.code, got.err)
		require.Contains(t, got.out, "__complete")
		if shell == "bash" {
			check := exec.CommandContext(t.Context(), "bash", "-n")
			check.Stdin = strings.NewReader(got.out)
			said, err := check.CombinedOutput()
			require.NoError(t, err, string(said))
		}
	}
	for offered, args := range map[string][]string{
		"uninstall":  {""},
		"transcript": {"help", ""},
		"json2":      {"check", "--odoo-protocol", ""},
		"--bot":      {"chat", "--b"},
		"zsh":        {"completion", ""},
	} {
		require.Contains(t, runIn(t, folder, "C", append([]string{"__complete"}, args...)...).out, offered)
	}
}

func TestVersionIsOneLineForScripts(t *testing.T) {
	t.Parallel()
	got := runIn(t, t.TempDir(), "C", "version")
	require.Equal(t, exitDone, got.code)
	require.Regexp(t, `^krok \d+\.\d+\.\d+.* \(go\S+, \S+/\S+\)\n$`, got.out)
}

func TestAFailedCheckForAScriptPrintsNoJSON(t *testing.T) {
	t.Parallel()
	got := runIn(t, t.TempDir(), "C", append([]string{"check", "--json"}, settingsOf(rpctest.New(t))...)...)
	require.Equal(t, exitFailed, got.code)
	require.False(t, json.Valid([]byte(got.out)), "a script must not take nothing for no problems")
}
