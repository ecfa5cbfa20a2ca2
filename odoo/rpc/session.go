package rpc

import (
	"context"
	"net/http"
	"net/url"
)

// bindSession makes errors readable on 14 and 15: where a server has several databases, its /jsonrpc answers every exception with a bare
// "500 Internal Server Error", unless the request comes with a session that knows the database. Such a session is had without any login.
func (t *legacy) bindSession(ctx context.Context) error {
	if t.protocol != JSONRPC || t.major >= 16 {
		return nil
	}
	answer, err := t.send(ctx, request{path: "/web/login?db=" + url.QueryEscape(t.DB)})
	if err != nil {
		return err
	}
	response := http.Response{Header: answer.header}
	for _, cookie := range response.Cookies() {
		if cookie.Name == "session_id" {
			text := cookie.Name + "=" + cookie.Value
			t.cookie.Store(&text)
		}
	}
	return nil
}

// hidden tells an error that such a server keeps to itself: the session has gone, or the database does not exist.
func (t *legacy) hidden(err error) bool {
	e, ok := err.(*Error) //nolint:errorlint // errors within this package are not wrapped
	return ok && t.protocol == JSONRPC && t.major < 16 && e.Kind == KindServer && e.html
}
