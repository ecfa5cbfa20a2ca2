package records

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/odoo/rpc"
)

// How long nobody tries a login again that was refused, longer each time. A minute is what Odoo locks an address out for after ten.
const (
	firstRest = time.Minute
	longRest  = 30 * time.Minute
)

// Dialer connects to one Odoo as often as it is needed, and holds back where the login is refused: each try is a failed login there,
// and after ten Odoo refuses everybody who comes from this address. It may be used by many goroutines at once; they share one try.
type Dialer struct {
	config rpc.Config
	now    func() time.Time

	mu     sync.Mutex
	client *rpc.Client
	denied error
	until  time.Time
	rest   time.Duration
}

// NewDialer makes a Dialer that has not tried yet.
func NewDialer(config rpc.Config) *Dialer { return &Dialer{config: config, now: time.Now} }

// Client gives the connection, made at the first call that Odoo answers. Its error is a [*flow.Unavailable] that says how long to wait.
func (d *Dialer) Client(ctx context.Context) (*rpc.Client, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.client != nil {
		return d.client, nil
	}
	if wait := d.until.Sub(d.now()); d.denied != nil && wait > 0 {
		return nil, &flow.Unavailable{Err: d.denied, After: wait}
	}
	client, err := rpc.Open(ctx, d.config)
	if err == nil {
		d.client, d.denied, d.rest = client, nil, 0
		return client, nil
	}
	if !rpc.IsKind(err, rpc.KindLogin, rpc.KindTwoFactor, rpc.KindKeyOfOther) {
		var call *rpc.Error
		errors.As(err, &call)
		return nil, &flow.Unavailable{Err: err, After: call.RetryAfter}
	}
	d.rest = min(max(2*d.rest, firstRest), longRest)
	d.denied, d.until = err, d.now().Add(d.rest)
	return nil, &flow.Unavailable{Err: err, After: d.rest}
}

// Connected gives the connection that is there; nil as long as there is none.
func (d *Dialer) Connected() *rpc.Client {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.client
}

// Close ends the connection.
func (d *Dialer) Close() {
	if client := d.Connected(); client != nil {
		client.Close()
	}
}
