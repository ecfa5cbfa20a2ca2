package rpc

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Client is one login into one database. It may be used by many goroutines at once.
type Client struct {
	transport Transport
	wire      *wire
	version   Version
	uid       int64
	gate      gate
}

// Version is which Odoo answers.
func (c *Client) Version() Version { return c.version }

// Protocol is the one that is spoken.
func (c *Client) Protocol() Protocol { return c.transport.Protocol() }

// UID is the id of the user whose login it is.
func (c *Client) UID() int64 { return c.uid }

// DB is the name of the database; it may have been found.
func (c *Client) DB() string { return c.wire.DB }

// URL is the address of Odoo, without a slash at its end.
func (c *Client) URL() string { return c.wire.base }

// Login is the login in the settings; empty with JSON-2, where none is needed.
func (c *Client) Login() string { return c.wire.Login }

// Close lets go of the connections that are kept.
func (c *Client) Close() { c.wire.client.CloseIdleConnections() }

// Call calls a method of a model; ids is nil for a method of the model itself. What comes back is of bool, int64, float64, string,
// []any, map[string]any, or nil: Odoo's false is false here, see [Record] for reading it. Errors are of type [*Error].
//
// Once Odoo has refused the login, calls fail at once for a while, so that nobody can make an endless run of failed logins.
func (c *Client) Call(ctx context.Context, model, method string, ids []int64, args Args) (any, error) {
	if err := c.gate.closed(time.Now()); err != nil {
		return nil, err
	}
	start := time.Now()
	call := Call{Model: model, Method: method, IDs: ids, Args: args}
	value, err := c.transport.Call(ctx, call)
	c.gate.note(err, time.Now())
	if c.wire.Log != nil {
		c.wire.Log.LogAttrs(ctx, slog.LevelDebug, "odoo call", slog.String("call", call.String()),
			slog.String("protocol", string(c.Protocol())), slog.Duration("took", time.Since(start)), slog.Bool("ok", err == nil))
	}
	return value, err
}

// Run runs a server action and gives what its code has assigned to "action"; false where it assigned nothing. The arguments are
// env.context['krok'] there.
func (c *Client) Run(ctx context.Context, action int64, args map[string]any) (any, error) {
	if args == nil {
		args = map[string]any{}
	}
	return c.Call(ctx, "ir.actions.server", "run", []int64{action}, Args{"context": map[string]any{"krok": args}})
}

const (
	firstPause = time.Minute // as long as Odoo locks an address out after ten failed logins
	longPause  = 30 * time.Minute
)

// gate stays shut for a while after a refused login, longer each time.
type gate struct {
	mu    sync.Mutex
	err   *Error
	until time.Time
	pause time.Duration
}

// closed gives the refusal while the gate is shut.
func (g *gate) closed(now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err == nil || !now.Before(g.until) {
		return nil
	}
	again := *g.err
	again.RetryAfter = g.until.Sub(now)
	return &again
}

func (g *gate) note(err error, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !IsKind(err, KindLogin, KindTwoFactor) {
		if err == nil {
			g.err, g.pause = nil, 0
		}
		return
	}
	g.pause = min(max(2*g.pause, firstPause), longPause)
	g.err, g.until = err.(*Error), now.Add(g.pause) //nolint:errorlint // transports give their errors unwrapped
}
