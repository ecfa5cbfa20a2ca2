// Package terminal is a chat with a bot in a terminal: buttons by arrow keys or number, formatting shown, pictures as links. Where
// input is no terminal it reads a line a message and prints a transcript.
package terminal

import (
	"context"
	"errors"
	"io"
	"os"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/term"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/script"
)

// Bot answers events: a script.Conversation. An error is what made it say that something went wrong; the messages count
// nevertheless.
type Bot interface {
	Deliver(ctx context.Context, event flow.Event) ([]flow.Outgoing, error)
}

// Patient is a Bot that may have to wait for Odoo and then goes on by itself.
type Patient interface {
	Waits() bool
	Retry(ctx context.Context) ([]flow.Outgoing, error)
}

// Chat is a chat in a terminal.
type Chat struct {
	Bot  Bot
	Who  flow.Person // the client that the terminal is
	Name string      // of the bot, above the chat
	Lang string      // of the chat's own words
	// Link gives the address of a file, or ""; nil: files have none.
	Link func(flow.Medium) string
	In   io.Reader // nil is standard input
	Out  io.Writer // nil is standard output
}

// Run chats until the client leaves, the input ends, or ctx does. It leaves the terminal as it was.
func (c Chat) Run(ctx context.Context) error {
	if c.In == nil {
		c.In = os.Stdin
	}
	if c.Out == nil {
		c.Out = os.Stdout
	}
	if !isTerminal(c.In) || !isTerminal(c.Out) {
		return c.plain(ctx)
	}
	return c.screen(ctx)
}

func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(file.Fd())
}

// screen chats with keys and colours.
func (c Chat) screen(ctx context.Context, options ...tea.ProgramOption) error {
	inside, cancel := context.WithCancel(ctx)
	defer cancel() // ends a turn that is under way when the client leaves
	options = append(options, tea.WithContext(ctx), tea.WithInput(c.In), tea.WithOutput(c.Out))
	_, err := tea.NewProgram(newModel(inside, c), options...).Run()
	if errors.Is(err, tea.ErrInterrupted) || ctx.Err() != nil {
		return nil
	}
	return err
}

// phone is what the client of the terminal has before them.
func (c Chat) phone() *script.Phone { return &script.Phone{Who: c.Who} }
