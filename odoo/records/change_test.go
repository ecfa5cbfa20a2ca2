package records_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
)

func TestARecordIsChangedForAClientOnceAndOnlyWithinReach(t *testing.T) {
	onBothFull(t, func(t *testing.T, w world) {
		t.Run("AFieldIsSetAndTheChatterSaysWhoDidIt", w.testSetRecord)
		t.Run("EveryKindOfValue", w.testSetKinds)
		t.Run("AValueThatDoesNotFitIsRefused", w.testSetRefused)
		t.Run("ARecordOutsideIsNotTouched", w.testSetOutside)
		t.Run("B31AnActionThatReturnsNothingIsRunOnce", w.testRunAction)
		t.Run("AnActionOfAnotherModelIsRefused", w.testRunOther)
		t.Run("ATestChatChangesNothing", w.testChangeRehearsed)
	})
}

// change is the commit of a press of a record's button.
func (w world) change(key, model string, domain []any, record int64, args map[string]any) flow.Commit {
	all := map[string]any{
		"levels": []any{map[string]any{"model": model, "domain": domain, "record": 0, "related": ""}}, "record": record, "telegram_id": "5000000001",
		"source": "Ганна у Telegram", "note_lang": "uk_UA", "lang": "uk_UA", "tz": "Europe/Kyiv",
	}
	for name, value := range args {
		all[name] = value
	}
	kind := flow.SetRecord
	if args["action"] != nil {
		kind = flow.RunAction
	}
	return flow.Commit{Key: key, Operations: []flow.Operation{{Kind: kind, Args: all}}}
}

func (w world) carry(t *testing.T, commit flow.Commit) map[string]any {
	t.Helper()
	result, err := w.records(t).Commit(t.Context(), commit)
	require.NoError(t, err)
	return result.Results[0]
}

// said counts messages of a record that say something.
func (w world) said(t *testing.T, model string, record int64, text string) string {
	t.Helper()
	return w.one(t, "SELECT count(*) FROM mail_message WHERE model = '%s' AND res_id = %d AND body LIKE '%%%s%%'", model, record, text)
}

func (w world) testSetRecord(t *testing.T) {
	partner := w.make(t, "res.partner", map[string]any{"name": "Ганна"})
	order := w.order(t, partner, nil)
	own := []any{[]any{"partner_id", "=", partner}}
	for range 2 { // the same press
		result := w.carry(t, w.change("set/1", "sale.order", own, order, map[string]any{"field": "client_order_ref", "value": "Терміново"}))
		require.Equal(t, false, result["gone"])
		require.Equal(t, true, result["changed"])
	}
	require.Equal(t, "Терміново", w.one(t, "SELECT client_order_ref FROM sale_order WHERE id = %d", order))
	require.Equal(t, "1", w.said(t, "sale.order", order, "Ганна у Telegram"))
	again := w.carry(t, w.change("set/2", "sale.order", own, order, map[string]any{"field": "client_order_ref", "value": "Терміново"}))
	require.Equal(t, false, again["changed"])
	require.Equal(t, "1", w.said(t, "sale.order", order, "Ганна у Telegram"), "nothing has changed")
}

func (w world) testSetKinds(t *testing.T) {
	partner := w.make(t, "res.partner", map[string]any{"name": "Ганна"})
	country := w.one(t, "SELECT id FROM res_country WHERE code = 'UA'")
	for i, one := range []struct{ field, value, column, want string }{
		{"function", "Садівниця", "function", "Садівниця"}, {"function", "", "coalesce(function, '-')", "-"}, {"color", "7", "color", "7"},
		{"partner_latitude", "50,45", "round(partner_latitude, 2)", "50.45"}, {"active", "False", "active::text", "false"}, {"active", "так", "active::text", "true"},
		{"country_id", country, "country_id", country}, {"lang", "uk_UA", "lang", "uk_UA"},
	} {
		w.carry(t, w.change(fmt.Sprint("kinds/", i), "res.partner", []any{[]any{"active", "in", []any{true, false}}}, partner, map[string]any{"field": one.field, "value": one.value}))
		require.Equal(t, one.want, w.one(t, "SELECT %s FROM res_partner WHERE id = %d", one.column, partner), one.field)
	}
}

func (w world) testSetRefused(t *testing.T) {
	partner := w.make(t, "res.partner", map[string]any{"name": "Ганна"})
	for i, args := range []map[string]any{
		{"field": "color", "value": "red"}, {"field": "lang", "value": "xx_XX"}, {"field": "country_id", "value": "Атлантида"},
		{"field": "no_such_field", "value": "x"}, {"field": "category_id", "value": "1"},
	} {
		_, err := w.records(t).Commit(t.Context(), w.change(fmt.Sprint("refused/", i), "res.partner", []any{}, partner, args))
		require.Error(t, err, args)
		require.False(t, flow.IsUnavailable(err), err)
	}
}

func (w world) testSetOutside(t *testing.T) {
	own, other := w.make(t, "res.partner", map[string]any{"name": "Своя"}), w.make(t, "res.partner", map[string]any{"name": "Чужа"})
	order := w.order(t, other, nil)
	result := w.carry(t, w.change("outside/1", "sale.order", []any{[]any{"partner_id", "=", own}}, order, map[string]any{"field": "client_order_ref", "value": "x"}))
	require.Equal(t, true, result["gone"])
	require.Equal(t, "-", w.one(t, "SELECT coalesce(client_order_ref, '-') FROM sale_order WHERE id = %d", order))
}

func (w world) testRunAction(t *testing.T) {
	partner := w.make(t, "res.partner", map[string]any{"name": "Ганна", "comment": ""})
	act := w.make(t, "ir.actions.server", map[string]any{
		"name": "Remind", "model_id": w.Ref(t, "base.model_res_partner"), "state": "code", "code": "record.write({'ref': (record.ref or '') + '+'})",
	})
	for range 2 {
		require.Equal(t, false, w.carry(t, w.change("run/1", "res.partner", []any{}, partner, map[string]any{"action": act}))["gone"])
	}
	require.Equal(t, "+", w.one(t, "SELECT ref FROM res_partner WHERE id = %d", partner))
	order := w.order(t, partner, nil)
	cancel := w.make(t, "ir.actions.server", map[string]any{
		"name": "Cancel", "model_id": w.Ref(t, "sale.model_sale_order"), "state": "code", "code": "record.write({'state': 'cancel'})",
	})
	require.Equal(t, false, w.carry(t, w.change("run/2", "sale.order", []any{[]any{"state", "!=", "cancel"}}, order, map[string]any{"action": cancel}))["gone"])
	require.Equal(t, "cancel", w.one(t, "SELECT state FROM sale_order WHERE id = %d", order))
	require.Equal(t, true, w.carry(t, w.change("run/3", "sale.order", []any{[]any{"state", "!=", "cancel"}}, order, map[string]any{"action": cancel}))["gone"], "it has left the domain since")
}

func (w world) testRunOther(t *testing.T) {
	partner := w.make(t, "res.partner", map[string]any{"name": "Ганна"})
	act := w.make(t, "ir.actions.server", map[string]any{"name": "Users", "model_id": w.Ref(t, "base.model_res_users"), "state": "code", "code": "record.write({'login': 'x'})"})
	_, err := w.records(t).Commit(t.Context(), w.change("other/1", "res.partner", []any{}, partner, map[string]any{"action": act}))
	require.Error(t, err)
}

func (w world) testChangeRehearsed(t *testing.T) {
	partner := w.make(t, "res.partner", map[string]any{"name": "Ганна"})
	result := w.carry(t, w.change("test/1", "res.partner", []any{}, partner, map[string]any{"field": "function", "value": "x", "telegram_id": "test:1"}))
	require.Equal(t, true, result["changed"])
	require.Equal(t, "-", w.one(t, "SELECT coalesce(function, '-') FROM res_partner WHERE id = %d", partner))
	require.Equal(t, "0", w.said(t, "res.partner", partner, "Ганна у Telegram"))
}
