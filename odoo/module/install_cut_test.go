package module_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/module"
	"github.com/krokbot/krok/odoo/odootest"
	"github.com/krokbot/krok/odoo/rpc"
)

// through logs in as the administrator over a wire.
func through(t *testing.T, wire *odootest.Wire) *rpc.Client {
	t.Helper()
	client, err := rpc.Open(t.Context(), wire.Config())
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return client
}

// whole compares what an install has made with what one without any cut makes.
func (w world) whole(t *testing.T) {
	t.Helper()
	plan, err := module.NewPlan(t.Context(), w.client, module.Options{})
	require.NoError(t, err)
	require.True(t, plan.Nothing(), "%+v", plan)
	key, err := module.Key(w.Version)
	require.NoError(t, err)
	clean := odootest.New(t, w.Version, odootest.Lean(), odootest.WithTemplate("module", key, bringIn))
	require.Equal(t, counts(t, clean.Client(t)), counts(t, w.client))
}

func TestAnImportWhoseConnectionIsCutWhileOdooWorksOnItIsFinishedByTheNextRun(t *testing.T) {
	onBoth(t, func(t *testing.T, odoo *odootest.Odoo) {
		w := world{odoo, odoo.Client(t)}
		wire := odoo.Wire(t)
		client := through(t, wire)
		plan, err := module.NewPlan(t.Context(), client, module.Options{})
		require.NoError(t, err)
		wire.Next("import_module", func(out http.ResponseWriter, pass func(context.Context) (*http.Response, error)) {
			wire.Down(true) // and krok hears nothing more of Odoo
			odootest.CutWithin(time.Second)(out, pass)
		})
		_, err = module.Install(t.Context(), client, plan, module.Options{}, timed(t))
		require.True(t, rpc.IsKind(err, rpc.KindCut), "%v", err)

		plan, _ = install(t, w.client) // at once, while Odoo may still be at it
		require.True(t, plan.Import)
		w.whole(t)
	})
}

func TestAnImportWhoseAnswerIsLostGoesOnInTheSameRun(t *testing.T) {
	onBoth(t, func(t *testing.T, odoo *odootest.Odoo) {
		w := world{odoo, odoo.Client(t)}
		wire := odoo.Wire(t)
		client := through(t, wire)
		plan, err := module.NewPlan(t.Context(), client, module.Options{})
		require.NoError(t, err)
		wire.Next("import_module", odootest.CutWithin(time.Second))
		_, err = module.Install(t.Context(), client, plan, module.Options{}, timed(t))
		require.NoError(t, err)
		w.whole(t)
	})
}
