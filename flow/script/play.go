package script

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
)

// Setter sets the scene: the contact ("partner.phone" to "+380…", "partner" to "gone").
type Setter interface {
	Set(ctx context.Context, name, value string) error
}

// World is what a transcript is played in. Bot is needed; all else has a use where it is empty.
type World struct {
	Bot  *flow.Bot
	Odoo flow.Odoo // nil is a new Scene
	// Scene sets fields of the contact; nil: Odoo, where it is a Setter, and else such lines are errors.
	Scene Setter
	// Files are those that the client sends; nil: they are made up, see [MadeUp].
	Files flow.Files
	// Load gives the bot that a line "@ bot = name" puts in the place of the one before; nil: such lines are errors.
	Load  func(name string) (*flow.Bot, error)
	Start time.Time   // of the conversation; the zero time is a day in November 2026
	Chat  flow.ChatID // "" is that of Who
	Who   flow.Person // the zero person is Ганна, whose app speaks Ukrainian
	// Prefix makes the ids of events unique where Odoo has seen this chat before.
	Prefix string
}

// Play plays a transcript and reports what the bot said. An error is a line that could not be played.
func Play(ctx context.Context, s *Script, world World) (*Report, error) {
	p := newPlayer(s, world)
	defer func() { p.report.Problems = p.chat.Problems() }()
	for _, line := range s.Lines {
		if line.Kind == Note || line.Kind == Bot {
			p.group = append(p.group, line)
			continue
		}
		p.settle()
		if line.Kind == Check {
			if err := p.check(ctx, line); err != nil {
				return p.report, err
			}
			continue
		}
		p.report.add(' ', line.Number, line.Source)
		if err := p.do(ctx, line); err != nil {
			return p.report, err
		}
		if p.report.stopped {
			return p.report, nil
		}
	}
	p.settle()
	return p.report, nil
}

type player struct {
	script *Script
	world  World
	bot    *flow.Bot
	gate   *gate
	files  *fileGate
	chat   *Conversation
	phone  *Phone
	now    time.Time
	group  []Line  // what is expected since the last thing that happened, and the notes among it
	said   []shown // what was said since then
	report *Report
}

func newPlayer(s *Script, world World) *player {
	if world.Odoo == nil {
		world.Odoo = &Scene{}
	}
	if setter, ok := world.Odoo.(Setter); ok && world.Scene == nil {
		world.Scene = setter
	}
	if world.Who.ID == "" {
		world.Who = flow.Person{ID: "7000000001", FirstName: "Ганна", Lang: "uk"}
	}
	if world.Start.IsZero() {
		world.Start = time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
	}
	if world.Files == nil {
		world.Files = MadeUp{}
	}
	p := &player{script: s, world: world, bot: world.Bot, now: world.Start, report: &Report{Name: s.Name},
		gate: &gate{Odoo: world.Odoo}, files: &fileGate{Files: world.Files}}
	p.phone = &Phone{Who: world.Who}
	p.chat = &Conversation{Bot: func() *flow.Bot { return p.bot }, Odoo: p.gate, Files: p.files, Chat: world.Chat, Who: world.Who,
		Now: func() time.Time { return p.now }, Prefix: world.Prefix}
	return p
}

// do lets happen what a line says.
func (p *player) do(ctx context.Context, line Line) error {
	switch line.Kind {
	case Client:
		event, ok, err := p.phone.Event(line.Action)
		if err != nil {
			p.report.stop(line.Number, err)
			return nil
		}
		if ok {
			messages, err := p.chat.Deliver(ctx, event)
			return p.hear(ctx, line, messages, err)
		}
		return nil
	case Operator:
		return p.errorIn(line, "script.operator", nil, nil)
	case Pause:
		p.now = p.now.Add(line.Wait)
	case Scenery:
		if name, ok := strings.CutPrefix(line.Name, "event "); ok {
			return p.happen(ctx, line, strings.TrimSpace(name))
		}
		if err := p.set(ctx, line); err != nil {
			return err
		}
	case Note, Bot, Check:
	}
	messages, err := p.chat.Retry(ctx)
	return p.hear(ctx, line, messages, err)
}

// happen lets an external event of the bot happen to a record.
func (p *player) happen(ctx context.Context, line Line, name string) error {
	record, err := strconv.ParseInt(line.Value, 10, 64)
	if err != nil || record <= 0 {
		return p.errorIn(line, "script.bad_event", texts.Args{"word": line.Value}, nil)
	}
	var names []string
	for _, watch := range p.bot.Watches {
		if watch.Name == name {
			messages, err := p.chat.Deliver(ctx, flow.Event{Kind: flow.KindNotice, Notice: &flow.Notice{Watch: watch.ID, Record: record}})
			return p.hear(ctx, line, messages, err)
		}
		names = append(names, watch.Name)
	}
	if len(names) == 0 {
		return p.errorIn(line, "script.no_events", texts.Args{"word": name}, nil)
	}
	slices.Sort(names)
	return p.errorIn(line, "script.unknown_event", texts.Args{"word": name, "known": strings.Join(names, ", ")}, nil)
}

// hear takes in what the bot says. What made it say that something went wrong is kept for the report.
func (p *player) hear(ctx context.Context, line Line, messages []flow.Outgoing, err error) error {
	p.phone.Receive(messages...)
	for _, message := range messages {
		p.said = append(p.said, newShown(message))
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		p.report.Failures = append(p.report.Failures, &Error{File: p.script.Name, Line: line.Number, Column: 1, Key: "script.failure", Cause: err})
	}
	return nil
}

func (p *player) errorIn(line Line, key string, args texts.Args, cause error) error {
	return &Error{File: p.script.Name, Line: line.Number, Column: 1, Key: key, Args: args, Cause: cause}
}

// set sets the scene.
func (p *player) set(ctx context.Context, line Line) error {
	switch {
	case line.Name == "odoo":
		if !slices.Contains(gateStates, line.Value) {
			return p.errorIn(line, "script.bad_odoo", texts.Args{"word": line.Value, "known": strings.Join(gateStates, ", ")}, nil)
		}
		p.gate.set(line.Value)
	case line.Name == "files":
		if !slices.Contains(fileStates, line.Value) {
			return p.errorIn(line, "script.bad_files", texts.Args{"word": line.Value, "known": strings.Join(fileStates, ", ")}, nil)
		}
		p.files.set(line.Value)
	case line.Name == "now":
		return p.setClock(line)
	case line.Name == "bot":
		return p.setBot(line)
	case strings.HasPrefix(line.Name, "chat."):
		p.setWho(line)
	case p.world.Scene == nil:
		return p.errorIn(line, "script.no_scene", texts.Args{"word": line.Name}, nil)
	default:
		if err := p.world.Scene.Set(ctx, line.Name, line.Value); err != nil {
			return p.errorIn(line, "script.not_set", texts.Args{"word": line.Name}, err)
		}
	}
	return nil
}

// check compares a field of the contact, as people read it, with what is expected of it.
func (p *player) check(ctx context.Context, line Line) error {
	value, err := p.chat.Value(ctx, strings.TrimPrefix(line.Name, "partner."))
	if err != nil {
		return p.errorIn(line, "script.not_read", texts.Args{"word": line.Name}, err)
	}
	value = tidy([]string{value})
	if newPattern([]string{line.Value}, false).fits(value) {
		p.report.add(' ', line.Number, line.Source)
		return nil
	}
	p.report.add('-', line.Number, line.Source)
	p.report.add('+', line.Number, strings.TrimSpace("@? "+line.Name+" = "+visible(value)))
	return nil
}

// setClock sets the clock, in the bot's time zone.
func (p *player) setClock(line Line) error {
	now, err := time.ParseInLocation("2006-01-02 15:04", line.Value, p.bot.Location)
	if err != nil {
		return p.errorIn(line, "script.bad_moment", texts.Args{"word": line.Value}, nil)
	}
	p.now = now
	return nil
}

// setBot lets an edit of the bot go live.
func (p *player) setBot(line Line) error {
	if p.world.Load == nil {
		return p.errorIn(line, "script.no_load", texts.Args{"word": line.Value}, nil)
	}
	bot, err := p.world.Load(line.Value)
	if err != nil {
		return p.errorIn(line, "script.not_set", texts.Args{"word": line.Name}, err)
	}
	p.bot = bot
	return nil
}

func (p *player) setWho(line Line) {
	who := &p.phone.Who
	switch strings.TrimPrefix(line.Name, "chat.") {
	case "first_name":
		who.FirstName = line.Value
	case "last_name":
		who.LastName = line.Value
	case "username":
		who.Username = line.Value
	case "lang":
		who.Lang = line.Value
	case "phone":
		p.phone.Number = line.Value
	}
}
