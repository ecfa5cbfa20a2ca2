package records

import (
	"context"
	"crypto/rand"
	"strconv"
	"strings"
	"sync"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
	"github.com/krokbot/krok/odoo/rpc"
)

// TestContact is the Odoo of one chat that no client has: of `krok chat` and `krok test`. Its contact is a real one, so that
// filters and placeholders are Odoo's own, and is removed at the end.
type TestContact struct {
	*Records
	client *rpc.Client
	id     string

	mu      sync.Mutex
	chat    int64
	partner int64
	early   map[string]any // fields that were set before the contact was there
}

var _ flow.Odoo = (*TestContact)(nil)

// NewTestContact makes one that is not in Odoo yet: the first turn brings it there.
func NewTestContact(records *Records, client *rpc.Client) *TestContact {
	return &TestContact{Records: records, client: client, id: "test:" + rand.Text(), early: map[string]any{}}
}

// Chat is the chat's id, which marks it as a test.
func (c *TestContact) Chat() flow.ChatID { return flow.ChatID(c.id) }

// UID is the id of the user that krok works as.
func (c *TestContact) UID() int64 { return c.client.UID() }

// Commit is that of Records; it takes note of the contact.
func (c *TestContact) Commit(ctx context.Context, commit flow.Commit) (flow.CommitResult, error) {
	result, err := c.Records.Commit(ctx, commit)
	if err != nil {
		return result, err
	}
	for _, one := range result.Results {
		chat, isChat := one["chat"].(float64)
		if partner, isPartner := one["partner"].(float64); isChat && isPartner {
			c.note(int64(chat), int64(partner))
		}
	}
	return result, c.write(ctx)
}

func (c *TestContact) note(chat, partner int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.chat, c.partner = chat, partner
}

// Set gives a field of the contact a value: "partner.phone". What is set before the contact is there is written with its first
// turn.
func (c *TestContact) Set(ctx context.Context, name, value string) error {
	field, ok := strings.CutPrefix(name, "partner.")
	if !ok || strings.Contains(field, ".") {
		return texts.NewError("records.cannot_set", texts.Args{"name": name}, nil)
	}
	c.mu.Lock()
	c.early[field] = valueOf(value)
	c.mu.Unlock()
	return c.write(ctx)
}

// write brings what was set to Odoo, once the contact is there.
func (c *TestContact) write(ctx context.Context) error {
	c.mu.Lock()
	partner, values := c.partner, c.early
	if partner == 0 || len(values) == 0 {
		c.mu.Unlock()
		return nil
	}
	c.early = map[string]any{}
	c.mu.Unlock()
	return c.client.Write(ctx, "res.partner", []int64{partner}, values)
}

// valueOf reads a value as a transcript writes it.
func valueOf(text string) any {
	switch text {
	case "", "false", "False":
		return false
	case "true", "True":
		return true
	}
	if number, err := strconv.ParseInt(text, 10, 32); err == nil && !strings.HasPrefix(text, "0") && !strings.HasPrefix(text, "+") && len(text) < 7 {
		return number
	}
	return text
}

// Drop removes the chat and its contact from Odoo.
func (c *TestContact) Drop(ctx context.Context) error {
	c.mu.Lock()
	chat := c.chat
	c.mu.Unlock()
	if chat == 0 {
		return nil
	}
	_, err := c.Records.Commit(ctx, flow.Commit{Key: c.id + "/drop", Operations: []flow.Operation{
		{Kind: "drop_test_chat", Args: map[string]any{"chat": chat}},
	}})
	return err
}
