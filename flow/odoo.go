package flow

import (
	"context"
	"errors"
	"time"
)

// Odoo answers the questions of turns and carries out their commits. Its errors may be an [Unavailable]; any other is a mistake
// that asking again will not mend.
type Odoo interface {
	// Ask answers everything that a step needs to know about the client's partner, in one call.
	Ask(ctx context.Context, question Question) (Reply, error)
	// Commit carries out the operations in one transaction. Asked again with the same key it gives the first result and does nothing.
	Commit(ctx context.Context, commit Commit) (CommitResult, error)
}

// User is an Odoo that knows which of its users turns act as: what `uid` means in a domain.
type User interface{ UID() int64 }

// Question is about one partner.
type Question struct {
	Partner int64
	Domains [][]any  // literal Odoo domains on res.partner
	Values  []string // dotted field paths ("country_id.name")
	Lang    string   // language of the values, as Odoo code; "" is the partner's
	TZ      string   // time zone of datetimes
}

// Empty tells that there is nothing to ask.
func (q Question) Empty() bool { return len(q.Domains) == 0 && len(q.Values) == 0 }

// Reply answers a Question.
type Reply struct {
	Gone    bool // the partner does not exist any more
	Lang    string
	Matches []bool            // for each domain
	Values  map[string]string // by path, as a person reads them; empty is ""
}

// Commit is what a turn writes to Odoo.
type Commit struct {
	Key        string      `json:"key"` // bot, chat and event
	Operations []Operation `json:"operations"`
	// Optional: when Odoo cannot be reached the conversation goes on without it, and the next event tries again.
	Optional bool `json:"optional,omitempty"`
	// Then says how the conversation goes on with the result.
	Then Then `json:"then,omitzero"`
}

// Then is what the turn of a commit's result does. The zero Then does nothing.
type Then struct {
	Replay bool `json:"replay,omitempty"` // the event that the commit was made for is answered now
}

// The operations that the engine asks for.
const (
	// OpenChat finds or makes the chat and its partner: bot, telegram_id, name, lang. It gives partner, chat and lang.
	OpenChat = "open_chat"
	// ChatState notes that a chat is open, blocked or opted_out: chat, state.
	ChatState = "chat_state"
)

// Operation is one thing to do in Odoo, by the name that the procedure "commit" knows.
type Operation struct {
	Kind string         `json:"kind"`
	Args map[string]any `json:"args"`
}

// CommitResult is what Odoo answered: one map an operation. Failed tells that an optional commit was not carried out.
type CommitResult struct {
	Results []map[string]any `json:"results,omitempty"`
	Failed  bool             `json:"failed,omitempty"`
}

// Unavailable is an error of an Odoo that cannot be reached or does not answer now: asking again later may help.
type Unavailable struct {
	Err   error
	After time.Duration // how long it asked us to wait; 0: it did not say
}

func (e *Unavailable) Error() string { return "odoo is unavailable: " + e.Err.Error() }

// Unwrap gives what was met.
func (e *Unavailable) Unwrap() error { return e.Err }

// IsUnavailable tells whether asking Odoo again later may help.
func IsUnavailable(err error) bool {
	var unavailable *Unavailable
	return errors.As(err, &unavailable)
}

var errNotBound = errors.New("the chat has no contact in Odoo yet")
