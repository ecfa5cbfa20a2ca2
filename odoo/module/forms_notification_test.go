package module_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/odootest/browser"
)

// The message part and the preview follow every edit, long before the form is saved, and pickers offer only what belongs to the model.
func TestANotificationIsBuiltInItsForm(t *testing.T) {
	onInstalled(t, func(t *testing.T, w world) {
		w.create(t, "res.partner", map[string]any{"name": "Марта Приклад", "city": "Полтава", "country_id": w.Ref(t, "base.ua"), "function": "agronomist"})
		firms := w.create(t, "x_krok_notification", map[string]any{"x_name": "Firms", "x_model_id": w.model(t, "res.partner")})
		for name, model := range map[string]string{"Greet the person": "res.partner", "Greet the country": "res.country"} {
			w.create(t, "ir.actions.server", map[string]any{"name": name, "model_id": w.model(t, model), "state": "code", "code": "pass"})
		}
		b := w.asAdministrator(t)
		b.OpenNew(w.Ref(t, "krok.action_notification"))
		b.Fill("x_name", "Agronomists")
		b.Pick("x_model_id", "Contact")
		b.AddRule("x_domain", "function", "Job Position", "is set")
		b.Fill("x_header", "Our people:")

		b.AddLine("x_line_ids")
		b.Fill("x_line_ids/x_before", "Where:")
		require.Empty(t, offered(b, "x_line_ids", "x_field_id", "Token"), "a field of bots")
		require.NotEmpty(t, offered(b, "x_line_ids", "x_field_id", "City"))
		require.False(t, b.Shows("x_line_ids/x_subfield_id"))
		b.Pick("x_line_ids/x_field_id", "City")
		require.False(t, b.Shows("x_line_ids/x_subfield_id"), "a city leads nowhere")
		shows(b, "x_message_part", "Where: {city}")
		shows(b, "x_preview", "Our people:\n\nWhere: Полтава")

		b.AddLine("x_line_ids")
		b.Pick("x_line_ids/x_field_id", "Country")
		require.Empty(t, offered(b, "x_line_ids", "x_subfield_id", "City"), "a field of contacts")
		b.Pick("x_line_ids/x_subfield_id", "Country Code")
		b.Fill("x_line_ids/x_after", "(code)")
		shows(b, "x_message_part", "Where: {city}\n{country_id.code} (code)")
		shows(b, "x_preview", "Our people:\n\nWhere: Полтава\nUA (code)")
		b.OpenLine("x_line_ids", "Where:")
		b.Check("x_line_ids/x_newline", true)
		shows(b, "x_message_part", "Where:\n{city}\n{country_id.code} (code)")
		shows(b, "x_preview", "Our people:\n\nWhere:\nПолтава\nUA (code)")
		picture(t, w, b, "notification-built")

		w.addRecordButtons(t, b)
		b.Save()
		rows := w.find(t, "x_krok_notification", is("x_name", "Agronomists"), "x_code", "x_line_ids", "x_button_ids", "x_domain")
		require.Len(t, rows, 1)
		require.Equal(t, "agronomists", rows[0].Str("x_code"))
		require.Contains(t, rows[0].Str("x_domain"), "function")
		lines := w.find(t, "x_krok_notification_line", is("x_notification_id", rows[0].ID()), "x_field_id", "x_subfield_id", "x_newline")
		require.Len(t, lines, 2)
		require.Equal(t, w.partnerField(t, "city"), first(lines[0].Ref("x_field_id")))
		require.True(t, lines[0].Bool("x_newline"))
		require.Equal(t, w.field(t, "res.country", "code"), first(lines[1].Ref("x_subfield_id")))
		buttons := w.find(t, "x_krok_notification_button", is("x_notification_id", rows[0].ID()), "x_kind", "x_field_id", "x_value", "x_url", "x_related_id", "x_action_id")
		require.Len(t, buttons, 4)
		require.Equal(t, w.partnerField(t, "city"), first(buttons[0].Ref("x_field_id")))
		require.Equal(t, "Київ", buttons[0].Str("x_value"))
		require.Equal(t, "https://example.com/{{ record.id }}", buttons[1].Str("x_url"))
		require.Equal(t, firms, first(buttons[2].Ref("x_related_id")))
		require.Equal(t, w.partnerField(t, "parent_id"), first(buttons[2].Ref("x_field_id")))
		require.NotZero(t, first(buttons[3].Ref("x_action_id")))
	})
}

// addRecordButtons adds one of each kind but the first. The dialog shows what the kind needs.
func (w world) addRecordButtons(t *testing.T, b *browser.Browser) {
	t.Helper()
	needs := map[string][]string{
		"Go to a step": {"x_target_id"}, "Run another notification": {"x_related_id", "x_field_id"}, "Set a field": {"x_field_id", "x_value"},
		"Run a server action": {"x_action_id"}, "Open a link": {"x_url"},
	}
	b.Tab("Buttons")
	b.AddLine("x_button_ids")
	b.Fill("x_name", "Moved to Kyiv")
	for kind, fields := range needs {
		b.Choose("x_kind", kind)
		for _, field := range []string{"x_target_id", "x_related_id", "x_field_id", "x_value", "x_action_id", "x_url"} {
			require.Equal(t, slices.Contains(fields, field), b.Shows(field), "%s: %s", kind, field)
		}
	}
	b.Choose("x_kind", "Set a field")
	require.Empty(t, offered(b, "", "x_field_id", "Token"), "a field of bots")
	b.Pick("x_field_id", "City")
	b.Fill("x_value", "Київ")
	picture(t, w, b, "record-button")
	b.Click("Save & Close")
	b.AddLine("x_button_ids")
	b.Fill("x_name", "On the site")
	b.Choose("x_kind", "Open a link")
	b.Fill("x_url", "https://example.com/{{ record.id }}")
	b.Click("Save & Close")
	b.AddLine("x_button_ids")
	b.Fill("x_name", "Their firm")
	b.Choose("x_kind", "Run another notification")
	b.Pick("x_related_id", "Firms")
	require.Empty(t, offered(b, "", "x_field_id", "Country"), "leads to no records of that notification")
	b.Pick("x_field_id", "Related Company")
	b.Click("Save & Close")
	b.AddLine("x_button_ids")
	b.Fill("x_name", "Greet")
	b.Choose("x_kind", "Run a server action")
	require.Equal(t, []string{"Greet the person"}, offered(b, "", "x_action_id", "Greet"))
	b.Pick("x_action_id", "Greet the person")
	b.Click("Save & Close")
	picture(t, w, b, "record-buttons")
}

// asAdministrator opens a browser as somebody who builds bots, and has no right to Odoo's settings.
func (w world) asAdministrator(t *testing.T) *browser.Browser {
	t.Helper()
	user := w.user(t, "group_administrator")
	w.write(t, "res.users", user.UID(), map[string]any{"lang": "en_US"})
	return browser.As(t, w.Odoo, user.Login(), "a long enough password")
}

func TestAnAnswerIsGivenANotificationInItsDialog(t *testing.T) {
	onInstalled(t, func(t *testing.T, w world) {
		w.fill(t)
		menu := w.find(t, "x_krok_step", is("x_name", "Меню"))[0].ID()
		b := browser.New(t, w.Odoo)
		b.Open(w.Ref(t, "krok.action_step"), menu)
		b.Tab("Answers")
		b.AddLine("x_answer_ids")
		b.Fill("x_name", "My colleagues")
		require.False(t, b.Shows("x_personal"))
		require.False(t, b.Shows("x_use_domain"))
		picture(t, w, b, "answer-plain")
		b.Pick("x_notification_id", "Мої компанії")
		require.False(t, b.Shows("x_personal_field_id"))
		require.False(t, b.Shows("x_domain"))
		b.Check("x_personal", true)
		require.Empty(t, offered(b, "", "x_personal_field_id", "Country"), "leads to no client")
		b.Pick("x_personal_field_id", "Salesperson")
		b.Check("x_use_domain", true)
		b.AddRule("x_domain", "city", "City", "is set")
		b.Pick("x_next_id", "Місто")
		picture(t, w, b, "answer-notification")
		b.Click("Save & Close")
		b.Save()
		picture(t, w, b, "answers-en")

		answers := w.find(t, "x_krok_answer", is("x_name", "My colleagues"), "x_step_id", "x_personal", "x_personal_field_id", "x_use_domain", "x_domain")
		require.Len(t, answers, 1)
		require.Equal(t, menu, first(answers[0].Ref("x_step_id")))
		require.Equal(t, w.partnerField(t, "user_id"), first(answers[0].Ref("x_personal_field_id")))
		require.Contains(t, answers[0].Str("x_domain"), "city")

		w.write(t, "res.users", w.client.UID(), map[string]any{"lang": "uk_UA"})
		b = browser.New(t, w.Odoo)
		b.Open(w.Ref(t, "krok.action_step"), menu)
		b.Tab("Відповіді")
		b.OpenLine("x_answer_ids", "Компанії")
		for _, words := range []string{"Особисті дані", "Пошук за особистим полем", "Використовуйте новий домен", "Перейти до кроку", "Сповіщення"} {
			require.Contains(t, b.Text(), words)
		}
		picture(t, w, b, "answer-notification-uk")
		b.Open(w.Ref(t, "krok.action_notification"), w.find(t, "x_krok_notification", is("x_name", "Мої компанії"))[0].ID())
		b.Tab("Кнопки")
		picture(t, w, b, "record-buttons-uk")
		b.OpenLine("x_button_ids", "Це не компанія")
		picture(t, w, b, "record-button-uk")
	})
}

func TestAnExternalEventShowsWhatItsTriggerUses(t *testing.T) {
	onInstalled(t, func(t *testing.T, w world) {
		w.fill(t)
		b := w.asAdministrator(t)
		b.OpenNew(w.Ref(t, "krok.action_watch"))
		b.Fill("x_name", "Birthday")
		b.Pick("x_bot_id", "Зерно")
		b.Pick("x_model_id", "Contact")
		require.True(t, b.Shows("x_before_domain"))
		require.False(t, b.Shows("x_date_field_id"))
		b.Choose("x_trigger", "Creation")
		require.False(t, b.Shows("x_before_domain"))
		require.False(t, b.Shows("x_date_offset"))
		b.Choose("x_trigger", "Date has come")
		require.False(t, b.Shows("x_before_domain"))
		require.Empty(t, offered(b, "", "x_date_field_id", "City"), "no date")
		b.Pick("x_date_field_id", "Last Updated on")
		b.Fill("x_date_offset", "-2")
		b.Choose("x_date_unit", "Hours")
		b.Pick("x_notification_id", "Мої компанії")
		require.Empty(t, offered(b, "", "x_recipient_field_id", "Country"), "leads to nobody")
		b.Pick("x_recipient_field_id", "Salesperson")
		b.AddRule("x_domain", "city", "City", "is set")
		b.Save()
		picture(t, w, b, "watch-date")

		rows := w.find(t, "x_krok_watch", is("x_name", "Birthday"), "x_date_field_id", "x_date_offset", "x_date_unit", "x_active", "x_recipient_field_id", "x_domain")
		require.Len(t, rows, 1)
		require.True(t, rows[0].Bool("x_active"))
		require.Equal(t, w.partnerField(t, "write_date"), first(rows[0].Ref("x_date_field_id")))
		require.Equal(t, int64(-2), rows[0].Int("x_date_offset"))
		require.Equal(t, "hours", rows[0].Str("x_date_unit"))
		require.Contains(t, rows[0].Str("x_domain"), "city")

		w.write(t, "x_krok_watch", rows[0].ID(), map[string]any{"x_active": false})
		b.Open(w.Ref(t, "krok.action_watch"), rows[0].ID())
		require.Contains(t, strings.ToLower(b.Text()), "archived")
	})
}

// shows waits until a field shows a text, line by line.
func shows(b *browser.Browser, field, text string) {
	b.WaitFor(fmt.Sprintf("%s to show %q", field, text), fmt.Sprintf("krok.field(%q) && krok.field(%[1]q).innerText.trim() === %q", field, text))
}

// offered is what a many2one suggests for some letters, without its own entries such as "Search more"; list is the list whose line is
// being edited, or "". Afterwards the field is as before.
func offered(b *browser.Browser, list, field, typed string) []string {
	path := strings.TrimPrefix(list+"/"+field, "/")
	b.ClickOn(strings.TrimSpace(map[bool]string{true: ".o_selected_row "}[list != ""] + fmt.Sprintf(`[name=%s] input`, field)))
	b.JS(fmt.Sprintf(`(() => { const input = krok.control(%q, "input"); input.focus(); input.select(); return document.execCommand("insertText", false, %q); })()`, path, typed))
	const suggestions = `krok.all("ul.ui-autocomplete li, .o-autocomplete--dropdown-item")`
	b.WaitFor("suggestions", suggestions+".length")
	time.Sleep(600 * time.Millisecond) // only then the client searches
	b.Settle()
	found := b.JS(fmt.Sprintf(`%s.map(krok.text).filter((text) => text.startsWith(%q)).join("\n")`, suggestions, typed))
	b.JS(fmt.Sprintf(`(() => { const input = krok.control(%q, "input"); input.focus(); input.select(); return document.execCommand("delete"); })()`, path))
	b.JS("document.activeElement.blur()")
	b.Settle()
	if found == "" {
		return nil
	}
	return strings.Split(found, "\n")
}
