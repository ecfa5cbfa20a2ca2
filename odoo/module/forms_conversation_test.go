package module_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/odootest/browser"
	"github.com/krokbot/krok/odoo/rpc"
)

// An operator reads a conversation from top to bottom, finds it by what was said, and sees it with the contact, the newest first.
func TestAnOperatorReadsConversationsInTheirForms(t *testing.T) {
	onInstalled(t, func(t *testing.T, w world) {
		w.fill(t)
		operator := w.user(t, "group_operator")
		chats := w.find(t, "x_krok_chat", is("x_telegram_id", "5000000001"), "x_partner_id")
		require.Len(t, chats, 1)
		for lang, words := range map[string]struct{ conversation, dialogues, messages string }{
			"en_US": {"Conversation", "Dialogues", "Messages"}, "uk_UA": {"Розмова", "Діалоги", "Повідомлення"},
		} {
			w.write(t, "res.users", operator.UID(), map[string]any{"lang": lang})
			b := browser.As(t, w.Odoo, operator.Login(), "a long enough password")
			b.Open(w.Ref(t, "krok.action_chat"), chats[0].ID())
			require.Empty(t, b.Problem())
			b.WaitFor("the lines", `document.body.innerText.includes("Менеджер відповість")`)
			require.Equal(t, []string{"/start", "Вітаємо", "[Замовлення]", "реквізити", "Ось вони", "І ще запитання: <b>", "Менеджер"},
				inOrder(b.Text(), "Менеджер", "/start", "[Замовлення]", "Вітаємо", "реквізити", "І ще запитання: <b>", "Ось вони"))
			require.Contains(t, b.Text(), words.conversation)
			picture(t, w, b, "conversation-"+lang)

			b.Click(words.messages)
			b.WaitFor("the list of lines", `document.querySelectorAll(".o_list_view .o_data_row, .o_list_renderer .o_data_row").length === 7`)
			require.Empty(t, b.Problem())
			picture(t, w, b, "conversation-lines-"+lang)

			b.Open(w.Ref(t, "krok.action_contact"), first(chats[0].Ref("x_partner_id")))
			b.Tab(words.dialogues)
			b.WaitFor("the lines", `document.body.innerText.includes("Менеджер відповість")`)
			require.Empty(t, b.Problem())
			require.Equal(t, []string{"Менеджер", "[Замовлення]", "/start"}, inOrder(b.Text(), "/start", "[Замовлення]", "Менеджер"))
			picture(t, w, b, "contact-dialogues-"+lang)
		}
		found, err := operator.SearchCount(t.Context(), "x_krok_chat", []any{[]any{"x_message_ids.x_text", "ilike", "тонни НАСІННЯ"}})
		require.NoError(t, err)
		require.Equal(t, int64(1), found)
	})
}

func TestWhoeverIsNeitherAdministratorNorOperatorSeesNoDialoguesOfAContact(t *testing.T) {
	onInstalled(t, func(t *testing.T, w world) {
		w.fill(t)
		chats := w.find(t, "x_krok_chat", is("x_telegram_id", "5000000001"), "x_partner_id")
		_, clerk := w.person(t, "clerk", "base.group_user", "base.group_partner_manager")
		w.write(t, "res.users", clerk.UID(), map[string]any{"lang": "en_US"})
		b := browser.As(t, w.Odoo, "clerk", "a long enough password")
		b.Open(w.Ref(t, "contacts.action_contacts"), first(chats[0].Ref("x_partner_id")))
		require.Empty(t, b.Problem())
		require.Contains(t, b.Text(), "Notes")
		require.NotContains(t, b.Text(), "Dialogues")
		require.NotContains(t, b.Text(), "Messages")
		_, err := clerk.SearchRead(t.Context(), "x_krok_message", []any{}, []string{"x_text"})
		require.True(t, rpc.IsKind(err, rpc.KindAccess), "%v", err)
	})
}

// inOrder gives words in the order in which a text has them.
func inOrder(text string, words ...string) []string {
	slices.SortFunc(words, func(a, b string) int { return strings.Index(text, a) - strings.Index(text, b) })
	return words
}
