package telegramtest

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
)

const (
	maxCommands    = 100
	maxDescription = 256 // characters
)

var (
	commandForm  = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)
	languageForm = regexp.MustCompile(`^[a-z]{2}$`)
)

// commands are a bot's menus by scope and language.
type commands struct {
	mu    sync.Mutex
	menus map[menuKey][]Command
}

type menuKey struct {
	scope string // default, all_private_chats, …, or "chat:<id>", "chat_administrators:<id>", "chat_member:<id>:<user>"
	lang  string
}

func setMyCommands(r *request) ([]byte, *refusal) {
	var list []Command
	if _, refused := r.object("commands", &list); refused != nil {
		return nil, refused
	}
	if len(list) > maxCommands {
		return nil, badRequest("BOT_COMMANDS_TOO_MUCH")
	}
	for i := range list {
		c := &list[i]
		c.Command = strings.TrimPrefix(c.Command, "/")
		if !commandForm.MatchString(c.Command) {
			return nil, badRequest("BOT_COMMAND_INVALID")
		}
		c.Description = strings.TrimSpace(c.Description)
		if n := len([]rune(c.Description)); n < 1 || n > maxDescription {
			return nil, badRequest("BOT_COMMAND_DESCRIPTION_INVALID")
		}
	}
	key, refused := r.menuKey()
	if refused != nil {
		return nil, refused
	}
	r.bot.commands.set(key, list)
	return success(true), nil
}

func deleteMyCommands(r *request) ([]byte, *refusal) {
	key, refused := r.menuKey()
	if refused != nil {
		return nil, refused
	}
	r.bot.commands.set(key, nil)
	return success(true), nil
}

func getMyCommands(r *request) ([]byte, *refusal) {
	key, refused := r.menuKey()
	if refused != nil {
		return nil, refused
	}
	list := r.bot.commands.get(key)
	if list == nil {
		list = []Command{}
	}
	return success(list), nil
}

// menuKey reads the scope and the language of a call.
func (r *request) menuKey() (menuKey, *refusal) {
	key := menuKey{scope: "default", lang: r.text("language_code")}
	if key.lang != "" && !languageForm.MatchString(key.lang) {
		return key, badRequest("invalid language code specified")
	}
	var scope struct {
		Type string `json:"type"`
		Chat any    `json:"chat_id"` // a number or "@name"
		User int64  `json:"user_id"`
	}
	given, refused := r.object("scope", &scope)
	if refused != nil || !given {
		return key, refused
	}
	key.scope = scope.Type
	switch scope.Type {
	case "default", "all_private_chats", "all_group_chats", "all_chat_administrators":
		return key, nil
	case "chat", "chat_administrators", "chat_member":
	default:
		return key, badRequest("can't parse BotCommandScope: Unsupported type specified")
	}
	name, _ := scope.Chat.(string)
	if n, ok := scope.Chat.(float64); ok {
		name = strconv.FormatInt(int64(n), 10) // exact: ids have 52 bits at most
	}
	room := r.bot.room(name)
	if room == nil {
		return key, badRequest("chat not found")
	}
	key.scope += ":" + strconv.FormatInt(room.info.ID, 10)
	if scope.Type == "chat_member" {
		key.scope += ":" + strconv.FormatInt(scope.User, 10)
	}
	return key, nil
}

func (c *commands) set(key menuKey, list []Command) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.menus == nil {
		c.menus = make(map[menuKey][]Command)
	}
	if len(list) == 0 {
		delete(c.menus, key)
		return
	}
	c.menus[key] = list
}

func (c *commands) get(key menuKey) []Command {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.menus[key]
}

// Commands is the menu that the client sees: the narrowest scope wins, and in it their language.
func (c *Chat) Commands() []Command {
	wide := "all_private_chats"
	if c.room.info.Type != "private" {
		wide = "all_group_chats"
	}
	lang, _, _ := strings.Cut(c.user.LanguageCode, "-")
	id := strconv.FormatInt(c.room.info.ID, 10)
	for _, scope := range []string{"chat_member:" + id + ":" + strconv.FormatInt(c.user.ID, 10), "chat:" + id, wide, "default"} {
		for _, lang := range []string{lang, ""} {
			if list := c.room.bot.commands.get(menuKey{scope: scope, lang: lang}); list != nil {
				return list
			}
		}
	}
	return nil
}
