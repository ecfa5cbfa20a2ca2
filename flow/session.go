package flow

import (
	"encoding/json"
	"fmt"
)

// sessionVersion grows when a session of an older krok cannot be read any more.
const sessionVersion = 1

// Session is where a chat is: a few hundred bytes of JSON.
type Session struct {
	Version int `json:"v"`
	// Step is the step that waits for the client, or the last one entered; 0 before the first.
	Step  int64 `json:"s,omitempty"`
	Waits bool  `json:"w,omitempty"`
	// Visit counts the turns that entered a step. Buttons carry it, so that one of an earlier message is known as old.
	Visit   int64             `json:"n,omitempty"`
	Answers map[string]string `json:"a,omitempty"` // by step code
	// Labels are the shown labels of keyboard buttons that had placeholders, by button id.
	Labels map[int64]string `json:"l,omitempty"`
	// List is how far the client is with the values that the step offers; nil: none are offered.
	List *List `json:"i,omitempty"`
	// Keyboard tells that a keyboard is shown under the client's input field.
	Keyboard bool   `json:"k,omitempty"`
	Lang     string `json:"g,omitempty"` // of the partner, else of the client's app
	Partner  int64  `json:"p,omitempty"` // res.partner; 0: not bound yet
	// Record is the chat's current record, as the data of the button that chose it: see [trail].
	Record   string `json:"r,omitempty"`
	Chat     int64  `json:"c,omitempty"` // x_krok_chat
	Who      Person `json:"f,omitzero"`
	OptedOut bool   `json:"o,omitempty"`
	// Album is the last album that the client was told something about: each of its files is a message of its own.
	Album string `json:"b,omitempty"`
	// Lead is what the lead step that was entered last remembers of its press; nil: it is of no use any more.
	Lead *LeadMark `json:"d,omitempty"`
	// Told is the event whose client has been told that Odoo cannot be reached.
	Told string `json:"t,omitempty"`
}

// List is a list of values that the client looks through.
type List struct {
	Page   int     `json:"p,omitempty"` // from 0
	Query  string  `json:"q,omitempty"` // what the client typed to find one
	Chosen []int64 `json:"c,omitempty"` // of several
	Empty  bool    `json:"e,omitempty"` // there is nothing to choose from
}

// ReadSession reads a kept session. Nothing kept is a new session. One that this krok does not understand gives an error and
// a new session that still knows who the client is, where that much can be read: the chat starts over with a word to the client.
func ReadSession(data []byte) (Session, error) {
	if len(data) == 0 {
		return Session{Version: sessionVersion}, nil
	}
	var session Session
	if err := json.Unmarshal(data, &session); err != nil {
		return Session{Version: sessionVersion}, fmt.Errorf("reading a session: %w", err)
	}
	if session.Version == sessionVersion {
		return session, nil
	}
	fresh := Session{Version: sessionVersion, Lang: session.Lang, Partner: session.Partner, Chat: session.Chat, Who: session.Who,
		Keyboard: session.Keyboard, OptedOut: session.OptedOut}
	return fresh, fmt.Errorf("a session of version %d, this krok reads version %d", session.Version, sessionVersion)
}

// Bytes is the session as it is kept.
func (s Session) Bytes() []byte {
	s.Version = sessionVersion
	data, err := json.Marshal(s)
	if err != nil {
		panic(err) // only maps of text and numbers
	}
	return data
}
