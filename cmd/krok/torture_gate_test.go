package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// gate is the address of Odoo as krok knows it. While it is closed connections are refused, and those that were there are cut.
type gate struct {
	address string
	odoo    http.Handler
	server  *http.Server

	mu    sync.Mutex
	fault *odooFault // nil: none
}

// odooFault makes calls to Odoo go wrong.
type odooFault struct {
	word    string        // in the body of those that it hits
	times   int           // how many it hits
	done    bool          // what was asked for is carried out
	answers bool          // as a proxy does whose Odoo is gone; else the connection is dropped
	slow    time.Duration // it takes so long, and nothing else is wrong
}

func newGate(t *testing.T, odoo http.Handler) *gate {
	t.Helper()
	g := &gate{address: "127.0.0.1:0", odoo: odoo}
	g.open(t)
	t.Cleanup(g.close)
	return g
}

func (g *gate) url() string { return "http://" + g.address }

func (g *gate) open(t *testing.T) {
	t.Helper()
	if g.server != nil {
		return
	}
	var listener net.Listener
	require.Eventually(t, func() (ok bool) {
		var err error
		listener, err = net.Listen("tcp", g.address)
		return err == nil
	}, 10*time.Second, 20*time.Millisecond)
	g.address, g.server = listener.Addr().String(), &http.Server{Handler: g, ReadHeaderTimeout: time.Minute}
	go func(server *http.Server) {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			t.Error("the way to Odoo has broken:", err)
		}
	}(g.server)
}

func (g *gate) close() {
	if g.server != nil {
		_ = g.server.Close()
		g.server = nil
	}
}

// fail takes the place of an earlier fault; nil ends it.
func (g *gate) fail(fault *odooFault) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fault = fault
}

// ServeHTTP hands a call to Odoo, unless the fault hits it.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler) // who asked has gone
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	fault := g.hits(string(body))
	if fault == nil {
		g.odoo.ServeHTTP(w, r)
		return
	}
	if fault.slow > 0 {
		time.Sleep(fault.slow)
		g.odoo.ServeHTTP(w, r)
		return
	}
	if fault.done {
		g.odoo.ServeHTTP(httptest.NewRecorder(), r)
	}
	if !fault.answers {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(http.StatusBadGateway)
	_, _ = io.WriteString(w, "<html>502 Bad Gateway</html>")
}

func (g *gate) hits(body string) *odooFault {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.fault == nil || g.fault.times == 0 || !strings.Contains(body, g.fault.word) {
		return nil
	}
	g.fault.times--
	return g.fault
}
