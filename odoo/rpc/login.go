package rpc

import (
	"context"
)

// needsLogin refuses to ask without a login and a key.
func (w *wire) needsLogin() error {
	if w.Login == "" {
		return w.fail(KindNoLogin, outcome{notDone: true}, nil)
	}
	if w.Key == "" {
		return w.fail(KindNoKey, outcome{notDone: true}, nil)
	}
	return nil
}

// whyNoLogin finds out why "authenticate" answered false: the web's own login takes a good password also where two-factor login is
// on, and refuses a wrong one. It is one more failed login at most; Odoo locks an address out after ten.
func (w *wire) whyNoLogin(ctx context.Context) error {
	_, err := w.jsonCall(ctx, Call{}, "/web/session/authenticate",
		map[string]any{"db": w.DB, "login": w.Login, "password": w.Key})
	if err == nil {
		return w.fail(KindTwoFactor, outcome{notDone: true}, nil)
	}
	return w.fail(KindLogin, outcome{notDone: true}, nil)
}

// findDatabase finds the only database of the server, where it may be asked for.
func (w *wire) findDatabase(ctx context.Context) (string, error) {
	value, err := w.jsonCall(ctx, Call{}, "/web/database/list", map[string]any{})
	if IsKind(err, KindDNS, KindUnreachable, KindTLS, KindTimeout, KindCanceled, KindGateway, KindTooMany) {
		return "", err
	}
	var names []string
	list, _ := value.([]any)
	for _, item := range list {
		if name, ok := item.(string); ok {
			names = append(names, name)
		}
	}
	switch {
	case err != nil || len(names) == 0:
		return "", w.fail(KindNoDatabase, outcome{notDone: true}, err)
	case len(names) > 1:
		e := w.fail(KindManyDatabases, outcome{notDone: true}, nil)
		e.args["names"] = joinSome(names)
		return "", e
	default:
		return names[0], nil
	}
}
