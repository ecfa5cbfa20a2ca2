// Command krok connects an Odoo with Telegram: it lets an admin build bots in Odoo's forms and talks to their clients.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/krokbot/krok/flow/texts"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, os.Environ(), os.Args[1:])
	stop()
	os.Exit(code)
}

// streams are where a command reads and writes.
type streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
}

// The exit codes of every command.
const (
	exitDone    = 0 // it did what was asked
	exitFailed  = 1 // it could not, or what it looked at has a fault
	exitMisused = 2 // its words were off
)

// run carries out one command line and says in the owner's language what went wrong.
func run(ctx context.Context, io streams, environ, args []string) int {
	app := newApp(io, environ)
	root := app.root()
	root.SetArgs(args)
	root.SetIn(io.In)
	root.SetOut(io.Out)
	root.SetErr(io.Err)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errSaid):
		return exitFailed
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		fmt.Fprintln(io.Err, app.say("cmd.interrupted", nil))
		return exitFailed
	}
	for _, line := range explain(app.lang, err) {
		fmt.Fprintln(io.Err, "krok: "+line)
	}
	var misuse misused
	if errors.As(err, &misuse) {
		return exitMisused
	}
	return exitFailed
}

// errSaid ends a command whose output has already said what is wrong.
var errSaid = errors.New("already said")

// misused is an error of the command line itself.
type misused struct{ error }

func (m misused) Unwrap() error { return m.error }

// explain gives a line for every error that was joined, in the owner's language.
func explain(lang string, err error) []string {
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		var lines []string
		for _, one := range joined.Unwrap() {
			lines = append(lines, explain(lang, one)...)
		}
		return lines
	}
	return []string{texts.Explain(lang, err)}
}
