package flow

import (
	"time"
)

// Bot is a checked, immutable definition: what the turns of a chat work with. A change in Odoo makes a new one.
type Bot struct {
	ID       int64
	Code     string
	Name     string
	Lang     string // of those whose own language is not known
	Country  string // of its company, as ISO 3166 code ("UA"); "" is not known
	Location *time.Location
	// SilentInGroups: the bot says nothing in group chats, instead of explaining that it talks in private.
	SilentInGroups bool
	// Words are the admin's own texts, by the key of krok's standard text that they replace.
	Words    map[string]Texts
	Start    *Step
	Steps    map[int64]*Step
	InOrder  []*Step
	Commands []Command
	// Notifications and Watches are those that any step or event of this bot can lead to.
	Notifications map[int64]*Notification
	Watches       map[int64]*Watch

	answers map[int64]*Answer
	owners  map[int64]*Step  // the steps of answers
	aliases map[string]*Step // by normalised code
}

// Command is one line of the messenger's command menu.
type Command struct {
	Name        string // without the slash
	Description Texts
}

// words are the bot's own texts: field of the bot, key of the standard text.
var words = map[string]string{
	"text_not_understood": "client.not_understood",
	"text_error":          "client.error",
	"text_unavailable":    "client.unavailable",
	"text_choose":         "client.choose",
}

// answer finds an answer of any step; nil where there is none.
func (b *Bot) answer(id int64) *Answer { return b.answers[id] }

// ByAlias finds the step that a code leads to, or nil.
func (b *Bot) ByAlias(code string) *Step { return b.aliases[Normalise(code)] }
