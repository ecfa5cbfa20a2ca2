package rpctest

import (
	"errors"
	"net/http"
	"strings"
)

// Fault is an exception of Odoo.
type Fault struct {
	Name    string // Python's class with its module
	Message string
}

func (f Fault) Error() string { return f.Name + ": " + f.Message }

// UserError is Odoo's refusal in words for people.
func UserError(message string) Fault { return Fault{"odoo.exceptions.UserError", message} }

// ValidationError is a refused value.
func ValidationError(message string) Fault { return Fault{"odoo.exceptions.ValidationError", message} }

// AccessError is a right that the user has not.
func AccessError(message string) Fault { return Fault{"odoo.exceptions.AccessError", message} }

// AccessDenied is a refused login.
func AccessDenied() Fault { return Fault{"odoo.exceptions.AccessDenied", "Access Denied"} }

// MissingError is of a record that is gone.
func MissingError() Fault {
	return Fault{"odoo.exceptions.MissingError", "Record does not exist or has been deleted.\n(Record: res.partner(5,), User: 7)"}
}

// SerializationFailure is what is left after Odoo itself has tried five times.
func SerializationFailure() Fault {
	return Fault{"psycopg2.errors.SerializationFailure", "could not serialize access due to concurrent update\n"}
}

// ValueError is a fault in Python.
func ValueError(message string) Fault { return Fault{"builtins.ValueError", message} }

func unprocessable(message string) Fault {
	return Fault{"werkzeug.exceptions.UnprocessableEntity", message}
}

func notFound(message string) Fault { return Fault{"werkzeug.exceptions.NotFound", message} }

func faultOf(err error) Fault {
	var fault Fault
	if errors.As(err, &fault) {
		return fault
	}
	return ValueError(err.Error())
}

// traceback is what a server shows of a fault and people must not see.
func (f Fault) traceback() string {
	name := strings.TrimPrefix(f.Name, "builtins.")
	return "Traceback (most recent call last):\n" +
		"  File \"/usr/lib/python3/dist-packages/odoo/http.py\", line 140, in dispatch_rpc\n    result = dispatch(method, params)\n" +
		"  File \"/opt/secret-addon/models.py\", line 5, in write\n    raise " + name + "\n" +
		name + ": " + f.Message + "\n"
}

// code is that of a fault in XML-RPC.
func (f Fault) code() int {
	switch {
	case f.Name == "odoo.exceptions.AccessDenied":
		return 3
	case f.Name == "odoo.exceptions.AccessError":
		return 4
	case strings.HasPrefix(f.Name, "odoo.exceptions."):
		return 2
	default:
		return 1
	}
}

// status is that of JSON-2.
func (f Fault) status() int {
	switch f.Name {
	case "odoo.exceptions.AccessDenied", "odoo.exceptions.AccessError":
		return http.StatusForbidden
	case "odoo.exceptions.MissingError", "werkzeug.exceptions.NotFound":
		return http.StatusNotFound
	case "odoo.exceptions.UserError", "odoo.exceptions.ValidationError", "werkzeug.exceptions.UnprocessableEntity":
		return http.StatusUnprocessableEntity
	case "werkzeug.exceptions.Unauthorized":
		return http.StatusUnauthorized
	default:
		return http.StatusInternalServerError
	}
}

// data is the form of both JSON protocols.
func (f Fault) data() map[string]any {
	return map[string]any{
		"name": f.Name, "message": f.Message, "arguments": []any{f.Message}, "context": map[string]any{}, "debug": f.traceback(),
	}
}
