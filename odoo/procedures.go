// Package odoo is what krok knows of its own part of Odoo: the procedures of the module krok, by their names.
package odoo

import (
	"context"
	"fmt"
	"sync"

	"github.com/krokbot/krok/flow/texts"
	"github.com/krokbot/krok/odoo/rpc"
)

// Procedures runs the server actions of the module krok. Their ids are read once, from a model of krok's own: a plain user may not look
// up external ids. It may be used by many goroutines at once.
type Procedures struct {
	client *rpc.Client

	mu    sync.Mutex
	known map[string]procedure // nil until read
}

type procedure struct {
	action  int64
	version string
}

// NewProcedures finds procedures in the client's database, once they are asked for.
func NewProcedures(client *rpc.Client) *Procedures {
	return &Procedures{client: client}
}

// Run runs a procedure and reads its answer into a value (see [rpc.Decode]); nil where the answer does not matter. One run is one
// transaction. Where the module or the procedure is not there, or not for this user, the error says so to people
// ("procedures.not_installed"); all others are of type [*rpc.Error], wrapped.
func (p *Procedures) Run(ctx context.Context, name string, args map[string]any, into any) error {
	found, err := p.find(ctx, name)
	if err != nil {
		return err
	}
	value, err := p.client.Run(ctx, found.action, args)
	if rpc.IsKind(err, rpc.KindMissing) {
		value, err = p.runAnew(ctx, name, found, args, err)
	}
	if err != nil {
		return fmt.Errorf("running the procedure %s: %w", name, err)
	}
	if into == nil {
		return nil
	}
	if err := rpc.Decode(value, into); err != nil {
		return fmt.Errorf("running the procedure %s: %w", name, err)
	}
	return nil
}

// Version is that of a procedure in Odoo, as the module that is installed there has it.
func (p *Procedures) Version(ctx context.Context, name string) (string, error) {
	found, err := p.find(ctx, name)
	return found.version, err
}

// runAnew looks whether the module has been installed anew meanwhile. If it is the action that is gone, nothing has been done; if the
// procedure itself missed a record, that error stands.
func (p *Procedures) runAnew(ctx context.Context, name string, old procedure, args map[string]any, gone error) (any, error) {
	p.forget(old, name)
	found, err := p.find(ctx, name)
	if err != nil {
		return nil, err
	}
	if found.action == old.action {
		return nil, gone
	}
	return p.client.Run(ctx, found.action, args)
}

// forget drops what was read, unless somebody else has read it anew.
func (p *Procedures) forget(old procedure, name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known[name].action == old.action {
		p.known = nil
	}
}

// find gives a procedure; one that is not known is looked for anew, since the module may have been installed meanwhile.
func (p *Procedures) find(ctx context.Context, name string) (procedure, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if found, ok := p.known[name]; ok {
		return found, nil
	}
	if err := p.read(ctx); err != nil {
		if rpc.IsKind(err, rpc.KindUnknownModel, rpc.KindAccess) {
			return procedure{}, p.notInstalled(name, err)
		}
		return procedure{}, fmt.Errorf("finding the procedure %s: %w", name, err)
	}
	found, ok := p.known[name]
	if !ok || found.action == 0 {
		return procedure{}, p.notInstalled(name, nil)
	}
	return found, nil
}

func (p *Procedures) read(ctx context.Context) error {
	rows, err := p.client.SearchRead(ctx, "x_krok_procedure", nil, []string{"x_name", "x_action", "x_version"})
	if err != nil {
		return err
	}
	p.known = make(map[string]procedure, len(rows))
	for _, row := range rows {
		p.known[row.Str("x_name")] = procedure{action: row.Int("x_action"), version: row.Str("x_version")}
	}
	return nil
}

func (p *Procedures) notInstalled(name string, cause error) error {
	return texts.NewError("procedures.not_installed", texts.Args{"name": name, "db": p.client.DB()}, cause)
}
