package flow

import (
	"context"
	"time"
)

// Line is one line of the record of a conversation: what a client or the bot said. It waits in the store until it is in Odoo.
type Line struct {
	// Key is unique in the bot: of what a client did the event's id, of what the bot said the message's key. Written twice it is one line.
	Key     string    `json:"k"`
	Chat    ChatID    `json:"c,omitempty"`
	At      time.Time `json:"t"`           // when the client said it; of the bot's answer, when the client said what it answers
	In      bool      `json:"i,omitempty"` // from the client
	Author  string    `json:"a,omitempty"` // the client's name; "" for the bot
	Text    string    `json:"x,omitempty"` // without formatting; of files their captions, of a press the label in brackets
	Content string    `json:"n,omitempty"` // what kind of message the client sent, as Message.Content; "press" for a button
	Step    int64     `json:"s,omitempty"` // that the bot's message comes from, or at which the client was
	Start   bool      `json:"b,omitempty"` // a conversation begins
	File    *File     `json:"f,omitempty"` // that the client sent
	Media   []Medium  `json:"m,omitempty"` // files of the step, without their captions
}

// Row is the line as the procedures of Odoo want it: plain values, date in UTC as Odoo writes it, false for nothing.
func (l Line) Row() map[string]any {
	row := map[string]any{
		"key": l.Key, "chat": string(l.Chat), "date": l.At.UTC().Format(time.DateTime), "in": l.In, "author": l.Author, "text": l.Text,
		"content": l.Content, "step": l.Step, "start": l.Start, "file": "", "filename": "", "mimetype": "",
	}
	if l.File != nil {
		row["file"], row["filename"], row["mimetype"] = l.File.ID, l.File.Name, l.File.MIME
	}
	media := make([]any, len(l.Media))
	for i, medium := range l.Media {
		media[i] = medium.ID
	}
	row["media"] = media
	return row
}

// Waiting gives the lines of a chat that are not in Odoo yet, the oldest first.
type Waiting func(ctx context.Context) ([]Line, error)
