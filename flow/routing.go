package flow

import (
	"strings"

	"github.com/krokbot/krok/flow/richtext"
)

// routeMessage finds who answers a message. The first that fits, in this order: krok's own commands, commands that are aliases,
// what the waiting step expects, aliases of any step, the waiting step's fallback, and else "not understood".
func (t *Turn) routeMessage() error {
	message := t.event.Message
	switch {
	case message == nil:
		return nil
	case t.event.Group:
		t.routeGroup()
		return nil
	case message.Forwarded:
		t.refuse("client.forwarded")
		return nil
	case message.Contact != nil && message.Contact.User != t.event.From.ID:
		t.refuse("client.not_own_contact")
		return nil
	}
	if message.Content == ContentText {
		if handled, err := t.routeCommand(message.Text); handled || err != nil {
			return err
		}
	}
	if next, err := t.answer(message); err != nil || next.move != movePass {
		return t.follow(next, err)
	}
	if message.Content != ContentText || Normalise(message.Text) == "" {
		t.refuse("client.text_needed")
		return nil
	}
	return t.routeText(message)
}

// routeCommand takes /stop, /logout and the commands that are aliases of this bot.
func (t *Turn) routeCommand(text string) (handled bool, err error) {
	name, payload, ok := splitCommand(text)
	if !ok {
		return false, nil
	}
	step := t.bot.ByAlias(name)
	switch code := Normalise(name); {
	case step == nil && code == "/stop":
		t.noteState("opted_out")
		t.SayKey("client.stopped")
		return true, nil
	case step == nil && code == "/logout":
		t.SayKey("client.not_logged_in")
		return true, nil
	case code == startAlias:
		return true, t.start(payload)
	}
	if step == nil {
		return false, nil
	}
	return true, t.run(GoTo(step.ID))
}

// start begins a conversation. Behind a deep link there is a code: an alias with or without its slash.
func (t *Turn) start(payload string) error {
	if t.session.OptedOut {
		t.noteState("open")
		if t.commit != nil {
			t.commit.Then = Then{Replay: true}
			return nil
		}
	}
	t.session.Answers = map[string]string{}
	step := t.bot.Start
	if payload != "" {
		for _, code := range []string{payload, "/" + payload} {
			if linked := t.bot.ByAlias(code); linked != nil {
				step = linked
				break
			}
		}
	}
	return t.run(GoTo(step.ID))
}

// answer offers the client's words to the step where the conversation rests: first to its buttons, then to its type.
func (t *Turn) answer(message *Message) (Next, error) {
	step := t.bot.Steps[t.session.Step]
	if step == nil || step.Skipped {
		return Pass(), nil
	}
	if message.Content == ContentText {
		for _, rows := range [][][]*Button{step.Keyboard, step.Inline} {
			for _, row := range rows {
				for _, button := range row {
					if t.isButton(button, message.Text) {
						return t.press(step, button)
					}
				}
			}
		}
	}
	if !t.session.Waits {
		return Pass(), nil
	}
	return step.Type.Answer(t, step, message)
}

// isButton tells whether a text is the label of a button that leads somewhere.
func (t *Turn) isButton(button *Button, text string) bool {
	if button.Kind != "answer" && button.Kind != "step" {
		return false
	}
	if shown, ok := t.session.Labels[button.ID]; ok {
		return Normalise(shown) == Normalise(text)
	}
	return t.isLabel(button.Label, text)
}

// isLabel compares what the client wrote with a label in every language: theirs may have changed since it was shown.
func (t *Turn) isLabel(label map[string]richtext.Template, text string) bool {
	text = Normalise(text)
	for _, template := range label {
		if text != "" && Normalise(template.Render(t.value).Text) == text {
			return true
		}
	}
	return false
}

// press does what a button that leads somewhere does.
func (t *Turn) press(step *Step, button *Button) (Next, error) {
	if button.Kind == "answer" {
		for _, answer := range step.Answers {
			if answer.ID == button.Answer {
				name, shown := t.session.Labels[button.ID]
				if !shown {
					name = t.label(answer.Name)
				}
				return t.choose(step, answer, name)
			}
		}
	}
	return GoTo(button.Target), nil
}

// choose follows an answer and keeps it by the name that the client saw. Its notification is shown first. One that leads nowhere goes on to
// the step's next step; where there is none the question stands.
func (t *Turn) choose(step *Step, answer Answer, name string) (Next, error) {
	t.Keep(step, name)
	if answer.Notification != 0 {
		if err := t.notify(trail{source: sourceAnswer, id: answer.ID}, 0, 0); err != nil {
			return Next{}, err
		}
	}
	switch {
	case answer.Next != 0:
		return GoTo(answer.Next), nil
	case step.Next != 0:
		return GoTo(step.Next), nil
	case answer.Notification == 0:
		t.AskAgain(step)
	}
	return Wait(), nil
}

// follow goes where an answer leads.
func (t *Turn) follow(next Next, err error) error {
	if err != nil {
		return err
	}
	return t.run(next)
}

// routeText is for a text that neither a command nor the waiting step took.
func (t *Turn) routeText(message *Message) error {
	if step := t.bot.ByAlias(message.Text); step != nil {
		return t.run(GoTo(step.ID))
	}
	step := t.bot.Steps[t.session.Step]
	if step == nil {
		return t.start("") // the first words of a client who has not pressed Start
	}
	if fallback, ok := step.Type.(Fallback); ok && t.session.Waits && !strings.HasPrefix(message.Text, "/") {
		next, err := fallback.Fallback(t, step, message)
		return t.follow(next, err)
	}
	t.refuse("client.not_understood")
	return nil
}

// refuse tells the client why nothing happened, and puts the question that waits once more. Of an album it speaks once.
func (t *Turn) refuse(key string) {
	if message := t.event.Message; message != nil && message.Album != "" {
		if t.session.Album == message.Album {
			return
		}
		t.session.Album = message.Album
	}
	t.SayKey(key)
	if step := t.bot.Steps[t.session.Step]; step != nil && t.session.Waits && !step.Skipped {
		t.AskAgain(step)
	}
}

// routeGroup answers in a group chat: the bot talks in private, and changes nothing.
func (t *Turn) routeGroup() {
	if !t.bot.SilentInGroups {
		t.SayKey("client.group")
	}
}

// routePress finds the button that was pressed. The data comes from outside: a button counts only where it stands under the
// newest messages of this chat.
func (t *Turn) routePress() error {
	if t.event.Group || t.event.Press == nil {
		t.routeGroup()
		return nil
	}
	if strings.HasPrefix(t.event.Press.Data, trailMark) {
		return t.pressRecord(t.event.Press.Data)
	}
	data, ok := readPress(t.event.Press.Data)
	step := t.bot.Steps[data.Step]
	if !ok || step == nil || step.Skipped || data.Visit != t.session.Visit {
		t.refuse("client.old_button")
		return nil
	}
	if data.Action != actionButton {
		return t.pressOwn(step, data)
	}
	for _, row := range step.Inline {
		for _, button := range row {
			if button.ID == data.Arg && (button.Kind == "answer" || button.Kind == "step") {
				return t.follow(t.press(step, button))
			}
		}
	}
	t.refuse("client.old_button")
	return nil
}

// pressOwn gives a press to the type of the step that waits.
func (t *Turn) pressOwn(step *Step, data pressed) error {
	presser, ok := step.Type.(Presser)
	if !ok || !t.session.Waits || t.session.Step != step.ID {
		t.refuse("client.old_button")
		return nil
	}
	next, err := presser.Press(t, step, data)
	if err == nil && next.move == movePass {
		t.refuse("client.old_button")
		return nil
	}
	return t.follow(next, err)
}
