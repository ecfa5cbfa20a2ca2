package flow

import "time"

// Event is whatever happens in a chat. Events with equal ids are one event.
type Event struct {
	ID   string    `json:"id"`   // unique in the bot: Telegram's update id, an Odoo row, a timer's what and when
	Bot  string    `json:"bot"`  // the bot's code
	Chat ChatID    `json:"chat"` //
	Kind EventKind `json:"kind"`
	At   time.Time `json:"at"` // when it happened, as its source says
	From Person    `json:"from,omitzero"`
	// Group is set where the chat is not a private one.
	Group bool `json:"group,omitempty"`

	Message *Message      `json:"message,omitempty"` // KindMessage, KindEdited
	Press   *Press        `json:"press,omitempty"`   // KindPress
	Notice  *Notice       `json:"notice,omitempty"`  // KindNotice
	Result  *CommitResult `json:"result,omitempty"`  // KindResult
	Origin  *Event        `json:"origin,omitempty"`  // KindResult: the event whose turn made the commit
	Then    Then          `json:"then,omitzero"`     // KindResult: as the commit said
	// Last is the last event that waited in the chat when this result was taken; nil: none did. It is not kept.
	Last *Event `json:"-"`
}

// EventKind says what happened.
type EventKind string

// The kinds of events.
const (
	KindMessage   EventKind = "message"   // the client wrote or sent something
	KindEdited    EventKind = "edited"    // the client changed an earlier message
	KindPress     EventKind = "press"     // the client pressed an inline button
	KindBlocked   EventKind = "blocked"   // the client blocked the bot
	KindUnblocked EventKind = "unblocked" // the client let it in again
	KindResult    EventKind = "result"    // Odoo carried out the commit of an earlier turn, or could not
	KindNotice    EventKind = "notice"    // something happened to a record in Odoo that concerns the client
)

// ResultOf makes the event that carries a commit's result back into the chat.
func ResultOf(event Event, commit Commit, result CommitResult) Event {
	origin := event
	if event.Kind == KindResult {
		origin = *event.Origin
	}
	return Event{ID: event.ID + "/1", Bot: event.Bot, Chat: event.Chat, Kind: KindResult, At: event.At, From: event.From,
		Result: &result, Origin: &origin, Then: commit.Then}
}

// Person is who an event comes from, as the messenger knows them.
type Person struct {
	ID        UserID `json:"id"`
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
	Username  string `json:"username,omitempty"`
	Lang      string `json:"lang,omitempty"` // of their app, as IETF tag ("uk", "en-GB")
}

// Name is the full name, else the user name.
func (p Person) Name() string {
	switch {
	case p.FirstName != "" && p.LastName != "":
		return p.FirstName + " " + p.LastName
	case p.FirstName+p.LastName != "":
		return p.FirstName + p.LastName
	}
	return p.Username
}

// Contents of messages that the engine treats in a way of their own; any other is named as the messenger names it.
const (
	ContentText     = "text"
	ContentContact  = "contact"
	ContentLocation = "location"
)

// Message is what a client sent.
type Message struct {
	ID        int64    `json:"id,omitempty"`
	Text      string   `json:"text,omitempty"`    // of a file: its caption
	Content   string   `json:"content,omitempty"` // text, contact, location, photo, document, voice, video, audio, sticker, … or "" for nothing known
	Forwarded bool     `json:"forwarded,omitempty"`
	Album     string   `json:"album,omitempty"` // the same for all files of an album, which come as one message each
	Contact   *Contact `json:"contact,omitempty"`
	File      *File    `json:"file,omitempty"` // of a photo, document, video, voice, …
	// Latitude and Longitude in degrees, for a location.
	Latitude  float64 `json:"latitude,omitempty"`
	Longitude float64 `json:"longitude,omitempty"`
}

// File is a file of a client, as the messenger knows it.
type File struct {
	ID   string `json:"id"` // by which whoever has the messenger's token can fetch it
	Name string `json:"name,omitempty"`
	MIME string `json:"mime,omitempty"`
	Size int64  `json:"size,omitempty"` // in bytes; 0 is not known
}

// Contact is a card that a client shared.
type Contact struct {
	Phone string `json:"phone"`
	Name  string `json:"name,omitempty"`
	// User is whose card it is, as the messenger vouches for; empty for a card from the address book. Only the sender's own
	// card counts as proof of a number.
	User UserID `json:"user,omitempty"`
}

// Press is an inline button pressed. Data comes from outside and may be forged.
type Press struct {
	Data    string `json:"data"`
	Message int64  `json:"message,omitempty"` // the message that the button stands under
	Label   string `json:"label,omitempty"`   // what stands on it, where the messenger says so
}
