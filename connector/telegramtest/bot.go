package telegramtest

import (
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// Bot is a bot as Telegram keeps it: its updates, chats, commands and files.
type Bot struct {
	server  *Server
	token   string
	me      User
	revoked atomic.Bool

	updates  updates
	calls    callLog
	meter    meter
	commands commands
	presses  presses

	rooms       sync.Map // chat id → *room
	clients     sync.Map // user id → *Chat, private chats only
	lastMessage atomic.Int64
	lastAlbum   atomic.Int64
	lastGroup   atomic.Int64
}

func newBot(s *Server, token string) *Bot {
	id, _ := strconv.ParseInt(token[:strings.IndexByte(token, ':')], 10, 64) // digits, by the token's form
	b := &Bot{server: s, token: token}
	b.me = User{ID: id, IsBot: true, FirstName: "Bot " + strconv.FormatInt(id, 10), Username: "test_" + strconv.FormatInt(id, 10) + "_bot"}
	b.updates.bot = b
	b.updates.nextID = 800_000_001
	b.updates.allowed = usualUpdates
	return b
}

// Token is what the bot's program authenticates with.
func (b *Bot) Token() string { return b.token }

// ID is the bot's user id.
func (b *Bot) ID() int64 { return b.me.ID }

// Username is the bot's name after the @.
func (b *Bot) Username() string { return b.me.Username }

// Revoke makes the token invalid, as BotFather's /revoke does.
func (b *Bot) Revoke() { b.revoked.Store(true) }

// Calls are the bot's calls in the order of their arrival, of the methods named, or of all.
func (b *Bot) Calls(methods ...string) []Call { return b.calls.list(methods) }

// ForgetCalls empties the record.
func (b *Bot) ForgetCalls() { b.calls.forget() }

// Fail is Server.Fail for this bot alone.
func (b *Bot) Fail(fault Fault) *Script {
	fault.Bot = b
	return b.server.Fail(fault)
}

func getMe(r *request) ([]byte, *refusal) {
	type me struct {
		User
		CanJoinGroups   bool `json:"can_join_groups"`
		ReadsAll        bool `json:"can_read_all_group_messages"`
		SupportsInline  bool `json:"supports_inline_queries"`
		CanBusiness     bool `json:"can_connect_to_business"`
		HasMainWebApp   bool `json:"has_main_web_app"`
		HasTopicsInside bool `json:"has_topics_enabled"`
	}
	return success(me{User: r.bot.me, CanJoinGroups: true, ReadsAll: true}), nil
}

// getChat answers with what the bot sees of a chat.
func getChat(r *request) ([]byte, *refusal) {
	room, refused := r.room()
	if refused != nil {
		return nil, refused
	}
	type full struct {
		ChatInfo
		AccentColorID    int      `json:"accent_color_id"`
		MaxReactionCount int      `json:"max_reaction_count"`
		AcceptedGifts    struct{} `json:"accepted_gift_types"`
	}
	return success(full{ChatInfo: room.info, MaxReactionCount: 11}), nil
}

// room is the chat that the call is for.
func (r *request) room() (*room, *refusal) {
	name := strings.TrimSpace(r.text("chat_id"))
	if name == "" {
		return nil, badRequest("chat_id is empty")
	}
	if room := r.bot.room(name); room != nil {
		return room, nil
	}
	return nil, badRequest("chat not found")
}

func (b *Bot) room(name string) *room {
	if strings.HasPrefix(name, "@") {
		var found *room
		b.rooms.Range(func(_, value any) bool {
			if room := value.(*room); room.info.Type != "private" && strings.EqualFold(room.info.Username, name[1:]) {
				found = room
			}
			return found == nil
		})
		return found
	}
	id, err := strconv.ParseInt(name, 10, 64)
	if err != nil {
		return nil
	}
	if known, ok := b.rooms.Load(id); ok {
		return known.(*room)
	}
	if b.server.config.OpenChats && id > 0 && id < 1<<52 {
		return b.Chat(User{ID: id}).room
	}
	return nil
}
