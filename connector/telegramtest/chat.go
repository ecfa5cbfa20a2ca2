package telegramtest

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Chat is one person's view of a chat with a bot: what they can do in it, and what they see.
type Chat struct {
	room *room
	user *User

	press atomic.Pointer[press] // the last one

	mu   sync.Mutex
	seen int // how many changes Next and its kin have read
}

// Chat is a person's private chat with the bot; they have started it some time ago. The same id gives the same chat. A user
// without an id gets one above 2^32.
func (b *Bot) Chat(user User) *Chat {
	if known, ok := b.clients.Load(user.ID); ok {
		return known.(*Chat)
	}
	user = b.server.person(user)
	r := &room{bot: b, info: ChatInfo{
		ID: user.ID, Type: "private", Username: user.Username, FirstName: user.FirstName, LastName: user.LastName,
	}}
	made, existed := b.clients.LoadOrStore(user.ID, &Chat{room: r, user: &user})
	if !existed {
		b.rooms.Store(user.ID, r)
	}
	return made.(*Chat)
}

// Group is a new supergroup with the bot in it, seen by one of its members.
func (b *Bot) Group(title string, member User) *Chat {
	c := b.newRoom("supergroup", title, member)
	c.standing("left", "member")
	return c
}

// Channel is a new channel with the bot as an administrator, seen by its owner. What the owner sends is a channel_post.
func (b *Bot) Channel(title string, owner User) *Chat {
	c := b.newRoom("channel", title, owner)
	c.standing("left", "administrator")
	return c
}

func (b *Bot) newRoom(kind, title string, member User) *Chat {
	member = b.server.person(member)
	r := &room{bot: b, info: ChatInfo{ID: -1_002_000_000_000 - b.lastGroup.Add(1), Type: kind, Title: title}}
	b.rooms.Store(r.info.ID, r)
	return &Chat{room: r, user: &member}
}

// As is the same chat seen by another member.
func (c *Chat) As(member User) *Chat {
	member = c.room.bot.server.person(member)
	return &Chat{room: c.room, user: &member}
}

// ID is the chat's id.
func (c *Chat) ID() int64 { return c.room.info.ID }

// User is whose view it is.
func (c *Chat) User() User { return *c.user }

// Messages are all messages of the chat as they stand now, of both sides.
func (c *Chat) Messages() []Message {
	c.room.mu.Lock()
	defer c.room.mu.Unlock()
	all := make([]Message, len(c.room.messages))
	for i, m := range c.room.messages {
		all[i] = *m
	}
	return all
}

// Message is a message as it stands now; false when it is gone.
func (c *Chat) Message(id int64) (Message, bool) {
	if m := c.room.message(id); m != nil {
		return *m, true
	}
	return Message{}, false
}

// Keyboard is the keyboard under the input field at the moment; nil for none.
func (c *Chat) Keyboard() *Keyboard {
	c.room.mu.Lock()
	defer c.room.mu.Unlock()
	return c.room.keyboard
}

// Block blocks the bot, as the app's "Stop and block" does.
func (c *Chat) Block() {
	c.room.close(forbidden("bot was blocked by the user"))
	c.standing("member", "kicked")
}

// Unblock lets the bot in again. Sending does so too, as in the app.
func (c *Chat) Unblock() {
	if c.room.open() == nil {
		return
	}
	c.room.close(nil)
	c.standing("kicked", "member")
}

// Deactivate deletes the person's account. The bot is not told.
func (c *Chat) Deactivate() { c.room.close(forbidden("user is deactivated")) }

// Vanish makes the chat unknown to the bot. The bot is not told.
func (c *Chat) Vanish() {
	c.room.close(badRequest("chat not found"))
}

// Kick throws the bot out of a group or channel.
func (c *Chat) Kick() {
	kind := c.room.info.Type
	c.room.close(forbidden("bot was kicked from the " + kind + " chat"))
	c.standing("member", "kicked")
}

// standing tells the bot that its standing in the chat changed.
func (c *Chat) standing(from, to string) {
	me := &c.room.bot.me
	c.update("my_chat_member", ChatMemberUpdated{
		Chat: &c.room.info, From: c.user, Date: c.now().Unix(),
		Old: ChatMember{Status: from, User: me}, New: ChatMember{Status: to, User: me},
	})
}

func (c *Chat) now() time.Time { return c.room.bot.server.Now() }

// update queues an update of this chat; updates of one chat stay in order.
func (c *Chat) update(kind string, payload any) {
	queue := "chat:" + c.room.name()
	if kind == "callback_query" {
		queue = "press:" + c.room.name()
	}
	c.room.bot.updates.add(kind, queue, c.now(), encode(payload))
}

// Send writes a text.
func (c *Chat) Send(text string) Message {
	return c.Post(Message{Text: text, Entities: commandEntities(text)})
}

// Reply writes a text as the answer to a message.
func (c *Chat) Reply(to Message, text string) Message {
	return c.Post(Message{Text: text, Entities: commandEntities(text), ReplyTo: to.bare()})
}

// Post sends a message with any content. Its id, sender, chat and date are set here.
func (c *Chat) Post(m Message) Message {
	c.Unblock()
	sent, kind := &m, "message"
	if c.room.info.Type == "channel" {
		sent.SenderChat, kind = &c.room.info, "channel_post"
	} else {
		sent.From = c.user
	}
	c.room.post(sent)
	c.update(kind, sent)
	return *sent
}

var commandAtStart = regexp.MustCompile(`^/[A-Za-z0-9_]{1,64}(@\w+)?`)

func commandEntities(text string) []Entity {
	if command := commandAtStart.FindString(text); command != "" {
		return []Entity{{Type: "bot_command", Length: len(command)}}
	}
	return nil
}

// Edit changes the text of a message that the client sent, or the caption of a file.
func (c *Chat) Edit(m Message, text string) Message {
	edited := m
	if file, _ := m.Media(); file != nil {
		edited.Caption, edited.CaptionEntities = text, nil
	} else {
		edited.Text, edited.Entities = text, commandEntities(text)
	}
	edited.EditDate = c.now().Unix()
	c.room.replace(&edited)
	kind := "edited_message"
	if c.room.info.Type == "channel" {
		kind = "edited_channel_post"
	}
	c.update(kind, &edited)
	return edited
}

// Forward sends on a message that somebody else wrote elsewhere.
func (c *Chat) Forward(m Message, author User) Message {
	author = c.room.bot.server.person(author)
	m.ForwardOrigin = &ForwardOrigin{Type: "user", Date: c.now().Unix() - 60, SenderUser: &author}
	m.From, m.SenderChat, m.ReplyTo, m.ReplyMarkup, m.EditDate = nil, nil, nil, nil, 0
	return c.Post(m)
}

// ShareContact shares the client's own card; the phone is the user's when empty.
func (c *Chat) ShareContact(phone string) Message {
	return c.SendContact(Contact{
		PhoneNumber: orDefault(phone, c.user.Phone), FirstName: c.user.FirstName, LastName: c.user.LastName, UserID: c.user.ID,
	})
}

// SendContact shares any card. Without a UserID it is one from the address book.
func (c *Chat) SendContact(card Contact) Message { return c.Post(Message{Contact: &card}) }

// SendLocation shares a point on the map.
func (c *Chat) SendLocation(latitude, longitude float64) Message {
	return c.Post(Message{Location: &Location{Latitude: latitude, Longitude: longitude}})
}

// labelsOf lists labels for an error message.
func labelsOf(rows [][]string) string {
	return strings.Join(slices.Concat(rows...), ", ")
}
