package flow

import "github.com/krokbot/krok/flow/texts"

// buttonsStep asks a question and waits for one of its answers.
type buttonsStep struct{}

var (
	_ StepType = buttonsStep{}
	_ Waiter   = buttonsStep{}
)

func newButtonsStep(draft draft) StepType {
	step := draft.step
	for _, answer := range step.Answers {
		if answer.Next == 0 && step.Next == 0 && answer.Notification == 0 {
			draft.warn("answer_ids", "answer_without_next", texts.Args{"name": inLanguage(answer.Name).Render(func(string) string { return "" }).Text})
		}
	}
	if len(step.Answers) == 0 && len(step.Keyboard) == 0 && len(step.Inline) == 0 {
		draft.fail("answer_ids", "no_answers", nil, nil)
	}
	return buttonsStep{}
}

func (buttonsStep) Enter(*Turn, *Step) (Next, error) { return Wait(), nil }

// Answer takes the name of an answer also where an admin took its button off the keyboard: people type what they read. The caption
// of a picture is no answer.
func (buttonsStep) Answer(turn *Turn, step *Step, said *Message) (Next, error) {
	if said.Content != ContentText {
		return Pass(), nil
	}
	for _, answer := range step.Answers {
		if turn.isLabel(answer.Name, said.Text) {
			return turn.choose(step, answer, turn.label(answer.Name))
		}
	}
	return Pass(), nil
}

// Waits is true: the conversation rests here.
func (buttonsStep) Waits() bool { return true }
