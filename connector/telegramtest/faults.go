package telegramtest

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Fault makes calls go wrong. A fault with nothing but a Delay only slows them down.
type Fault struct {
	Method string // the calls that it hits; all but getUpdates when empty
	Bot    *Bot   // all bots when nil
	Chat   int64  // all chats when 0
	After  int    // lets that many matching calls pass first
	Times  int    // then hits that many; for ever when 0

	Delay time.Duration // before anything else
	Drop  Drop

	Status      int    // answers this error code …
	Description string // … with this text; Telegram's own for the code when empty
	RetryAfter  int    // seconds, with a 429
	MigrateTo   int64  // the supergroup that the group became, with a 400
	Body        string // answers this instead of JSON, say a proxy's page; with Status
	TakesEffect bool   // does what was asked all the same
}

// Drop closes the connection instead of answering.
type Drop int

// When a connection is dropped.
const (
	DropNever  Drop = iota
	DropBefore      // nothing was done
	DropAfter       // all was done, and the answer lost
)

// Script is a fault at work.
type Script struct {
	fault        Fault
	owner        *faults
	passed, hits atomic.Int64
}

// Hits is how many calls it has hit.
func (f *Script) Hits() int { return int(f.hits.Load()) }

// Stop ends the fault.
func (f *Script) Stop() { f.owner.remove(f) }

// Fail lets calls go wrong from now on. Of several faults that match, the oldest hits.
func (s *Server) Fail(fault Fault) *Script {
	script := &Script{fault: fault, owner: &s.faults}
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	var active []*Script
	if known := s.faults.active.Load(); known != nil {
		active = slices.Clone(*known)
	}
	active = append(active, script)
	s.faults.active.Store(&active)
	return script
}

// faults holds the scripts. Reading them costs one atomic load.
type faults struct {
	mu     sync.Mutex
	active atomic.Pointer[[]*Script]
}

func (f *faults) remove(script *Script) {
	f.mu.Lock()
	defer f.mu.Unlock()
	left := slices.DeleteFunc(slices.Clone(*f.active.Load()), func(s *Script) bool { return s == script })
	f.active.Store(&left)
}

// match finds the fault that hits a call, nil for none.
func (f *faults) match(call *Call) *Fault {
	active := f.active.Load()
	if active == nil {
		return nil
	}
	for _, script := range *active {
		if script.hit(call) {
			return &script.fault
		}
	}
	return nil
}

func (f *Script) hit(call *Call) bool {
	switch {
	case f.fault.Method == "" && call.Method == "getUpdates",
		f.fault.Method != "" && !strings.EqualFold(f.fault.Method, call.Method),
		f.fault.Bot != nil && f.fault.Bot != call.Bot,
		f.fault.Chat != 0 && f.fault.Chat != call.Chat:
		return false
	}
	turn := f.passed.Add(1) - int64(f.fault.After)
	if turn <= 0 || f.fault.Times > 0 && turn > int64(f.fault.Times) {
		return false
	}
	f.hits.Add(1)
	return true
}

// refusal is the fault's answer, nil where it lets the call through.
func (f *Fault) refusal() *refusal {
	if f.Status == 0 && f.RetryAfter == 0 {
		return nil
	}
	if f.RetryAfter != 0 && (f.Status == 0 || f.Status == http.StatusTooManyRequests) {
		r := tooMany(f.RetryAfter)
		r.Description = orDefault(f.Description, r.Description)
		return r
	}
	return &refusal{
		Code: f.Status, RetryAfter: f.RetryAfter, MigrateTo: f.MigrateTo,
		Description: orDefault(f.Description, http.StatusText(f.Status)),
	}
}
