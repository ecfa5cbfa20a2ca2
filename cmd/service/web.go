package service

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/krokbot/krok/connector/telegram"
	"github.com/krokbot/krok/flow/texts"
)

// WebConfig says what is to be had over HTTP.
type WebConfig struct {
	// Listen is the address to listen on, on IPv4 and IPv6 where it names no host; empty: nothing is to be had.
	Listen string
	// PublicURL is the address under which Telegram knows krok. Its path may be left in requests or taken off by a proxy.
	PublicURL string
	// Lang is the language of the reasons in /readyz.
	Lang string
	// Metrics are what /metrics shows.
	Metrics *Metrics
	// Log gets what went wrong; nil is the default logger.
	Log *slog.Logger
}

// Web answers /healthz, /readyz and /metrics, and takes updates from Telegram, in the background, from Start to Stop. It starts before
// the service does, so that what keeps the bots from starting can be seen.
type Web struct {
	config   WebConfig
	server   *http.Server
	listener net.Listener
	done     sync.WaitGroup
	started  chan struct{}
	once     sync.Once

	service  atomic.Pointer[Service] // nil: not yet
	stopping atomic.Bool

	mu  sync.Mutex
	why error // why the bots have not been started yet
}

// NewWeb makes a Web that does not listen yet.
func NewWeb(config WebConfig) *Web {
	if config.Log == nil {
		config.Log = slog.Default()
	}
	w := &Web{config: config, started: make(chan struct{})}
	w.server = &http.Server{
		Handler: w.routes(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(config.Log.Handler(), slog.LevelDebug),
	}
	config.Metrics.register(newGauges(w))
	return w
}

func (w *Web) routes() http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /healthz", func(out http.ResponseWriter, _ *http.Request) { _, _ = out.Write([]byte("ok\n")) })
	routes.HandleFunc("GET /readyz", func(out http.ResponseWriter, r *http.Request) { w.report(r.Context()).write(out) })
	routes.Handle("GET /metrics", w.config.Metrics.handler())
	routes.HandleFunc("/telegram/{bot}", w.update)
	if public, err := url.Parse(w.config.PublicURL); err == nil && strings.Trim(public.Path, "/") != "" {
		routes.HandleFunc(strings.TrimRight(public.Path, "/")+"/telegram/{bot}", w.update)
	}
	return routes
}

// Start begins to listen. Its error has words for people.
func (w *Web) Start(ctx context.Context) error {
	if w.config.Listen == "" {
		close(w.started)
		return nil
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", w.config.Listen)
	if err != nil {
		return texts.NewError("service.cannot_listen", texts.Args{"address": w.config.Listen, "cause": innermost(err)}, err)
	}
	w.listener = listener
	w.config.Log.Info("krok listens", "address", listener.Addr().String())
	w.done.Go(func() {
		if err := w.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			w.config.Log.Error("health, metrics and webhook are not to be had any more", "err", err)
		}
	})
	close(w.started)
	return nil
}

func innermost(err error) error {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err
}

// Started is closed when requests are answered.
func (w *Web) Started() <-chan struct{} { return w.started }

// Addr is where it listens; empty: nowhere.
func (w *Web) Addr() string {
	if w.listener == nil {
		return ""
	}
	return w.listener.Addr().String()
}

// Waiting notes what keeps the bots from being started.
func (w *Web) Waiting(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.why = err
}

// Serve shows how a service is, and hands updates to its bots.
func (w *Web) Serve(service *Service) { w.service.Store(service) }

// Stopping says from now on that this process is not ready, and asks Telegram to bring its updates later, or to another one.
func (w *Web) Stopping() { w.stopping.Store(true) }

// Stop ends listening; requests under way are waited for, for a moment. It may be called twice.
func (w *Web) Stop() {
	w.once.Do(func() {
		w.Stopping()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if w.server.Shutdown(ctx) != nil {
			_ = w.server.Close() // those who hang
		}
	})
	w.done.Wait()
}

func (w *Web) report(ctx context.Context) report {
	if w.stopping.Load() {
		return reportOf([]condition{{name: "krok", state: stateDown, why: texts.NewError("service.stopping", nil, nil)}}, w.config.Lang)
	}
	if service := w.service.Load(); service != nil {
		return reportOf(service.conditions(ctx), w.config.Lang)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return reportOf([]condition{waiting(w.why)}, w.config.Lang)
}

// update hands an update to its bot. While the bots are being started, or stopped, it is asked for later.
func (w *Web) update(out http.ResponseWriter, r *http.Request) {
	service := w.service.Load()
	if service == nil || w.stopping.Load() {
		telegram.Refuse(out)
		return
	}
	code := r.PathValue("bot")
	connector, known := service.connector(code)
	switch {
	case !known && !service.complete():
		telegram.Refuse(out)
	case !known:
		http.NotFound(out, r) // and not counted: anybody could make up names
	default:
		seen := &statusWriter{ResponseWriter: out, code: http.StatusOK}
		if connector == nil {
			telegram.Refuse(seen)
		} else {
			connector.ServeHTTP(seen, r)
		}
		w.config.Metrics.webhook(code, strconv.Itoa(seen.code))
	}
}

// statusWriter notes the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	code int
}

func (w *statusWriter) WriteHeader(code int) {
	w.code = code
	w.ResponseWriter.WriteHeader(code)
}

// Unwrap lets net/http see what it wrote.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
