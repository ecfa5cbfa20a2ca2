package telegramtest

import (
	"fmt"
	"testing"
	"time"
)

// NextChange waits for the next thing that the bot does here: a message, an edit, a deletion. It fails the test after
// Config.Patience.
func (c *Chat) NextChange(t testing.TB) Change {
	t.Helper()
	change, ok := c.next(c.patience(), func(Change) bool { return true })
	if !ok {
		t.Fatalf("telegramtest: the bot did nothing in chat %d for %s", c.ID(), c.patience())
	}
	return change
}

// Next waits for the bot's next message and passes over edits and deletions. It fails the test after Config.Patience.
func (c *Chat) Next(t testing.TB) Message {
	t.Helper()
	change, ok := c.next(c.patience(), func(change Change) bool { return change.Kind == Sent })
	if !ok {
		t.Fatalf("telegramtest: no message from the bot in chat %d for %s", c.ID(), c.patience())
	}
	return change.Message
}

// Until waits for a message, new or edited, that fits, and passes over everything before it.
func (c *Chat) Until(t testing.TB, fits func(Message) bool) Message {
	t.Helper()
	change, ok := c.next(c.patience(), func(change Change) bool { return change.Kind != Deleted && fits(change.Message) })
	if !ok {
		t.Fatalf("telegramtest: no such message from the bot in chat %d for %s", c.ID(), c.patience())
	}
	return change.Message
}

// Quiet fails the test if the bot sends a message within that time, or has sent one that Next has not read.
func (c *Chat) Quiet(t testing.TB, d time.Duration) {
	t.Helper()
	if change, ok := c.next(d, func(change Change) bool { return change.Kind == Sent }); ok {
		t.Fatalf("telegramtest: the bot sent to chat %d: %q", c.ID(), change.Message.Words())
	}
}

// Wait waits for the bot's next n messages.
func (c *Chat) Wait(n int) ([]Message, error) {
	var messages []Message
	until := time.Now().Add(c.patience())
	for len(messages) < n {
		change, ok := c.next(time.Until(until), func(change Change) bool { return change.Kind == Sent })
		if !ok {
			return messages, fmt.Errorf("%d messages from the bot in chat %d instead of %d within %s", len(messages), c.ID(), n, c.patience())
		}
		messages = append(messages, change.Message)
	}
	return messages, nil
}

// ReadAll lets Next begin with what comes from now on.
func (c *Chat) ReadAll() {
	_, now := c.room.since(0)
	c.mu.Lock()
	c.seen = now
	c.mu.Unlock()
}

func (c *Chat) patience() time.Duration { return c.room.bot.server.config.Patience }

// next reads changes up to the first that fits; false when none came in time.
func (c *Chat) next(wait time.Duration, fits func(Change) bool) (Change, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	timeout := time.NewTimer(wait)
	defer timeout.Stop()
	for {
		changes, now := c.room.since(c.seen)
		for i, one := range changes {
			if shown := (Change{one.kind, *one.message}); fits(shown) {
				c.seen = now - len(changes) + i + 1
				return shown, true
			}
		}
		c.seen = now
		changed := c.room.waitChange(now)
		if changed == nil {
			continue
		}
		select {
		case <-changed:
		case <-timeout.C:
			return Change{}, false
		case <-c.room.bot.server.closed:
			return Change{}, false
		}
	}
}
