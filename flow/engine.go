package flow

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/krokbot/krok/flow/richtext"
)

// Engine answers events. It has no state of its own and may be used by many at once.
type Engine struct {
	Odoo Odoo
}

// Result is what a turn comes to. Whoever ran the turn keeps the session, sends the messages and carries out the commit; the
// commit's result goes back to the engine as an event made by [ResultOf].
type Result struct {
	Session  Session
	Messages []Outgoing
	Commit   *Commit
	// Problems are what only a running conversation shows: a chain of steps without an end.
	Problems []Problem
}

// Turn answers one event of a chat. An error that IsUnavailable means that nothing was decided: the event is to be tried again
// later, and [Engine.Sorry] says so to the client meanwhile. Any other error is a fault of krok or of Odoo that trying again will
// not mend: [Engine.Failed] is what the client then hears.
func (e Engine) Turn(ctx context.Context, bot *Bot, session Session, event Event) (Result, error) {
	turn := newTurn(ctx, e.Odoo, bot, session, event)
	if event.Kind != KindResult && turn.session.Partner == 0 && !event.Group && speaks(event.Kind) {
		return turn.bind(), nil
	}
	err := turn.handle(event)
	if err == nil {
		err = turn.askAgain()
	}
	if errors.Is(err, errNotBound) && event.Kind == KindResult && event.Result.Failed {
		result := newTurn(ctx, e.Odoo, bot, session, event).bind() // this step cannot do without it: the event waits
		result.Commit.Optional = false
		return result, nil
	}
	if errors.Is(err, errNotBound) && event.Kind == KindNotice {
		return newTurn(ctx, e.Odoo, bot, session, event).bind(), nil // the session was lost: without the contact the event would wait for ever
	}
	if errors.Is(err, errPartnerGone) && (event.Kind != KindResult || event.Then.Step != 0) {
		kept := turn.session
		turn = newTurn(ctx, e.Odoo, bot, session, event)
		turn.session.Partner = 0
		result := turn.bind()
		if event.Then.Step != 0 { // what the client said has been written: it is not answered again, and the step must go on
			result.Commit.Then, result.Commit.Optional = event.Then, false
			result.Session.Answers, result.Session.Lead = kept.Answers, kept.Lead // what the step made of a result that comes but once
		}
		return result, nil
	}
	if err != nil {
		return Result{}, err
	}
	if turn.commit == nil {
		turn.session.Lead = turn.session.Lead.answered(turn.event)
	}
	return turn.result(), nil
}

// Sorry tells the client, once an event, that Odoo cannot be reached. The event stays to be tried again.
func (e Engine) Sorry(bot *Bot, session Session, event Event) Result {
	turn := newTurn(context.Background(), e.Odoo, bot, session, event)
	if turn.session.Told == turn.id || !speaks(turn.event.Kind) {
		return Result{Session: session}
	}
	turn.id += "/sorry" // its messages are not those of the turn that will come
	turn.SayKey("client.unavailable")
	turn.session.Told = event.ID
	return turn.result()
}

// Failed tells the client that something went wrong. The session stays where it was.
func (e Engine) Failed(bot *Bot, session Session, event Event) Result {
	turn := newTurn(context.Background(), e.Odoo, bot, session, event)
	if speaks(turn.event.Kind) {
		turn.SayKey("client.error")
	}
	return turn.result()
}

// StartOver tells the client that the conversation begins anew, and begins it: for a session that could not be read.
func (e Engine) StartOver(ctx context.Context, bot *Bot, session Session, event Event) (Result, error) {
	turn := newTurn(ctx, e.Odoo, bot, session, event)
	turn.SayKey("client.start_over")
	if err := turn.run(GoTo(bot.Start.ID)); err != nil {
		return Result{}, err
	}
	return turn.result(), nil
}

// speaks tells whether an event is something that a client did and expects an answer to.
func speaks(kind EventKind) bool { return kind == KindMessage || kind == KindPress }

// bind asks Odoo for the chat and its partner before anything else. Without Odoo the conversation goes on: steps that need
// nothing from it still serve, and the next event tries again.
func (t *Turn) bind() Result {
	result := t.result()
	result.Commit = &Commit{
		Key: t.key(), Optional: true, Then: Then{Replay: true},
		Operations: []Operation{{Kind: OpenChat, Args: map[string]any{
			"bot": t.bot.ID, "telegram_id": string(t.event.Chat),
			"name": cmp.Or(t.event.From.Name(), t.session.Who.Name()), "lang": cmp.Or(t.event.From.Lang, t.session.Who.Lang),
		}}},
	}
	return result
}

func (t *Turn) key() string { return t.bot.Code + "/" + string(t.event.Chat) + "/" + t.id }

func (t *Turn) result() Result {
	return Result{Session: t.session, Messages: t.out, Commit: t.commit, Problems: t.problems}
}

// handle answers the event, or the one that a result belongs to.
func (t *Turn) handle(event Event) error {
	switch event.Kind {
	case KindResult:
		return t.resume(event)
	case KindMessage:
		return t.routeMessage()
	case KindPress:
		return t.routePress()
	case KindBlocked:
		t.noteState("blocked")
	case KindUnblocked:
		t.noteState("open")
	case KindNotice:
		return t.notice(event.Notice)
	case KindEdited: // an edited message starts no turn
	}
	return nil
}

// resume goes on with what a commit brought.
func (t *Turn) resume(event Event) error {
	for _, result := range event.Result.Results {
		if partner := wholeNumber(result["partner"]); partner != 0 {
			t.session.Partner = partner
			t.session.Chat = wholeNumber(result["chat"])
			t.session.Lang, _ = result["lang"].(string)
		}
	}
	switch {
	case event.Then.Step != 0:
		return t.resumeStep(event)
	case event.Then.Record != "":
		return t.recordChanged(event)
	}
	if !event.Then.Replay {
		return nil
	}
	if t.event.Kind == KindResult {
		return errors.New("a result without the event it belongs to")
	}
	return t.handle(t.event)
}

// resumeStep lets the step that wrote go on. One that is gone, or has become another, leaves the client where they are.
func (t *Turn) resumeStep(event Event) error {
	step := t.bot.Steps[event.Then.Step]
	if step == nil || step.Skipped {
		return nil
	}
	resumer, ok := step.Type.(Resumer)
	if !ok {
		return nil
	}
	next, err := resumer.Resume(t, step, *event.Result)
	if err != nil {
		return fmt.Errorf("going on with %s of bot %q: %w", step, t.bot.Name, err)
	}
	return t.run(next)
}

// noteState writes to Odoo whether the chat can be written to.
func (t *Turn) noteState(state string) {
	t.session.OptedOut = state == "opted_out"
	if t.session.Chat == 0 {
		return // Odoo does not know this chat yet
	}
	t.commit = &Commit{Key: t.key(), Operations: []Operation{{Kind: ChatState, Args: map[string]any{"chat": t.session.Chat, "state": state}}}}
}

var errPartnerGone = errors.New("the chat's contact does not exist any more")

// plain makes a text without formatting.
func plain(text string) richtext.Text { return richtext.Plain(text) }
