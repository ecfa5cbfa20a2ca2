// Package script is conversations as files: transcripts (*.chat) that read like a chat, are played against a bot, and show as a
// difference what the bot said otherwise.
//
// A transcript consists of lines that begin with a sign:
//
//	> text           the client writes
//	> [Label]        the client presses a button: of the keyboard, else the newest inline button of that name
//	> [[Label]]      the same, but only an inline button
//	> (contact)      the client does something that is no text; see below
//	< text           the bot says; … matches anything, also alone
//	< (nothing)      the bot says nothing; the next client's line means the same
//	# note           is read by people; "# bot: shop.yaml" at the beginning names the bot
//	~ 10m            time passes: s, m, h, d
//	@ name = value   sets the scene
//	@? name = value  looks at what was written: a field of the contact, as people read it; … matches anything
//
// An indented line goes on with the message above it. Formatting in the bot's lines is shown as *bold* _italic_ __underline__
// ~strike~ ||spoiler|| `code` [link](https://example.com), and "> " before the lines of a quote.
//
// Buttons stand below the text, a line for each row: [Label] on the keyboard under the input field, [[Label]] under the message,
// [[Label]](https://example.com) and [[Label]](copy TEXT) where they open or copy something, [Label](contact) and
// [Label](location) where they share something. Where rows do not matter they may stand behind the text after two spaces. A file
// stands before its caption: (image menu.png) caption; each file of an album on a line of its own. Notes below the buttons need not
// be written, but are compared where they are: (no keyboard) takes the keyboard away, (protected), (silent), (link preview).
//
// "< (edited) [[A]] [[B]]" says that an earlier message, mostly the one whose button was pressed, has these buttons now in the place of
// its old ones; its text stays. (edited) alone took them away.
//
// The client can do: (contact), (contact +380671234567), (contact of another), (contact of nobody) for a card from the address
// book, (location 50.45, 30.52), (photo a.jpg) caption, and so any other kind of file, (sticker), (empty), (4096 × 😀) for a text
// repeated, (blocked), (unblocked), (press old [Label]) for the oldest button of that name, also one that an edit has taken away,
// (forged data) for a press of data that the bot may never have sent; and before a text (group), (forwarded), (edited). A text that
// begins like this begins with "\". \u{200b} is the letter with that code. Contents of files are made up; (document a.pdf, 25 MB) is one
// of that size, of which more than 20 MB cannot be had.
//
// The scene: partner.<field>, partner = gone, chat.first_name, chat.last_name, chat.username, chat.lang (of their app), chat.phone,
// odoo = down, up or refuses, files = down, up or gone, now = 2026-12-24 18:00, bot = other.yaml for an edit that goes live
// meanwhile, and event Name = 7 for an external event of the bot that happens to the record 7. Without an Odoo also:
// record sale.order 7 = name: S7; state: sale; partner_id: me for a record as people read it ("me" is the client's contact, True and False are
// booleans, of a relation to many the ids), and nothing behind "=" where it is deleted; partner.tags; values country_id = Польща, Україна for what a field can be, with the keys 1, 2, …, or
// values type = contact: Контакт, other: Інше; merge = merged, parent, users, refused or none for what becomes of the next merge, with
// the other contact's name where it matters (merge = parent: Сад); refuses = words, with which Odoo refuses the next update.
package script

import (
	"strings"
	"time"

	"github.com/krokbot/krok/flow/texts"
)

// Script is a transcript that has been read.
type Script struct {
	Name  string
	Lines []Line
}

// Line is a line of a transcript with those that go on with it.
type Line struct {
	Number int // of its first line in the file, from 1
	Kind   Kind
	Source string // as it stands in the file
	Text   string // without its sign: of the bot, an operator, a note
	Action Action // of the client
	Name   string // of a scene or a check: what is set, or looked at
	Value  string // of a scene or a check: to what, or what it should be
	Wait   time.Duration
}

// Kind says what a line is.
type Kind int

// The kinds of lines.
const (
	Note Kind = iota // also an empty line
	Client
	Bot
	Operator
	Pause
	Scenery
	Check
)

// Header gives the value of a note "# name: value" that stands before everything else; "" where there is none.
func (s *Script) Header(name string) string {
	for _, line := range s.Lines {
		if line.Kind != Note {
			return ""
		}
		if key, value, ok := strings.Cut(line.Text, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// Help explains transcripts to people.
func Help(lang string) string { return texts.Get(lang, "script.help", nil) }
