package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegramtest"
	"github.com/krokbot/krok/odoo/rpc"
)

// leadsBot takes a request and makes an opportunity of it, and a lead for those who only ask.
const leadsBot = `bot:
  code: CODE
  name: Вигадане бюро
  lang: uk_UA
  tz: Europe/Kyiv
steps:
  - code: hello
    name: Привітання
    type: text
    aliases: [/start]
    text: "Вітаємо, {{ partner.name }}!"
    next: menu
  - code: menu
    name: Меню
    type: buttons
    text: "Чим допомогти?"
    answers:
      - {name: Замовити, next: wish}
      - {name: Запитати, next: question}
  - code: wish
    name: Побажання
    type: input
    text: "Що вам потрібно?"
    next: order
  - code: order
    name: Заявка
    type: lead
    lead_type: opportunity
    lead_tags: [Telegram-заявка]
    next: thanks
  - code: thanks
    name: Подяка
    type: text
    text: "Дякуємо! Номер заявки {{ answer.order }}."
    next: menu
  - code: question
    name: Питання
    type: lead
    lead_type: lead
    text: "Передаю ваше питання."
    next: menu
`

func TestARequestBecomesOneLeadWithItsConversationWhateverIsKilled(t *testing.T) {
	onBothFullOdoos(t, func(t *testing.T, w *world) {
		telegram := w.api.NewBot("made_up_bureau_bot")
		w.botOf(t, leadsBot, "bureau", telegram.Token())
		kill := w.serve(t)
		const clients = 8
		chats := make([]*telegramtest.Chat, clients)
		for i := range chats {
			chats[i] = telegram.Chat(telegramtest.User{FirstName: fmt.Sprint("Клієнт", i), LanguageCode: "uk"})
			chats[i].Send("/start")
			heard(t, chats[i], "Чим допомогти?")
			require.NoError(t, chats[i].Press("Замовити"))
			heard(t, chats[i], "Що вам потрібно?")
		}

		// krok is killed while it makes each of the leads, every time a little later
		for i, chat := range chats {
			chat.Send(wish(i))
			time.Sleep(time.Duration(i) * 60 * time.Millisecond)
			kill()
			kill = w.serve(t)
		}
		for _, chat := range chats {
			heard(t, chat, "Дякуємо! Номер заявки ")
			heard(t, chat, "Чим допомогти?")
		}
		sources := map[string]bool{}
		for i := range chats {
			leads := w.leads(t, i)
			require.Len(t, leads, 1, "client %d", i)
			require.Equal(t, "opportunity", leads[0].Str("type"))
			for _, field := range []string{"stage_id", "team_id", "partner_id", "source_id", "medium_id"} {
				id, _ := leads[0].Ref(field)
				require.NotZero(t, id, field)
			}
			_, source := leads[0].Ref("source_id")
			sources[source] = true
			transcript := w.chatter(t, leads[0].ID())
			require.Contains(t, transcript, "Що вам потрібно?")
			require.Equal(t, 1, strings.Count(transcript, "насіння"), transcript)
			require.Contains(t, transcript, "&lt;b&gt;насіння&lt;/b&gt; a&lt;b &amp; c&gt;d")
			require.Less(t, strings.Index(transcript, "/start"), strings.Index(transcript, "насіння"))
		}
		require.Len(t, sources, 1, "one source a bot")

		// a second press makes no second lead, a second visit does
		for range 2 {
			require.NoError(t, chats[0].Press("Запитати"))
		}
		heard(t, chats[0], "Передаю ваше питання.")
		require.Eventually(t, func() bool { return telegram.PendingUpdates() == 0 }, 60*time.Second, 50*time.Millisecond)
		require.Eventually(t, func() bool { return len(w.leads(t, 0)) == 2 }, 30*time.Second, 100*time.Millisecond)
		time.Sleep(6 * time.Second) // longer than a double press takes
		require.Len(t, w.leads(t, 0), 2)
		require.NoError(t, chats[0].Press("Запитати"))
		require.Eventually(t, func() bool { return len(w.leads(t, 0)) == 3 }, 30*time.Second, 100*time.Millisecond)

		// the record has every word once
		require.Eventually(t, func() bool {
			return w.count(t, "x_krok_message", []any{[]any{"x_text", "ilike", "насіння"}}) == clients
		}, 60*time.Second, 200*time.Millisecond)
		require.Eventually(t, func() bool {
			return w.count(t, "x_krok_message", []any{[]any{"x_text", "ilike", "Дякуємо!"}}) == clients
		}, 60*time.Second, 200*time.Millisecond)
	})
}

func wish(client int) string {
	return fmt.Sprintf("<b>насіння</b> a<b & c>d, %d тонн", client+1)
}

// leads are those of a client, the oldest first.
func (w *world) leads(t *testing.T, client int) []rpc.Record {
	t.Helper()
	rows, err := w.admin.SearchRead(t.Context(), "crm.lead", []any{[]any{"partner_id.name", "=", fmt.Sprint("Клієнт", client)}},
		[]string{"name", "type", "stage_id", "team_id", "partner_id", "source_id", "medium_id"}, rpc.WithArchived(), rpc.Order("id"))
	require.NoError(t, err)
	return rows
}

// chatter is what stands in the chatter of a lead.
func (w *world) chatter(t *testing.T, lead int64) string {
	t.Helper()
	rows, err := w.admin.SearchRead(t.Context(), "mail.message", []any{[]any{"model", "=", "crm.lead"}, []any{"res_id", "=", lead}}, []string{"body"})
	require.NoError(t, err)
	var all string
	for _, row := range rows {
		all += row.Str("body")
	}
	return all
}

func (w *world) count(t *testing.T, model string, domain []any) int64 {
	t.Helper()
	n, err := w.admin.SearchCount(t.Context(), model, domain)
	require.NoError(t, err)
	return n
}
