package flow

import "github.com/krokbot/krok/flow/richtext"

// Outgoing is one message for a client. It never takes more than the messenger allows: the engine has split and laid it out.
type Outgoing struct {
	Key   string        `json:"key"` // unique: the event's id and a number
	Text  richtext.Text `json:"text,omitzero"`
	Media []Medium      `json:"media,omitempty"` // one, or two to ten as an album; captions are theirs, Text is empty
	Step  int64         `json:"step,omitempty"`  // the step that it comes from

	// Edit is an earlier message of the bot, by the messenger's number (see [Press]): its inline buttons give way to Inline, and its text to
	// Text, unless that is empty. Where that message has gone nothing happens.
	Edit int64 `json:"edit,omitempty"`

	Inline   [][]InlineButton `json:"inline,omitempty"`   // buttons under the message
	Keyboard [][]KeyButton    `json:"keyboard,omitempty"` // the keyboard under the input field
	// RemoveKeyboard takes away the keyboard of an earlier message. A message has one of Inline, Keyboard, RemoveKeyboard.
	RemoveKeyboard bool `json:"remove_keyboard,omitempty"`

	Protect     bool `json:"protect,omitempty"` // no forwarding, no saving
	Silent      bool `json:"silent,omitempty"`  // no sound
	LinkPreview bool `json:"link_preview,omitempty"`
	// Broadcast goes behind what conversations send, and is never sent a second time where it may have arrived.
	Broadcast bool `json:"broadcast,omitempty"`
}

// Medium is a file of a step, or a picture of a record. Its contents are fetched by whoever sends it, once: Checksum changes with them.
type Medium struct {
	ID       int64         `json:"id"`
	Kind     string        `json:"kind"` // image, video, audio, voice, document, animation
	Filename string        `json:"filename,omitempty"`
	Checksum string        `json:"checksum,omitempty"`
	Record   *RecordFile   `json:"record,omitempty"` // the picture of a record, in place of a file of a step; ID is 0
	Caption  richtext.Text `json:"caption,omitzero"`
}

// InlineButton stands under a message and does exactly one thing.
type InlineButton struct {
	Label string `json:"label"`
	Data  string `json:"data,omitempty"` // comes back in a Press: 1 to 64 bytes
	URL   string `json:"url,omitempty"`
	Copy  string `json:"copy,omitempty"` // 1 to 256 letters for the clipboard
}

// KeyButton stands on the keyboard under the input field. Pressing it sends its label, the client's contact or their location.
type KeyButton struct {
	Label    string `json:"label"`
	Contact  bool   `json:"contact,omitempty"`
	Location bool   `json:"location,omitempty"`
}
