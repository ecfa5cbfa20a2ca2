package telegram

import (
	"strconv"
	"strings"
	"time"

	"github.com/mymmrac/telego"

	"github.com/krokbot/krok/flow"
)

// event makes an event of an update. ok is false for what no bot answers: channel posts, and kinds that krok did not ask for.
func (c *Connector) event(update telego.Update) (event flow.Event, ok bool) {
	event = flow.Event{ID: "u" + c.botID() + ":" + strconv.Itoa(update.UpdateID), Bot: c.config.Code, At: time.Now().UTC()}
	switch {
	case update.Message != nil:
		return c.messageEvent(event, flow.KindMessage, update.Message)
	case update.EditedMessage != nil:
		return c.messageEvent(event, flow.KindEdited, update.EditedMessage)
	case update.CallbackQuery != nil:
		return pressEvent(event, update.CallbackQuery)
	case update.MyChatMember != nil:
		return memberEvent(event, update.MyChatMember)
	}
	return event, false
}

// botID is the bot's own id, which is the first part of its token.
func (c *Connector) botID() string {
	id, _, _ := strings.Cut(c.config.Token, ":")
	return id
}

func (c *Connector) messageEvent(event flow.Event, kind flow.EventKind, message *telego.Message) (flow.Event, bool) {
	if message.Chat.Type == telego.ChatTypeChannel || message.From == nil || message.From.IsBot {
		return event, false
	}
	event.Kind, event.Chat, event.From = kind, chatID(message.Chat.ID), person(message.From)
	event.Group = message.Chat.Type != telego.ChatTypePrivate
	event.At = time.Unix(message.Date, 0).UTC()
	event.Message = content(message)
	return event, !event.Group || event.Message.Content != ""
}

func pressEvent(event flow.Event, query *telego.CallbackQuery) (flow.Event, bool) {
	event.Kind, event.From = flow.KindPress, person(&query.From)
	event.Press = &flow.Press{Data: query.Data}
	event.Chat = chatID(query.From.ID) // a private chat has the id of its client
	if query.Message != nil {
		chat := query.Message.GetChat()
		event.Chat, event.Group = chatID(chat.ID), chat.Type != telego.ChatTypePrivate
		event.Press.Message = int64(query.Message.GetMessageID())
		event.Press.Label = pressedLabel(query)
	}
	return event, true
}

// pressedLabel is what stands on the button that was pressed; "" where Telegram does not give the message any more.
func pressedLabel(query *telego.CallbackQuery) string {
	message, ok := query.Message.(*telego.Message)
	if !ok || message.ReplyMarkup == nil {
		return ""
	}
	for _, row := range message.ReplyMarkup.InlineKeyboard {
		for _, button := range row {
			if button.CallbackData == query.Data {
				return button.Text
			}
		}
	}
	return ""
}

// memberEvent is sent, in private chats, only when a client blocks the bot or lets it in again.
func memberEvent(event flow.Event, change *telego.ChatMemberUpdated) (flow.Event, bool) {
	event.Chat, event.From, event.Kind = chatID(change.Chat.ID), person(&change.From), flow.KindUnblocked
	if change.NewChatMember != nil && change.NewChatMember.MemberStatus() == telego.MemberStatusBanned {
		event.Kind = flow.KindBlocked
	}
	return event, change.Chat.Type == telego.ChatTypePrivate
}

func person(user *telego.User) flow.Person {
	return flow.Person{
		ID: flow.UserID(strconv.FormatInt(user.ID, 10)), FirstName: user.FirstName, LastName: user.LastName,
		Username: user.Username, Lang: user.LanguageCode,
	}
}

func chatID(id int64) flow.ChatID { return flow.ChatID(strconv.FormatInt(id, 10)) }

// content says what a message holds. Kinds that krok has no name for leave Content empty.
func content(m *telego.Message) *flow.Message {
	said := &flow.Message{ID: int64(m.MessageID), Text: m.Text, Forwarded: m.ForwardOrigin != nil, Album: m.MediaGroupID}
	switch {
	case m.Text != "":
		said.Content = flow.ContentText
	case m.Contact != nil:
		said.Content = flow.ContentContact
		said.Contact = &flow.Contact{Phone: m.Contact.PhoneNumber, Name: m.Contact.FirstName}
		if m.Contact.UserID != 0 {
			said.Contact.User = flow.UserID(strconv.FormatInt(m.Contact.UserID, 10))
		}
	case m.Venue == nil && m.Location != nil:
		said.Content, said.Latitude, said.Longitude = flow.ContentLocation, m.Location.Latitude, m.Location.Longitude
	default:
		said.Text = m.Caption
		said.Content, said.File = fileContent(m)
	}
	return said
}
