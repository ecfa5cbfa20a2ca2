package rpctest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
)

// reply writes a result or a fault in the protocol of a request.
type reply func(w http.ResponseWriter, value any, err error)

func replyTo(r *http.Request) reply {
	switch {
	case strings.HasPrefix(r.URL.Path, "/xmlrpc"):
		return replyXML
	case strings.HasPrefix(r.URL.Path, "/json/2"):
		return replyJSON2
	default:
		return replyJSON
	}
}

func (s *Server) serveXMLRPC(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client has gone
	}
	method, args, err := readXMLCall(body)
	if err != nil {
		replyXML(w, nil, err)
		return
	}
	s.serveService(w, r, "xmlrpc", r.PathValue("service"), method, args)
}

func (s *Server) serveJSONRPC(w http.ResponseWriter, r *http.Request) {
	var call struct {
		Params struct {
			Service string `json:"service"`
			Method  string `json:"method"`
			Args    []any  `json:"args"`
		} `json:"params"`
	}
	if err := readJSON(r, &call); err != nil {
		page(w, http.StatusBadRequest, "Bad Request")
		return
	}
	args, _ := whole(call.Params.Args).([]any)
	s.serveService(w, r, "jsonrpc", call.Params.Service, call.Params.Method, args)
}

// serveService is what XML-RPC and JSON-RPC share.
func (s *Server) serveService(w http.ResponseWriter, r *http.Request, protocol, service, method string, args []any) {
	if service == "common" {
		value, err := s.common(method, args)
		replyTo(r)(w, value, err)
		return
	}
	if service != "object" || method != "execute_kw" || len(args) < 6 {
		replyTo(r)(w, nil, ValueError("only execute_kw of the service object is here"))
		return
	}
	s.pranked(w, r, func(w http.ResponseWriter) {
		value, err := s.executeKw(protocol, args)
		replyTo(r)(w, value, err)
	})
}

func (s *Server) executeKw(protocol string, args []any) (any, error) {
	if err := s.checkDatabase(args[0]); err != nil {
		return nil, err
	}
	if args[1] != s.UID || !s.good(args[2]) {
		return nil, s.refuse()
	}
	model, _ := args[3].(string)
	method, _ := args[4].(string)
	positional, _ := args[5].([]any)
	named := map[string]any{}
	if len(args) > 6 {
		named, _ = args[6].(map[string]any)
	}
	request, err := s.byPosition(Request{Protocol: protocol, Model: model, Method: method}, positional, named)
	if err != nil {
		return nil, err
	}
	return s.dispatch(request)
}

func (s *Server) serveJSON2(w http.ResponseWriter, r *http.Request) {
	if database := r.Header.Get("X-Odoo-Database"); database != s.DB && (database != "" || len(s.databases) != 1) {
		page(w, http.StatusNotFound, "Not Found")
		return
	}
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") || key != s.Key || s.isRevoked() {
		_ = s.refuse() // the answer has another name here
		replyJSON2(w, nil, Fault{"werkzeug.exceptions.Unauthorized", "Invalid apikey"})
		return
	}
	request := Request{Protocol: "json2", Model: r.PathValue("model"), Method: r.PathValue("method")}
	var named map[string]any
	if err := readJSON(r, &named); err != nil {
		page(w, http.StatusBadRequest, "Bad Request")
		return
	}
	named, _ = whole(named).(map[string]any)
	if request.Method == "context_get" && request.Model == "res.users" {
		replyJSON2(w, map[string]any{"lang": "en_US", "tz": "UTC", "uid": s.UID}, nil)
		return
	}
	if request.Method == "read" && request.Model == "res.users" && s.table("res.users") == nil {
		replyJSON2(w, []any{map[string]any{"id": s.UID, "login": s.Login}}, nil)
		return
	}
	s.pranked(w, r, func(w http.ResponseWriter) {
		request, err := s.byName(request, named)
		if err != nil {
			replyJSON2(w, nil, err)
			return
		}
		value, err := s.dispatch(request)
		replyJSON2(w, value, err)
	})
}

// serveWeb serves an address of the web client.
func (s *Server) serveWeb(answer func(params map[string]any) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var call struct {
			Params map[string]any `json:"params"`
		}
		if err := readJSON(r, &call); err != nil {
			page(w, http.StatusBadRequest, "Bad Request")
			return
		}
		value, err := answer(call.Params)
		replyJSON(w, value, err)
	}
}

// pranked carries a call out, in the way of the next prank if there is one.
func (s *Server) pranked(w http.ResponseWriter, r *http.Request, carryOut func(http.ResponseWriter)) {
	s.mu.Lock()
	var prank Prank
	if len(s.pranks) > 0 {
		prank, s.pranks = s.pranks[0], s.pranks[1:]
	}
	s.mu.Unlock()
	if prank == nil {
		carryOut(w)
		return
	}
	prank(s, w, r, func() *httptest.ResponseRecorder {
		recorder := httptest.NewRecorder()
		carryOut(recorder)
		return recorder
	})
}

func replyJSON(w http.ResponseWriter, value any, err error) {
	answer := map[string]any{"jsonrpc": "2.0", "id": 1}
	switch {
	case err != nil:
		answer["error"] = map[string]any{"code": 200, "message": "Odoo Server Error", "data": faultOf(err).data()}
	case value != nil: // None: neither result nor error
		answer["result"] = value
	}
	writeJSON(w, http.StatusOK, answer)
}

func replyJSON2(w http.ResponseWriter, value any, err error) {
	if err != nil {
		fault := faultOf(err)
		writeJSON(w, fault.status(), fault.data())
		return
	}
	writeJSON(w, http.StatusOK, value)
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"message":"`+err.Error()+`"}`)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may have gone
}

func readJSON(r *http.Request, into any) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	return decoder.Decode(into)
}

// whole makes whole numbers int64, others float64.
func whole(value any) any {
	switch value := value.(type) {
	case json.Number:
		if i, err := value.Int64(); err == nil {
			return i
		}
		f, _ := value.Float64() // JSON has no other numbers
		return f
	case map[string]any:
		for key, item := range value {
			value[key] = whole(item)
		}
	case []any:
		for i, item := range value {
			value[i] = whole(item)
		}
	}
	return value
}
