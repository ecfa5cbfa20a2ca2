package botfile

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
)

const orders = `
bot: {code: shop, name: Shop, lang: uk_UA}
steps:
  - code: menu
    type: buttons
    aliases: [/start]
    text: Menu
    answers:
      - {name: Мої замовлення, notification: orders, personal: partner_id, domain: "[('state', '=', 'sale')]"}
notifications:
  - code: orders
    name: Замовлення
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
      - {name: Товари, notification: lines, field: order_line}
      - {name: Скасувати, set: state, value: cancel}
      - {name: Питання, step: menu}
      - {name: Підтвердити, action: sale.action_confirm}
      - {name: Сайт, url: "https://example.com/{{ record.id }}"}
  - code: lines
    model: sale.order.line
    mode: list
    lines:
      - field: name
events:
  - {name: Підтверджено, notification: orders, model: sale.order, trigger: update, domain: "[('state', '=', 'sale')]", recipient: partner_id}
  - {name: Скоро, notification: orders, model: sale.order, trigger: date, date_field: validity_date, date_offset: -1, date_unit: hours, recipient: user_id, active: false}
`

func TestNotificationsAndEventsBecomeRows(t *testing.T) {
	t.Parallel()
	bot, err := read("bot.yaml", []byte(orders), nil)
	require.NoError(t, err)
	tables := bot.Definition.Tables
	order := func(id int64, name string) flow.Row { return flow.Row{"id": id, "name": name, "model": "sale.order"} }
	require.Equal(t, []flow.Row{
		order(1, "partner_id"), order(2, "name"), {"id": int64(3), "name": "country_id"}, order(4, "order_line").With("relation", "sale.order.line"),
		order(5, "state"), {"id": int64(6), "name": "name", "model": "sale.order.line"}, order(7, "validity_date"), order(8, "user_id"),
	}, tables["field"])
	require.Equal(t, flow.Row{"id": int64(1), "step_id": int64(1), "name": "Мої замовлення", "notification_id": int64(1), "personal": true, "personal_field_id": int64(1),
		"use_domain": true, "domain": "[('state', '=', 'sale')]"}, tables["answer"][0])
	require.Equal(t, flow.Row{"id": int64(2), "notification_id": int64(1), "before": flow.Texts{"uk_UA": "Країна", "en_US": "Country"}, "newline": true,
		"field_id": int64(1), "subfield_id": int64(3), "after": "!"}, tables["notification_line"][1])
	var kinds []string
	for _, button := range tables["notification_button"] {
		kinds = append(kinds, button.Str("kind"))
	}
	require.Equal(t, []string{"notification", "set", "step", "action", "url"}, kinds)
	require.Equal(t, []flow.Row{{"id": int64(1), "name": "sale.action_confirm", "model": "sale.order"}}, tables["action"])
	require.True(t, tables["watch"][0].Bool("active"))
	require.False(t, tables["watch"][1].Bool("active"))
	back, file := written(t, bot)
	require.Equal(t, bot.Normal(), back, file)
	require.Contains(t, file, "      - {before: {uk: Країна, en: Country}, newline: true, field: partner_id.country_id, after: \"!\"}\n")
	require.Contains(t, file, "      - {name: Скасувати, set: state, value: cancel}\n")
	built := flow.Build(bot.Definition, flow.Definition{}, nil)
	for _, problem := range built.Problems {
		require.Equal(t, "problem.not_translated", problem.Key)
	}
	require.Len(t, built.Bot.Notifications, 2)
	require.Len(t, built.Bot.Notifications[1].Buttons, 5)
}

func TestMistakesInNotificationsAreNamedWithTheirPlace(t *testing.T) {
	t.Parallel()
	_, err := Parse("bot.yaml", []byte(`
bot: {code: a, name: A}
steps: [{code: a, type: buttons, answers: [{name: X, notification: order, personal: partner.id}]}]
notifications:
  - code: orders
    model: Sale order
    mode: lists
    lines: [name, {feild: name}, {field: a.b.c}, {field: Total}]
    buttons:
      - {name: A}
      - {name: B, set: state, step: a}
      - {step: nowhere, name: C}
      - {name: D, notification: ordrs, field: x}
  - {code: orders, model: sale.order}
  - {code: my orders}
events: [{notification: orders, trigger: updated}]
`))
	require.Equal(t, []string{
		`bot.yaml:3:68: there is no notification with the code “order” in this file, so “notification” shows nothing. Did you mean “orders”?`,
		`bot.yaml:3:85: “partner.id” is no name of a field here. Write one technical name that Odoo has, such as partner_id or amount_total.`,
		`bot.yaml:6:12: “Sale order” is no name of a model. Write the technical name that Odoo has for it, such as sale.order or res.partner. Did you mean “sale.order”?`,
		`bot.yaml:7:11: “mode” cannot be “lists”. Possible: each, list. Did you mean “list”?`,
		`bot.yaml:8:13: “name” stands where lines like “key: value” are needed.`,
		`bot.yaml:8:20: “feild” is not known here. Possible: before, newline, field, after. Did you mean “field”?`,
		`bot.yaml:8:42: “a.b.c” goes too far: a line shows a field, or one field behind it, such as partner_id.city.`,
		`bot.yaml:8:58: “Total” is no name of a field here. Write one technical name that Odoo has, such as partner_id or amount_total.`,
		`bot.yaml:10:9: it is not clear what this button does. Give it “step”, “notification” with “field”, “set” with “value”, “action” or “url”.`,
		`bot.yaml:11:9: a button cannot be of the kinds “step” and “set” at once. Keep one of them.`,
		`bot.yaml:12:16: there is no step with the code “nowhere” in this file, so “step” leads nowhere.`,
		`bot.yaml:13:33: there is no notification with the code “ordrs” in this file, so “notification” shows nothing. Did you mean “orders”?`,
		`bot.yaml:14:12: another notification has the code “orders” already. Give each notification a code of its own.`,
		`bot.yaml:15:12: the code “my orders” has signs that a notification's code cannot have. Use latin letters, digits and “_”, without spaces.`,
		`bot.yaml:16:10: “name” is missing or empty. Give it a value.`,
		`bot.yaml:16:42: “trigger” cannot be “updated”. Possible: create, update, date. Did you mean “update”?`,
	}, strings.Split(err.Error(), "\n"))
}

func TestNotificationThatNothingLeadsToIsAMistake(t *testing.T) {
	t.Parallel()
	_, err := Parse("bot.yaml", []byte("bot: {code: a, name: A}\nnotifications: [{code: orders, model: sale.order}]"))
	require.EqualError(t, err, "bot.yaml:2:24: no answer, event or button of this file leads to the notification “orders”. Use it, or delete it here.")
}

// An answer that lost its personal field would show everybody everything if the file left out that it is personal.
func TestPersonalAnswerStaysPersonalAlsoWithoutItsField(t *testing.T) {
	t.Parallel()
	definition := flow.Definition{Tables: map[string][]flow.Row{
		"bot":          {{"id": int64(7), "code": "a", "name": "A"}},
		"step":         {{"id": int64(8), "code": "s", "name": "s", "type": "buttons"}},
		"answer":       {{"id": int64(9), "step_id": int64(8), "name": "X", "notification_id": int64(5), "personal": true, "domain": "[('id', '=', 1)]"}},
		"notification": {{"id": int64(5), "code": "o", "name": "O", "model": "sale.order"}, {"id": int64(6), "code": "other", "name": "of another bot"}},
	}}
	back, file := written(t, Bot{Definition: definition})
	require.Contains(t, file, "- {name: X, notification: o, personal: \"\"}\n", "a domain that is not used is none")
	require.True(t, back.Definition.Tables["answer"][0].Bool("personal"))
	require.NotContains(t, file, "other")
}

func TestServerActionIsCalledByItsExternalIDAndElseInEnglish(t *testing.T) {
	t.Parallel()
	definition := flow.Definition{Tables: map[string][]flow.Row{
		"bot":          {{"id": int64(7), "code": "a", "name": "A", "lang": "uk_UA"}},
		"watch":        {{"id": int64(9), "name": "W", "notification_id": int64(5), "model": "sale.order", "trigger": "create", "active": true}},
		"notification": {{"id": int64(5), "code": "o", "name": "O", "model": "sale.order"}},
		"notification_button": {
			{"id": int64(1), "notification_id": int64(5), "kind": "action", "name": "A", "action_id": int64(70)},
			{"id": int64(2), "notification_id": int64(5), "kind": "action", "name": "B", "action_id": int64(71), "value": "left over"},
			{"id": int64(3), "notification_id": int64(5), "kind": "action", "name": "C"},
		},
		"action": {{"id": int64(70), "name": flow.Texts{"en_US": "Remind", "uk_UA": "Нагадати"}}, {"id": int64(71), "name": "Confirm", "xmlid": "sale.confirm"}},
	}}
	_, file := written(t, Bot{Definition: definition})
	require.Contains(t, file, "      - {name: A, action: Remind}\n      - {name: B, action: sale.confirm}\n      - {name: C, kind: action}\n")
}

func TestDiffTellsOfNotificationsAndEvents(t *testing.T) {
	t.Parallel()
	from, err := Parse("a.yaml", []byte(orders))
	require.NoError(t, err)
	changed := strings.NewReplacer("limit: 5", "limit: 7", "trigger: update", "trigger: create", "name: Скоро", "name: Пізніше").Replace(orders)
	to, err := Parse("b.yaml", []byte(changed))
	require.NoError(t, err)
	diff := Diff(from, to, "en")
	require.True(t, strings.HasPrefix(diff, "Notification orders “Замовлення”, also where other bots use it:\n  - limit: 5\n  + limit: 7\n"+
		"External event “Підтверджено”:\n  - trigger: update\n  + trigger: create\nNew external event “Пізніше”:\n  + name: Пізніше\n"), diff)
	require.True(t, strings.HasSuffix(diff, "The external event “Скоро” goes."), diff)
	require.Empty(t, Diff(from, from, "en"))
}
