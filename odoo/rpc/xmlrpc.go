package rpc

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kolo/xmlrpc"
)

// maxNesting of values in an answer; more would be an attack on the decoder, which calls itself for each.
const maxNesting = 500

// faultNames are the classes behind the codes of /xmlrpc/2. Code 1 has a traceback instead; 2 is any error for people.
var faultNames = map[int]string{
	2: "odoo.exceptions.UserError",
	3: "odoo.exceptions.AccessDenied",
	4: "odoo.exceptions.AccessError",
}

// xmlService calls a method of a service over /xmlrpc/2, with kolo's codec and our own HTTP.
func (w *wire) xmlService(ctx context.Context, call Call, service, method string, args []any) (any, error) {
	for i, arg := range args {
		args[i] = escapeKeys(arg)
	}
	body, err := xmlrpc.EncodeMethodCall(method, args...)
	if err != nil {
		return nil, w.fail(KindValue, outcome{notDone: true}, err)
	}
	answer, err := w.send(ctx, request{path: "/xmlrpc/2/" + service, mime: mimeXML, body: body})
	if err != nil {
		return nil, ofCall(err, call)
	}
	if e := w.refusal(answer, mimeXML); e != nil {
		return nil, ofCall(e, call)
	}
	value, fault, err := decodeXML(answer.body)
	if err != nil {
		return nil, ofCall(w.unreadable(err, errors.Is(err, io.ErrUnexpectedEOF)), call)
	}
	if fault != nil {
		return w.xmlFault(call, fault)
	}
	return value, nil
}

// xmlFault is the error behind a fault, but for the fault of a method that returned None: the transaction was committed before
// Odoo found that XML-RPC has no None.
func (w *wire) xmlFault(call Call, fault *xmlrpc.FaultError) (any, error) {
	x := exception{name: faultNames[fault.Code], message: fault.String}
	if x.name == "" {
		x = lastException(fault.String)
	}
	if x.name == "TypeError" && strings.HasPrefix(x.message, noneUnsendable) {
		return nil, nil
	}
	return nil, w.refused(call, x)
}

// escapeKeys escapes the keys of maps, which the codec writes as they are.
func escapeKeys(value any) any {
	switch value := value.(type) {
	case map[string]any:
		escaped := make(map[string]any, len(value))
		for key, item := range value {
			var buffer strings.Builder
			_ = xml.EscapeText(&buffer, []byte(key)) // a Builder does not fail
			escaped[buffer.String()] = escapeKeys(item)
		}
		return escaped
	case []any:
		list := make([]any, len(value))
		for i, item := range value {
			list[i] = escapeKeys(item)
		}
		return list
	default:
		return value
	}
}

// decodeXML reads an answer: a value or a fault. A document that ends too early gives io.ErrUnexpectedEOF.
func decodeXML(body []byte) (value any, fault *xmlrpc.FaultError, err error) {
	defer func() { // the decoder uses reflection on what others sent
		if r := recover(); r != nil {
			value, fault, err = nil, nil, fmt.Errorf("reading XML: %v", r)
		}
	}()
	body = cleanXML(body)
	if !bytes.Contains(body, []byte("</methodResponse")) {
		return nil, nil, io.ErrUnexpectedEOF
	}
	if nesting(body) > maxNesting {
		return nil, nil, errors.New("values are nested too deeply")
	}
	if bytes.Contains(body, []byte("<fault")) { // never within a text: "<" is escaped there
		var found xmlrpc.FaultError
		if err := xmlrpc.Response(body).Err(); !errors.As(err, &found) {
			return nil, nil, fmt.Errorf("reading a fault: %w", err)
		}
		return nil, &found, nil
	}
	if err := xmlrpc.Response(body).Unmarshal(&value); err != nil {
		return nil, nil, fmt.Errorf("reading XML: %w", err)
	}
	return plain(value), nil, nil
}

// cleanXML leaves out signs that no XML document may have; Odoo 14 sends those that stand in its texts.
func cleanXML(body []byte) []byte {
	if !utf8.Valid(body) {
		body = bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	if bytes.IndexFunc(body, func(r rune) bool { return !inXML(r) }) < 0 {
		return body
	}
	return bytes.Map(func(r rune) rune {
		if inXML(r) {
			return r
		}
		return -1
	}, body)
}

// nesting is how deep values stand within values.
func nesting(body []byte) int {
	depth, deepest := 0, 0
	for {
		at := bytes.IndexByte(body, '<')
		if at < 0 {
			return deepest
		}
		body = body[at:]
		switch {
		case bytes.HasPrefix(body, []byte("</")):
			depth--
		case !bytes.HasPrefix(body, []byte("<?")) && !bytes.HasPrefix(body, []byte("<!")):
			depth++
		}
		deepest = max(deepest, depth/3) // value, array, data
		body = body[1:]
	}
}

// plain mends what the codec makes of an empty text and an empty struct (nothing: Odoo's answers have no nil over XML-RPC), and makes dates
// texts, as in all of Odoo's answers.
func plain(value any) any {
	switch value := value.(type) {
	case nil:
		return ""
	case time.Time:
		return value.Format(datetimeLayout)
	case map[string]any:
		if value == nil {
			return map[string]any{}
		}
		for key, item := range value {
			value[key] = plain(item)
		}
	case []any:
		for i, item := range value {
			value[i] = plain(item)
		}
	}
	return value
}
