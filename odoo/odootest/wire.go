package odootest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/krokbot/krok/odoo/rpc"
)

// Wire is a way to an Odoo that can be cut: what goes over it is counted, and can be made to go wrong as on a bad network. It ends
// with the test.
type Wire struct {
	URL string

	odoo    *Odoo
	forward *http.Client
	ending  context.Context
	mu      sync.Mutex
	fates   []marked
	down    bool
	passed  []string // path and body of every request that reached the wire
}

// Fate is what happens to one request. pass hands it to Odoo and gives the answer.
type Fate func(w http.ResponseWriter, pass func(ctx context.Context) (*http.Response, error))

type marked struct {
	word string
	fate Fate
}

// CutBefore closes the connection; Odoo never hears of the request.
func CutBefore() Fate {
	return func(http.ResponseWriter, func(context.Context) (*http.Response, error)) { panic(http.ErrAbortHandler) }
}

// CutWithin hands the request to Odoo and closes the connection on both sides while Odoo works on it, that long after it was sent.
func CutWithin(wait time.Duration) Fate {
	return func(_ http.ResponseWriter, pass func(context.Context) (*http.Response, error)) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { time.AfterFunc(wait, cancel) }})
		if answer, err := pass(ctx); err == nil {
			answer.Body.Close()
		}
		panic(http.ErrAbortHandler)
	}
}

// CutAfter lets Odoo carry the request out to its end and drops the answer.
func CutAfter() Fate {
	return func(_ http.ResponseWriter, pass func(context.Context) (*http.Response, error)) {
		if answer, err := pass(context.Background()); err == nil {
			_, _ = io.Copy(io.Discard, answer.Body) // only its end counts
			answer.Body.Close()
		}
		panic(http.ErrAbortHandler)
	}
}

// Instead lets Odoo carry the request out to its end, and gives another answer.
func Instead(status int, mime, body string) Fate {
	return func(w http.ResponseWriter, pass func(context.Context) (*http.Response, error)) {
		if answer, err := pass(context.Background()); err == nil {
			_, _ = io.Copy(io.Discard, answer.Body) // only its end counts
			answer.Body.Close()
		}
		w.Header().Set("Content-Type", mime)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // the client may have gone
	}
}

// Wire makes a way to this Odoo.
func (o *Odoo) Wire(t testing.TB) *Wire {
	t.Helper()
	ending, end := context.WithCancel(context.Background())
	w := &Wire{odoo: o, ending: ending, forward: &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	server := httptest.NewServer(w)
	w.URL = server.URL
	t.Cleanup(func() {
		end()
		server.CloseClientConnections()
		server.Close()
	})
	return w
}

// Config opens the Odoo at the other end as its administrator, over the wire.
func (w *Wire) Config() rpc.Config {
	config := w.odoo.Config()
	config.URL = w.URL
	return config
}

// Next gives fates to the next requests with that word in their path or body, one a request, in order.
func (w *Wire) Next(word string, fates ...Fate) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, fate := range fates {
		w.fates = append(w.fates, marked{word, fate})
	}
}

// Down cuts every request before Odoo hears of it, until it is taken back.
func (w *Wire) Down(down bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = down
}

// Count is how many requests with that word in their path or body there were, those that went wrong included.
func (w *Wire) Count(word string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	count := 0
	for _, text := range w.passed {
		if strings.Contains(text, word) {
			count++
		}
	}
	return count
}

// ServeHTTP passes a request on, or lets it meet its fate.
func (w *Wire) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	pass := func(ctx context.Context) (*http.Response, error) { return w.pass(ctx, r, body) }
	if fate := w.fateOf(r.URL.Path + "\n" + string(body)); fate != nil {
		fate(out, pass)
		return
	}
	answer, err := pass(r.Context())
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer answer.Body.Close()
	for name, values := range answer.Header {
		out.Header()[name] = values
	}
	out.WriteHeader(answer.StatusCode)
	_, _ = io.Copy(out, answer.Body) // the client may have gone
}

func (w *Wire) fateOf(text string) Fate {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.passed = append(w.passed, text)
	if w.down {
		return CutBefore()
	}
	for i, next := range w.fates {
		if strings.Contains(text, next.word) {
			w.fates = append(w.fates[:i:i], w.fates[i+1:]...)
			return next.fate
		}
	}
	return nil
}

func (w *Wire) pass(ctx context.Context, r *http.Request, body []byte) (*http.Response, error) {
	target, err := url.Parse(w.odoo.URL + r.URL.RequestURI())
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	context.AfterFunc(w.ending, func() { cancel(errors.New("the test has ended")) })
	request, err := http.NewRequestWithContext(ctx, r.Method, target.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header = r.Header.Clone()
	return w.forward.Do(request)
}
