package module_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/module"
	"github.com/krokbot/krok/odoo/odootest/browser"
	"github.com/krokbot/krok/odoo/rpc"
)

// offered are the step types that the form offers.
func (w world) offered(t *testing.T) string {
	t.Helper()
	answer, err := w.client.Call(t.Context(), "x_krok_step", "fields_get", nil, rpc.Args{"allfields": []string{"x_type"}, "attributes": []string{"selection"}})
	require.NoError(t, err)
	return fmt.Sprint(answer)
}

// addApp has Odoo install an app, as an admin would under Apps.
func (w world) addApp(t *testing.T, name string) {
	t.Helper()
	ids, err := w.client.Search(t.Context(), "ir.module.module", is("name", name))
	require.NoError(t, err)
	_, err = w.client.Call(rpc.WithPatience(t.Context(), 15*time.Minute), "ir.module.module", "button_immediate_install", ids, nil)
	require.NoError(t, err)
}

func TestTheBridgeToCRMComesWithTheAppAndGoesWithIt(t *testing.T) {
	onInstalled(t, func(t *testing.T, w world) {
		require.NotContains(t, w.offered(t), "lead")
		w.addApp(t, "crm")
		plan, _ := install(t, w.client)
		require.False(t, plan.Import)
		require.Equal(t, []string{"krok_crm"}, plan.Bridges)
		require.True(t, plan.GiveRights, "to make leads")
		require.Contains(t, w.offered(t), "lead")
		bot := w.create(t, "x_krok_bot", map[string]any{"x_name": "Shop"})
		step := w.create(t, "x_krok_step", map[string]any{"x_name": "Request", "x_bot_id": bot, "x_type": "lead", "x_lead_type": "lead"})
		w.loads(t, "x_krok_step", "form")
		w.loads(t, "x_krok_bot", "form")
		again, err := module.NewPlan(t.Context(), w.client, module.Options{})
		require.NoError(t, err)
		require.True(t, again.Nothing(), "%+v", again)

		crm, err := w.client.Search(t.Context(), "ir.module.module", is("name", "crm"))
		require.NoError(t, err)
		_, err = w.client.Call(rpc.WithPatience(t.Context(), 15*time.Minute), "ir.module.module", "button_immediate_uninstall", crm, nil)
		require.NoError(t, err)
		require.Empty(t, w.find(t, "ir.model.fields", []any{[]any{"model", "=", "x_krok_step"}, []any{"name", "=", "x_team_id"}}, "id"))
		if w.Version >= 19 { // on 14 a choice stays as long as a step has it
			require.NotContains(t, w.offered(t), "Create lead")
		}
		require.Equal(t, "Request", w.read(t, "x_krok_step", step, "x_name").Str("x_name"), "the bot stays")
		w.loads(t, "x_krok_step", "form")
		w.loads(t, "x_krok_bot", "form")
		again, err = module.NewPlan(t.Context(), w.client, module.Options{})
		require.NoError(t, err)
		require.True(t, again.Nothing(), "%+v", again)
		b := browser.New(t, w.Odoo)
		b.Open(w.Ref(t, "krok.action_step"), step)
		require.Empty(t, b.Problem(), "a type that nothing offers any more")
	})
}

func TestUninstallTakesTheBridgesToo(t *testing.T) {
	onFull(t, func(t *testing.T, w world) {
		require.Contains(t, w.offered(t), "lead")
		removal, err := module.PlanRemoval(t.Context(), w.client)
		require.NoError(t, err)
		require.Empty(t, removal.Blocking)
		require.NoError(t, module.Uninstall(t.Context(), w.client, false, timed(t)))
		require.Empty(t, w.ownTables(t))
		require.Empty(t, w.find(t, "ir.model.data", []any{[]any{"module", "=like", "krok%"}, []any{"module", "!=", "krok_data"}}, "name"))
		require.Empty(t, w.find(t, "ir.module.module", []any{[]any{"name", "=like", "krok%"}}, "name"))
		require.Empty(t, w.find(t, "ir.attachment", []any{[]any{"url", "=like", "/krok%"}}, "url"))
		w.loads(t, "crm.lead", "form")
		removal, err = module.PlanRemoval(t.Context(), w.client)
		require.NoError(t, err)
		require.True(t, removal.Nothing(), "%+v", removal)
	})
}

func TestAnInstallThatWasCutOffInABridgeIsFinishedByTheNext(t *testing.T) {
	onInstalled(t, func(t *testing.T, w world) {
		w.addApp(t, "crm")
		plan, err := module.NewPlan(t.Context(), w.client, module.Options{})
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		_, err = module.Install(ctx, w.client, plan, module.Options{}, func(key string) {
			if key == "install.step_bridge" {
				cancel()
			}
		})
		require.Error(t, err)
		plan, _ = install(t, w.client)
		require.Equal(t, []string{"krok_crm"}, plan.Bridges)
		require.Contains(t, w.offered(t), "lead")
	})
}

func TestAnUpgradeBringsTheBridgesInAgain(t *testing.T) {
	onFull(t, func(t *testing.T, w world) {
		bot := w.create(t, "x_krok_bot", map[string]any{"x_name": "Shop"})
		step := w.create(t, "x_krok_step", map[string]any{"x_name": "Request", "x_bot_id": bot, "x_type": "lead", "x_lead_type": "lead", "x_user_id": w.client.UID()})
		w.becomeOlder(t)
		plan, _ := install(t, w.client)
		require.True(t, plan.Import)
		require.Equal(t, []string{"krok_crm"}, plan.Bridges)
		row := w.read(t, "x_krok_step", step, "x_user_id")
		user, _ := row.Ref("x_user_id")
		require.Equal(t, w.client.UID(), user)
		require.Len(t, w.find(t, "ir.ui.view", is("name", "krok.bot.form.crm"), "id"), 1)
		again, err := module.NewPlan(t.Context(), w.client, module.Options{})
		require.NoError(t, err)
		require.True(t, again.Nothing(), "%+v", again)
	})
}
