package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegramtest"
	"github.com/krokbot/krok/odoo/rpc"
)

// ordersBot shows clients their orders; what it shows is made in Odoo.
const ordersBot = `bot:
  code: CODE
  name: Вигадана крамниця
  lang: uk_UA
  tz: Europe/Kyiv
steps:
  - code: menu
    name: Меню
    type: buttons
    aliases: [/start]
    text: "Що показати?"
    answers:
      - {name: Мої замовлення}
  - code: ask
    name: Запитання
    type: input
    aliases: [питання]
    text: "Що саме запитати про {{ record.name }}?"
    next: menu
`

// shop is a world with a bot that shows orders.
type shop struct {
	*world
	telegram *telegramtest.Bot
	product  int64
	answer   int64
	notify   int64
	push     int64
}

func (w *world) create(t *testing.T, model string, values map[string]any) int64 {
	t.Helper()
	id, err := w.admin.Create(t.Context(), model, values)
	require.NoError(t, err)
	return id
}

func (w *world) found(t *testing.T, model string, domain ...any) int64 {
	t.Helper()
	ids, err := w.admin.Search(t.Context(), model, domain)
	require.NoError(t, err)
	require.Len(t, ids, 1, "%s %v", model, domain)
	return ids[0]
}

func (w *world) field(t *testing.T, model, name string) int64 {
	t.Helper()
	return w.found(t, "ir.model.fields", []any{"model", "=", model}, []any{"name", "=", name})
}

// shopOf makes a bot, a notification over orders with a button of each kind, and an external event for confirmed ones.
func (w *world) shopOf(t *testing.T) shop {
	t.Helper()
	s := shop{world: w, telegram: w.api.NewBot("made_up_orders_bot")}
	bot := w.botOf(t, ordersBot, "orders", s.telegram.Token())
	model := w.found(t, "ir.model", []any{"model", "=", "sale.order"})
	line := func(before, field string) []any {
		return []any{0, 0, map[string]any{"x_before": before, "x_field_id": w.field(t, "sale.order", field)}}
	}
	button := func(values map[string]any) []any { return []any{0, 0, values} }
	remind := w.create(t, "ir.actions.server", map[string]any{"name": "Remind", "model_id": model, "state": "code", "code": "record.write({'origin': (record.origin or '') + '!'})"})
	s.notify = w.create(t, "x_krok_notification", map[string]any{
		"x_name": "Замовлення", "x_model_id": model, "x_domain": "[('state', '!=', 'cancel')]", "x_order": "id", "x_empty": "Замовлень немає.",
		"x_line_ids": []any{line("№", "name"), line("Сума:", "amount_total"), line("Примітка:", "client_order_ref")},
		"x_button_ids": []any{
			button(map[string]any{"x_name": "Терміново", "x_kind": "set", "x_field_id": w.field(t, "sale.order", "client_order_ref"), "x_value": "Терміново"}),
			button(map[string]any{"x_name": "Нагадати", "x_kind": "action", "x_action_id": remind}),
			button(map[string]any{"x_name": "Запитати", "x_kind": "step", "x_target_id": w.step(t, "ask")}),
		},
	})
	s.answer = w.found(t, "x_krok_answer", []any{"x_step_id.x_bot_id", "=", bot})
	require.NoError(t, w.admin.Write(t.Context(), "x_krok_answer", []int64{s.answer}, map[string]any{
		"x_notification_id": s.notify, "x_personal": true, "x_personal_field_id": w.field(t, "sale.order", "partner_id"),
	}))
	s.push = w.create(t, "x_krok_watch", map[string]any{
		"x_name": "Підтверджено", "x_bot_id": bot, "x_notification_id": s.notify, "x_model_id": model, "x_trigger": "update",
		"x_before_domain": "[('state', '=', 'draft')]", "x_domain": "[('state', '=', 'sale')]", "x_recipient_field_id": w.field(t, "sale.order", "partner_id"),
	})
	s.product = w.create(t, "product.product", map[string]any{"name": "Насіння", "list_price": 617.25})
	return s
}

// order makes a quotation of a contact.
func (s shop) order(t *testing.T, partner int64, ref string) int64 {
	t.Helper()
	taxes := map[bool]string{true: "tax_ids", false: "tax_id"}[s.odoo.Version >= 19]
	return s.create(t, "sale.order", map[string]any{"partner_id": partner, "client_order_ref": ref,
		"order_line": []any{[]any{0, 0, map[string]any{"product_id": s.product, "product_uom_qty": 2, taxes: []any{rpc.Set()}}}}})
}

// partner is the contact of a client.
func (s shop) partner(t *testing.T, client *telegramtest.Chat) int64 {
	t.Helper()
	rows, err := s.admin.SearchRead(t.Context(), "x_krok_chat", []any{[]any{"x_telegram_id", "=", fmt.Sprint(client.ID())}}, []string{"x_partner_id"})
	require.NoError(t, err)
	require.Len(t, rows, 1)
	id, _ := rows[0].Ref("x_partner_id")
	return id
}

func (s shop) sale(t *testing.T, orders ...int64) {
	t.Helper()
	require.NoError(t, s.admin.Write(rpc.WithPatience(t.Context(), time.Minute), "sale.order", orders, map[string]any{"state": "sale"}))
}

func (s shop) orderRow(t *testing.T, order int64) rpc.Record {
	t.Helper()
	rows, err := s.admin.Read(t.Context(), "sale.order", []int64{order}, []string{"name", "client_order_ref", "origin"})
	require.NoError(t, err)
	return rows[0]
}

func TestAClientSeesAndChangesTheirOrdersAndHearsOfThem(t *testing.T) {
	onBothFullOdoos(t, func(t *testing.T, w *world) {
		s := w.shopOf(t)
		kill := w.serve(t)
		hanna := s.telegram.Chat(telegramtest.User{FirstName: "Ганна", LanguageCode: "uk"})
		hanna.Send("/start")
		heard(t, hanna, "Що показати?")
		require.NoError(t, hanna.Press("Мої замовлення"))
		heard(t, hanna, "Замовлень немає.")
		own := s.order(t, s.partner(t, hanna), "")
		other := s.order(t, w.create(t, "res.partner", map[string]any{"name": "Чужа"}), "чуже")

		// their own order, as Odoo shows it, and nobody else's
		hanna.Send("Мої замовлення")
		shown := heard(t, hanna, "№"+s.orderRow(t, own).Str("name"))
		require.Contains(t, strings.ReplaceAll(shown.Text, "\u00a0", " "), "1 234,50")
		hanna.Quiet(t, time.Second)

		// a change, once, with its word in the chatter and in the message itself
		require.NoError(t, hanna.PressOn(shown, "Терміново"))
		heard(t, hanna, "Готово: ")
		require.Equal(t, "Терміново", s.orderRow(t, own).Str("client_order_ref"))
		now, _ := hanna.Message(shown.ID)
		require.Contains(t, now.Text, "Примітка: Терміново")
		notes, err := w.admin.SearchCount(t.Context(), "mail.message", []any{[]any{"model", "=", "sale.order"}, []any{"res_id", "=", own}, []any{"body", "ilike", "Ганна у Telegram"}})
		require.NoError(t, err)
		require.Equal(t, int64(1), notes)
		require.NoError(t, hanna.PressOn(shown, "Нагадати"))
		heard(t, hanna, "Готово: ")
		require.Equal(t, "!", s.orderRow(t, own).Str("origin"))

		// a forged button reaches nothing
		data, _ := now.Button("Терміново")
		forged := strings.Replace(data.CallbackData, "-"+base36(own), "-"+base36(other), 1)
		require.NotEqual(t, data.CallbackData, forged)
		hanna.PressData(shown.ID, forged)
		heard(t, hanna, "Це вам більше не доступне.")
		require.Equal(t, "чуже", s.orderRow(t, other).Str("client_order_ref"))

		// the record goes along into a step, and the conversation stays there when something happens
		require.NoError(t, hanna.PressOn(now, "Запитати"))
		heard(t, hanna, "Що саме запитати про "+s.orderRow(t, own).Str("name"))
		s.sale(t, own)
		heard(t, hanna, "№"+s.orderRow(t, own).Str("name"))
		hanna.Send("Коли доставка?")
		heard(t, hanna, "Що показати?")

		// what happened while krok was down arrives once it is back, and once
		late := s.order(t, s.partner(t, hanna), "")
		kill()
		s.sale(t, late)
		kill = w.serve(t)
		heard(t, hanna, "№"+s.orderRow(t, late).Str("name"))
		hanna.Quiet(t, time.Second) // and krok has noted that it was sent
		kill()
		w.serve(t)
		require.Eventually(t, func() bool { return w.count(t, "x_krok_event", []any{[]any{"x_kind", "=", "record"}}) == 0 }, 60*time.Second, 200*time.Millisecond, "Odoo has forgotten them")
		hanna.Quiet(t, time.Second)
	})
}

func base36(id int64) string { return strconv.FormatInt(id, 36) }

func TestTwoHundredEventsReachTheirClientsOnce(t *testing.T) {
	onBothFullOdoos(t, func(t *testing.T, w *world) {
		s := w.shopOf(t)
		w.serve(t)
		const clients, each = 50, 4
		var orders [clients][each]int64
		names := map[int64]string{}
		chats := make([]*telegramtest.Chat, clients)
		for i := range chats {
			chats[i] = s.telegram.Chat(telegramtest.User{FirstName: fmt.Sprint("Клієнт", i), LanguageCode: "uk"})
			chats[i].Send("/start")
		}
		for i, chat := range chats {
			heard(t, chat, "Що показати?")
			partner := s.partner(t, chat)
			for n := range each {
				orders[i][n] = s.order(t, partner, "")
				names[orders[i][n]] = s.orderRow(t, orders[i][n]).Str("name")
			}
		}
		var mu sync.Mutex
		confirmed, took := map[string]time.Time{}, []time.Duration{}
		var listeners sync.WaitGroup
		for i, chat := range chats {
			listeners.Go(func() {
				for n := range each {
					name := names[orders[i][n]]
					chat.Until(t, func(m telegramtest.Message) bool { return strings.Contains(m.Text, "№"+name+"\n") })
					arrived := time.Now()
					mu.Lock()
					took = append(took, arrived.Sub(confirmed[name]))
					mu.Unlock()
				}
			})
		}
		for n := range each {
			for i := range chats {
				s.sale(t, orders[i][n])
				mu.Lock()
				confirmed[names[orders[i][n]]] = time.Now()
				mu.Unlock()
			}
		}
		listeners.Wait()
		require.Len(t, took, clients*each)
		slices.Sort(took)
		t.Logf("200 events from the commit to the chat: p50 %v, p99 %v, slowest %v", took[len(took)/2].Round(time.Millisecond), took[len(took)*99/100].Round(time.Millisecond), took[len(took)-1].Round(time.Millisecond))
		for i, chat := range chats {
			for n := range each {
				times := 0
				for _, message := range chat.Messages() {
					if strings.Contains(message.Text, "№"+names[orders[i][n]]+"\n") {
						times++
					}
				}
				require.Equal(t, 1, times)
			}
		}
	})
}
