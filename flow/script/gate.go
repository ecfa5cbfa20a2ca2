package script

import (
	"context"
	"errors"
	"sync"

	"github.com/krokbot/krok/flow"
)

// gate stands before an Odoo and lets the scene take it away.
type gate struct {
	flow.Odoo
	mu    sync.Mutex
	state string
}

// gateStates are what an Odoo can be in a transcript.
var gateStates = []string{"up", "down", "refuses"}

// errRefused is an error that trying again does not mend.
var errRefused = errors.New("odoo refuses: the user of the bot may not read this field")

func (g *gate) set(state string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.state = state
}

func (g *gate) err() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch g.state {
	case "down":
		return &flow.Unavailable{Err: errors.New("the transcript took it down")}
	case "refuses":
		return errRefused
	}
	return nil
}

// Ask asks the Odoo behind the gate.
func (g *gate) Ask(ctx context.Context, question flow.Question) (flow.Reply, error) {
	if err := g.err(); err != nil {
		return flow.Reply{}, err
	}
	return g.Odoo.Ask(ctx, question)
}

// Values asks the Odoo behind the gate.
func (g *gate) Values(ctx context.Context, question flow.ValuesQuestion) (flow.Values, error) {
	if err := g.err(); err != nil {
		return flow.Values{}, err
	}
	return g.Odoo.Values(ctx, question)
}

// Find asks the Odoo behind the gate.
func (g *gate) Find(ctx context.Context, question flow.RecordsQuestion) (flow.Records, error) {
	if err := g.err(); err != nil {
		return flow.Records{}, err
	}
	return g.Odoo.Find(ctx, question)
}

// Commit has the Odoo behind the gate carry out a commit.
func (g *gate) Commit(ctx context.Context, commit flow.Commit) (flow.CommitResult, error) {
	if err := g.err(); err != nil {
		return flow.CommitResult{}, err
	}
	return g.Odoo.Commit(ctx, commit)
}
