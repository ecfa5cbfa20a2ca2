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
	// TakeMessage gives the oldest unsent message of a chat that nobody sends to, and waits until there is one that may go now: all
	// processes together keep the pace. Broadcasts are given only what conversations leave of it.
	TakeMessage(ctx context.Context, bot string, pace Pace) (Letter, error)
	// Sent ends a message: nobody tries to send it any more. ErrLost: the lease ran out.
	Sent(ctx context.Context, letter Letter, outcome Outcome) error
	// Later puts a message back as the next one of its chat. Nothing goes to that chat before the time is over.
	Later(ctx context.Context, letter Letter, after time.Duration) error
	// Freeze lets nobody take a message of the bot before the time is over. Of several the longest counts.
	Freeze(ctx context.Context, bot string, wait time.Duration) error
	// Journal gives the lines of the record that wait for Odoo, and leaves them there: those of the chats that have waited longest, in
	// order within a chat, at most so many and no more than a call to Odoo can carry. Whoever moves them to Odoo leads: one a bot.
	Journal(ctx context.Context, bot string, most int) ([]Line, error)
	// Journaled takes away lines that are in Odoo: exactly these. Those that are gone already are no error.
	Journaled(ctx context.Context, bot string, lines []Line) error
	// Waiting gives the lines of a chat that wait for Odoo, the oldest first.
	Waiting(ctx context.Context, bot string, chat ChatID) ([]Line, error)
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
	Last     *Event // behind the result of a commit the last event that waits in the chat; nil: none does, or this is no result
}

// Kept is what a turn leaves behind.
type Kept struct {
	Session  []byte
	Messages []Outgoing
	// Journal is put behind the chat's lines that wait for Odoo.
	Journal []Line
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
	Queue  string // "in" for events, "out" for messages, "journal" for lines of the record
	Chat   ChatID
	Reason string
	At     time.Time
	Entry  []byte // as it was in the queue
}

// Pace is how fast the messages of a bot may go, over all processes.
type Pace struct {
	PerSecond     float64 // messages of the bot: never more in any second; 0: as many as there are
	ChatPerSecond float64 // messages to one chat; 0: as many as there are
	ChatBurst     int     // messages to one chat without a pause
}

// Fate is what became of a message in the end.
type Fate string

// The fates of messages.
const (
	FateSent    Fate = "sent"
	FateBlocked Fate = "blocked" // nobody can be reached in the chat; its broadcasts that still wait end so too
	FateFailed  Fate = "failed"  // the messenger will never take it; unless it is a broadcast, it is set aside for the owner to see
	FateUnknown Fate = "unknown" // it may have arrived: what becomes of a broadcast then, which nobody may get twice
)

// Outcome is how a message ended.
type Outcome struct {
	Fate   Fate
	Reason string // what the messenger said; "" where it was sent
}

// Queues tells how much waits for a bot.
type Queues struct {
	Inbox, Outbox, Broadcast int64         // chats with something that waits
	Dead                     int64         // events and messages set aside
	InboxAge, OutboxAge      time.Duration // for how long the chat that waits longest could have been taken
	Journal                  int64         // lines that wait for Odoo
	JournalAge               time.Duration // for how long the chat waits whose turn it is to be written
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
