package rpc_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/rpc"
	"github.com/krokbot/krok/odoo/rpc/rpctest"
)

var counter atomic.Int64

// tagName is a name that no other record has.
func tagName() string { return fmt.Sprintf("Мітка %d.", counter.Add(1)) }

// currencyName is of three signs, as Odoo wants; no currency of the world has digits.
func currencyName() string { return fmt.Sprintf("%03d", counter.Add(1)%1000) }

// protocolsOf are those that an Odoo of the version has.
func protocolsOf(version int) []rpc.Protocol {
	if version < 19 {
		return []rpc.Protocol{rpc.JSONRPC, rpc.XMLRPC}
	}
	return []rpc.Protocol{rpc.JSON2, rpc.JSONRPC, rpc.XMLRPC}
}

// overEvery runs a test on a fake Odoo of the oldest and the newest kind, over every protocol that it has.
func overEvery(t *testing.T, test func(t *testing.T, server *rpctest.Server, protocol rpc.Protocol)) {
	for _, version := range []int{14, 19} {
		for _, protocol := range protocolsOf(version) {
			t.Run(fmt.Sprintf("%d over %s", version, protocol), func(t *testing.T) {
				t.Parallel()
				test(t, rpctest.New(t, rpctest.Version(version)), protocol)
			})
		}
	}
}

func open(t *testing.T, config rpc.Config) *rpc.Client {
	t.Helper()
	client, err := rpc.Open(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return client
}

func TestAllProtocolsConformOnAFakeOdoo(t *testing.T) {
	t.Parallel()
	overEvery(t, func(t *testing.T, server *rpctest.Server, protocol rpc.Protocol) {
		conforms(t, fakeStage(t, server, protocol))
	})
}

func fakeStage(t *testing.T, server *rpctest.Server, protocol rpc.Protocol) stage {
	partners := server.Table("res.partner", map[string]string{
		"phone": "char", "email": "char", "is_company": "boolean", "color": "integer", "partner_latitude": "float", "active": "boolean",
		"parent_id": "many2one:res.partner", "category_id": "many2many:res.partner.category",
	})
	server.Table("res.partner.category", map[string]string{})
	server.Table("res.currency", map[string]string{"symbol": "char"})
	rates := server.Table("res.currency.rate", map[string]string{"name": "date", "rate": "float", "currency_id": "many2one:res.currency"})
	server.Table("mail.message", map[string]string{"body": "text", "date": "datetime"})
	server.Table("ir.attachment", map[string]string{"datas": "binary"})
	server.Handle("ir.config_parameter", "search_read", func(rpctest.Request) (any, error) {
		return nil, rpctest.AccessError("You are not allowed to access 'System Parameter' (ir.config_parameter) records.\n\nAsk.")
	})
	server.Handle("res.partner", "action_archive", func(r rpctest.Request) (any, error) {
		for _, id := range r.IDs {
			partners.Set(id, "active", false)
		}
		return nil, nil
	})
	seen := map[any]bool{}
	server.Handle("res.currency.rate", "create", func(r rpctest.Request) (any, error) {
		vals := r.Args["vals_list"].([]any)[0].(map[string]any)
		key := fmt.Sprint(vals["name"], vals["currency_id"])
		if seen[key] {
			return nil, rpctest.ValidationError("Only one currency rate per day allowed!")
		}
		seen[key] = true
		return []any{rates.Add(vals)}, nil
	})
	actions := fakeActions(server, partners)
	client := open(t, server.Config(protocol))
	return stage{admin: client, plain: client, action: func(_ *testing.T, code string) int64 { return actions[code] }}
}

// fakeActions are the suite's server actions in Go, by their code in Python.
func fakeActions(server *rpctest.Server, partners *rpctest.Table) map[string]int64 {
	ids := map[string]int64{echoAction: 1, silentAction: 2, noneAction: 3, userAction: 4, pythonAction: 5, deepAction: 6}
	server.Handle("ir.actions.server", "run", func(r rpctest.Request) (any, error) {
		args, _ := r.Context["krok"].(map[string]any)
		switch r.IDs[0] {
		case ids[echoAction]:
			return map[string]any{"got": args, "empty": false}, nil
		case ids[silentAction]:
			return false, nil
		case ids[noneAction]:
			partners.Add(map[string]any{"name": args["name"]})
			return map[string]any{"value": nil}, nil
		case ids[userAction]:
			return nil, rpctest.UserError(`Ні: "<так>" & крапка.`)
		case ids[pythonAction]:
			return nil, rpctest.ValueError("<class 'KeyError'>: \"'missing'\" while evaluating")
		default:
			return map[string]any{"list": []any{1, 2.5, "три", []any{}, map[string]any{}, true}, "text": ""}, nil
		}
	})
	return ids
}

func TestProtocolIsChosenByItself(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		options  []rpctest.Option
		password bool
		want     rpc.Protocol
	}{
		{"19 with an API key", nil, false, rpc.JSON2},
		{"19 with a password", nil, true, rpc.JSONRPC},
		{"19 whose JSON-2 is not let through", []rpctest.Option{rpctest.Without("/json/2")}, false, rpc.JSONRPC},
		{"19 without anything else", []rpctest.Option{rpctest.Without("/jsonrpc", "/xmlrpc", "/web/webclient")}, false, rpc.JSON2},
		{"14 with an API key", []rpctest.Option{rpctest.Version(14)}, false, rpc.JSONRPC},
		{"14 with XML-RPC alone", []rpctest.Option{rpctest.Version(14), rpctest.Without("/jsonrpc", "/web")}, true, rpc.XMLRPC},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := rpctest.New(t, c.options...)
			config := server.Config("")
			if c.password {
				config.Key = server.Password
			}
			client := open(t, config)
			require.Equal(t, c.want, client.Protocol())
			require.Equal(t, server.Version, client.Version().Major)
			require.Equal(t, server.UID, client.UID())
		})
	}
}

func TestTheOnlyDatabaseIsFound(t *testing.T) {
	t.Parallel()
	server := rpctest.New(t)
	config := server.Config("")
	config.DB = ""
	require.Equal(t, "shop", open(t, config).DB())

	several := rpctest.New(t, rpctest.Databases("shop", "test"))
	config = several.Config("")
	config.DB = ""
	_, err := rpc.Open(t.Context(), config)
	require.Contains(t, failure(t, err, rpc.KindManyDatabases).Error(), "shop, test")

	hidden := rpctest.New(t, rpctest.Databases())
	config = hidden.Config("")
	config.DB = ""
	_, err = rpc.Open(t.Context(), config)
	require.Contains(t, failure(t, err, rpc.KindNoDatabase).Error(), "KROK_ODOO_DB")
}

func TestParameterThatAnAddonHasRenamedIsFound(t *testing.T) {
	t.Parallel()
	server := rpctest.New(t)
	partners := server.Table("res.partner", map[string]string{"phone": "char"})
	server.Rename("res.partner", "write", "vals", "values")
	server.Rename("res.partner", "create", "vals_list", "list_vals")
	server.Rename("res.partner", "read", "fields", "fnames") // one with a default: only "unexpected" is told
	for _, protocol := range protocolsOf(19) {
		client := open(t, server.Config(protocol))
		for _, phone := range []string{"1", "2"} {
			id, err := client.Create(t.Context(), "res.partner", map[string]any{"name": "x"})
			require.NoError(t, err)
			require.NoError(t, client.Write(t.Context(), "res.partner", []int64{id}, map[string]any{"phone": phone}))
			require.Equal(t, phone, partners.Row(id)["phone"])
			rows, err := client.Read(t.Context(), "res.partner", []int64{id}, []string{"phone"})
			require.NoError(t, err)
			require.Equal(t, phone, rows[0].Str("phone"))
		}
	}
	require.Equal(t, 3*2, partners.Len(), "nothing was done twice")
}

func TestControlCharactersInAnAnswerDoNotMakeItUnreadable(t *testing.T) {
	t.Parallel()
	overEvery(t, func(t *testing.T, server *rpctest.Server, protocol rpc.Protocol) {
		server.Handle("res.partner", "odd", func(rpctest.Request) (any, error) { return "a\x0bb\x1fc", nil })
		value, err := open(t, server.Config(protocol)).Call(t.Context(), "res.partner", "odd", nil, nil)
		require.NoError(t, err)
		require.Equal(t, "abc", strings.Map(func(r rune) rune {
			if r < ' ' {
				return -1
			}
			return r
		}, value.(string)))
	})
}
