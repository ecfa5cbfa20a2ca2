package module_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/module"
	"github.com/krokbot/krok/odoo/odootest"
	"github.com/krokbot/krok/odoo/rpc"
)

// world is a real Odoo with the module in it, seen by its administrator.
type world struct {
	*odootest.Odoo
	client *rpc.Client
}

// onInstalled runs a test on the newest and the oldest Odoo with the module.
func onInstalled(t *testing.T, test func(t *testing.T, w world)) {
	t.Helper()
	onTemplate(t, "module", test, odootest.Lean())
}

// onFull is onInstalled on an Odoo with the apps that krok has bridges to.
func onFull(t *testing.T, test func(t *testing.T, w world)) {
	t.Helper()
	onTemplate(t, "fullmodule", test)
}

func onTemplate(t *testing.T, name string, test func(t *testing.T, w world), options ...odootest.Option) {
	t.Helper()
	t.Parallel()
	for _, version := range []int{19, 14} {
		t.Run(fmt.Sprintf("Odoo%d", version), func(t *testing.T) {
			t.Parallel()
			key, err := module.Key(version)
			require.NoError(t, err)
			o := odootest.New(t, version, append(options, odootest.WithTemplate(name, key, bringIn))...)
			test(t, world{o, o.Client(t)})
		})
	}
}

func bringIn(o *odootest.Odoo) error {
	client, err := rpc.Open(context.Background(), o.Config())
	if err != nil {
		return err
	}
	defer client.Close()
	plan, err := module.NewPlan(context.Background(), client, module.Options{})
	if err != nil {
		return err
	}
	_, err = module.Install(context.Background(), client, plan, module.Options{}, func(string) {})
	return err
}

func (w world) create(t *testing.T, model string, values map[string]any) int64 {
	t.Helper()
	id, err := w.client.Create(t.Context(), model, values)
	require.NoError(t, err)
	return id
}

func (w world) write(t *testing.T, model string, id int64, values map[string]any, options ...rpc.Option) {
	t.Helper()
	require.NoError(t, w.client.Write(t.Context(), model, []int64{id}, values, options...))
}

func (w world) find(t *testing.T, model string, domain []any, fields ...string) []rpc.Record {
	t.Helper()
	rows, err := w.client.SearchRead(t.Context(), model, domain, fields)
	require.NoError(t, err)
	return rows
}

func (w world) read(t *testing.T, model string, id int64, field string, options ...rpc.Option) rpc.Record {
	t.Helper()
	rows, err := w.client.Read(t.Context(), model, []int64{id}, []string{field}, options...)
	require.NoError(t, err)
	require.Len(t, rows, 1)
	return rows[0]
}

// user makes a user with one of the module's groups and logs in.
func (w world) user(t *testing.T, group string) *rpc.Client {
	t.Helper()
	groups := "group_ids"
	if w.Version < 19 {
		groups = "groups_id"
	}
	login := group + "@example.com"
	w.create(t, "res.users", map[string]any{
		"name": group, "login": login, "password": "a long enough password", groups: []any{rpc.Set(w.Ref(t, "base.group_user"), w.Ref(t, "krok."+group))},
	})
	client, err := rpc.Open(t.Context(), rpc.Config{URL: w.URL, DB: w.DB, Login: login, Key: "a long enough password"})
	require.NoError(t, err)
	return client
}

func is(field string, value any) []any { return []any{[]any{field, "=", value}} }
