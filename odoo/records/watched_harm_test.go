package records_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// What an admin has written wrongly, and what has gone since, does no harm: neither to the bots, nor to people who save records in Odoo.
func TestAnExternalEventThatMakesNoSenseHarmsNobody(t *testing.T) {
	onBothFull(t, func(t *testing.T, w world) {
		t.Run("ADomainWithAFieldThatIsNot", w.testHarmUnknownField)
		t.Run("ADomainThatTheDatabaseRefuses", w.testHarmBadValue)
		t.Run("ADateWhoseDomainMakesNoSense", w.testHarmDates)
		t.Run("AFieldThatIsRemoved", w.testHarmFieldGone)
		t.Run("ARecipientThatCannotBeRead", w.testHarmRecipient)
		t.Run("ADomainOfFieldsThatAreNotKept", w.testHarmNotKept)
		t.Run("ADateEventThatRestedBeginsAtNow", w.testHarmRested)
		t.Run("AButtonOfOdooThatChangesAStateIsAChange", w.testHarmState)
	})
}

// saves has somebody save a contact, and tells what has happened.
func (w world) saves(t *testing.T, partner int64, values map[string]any) int {
	t.Helper()
	require.NoError(t, w.admin.Write(t.Context(), "res.partner", []int64{partner}, values))
	return len(w.look(t))
}

func (w world) unwatch(t *testing.T, ids ...int64) {
	t.Helper()
	require.NoError(t, w.admin.Unlink(t.Context(), "x_krok_watch", ids))
}

func (w world) testHarmUnknownField(t *testing.T) {
	c := w.client(t)
	for _, domain := range []string{"[('no_such_field', '=', 'x')]", "[('country_id.no_such_field', '=', 'x')]", "[('name.code', '=', 'x')]", "[('x_name', '=', x_name)]", "['|', ('name', '=', 'x')]", "42"} {
		for _, field := range []string{"x_domain", "x_before_domain"} {
			id := w.watched(t, "res.partner", map[string]any{"x_trigger": "update", field: domain})
			w.noRule(t, id)
			require.Equal(t, 0, w.saves(t, c.partner, map[string]any{"function": domain}))
			w.unwatch(t, id)
		}
	}
}

func (w world) testHarmBadValue(t *testing.T) {
	c := w.client(t)
	id := w.watched(t, "res.partner", map[string]any{"x_trigger": "update", "x_domain": "[('color', '=', 'red')]"})
	require.Equal(t, 0, w.saves(t, c.partner, map[string]any{"color": 3}))
	w.unwatch(t, id)
}

func (w world) testHarmDates(t *testing.T) {
	var ids []int64
	for _, domain := range []string{"[('no_such_field', '=', 'x')]", "[('color', '=', 'red')]", "42", "[("} {
		ids = append(ids, w.watched(t, "sale.order", map[string]any{"x_trigger": "date", "x_date_field_id": w.fieldID(t, "sale.order", "date_order"), "x_domain": domain}))
	}
	good := w.watched(t, "sale.order", map[string]any{"x_trigger": "date", "x_date_field_id": w.fieldID(t, "sale.order", "date_order"), "x_recipient_field_id": w.fieldID(t, "sale.order", "partner_id")})
	c := w.client(t)
	w.order(t, c.partner, map[string]any{"date_order": "2033-05-12 12:00:00"})
	require.Empty(t, w.at(t, "2033-05-12 11:59:00"))
	events := w.at(t, "2033-05-12 12:00:30")
	require.Len(t, events, 1)
	require.Equal(t, good, events[0].Watch)
	w.unwatch(t, append(ids, good)...)
}

func (w world) testHarmFieldGone(t *testing.T) {
	c := w.client(t)
	field := func(name string) int64 {
		return w.make(t, "ir.model.fields", map[string]any{"name": name, "model_id": w.Ref(t, "base.model_res_partner"), "ttype": "char", "field_description": name})
	}
	size, shape := field("x_test_size"), field("x_test_shape")
	watched := w.watched(t, "res.partner", map[string]any{"x_trigger": "update", "x_domain": "[('x_test_size', '=', 'big')]"})
	behind := w.watched(t, "res.users", map[string]any{"x_trigger": "update", "x_domain": "[('partner_id.x_test_size', '=', 'big')]"})
	other := w.watched(t, "res.partner", map[string]any{"x_trigger": "update", "x_domain": "[('x_test_shape', '=', 'big')]"})
	require.Equal(t, 1, w.saves(t, c.partner, map[string]any{"x_test_size": "big"}))
	require.NoError(t, w.admin.Unlink(t.Context(), "ir.model.fields", []int64{size}))
	w.noRule(t, watched)
	w.noRule(t, behind)
	require.Equal(t, 1, w.saves(t, c.partner, map[string]any{"x_test_shape": "big"}), "the other goes on")
	require.NoError(t, w.admin.Write(t.Context(), "res.users", []int64{w.admin.UID()}, map[string]any{"signature": "-"}))
	require.Equal(t, "2", w.one(t, "SELECT count(*) FROM x_krok_watch WHERE id IN (%d, %d)", watched, behind))
	w.unwatch(t, watched, behind, other)
	require.NoError(t, w.admin.Unlink(t.Context(), "ir.model.fields", []int64{shape}))
}

func (w world) testHarmRecipient(t *testing.T) {
	c := w.client(t)
	broken := w.make(t, "ir.model.fields", map[string]any{"name": "x_test_whom", "model_id": w.Ref(t, "base.model_res_partner"), "ttype": "many2one", "relation": "res.partner",
		"field_description": "Whom", "compute": "for one in self:\n    one['x_test_whom'] = 1 // 0", "store": false, "readonly": true, "on_delete": "set null"})
	id := w.watched(t, "res.partner", map[string]any{"x_trigger": "update", "x_domain": "[('function', '=', 'r')]", "x_recipient_field_id": broken})
	own := w.watched(t, "res.partner", map[string]any{"x_trigger": "update", "x_domain": "[('function', '=', 'r')]"})
	require.NoError(t, w.admin.Write(t.Context(), "res.partner", []int64{c.partner}, map[string]any{"function": "r"}))
	told := map[int64][]string{}
	for _, event := range w.look(t) {
		told[event.Watch] = event.Chats
	}
	require.Equal(t, map[int64][]string{id: {}, own: {c.user}}, told)
	w.unwatch(t, id, own)
	require.NoError(t, w.admin.Unlink(t.Context(), "ir.model.fields", []int64{broken}))
}

func (w world) testHarmNotKept(t *testing.T) {
	c := w.client(t)
	id := w.watched(t, "res.partner", map[string]any{"x_trigger": "update", "x_domain": "[('self', '!=', 0)]"})
	require.NoError(t, w.admin.Write(t.Context(), "res.partner", []int64{c.partner}, map[string]any{"function": "same"}))
	w.look(t)
	require.Equal(t, 0, w.saves(t, c.partner, map[string]any{"function": "same"}), "a save that changes nothing")
	w.unwatch(t, id)
}

func (w world) testHarmRested(t *testing.T) {
	c := w.client(t)
	id := w.watched(t, "sale.order", map[string]any{"x_trigger": "date", "x_date_field_id": w.fieldID(t, "sale.order", "date_order"), "x_recipient_field_id": w.fieldID(t, "sale.order", "partner_id")})
	w.order(t, c.partner, map[string]any{"date_order": "2034-05-12 12:00:00"})
	require.Empty(t, w.at(t, "2034-05-12 11:00:00"))
	for _, active := range []bool{false, true} {
		require.NoError(t, w.admin.Write(t.Context(), "x_krok_watch", []int64{id}, map[string]any{"x_active": active}))
	}
	require.Empty(t, w.at(t, "2034-05-13 12:00:00"), "what passed while it rested is not told")
	require.Empty(t, w.at(t, "2034-05-13 12:05:00"))
	w.unwatch(t, id)
}

func (w world) testHarmState(t *testing.T) {
	c := w.client(t)
	id := w.watched(t, "sale.order", map[string]any{"x_trigger": "update", "x_recipient_field_id": w.fieldID(t, "sale.order", "partner_id")})
	order := w.order(t, c.partner, nil)
	w.look(t)
	w.setState(t, order, "sent")
	require.Len(t, w.look(t), 1, fmt.Sprint("order ", order))
	w.unwatch(t, id)
}
