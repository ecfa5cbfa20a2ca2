package telegramtest

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// Call is one call of the Bot API, as it came and as it was answered.
type Call struct {
	Method      string
	Bot         *Bot  // nil for an unknown token
	Chat        int64 // the chat_id, 0 for none
	At          time.Time
	Status      int    // 200, the error code, or 0 where the connection was dropped
	Description string // of a refusal

	params params
}

// Arg is a parameter as text: a string as it is, anything else as JSON; "" for none.
func (c Call) Arg(name string) string { return c.params.text(name) }

// Args are all parameters.
func (c Call) Args() map[string]string {
	all := make(map[string]string, len(c.params.values))
	for _, p := range c.params.values {
		all[p.name] = p.value
	}
	return all
}

// Uploads are the files that the call brought along, by the names of their parts.
func (c Call) Uploads() map[string]Upload { return c.params.files }

// callLog keeps calls in the order of their arrival.
type callLog struct {
	mu    sync.Mutex
	calls []*Call
}

func (l *callLog) add(call *Call, keep int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if keep > 0 && len(l.calls) >= 2*keep {
		l.calls = append(l.calls[:0:0], l.calls[keep:]...) // a half at a time, so that it costs nothing a call
	}
	l.calls = append(l.calls, call)
}

// answered notes how a call ended.
func (l *callLog) answered(call *Call, status int, description string) {
	l.mu.Lock()
	call.Status, call.Description = status, description
	l.mu.Unlock()
}

func (l *callLog) list(methods []string) []Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []Call
	for _, call := range l.calls {
		named := func(method string) bool { return strings.EqualFold(method, call.Method) }
		if len(methods) == 0 || slices.ContainsFunc(methods, named) {
			found = append(found, *call)
		}
	}
	return found
}

func (l *callLog) forget() {
	l.mu.Lock()
	l.calls = nil
	l.mu.Unlock()
}
