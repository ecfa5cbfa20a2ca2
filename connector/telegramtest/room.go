package telegramtest

import (
	"slices"
	"strconv"
	"sync"
)

// room is one chat of one bot: its messages, and what happened in it as its members see it.
type room struct {
	bot   *Bot
	info  ChatInfo
	meter meter

	mu       sync.Mutex
	closed   *refusal   // why the bot cannot write here
	messages []*Message // by id; a stored message is never changed, only replaced
	happened []change
	dropped  int // how many of happened are forgotten

	keyboard     *Keyboard // under the input field
	keyboardFrom int64     // the message that brought it

	changed chan struct{} // closed at the next change; nil while nobody waits
}

// change is a Change as it is kept; messages are never changed once stored.
type change struct {
	kind    ChangeKind
	message *Message
}

// Change is something that the bot did in a chat.
type Change struct {
	Kind    ChangeKind
	Message Message // of a deleted one, its last form
}

// ChangeKind says what was done.
type ChangeKind string

// What a bot does in a chat.
const (
	Sent    ChangeKind = "sent"
	Edited  ChangeKind = "edited"
	Deleted ChangeKind = "deleted"
)

// post puts a message into the chat and gives it its id. Those of the bot count as a change for the members.
func (r *room) post(m *Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.add(m)
}

// add is post under the lock.
func (r *room) add(m *Message) {
	m.ID = r.bot.lastMessage.Add(1)
	m.Chat = &r.info
	m.Date = r.bot.server.Now().Unix()
	r.messages = append(r.messages, m)
	if m.From == &r.bot.me || m.SenderChat != nil {
		r.show(m)
		r.note(Sent, m)
	}
	if keep := r.bot.server.config.Keep; keep > 0 && len(r.messages) >= 2*keep {
		r.messages = append(r.messages[:0:0], r.messages[keep:]...)
	}
}

// show lets a new message change the keyboard under the input field.
func (r *room) show(m *Message) {
	switch {
	case m.Keyboard != nil:
		r.keyboard, r.keyboardFrom = m.Keyboard, m.ID
	case m.RemoveKeyboard:
		r.keyboard = nil
	}
}

func (r *room) note(kind ChangeKind, m *Message) {
	r.happened = append(r.happened, change{kind, m})
	if keep := r.bot.server.config.Keep; keep > 0 && len(r.happened) >= 2*keep {
		r.happened = append(r.happened[:0:0], r.happened[keep:]...)
		r.dropped += keep
	}
	if r.changed != nil {
		close(r.changed)
		r.changed = nil
	}
}

// find is the place of a message, under the lock.
func (r *room) find(id int64) (int, bool) {
	return slices.BinarySearchFunc(r.messages, id, func(m *Message, id int64) int { return int(m.ID - id) })
}

// message is the message with that id, nil for none.
func (r *room) message(id int64) *Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	if at, ok := r.find(id); ok {
		return r.messages[at]
	}
	return nil
}

// replace puts a changed copy in the place of a message.
func (r *room) replace(m *Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if at, ok := r.find(m.ID); ok {
		r.messages[at] = m
		r.note(Edited, m)
	}
}

// remove takes a message out of the chat. The keyboard that it brought goes with it.
func (r *room) remove(id int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, ok := r.find(id)
	if !ok {
		return
	}
	r.note(Deleted, r.messages[at])
	r.messages = slices.Delete(r.messages, at, at+1)
	if r.keyboardFrom == id {
		r.keyboard = nil
	}
}

// open says whether the bot may write here.
func (r *room) open() *refusal {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.closed
}

func (r *room) close(why *refusal) {
	r.mu.Lock()
	r.closed = why
	r.mu.Unlock()
}

// waitChange is closed at the next change after the first `seen`; nil when there is one already.
func (r *room) waitChange(seen int) chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.dropped+len(r.happened) > seen {
		return nil
	}
	if r.changed == nil {
		r.changed = make(chan struct{})
	}
	return r.changed
}

// since are the changes after the first `seen`, and how many there are now.
func (r *room) since(seen int) ([]change, int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.happened[max(seen-r.dropped, 0):]), r.dropped + len(r.happened)
}

// name is the chat's id as text.
func (r *room) name() string { return strconv.FormatInt(r.info.ID, 10) }
