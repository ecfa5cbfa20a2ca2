package module_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/odootest/browser"
	"github.com/krokbot/krok/odoo/rpc"
)

// fill makes something to see in every list: a bot with steps of all types, a client who wrote, and problems.
func (w world) fill(t *testing.T) {
	t.Helper()
	groups := "user_ids"
	if w.Version < 19 {
		groups = "users"
	}
	w.write(t, "res.groups", w.Ref(t, "krok.group_service"), map[string]any{groups: []any{rpc.Link(w.client.UID())}})
	bot := w.create(t, "x_krok_bot", map[string]any{"x_name": "Зерно", "x_lang": "uk_UA", "x_tz": "Europe/Kyiv"})
	menu := w.create(t, "x_krok_step", map[string]any{
		"x_name": "Меню", "x_bot_id": bot, "x_type": "buttons", "x_text": "<p>З чим будемо працювати?</p>", "x_domain": `[("phone", "!=", False)]`,
		"x_answer_ids":   []any{[]any{0, 0, map[string]any{"x_name": "Ліди"}}, []any{0, 0, map[string]any{"x_name": "Замовлення"}}},
		"x_keyboard_ids": []any{[]any{0, 0, map[string]any{"x_name": "Мій номер", "x_kind": "contact", "x_place": "keyboard"}}},
		"x_inline_ids":   []any{[]any{0, 0, map[string]any{"x_name": "Сайт", "x_kind": "url", "x_place": "inline", "x_url": "https://example.com"}}},
	})
	w.create(t, "x_krok_step", map[string]any{"x_name": "Місто", "x_bot_id": bot, "x_type": "input", "x_next_id": menu, "x_text": "<p>Звідки ви?</p>"})
	welcome := w.create(t, "x_krok_step", map[string]any{
		"x_name": "Вітання", "x_bot_id": bot, "x_next_id": menu, "x_text": "<p>Вітаємо, <b>{{ partner.name }}</b>!</p>",
		"x_alias_ids": []any{[]any{0, 0, map[string]any{"x_name": "/start", "x_description": "Почати"}}},
		"x_media_ids": []any{[]any{0, 0, map[string]any{"x_name": "Прайс", "x_kind": "document", "x_file": "cHJpY2Vz", "x_filename": "prices.txt"}}},
	})
	w.procedure(t, "commit", map[string]any{"key": "views/1", "operations": []any{map[string]any{"kind": "open_chat", "args": map[string]any{
		"bot": bot, "telegram_id": "5000000001", "name": "Ганна Приклад", "lang": "uk"}}}})
	w.talk(t, bot, "5000000001")
	w.fillNotifications(t, bot, menu)
	w.procedure(t, "status", map[string]any{"bot": bot, "username": "zerno_example_bot", "running_since": "2026-01-02 03:04:05", "problems": []any{
		map[string]any{"level": "error", "step": welcome, "field": "Текст", "name": "Немає поля partner.nane.", "remedy": "Напишіть partner.name."},
		map[string]any{"level": "warning", "step": menu, "field": "", "name": "До кроку ніщо не веде.", "remedy": "Дайте йому псевдонім."},
	}})
}

// fillNotifications makes a notification of contacts, an answer that shows it, and an external event that sends it.
func (w world) fillNotifications(t *testing.T, bot, menu int64) {
	t.Helper()
	partners := w.model(t, "res.partner")
	w.create(t, "res.partner", map[string]any{"name": "Агрофірма «Нива»", "is_company": true, "country_id": w.Ref(t, "base.ua"), "ref": "first", "lang": "uk_UA"})
	notification := w.create(t, "x_krok_notification", map[string]any{
		"x_name": "Мої компанії", "x_model_id": partners, "x_domain": `[("ref", "=", "first")]`, "x_order": "name", "x_mode": "list", "x_header": "Ваші компанії:",
		"x_line_ids": []any{
			[]any{0, 0, map[string]any{"x_before": "Назва:", "x_field_id": w.partnerField(t, "name")}},
			[]any{0, 0, map[string]any{"x_before": "Країна:", "x_field_id": w.partnerField(t, "country_id"), "x_subfield_id": w.field(t, "res.country", "name"), "x_after": "."}},
			[]any{0, 0, map[string]any{"x_before": "Мова листування:", "x_newline": true, "x_field_id": w.partnerField(t, "lang")}},
			[]any{0, 0, map[string]any{"x_before": "Компанія:", "x_field_id": w.partnerField(t, "is_company")}},
		},
		"x_button_ids": []any{
			[]any{0, 0, map[string]any{"x_name": "До меню", "x_kind": "step", "x_target_id": menu}},
			[]any{0, 0, map[string]any{"x_name": "Це не компанія", "x_kind": "set", "x_field_id": w.partnerField(t, "is_company"), "x_value": "False"}},
		},
	})
	w.create(t, "x_krok_answer", map[string]any{
		"x_name": "Компанії", "x_step_id": menu, "x_notification_id": notification, "x_personal": true, "x_personal_field_id": w.partnerField(t, "parent_id"),
		"x_use_domain": true, "x_domain": `[("is_company", "=", True)]`,
	})
	w.create(t, "x_krok_watch", map[string]any{
		"x_name": "Нова адреса", "x_bot_id": bot, "x_notification_id": notification, "x_model_id": partners, "x_trigger": "update",
		"x_before_domain": `[("email", "=", False)]`, "x_domain": `[("email", "!=", False)]`, "x_recipient_field_id": w.partnerField(t, "parent_id"),
	})
}

// talk has a client say things to a bot, and the bot answer.
func (w world) talk(t *testing.T, bot int64, user string) {
	t.Helper()
	var lines []any
	for i, said := range []struct {
		in         bool
		text, file string
	}{
		{true, "/start", ""}, {false, "Вітаємо, Ганно!\nЗ чим будемо працювати?", ""}, {true, "[Замовлення]", ""}, {false, "Надішліть, будь ласка, реквізити.", ""},
		{true, "Ось вони", "реквізити.txt"}, {true, "І ще запитання: <b>скільки</b> коштує доставка до Львова, якщо замовити дві тонни насіння соняшнику й одну тонну добрив?", ""},
		{false, "Дякуємо! Менеджер відповість вам протягом години.", ""},
	} {
		line := map[string]any{
			"key": fmt.Sprint("talk/", i), "chat": user, "date": fmt.Sprintf("2026-01-02 03:%02d:05", i), "in": said.in, "author": "", "text": said.text,
			"content": "text", "step": 0, "start": i == 0, "file": said.file, "filename": said.file, "mimetype": "text/plain", "media": []any{},
		}
		if said.in {
			line["author"] = "Ганна Приклад"
		}
		lines = append(lines, line)
	}
	w.procedure(t, "journal", map[string]any{"bot": bot, "lines": lines, "files": map[string]any{"реквізити.txt": map[string]any{"data": "0KDQsNGF0YPQvdC+0Lo=", "checksum": ""}}})
}

func (w world) procedure(t *testing.T, name string, args map[string]any) {
	t.Helper()
	_, err := w.client.Run(t.Context(), w.find(t, "x_krok_procedure", is("x_name", name), "x_action")[0].Int("x_action"), args)
	require.NoError(t, err)
}

// screens are the menu entries with their models, and words that the form shows in each language.
var screens = []struct{ action, model, english, ukrainian string }{
	{"bot", "x_krok_bot", "Steps", "Кроки"},
	{"step", "x_krok_step", "Show only to partners with", "Показати лише партнеру з"},
	{"alias", "x_krok_alias", "Description in the command menu", "Опис у меню команд"},
	{"media", "x_krok_media", "Multimedia type", "Тип мультимедіа"},
	{"notification", "x_krok_notification", "Message part", "Частина повідомлення"},
	{"watch", "x_krok_watch", "Domain before the update", "Домен до зміни"},
	{"chat", "x_krok_chat", "Conversation", "Розмова"},
	{"message", "x_krok_message", "Direction", "Напрям"},
	{"problem", "x_krok_problem", "How to mend it", "Як виправити"},
}

// With KROK_TEST_PICTURES it leaves a picture of each in both languages, to be looked at.
func TestEveryListAndFormOpensAndSpeaksUkrainian(t *testing.T) {
	languages := []string{"uk_UA"}
	if os.Getenv("KROK_TEST_PICTURES") != "" {
		languages = []string{"en_US", "uk_UA"}
	}
	onInstalled(t, func(t *testing.T, w world) {
		w.fill(t)
		for _, lang := range languages {
			w.write(t, "res.users", w.client.UID(), map[string]any{"lang": lang})
			b := browser.New(t, w.Odoo)
			for _, screen := range screens {
				action := w.Ref(t, "krok.action_"+screen.action)
				b.OpenList(action)
				require.Empty(t, b.Problem(), screen.action)
				picture(t, w, b, screen.action+"-list-"+lang)

				ids, err := w.client.Search(t.Context(), screen.model, []any{}, rpc.Limit(1))
				require.NoError(t, err)
				b.Open(action, ids[0])
				require.Empty(t, b.Problem(), screen.action)
				words := map[string]string{"en_US": screen.english, "uk_UA": screen.ukrainian}[lang]
				require.Contains(t, strings.ToLower(b.Text()), strings.ToLower(words))
				picture(t, w, b, screen.action+"-form-"+lang)
			}
			for _, name := range []string{"bot", "media", "chat"} {
				b.OpenPath(w.kanban(t, name))
				b.WaitFor("the cards", `krok.all(".o_kanban_record").length`)
				require.Empty(t, b.Problem(), name)
				picture(t, w, b, name+"-kanban-"+lang)
			}
		}
	})
}

// kanban is the path of a menu entry's cards.
func (w world) kanban(t *testing.T, name string) string {
	t.Helper()
	action := w.Ref(t, "krok.action_"+name)
	if w.Version < 19 {
		return fmt.Sprintf("/web#action=%d&model=x_krok_%s&view_type=kanban", action, name)
	}
	return fmt.Sprintf("/odoo/action-%d?view_type=kanban", action)
}
