package flow

// textStep sends and goes on at once.
type textStep struct{}

var _ StepType = textStep{}

func newTextStep(draft) StepType { return textStep{} }

func (textStep) Enter(_ *Turn, step *Step) (Next, error) { return GoTo(step.Next), nil }

// Answer is reached only by a session that was waiting here when the step had another type.
func (textStep) Answer(*Turn, *Step, *Message) (Next, error) { return Pass(), nil }
