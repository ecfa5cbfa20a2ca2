// Command krok connects an Odoo with Telegram: it lets an admin build bots in Odoo's forms and talks to their clients.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/krokbot/krok/flow/texts"
)

func main() {
	ctx := untilSignal(context.Background())
	os.Exit(run(ctx, streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, os.Environ(), os.Args[1:]))
}

// streams are where a command reads and writes.
type streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
}

// The exit codes of every command; one that a signal has ended has 128 and the signal's number (see interruption).
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
	if err == nil {
		return exitDone
	}
	for _, one := range apart(err) {
		if !errors.Is(one, errSaid) && (ctx.Err() == nil || !errors.Is(one, context.Canceled)) {
			fmt.Fprintln(io.Err, "krok: "+texts.Explain(app.lang, one))
		}
	}
	var ended interruption
	if errors.Is(err, context.Canceled) && errors.As(context.Cause(ctx), &ended) {
		fmt.Fprintln(io.Err, "krok: "+app.say("cmd.interrupted", nil))
		return ended.code()
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

// apart gives the errors that were joined, each for a line of its own. What an error for people has as its cause stays with it.
func apart(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, one := range joined.Unwrap() {
		all = append(all, apart(one)...)
	}
	return all
}
