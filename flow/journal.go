package flow

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/krokbot/krok/flow/texts"
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
	Content string    `json:"n,omitempty"` // what kind of message the client sent, as Message.Content; [ContentPress] for a button
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

// ContentPress is the content of a line that is a press of a button.
const ContentPress = "press"

// Lines are the record of a turn: what the client did, where that begins the turn, and what the bot says. The session is the one that
// the turn began with. What Odoo could not be asked for yet is answered by a later turn: then the client's own line is there already.
func Lines(bot *Bot, session Session, event Event, messages []Outgoing) []Line {
	said := event
	if event.Kind == KindResult && event.Origin != nil {
		said = *event.Origin
	}
	if said.Group {
		return nil // a group is no conversation with a client
	}
	lines := make([]Line, 0, 1+len(messages))
	if speaks(event.Kind) && session.Told != event.ID {
		lines = append(lines, clientLine(bot, session, event))
	}
	for _, message := range messages {
		if message.Edit == 0 || !message.Text.Empty() {
			lines = append(lines, botLine(said, message))
		}
	}
	return lines
}

func botLine(event Event, message Outgoing) Line {
	line := Line{Key: message.Key, Chat: event.Chat, At: event.At, Text: message.Text.Text, Step: message.Step}
	for _, medium := range message.Media {
		if caption := medium.Caption.Text; caption != "" {
			line.Text = joined(line.Text, caption)
		}
		line.Media = append(line.Media, Medium{ID: medium.ID, Kind: medium.Kind, Filename: medium.Filename, Checksum: medium.Checksum})
	}
	return line
}

func clientLine(bot *Bot, session Session, event Event) Line {
	line := Line{
		Key: event.ID, Chat: event.Chat, At: event.At, In: true, Step: session.Step, Author: cmp.Or(event.From.Name(), session.Who.Name()),
	}
	switch {
	case event.Press != nil:
		line.Content, line.Text = ContentPress, "["+pressedLabel(bot, session, event)+"]"
	case event.Message != nil:
		line.Content, line.Text, line.File = event.Message.Content, messageText(bot, event.Message), event.Message.File
		line.Start = begins(session, event.Message)
	}
	return line
}

// begins tells whether a message starts a conversation: so does /start, and whatever a client writes before all else.
func begins(session Session, message *Message) bool {
	name, _, command := splitCommand(message.Text)
	return message.Content == ContentText && (session.Step == 0 || command && Normalise(name) == startAlias)
}

// messageText is a message as people read it.
func messageText(bot *Bot, message *Message) string {
	word := func(name string, args texts.Args) string {
		return texts.Get(texts.Pick(bot.Lang), "journal."+name, args)
	}
	switch {
	case message.Contact != nil && message.Contact.Name != "":
		return word("contact", texts.Args{"name": message.Contact.Name, "phone": message.Contact.Phone})
	case message.Contact != nil:
		return word("phone", texts.Args{"phone": message.Contact.Phone})
	case message.Content == ContentLocation:
		return word("location", texts.Args{"place": fmt.Sprintf("%.6f, %.6f", message.Latitude, message.Longitude)})
	case message.Text == "" && message.File == nil:
		return word("other", nil)
	}
	return message.Text
}

// pressedLabel is what stands on the button that was pressed: as the messenger says, else as the bot has it now.
func pressedLabel(bot *Bot, session Session, event Event) string {
	data, ok := readPress(event.Press.Data)
	step := bot.Steps[data.Step]
	if event.Press.Label != "" || !ok || step == nil || data.Action != actionButton {
		return cmp.Or(event.Press.Label, texts.Get(texts.Pick(bot.Lang), "journal.button", nil))
	}
	for _, row := range step.Inline {
		for _, button := range row {
			if button.ID == data.Arg {
				return cmp.Or(session.Labels[button.ID], newTurn(context.Background(), nil, bot, session, event).label(button.Label))
			}
		}
	}
	return texts.Get(texts.Pick(bot.Lang), "journal.button", nil)
}

// joined puts one text under another.
func joined(above, below string) string { return strings.TrimPrefix(above+"\n"+below, "\n") }
