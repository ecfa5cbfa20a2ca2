package script

import (
	"slices"
	"strings"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
)

// Phone is what a client has before them: the messages of a chat with their buttons, and the keyboard under the input field. It
// turns what the client does into events.
type Phone struct {
	Who    flow.Person
	Number string // of the client, as their contact has it; "" is a made-up one

	chat     []flow.Outgoing // of the bot; the first has number 1
	changed  int64           // the message whose buttons are the newest
	ever     []underMessage  // every button that has stood under a message, the oldest first
	keyboard [][]flow.KeyButton
}

// underMessage is a button with the number of its message.
type underMessage struct {
	flow.InlineButton

	message int64
}

// A made-up number and place, and somebody else.
const (
	madeUpNumber                    = "+380670000001"
	numberOfAnother                 = "+380670000002"
	another                         = flow.UserID("7000000002")
	madeUpLatitude, madeUpLongitude = 50.4501, 30.5234
)

// Receive takes in messages of the bot.
func (p *Phone) Receive(messages ...flow.Outgoing) {
	for _, message := range messages {
		if message.Edit != 0 {
			p.edit(message)
			continue
		}
		p.chat = append(p.chat, message)
		p.note(int64(len(p.chat)), message.Inline)
		switch {
		case len(message.Keyboard) > 0:
			p.keyboard = message.Keyboard
		case message.RemoveKeyboard:
			p.keyboard = nil
		}
	}
}

// edit puts other buttons under an earlier message, and another text in its place where there is one; where there is none with that number, nothing happens.
func (p *Phone) edit(message flow.Outgoing) {
	if message.Edit < 1 || message.Edit > int64(len(p.chat)) {
		return
	}
	p.chat[message.Edit-1].Inline = message.Inline
	if !message.Text.Empty() {
		p.chat[message.Edit-1].Text = message.Text
	}
	p.note(message.Edit, message.Inline)
}

func (p *Phone) note(message int64, rows [][]flow.InlineButton) {
	for _, row := range rows {
		p.changed = message
		for _, button := range row {
			p.ever = append(p.ever, underMessage{button, message})
		}
	}
}

// Inline gives the buttons that the client has got last, and the number of the message under which they stand: one that came, or one
// whose buttons were changed. Where that message has none any more, they are those of the newest that has some.
func (p *Phone) Inline() (rows [][]flow.InlineButton, message int64) {
	if p.changed > 0 && len(p.chat[p.changed-1].Inline) > 0 {
		return p.chat[p.changed-1].Inline, p.changed
	}
	for i, one := range slices.Backward(p.chat) {
		if len(one.Inline) > 0 {
			return one.Inline, int64(i + 1)
		}
	}
	return nil, 0
}

// Keyboard is the keyboard under the input field; nil where there is none.
func (p *Phone) Keyboard() [][]flow.KeyButton { return p.keyboard }

// Event makes the event of what the client does. It has no id yet. ok is false for a button that sends nothing: one that opens
// an address or copies a text. Where there is no such button the error lists those that there are.
func (p *Phone) Event(action Action) (event flow.Event, ok bool, err error) {
	event = flow.Event{From: p.Who, Group: action.Group, Kind: flow.KindMessage}
	if action.Edited {
		event.Kind = flow.KindEdited
	}
	switch action.Kind {
	case Say, Send:
		event.Message = p.message(action)
	case Block:
		event.Kind = flow.KindBlocked
	case Unblock:
		event.Kind = flow.KindUnblocked
	case Forge:
		event.Kind, event.Press = flow.KindPress, &flow.Press{Data: action.Text}
	case Press, PressInline, PressOld:
		return p.press(event, action)
	}
	return event, true, nil
}

func (p *Phone) message(action Action) *flow.Message {
	message := &flow.Message{Text: action.Text, Content: action.Content, Forwarded: action.Forwarded}
	switch {
	case action.Kind == Say:
		message.Content = flow.ContentText
	case action.Content == flow.ContentLocation:
		message.Latitude, message.Longitude = action.Latitude, action.Longitude
	case action.Content == flow.ContentContact:
		message.Contact = p.contact(action)
	default:
		message.File = fileOf(action)
	}
	return message
}

func (p *Phone) contact(action Action) *flow.Contact {
	card := &flow.Contact{Phone: action.Phone, Name: p.Who.Name(), User: p.Who.ID}
	switch action.Owner {
	case Own:
		card.Phone = firstOf(card.Phone, p.Number, madeUpNumber)
	case Another:
		card.Phone, card.User, card.Name = firstOf(card.Phone, numberOfAnother), another, ""
	case Nobody:
		card.Phone, card.User, card.Name = firstOf(card.Phone, numberOfAnother), "", ""
	}
	return card
}

func firstOf(all ...string) string {
	for _, one := range all {
		if one != "" {
			return one
		}
	}
	return ""
}

// press finds a button by its label.
func (p *Phone) press(event flow.Event, action Action) (flow.Event, bool, error) {
	if key, found := p.key(action.Text); found && action.Kind == Press {
		event.Message = p.PressKey(key)
		return event, true, nil
	}
	button, found := p.inline(action)
	if !found {
		return event, false, p.noButton(action)
	}
	event.Kind, event.Press = flow.KindPress, &flow.Press{Data: button.Data, Message: button.message}
	return event, button.Data != "", nil
}

// PressKey makes the message that a button of the keyboard sends.
func (p *Phone) PressKey(key flow.KeyButton) *flow.Message {
	switch {
	case key.Contact:
		return p.message(Action{Kind: Send, Content: flow.ContentContact})
	case key.Location:
		return p.message(Action{Kind: Send, Content: flow.ContentLocation, Latitude: madeUpLatitude, Longitude: madeUpLongitude})
	}
	return p.message(Action{Kind: Say, Text: key.Label})
}

func (p *Phone) key(label string) (flow.KeyButton, bool) {
	for _, row := range p.keyboard {
		for _, key := range row {
			if visible(key.Label) == label {
				return key, true
			}
		}
	}
	return flow.KeyButton{}, false
}

// inline finds the newest button of a name under a message. The oldest one may be gone from there: it is pressed on a screen that has
// not changed yet.
func (p *Phone) inline(action Action) (found underMessage, ok bool) {
	if action.Kind == PressOld {
		for _, button := range p.ever {
			if visible(button.Label) == action.Text {
				return button, true
			}
		}
		return found, false
	}
	for i, one := range slices.Backward(p.chat) {
		for _, row := range slices.Backward(one.Inline) {
			for _, button := range slices.Backward(row) {
				if visible(button.Label) == action.Text {
					return underMessage{button, int64(i + 1)}, true
				}
			}
		}
	}
	return found, false
}

func (p *Phone) noButton(action Action) error {
	var there []string
	for _, row := range p.keyboard {
		for _, key := range row {
			there = append(there, showKey(key))
		}
	}
	for _, message := range slices.Backward(p.chat) {
		for _, row := range message.Inline {
			for _, button := range row {
				there = append(there, showInline(button))
			}
		}
		if len(message.Inline) > 0 {
			break
		}
	}
	if len(there) == 0 {
		return texts.NewError("script.no_buttons", texts.Args{"label": action.Text}, nil)
	}
	return texts.NewError("script.no_button", texts.Args{"label": action.Text, "buttons": strings.Join(there, " ")}, nil)
}
