package flow_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/script"
)

// orderShop is a bot whose menu shows orders, and what goes with them.
func orderShop(change func(tables map[string][]flow.Row)) flow.Definition {
	tables := map[string][]flow.Row{
		"bot":   {{"id": 1, "code": "shop", "name": "Зерно", "lang": "uk_UA", "tz": "Europe/Kyiv"}},
		"step":  {{"id": 10, "code": "menu", "name": "Меню", "type": "buttons", "bot_id": 1, "text": flow.Texts{"uk_UA": "<p>Що показати?</p>"}}, {"id": 11, "code": "one", "name": "Замовлення", "type": "input", "bot_id": 1, "next_id": 10, "text": flow.Texts{"uk_UA": "<p>Питання щодо {{ record.name }} ({{ record.id }}) на {{ record.amount_total }}?</p>"}}},
		"alias": {{"id": 1, "name": "/start", "step_id": 10}},
		"answer": {
			{"id": 20, "name": flow.Texts{"uk_UA": "Мої замовлення"}, "step_id": 10, "notification_id": 30, "personal": true, "personal_field_id": 50},
			{"id": 21, "name": flow.Texts{"uk_UA": "Підтверджені"}, "step_id": 10, "notification_id": 30, "use_domain": true, "domain": "[('state', '=', 'sale')]"},
			{"id": 22, "name": flow.Texts{"uk_UA": "Товари"}, "step_id": 10, "notification_id": 31},
		},
		"button": {
			{"id": 1, "kind": "answer", "place": "keyboard", "answer_id": 20, "step_id": 10}, {"id": 2, "kind": "answer", "place": "keyboard", "answer_id": 21, "step_id": 10},
			{"id": 3, "kind": "answer", "place": "keyboard", "answer_id": 22, "step_id": 10},
		},
		"notification": {
			{"id": 30, "code": "orders", "name": "Замовлення", "model": "sale.order", "domain": "[('state', '!=', 'cancel')]", "mode": "each", "limit": 2, "header": flow.Texts{"uk_UA": "Ваші замовлення:"}, "empty": flow.Texts{"uk_UA": "Замовлень немає."}},
			{"id": 31, "code": "lines", "name": "Товари", "model": "sale.order.line", "mode": "list", "limit": 2},
		},
		"notification_line": {
			{"id": 40, "notification_id": 30, "sequence": 1, "before": flow.Texts{"uk_UA": "№"}, "field_id": 51},
			{"id": 41, "notification_id": 30, "sequence": 2, "before": flow.Texts{"uk_UA": "Сума:"}, "field_id": 52, "after": flow.Texts{"uk_UA": "з ПДВ"}},
			{"id": 42, "notification_id": 30, "sequence": 3, "before": flow.Texts{"uk_UA": "Менеджер:"}, "newline": true, "field_id": 53, "subfield_id": 54},
			{"id": 43, "notification_id": 31, "sequence": 1, "field_id": 55, "after": flow.Texts{"uk_UA": "– {{ record.price_unit }}"}},
		},
		"notification_button": {
			{"id": 60, "notification_id": 30, "sequence": 1, "name": flow.Texts{"uk_UA": "Товари"}, "kind": "notification", "related_id": 31, "field_id": 56},
			{"id": 61, "notification_id": 30, "sequence": 2, "name": flow.Texts{"uk_UA": "Скасувати"}, "kind": "set", "field_id": 57, "value": "cancel"},
			{"id": 62, "notification_id": 30, "sequence": 3, "name": flow.Texts{"uk_UA": "Запитати"}, "kind": "step", "target_id": 11},
			{"id": 63, "notification_id": 30, "sequence": 4, "name": flow.Texts{"uk_UA": "Нагадати"}, "kind": "action", "action_id": 77},
			{"id": 64, "notification_id": 30, "sequence": 5, "name": flow.Texts{"uk_UA": "На сайті"}, "kind": "url", "url": "https://shop.example/orders/{{ record.id }}"},
		},
		"watch": {{"id": 70, "bot_id": 1, "name": "Підтверджено", "notification_id": 30, "model": "sale.order", "trigger": "update", "domain": "[('state', '=', 'sale')]", "recipient_field_id": 50}},
		"field": {
			{"id": 50, "name": "partner_id", "model": "sale.order", "ttype": "many2one", "relation": "res.partner"},
			{"id": 51, "name": "name", "model": "sale.order", "ttype": "char"}, {"id": 52, "name": "amount_total", "model": "sale.order", "ttype": "monetary"},
			{"id": 53, "name": "user_id", "model": "sale.order", "ttype": "many2one", "relation": "res.users"}, {"id": 54, "name": "email", "model": "res.users", "ttype": "char"},
			{"id": 55, "name": "name", "model": "sale.order.line", "ttype": "char"},
			{"id": 56, "name": "order_line", "model": "sale.order", "ttype": "one2many", "relation": "sale.order.line"},
			{"id": 57, "name": "state", "model": "sale.order", "ttype": "selection"},
		},
		"action": {{"id": 77, "name": flow.Texts{"uk_UA": "Нагадати"}, "model": "sale.order"}},
	}
	if change != nil {
		change(tables)
	}
	return flow.Definition{Tables: tables}
}

// visit is one chat with the shop.
type visit struct {
	t       *testing.T
	bot     *flow.Bot
	scene   *script.Scene
	session flow.Session
	n       int
}

func enter(t *testing.T, definition flow.Definition) *visit {
	t.Helper()
	built := flow.Build(definition, flow.Definition{}, nil)
	require.NotNil(t, built.Bot, "%v", built.Problems)
	v := &visit{t: t, bot: built.Bot, scene: new(script.Scene)}
	for _, record := range [][2]string{
		{"sale.order 7", "name: S7; state: sale; amount_total: 1 200,00 ₴; partner_id: me; user_id: 2; user_id.email: olena@example.com; order_line: 71, 72, 73"},
		{"sale.order 8", "name: S8 <b>; state: draft; amount_total: 5,00 ₴; partner_id: me; order_line: "},
		{"sale.order 9", "name: S9; state: sale; amount_total: 7,00 ₴; partner_id: 99; order_line: 91"},
		{"sale.order 5", "name: S5; state: sale; amount_total: 9,00 ₴; partner_id: me; order_line: "},
		{"sale.order.line 71", "name: Ячмінь; price_unit: 1,00 ₴"}, {"sale.order.line 72", "name: Овес; price_unit: 1,00 ₴"},
		{"sale.order.line 73", "name: Жито; price_unit: 1,00 ₴"}, {"sale.order.line 91", "name: Чуже; price_unit: 1,00 ₴"},
	} {
		require.NoError(t, v.scene.Set(t.Context(), "record "+record[0], record[1]))
	}
	v.say("/start")
	return v
}

func (v *visit) turn(event flow.Event) []flow.Outgoing {
	v.t.Helper()
	v.n++
	event.ID, event.Bot, event.Chat, event.At = fmt.Sprint("u", v.n), "shop", "501", time.Date(2026, 5, 12, 9, 0, v.n, 0, time.UTC)
	event.From = flow.Person{ID: "501", FirstName: "Ганна", Lang: "uk"}
	engine := flow.Engine{Odoo: v.scene}
	var sent []flow.Outgoing
	for {
		result, err := engine.Turn(v.t.Context(), v.bot, v.session, event)
		require.NoError(v.t, err)
		v.session = result.Session
		sent = append(sent, result.Messages...)
		if result.Commit == nil {
			return sent
		}
		event, err = flow.CarryOut(v.t.Context(), v.scene, flow.Lent{}, event, *result.Commit)
		require.NoError(v.t, err)
	}
}

func (v *visit) say(text string) []flow.Outgoing {
	return v.turn(flow.Event{Kind: flow.KindMessage, Message: &flow.Message{Text: text, Content: flow.ContentText}})
}

func (v *visit) press(data string) []flow.Outgoing {
	return v.turn(flow.Event{Kind: flow.KindPress, Press: &flow.Press{Data: data, Message: 900}})
}

// data is that of a button of a message, by a part of its label.
func data(t *testing.T, message flow.Outgoing, label string) string {
	t.Helper()
	for _, row := range message.Inline {
		for _, button := range row {
			if button.Label == label {
				return button.Data
			}
		}
	}
	require.Failf(t, "no such button", "%q among %v", label, message.Inline)
	return ""
}

func said(messages []flow.Outgoing) []string {
	var all []string
	for _, message := range messages {
		all = append(all, message.Text.Text)
	}
	return all
}

func TestAClientIsShownTheirOwnRecordsPageByPage(t *testing.T) {
	t.Parallel()
	v := enter(t, orderShop(nil))
	sent := v.say("Мої замовлення")
	require.Len(t, sent, 3)
	require.Equal(t, "Ваші замовлення:", sent[0].Text.Text)
	var shown []string
	for {
		for _, message := range sent {
			if message.Text.Text != "Ваші замовлення:" {
				shown = append(shown, message.Text.Text)
			}
		}
		last := sent[len(sent)-1]
		more := last.Inline[len(last.Inline)-1][0]
		if more.Label != "Ще 1" {
			break
		}
		sent = v.press(more.Data)
	}
	require.Len(t, shown, 3, "not that of somebody else")
	require.Contains(t, shown, "№S7\nСума: 1 200,00 ₴ з ПДВ\nМенеджер:\nolena@example.com")
	require.Contains(t, shown, "№S8 <b>\nСума: 5,00 ₴ з ПДВ\nМенеджер:")
}

func TestADomainOfTheAnswerNarrowsThatOfTheNotification(t *testing.T) {
	t.Parallel()
	v := enter(t, orderShop(nil))
	require.NotContains(t, fmt.Sprint(said(v.say("Підтверджені"))), "S8")
	require.NoError(t, v.scene.Set(t.Context(), "record sale.order 7", "state: cancel"))
	require.NotContains(t, fmt.Sprint(said(v.say("Підтверджені"))), "S7")
}

func TestNothingFoundIsSaid(t *testing.T) {
	t.Parallel()
	v := enter(t, orderShop(nil))
	for _, id := range []int{5, 7, 8} {
		require.NoError(t, v.scene.Set(t.Context(), fmt.Sprint("record sale.order ", id), ""))
	}
	require.Equal(t, []string{"Замовлень немає."}, said(v.say("Мої замовлення")))
}

func TestAListTurnsItsPageInItsPlace(t *testing.T) {
	t.Parallel()
	v := enter(t, orderShop(nil))
	first := v.say("Товари")
	require.Len(t, first, 1)
	second := v.press(data(t, first[0], "1–2 з 4 »"))
	require.Len(t, second, 1)
	require.EqualValues(t, 900, second[0].Edit)
	require.NotEqual(t, first[0].Text.Text, second[0].Text.Text)
	back := v.press(data(t, second[0], "«"))
	require.Equal(t, first[0].Text.Text, back[0].Text.Text)
}

func TestAButtonShowsTheRecordsThatARecordLeadsTo(t *testing.T) {
	t.Parallel()
	v := enter(t, orderShop(func(tables map[string][]flow.Row) { tables["notification"][0]["limit"] = 10 }))
	orders := v.say("Мої замовлення")
	for _, order := range orders[1:] {
		if order.Text.Text[:len("№S7")] != "№S7" {
			continue
		}
		lines := v.press(data(t, order, "Товари"))
		require.Len(t, lines, 1)
		require.NotContains(t, lines[0].Text.Text, "Чуже")
		page := v.press(data(t, lines[0], "1–2 з 3 »"))
		require.NotContains(t, page[0].Text.Text, "Чуже")
		return
	}
	t.Fatal("no order S7")
}

// orderOf presses a button of the order S7 among the client's own.
func (v *visit) pressOf(label string) []flow.Outgoing {
	v.t.Helper()
	return v.press("n.ak." + map[string]string{"Товари": "1o", "Скасувати": "1p", "Запитати": "1q", "Нагадати": "1r"}[label] + "-7")
}

func TestAChangeIsMadeOnceAndShownInTheMessage(t *testing.T) {
	t.Parallel()
	v := enter(t, orderShop(nil))
	sent := v.pressOf("Нагадати")
	require.Equal(t, []string{"№S7\nСума: 1 200,00 ₴ з ПДВ\nМенеджер:\nolena@example.com", "Готово: S7"}, said(sent))
	require.EqualValues(t, 900, sent[0].Edit)
	sent = v.pressOf("Скасувати")
	require.Equal(t, "Готово: S7", sent[len(sent)-1].Text.Text)
	require.EqualValues(t, 900, sent[0].Edit)
	require.Empty(t, sent[0].Inline, "it has left the notification's domain")
	require.Empty(t, sent[0].Text.Text)
	require.Equal(t, "Це вам більше не доступне.", v.pressOf("Скасувати")[0].Text.Text)
	changes := 0
	for _, operation := range v.scene.Executed() {
		if operation.Kind == flow.SetRecord && operation.Args["record"] == int64(7) {
			changes++
		}
	}
	require.Equal(t, 2, changes, "the second one reached nothing")
}

func TestWhatOdooRefusesToDoIsToldInItsWords(t *testing.T) {
	t.Parallel()
	v := enter(t, orderShop(nil))
	require.NoError(t, v.scene.Set(t.Context(), "refuses", "Замовлення вже відправлено."))
	require.Equal(t, []string{"Це не вдалося: Замовлення вже відправлено."}, said(v.pressOf("Скасувати")))
}

func TestAStepKnowsTheRecordThatLedToIt(t *testing.T) {
	t.Parallel()
	v := enter(t, orderShop(nil))
	require.Equal(t, []string{"Питання щодо S7 (7) на 1 200,00 ₴?"}, said(v.pressOf("Запитати")))
	require.NoError(t, v.scene.Set(t.Context(), "record sale.order 7", "partner_id: 99"))
	v.say("щось")
	require.Equal(t, "Це вам більше не доступне.", v.pressOf("Запитати")[0].Text.Text)
}

func TestForgedButtonsReachNoRecordOfSomebodyElse(t *testing.T) {
	t.Parallel()
	v := enter(t, orderShop(nil))
	for _, forged := range []string{
		"n.ak.1p-9",                            // another client's order
		"n.ak.1o-9.p0",                         // its lines
		"n.ak.1o-7.1p-9",                       // a button of another notification behind its own order
		"n.w1y.1p-9", "n.w1y.1o-9", "n.w1y.p0", // through an external event that concerned another client
		"n.ak.zz-7", "n.ak", "n.a9.1p-7", "n.x1.1p-7", "n.ak.1p-7.1p-7.1p-7", "n.", "n.ak.1P-7", "n.ak.p-1",
	} {
		for _, message := range v.press(forged) {
			require.NotContains(t, message.Text.Text, "S9", forged)
			require.NotContains(t, message.Text.Text, "Чуже", forged)
			require.NotContains(t, message.Text.Text, "Готово", forged)
		}
	}
	require.Equal(t, "Це вам більше не доступне.", v.press("n.ak.1p-9")[0].Text.Text)
}

func TestAnExternalEventShowsItsRecordAndLeavesTheConversationWhereItIs(t *testing.T) {
	t.Parallel()
	v := enter(t, orderShop(nil))
	v.pressOf("Запитати")
	before := v.session
	sent := v.turn(flow.Event{Kind: flow.KindNotice, Notice: &flow.Notice{Watch: 70, Record: 7}})
	require.Equal(t, "№S7\nСума: 1 200,00 ₴ з ПДВ\nМенеджер:\nolena@example.com", sent[len(sent)-1].Text.Text)
	require.Equal(t, before, v.session)
	require.Contains(t, fmt.Sprint(said(v.press(data(t, sent[len(sent)-1], "Товари")))), "Ячмінь")
	require.NoError(t, v.scene.Set(t.Context(), "record sale.order 7", "state: cancel"))
	require.Empty(t, v.turn(flow.Event{Kind: flow.KindNotice, Notice: &flow.Notice{Watch: 70, Record: 7}}), "it is not in the notification's domain any more")
}

func TestAMistakeInANotificationLeavesItsLastGoodFormAndIsNamed(t *testing.T) {
	t.Parallel()
	good := flow.Build(orderShop(nil), flow.Definition{}, nil)
	require.Empty(t, good.Problems)
	for name, change := range map[string]func(tables map[string][]flow.Row){
		"problem.bad_domain":                    func(tables map[string][]flow.Row) { tables["notification"][0]["domain"] = "[(" },
		"problem.notification_no_model":         func(tables map[string][]flow.Row) { tables["notification"][0]["model"] = "" },
		"problem.notification_no_lines":         func(tables map[string][]flow.Row) { tables["notification_line"] = tables["notification_line"][3:] },
		"problem.notification_field_gone":       func(tables map[string][]flow.Row) { tables["field"][1]["name"] = "" },
		"problem.record_button_no_field":        func(tables map[string][]flow.Row) { delete(tables["notification_button"][1], "field_id") },
		"problem.record_button_no_action":       func(tables map[string][]flow.Row) { delete(tables["notification_button"][3], "action_id") },
		"problem.button_bad_url":                func(tables map[string][]flow.Row) { tables["notification_button"][4]["url"] = "shop" },
		"problem.notification_field_unreadable": func(tables map[string][]flow.Row) { tables["field"][1]["shown"] = "unreadable" },
	} {
		changed := orderShop(change)
		built := flow.Build(changed, good.Good, nil)
		var keys []string
		for _, problem := range built.Problems {
			keys = append(keys, problem.Key)
			require.Contains(t, problem.What("uk"), "Замовлення", name)
			require.NotEmpty(t, problem.Remedy("uk"))
		}
		require.Contains(t, keys, name)
		require.NotNil(t, built.Bot.Notifications[30], name)
		require.Equal(t, "sale.order", built.Bot.Notifications[30].Model)
		require.Len(t, built.Bot.Notifications[30].Buttons, 5)
	}
}

func TestProblemsOfAnswersAndExternalEventsAreNamed(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(tables map[string][]flow.Row){
		"problem.personal_no_field":      func(tables map[string][]flow.Row) { delete(tables["answer"][0], "personal_field_id") },
		"problem.personal_without_login": func(tables map[string][]flow.Row) { tables["answer"][0]["personal_field_id"] = 53 },
		"problem.watch_no_notification":  func(tables map[string][]flow.Row) { delete(tables["watch"][0], "notification_id") },
		"problem.watch_other_model":      func(tables map[string][]flow.Row) { tables["watch"][0]["model"] = "project.task" },
		"problem.watch_domain_moves": func(tables map[string][]flow.Row) {
			tables["watch"][0]["domain"] = "[('date_order', '>', context_today())]"
		},
		"problem.watch_no_date":             func(tables map[string][]flow.Row) { tables["watch"][0]["trigger"] = "date" },
		"problem.watch_no_recipient":        func(tables map[string][]flow.Row) { delete(tables["watch"][0], "recipient_field_id") },
		"problem.record_button_no_relation": func(tables map[string][]flow.Row) { tables["notification_button"][0]["related_id"] = 30 },
		"problem.record_button_no_step":     func(tables map[string][]flow.Row) { tables["notification_button"][2]["target_id"] = 99 },
	} {
		var keys []string
		for _, problem := range flow.Build(orderShop(change), flow.Definition{}, nil).Problems {
			keys = append(keys, problem.Key)
			require.NotEmpty(t, problem.Remedy("uk"))
		}
		require.Contains(t, keys, name)
	}
}

func TestAnExternalEventReachesAChatThatKrokHasForgotten(t *testing.T) {
	t.Parallel()
	v := enter(t, orderShop(func(tables map[string][]flow.Row) {
		tables["notification"][0]["header"] = flow.Texts{"uk_UA": "{{ partner.name | Шановний клієнте }}!"}
	}))
	v.session = flow.Session{}
	sent := v.turn(flow.Event{Kind: flow.KindNotice, Notice: &flow.Notice{Watch: 70, Record: 7}})
	require.Equal(t, "Шановний клієнте!", sent[0].Text.Text)
	require.Contains(t, sent[1].Text.Text, "№S7")
}

func TestAForgedButtonOfAStepForOthersReachesNothing(t *testing.T) {
	t.Parallel()
	v := enter(t, orderShop(func(tables map[string][]flow.Row) {
		tables["step"] = append(tables["step"], flow.Row{"id": 12, "code": "vip", "name": "VIP", "type": "buttons", "bot_id": 1, "domain": "[('ref', '=', 'VIP')]", "text": flow.Texts{"uk_UA": "<p>Для своїх</p>"}})
		tables["answer"] = append(tables["answer"], flow.Row{"id": 25, "name": flow.Texts{"uk_UA": "Усі замовлення"}, "step_id": 12, "notification_id": 30})
	}))
	for _, forged := range []string{"n.ap.p0", "n.ap.1p-9", "n.ap.1q-9"} {
		require.Equal(t, "Це вам більше не доступне.", v.press(forged)[0].Text.Text, forged)
	}
	require.NoError(t, v.scene.Set(t.Context(), "partner.ref", "VIP"))
	require.Contains(t, fmt.Sprint(said(v.press("n.ap.p0"))), "S7")
}

func TestWhoseContactIsNotKnownYetWaitsAndIsNotToldThatTheyHaveNothing(t *testing.T) {
	t.Parallel()
	v := enter(t, orderShop(nil))
	v.session.Partner = 0
	answered := flow.Event{ID: "u8", Bot: "shop", Chat: "501", Kind: flow.KindMessage, Message: &flow.Message{Text: "Мої замовлення", Content: flow.ContentText}}
	pressed := flow.Event{ID: "u9", Bot: "shop", Chat: "501", Kind: flow.KindPress, Press: &flow.Press{Data: "n.ak.1p-7"}}
	ofEvent := flow.Event{ID: "u10", Bot: "shop", Chat: "501", Kind: flow.KindPress, Press: &flow.Press{Data: "n.w1y.1p-7"}}
	for _, event := range []flow.Event{answered, pressed, ofEvent} {
		v.waits(event)
	}
}

// waits sees that an event is not answered before Odoo has said whose the chat is.
func (v *visit) waits(event flow.Event) {
	t := v.t
	t.Helper()
	failed := flow.ResultOf(event, flow.Commit{Then: flow.Then{Replay: true}}, flow.CommitResult{Failed: true})
	result, err := (flow.Engine{Odoo: v.scene}).Turn(t.Context(), v.bot, v.session, failed)
	require.NoError(t, err)
	require.Empty(t, result.Messages)
	require.NotNil(t, result.Commit)
	require.False(t, result.Commit.Optional, "it waits for Odoo")
}
