package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// interruption is why a command was ended from outside. To all who ask it is context.Canceled.
type interruption struct{ signal os.Signal }

func (i interruption) Error() string { return "ended by the signal " + i.signal.String() }
func (interruption) Unwrap() error   { return context.Canceled }

// code is the exit code by which shells know a command that a signal has ended: 130 for Ctrl-C, 143 for SIGTERM.
func (i interruption) code() int {
	number, ok := i.signal.(syscall.Signal)
	if !ok {
		return exitFailed
	}
	return 128 + int(number)
}

// untilSignal gives a context that ends with the first Ctrl-C, SIGTERM or closing of the terminal. A second one ends the process at once:
// nothing is lost by it, and nobody has to wait for an Odoo that does not answer.
func untilSignal(ctx context.Context) context.Context {
	ctx, end := context.WithCancelCause(ctx)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // as under nohup
		signal.Notify(signals, syscall.SIGHUP)
	}
	go func() {
		end(interruption{<-signals})
		os.Exit(interruption{<-signals}.code())
	}()
	return ctx
}

// tidying is how long a command that was interrupted may take to put its things in order.
const tidying = 10 * time.Second

// afterwards is for what has to be done also when the command was interrupted.
func afterwards(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), tidying)
}
