package rpc

import (
	"context"
)

// legacy is what XML-RPC and JSON-RPC share: the services "common" and "object", and execute_kw with arguments by position.
type legacy struct {
	*wire
	protocol Protocol
	uid      int64
	// service calls a method of a service; the Call is only for the error's words.
	service func(ctx context.Context, call Call, service, method string, args []any) (any, error)
}

var _ Transport = (*legacy)(nil)

func newXMLRPC(w *wire) *legacy {
	return &legacy{wire: w, protocol: XMLRPC, service: w.xmlService}
}

func newJSONRPC(w *wire) *legacy {
	return &legacy{wire: w, protocol: JSONRPC, service: w.jsonService}
}

func (t *legacy) Protocol() Protocol { return t.protocol }

// Version asks the service common, which needs no login.
func (t *legacy) Version(ctx context.Context) (Version, error) {
	value, err := t.service(ctx, Call{}, "common", "version", []any{})
	if err != nil {
		return Version{}, err
	}
	version, err := versionOf(value)
	if err != nil {
		return Version{}, t.fail(KindNotOdoo, outcome{notDone: true}, err)
	}
	return version, nil
}

// Login asks for the user's id, after [wire.bindSession]. Odoo answers false to a wrong login, a wrong password, and a good password with two-factor login on;
// which of them it is, is found out once.
func (t *legacy) Login(ctx context.Context) (int64, error) {
	if err := t.needsLogin(); err != nil {
		return 0, err
	}
	if err := t.bindSession(ctx); err != nil {
		return 0, err
	}
	value, err := t.service(ctx, Call{}, "common", "authenticate", []any{t.DB, t.wire.Login, t.Key, map[string]any{}})
	if t.hidden(err) {
		return newXMLRPC(t.wire).Login(ctx)
	}
	if err != nil {
		return 0, err
	}
	uid, ok := value.(int64)
	if !ok || uid <= 0 {
		return 0, t.whyNoLogin(ctx)
	}
	t.uid = uid
	return uid, nil
}

// Call calls a method through execute_kw. When Odoo denies access it is found out, once, whether the login itself has become bad.
func (t *legacy) Call(ctx context.Context, call Call) (any, error) {
	kwargs, err := normaliseArgs(call)
	if err != nil {
		return nil, err
	}
	args := byPosition(call.Method, kwargs)
	if call.IDs != nil {
		ids, err := normalise("ids", call.IDs)
		if err != nil {
			return nil, ofCall(err, call)
		}
		args = append([]any{ids}, args...)
	}
	if args == nil {
		args = []any{}
	}
	value, err := t.service(ctx, call, "object", "execute_kw",
		[]any{t.DB, t.uid, t.Key, call.Model, call.Method, args, kwargs})
	switch {
	case IsKind(err, KindLogin):
		return nil, t.whyDenied(ctx, err)
	case t.hidden(err):
		_ = t.bindSession(ctx) // for the next call; this one's error is what counts
	}
	return value, err
}

// whyDenied tells a bad login from a method that denies access by itself.
func (t *legacy) whyDenied(ctx context.Context, denied error) error {
	if _, err := t.Login(ctx); err != nil {
		return err
	}
	e := *denied.(*Error) //nolint:errorlint // IsKind has seen it, and transports do not wrap
	e.Kind = KindAccess
	return &e
}
