// Package rpc talks to Odoo 14 and newer from outside: one Transport in three protocols (JSON-2, JSON-RPC, XML-RPC), one Client over
// it, arguments always by name, and errors that know whether anything was done.
//
// [Open] picks the protocol by itself. A [Client] may be used by many goroutines at once; on Odoo Online it makes one call after
// another, as its fair use wants.
package rpc

import (
	"context"
	"regexp"
)

// Protocol is one of Odoo's ways to be called from outside.
type Protocol string

// The protocols. Auto lets Open choose: JSON-2 from Odoo 19 on when there is an API key, else JSON-RPC, else XML-RPC.
const (
	Auto    Protocol = "auto"
	JSON2   Protocol = "json2"
	JSONRPC Protocol = "jsonrpc"
	XMLRPC  Protocol = "xmlrpc"
)

// Protocols are the values that a setting may have.
func Protocols() []Protocol { return []Protocol{Auto, JSON2, JSONRPC, XMLRPC} }

// Args are the arguments of a method by the names of its Python parameters, as Odoo 19 calls them; "context" is Odoo's context.
// Where older versions have other names, or want an argument by position, the transport translates (see names.go).
type Args map[string]any

// Call is one call of a method of a model.
type Call struct {
	Model  string
	Method string
	// IDs are the records it is called on. Nil for a method of the model itself (@api.model: create, search, …).
	IDs  []int64
	Args Args
}

func (c Call) String() string { return c.Model + "." + c.Method }

// Transport is one protocol, bound to one database and one login. All errors are of type [*Error].
type Transport interface {
	Protocol() Protocol
	// Version asks which Odoo answers; it needs neither database nor login.
	Version(ctx context.Context) (Version, error)
	// Login proves who we are and returns the user's id. It comes before the first Call.
	Login(ctx context.Context) (uid int64, err error)
	// Call calls a method. A method that returns None gives nil and no error in every protocol.
	Call(ctx context.Context, call Call) (any, error)
}

var (
	modelName  = regexp.MustCompile(`^[a-z_][a-z0-9_]*(\.[a-z0-9_]+)*$`)
	pythonName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// check refuses names that are none: they stand unescaped in addresses and in XML.
func (c Call) check() error {
	if !modelName.MatchString(c.Model) {
		return valueError("value_name", "model", c.Model)
	}
	if !pythonName.MatchString(c.Method) {
		return valueError("value_name", "method", c.Method)
	}
	for name := range c.Args {
		if !pythonName.MatchString(name) {
			return valueError("value_name", "argument", name)
		}
	}
	return nil
}
