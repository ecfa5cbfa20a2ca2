package module_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/module"
	"github.com/krokbot/krok/odoo/odootest"
	"github.com/krokbot/krok/odoo/rpc"
)

// onBoth runs a test on the oldest and the newest Odoo, each with a database of its own that has none of krok.
func onBoth(t *testing.T, test func(t *testing.T, odoo *odootest.Odoo)) {
	t.Helper()
	t.Parallel()
	for _, version := range []int{19, 14} {
		t.Run(fmt.Sprintf("Odoo%d", version), func(t *testing.T) {
			t.Parallel()
			test(t, odootest.New(t, version, odootest.Lean()))
		})
	}
}

// install runs one install as an owner would, and gives the plan and what came of it.
func install(t *testing.T, client *rpc.Client) (module.Plan, module.Installed) {
	t.Helper()
	plan, err := module.NewPlan(t.Context(), client, module.Options{})
	require.NoError(t, err)
	done, err := module.Install(t.Context(), client, plan, module.Options{}, timed(t))
	require.NoError(t, err)
	return plan, done
}

// timed logs how long each step took, when the next one begins.
func timed(t *testing.T) func(string) {
	last, before := "", time.Now()
	note := func(key string) {
		if last != "" {
			t.Logf("%s: %.1f s", last, time.Since(before).Seconds())
		}
		last, before = key, time.Now()
	}
	t.Cleanup(func() { note("") })
	return note
}

// counts are the numbers of records of everything that an install could touch.
func counts(t *testing.T, client *rpc.Client) map[string]int64 {
	t.Helper()
	found := map[string]int64{}
	for _, model := range []string{
		"ir.model", "ir.model.fields", "ir.model.fields.selection", "ir.model.access", "ir.rule", "ir.ui.view", "ir.ui.menu", "ir.actions.actions",
		"ir.actions.server", "ir.actions.act_window", "base.automation", "res.groups", "ir.model.data", "ir.default", "ir.attachment",
		"res.users", "res.partner", "ir.module.module", "ir.module.category", "res.partner.category", "ir.config_parameter", "mail.message",
	} {
		n, err := client.SearchCount(t.Context(), model, []any{}, rpc.WithArchived())
		require.NoError(t, err)
		found[model] = n
	}
	return found
}

// ownTables are the tables of the database that krok made, those of its relations among them.
func (w world) ownTables(t *testing.T) []any {
	t.Helper()
	action := w.create(t, "ir.actions.server", map[string]any{
		"name": "look", "model_id": w.Ref(t, "base.model_res_partner"), "state": "code",
		"code": "env.cr.execute(\"SELECT tablename FROM pg_tables WHERE tablename LIKE 'x_krok%%' ORDER BY 1\")\n" +
			"action = {'tables': [row[0] for row in env.cr.fetchall()]}",
	})
	answer, err := w.client.Run(t.Context(), action, map[string]any{})
	require.NoError(t, err)
	require.NoError(t, w.client.Unlink(t.Context(), "ir.actions.server", []int64{action}))
	return answer.(map[string]any)["tables"].([]any)
}

// left names the newest external ids, to say what an uninstall forgot.
func left(t *testing.T, client *rpc.Client) []string {
	t.Helper()
	rows, err := client.SearchRead(t.Context(), "ir.model.data", []any{}, []string{"module", "name", "model"}, rpc.Order("id desc"), rpc.Limit(6))
	require.NoError(t, err)
	var names []string
	for _, row := range rows {
		names = append(names, row.Str("module")+"."+row.Str("name")+" ("+row.Str("model")+")")
	}
	return names
}

func TestInstallIsIdempotentAndUninstallRemovesAllAndNothingElse(t *testing.T) {
	onBoth(t, func(t *testing.T, odoo *odootest.Odoo) {
		admin := odoo.Client(t)
		before := counts(t, admin)
		plan, done := install(t, admin)
		require.True(t, plan.Import)
		require.NotEmpty(t, done.Key)
		after := counts(t, admin)
		require.Greater(t, after["ir.model"], before["ir.model"])
		require.Subset(t, world{odoo, admin}.ownTables(t), []any{"x_krok_step", "x_krok_step_x_add_tag_ids_rel", "x_krok_step_x_remove_tag_ids_rel"})

		again, err := module.NewPlan(t.Context(), admin, module.Options{})
		require.NoError(t, err)
		require.True(t, again.Nothing(), "%+v", again)
		require.Equal(t, after, counts(t, admin), "the second look writes nothing")

		removal, err := module.PlanRemoval(t.Context(), admin)
		require.NoError(t, err)
		require.False(t, removal.Nothing())
		require.Empty(t, removal.Blocking)
		require.NoError(t, module.Uninstall(t.Context(), admin, false, timed(t)))
		require.Empty(t, world{odoo, admin}.ownTables(t))
		require.Equal(t, before, counts(t, admin), "left: %v", left(t, admin))
		removal, err = module.PlanRemoval(t.Context(), admin)
		require.NoError(t, err)
		require.True(t, removal.Nothing(), "%+v", removal)
	})
}

func TestTheServiceUserWorksWithItsKey(t *testing.T) {
	onBoth(t, func(t *testing.T, odoo *odootest.Odoo) {
		_, done := install(t, odoo.Client(t))
		service, err := rpc.Open(t.Context(), rpc.Config{URL: odoo.URL, DB: odoo.DB, Login: done.Login, Key: done.Key})
		require.NoError(t, err)
		rows, err := service.SearchRead(t.Context(), "x_krok_procedure", []any{[]any{"x_name", "=", "catalog"}}, []string{"x_action"})
		require.NoError(t, err)
		require.Len(t, rows, 1)
		answer, err := service.Run(t.Context(), rows[0].Int("x_action"), map[string]any{})
		require.NoError(t, err)
		require.Contains(t, answer, "version")
		_, err = service.Create(t.Context(), "x_krok_bot", map[string]any{"x_name": "x"})
		require.True(t, rpc.IsKind(err, rpc.KindAccess), "%v", err)
	})
}

func TestAnInstallThatWasCutOffAnywhereIsFinishedByTheNext(t *testing.T) {
	onBoth(t, func(t *testing.T, odoo *odootest.Odoo) {
		admin := odoo.Client(t)
		for cut := 1; ; cut += 1 + (19-odoo.Version)/5 { // 14 takes long: each second step there
			plan, err := module.NewPlan(t.Context(), admin, module.Options{})
			require.NoError(t, err)
			ctx, cancel := context.WithCancel(t.Context())
			steps := 0
			_, err = module.Install(ctx, admin, plan, module.Options{}, func(string) {
				if steps++; steps == cut {
					cancel()
				}
			})
			cancel()
			if err == nil {
				break
			}
			require.Less(t, cut, 20)
		}
		plan, err := module.NewPlan(t.Context(), admin, module.Options{})
		require.NoError(t, err)
		require.True(t, plan.Nothing(), "%+v", plan)
	})
}
