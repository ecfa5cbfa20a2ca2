package terminal

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/script"
	"github.com/krokbot/krok/flow/texts"
)

// maxLine is the longest line that is read, in bytes.
const maxLine = 1 << 20

// plain reads a line a message and prints a transcript: what the client did, what the bot said, and a note where something could not
// be done. Lines are what stands behind ">" in a transcript; empty lines and notes are left out.
func (c Chat) plain(ctx context.Context) error {
	phone := c.phone()
	lines := bufio.NewScanner(c.In)
	lines.Buffer(nil, maxLine)
	for ctx.Err() == nil && lines.Scan() {
		line := strings.TrimRight(lines.Text(), "\r")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		line = strings.TrimPrefix(strings.TrimPrefix(line, ">"), " ") // a transcript's own lines will do
		if err := c.plainly(ctx, phone, line); err != nil {
			return err
		}
	}
	return lines.Err()
}

// plainly does what one line says.
func (c Chat) plainly(ctx context.Context, phone *script.Phone, line string) error {
	action, err := script.ReadAction(line)
	if err != nil {
		return c.note("> "+line, texts.Explain(c.Lang, err)) // a note, so that all that is printed can be played
	}
	event, ok, err := phone.Event(action)
	if err != nil {
		return c.note("> "+line, texts.Explain(c.Lang, err))
	}
	if _, err := fmt.Fprintln(c.Out, "> "+line); err != nil || !ok {
		return err
	}
	messages, failure := c.Bot.Deliver(ctx, event)
	phone.Receive(messages...)
	if err := c.write(messages); err != nil {
		return err
	}
	if failure != nil && ctx.Err() == nil {
		return c.note(texts.Explain(c.Lang, failure))
	}
	return nil
}

func (c Chat) write(messages []flow.Outgoing) error {
	for _, message := range messages {
		if _, err := fmt.Fprintln(c.Out, script.Show(message)); err != nil {
			return err
		}
	}
	return nil
}

func (c Chat) note(lines ...string) error {
	_, err := io.WriteString(c.Out, "# "+strings.ReplaceAll(strings.Join(lines, "\n"), "\n", "\n# ")+"\n")
	return err
}
