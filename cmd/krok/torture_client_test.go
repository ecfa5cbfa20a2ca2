package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/krokbot/krok/connector/telegramtest"
)

// echoBot answers every text with one message that shows it: in "plain" by itself, in "named" with what Odoo says of the contact. A
// button leads from one to the other; the word "номер" to a question for the client's phone number, which merges contacts.
const echoBot = `bot:
  code: CODE
  name: Випробування
  lang: uk_UA
  tz: Europe/Kyiv
steps:
  - code: plain
    name: Без Odoo
    type: input
    aliases: [/start]
    text: "= [{{ answer.plain }}] [{{ answer.named }}]"
    inline: [{name: З Odoo, target: named}]
    next: plain
  - code: named
    name: З Odoo
    type: input
    text: "{{ partner.name }}: [{{ answer.plain }}] [{{ answer.named }}]"
    inline: [{name: Без Odoo, target: plain}]
    next: named
  - code: phone
    name: Номер
    type: contact
    aliases: [номер]
    text: "Який у вас номер?"
    field: phone
    merge_by_phone: true
    text_after: "Дякую, {{ partner.name }}!"
    next: named
`

// asksForNumber is what the step "phone" says.
const asksForNumber = "Який у вас номер?"

// did is one thing that a client did.
type did struct {
	what   string
	expect string // the text of the one message that answers it; "" where none does
	at     time.Time
}

// client is a person in one chat with the bot. They know what the bot should answer, and so each answer is told from all others.
type client struct {
	chat   *telegramtest.Chat
	name   string
	number int
	random *rand.Rand
	pause  time.Duration // between two bursts, on average
	begin  time.Duration // before the first

	left      int // how many events are still to come
	texts     int
	named     bool   // which step the bot rests in
	lastPlain string // and its answers
	lastNamed string
	bound     bool // the bot has shown the contact's name
	fresh     bool // a text came after the last press, so the answer to another press is a new one
	blocks    int  // commits of Odoo: those of blocking and of letting in again
	phone     string
	known     bool // Odoo has a contact with the client's number, by the name that odooName gives
	shared    bool // the client has shared their number
	done      []did
	waiting   map[string]int // expected answers that are not there yet → their place in done
	newest    telegramtest.Message
	sent      func(events int)
}

// live plays the client to the end: all events sent and, unless ctx ends before, all answered.
func (c *client) live(ctx context.Context) {
	if !rest(ctx, c.begin) {
		return
	}
	c.say("/start", "")
	for c.left > 0 && ctx.Err() == nil {
		chance := c.random.Float64()
		switch {
		case c.fresh && chance < 0.2 && c.answered(ctx):
			c.press()
		case c.bound && c.left > 2 && chance > 0.97 && c.answered(ctx):
			c.block(ctx)
		case c.bound && !c.shared && !c.named && c.fresh && c.left > 4 && chance > 0.8 && c.answered(ctx):
			c.share(ctx)
		default:
			for range 1 + c.random.IntN(5) { // several in a row
				if c.left > 0 {
					c.texts++
					text := fmt.Sprintf("m%d-%d", c.number, c.texts)
					c.say(text, text)
				}
			}
		}
		rest(ctx, time.Duration(c.random.ExpFloat64()*float64(c.pause)))
	}
	c.answered(ctx)
}

func rest(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// say sends a text that the step where the bot rests keeps as its answer.
func (c *client) say(text, answer string) {
	switch {
	case answer == "":
	case c.named:
		c.lastNamed = answer
	default:
		c.lastPlain = answer
	}
	c.fresh = answer != ""
	c.note(text, c.shown())
	c.chat.Send(text)
}

// press presses the button under the newest answer.
func (c *client) press() {
	label := "З Odoo"
	if c.named {
		label = "Без Odoo"
	}
	c.named, c.fresh = !c.named, false
	c.note("pressed "+label, c.shown())
	if err := c.chat.PressOn(c.newest, label); err != nil {
		panic(err) // the newest answer has this button, or the test is wrong
	}
}

// block blocks the bot and lets it in again: two events that nothing answers, each with a commit.
func (c *client) block(ctx context.Context) {
	c.note("blocked the bot", "")
	c.chat.Block()
	rest(ctx, time.Duration(c.random.IntN(300))*time.Millisecond)
	c.note("let the bot in", "")
	c.chat.Unblock()
	c.blocks += 2
}

// share lets the bot ask for the client's number, and gives it. From then on the client goes by the name that Odoo has for the number.
func (c *client) share(ctx context.Context) {
	c.note("номер", asksForNumber)
	c.chat.Send("номер")
	if !c.answered(ctx) {
		return
	}
	if c.known {
		c.name = c.odooName()
	}
	c.shared, c.named, c.fresh = true, true, false
	c.note("shared the number", "Дякую, "+c.name+"!")
	c.note("is asked on", c.shown())
	c.chat.ShareContact(c.phone)
}

// odooName is what somebody in the office has called the client.
func (c *client) odooName() string { return fmt.Sprintf("Контакт %d", c.number) }

// shown is the text of the step where the bot rests.
func (c *client) shown() string {
	begin := "="
	if c.named {
		begin = c.name + ":"
	}
	return fmt.Sprintf("%s [%s] [%s]", begin, c.lastPlain, c.lastNamed)
}

func (c *client) note(what, expect string) {
	if expect != "" {
		c.waiting[expect] = len(c.done)
	}
	c.done = append(c.done, did{what, expect, time.Now()})
	c.left--
	c.sent(1)
}

// answered waits until everything is; false where ctx ended before.
func (c *client) answered(ctx context.Context) bool {
	for len(c.waiting) > 0 {
		if ctx.Err() != nil {
			return false
		}
		got, err := c.chat.Wait(1)
		if err != nil {
			continue // nothing yet
		}
		place, expected := c.waiting[got[0].Text]
		if !expected {
			continue // a repetition, or that Odoo is down: looked at in the end
		}
		delete(c.waiting, got[0].Text)
		if place == len(c.done)-1 {
			c.newest = got[0]
		}
		c.bound = c.bound || strings.HasPrefix(got[0].Text, c.name)
	}
	return true
}

// newClients makes the people of a run, who begin one after another during the first half of it.
func newClients(bot *telegramtest.Bot, form form, seed uint64, sent func(int)) []*client {
	clients := make([]*client, form.chats)
	for i := range clients {
		random := rand.New(rand.NewPCG(seed, uint64(i+1)))
		name := fmt.Sprintf("Клієнт %d", i+1)
		clients[i] = &client{
			chat: bot.Chat(telegramtest.User{FirstName: name, LanguageCode: "uk"}), name: name, number: i + 1, random: random,
			begin: time.Duration(random.Int64N(int64(form.lasts / 2))),
			left:  form.events / form.chats, waiting: map[string]int{}, sent: sent,
			phone: fmt.Sprintf("+38067%07d", 1_000_000+i), known: i%2 == 0,
		}
		// bursts have three texts on average, and every fifth time there is one press instead
		bursts := float64(clients[i].left) / 2.6
		clients[i].pause = time.Duration(float64(form.lasts-clients[i].begin) / bursts)
	}
	return clients
}

// history shows what happened in a chat: what the client did, and under it the answers in the order in which they came.
func (c *client) history(calls []telegramtest.Call) string {
	var lines []string
	for _, one := range c.done {
		lines = append(lines, fmt.Sprintf("%s  client %-24s expects %q", one.at.UTC().Format(stamp), one.what, one.expect))
	}
	for _, call := range calls {
		lines = append(lines, fmt.Sprintf("%s  bot    %-24q status %d %s", call.At.UTC().Format(stamp), call.Arg("text"), call.Status, call.Description))
	}
	slices.SortStableFunc(lines, func(a, b string) int { return strings.Compare(a[:len(stamp)], b[:len(stamp)]) })
	return strings.Join(lines, "\n")
}

const stamp = "15:04:05.000"
