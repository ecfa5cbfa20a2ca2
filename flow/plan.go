package flow

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// plan is what a turn has decided before Odoo is asked to write: kept in the store, so that a turn that is run again (its process died,
// Odoo was down) sends the same operations under the same key and works nothing out anew.
type plan struct {
	Event    string     `json:"event"` // the id of the event that was answered
	Session  Session    `json:"session"`
	Messages []Outgoing `json:"messages,omitempty"`
	Commit   Commit     `json:"commit"`
}

func planOf(event Event, result Result) plan {
	return plan{Event: event.ID, Session: result.Session, Messages: result.Messages, Commit: *result.Commit}
}

// result is what the turn had come to.
func (p plan) result() Result {
	return Result{Session: p.Session, Messages: p.Messages, Commit: &p.Commit}
}

func (p plan) bytes() ([]byte, error) { return json.Marshal(p) }

// readPlan gives nil for none. A plan that cannot be read, or is of another event, is an error: what it decided may have been written.
func readPlan(data []byte, event Event) (*plan, error) {
	if len(data) == 0 {
		return nil, nil //nolint:nilnil // no plan is no error
	}
	kept, decoder := new(plan), json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber() // a record's id must not become a float
	if err := decoder.Decode(kept); err != nil {
		return nil, fmt.Errorf("reading the plan of event %s: %w", event.ID, err)
	}
	if kept.Event != event.ID {
		return nil, fmt.Errorf("the plan of event %s stands at event %s", kept.Event, event.ID)
	}
	return kept, nil
}
