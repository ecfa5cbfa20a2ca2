package flow

import (
	"fmt"

	"github.com/krokbot/krok/flow/domain"
	"github.com/krokbot/krok/flow/richtext"
)

// StepType is how a step behaves: what it does when the conversation comes to it, and with what the client then says. One value
// serves one step; it is immutable and made once, when the definition is built.
//
// The life of a step in a turn:
//
//  1. the engine checks the step's domain; where it does not fit, another step is entered instead;
//  2. the engine queues the step's media, text and keyboards;
//  3. Enter decides: wait for the client, or go on;
//  4. while the session waits at the step, whatever the client does that is no command comes to Answer first;
//  5. what Answer does not take may be an alias of another step, and then comes to Fallback, where the type has one.
//
// A further type is one file with a constructor under its name in stepTypes, its fields in the module, and its transcripts.
type StepType interface {
	Enter(turn *Turn, step *Step) (Next, error)
	// Answer is given what the client said. It returns Pass for what it does not expect.
	Answer(turn *Turn, step *Step, said *Message) (Next, error)
}

// Fallback is a StepType that has a use for what neither it nor any alias expected.
type Fallback interface {
	Fallback(turn *Turn, step *Step, said *Message) (Next, error)
}

// Chooser is a StepType whose choices are found for each client anew. They stand as buttons under the step's text, whenever it is put.
type Chooser interface {
	Choices(turn *Turn, step *Step) (Choices, error)
}

// Choices are the buttons of a [Chooser] and what the client reads about them, behind the step's text.
type Choices struct {
	Buttons [][]InlineButton
	Hint    string
}

// Presser is a [StepType] with buttons of its own under its messages. The press is one of this visit to the step, but may be forged:
// it is to be checked as anything from outside. Pass says that there is no such button.
type Presser interface {
	Press(turn *Turn, step *Step, press pressed) (Next, error)
}

// Resumer is a StepType that writes to Odoo, with [Turn.Write]: it goes on, in a turn of its own, with what came of it. Where the contact
// was deleted in between, it is asked again when there is a new one: the result is then that of OpenChat.
type Resumer interface {
	Resume(turn *Turn, step *Step, result CommitResult) (Next, error)
}

// Waiter is a StepType that tells whether the conversation rests at it, for the checks of a whole bot. One that is no
// Waiter is passed at once.
type Waiter interface{ Waits() bool }

// newStepType reads what only this type has from the draft's row, and reports what is wrong with it.
type newStepType func(draft draft) StepType

// draft is a step while it is built.
type draft struct {
	*problems

	builder    *builder
	step       *Step
	row        Row
	definition Definition
}

// stepTypes is the registry: every type by its value in x_type.
var stepTypes = map[string]newStepType{
	"text":    newTextStep,
	"input":   newInputStep,
	"buttons": newButtonsStep,
	"contact": newContactStep,
	"lead":    newLeadStep,
}

// Next is where a conversation goes.
type Next struct {
	move move
	step int64
}

type move int

const (
	movePass move = iota
	moveWait
	moveTo
	moveEnd
	moveWrite
)

// Pass leaves the client's words to whoever comes next in the routing.
func Pass() Next { return Next{move: movePass} }

// Wait stays at the step until the client says something.
func Wait() Next { return Next{move: moveWait} }

// GoTo enters another step. Where there is none (0), the conversation ends here.
func GoTo(step int64) Next {
	if step == 0 {
		return Next{move: moveEnd}
	}
	return Next{move: moveTo, step: step}
}

// Step is one step of a built bot.
type Step struct {
	ID        int64
	Code      string
	Name      string
	TypeName  string // as in x_type
	Type      StepType
	Next      int64 // the step to go on to; 0: the conversation ends
	Otherwise int64 // the step to enter instead where the domain does not fit; 0: Next
	Domain    domain.Domain
	Text      map[string]richtext.Template // by language
	Aliases   []Alias
	Media     []mediumTemplate
	Answers   []Answer
	Keyboard  [][]*Button
	Inline    [][]*Button

	Protect, Silent, LinkPreview bool
	// Skipped is a new step with a mistake: the conversation goes on to the next one.
	Skipped bool
}

// Alias is a code that leads to a step.
type Alias struct {
	Code        string
	Automatic   bool
	Description Texts // in the command menu
}

// Answer is one of the answers of a step with buttons.
type Answer struct {
	ID   int64
	Name map[string]richtext.Template
	Next int64

	// Notification is shown first; 0: none. Personal is the field of its records that must lead to the client, PersonalOf the model that it
	// leads to, and Domain narrows the notification's further.
	Notification         int64
	Personal, PersonalOf string
	Domain               domain.Domain
}

// Button stands on a keyboard or under a message.
type Button struct {
	ID     int64
	Kind   string // answer, text, contact, location, step, url, copy
	Label  map[string]richtext.Template
	Target int64 // the step to go to (step, answer)
	Answer int64
	URL    richtext.Template
	Copy   richtext.Template
}

// mediumTemplate is a file of a step, before its caption is filled in.
type mediumTemplate struct {
	Medium
	caption map[string]richtext.Template
}

// inLanguage picks a template by language, as Texts does.
func inLanguage(templates map[string]richtext.Template, langs ...string) richtext.Template {
	keys := make(Texts, len(templates))
	for lang := range templates {
		keys[lang] = lang
	}
	return templates[keys.In(langs...)]
}

func (s *Step) String() string { return fmt.Sprintf("step %d %q", s.ID, s.Name) }
