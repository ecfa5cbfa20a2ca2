package records

import (
	"errors"
	"regexp"
	"strings"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
	"github.com/krokbot/krok/odoo/rpc"
)

var _ flow.Refusal = (*Refused)(nil)

// Refused is what Odoo will not do for a turn, however often it is asked: everything was rolled back, and the key of a commit is still
// free. It speaks to the admin, who can mend it in Odoo.
type Refused struct {
	Doing string // "open_chat, chat_state"; "question" where something was asked
	Err   error
}

func (e *Refused) Error() string { return e.In(texts.Default) }

// In says what Odoo refuses, and why, in a language of krok.
func (e *Refused) In(lang string) string {
	return texts.Get(lang, "records.refused", texts.Args{"doing": e.Doing, "reason": e.reason(lang)})
}

// Unwrap gives what Odoo answered.
func (e *Refused) Unwrap() error { return e.Err }

// worded are the errors of the procedures that krok has words for.
var worded = regexp.MustCompile(`(?s)^(records\.[a-z_]+): (.*)$`)

func (e *Refused) reason(lang string) string {
	var call *rpc.Error
	if !errors.As(e.Err, &call) {
		return texts.Explain(lang, e.Err)
	}
	if found := worded.FindStringSubmatch(call.Message); call.Kind == rpc.KindUser && found != nil {
		return texts.Get(lang, found[1], texts.Args{"what": found[2]})
	}
	return call.In(lang)
}

// longestRefusal is how many letters of Odoo's words a client reads.
const longestRefusal = 300

// Refusal gives the words with which Odoo itself does not take what people gave (UserError, ValidationError), on one line. It is false for
// what the procedures of krok say, for rights and for faults: those are for the admin.
func (e *Refused) Refusal() (words string, ok bool) {
	var call *rpc.Error
	if !errors.As(e.Err, &call) || call.Kind != rpc.KindUser || worded.MatchString(call.Message) {
		return "", false
	}
	letters := []rune(strings.Join(strings.Fields(call.Message), " "))
	if len(letters) > longestRefusal {
		letters = append(letters[:longestRefusal-1], '…')
	}
	return string(letters), len(letters) > 0
}

// refusals are the errors that lie in what was asked for, or in the rights and addons of this Odoo. All others lie in the way there, or
// pass by themselves.
var refusals = []rpc.Kind{
	rpc.KindUser, rpc.KindAccess, rpc.KindMissing, rpc.KindPython, rpc.KindValue, rpc.KindUnknownModel, rpc.KindUnknownMethod,
	rpc.KindTooLarge, rpc.KindSentTooLarge,
}

// database are the errors of a PostgreSQL in trouble (classes 08, 53, 57 and 58, and a replica that does not write), as the last line of a
// traceback names them, by themselves or within the ValueError of a server action: nothing is wrong with what was asked for.
var database = regexp.MustCompile(`^(ValueError: )?(<class ')?(psycopg2\.\w+\.)?(ConnectionException|ConnectionDoesNotExist|ConnectionFailure|InsufficientResources|DiskFull|OutOfMemory|TooManyConnections|` +
	`OperatorIntervention|QueryCanceled|AdminShutdown|CrashShutdown|CannotConnectNow|IdleInTransactionSessionTimeout|SystemError|IoError|` +
	`ReadOnlySqlTransaction|InFailedSqlTransaction|OperationalError|InterfaceError)\b`)

func inTrouble(err *rpc.Error) bool {
	return err.Kind == rpc.KindPython && database.MatchString(err.Message)
}

// forFlow tells apart errors that asking again later may mend: an Odoo that is down, refuses the login, or has no module krok now. A
// commit that may have been carried out is one of them too: its key finds the result.
func forFlow(err error, doing ...string) error {
	var told *texts.Error
	if errors.Is(err, errNoResult) || errors.As(err, &told) && told.Key == "procedures.not_installed" {
		return &flow.Unavailable{Err: err}
	}
	var call *rpc.Error
	if !errors.As(err, &call) {
		return err
	}
	if rpc.IsKind(err, refusals...) && !inTrouble(call) {
		return &Refused{Doing: strings.Join(doing, ", "), Err: err}
	}
	return &flow.Unavailable{Err: err, After: call.RetryAfter}
}
