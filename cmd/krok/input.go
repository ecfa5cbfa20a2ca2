package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/krokbot/krok/flow/texts"
)

// agree asks whether to go on. Without a person at the terminal only --yes will do.
func (a *app) agree(ctx context.Context) error {
	if a.yes {
		return nil
	}
	if !isTerminal(a.In) {
		return texts.NewError("install.need_yes", nil, nil)
	}
	io.WriteString(a.Out, a.say("install.ask", nil)) //nolint:errcheck // the answer is what counts
	answer, _ := bufio.NewReader(newUntilDone(ctx, a.In)).ReadString('\n')
	if ctx.Err() != nil {
		io.WriteString(a.Out, "\n") //nolint:errcheck // for the eye only
		return context.Cause(ctx)
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes", "т", "так":
		return nil
	}
	io.WriteString(a.Out, a.say("install.refused", nil)+"\n") //nolint:errcheck // the exit code says it too
	return errSaid
}

// isTerminal tells whether a person sits at a stream.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// untilDone reads until ctx ends: a read of a pipe or a terminal hears of nothing else.
type untilDone struct {
	done  <-chan struct{}
	cause func() error
	read  chan piece
	rest  []byte
}

type piece struct {
	data []byte
	err  error
}

func newUntilDone(ctx context.Context, from io.Reader) *untilDone {
	u := &untilDone{done: ctx.Done(), cause: func() error { return context.Cause(ctx) }, read: make(chan piece)}
	go func() { // ends with the input, or with the process
		for {
			data := make([]byte, 4096)
			n, err := from.Read(data)
			select {
			case u.read <- piece{data[:n], err}:
			case <-u.done:
				return
			}
			if err != nil {
				close(u.read)
				return
			}
		}
	}()
	return u
}

func (u *untilDone) Read(into []byte) (int, error) {
	if len(u.rest) == 0 {
		select {
		case <-u.done:
			return 0, u.cause()
		case next, ok := <-u.read:
			if !ok {
				return 0, io.EOF
			}
			if u.rest = next.data; len(u.rest) == 0 {
				return 0, next.err
			}
		}
	}
	n := copy(into, u.rest)
	u.rest = u.rest[n:]
	return n, nil
}
