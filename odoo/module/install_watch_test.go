package module_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/module"
)

// The rule of an external event is made while people work: an upgrade leaves it, an uninstall takes it.
func TestTheRuleOfAnExternalEventOutlivesAnUpgradeAndGoesWithTheModule(t *testing.T) {
	onInstalled(t, func(t *testing.T, w world) {
		bot := w.create(t, "x_krok_bot", map[string]any{"x_name": "Shop"})
		watch := w.create(t, "x_krok_watch", map[string]any{"x_name": "Moved", "x_bot_id": bot, "x_model_id": w.Ref(t, "base.model_res_partner"), "x_trigger": "update", "x_domain": "[('city', '!=', False)]"})
		partner := w.create(t, "res.partner", map[string]any{"name": "Anna Example"})
		happened := func(city string) string {
			w.write(t, "res.partner", partner, map[string]any{"city": city})
			return w.SQL(t, fmt.Sprintf("SELECT count(*) FROM x_krok_event WHERE x_watch_id = %d AND x_res_id = %d", watch, partner))[0][0]
		}
		require.Equal(t, "1", happened("Lviv"))
		w.becomeOlder(t)
		plan, _ := install(t, w.client)
		require.True(t, plan.Import)
		require.Equal(t, "2", happened("Kyiv"))
		require.Len(t, w.find(t, "ir.model.data", is("name", fmt.Sprint("watch_rule_", watch)), "id"), 1)

		require.NoError(t, module.Uninstall(t.Context(), w.client, false, timed(t)))
		require.Empty(t, w.find(t, "base.automation", []any{[]any{"name", "=like", "Krok:%"}}, "id"))
		require.Empty(t, w.find(t, "ir.actions.server", []any{[]any{"code", "like", "x_krok_event"}}, "id"))
		w.write(t, "res.partner", partner, map[string]any{"city": "Odesa"})
		w.loads(t, "res.partner", "form")
	})
}
