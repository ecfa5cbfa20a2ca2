package rpc

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"sync"
)

// json2 is Odoo's own API from 19 on: an address a method, arguments by name, an API key as bearer.
type json2 struct {
	*wire
	mu      sync.Mutex
	learned map[string]map[string]string // by call: our name of an argument → the one that this Odoo wants
}

var _ Transport = (*json2)(nil)

func newJSON2(w *wire) *json2 {
	return &json2{wire: w, learned: map[string]map[string]string{}}
}

func (t *json2) Protocol() Protocol { return JSON2 }

// Version reads /web/version, which needs no login.
func (t *json2) Version(ctx context.Context) (Version, error) {
	value, _, err := t.exchange(ctx, Call{}, request{path: "/web/version"})
	if err != nil {
		return Version{}, err
	}
	record, _ := value.(map[string]any)
	text, _ := record["version"].(string)
	info, _ := record["version_info"].([]any)
	version, err := parseVersion(text, info)
	if err != nil {
		return Version{}, t.fail(KindNotOdoo, outcome{notDone: true}, err)
	}
	return version, nil
}

// Login asks whose key it is. Only an API key will do; a password is refused like a wrong key.
func (t *json2) Login(ctx context.Context) (int64, error) {
	if t.Key == "" {
		return 0, t.fail(KindNoKey, outcome{notDone: true}, nil)
	}
	value, err := t.Call(ctx, Call{Model: "res.users", Method: "context_get"})
	if IsKind(err, KindNotOdoo) { // a page "not found", although Odoo has told its version here
		return 0, t.fail(KindDatabase, outcome{notDone: true}, err)
	}
	if err != nil {
		return 0, err
	}
	uid := asRecord(value).Int("uid")
	if uid <= 0 {
		return 0, t.fail(KindUnreadable, outcome{}, errors.New("context_get gave no uid"))
	}
	if t.wire.Login == "" {
		return uid, nil
	}
	return uid, t.checkOwner(ctx, uid)
}

// checkOwner makes sure that the key is that of the login in the settings, as the other protocols do by themselves.
func (t *json2) checkOwner(ctx context.Context, uid int64) error {
	value, err := t.Call(ctx, Call{Model: "res.users", Method: "read", IDs: []int64{uid}, Args: Args{"fields": []string{"login"}}})
	if err != nil {
		return err
	}
	rows := asRecords(value)
	if len(rows) != 1 || rows[0].Str("login") == t.wire.Login {
		return nil
	}
	e := t.fail(KindKeyOfOther, outcome{notDone: true}, nil)
	e.args["owner"] = rows[0].Str("login")
	return e
}

// Call posts to the method's own address. When Odoo refuses the name of an argument (nothing ran then), the name that it wants is tried,
// and remembered.
func (t *json2) Call(ctx context.Context, call Call) (any, error) {
	args, err := normaliseArgs(call)
	if err != nil {
		return nil, err
	}
	if call.IDs != nil {
		if args["ids"], err = normalise("ids", call.IDs); err != nil {
			return nil, ofCall(err, call)
		}
	}
	value, refusal, err := t.post(ctx, call, t.translate(call, args))
	if refusal == "" {
		return value, err
	}
	from, names := renames(call.Method, refusal, args)
	for _, name := range names {
		if from == "" {
			break
		}
		t.learn(call, from, name)
		if value, refusal, err = t.post(ctx, call, t.translate(call, args)); refusal == "" {
			return value, err
		}
	}
	t.forget(call)
	return nil, err
}

func (t *json2) learn(call Call, from, to string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.learned[call.String()] = map[string]string{from: to}
}

func (t *json2) forget(call Call) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.learned, call.String())
}

// translate gives the arguments the names that were learned for the call.
func (t *json2) translate(call Call, args map[string]any) map[string]any {
	t.mu.Lock()
	defer t.mu.Unlock()
	learned := t.learned[call.String()]
	if len(learned) == 0 {
		return args
	}
	translated := maps.Clone(args)
	for from, to := range learned {
		if value, given := translated[from]; given {
			delete(translated, from)
			translated[to] = value
		}
	}
	return translated
}

// post makes one call. refusal is Odoo's word about a wrong name of an argument; there is an error as well then.
func (t *json2) post(ctx context.Context, call Call, args map[string]any) (value any, refusal string, err error) {
	body, err := encodeJSON(args)
	if err != nil {
		return nil, "", t.fail(KindValue, outcome{notDone: true}, err)
	}
	header := map[string]string{"Authorization": "bearer " + t.Key}
	if t.DB != "" {
		header["X-Odoo-Database"] = t.DB
	}
	path := "/json/2/" + call.Model + "/" + call.Method
	return t.exchange(ctx, call, request{path: path, mime: mimeJSON, header: header, body: body})
}

func (t *json2) exchange(ctx context.Context, call Call, r request) (value any, refusal string, err error) {
	answer, err := t.send(ctx, r)
	if err != nil {
		return nil, "", ofCall(err, call)
	}
	if e := t.refusal(answer, mimeJSON); e != nil {
		return nil, "", ofCall(e, call)
	}
	if value, err = decodeJSON(answer.body); err != nil {
		return nil, "", ofCall(t.unreadable(err, errors.Is(err, io.ErrUnexpectedEOF)), call)
	}
	if answer.status == http.StatusOK {
		return value, "", nil
	}
	data, _ := value.(map[string]any)
	x := exceptionOf(data)
	e := t.refusedWith(call, answer.status, x)
	if answer.status == http.StatusUnprocessableEntity && e.Kind == KindPython {
		return nil, x.message + " ", e
	}
	return nil, "", e
}

// refusedWith completes what the exception tells by the HTTP status: a bad key and an unknown model come as exceptions of the web
// framework.
func (t *json2) refusedWith(call Call, status int, x exception) *Error {
	e := t.refused(call, x)
	e.Status = status
	switch {
	case status == http.StatusUnauthorized:
		e.Kind = KindLogin
	case status == http.StatusForbidden && e.Kind == KindLogin: // the method's own denial: a bad key is 401
		e.Kind = KindAccess
	case status == http.StatusNotFound && e.Kind == KindPython:
		e.Kind = KindUnknownMethod
	}
	return e
}
