package rpc

import (
	"context"
	"errors"
	"io"
	"net/http"
)

// jsonService calls a method of a service over /jsonrpc.
func (w *wire) jsonService(ctx context.Context, call Call, service, method string, args []any) (any, error) {
	return w.jsonCall(ctx, call, "/jsonrpc", map[string]any{"service": service, "method": method, "args": args})
}

// jsonCall posts a JSON-RPC request to a path. An answer with neither result nor error is that of a method that returned None.
func (w *wire) jsonCall(ctx context.Context, call Call, path string, params map[string]any) (any, error) {
	body, err := encodeJSON(map[string]any{"jsonrpc": "2.0", "method": "call", "id": 1, "params": params})
	if err != nil {
		return nil, w.fail(KindValue, outcome{notDone: true}, err)
	}
	answer, err := w.send(ctx, request{path: path, mime: mimeJSON, body: body})
	if err != nil {
		return nil, ofCall(err, call)
	}
	if e := w.refusal(answer, mimeJSON); e != nil {
		return nil, ofCall(e, call)
	}
	value, err := decodeJSON(answer.body)
	if err != nil {
		return nil, ofCall(w.unreadable(err, errors.Is(err, io.ErrUnexpectedEOF)), call)
	}
	envelope, ok := value.(map[string]any)
	if !ok || envelope["jsonrpc"] == nil {
		return nil, ofCall(w.fail(KindNotOdoo, outcome{}, errors.New("no JSON-RPC answer")), call)
	}
	if failure, ok := envelope["error"].(map[string]any); ok {
		return nil, w.jsonFailure(call, failure)
	}
	return envelope["result"], nil
}

// jsonFailure reads error.data; of code 404 there is an exception of the web framework in it.
func (w *wire) jsonFailure(call Call, failure map[string]any) error {
	data, _ := failure["data"].(map[string]any)
	x := exceptionOf(data)
	if x.message == "" {
		x.message, _ = failure["message"].(string)
	}
	if code, _ := failure["code"].(int64); code == http.StatusNotFound && call.Method == "" {
		return w.fail(KindNotOdoo, outcome{notDone: true}, errors.New(w.clean(x.message)))
	}
	return w.refused(call, x)
}

// exceptionOf reads the form in which both JSON protocols give an exception; its "debug" (the traceback) is left where it is.
func exceptionOf(data map[string]any) exception {
	var x exception
	x.name, _ = data["name"].(string)
	x.message, _ = data["message"].(string)
	if arguments, _ := data["arguments"].([]any); x.name == redirectWarning && len(arguments) > 0 {
		x.message, _ = arguments[0].(string) // the others are the action and button of a dialogue
	}
	return x
}

// ofCall writes into an error of this package which call it was.
func ofCall(err error, call Call) error {
	var e *Error
	if call.Method != "" && errors.As(err, &e) {
		e.Call = call.String()
	}
	return err
}
