// Package rpctest is an Odoo that runs inside a test: it speaks JSON-2, JSON-RPC and XML-RPC as Odoo does, answers from scripts and small
// tables, and can be made to misbehave as a real one cannot.
package rpctest

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/rpc"
)

// Server is a fake Odoo with one database and one user.
type Server struct {
	URL      string
	DB       string
	Login    string
	Password string
	Key      string // an API key of the user; good in all protocols
	UID      int64
	Version  int

	twoFactor bool
	hidden    bool
	off       map[string]bool // paths that answer 404

	mu        sync.Mutex
	databases []string
	revoked   bool
	logins    int
	handlers  map[string]Handler
	tables    map[string]*Table
	renamed   map[string][2]string
	pranks    []Prank
	requests  []Request
	closing   chan struct{}
}

// Request is one call of a method, whatever protocol brought it.
type Request struct {
	Protocol string // "json2", "jsonrpc", "xmlrpc"
	Model    string
	Method   string
	IDs      []int64
	Args     map[string]any // by name, without the context
	Rest     []any          // by position, of methods whose parameters are not known here
	Context  map[string]any
}

// Handler answers a call. A nil value is Python's None. An error of type [Fault] goes out as Odoo's own of that name, any other as a
// ValueError.
type Handler func(Request) (any, error)

// Option changes a Server before it starts.
type Option func(*Server)

// Version is the series of Odoo; 19 if not given. JSON-2 is there from 19 on.
func Version(major int) Option { return func(s *Server) { s.Version = major } }

// TwoFactor switches two-factor login on: the password is good on the web only, the API key everywhere else.
func TwoFactor() Option { return func(s *Server) { s.twoFactor = true } }

// Databases are the databases that the server lists; none: it refuses to list them.
func Databases(names ...string) Option {
	return func(s *Server) {
		s.databases, s.hidden = names, len(names) == 0
	}
}

// Without switches addresses off: they answer 404 with a page, as behind a proxy that lets little through.
func Without(paths ...string) Option {
	return func(s *Server) {
		for _, path := range paths {
			s.off[path] = true
		}
	}
}

// New starts a Server; it ends with the test.
func New(t testing.TB, options ...Option) *Server {
	t.Helper()
	s := &Server{
		DB: "shop", Login: "bot@shop.example", Password: "correct horse", Key: "0123456789abcdef0123456789abcdef01234567",
		UID: 7, Version: 19, databases: []string{"shop"}, off: map[string]bool{}, handlers: map[string]Handler{},
		tables: map[string]*Table{}, renamed: map[string][2]string{}, closing: make(chan struct{}),
	}
	for _, option := range options {
		option(s)
	}
	server := httptest.NewServer(s.mux())
	s.URL = server.URL
	t.Cleanup(func() {
		close(s.closing)
		server.CloseClientConnections()
		server.Close()
	})
	return s
}

// Config are the settings that reach the server with its API key, over the protocol.
func (s *Server) Config(protocol rpc.Protocol) rpc.Config {
	return rpc.Config{URL: s.URL, DB: s.DB, Login: s.Login, Key: s.Key, Protocol: protocol}
}

// Client is a client of the server that chose its protocol by itself.
func (s *Server) Client(t testing.TB) *rpc.Client {
	t.Helper()
	client, err := rpc.Open(t.Context(), s.Config(rpc.Auto))
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return client
}

// Handle answers a method of a model by a function.
func (s *Server) Handle(model, method string, handler Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handlers[model+"."+method] = handler
}

// Rename calls a parameter of a method by another name, as an addon that overrides the method may.
func (s *Server) Rename(model, method, parameter, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.renamed[model+"."+method] = [2]string{parameter, name}
}

// Next lets the next calls of methods go wrong, one prank a call, in order. Logging in is not disturbed.
func (s *Server) Next(pranks ...Prank) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pranks = append(s.pranks, pranks...)
}

// Revoke makes key and password bad from now on.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = true
}

// Restore makes key and password good again.
func (s *Server) Restore() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = false
}

// Requests are the calls that were carried out so far, those with a fault afterwards included.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// FailedLogins counts the logins that were refused.
func (s *Server) FailedLogins() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logins
}

func (s *Server) mux() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /jsonrpc", s.serveJSONRPC)
	mux.HandleFunc("POST /xmlrpc/2/{service}", s.serveXMLRPC)
	mux.HandleFunc("POST /web/webclient/version_info", s.serveWeb(func(map[string]any) (any, error) { return s.versionInfo(), nil }))
	mux.HandleFunc("POST /web/database/list", s.serveWeb(s.listDatabases))
	mux.HandleFunc("POST /web/session/authenticate", s.serveWeb(s.webLogin))
	if s.Version >= 19 {
		mux.HandleFunc("GET /web/version", s.serveVersion)
		mux.HandleFunc("POST /json/2/{model}/{method}", s.serveJSON2)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { page(w, http.StatusNotFound, "Not Found") })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for path := range s.off {
			if len(r.URL.Path) >= len(path) && r.URL.Path[:len(path)] == path {
				page(w, http.StatusNotFound, "Not Found")
				return
			}
		}
		mux.ServeHTTP(w, r)
	})
}

// page answers with a page for people.
func page(w http.ResponseWriter, status int, title string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte("<!doctype html>\n<title>" + title + "</title>\n<h1>" + title + "</h1>\n")) // the client may have gone
}
