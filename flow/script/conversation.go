package script

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/krokbot/krok/flow"
)

// Conversation is one chat with a bot in memory: it does with events what flow.Runner and a flow.Store do with them, one at a time
// and without keeping anything. Bot and Odoo are needed; nothing is changed once the first event has come, but what Bot gives.
type Conversation struct {
	Bot   func() *flow.Bot // the definition that serves now
	Odoo  flow.Odoo
	Files flow.Files       // fetches what the client sent; nil: there is nothing to fetch from
	Chat  flow.ChatID      // "" is that of Who
	Who   flow.Person      // of events that say nothing of it
	Now   func() time.Time // nil is the clock
	// Prefix makes the ids of events unique where Odoo has seen this chat before.
	Prefix string

	mu       sync.Mutex
	session  []byte
	inbox    []flow.Event
	count    int
	problems []flow.Problem
	said     []flow.Line // since the conversation began last, for commits that carry it
}

// Deliver gives the bot an event and returns what it says, up to the end of all that follows from it. Where Odoo cannot be reached
// the event stays until Retry, or the next event; events behind it wait. An error is what made the bot say that something went
// wrong: the messages count nevertheless.
func (c *Conversation) Deliver(ctx context.Context, event flow.Event) ([]flow.Outgoing, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inbox = append(c.inbox, c.complete(event))
	return c.run(ctx)
}

// Retry takes up the events that wait for Odoo.
func (c *Conversation) Retry(ctx context.Context) ([]flow.Outgoing, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.run(ctx)
}

// Waits tells whether events wait for Odoo.
func (c *Conversation) Waits() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.inbox) > 0
}

// Problems are what the conversation showed of the bot: a chain of steps without an end.
func (c *Conversation) Problems() []flow.Problem {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]flow.Problem(nil), c.problems...)
}

// Value asks Odoo for a field of the client's contact, as people read it in the contact's language; "" where there is no contact yet.
func (c *Conversation) Value(ctx context.Context, path string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	session, err := flow.ReadSession(c.session)
	if err != nil || session.Partner == 0 {
		return "", err
	}
	reply, err := c.Odoo.Ask(ctx, flow.Question{Partner: session.Partner, Values: []string{path}, TZ: c.Bot().Location.String()})
	return reply.Values[path], err
}

// complete fills in what an event of this chat has.
func (c *Conversation) complete(event flow.Event) flow.Event {
	c.count++
	if event.From.ID == "" {
		event.From = c.Who
	}
	event.Bot = c.Bot().Code
	if event.Chat = c.Chat; event.Chat == "" {
		event.Chat = flow.ChatID(c.Who.ID)
	}
	if event.ID == "" {
		event.ID = fmt.Sprintf("%s%d", c.Prefix, c.count)
	}
	if event.At.IsZero() {
		event.At = time.Now()
		if c.Now != nil {
			event.At = c.Now()
		}
	}
	return event
}

// run answers events until none is left, or one has to wait.
func (c *Conversation) run(ctx context.Context) (said []flow.Outgoing, err error) {
	for len(c.inbox) > 0 && ctx.Err() == nil {
		event := c.inbox[0]
		if len(c.inbox) > 1 {
			event.Last = &c.inbox[len(c.inbox)-1]
		}
		result, next, failure := c.turn(ctx, event)
		if ctx.Err() != nil {
			return said, ctx.Err() // broken off: the event has not been answered
		}
		waits := failure != nil && flow.IsUnavailable(failure)
		if failure != nil && !waits {
			err = errors.Join(err, failure)
		}
		c.said = c.saidWith(event, result)
		c.session = result.Session.Bytes()
		c.problems = append(c.problems, result.Problems...)
		said = append(said, result.Messages...)
		switch {
		case waits:
			return said, err
		case next != nil:
			c.inbox[0] = *next
		default:
			c.inbox = c.inbox[1:]
		}
	}
	return said, errors.Join(err, ctx.Err())
}

// turn answers one event and has its commit carried out. A failure comes with what is said because of it.
func (c *Conversation) turn(ctx context.Context, event flow.Event) (result flow.Result, next *flow.Event, err error) {
	bot, engine := c.Bot(), flow.Engine{Odoo: c.Odoo}
	session, err := flow.ReadSession(c.session)
	if err != nil {
		return flow.Result{Session: session}, nil, err
	}
	result, err = engine.Turn(ctx, bot, session, event)
	if err == nil && result.Commit != nil {
		var brought flow.Event
		lent := flow.Lent{Files: c.Files, Lines: func(context.Context) ([]flow.Line, error) { return c.saidWith(event, result), nil }}
		if brought, err = flow.CarryOut(ctx, c.Odoo, lent, event, *result.Commit); err == nil {
			next = &brought
		}
	}
	switch {
	case err == nil:
		return result, next, nil
	case flow.IsUnavailable(err):
		return engine.Sorry(bot, session, event), nil, err
	}
	return engine.Failed(bot, session, event), nil, err
}

// saidWith is what was said since the conversation began last, an event and what came of it included.
func (c *Conversation) saidWith(event flow.Event, result flow.Result) []flow.Line {
	session, _ := flow.ReadSession(c.session) // one that cannot be read is a new one
	lines := flow.Lines(c.Bot(), session, event, result.Messages)
	if len(lines) > 0 && lines[0].Start {
		return lines
	}
	return append(slices.Clone(c.said), lines...)
}
