package flow

import (
	"context"
	"errors"
	"time"
)

// Store keeps what must outlive a process: the inbox, session and outbox of every chat. Events of one chat are taken one after
// another, in the order in which they were put; chats do not wait for each other. All names of bots are their codes.
type Store interface {
	// Put adds events to the inboxes of their chats, in the order given. An event whose id the bot has seen in the last days is
	// left out. Either all are safe or, with an error, none counts as put.
	Put(ctx context.Context, bot string, events ...Event) error
	// Take gives the oldest event of a chat that nobody works on, and waits until there is one. Until Keep, or until the lease
	// runs out, nobody else gets an event of that chat. Its error is that of ctx, or of a store that cannot be reached.
	Take(ctx context.Context, bot string) (Taken, error)
	// Plan notes what a turn has decided, before Odoo is asked to write it: whoever takes the event again finds it there and works
	// nothing out anew. Keep forgets it, except where the event stays. ErrLost: the lease ran out.
	Plan(ctx context.Context, taken Taken, plan []byte) error
	// Keep ends a turn in one atomic step. ErrLost: the lease ran out, somebody else has the chat, and nothing was kept.
	Keep(ctx context.Context, taken Taken, kept Kept) error
	// TakeMessage gives the oldest unsent message of a chat that nobody sends to, and waits until there is one.
	TakeMessage(ctx context.Context, bot string) (Letter, error)
	// Sent removes a message from its outbox. ErrLost: the lease ran out.
	Sent(ctx context.Context, letter Letter) error
	// Later puts a message back as the next one of its chat, to be taken not before the time is over.
	Later(ctx context.Context, letter Letter, after time.Duration) error
}

// ErrLost tells that a lease ran out and somebody else has taken over.
var ErrLost = errors.New("the lease ran out: somebody else works on this chat")

// Taken is an event in the hands of one worker.
type Taken struct {
	Event    Event
	Session  []byte // as kept; empty for a new chat
	Fence    int64  // tells this lease from every earlier one of the chat
	Attempts int    // how often the event has been taken before
	Lost     int    // and how often whoever took it was never heard of again
	Plan     []byte // what an earlier attempt decided; empty: nothing yet
}

// Kept is what a turn leaves behind.
type Kept struct {
	Session  []byte
	Messages []Outgoing
	// Next is put at the head of the chat's inbox: the result of the turn's commit.
	Next *Event
	// Retry leaves the event in the inbox, to be taken again not before this time is over. 0: the event is done.
	Retry time.Duration
	// Dead sets the event aside for this reason, to be looked at by the owner. Empty: it is not.
	Dead string
}

// Dead is an event, or a message, that failed for good and was set aside.
type Dead struct {
	ID     string // by which it is tried again or dropped
	Queue  string // "in" for events, "out" for messages
	Chat   ChatID
	Reason string
	At     time.Time
	Entry  []byte // as it was in the queue
}

// Queues tells how much waits for a bot.
type Queues struct {
	Inbox, Outbox, Broadcast int64         // chats with something that waits
	Dead                     int64         // events and messages set aside
	InboxAge, OutboxAge      time.Duration // for how long the chat that waits longest could have been taken
}

// Letter is a message in the hands of one sender.
type Letter struct {
	Message  Outgoing
	Bot      string
	Chat     ChatID
	Fence    int64
	Attempts int // how often it has been taken before
	Lost     int // and how often whoever took it was never heard of again: it may have been sent
}
