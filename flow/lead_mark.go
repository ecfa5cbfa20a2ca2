package flow

import "time"

// LeadMark keeps a lead that a client asks for twice from being made twice: by two presses in a row, or by another press while Odoo was so
// slow that nothing seemed to happen. Whoever comes back later gets a new one.
type LeadMark struct {
	Step int64 `json:"s"`
	At   int64 `json:"t"`           // of the last press that led to the step, by the messenger's clock, in Unix seconds
	Lead int64 `json:"i,omitempty"` // what was made; 0: nothing yet
	// Last is the last of the events that waited in the chat when the lead was there, and LastAt when that happened. Up to its answer they
	// belong to the lead. An event that was dropped is never answered: then the clock tells what comes after it.
	Last   string `json:"l,omitempty"`
	LastAt int64  `json:"u,omitempty"`
}

// doublePress is how far apart two presses may be that mean the same lead.
const doublePress = 5 * time.Second

// at is a copy of the mark as it counts for an event; nil where it does not any more.
func (m *LeadMark) at(event Event) *LeadMark {
	if m == nil || !m.recent(event) && !m.waited(event) {
		return nil
	}
	mark := *m
	return &mark
}

// recent tells whether an event is of the same moment as the press.
func (m *LeadMark) recent(event Event) bool {
	return event.At.Sub(time.Unix(m.At, 0)).Abs() <= doublePress
}

// waited tells whether an event may have waited while the lead was made.
func (m *LeadMark) waited(event Event) bool {
	return m.Last != "" && event.At.Sub(time.Unix(m.LastAt, 0)) <= doublePress
}

// markLead notes a press that leads to a lead step, and tells whether it means the lead that an earlier one has asked for.
func (t *Turn) markLead(step *Step) (double bool) {
	double = t.session.Lead != nil && t.session.Lead.Step == step.ID
	if !double {
		t.session.Lead = &LeadMark{Step: step.ID}
	}
	t.session.Lead.At = t.event.At.Unix()
	return double
}

// leadMade notes the lead, and which events waited while it was made. 0: the lead has been noted before.
func (t *Turn) leadMade(lead int64) {
	mark := t.session.Lead
	if mark == nil {
		return
	}
	if lead != 0 {
		mark.Lead = lead
	}
	if t.last != nil {
		mark.Last, mark.LastAt = t.last.ID, t.last.At.Unix()
	}
}

// answered ends what was noted of waiting events with the turn that leaves nothing more to do for the last of them.
func (m *LeadMark) answered(event Event) *LeadMark {
	if m == nil || m.Last != event.ID {
		return m
	}
	m.Last, m.LastAt = "", 0
	return m.at(event)
}
