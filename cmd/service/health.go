package service

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/krokbot/krok/flow/texts"
)

// condition is how a part of krok is.
type condition struct {
	name  string
	state state
	why   error // in words for people; nil where all is well
}

// state says what a condition means for those who send clients to this process.
type state string

const (
	stateOK       state = "ok"
	stateDegraded state = "degraded" // something does not work, but this process does what it can: it is ready
	stateDown     state = "down"     // this process can do nothing now
)

// report is what /readyz answers.
type report struct {
	Ready      bool        `json:"ready"`
	State      state       `json:"state"` // the worst of all
	Components []component `json:"components"`
}

type component struct {
	Name   string `json:"name"` // redis, odoo, bot <code>, krok
	State  state  `json:"state"`
	Reason string `json:"reason,omitempty"`
}

func reportOf(conditions []condition, lang string) report {
	r := report{State: stateOK, Components: []component{}}
	for _, one := range conditions {
		shown := component{Name: one.name, State: one.state}
		if one.why != nil {
			shown.Reason = texts.Explain(lang, one.why)
		}
		r.Components = append(r.Components, shown)
		if one.state == stateDown || one.state == stateDegraded && r.State == stateOK {
			r.State = one.state
		}
	}
	r.Ready = r.State != stateDown
	return r
}

func (r report) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if !r.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	_ = out.Encode(r) // who asked has gone
}

// conditions tells how everything is that the bots need. Redis must be there and take writes: without it nothing can be made safe. An
// Odoo that is down degrades, since the bots serve their last definitions and what they must write waits; unless there are no
// definitions yet. One bot's trouble with Telegram is not that of the others.
func (s *Service) conditions(ctx context.Context) []condition {
	redis := condition{name: "redis", state: stateOK, why: s.probe.ask(ctx)}
	if redis.why != nil {
		redis.state = stateDown
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	odoo := condition{name: "odoo", state: stateOK, why: s.odooErr}
	switch {
	case !s.looked && len(s.bots) == 0:
		odoo.state, odoo.why = stateDown, texts.NewError("service.starting", nil, nil)
		if s.odooErr != nil {
			odoo.why = s.odooErr
		}
	case s.odooErr != nil:
		odoo.state = stateDegraded
	}
	all := []condition{redis, odoo}
	for _, code := range s.codes() {
		all = append(all, s.bots[code].condition())
	}
	return all
}

// codes are those of the bots, in order. The caller has locked.
func (s *Service) codes() []string {
	codes := make([]string, 0, len(s.bots))
	for code := range s.bots {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return codes
}

// condition tells how the bot's connection to Telegram is.
func (b *bot) condition() condition {
	b.mu.Lock()
	defer b.mu.Unlock()
	at := condition{name: "bot " + b.code, state: stateDegraded}
	switch {
	case b.refused != nil:
		at.why = b.refused
	case b.status.Err != nil:
		at.why = b.status.Err
	case b.serving.Load() == nil:
		at.why = texts.NewError("service.no_definition", nil, nil)
	case b.status.Username == "":
		at.why = texts.NewError("service.connecting", nil, nil)
	default:
		at.state = stateOK
	}
	return at
}

// probe finds out whether Redis takes writes, at most once a second however often it is asked.
type probe struct {
	write func(ctx context.Context) error

	mu  sync.Mutex
	at  time.Time
	err error
}

const (
	probeEvery = time.Second
	probeTime  = 2 * time.Second
)

func (p *probe) ask(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.at.IsZero() && time.Since(p.at) < probeEvery {
		return p.err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), probeTime) // the answer is for all who ask
	defer cancel()
	p.err = p.write(ctx)
	p.at = time.Now()
	return p.err
}

// waiting is the condition of a krok that has not started its bots because of an error.
func waiting(err error) condition {
	at := condition{name: "krok", state: stateDown, why: err}
	var spoken *texts.Error
	switch {
	case err == nil:
		at.why = texts.NewError("service.starting", nil, nil)
	case errors.As(err, &spoken) && strings.HasPrefix(spoken.Key, "store."):
		at.name = "redis"
	default:
		at.name = "odoo"
	}
	return at
}
