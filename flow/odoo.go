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
	// Values lists what a field of the client's partner can be, in one call.
	Values(ctx context.Context, question ValuesQuestion) (Values, error)
	// Find answers with records as people read them, in one call.
	Find(ctx context.Context, question RecordsQuestion) (Records, error)
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

// ValuesQuestion asks what a selection, many2one or many2many field of res.partner can be. Records are those that the user of krok may
// read and the field's own domain lets in, in Odoo's order.
type ValuesQuestion struct {
	Partner int64
	Field   string // its technical name
	Search  string // a part of the name, as Odoo's own search in a relation takes it; "" is all
	Offset  int
	Limit   int // 0: all
	Lang    string
	// Chosen asks for the records that a many2many of the partner has now.
	Chosen bool
}

// Values answers a ValuesQuestion.
type Values struct {
	Gone   bool // the partner does not exist any more
	Items  []Value
	Total  int // with what Limit left out
	Chosen []int64
}

// Value is one thing that a field can be.
type Value struct {
	Key  string // a selection's key, a record's id
	Name string // as people read it, in the language asked for
}

// Commit is what a turn writes to Odoo.
type Commit struct {
	Key        string      `json:"key"` // bot, chat and event
	Operations []Operation `json:"operations"`
	// Optional: when Odoo cannot be reached the conversation goes on without it, and the next event tries again.
	Optional bool `json:"optional,omitempty"`
	// Refusable: where Odoo refuses in words for people, or a file cannot be had, that is a result too, and Then deals with it.
	Refusable bool `json:"refusable,omitempty"`
	// Then says how the conversation goes on with the result.
	Then Then `json:"then,omitzero"`
}

// Then is what the turn of a commit's result does. The zero Then does nothing.
type Then struct {
	Replay bool  `json:"replay,omitempty"` // the event that the commit was made for is answered now
	Step   int64 `json:"step,omitempty"`   // the step that made the commit goes on with the result: see [Resumer]
	// Record is the data of a record's button that was pressed, and Message the messenger's number of the message that it stood under: the
	// client is told what came of it.
	Record  string `json:"record,omitempty"`
	Message int64  `json:"message,omitempty"`
}

// The operations that the engine asks for.
const (
	// OpenChat finds or makes the chat and its partner: bot, telegram_id, name, lang. It gives partner, chat and lang.
	OpenChat = "open_chat"
	// ChatState notes that a chat is open, blocked or opted_out: chat, state.
	ChatState = "chat_state"
	// UpdateContact writes to the partner of a chat, in one go, what [step_contact.go] says. It gives partner, chat and lang, and what
	// came of it.
	UpdateContact = "update_contact"
	// SetRecord sets a field of a record, RunAction runs a server action on it: levels (as RecordsQuestion has them), record, field and value
	// or action, telegram_id, source, note_lang, lang, tz. They give gone, where the record is out of reach, and its name.
	SetRecord = "set_record"
	RunAction = "run_action"
	// MakeLead makes a lead for the contact of a chat, as [step_lead.go] says. It gives partner, chat and lang, and lead and lead_name.
	MakeLead = "make_lead"
)

// Operation is one thing to do in Odoo, by the name that the procedure "commit" knows.
type Operation struct {
	Kind string         `json:"kind"`
	Args map[string]any `json:"args"`
	// Files are arguments that are contents of files: they are fetched, and put there in base64, when the operation is carried out.
	Files map[string]File `json:"files,omitempty"`
	// Journal puts the conversation, as far as it may not be in Odoo yet, into the argument "lines": a list of what [Line.Row] gives.
	Journal bool `json:"journal,omitempty"`
}

// CommitResult is what Odoo answered: one map an operation. Failed tells that an optional or refusable commit was not carried out.
type CommitResult struct {
	Results []map[string]any `json:"results,omitempty"`
	Failed  bool             `json:"failed,omitempty"`
	// Refusal is why, in Odoo's words for people; of a file, the key of krok's own text ("client.file_too_big").
	Refusal string `json:"refusal,omitempty"`
}

// Refusal is an error with which Odoo tells people that it will not take what they gave: everything was rolled back.
type Refusal interface {
	error
	// Refusal gives Odoo's words; false where they are not meant for people.
	Refusal() (words string, ok bool)
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
