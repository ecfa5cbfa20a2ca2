package records_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo"
	"github.com/krokbot/krok/odoo/odootest"
	"github.com/krokbot/krok/odoo/rpc"
	"github.com/krokbot/krok/odoo/watch"
)

func TestWhatHappensInOdooIsToldOnce(t *testing.T) {
	onBothFull(t, func(t *testing.T, w world) {
		t.Run("AnUpdateThatFitsTheDomains", w.testWatchUpdate)
		t.Run("ACreation", w.testWatchCreate)
		t.Run("ADateThatHasCome", w.testWatchDate)
		t.Run("ADayOfTheBot", w.testWatchDay)
		t.Run("WhatWasRolledBackIsNotTold", w.testWatchRolledBack)
		t.Run("AThousandRecordsAtOnce", w.testWatchThousand)
		t.Run("WhomItConcernsWithoutAChatIsCounted", w.testWatchUnreachable)
		t.Run("ArchivedChangedAndDeletedEvents", w.testWatchKept)
		t.Run("AModelThatIsRemovedTakesTheRuleAndNotTheEvent", w.testWatchModelGone)
		t.Run("UsersAsRecipients", w.testWatchUsers)
		t.Run("AChatbotAdministratorMakesOneAndASalespersonSetsItOff", w.testWatchRights)
		t.Run("ADomainThatIsNotLiteralGivesNoRule", w.testWatchNotLiteral)
	})
}

// watched makes an external event of a bot.
func (w world) watched(t testing.TB, model string, values map[string]any) int64 {
	t.Helper()
	all := map[string]any{"x_name": "Подія", "x_bot_id": w.bots[0], "x_model_id": w.modelID(t, model)}
	for name, value := range values {
		all[name] = value
	}
	return w.make(t, "x_krok_watch", all)
}

func (w world) modelID(t testing.TB, model string) int64 {
	t.Helper()
	ids, err := w.admin.Search(t.Context(), "ir.model", []any{[]any{"model", "=", model}})
	require.NoError(t, err)
	require.Len(t, ids, 1)
	return ids[0]
}

func (w world) fieldID(t testing.TB, model, name string) int64 {
	t.Helper()
	ids, err := w.admin.Search(t.Context(), "ir.model.fields", []any{[]any{"model", "=", model}, []any{"name", "=", name}})
	require.NoError(t, err)
	require.Len(t, ids, 1)
	return ids[0]
}

// look brings what has happened, and has it forgotten.
func (w world) look(t testing.TB) []watch.Event {
	t.Helper()
	procedures := procedures(t, w.config())
	seen, err := watch.Look(t.Context(), procedures, nil)
	require.NoError(t, err)
	require.NotEmpty(t, seen.Version)
	again, err := watch.Look(t.Context(), procedures, nil)
	require.NoError(t, err)
	require.Equal(t, seen.Events, again.Events, "until it is done it is told again")
	var done []int64
	for _, event := range seen.Events {
		done = append(done, event.ID)
	}
	left, err := watch.Look(t.Context(), procedures, done)
	require.NoError(t, err)
	if !seen.More {
		require.Empty(t, left.Events)
	}
	return seen.Events
}

func (w world) setState(t testing.TB, order int64, state string) {
	t.Helper()
	require.NoError(t, w.admin.Write(t.Context(), "sale.order", []int64{order}, map[string]any{"state": state}))
}

func (w world) testWatchUpdate(t *testing.T) {
	c := w.client(t)
	id := w.watched(t, "sale.order", map[string]any{"x_trigger": "update", "x_before_domain": "[('state', '=', 'draft')]", "x_domain": `[("state", "=", "sale")]`, "x_recipient_field_id": w.fieldID(t, "sale.order", "partner_id")})
	order := w.order(t, c.partner, nil)
	require.Empty(t, w.look(t))
	require.NoError(t, w.admin.Write(t.Context(), "sale.order", []int64{order}, map[string]any{"client_order_ref": "x"}))
	require.Empty(t, w.look(t))
	w.setState(t, order, "sale")
	events := w.look(t)
	require.Len(t, events, 1)
	require.Equal(t, watch.Event{ID: events[0].ID, Watch: id, Bot: w.bots[0], Record: order, Chats: []string{c.user}}, events[0])
	w.setState(t, order, "sale")
	require.Empty(t, w.look(t), "a save that changes nothing")
	w.setState(t, order, "draft")
	require.Empty(t, w.look(t))
	w.setState(t, order, "sale")
	require.Len(t, w.look(t), 1, "it happened again")
	require.NoError(t, w.admin.Unlink(t.Context(), "x_krok_watch", []int64{id}))
	w.noRule(t, id)
}

func (w world) noRule(t testing.TB, id int64) {
	t.Helper()
	require.Equal(t, "0", w.one(t, "SELECT count(*) FROM ir_model_data WHERE name = 'watch_rule_%d'", id))
	require.Equal(t, "0", w.one(t, "SELECT count(*) FROM ir_act_server WHERE code LIKE '%%x_krok_event%%w.id = %d%%'", id))
}

func (w world) testWatchCreate(t *testing.T) {
	c := w.client(t)
	id := w.watched(t, "project.task", map[string]any{"x_trigger": "create", "x_domain": "[('priority', '=', '1')]", "x_recipient_field_id": w.fieldID(t, "project.task", "partner_id")})
	project := w.make(t, "project.project", map[string]any{"name": "Сад"})
	w.make(t, "project.task", map[string]any{"name": "Неважливе", "project_id": project, "partner_id": c.partner})
	require.Empty(t, w.look(t))
	task := w.make(t, "project.task", map[string]any{"name": "Важливе", "project_id": project, "partner_id": c.partner, "priority": "1"})
	events := w.look(t)
	require.Len(t, events, 1)
	require.Equal(t, task, events[0].Record)
	require.NoError(t, w.admin.Unlink(t.Context(), "x_krok_watch", []int64{id}))
}

// at looks as if it were that time.
func (w world) at(t *testing.T, now string) []watch.Event {
	t.Helper()
	var seen watch.Seen
	require.NoError(t, procedures(t, w.config()).Run(t.Context(), "watch", map[string]any{"done": []int64{}, "now": now, "most": 200}, &seen))
	var done []int64
	for _, event := range seen.Events {
		done = append(done, event.ID)
	}
	require.NoError(t, procedures(t, w.config()).Run(t.Context(), "watch", map[string]any{"done": done, "now": now, "most": 200}, nil))
	return seen.Events
}

func (w world) testWatchDate(t *testing.T) {
	c := w.client(t)
	id := w.watched(t, "sale.order", map[string]any{"x_trigger": "date", "x_domain": "[('state', '=', 'draft')]", "x_date_field_id": w.fieldID(t, "sale.order", "date_order"),
		"x_date_offset": -2, "x_date_unit": "hours", "x_recipient_field_id": w.fieldID(t, "sale.order", "partner_id")})
	order := w.order(t, c.partner, map[string]any{"date_order": "2031-05-12 12:00:00"})
	require.Empty(t, w.at(t, "2031-05-12 09:00:00"), "from here on it looks")
	require.Empty(t, w.at(t, "2031-05-12 09:59:59"))
	require.Empty(t, w.at(t, "2031-05-12 10:00:01"), "not more than once a minute")
	events := w.at(t, "2031-05-12 10:01:00")
	require.Len(t, events, 1)
	require.Equal(t, order, events[0].Record)
	require.Equal(t, []string{c.user}, events[0].Chats)
	require.Empty(t, w.at(t, "2031-05-12 10:05:00"))
	require.Empty(t, w.at(t, "2031-05-20 10:05:00"))
	require.NoError(t, w.admin.Unlink(t.Context(), "x_krok_watch", []int64{id}))
	require.Equal(t, "0", w.one(t, "SELECT count(*) FROM x_krok_event"))
}

func (w world) testWatchDay(t *testing.T) {
	c := w.client(t)
	require.NoError(t, w.admin.Write(t.Context(), "x_krok_bot", w.bots[:1], map[string]any{"x_tz": "Europe/Kyiv"}))
	id := w.watched(t, "sale.order", map[string]any{"x_trigger": "date", "x_date_field_id": w.fieldID(t, "sale.order", "validity_date"), "x_recipient_field_id": w.fieldID(t, "sale.order", "partner_id")})
	w.order(t, c.partner, map[string]any{"validity_date": "2031-06-15"})
	require.Empty(t, w.at(t, "2031-06-14 20:00:00"))
	require.Empty(t, w.at(t, "2031-06-14 20:58:00"), "it is 23:58 in Kyiv")
	require.Len(t, w.at(t, "2031-06-14 21:00:00"), 1)
	require.NoError(t, w.admin.Unlink(t.Context(), "x_krok_watch", []int64{id}))
}

func (w world) testWatchRolledBack(t *testing.T) {
	c := w.client(t)
	id := w.watched(t, "res.partner", map[string]any{"x_trigger": "update", "x_domain": "[('function', '=', 'x')]"})
	act := w.make(t, "ir.actions.server", map[string]any{"name": "fail", "model_id": w.Ref(t, "base.model_res_partner"), "state": "code",
		"code": fmt.Sprintf("env['res.partner'].browse(%d).write({'function': 'x'})\nraise UserError('no')", c.partner)})
	_, err := w.admin.Run(t.Context(), act, map[string]any{})
	require.Error(t, err)
	require.Empty(t, w.look(t))
	require.NoError(t, w.admin.Write(t.Context(), "res.partner", []int64{c.partner}, map[string]any{"function": "x"}))
	events := w.look(t)
	require.Len(t, events, 1)
	require.Equal(t, []string{c.user}, events[0].Chats, "the contact itself")
	require.NoError(t, w.admin.Unlink(t.Context(), "x_krok_watch", []int64{id}))
}

func (w world) testWatchThousand(t *testing.T) {
	id := w.watched(t, "res.partner.industry", map[string]any{"x_trigger": "update", "x_domain": "[('full_name', '=', 'x')]", "x_recipient_field_id": false})
	many := make([]map[string]any, 1000)
	for i := range many {
		many[i] = map[string]any{"name": fmt.Sprint("Галузь ", i)}
	}
	ids, err := w.admin.CreateMany(t.Context(), "res.partner.industry", many)
	require.NoError(t, err)
	require.NoError(t, w.admin.Write(rpc.WithPatience(t.Context(), time.Minute), "res.partner.industry", ids, map[string]any{"full_name": "x"}))
	seen := map[int64]bool{}
	for range 6 {
		for _, event := range w.look(t) {
			require.False(t, seen[event.Record], "once")
			seen[event.Record] = true
			require.Equal(t, 1, event.Unreachable)
		}
	}
	require.Len(t, seen, 1000)
	require.NoError(t, w.admin.Unlink(t.Context(), "x_krok_watch", []int64{id}))
}

func (w world) testWatchUnreachable(t *testing.T) {
	c := w.client(t)
	id := w.watched(t, "res.partner", map[string]any{"x_trigger": "update", "x_domain": "[('function', '=', 'y')]"})
	stranger := w.make(t, "res.partner", map[string]any{"name": "Без чату"})
	w.SQL(t, fmt.Sprintf("UPDATE x_krok_chat SET x_state = 'blocked' WHERE x_partner_id = %d RETURNING id", c.partner))
	require.NoError(t, w.admin.Write(t.Context(), "res.partner", []int64{stranger, c.partner}, map[string]any{"function": "y"}))
	for _, event := range w.look(t) {
		require.Empty(t, event.Chats)
		require.Equal(t, 1, event.Unreachable)
	}
	require.NoError(t, w.admin.Unlink(t.Context(), "x_krok_watch", []int64{id}))
}

func (w world) testWatchKept(t *testing.T) {
	c := w.client(t)
	id := w.watched(t, "res.partner", map[string]any{"x_trigger": "update", "x_domain": "[('function', '=', 'z')]"})
	touch := func(value string) int {
		require.NoError(t, w.admin.Write(t.Context(), "res.partner", []int64{c.partner}, map[string]any{"function": value}))
		return len(w.look(t))
	}
	require.Equal(t, 1, touch("z"))
	change := func(values map[string]any) {
		require.NoError(t, w.admin.Write(t.Context(), "x_krok_watch", []int64{id}, values))
	}
	change(map[string]any{"x_active": false})
	w.noRule(t, id)
	require.Equal(t, 0, touch("")+touch("z"))
	change(map[string]any{"x_active": true, "x_domain": "[('function', '=', 'w')]"})
	require.Equal(t, 0, touch("z"))
	require.Equal(t, 1, touch("w"))
	change(map[string]any{"x_trigger": "create"})
	require.Equal(t, 0, touch("")+touch("w"))
	require.NoError(t, w.admin.Unlink(t.Context(), "x_krok_watch", []int64{id}))
	w.noRule(t, id)
	require.Equal(t, 0, touch("")+touch("w"))
}

func (w world) testWatchModelGone(t *testing.T) {
	model := w.make(t, "ir.model", map[string]any{"name": "Plant", "model": "x_plant"})
	w.make(t, "ir.model.fields", map[string]any{"name": "x_owner", "model_id": model, "ttype": "many2one", "relation": "res.partner", "field_description": "Owner", "on_delete": "set null"})
	id := w.watched(t, "x_plant", map[string]any{"x_trigger": "create", "x_recipient_field_id": w.fieldID(t, "x_plant", "x_owner")})
	require.NoError(t, w.admin.Unlink(t.Context(), "ir.model", []int64{model}))
	w.noRule(t, id)
	require.Empty(t, w.look(t))
	require.Equal(t, "1", w.one(t, "SELECT count(*) FROM x_krok_watch WHERE id = %d", id))
	require.NoError(t, w.admin.Unlink(t.Context(), "x_krok_watch", []int64{id}))
}

func (w world) testWatchUsers(t *testing.T) {
	c := w.client(t)
	user := w.make(t, "res.users", map[string]any{"name": "Олена", "login": "olena@example.com", "partner_id": c.partner})
	id := w.watched(t, "sale.order", map[string]any{"x_trigger": "update", "x_domain": "[('state', '=', 'sale')]", "x_recipient_field_id": w.fieldID(t, "sale.order", "user_id")})
	order := w.order(t, w.make(t, "res.partner", map[string]any{"name": "Клієнт"}), map[string]any{"user_id": user})
	w.setState(t, order, "sale")
	events := w.look(t)
	require.Len(t, events, 1)
	require.Equal(t, []string{c.user}, events[0].Chats)
	require.NoError(t, w.admin.Unlink(t.Context(), "x_krok_watch", []int64{id}))
}

func (w world) testWatchRights(t *testing.T) {
	c := w.client(t)
	builder := w.person(t, "builder", "group_administrator")
	id, err := builder.Create(t.Context(), "x_krok_watch", map[string]any{"x_name": "Подія", "x_bot_id": w.bots[0], "x_model_id": w.modelID(t, "sale.order"), "x_trigger": "update",
		"x_domain": "[('state', '=', 'sent')]", "x_recipient_field_id": w.fieldID(t, "sale.order", "partner_id")})
	require.NoError(t, err)
	order := w.order(t, c.partner, nil)
	seller := w.person(t, "seller")
	groups := map[bool]string{true: "user_ids", false: "users"}[w.Version >= 19]
	require.NoError(t, w.admin.Write(t.Context(), "res.groups", []int64{w.Ref(t, "sales_team.group_sale_salesman_all_leads")}, map[string]any{groups: []any{rpc.Link(seller.UID())}}))
	require.NoError(t, seller.Write(t.Context(), "sale.order", []int64{order}, map[string]any{"state": "sent"}))
	require.Len(t, w.look(t), 1)
	require.NoError(t, builder.Write(t.Context(), "x_krok_watch", []int64{id}, map[string]any{"x_domain": "[('state', '=', 'sale')]"}))
	require.NoError(t, builder.Unlink(t.Context(), "x_krok_watch", []int64{id}))
	w.noRule(t, id)
}

func (w world) testWatchNotLiteral(t *testing.T) {
	for _, domain := range []string{"[('create_date', '>', context_today())]", "[('name', '=', __import__('os'))]", "[(", "name = 1"} {
		id := w.watched(t, "res.partner", map[string]any{"x_trigger": "update", "x_domain": domain})
		w.noRule(t, id)
		require.NoError(t, w.admin.Unlink(t.Context(), "x_krok_watch", []int64{id}))
	}
}

// BenchmarkRuleOfAnExternalEvent is what a user's save of records costs with and without an external event on their model.
func BenchmarkRuleOfAnExternalEvent(b *testing.B) {
	w := newWorld(b, 19, "module", odootest.Lean())
	for _, n := range []int{1, 1000} {
		many := make([]map[string]any, n)
		for i := range many {
			many[i] = map[string]any{"name": fmt.Sprint("Галузь ", i)}
		}
		ids, err := w.admin.CreateMany(b.Context(), "res.partner.industry", many)
		require.NoError(b, err)
		save := func(b *testing.B) {
			b.Helper()
			for i := 0; b.Loop(); i++ {
				require.NoError(b, w.admin.Write(rpc.WithPatience(b.Context(), time.Minute), "res.partner.industry", ids, map[string]any{"full_name": fmt.Sprint(i % 2)}))
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n)/1000, "ms/record")
		}
		b.Run(fmt.Sprintf("Without/%d", n), save)
		id := w.watched(b, "res.partner.industry", map[string]any{"x_trigger": "update", "x_domain": "[('full_name', '!=', 'x')]"})
		b.Run(fmt.Sprintf("With/%d", n), save)
		require.NoError(b, w.admin.Unlink(b.Context(), "x_krok_watch", []int64{id}))
	}
}

// BenchmarkLook is the call that `krok serve` makes once a second, on a database where nothing happens, with ten external events of dates.
func BenchmarkLook(b *testing.B) {
	w := newWorld(b, 19, "module", odootest.Lean())
	for range 10 {
		w.watched(b, "res.partner", map[string]any{"x_trigger": "date", "x_date_field_id": w.fieldID(b, "res.partner", "create_date")})
	}
	look(b, procedures(b, w.config()))
}

func look(b *testing.B, procedures *odoo.Procedures) {
	b.Helper()
	for b.Loop() {
		_, err := watch.Look(context.Background(), procedures, nil)
		require.NoError(b, err)
	}
}
