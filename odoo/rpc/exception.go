package rpc

import (
	"regexp"
	"slices"
	"strings"
)

// exception is an error of Odoo, whatever protocol brought it.
type exception struct {
	name    string // Python's class with its module: "odoo.exceptions.UserError"; empty where the protocol does not tell
	message string // without traceback
}

// named finds the kind of an exception by its class. XML-RPC tells no class of the first five; see faultNames.
var named = map[string]Kind{
	"odoo.exceptions.AccessDenied":     KindLogin,
	"odoo.exceptions.AccessError":      KindAccess,
	"odoo.exceptions.UserError":        KindUser,
	"odoo.exceptions.ValidationError":  KindUser,
	redirectWarning:                    KindUser,
	"odoo.exceptions.Warning":          KindUser,
	"odoo.exceptions.CacheMiss":        KindMissing,
	"odoo.exceptions.MissingError":     KindMissing,
	"odoo.exceptions.LockError":        KindConflict,
	"odoo.exceptions.ConcurrencyError": KindConflict,

	"psycopg2.errors.SerializationFailure":          KindConflict,
	"psycopg2.errors.DeadlockDetected":              KindConflict,
	"psycopg2.errors.LockNotAvailable":              KindConflict,
	"psycopg2.extensions.TransactionRollbackError":  KindConflict,
	"psycopg2.OperationalError":                     KindServer,
	"psycopg2.InterfaceError":                       KindServer,
	"psycopg2.pool.PoolError":                       KindServer,
	"odoo.sql_db.PoolError":                         KindServer,
	"odoo.addons.base.models.ir_http.RegistryError": KindServer,
}

var (
	noDatabase    = regexp.MustCompile(`(?i)database "[^"]*" does not exist|database not found`)
	noModel       = regexp.MustCompile(`^Object [\w.]+ doesn't exist|^The model ['"]?[\w.]+['"]? does not exist|^the model '[\w.]+' does not exist`)
	noSerialising = regexp.MustCompile(`could not serialize access|deadlock detected`)
	noRecord      = regexp.MustCompile(`^Record does not exist or has been deleted|^One of the documents you are trying to access has been deleted`)

	// unsendable are the faults of an answer that could not be written: the method had ended and its transaction was committed.
	unsendable = regexp.MustCompile(`cannot marshal |dictionary key must be string|int exceeds XML-RPC limits|is not JSON serializable`)
)

const redirectWarning = "odoo.exceptions.RedirectWarning" // words, and a button that leads to where the matter is set

// redirectTuple is how XML-RPC of 14 tells it: all arguments, as Python writes them.
var redirectTuple = regexp.MustCompile(`^\('((?:[^'\\]|\\.)*)', \d+, `)

const noneUnsendable = "cannot marshal None" // of a method that returns None: it has gone well

// refused turns an exception of Odoo into an Error. Odoo has rolled everything back then, but for answers that it could not write.
func (w *wire) refused(call Call, x exception) *Error {
	kind := kindOf(call, x)
	o := outcome{notDone: true}
	switch kind {
	case KindUnreadable:
		o = outcome{done: true}
	case KindServer: // a connection to the database lost at the commit leaves it open
		o = outcome{retry: true}
	case KindConflict:
		o.retry = true
	}
	e := w.fail(kind, o, nil)
	e.Call = call.String()
	e.Message = w.clean(strings.TrimSpace(x.message))
	if found := redirectTuple.FindStringSubmatch(e.Message); found != nil {
		e.Message = strings.NewReplacer(`\n`, "\n", `\'`, "'", `\\`, `\`).Replace(found[1])
	}
	if kind == KindPython {
		e.Message = w.clean(shortName(x.name) + firstLine(x.message))
	}
	return e
}

func kindOf(call Call, x exception) Kind {
	switch {
	case noDatabase.MatchString(x.message):
		return KindDatabase
	case noModel.MatchString(x.message), isUnknownModel(call, x):
		return KindUnknownModel
	case isUnknownMethod(call, x.message):
		return KindUnknownMethod
	case noSerialising.MatchString(x.message):
		return KindConflict
	case unsendable.MatchString(x.message):
		return KindUnreadable
	}
	kind, known := named[x.name]
	if !known {
		return KindPython
	}
	if kind == KindUser && noRecord.MatchString(x.message) {
		return KindMissing
	}
	return kind
}

// isUnknownModel knows Odoo's "Object x doesn't exist" in the languages into which it is translated: a few words with the model's name.
func isUnknownModel(call Call, x exception) bool {
	words := strings.Fields(x.message)
	return named[x.name] == KindUser && len(words) <= 6 && slices.ContainsFunc(words, func(word string) bool {
		return strings.Trim(word, `.,:'"«»`) == call.Model
	})
}

func isUnknownMethod(call Call, message string) bool {
	if call.Method == "" {
		return false
	}
	return strings.Contains(message, "has no attribute '"+call.Method+"'") ||
		strings.Contains(message, "The method '"+call.String()+"' does not exist")
}

// shortName is the class without its module, with a colon: "ValueError: ".
func shortName(name string) string {
	if name == "" {
		return ""
	}
	return name[strings.LastIndex(name, ".")+1:] + ": "
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

var exceptionLine = regexp.MustCompile(`^([A-Za-z_][\w.]*)(?:: ?(.*))?$`)

// lastException reads the exception at the end of a traceback: the first line that is not indented after the last that is.
// Its message may have several lines. A text that is no traceback is a message alone.
func lastException(traceback string) exception {
	lines := strings.Split(strings.TrimSpace(traceback), "\n")
	last := -1
	for i, line := range lines {
		if strings.HasPrefix(line, `  File "`) {
			last = i
		}
	}
	if last < 0 {
		return exception{message: strings.TrimSpace(traceback)}
	}
	rest := slices.IndexFunc(lines[last:], func(line string) bool { return line != "" && line[0] != ' ' })
	if rest < 0 {
		return exception{}
	}
	lines = lines[last+rest:]
	found := exceptionLine.FindStringSubmatch(lines[0])
	if found == nil {
		return exception{message: lines[0]}
	}
	return exception{name: found[1], message: strings.Join(append([]string{found[2]}, lines[1:]...), "\n")}
}
