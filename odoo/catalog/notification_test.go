package catalog_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/botfile"
	"github.com/krokbot/krok/odoo"
	"github.com/krokbot/krok/odoo/catalog"
	"github.com/krokbot/krok/odoo/module"
	"github.com/krokbot/krok/odoo/odootest"
	"github.com/krokbot/krok/odoo/rpc"
)

// orders is as krok writes it, with all languages of the database.
const orders = `krok: 1

bot:
  code: orders
  name: Orders
  lang: uk_UA

steps:
  - code: menu
    name: menu
    type: buttons
    aliases: [/start]
    text: Що показати?
    answers:
      - name: {uk: Мої замовлення, en: My orders}
        notification: orders
        personal: partner_id
        domain: "[('state', '=', 'sale')]"
      - {name: Контакти, next: phone, notification: friends}

  - code: phone
    name: phone
    type: contact
    text: "Питання щодо {{ record.name }}?"
    field: phone

notifications:
  - code: friends
    name: Friends
    model: res.partner
    mode: list
    lines:
      - {field: name}
      - {before: "Телефон:", field: phone}

  - code: items
    name: Items
    model: sale.order.line
    lines:
      - {field: product_id, after: шт.}

  - code: orders
    name: Orders
    model: sale.order
    domain: "[('state', '!=', 'cancel')]"
    order: date_order desc
    limit: 5
    header: {uk: Ваші замовлення, en: Your orders}
    empty: Нічого немає
    lines:
      - {before: "№", field: name}
      - {before: {uk: Країна, en: Country}, newline: true, field: partner_id.country_id, after: "!"}
    buttons:
      - {name: {uk: Товари, en: Items}, notification: items, field: order_line}
      - {name: Скасувати, set: client_order_ref, value: cancel}
      - {name: Питання, step: phone}
      - {name: Нагадати, action: Remind}
      - {name: Надіслано, action: sale.model_sale_order_action_quotation_sent}
      - {name: Сайт, url: "https://example.com/{{ record.id }}"}

events:
  - name: Підтверджено
    notification: orders
    model: sale.order
    trigger: update
    domain: "[('state', '=', 'sale')]"
    recipient: partner_id

  - name: Скоро
    notification: orders
    model: sale.order
    trigger: date
    date_field: validity_date
    date_offset: -1
    date_unit: hours
    recipient: user_id
    active: false
`

func TestNotificationsMoveInAndOutOfOdoo(t *testing.T) {
	t.Parallel()
	for _, version := range []int{19, 14} {
		t.Run(fmt.Sprintf("Odoo%d", version), func(t *testing.T) {
			t.Parallel()
			key, err := module.Key(version)
			require.NoError(t, err)
			o := odootest.New(t, version, odootest.WithTemplate("catalogsale", key, install))
			client := o.Client(t)
			w := world{Odoo: o, client: client, procedures: odoo.NewProcedures(client)}.serve(t)
			t.Run("WhatIsExportedIsWhatWasImported", w.testNotificationsThereAndBack)
			t.Run("FieldsAndActionsAreDescribed", w.testDescribedFields)
			t.Run("FieldThatTheServiceMayNotReadIsAProblemOnlyWhereItIsShown", w.testUnreadableFields)
			t.Run("ImportMakesTheNotificationThatOfTheFile", w.testChangedNotifications)
			t.Run("NotificationOfTwoBotsIsOneAndStaysWhenOneLeavesIt", w.testSharedNotification)
			t.Run("WhatOdooDoesNotHaveIsToldAndTheRestComesIn", w.testAbsentModels)
		})
	}
}

func (w world) testNotificationsThereAndBack(t *testing.T) {
	model, err := w.client.Search(t.Context(), "ir.model", []any{[]any{"model", "=", "sale.order"}})
	require.NoError(t, err)
	action := w.create(t, "ir.actions.server", map[string]any{"name": "Remind", "model_id": model[0], "state": "code", "code": "pass"})
	require.NoError(t, w.client.Write(t.Context(), "ir.actions.server", []int64{action}, map[string]any{"name": "Нагадати"}, rpc.Lang("uk_UA")))

	require.Contains(t, w.changes(t, orders), "New notification orders “Orders”:")
	summary := w.bring(t, open(t, orders))
	require.Equal(t, catalog.Summary{Bot: "orders", Changed: true, Created: true, Steps: 2}, summary)
	exported, file := w.export(t, "orders")
	_, same, _ := strings.Cut(file, "\nkrok:")
	require.Equal(t, orders, "krok:"+same)
	require.Empty(t, w.changes(t, orders))
	before := w.version(t)
	require.False(t, w.bring(t, open(t, orders)).Changed)
	require.Equal(t, before, w.version(t), "nothing was written")
	require.Empty(t, errorsOf(exported.Definition, w))
	require.Equal(t, []string{"Скоро"}, w.namesOf(t, "x_krok_watch", []any{[]any{"x_active", "=", false}}))
}

func (w world) testDescribedFields(t *testing.T) {
	exported, _ := w.export(t, "orders")
	field := func(model, name string) flow.Row {
		for _, row := range exported.Definition.Tables["field"] {
			if row.Str("model") == model && row.Str("name") == name {
				return row
			}
		}
		return nil
	}
	lines := field("sale.order", "order_line")
	require.Equal(t, "one2many", lines.Str("ttype"))
	require.Equal(t, "sale.order.line", lines.Str("relation"))
	require.NotEmpty(t, lines.Texts("label")["uk_UA"])
	require.Equal(t, "many2one", field("res.partner", "country_id").Str("ttype"))
	for _, row := range exported.Definition.Tables["field"] {
		require.Empty(t, row.Str("problem"), row.Str("name"))
		require.Empty(t, row.Str("shown"), row.Str("name"))
	}
	require.Len(t, exported.Definition.Tables["action"], 2)
	for _, row := range exported.Definition.Tables["action"] {
		require.Equal(t, "sale.order", row.Str("model"))
	}
	require.Equal(t, "sale.order", exported.Definition.Tables["watch"][0].Str("model"))
}

// A contact's phone may be asked for and shown; who may not read it is asked nothing, whatever else of the model is broken.
func (w world) testUnreadableFields(t *testing.T) {
	groups := "group_ids"
	if w.Version < 19 {
		groups = "groups_id"
	}
	w.create(t, "res.users", map[string]any{"name": "Service", "login": "orders@example.com", "password": "a long enough password",
		groups: []any{rpc.Set(w.Ref(t, "base.group_user"), w.Ref(t, "krok.group_service"))}})
	client, err := rpc.Open(t.Context(), rpc.Config{URL: w.URL, DB: w.DB, Login: "orders@example.com", Key: "a long enough password"})
	require.NoError(t, err)
	shown := func() map[string]string {
		snapshot, err := catalog.Read(t.Context(), odoo.NewProcedures(client))
		require.NoError(t, err)
		bot, err := snapshot.Bot("orders")
		require.NoError(t, err)
		found := map[string]string{}
		for _, row := range bot.Tables["field"] {
			found[row.Str("model")+" "+row.Str("name")] = row.Str("shown")
			require.Empty(t, row.Str("problem"), "only the field of the contact's step could have one")
		}
		return found
	}
	found := shown()
	require.Empty(t, found["res.partner phone"])
	require.Empty(t, found["res.partner country_id"])
	require.Equal(t, "unreadable", found["sale.order name"])
	access, err := w.client.Search(t.Context(), "ir.model.access", []any{[]any{"model_id.model", "=", "res.partner"}})
	require.NoError(t, err)
	require.NoError(t, w.client.Write(t.Context(), "ir.model.access", access, map[string]any{"active": false}))
	require.Equal(t, "unreadable", shown()["res.partner phone"])
	require.NoError(t, w.client.Write(t.Context(), "ir.model.access", access, map[string]any{"active": true}))
}

func (w world) testChangedNotifications(t *testing.T) {
	_, file := w.export(t, "orders")
	changed := strings.NewReplacer(
		"    limit: 5\n", "    limit: 7\n    mode: list\n",
		"      - {before: \"№\", field: name}\n", "",
		"      - {name: Сайт,", "      - {name: Хто, notification: friends, field: partner_id}\n      - {name: Сайт,",
		"      - {name: Скасувати, set: client_order_ref, value: cancel}\n", "",
		"personal: partner_id", "personal: user_id",
		"name: Скоро", "name: Вже скоро", "active: false", "date_offset: 3", "date_offset: -1", "before_domain: \"[]\"",
		"trigger: update", "trigger: create").Replace(file)
	require.NotEqual(t, file, changed)
	require.Contains(t, w.changes(t, changed), "Notification orders “Orders”, also where other bots use it:\n")
	before := w.version(t)
	require.True(t, w.bring(t, open(t, changed)).Changed)
	require.NotEqual(t, before, w.version(t))
	require.Empty(t, w.changes(t, changed))
	require.False(t, w.bring(t, open(t, changed)).Changed)
	require.Len(t, w.namesOf(t, "x_krok_watch", []any{[]any{"x_bot_id.x_code", "=", "orders"}}), 2)

	emptied, _, _ := strings.Cut(changed, "\nevents:")
	require.True(t, w.bring(t, open(t, emptied)).Changed)
	require.Empty(t, w.namesOf(t, "x_krok_watch", []any{[]any{"x_bot_id.x_code", "=", "orders"}}))
	require.True(t, w.bring(t, open(t, file)).Changed)
	_, again := w.export(t, "orders")
	require.Equal(t, file, again)
}

func (w world) testSharedNotification(t *testing.T) {
	const other = `
bot: {code: other, name: Other, lang: uk_UA}
steps:
  - {code: start, type: buttons, aliases: [/start], text: Що?, answers: [{name: Друзі, notification: friends}]}
notifications:
  - {code: friends, name: Friends, model: res.partner, mode: list, limit: 3, lines: [{field: name}], buttons: [{name: Далі, step: start}]}
`
	_, before := w.export(t, "orders")
	require.Contains(t, w.changes(t, other), "Notification friends “Friends”, also where other bots use it:\n  + limit: 3\n")
	require.True(t, w.bring(t, open(t, other)).Changed)
	require.False(t, w.bring(t, open(t, other)).Changed)
	require.Equal(t, []string{"Friends"}, w.namesOf(t, "x_krok_notification", []any{[]any{"x_code", "=", "friends"}}))
	_, after := w.export(t, "orders")
	require.Contains(t, after, "    limit: 3\n    mode: list\n    lines:\n      - {field: name}\n    buttons:\n      - {name: Далі, kind: step}\n", "a step of another bot")

	require.False(t, w.bring(t, open(t, after)).Changed)
	require.True(t, w.bring(t, open(t, strings.Replace(after, "limit: 3", "limit: 4", 1))).Changed)
	exported, file := w.export(t, "other")
	require.Contains(t, file, "limit: 4")
	require.NotZero(t, exported.Definition.Tables["notification_button"][0].Ref("target_id"), "it still leads to its own step")
	require.Contains(t, file, "{name: Далі, step: start}")

	w.bring(t, open(t, "bot: {code: other, name: Other, lang: uk_UA}\nsteps: [{code: start, type: text, text: Hi, aliases: [/start]}]"))
	require.Len(t, w.namesOf(t, "x_krok_notification", []any{[]any{"x_code", "=", "friends"}}), 1)
	require.True(t, w.bring(t, open(t, before)).Changed)
	_, again := w.export(t, "orders")
	require.Equal(t, before, again)
}

func (w world) testAbsentModels(t *testing.T) {
	const elsewhere = `
bot: {code: elsewhere, name: Elsewhere}
steps:
  - code: start
    type: buttons
    aliases: [/start]
    text: What?
    answers: [{name: Tickets, notification: tickets, personal: partner_id}, {name: Friends, notification: mates, personal: x_friend}]
notifications:
  - {code: tickets, model: x_helpdesk.ticket, header: Tickets, lines: [{field: name}], buttons: [{name: Close, action: helpdesk.close}, {name: Start, step: start}]}
  - code: mates
    model: res.partner
    lines: [{field: name}, {before: Pet, field: country_id.x_pet}]
    buttons: [{name: Hug, action: Hug}, {name: Pet, set: x_pet, value: dog}, {name: Start, step: start}]
events:
  - {name: New ticket, notification: tickets, model: x_helpdesk.ticket, trigger: create, recipient: partner_id}
  - {name: New mate, notification: mates, model: res.partner, trigger: create, recipient: x_best_id}
`
	summary := w.bring(t, open(t, elsewhere))
	require.ElementsMatch(t, []catalog.Absent{
		{Notification: "tickets", What: "model", Name: "x_helpdesk.ticket"}, {Event: "New ticket", What: "model", Name: "x_helpdesk.ticket"},
		{Event: "New mate", What: "field", Name: "x_best_id"}, {Step: "start", Personal: true, What: "field", Name: "x_friend"},
		{Notification: "mates", What: "field", Name: "country_id.x_pet"}, {Notification: "mates", What: "action", Name: "Hug"},
		{Notification: "mates", What: "field", Name: "x_pet"},
	}, summary.Absent)
	for _, lang := range []string{"en", "uk"} {
		require.NotContains(t, summary.In(lang), "{")
	}
	require.Contains(t, summary.In("uk"), "немає моделі «x_helpdesk.ticket», тому зовнішня подія «New ticket» чекає")
	require.False(t, w.bring(t, open(t, elsewhere)).Changed, "twice is the same as once")
	require.Empty(t, w.changes(t, elsewhere))
	exported, file := w.export(t, "elsewhere")
	require.Contains(t, file, "      - {name: Friends, notification: mates, personal: \"\"}\n", "nobody is shown what is others'")
	require.Contains(t, file, "    buttons:\n      - {name: Start, step: start}\n")
	require.False(t, w.bring(t, open(t, file)).Changed)
	require.Subset(t, keysOf(errorsOf(exported.Definition, w)), []string{"problem.notification_no_model", "problem.personal_no_field"})
	require.Empty(t, botfile.Diff(exported.Definition, exported.Definition, "en"))
}

func (w world) namesOf(t *testing.T, model string, domain []any) []string {
	t.Helper()
	rows, err := w.client.SearchRead(t.Context(), model, domain, []string{"x_name"}, rpc.Order("id"), rpc.WithArchived())
	require.NoError(t, err)
	var names []string
	for _, row := range rows {
		names = append(names, row.Str("x_name"))
	}
	return names
}
