package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// token is what the Bot API knows the bot by.
const token = "7000000001:BENCH-00000000000000000000000000000"

// addresses are what a bot needs to know.
type addresses struct{ api, redis, odoo string }

// contender is one of the bots that are compared.
type contender struct {
	name string
	// prepare builds or installs it in a folder of its own.
	prepare func(ctx context.Context, dir string) error
	// command starts it there, and env is what it is told.
	command func(dir string, at addresses) (command, env []string)
	odoo    bool // it needs one
}

func contenders() []contender {
	return []contender{
		{name: "krok", prepare: build("cmd/krok", "krok"), command: krokCommand, odoo: true},
		{name: "telego", prepare: build("cmd/bench/rivals/telego", "telego"), command: func(dir string, at addresses) ([]string, []string) {
			return []string{filepath.Join(dir, "telego")}, at.env()
		}},
		{name: "grammy", prepare: install("grammy"), command: nodeCommand},
		{name: "telegraf", prepare: install("telegraf"), command: nodeCommand},
	}
}

// choose gives the contenders of those names, all for no name.
func choose(names string) ([]contender, error) {
	all := contenders()
	if names == "" {
		return all, nil
	}
	var chosen []contender
	for name := range strings.SplitSeq(names, ",") {
		at := slices.IndexFunc(all, func(c contender) bool { return c.name == name })
		if at < 0 {
			return nil, fmt.Errorf("there is no contender %q", name)
		}
		chosen = append(chosen, all[at])
	}
	return chosen, nil
}

// env is how the rivals are told the addresses.
func (a addresses) env() []string {
	return []string{"BOT_TOKEN=" + token, "BOT_API=" + a.api, "BOT_REDIS=" + a.redis, "NODE_ENV=production"}
}

// krokCommand is krok as an owner with a Bot API server of their own runs it: nothing holds it back.
func krokCommand(dir string, at addresses) (command, env []string) {
	return []string{
			filepath.Join(dir, "krok"), "serve", "--odoo-url", at.odoo, "--odoo-db", "bench", "--odoo-login", "krok", "--odoo-protocol", "json2",
			"--telegram-api-url", at.api, "--telegram-per-second", "-1", "--telegram-chat-per-second", "-1",
		},
		[]string{"KROK_ODOO_KEY=" + odooKey, "KROK_REDIS_URL=" + at.redis}
}

func nodeCommand(dir string, at addresses) (command, env []string) {
	return []string{"node", filepath.Join(dir, "bot.mjs")}, at.env()
}

// build compiles a command of this module.
func build(path, name string) func(context.Context, string) error {
	return func(ctx context.Context, dir string) error {
		return run(ctx, "", "go", "build", "-o", filepath.Join(dir, name), "github.com/krokbot/krok/"+path)
	}
}

//go:embed rivals/*/bot.mjs rivals/*/package.json rivals/*/package-lock.json
var rivals embed.FS

// install puts a bot for Node with the very libraries that it was written for into a folder.
func install(name string) func(context.Context, string) error {
	return func(ctx context.Context, dir string) error {
		if _, err := exec.LookPath("npm"); err != nil {
			return errors.New("there is no npm: install Node 20 or newer (Debian: apt-get install nodejs npm), or leave it out with -contenders")
		}
		files, err := fs.Sub(rivals, "rivals/"+name)
		if err != nil {
			return err
		}
		if err := os.CopyFS(dir, files); err != nil {
			return err
		}
		return run(ctx, dir, "npm", "ci", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error")
	}
}

func run(ctx context.Context, dir, name string, args ...string) error {
	command := exec.CommandContext(ctx, name, args...)
	command.Dir = dir
	out, err := command.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}
