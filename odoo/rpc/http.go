package rpc

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"
)

const (
	userAgent = "krok (+https://github.com/krokbot/krok)"
	mimeJSON  = "application/json"
	mimeXML   = "text/xml"
)

var (
	errBadAddress  = errors.New("not an address of the form https://host")
	errNoAnswer    = errors.New("no answer in time")
	errSilentBody  = errors.New("the answer stopped half-way")
	errBodyTooLong = errors.New("the answer is too large")
)

type patienceKey struct{}

// WithPatience lets the calls made with the context wait that long for an answer to begin, instead of Config.HeaderTimeout: for
// the few that are known to be slow, such as installing a module.
func WithPatience(ctx context.Context, wait time.Duration) context.Context {
	return context.WithValue(ctx, patienceKey{}, wait)
}

func newHTTPClient(connect time.Duration) *http.Client {
	dialer := &net.Dialer{Timeout: connect, KeepAlive: 30 * time.Second}
	return &http.Client{
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         dialer.DialContext,
			TLSHandshakeTimeout: connect,
			ForceAttemptHTTP2:   true,
			MaxConnsPerHost:     16,
			MaxIdleConnsPerHost: 8,
			IdleConnTimeout:     20 * time.Second, // less than servers keep theirs: a POST on a closed connection has an unknown fate
		},
		// A redirected POST becomes a GET. People are told the right address instead.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// answer is what came back over HTTP, read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a *answer) is(mime string) bool {
	return strings.HasPrefix(strings.ToLower(a.header.Get("Content-Type")), mime)
}

// html tells a page for people, whatever its header says.
func (a *answer) html() bool {
	start := bytes.ToLower(bytes.TrimSpace(a.body[:min(len(a.body), 256)]))
	return a.is("text/html") || bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
}

// request is one HTTP request; without a body it is a GET.
type request struct {
	path   string
	mime   string
	header map[string]string
	body   []byte
}

// send makes one request, paced, and reads the whole answer. Its errors are [*Error] and speak of the network only.
func (w *wire) send(ctx context.Context, r request) (*answer, error) {
	done, err := w.pacer.wait(ctx)
	if err != nil {
		return nil, w.networkError(err, err, false)
	}
	defer done()

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	patience := w.HeaderTimeout
	if wanted, ok := ctx.Value(patienceKey{}).(time.Duration); ok {
		patience = wanted
	}
	watch := time.AfterFunc(patience, func() { cancel(errNoAnswer) })
	defer watch.Stop()

	var connected atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }})
	req, err := w.newRequest(ctx, r)
	if err != nil {
		return nil, w.networkError(err, nil, false)
	}
	resp, err := w.client.Do(req)
	if err != nil {
		return nil, w.networkError(err, context.Cause(ctx), connected.Load())
	}
	defer resp.Body.Close()

	watch.Stop()
	body := &watchedBody{body: resp.Body, silence: w.BodyTimeout}
	body.watch = time.AfterFunc(w.BodyTimeout, func() { cancel(errSilentBody) })
	defer body.watch.Stop()
	data, err := io.ReadAll(io.LimitReader(body, w.MaxBody+1))
	if err != nil {
		return nil, w.networkError(err, context.Cause(ctx), true)
	}
	if int64(len(data)) > w.MaxBody {
		return nil, w.fail(KindTooLarge, outcome{}, errBodyTooLong)
	}
	return &answer{status: resp.StatusCode, header: resp.Header, body: data}, nil
}

func (w *wire) newRequest(ctx context.Context, r request) (*http.Request, error) {
	method := http.MethodPost
	if r.body == nil {
		method = http.MethodGet
	}
	req, err := http.NewRequestWithContext(ctx, method, w.base+r.path, bytes.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	if r.body != nil {
		req.Header.Set("Content-Type", r.mime)
	}
	req.Header.Set("User-Agent", userAgent)
	if cookie := w.cookie.Load(); cookie != nil {
		req.Header.Set("Cookie", *cookie)
	}
	for name, value := range r.header {
		req.Header.Set(name, value)
	}
	return req, nil
}

// watchedBody starts its watch anew with every piece that comes.
type watchedBody struct {
	body    io.Reader
	watch   *time.Timer
	silence time.Duration
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	if err == nil {
		b.watch.Reset(b.silence)
	}
	return n, err
}
