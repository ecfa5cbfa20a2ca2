package flow

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/krokbot/krok/flow/richtext"
	"github.com/krokbot/krok/flow/texts"
)

// maxChain is how many steps may follow each other without a wait: more is a loop.
const maxChain = 50

// Turn is one turn while it runs: what step types work with.
type Turn struct {
	ctx      context.Context //nolint:containedctx // a turn lives no longer than the call that it belongs to
	odoo     Odoo
	bot      *Bot
	id       string // of the event, for the keys of messages and commits
	event    Event  // the client's event; of a result, the one that the commit was made for
	last     *Event // behind a result, the last event that waits
	session  Session
	out      []Outgoing
	commit   *Commit
	problems []Problem
	moved    bool              // a step was entered in this turn
	again    *Step             // the step whose question is put once more at the end
	values   map[string]string // what Odoo said about the partner
	found    *Values           // what a search for the client's words found
}

func newTurn(ctx context.Context, odoo Odoo, bot *Bot, session Session, event Event) *Turn {
	turn := &Turn{ctx: ctx, odoo: odoo, bot: bot, id: event.ID, event: event, last: event.Last, session: session, values: map[string]string{}}
	if event.Kind == KindResult && event.Origin != nil {
		turn.event = *event.Origin
	}
	if turn.event.From.ID != "" && !turn.event.Group {
		turn.session.Who = turn.event.From
	}
	answers := make(map[string]string, len(session.Answers)) // the session given stays as it was
	for code, answer := range session.Answers {
		answers[code] = answer
	}
	turn.session.Answers = answers
	if session.List != nil {
		list := *session.List
		turn.session.List = &list
	}
	turn.session.Lead = session.Lead.at(turn.event)
	return turn
}

// SayKey sends a standard text, or the bot's own in its place.
func (t *Turn) SayKey(key string) { t.Say(plain(t.word(key, nil))) }

// Say sends a text as it is, in as many messages as it takes.
func (t *Turn) Say(text richtext.Text) {
	for _, part := range text.Split(maxText) {
		t.send(Outgoing{Text: part})
	}
}

// Keep remembers an answer of the client under the step's code, for placeholders.
func (t *Turn) Keep(step *Step, answer string) { t.session.Answers[step.Code] = answer }

// AskAgain sends a step's question once more at the end of the turn: its text and buttons, without its media.
func (t *Turn) AskAgain(step *Step) { t.again = step }

// askAgain puts the question that AskAgain was called for. What its placeholders need is asked anew.
func (t *Turn) askAgain() error {
	if t.again == nil {
		return nil
	}
	if _, err := t.learn(t.again); err != nil {
		return fmt.Errorf("asking %s of bot %q again: %w", t.again, t.bot.Name, err)
	}
	choices, err := t.choices(t.again)
	if err != nil {
		return fmt.Errorf("asking %s of bot %q again: %w", t.again, t.bot.Name, err)
	}
	t.present(t.again, nil, choices)
	return nil
}

func (t *Turn) choices(step *Step) (Choices, error) {
	chooser, ok := step.Type.(Chooser)
	if !ok {
		return Choices{}, nil
	}
	return chooser.Choices(t, step)
}

// Write ends the turn with what Odoo is to carry out. The step goes on with what came of it: see [Resumer]. refusable: where Odoo refuses
// in words for people, the step deals with that too.
func (t *Turn) Write(step *Step, refusable bool, operations ...Operation) Next {
	t.commit = &Commit{Key: t.key(), Operations: operations, Refusable: refusable, Then: Then{Step: step.ID}}
	return Next{move: moveWrite}
}

// reject tells the client why an answer does not do, and puts the step's question once more.
func (t *Turn) reject(step *Step, key string, args texts.Args) Next {
	t.Say(plain(t.word(key, args)))
	t.AskAgain(step)
	return Wait()
}

// tell sends a text with placeholders, which takes away a keyboard that has had its answer.
func (t *Turn) tell(templates map[string]richtext.Template) error {
	if err := t.askFor(templates); err != nil {
		return err
	}
	for _, part := range t.render(templates).Split(maxText) {
		t.send(Outgoing{Text: part, RemoveKeyboard: t.session.Keyboard})
	}
	return nil
}

// problem notes what only this conversation shows.
func (t *Turn) problem(step *Step, field, key string, args texts.Args) {
	t.problems = append(t.problems, Problem{Level: LevelWarning, Step: step.ID, Field: field, Key: "problem." + key, Args: args})
}

func (t *Turn) send(message Outgoing) {
	message.Key = fmt.Sprintf("%s#%d", t.id, len(t.out)+1)
	switch {
	case len(message.Keyboard) > 0:
		t.session.Keyboard = true
	case message.RemoveKeyboard:
		t.session.Keyboard = false
	}
	t.out = append(t.out, message)
}

// word is a standard text of krok, or the bot's own in its place, in the client's language.
func (t *Turn) word(key string, args texts.Args) string {
	if own := t.bot.Words[key].In(t.langs()...); own != "" {
		return own
	}
	return texts.Get(texts.Pick(t.langs()...), key, args)
}

// langs are the languages that the client reads, best first: of their partner, of their app, of the bot. A group is no client.
func (t *Turn) langs() []string {
	if t.event.Group {
		return []string{t.event.From.Lang, t.bot.Lang}
	}
	return []string{t.session.Lang, t.session.Who.Lang, t.bot.Lang}
}

// odooLang is the client's language as Odoo names it.
func (t *Turn) odooLang() string { return cmp.Or(t.session.Lang, t.bot.Lang) }

// run goes from step to step until one waits or none is left.
func (t *Turn) run(next Next) error {
	for range maxChain {
		switch next.move {
		case movePass, moveWait, moveWrite:
			return nil
		case moveEnd:
			t.session.Waits = false
			return nil
		case moveTo:
		}
		step := t.bot.Steps[next.step]
		if step == nil {
			next = GoTo(0) // deleted while the client was on the way to it
			continue
		}
		var err error
		if next, err = t.enter(step); err != nil {
			return fmt.Errorf("entering %s of bot %q: %w", step, t.bot.Name, err)
		}
	}
	t.session.Waits = false
	t.SayKey("client.error")
	t.problems = append(t.problems, Problem{Level: LevelWarning, Step: t.session.Step, Field: "next_id", Key: "problem.endless_chain", Args: texts.Args{"n": maxChain}})
	return nil
}

// enter shows a step to the client and asks its type how to go on.
func (t *Turn) enter(step *Step) (Next, error) {
	if step.Skipped {
		return GoTo(step.Next), nil
	}
	fits, err := t.learn(step)
	if err != nil {
		return Next{}, err
	}
	if !fits {
		if step.Otherwise != 0 {
			return GoTo(step.Otherwise), nil
		}
		return GoTo(step.Next), nil
	}
	if !t.moved {
		t.moved = true
		t.session.Visit++
	}
	t.session.Step, t.session.Waits, t.session.Labels, t.session.List = step.ID, false, nil, nil
	choices, err := t.choices(step)
	if err != nil {
		return Next{}, err
	}
	t.present(step, step.Media, choices)
	next, err := step.Type.Enter(t, step)
	if err == nil && next.move == moveWait {
		t.session.Waits = true
	}
	return next, err
}

// value fills a placeholder.
func (t *Turn) value(path string) string {
	root, rest, _ := strings.Cut(path, ".")
	switch root {
	case "partner":
		return t.values[rest]
	case "record":
		if found, _, ok := readTrail(t.session.Record); ok && rest == "id" && len(found.hops) > 0 {
			return strconv.FormatInt(found.hops[len(found.hops)-1].record, 10)
		}
		return t.values[path]
	case "answer":
		return t.session.Answers[rest]
	case "bot":
		if rest == "name" {
			return t.bot.Name
		}
	case "chat":
		return map[string]string{
			"first_name": t.session.Who.FirstName, "last_name": t.session.Who.LastName, "username": t.session.Who.Username,
			"name": t.session.Who.Name(), "id": string(t.event.Chat),
		}[rest]
	}
	return ""
}

// render fills a template in the client's language.
func (t *Turn) render(templates map[string]richtext.Template) richtext.Text {
	return inLanguage(templates, t.langs()...).Render(t.value)
}

// label fills a button's name: plain, on one line.
func (t *Turn) label(templates map[string]richtext.Template) string {
	return strings.Join(strings.Fields(t.render(templates).Text), " ")
}
