package rpc

import (
	"errors"
	"maps"
	"regexp"
	"strings"
	"time"

	"github.com/krokbot/krok/flow/texts"
)

// Kind is what went wrong; the text for people stands under "rpc.<kind>".
type Kind string

// The kinds of errors.
const (
	KindAddress       Kind = "address"        // the address is not one
	KindDNS           Kind = "dns"            // no such host
	KindUnreachable   Kind = "unreachable"    // nobody answers there
	KindTLS           Kind = "tls"            // the certificate is not trusted, or no TLS there
	KindRedirect      Kind = "redirect"       // Odoo is at another address
	KindNotOdoo       Kind = "not_odoo"       // something else answers: usually a page of HTML
	KindBlocked       Kind = "blocked"        // something in front of Odoo refuses
	KindVersion       Kind = "version"        // older than krok knows
	KindProtocol      Kind = "protocol"       // no protocol of that name
	KindNoJSON2       Kind = "no_json2"       // JSON-2 was set, and this Odoo has none
	KindDatabase      Kind = "database"       // no such database
	KindNoDatabase    Kind = "no_database"    // none was named and none could be found
	KindManyDatabases Kind = "many_databases" // none was named and there are several
	KindNoLogin       Kind = "no_login"       // no login was given
	KindNoKey         Kind = "no_key"         // neither key nor password was given
	KindLogin         Kind = "login"          // wrong login, password or key, or a revoked one
	KindKeyOfOther    Kind = "key_of_other"   // the key is good, but another user's
	KindTwoFactor     Kind = "two_factor"     // the password is refused because of two-factor login
	KindAccess        Kind = "access"         // the user may not
	KindUser          Kind = "user"           // Odoo refuses and says why (UserError, ValidationError)
	KindMissing       Kind = "missing"        // the record is gone
	KindConflict      Kind = "conflict"       // others changed the same records at the same time
	KindTooMany       Kind = "too_many"       // too many requests
	KindGateway       Kind = "gateway"        // Odoo is down or restarting behind its proxy
	KindServer        Kind = "server"         // Odoo or its database is in trouble
	KindTimeout       Kind = "timeout"        // no answer in time
	KindCut           Kind = "cut"            // the answer broke off
	KindTooLarge      Kind = "too_large"      // the answer is larger than is read
	KindSentTooLarge  Kind = "sent_too_large" // what was sent is larger than is taken
	KindUnreadable    Kind = "unreadable"     // the answer cannot be read
	KindUnknownModel  Kind = "unknown_model"  // no such model: usually an app that is not installed
	KindUnknownMethod Kind = "unknown_method" // no such method
	KindPython        Kind = "python"         // a fault in Odoo or an addon
	KindValue         Kind = "value"          // a value that cannot be sent to Odoo; nothing was sent
	KindCanceled      Kind = "canceled"       // we stopped waiting
)

// Error is what every call fails with. It speaks to people through [Error.In]; Odoo's tracebacks, keys and passwords are never in it.
type Error struct {
	Kind    Kind
	Message string // what Odoo itself said, for people; of a fault in Python its last line. May be empty
	Call    string // "res.partner.write"; empty where no method was called
	Status  int    // of HTTP; 0 where there was no answer

	NotDone    bool          // it is certain that nothing was done
	Done       bool          // it is certain that it was done, only the answer is lost. Neither: nobody knows
	Retry      bool          // the same may go well later; repeat what is not safe to do twice only when NotDone
	RetryAfter time.Duration // how long Odoo asked us to wait; 0: it did not say

	html  bool   // the answer was a page for people
	text  string // key of the text where it is not the kind
	args  texts.Args
	cause error
}

// Error says it in English.
func (e *Error) Error() string { return e.In(texts.Default) }

// In says what is wrong and how to mend it in a language of krok.
func (e *Error) In(lang string) string {
	args := texts.Args{"message": e.oneLine(), "call": e.Call, "status": e.Status}
	maps.Copy(args, e.args)
	key := string(e.Kind)
	if e.text != "" {
		key = e.text
	}
	return texts.Get(lang, "rpc."+key, args)
}

// oneLine is what Odoo said, in one line without its full stop: the text goes on after it.
func (e *Error) oneLine() string {
	text := e.Message
	if e.Kind == KindMissing {
		text = firstLine(text) // the rest is Odoo's own name of the record
	}
	return strings.TrimRight(strings.Join(strings.Fields(text), " "), ".")
}

// Unwrap gives what was met below; for the log.
func (e *Error) Unwrap() error { return e.cause }

// IsKind tells whether the error is an Error of one of the kinds.
func IsKind(err error, kinds ...Kind) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	for _, kind := range kinds {
		if e.Kind == kind {
			return true
		}
	}
	return false
}

// outcome is what an error knows besides its kind.
type outcome struct{ notDone, done, retry bool }

// valueError is of KindValue; the text for people is one of rpc.value_name, value_number, value_type and value_deep.
func valueError(text, where string, value any) *Error {
	return &Error{Kind: KindValue, NotDone: true, text: text, args: texts.Args{"where": where, "value": value}}
}

// fail makes an Error that knows where it happened. A cause that holds the key is left out.
func (w *wire) fail(kind Kind, o outcome, cause error) *Error {
	if cause != nil && w.Key != "" && w.clean(cause.Error()) != cause.Error() {
		cause = errors.New(w.clean(cause.Error()))
	}
	return &Error{
		Kind: kind, NotDone: o.notDone, Done: o.done, Retry: o.retry, cause: cause,
		args: texts.Args{"url": w.place(), "db": w.DB, "login": w.Login},
	}
}

// place is the address as it may be shown: never one that could hold a password.
func (w *wire) place() string {
	if w.base != "" {
		return w.base
	}
	if at := strings.LastIndex(w.URL, "@"); at >= 0 {
		return "…" + w.URL[at:]
	}
	return w.URL
}

// clean takes the key out of a text; a short one only where it stands as a word of its own, or "admin" would make texts unreadable.
func (w *wire) clean(text string) string {
	if w.Key == "" || !strings.Contains(text, w.Key) {
		return text
	}
	if len(w.Key) >= 8 {
		return strings.ReplaceAll(text, w.Key, "…")
	}
	word := regexp.MustCompile(`(^|\W)` + regexp.QuoteMeta(w.Key) + `(\W|$)`)
	for range 2 { // the sign that ends one match may begin the next
		text = word.ReplaceAllString(text, "${1}…${2}")
	}
	return text
}
