package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing/fstest"
	"time"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/botfile"
)

//go:embed bot.yaml
var botYAML []byte

// odoo is as much of an Odoo 19 as krok asks of one that holds a single bot: it tells the definition, and binds each chat to a
// contact. A turn of the benchmark asks it nothing, which its count of calls shows.
type odoo struct {
	url     string
	calls   atomic.Int64 // of turns, not those that ask for the definition or report the bot's status
	server  *http.Server
	catalog map[string]any
	partner atomic.Int64
}

// odooKey has the form of an Odoo API key.
const odooKey = "0123456789abcdef0123456789abcdef01234567"

// procedures are the names that krok runs server actions by; their ids are their places, from 1.
var procedures = []string{"database", "version", "catalog", "commit", "status", "partner", "media", "tidy", "watch", "journal"}

func startOdoo(ctx context.Context, token string) (*odoo, error) {
	bot, err := botfile.Open(fstest.MapFS{"bot.yaml": {Data: botYAML, Mode: fs.ModePerm}}, "bot.yaml")
	if err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	o := &odoo{url: "http://" + listener.Addr().String(), catalog: tablesOf(bot.Definition, token)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /web/version", func(w http.ResponseWriter, _ *http.Request) {
		answerJSON(w, map[string]any{"version": "19.0", "version_info": []any{19, 0, 0, "final", 0, ""}})
	})
	mux.HandleFunc("POST /json/2/{model}/{method}", o.call)
	o.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = o.server.Serve(listener) }() // ends with stop
	return o, nil
}

func (o *odoo) stop() { _ = o.server.Close() }

// tablesOf is a definition as the procedure catalog answers it: fields with Odoo's prefix, and what a file leaves out.
func tablesOf(definition flow.Definition, token string) map[string]any {
	tables := map[string]any{}
	for name, rows := range definition.Tables {
		var list []map[string]any
		for _, row := range rows {
			values := map[string]any{}
			for field, value := range row {
				if field != "id" {
					field = "x_" + field
				}
				values[field] = value
			}
			if name == "bot" {
				values["x_active"], values["x_token"] = true, token
			}
			list = append(list, values)
		}
		tables[name] = list
	}
	return tables
}

// call answers a method of a model.
func (o *odoo) call(w http.ResponseWriter, r *http.Request) {
	var args struct {
		IDs     []int `json:"ids"`
		Context struct {
			Krok struct {
				Operations []any `json:"operations"`
			} `json:"krok"`
		} `json:"context"`
	}
	if err := json.NewDecoder(r.Body).Decode(&args); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	switch r.PathValue("model") + "." + r.PathValue("method") {
	case "res.users.context_get":
		answerJSON(w, map[string]any{"uid": 7, "lang": "en_US"})
	case "res.users.read":
		answerJSON(w, []any{map[string]any{"id": 7, "login": "krok"}})
	case "x_krok_procedure.search_read":
		var rows []any
		for i, name := range procedures {
			rows = append(rows, map[string]any{"id": i + 1, "x_name": name, "x_action": i + 1, "x_version": "1"})
		}
		answerJSON(w, rows)
	case "ir.actions.server.run":
		answer, err := o.run(args.IDs, len(args.Context.Krok.Operations))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		answerJSON(w, answer)
	default:
		http.NotFound(w, r)
	}
}

// run answers a procedure.
func (o *odoo) run(ids []int, operations int) (any, error) {
	if len(ids) != 1 || ids[0] < 1 || ids[0] > len(procedures) {
		return nil, errors.New("no such server action")
	}
	name := procedures[ids[0]-1]
	if name == "commit" || name == "partner" {
		o.calls.Add(1)
	}
	switch name {
	case "database":
		return map[string]any{"uuid": "b0000000-0000-4000-8000-000000000001"}, nil
	case "version":
		return map[string]any{"version": "1"}, nil
	case "catalog":
		return map[string]any{"version": "1", "languages": []string{"en_US"}, "tables": o.catalog}, nil
	case "commit":
		results := make([]string, operations)
		for i := range results {
			id := o.partner.Add(1)
			results[i] = fmt.Sprintf(`{"partner":%d,"chat":%d,"lang":"en_US"}`, id, id)
		}
		return map[string]any{"result": "[" + strings.Join(results, ",") + "]", "repeated": false}, nil
	}
	return map[string]any{"version": "1"}, nil
}

func answerJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value) // whoever has gone does not read it
}
