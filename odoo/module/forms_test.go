package module_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/odootest/browser"
	"github.com/krokbot/krok/odoo/rpc"
)

// picture keeps a picture of the page in the folder KROK_TEST_PICTURES, where one is set.
func picture(t *testing.T, w world, b *browser.Browser, name string) {
	t.Helper()
	if folder := os.Getenv("KROK_TEST_PICTURES"); folder != "" {
		b.JS(`document.querySelectorAll("*").forEach((part) => { part.scrollTop = 0; }) || ""`)
		b.Screenshot(filepath.Join(folder, fmt.Sprintf("%s-%d.png", name, w.Version)))
	}
}

func TestABotIsBuiltByClickingAndTypingInItsForm(t *testing.T) {
	onInstalled(t, func(t *testing.T, w world) {
		b := browser.New(t, w.Odoo)
		b.OpenNew(w.Ref(t, "krok.action_bot"))
		b.Fill("x_name", "Our shop")
		b.Fill("x_lang", "en_US")

		b.AddLine("x_step_ids")
		b.Fill("x_name", "Welcome")
		b.Fill("x_text", "Good day!")
		b.AddLine("x_alias_ids")
		b.Fill("x_alias_ids/x_name", "/start")
		picture(t, w, b, "add-a-step")
		b.Click("Save & Close")

		b.AddLine("x_step_ids")
		b.Fill("x_name", "Menu")
		b.Choose("x_type", "Step with buttons")
		b.Fill("x_text", "What next?")
		b.Tab("Answers")
		b.AddLine("x_answer_ids")
		b.Fill("x_name", "Orders")
		picture(t, w, b, "add-an-answer")
		b.Click("Save & Close")
		picture(t, w, b, "add-a-menu")
		b.Click("Save & Close")
		b.Save()
		picture(t, w, b, "built")

		bots := w.find(t, "x_krok_bot", is("x_name", "Our shop"), "x_code", "x_active", "x_step_ids")
		require.Len(t, bots, 1)
		require.Equal(t, "our_shop", bots[0].Str("x_code"))
		require.True(t, bots[0].Bool("x_active"))
		welcome := w.find(t, "x_krok_step", is("x_code", "welcome"), "x_text", "x_alias_ids")
		require.Len(t, welcome, 1)
		require.Contains(t, welcome[0].Str("x_text"), "Good day!")
		require.Len(t, welcome[0].IDs("x_alias_ids"), 2, "the one typed in and the automatic one")
		menu := w.find(t, "x_krok_step", is("x_code", "menu"), "x_keyboard_ids")
		require.Len(t, menu, 1)
		require.Len(t, menu[0].IDs("x_keyboard_ids"), 1)
		require.Equal(t, []int64{welcome[0].ID(), menu[0].ID()}, bots[0].IDs("x_step_ids"))
	})
}

func TestTwoRichTextsInTwoLanguagesSurviveBeingSavedAgainInTheForm(t *testing.T) {
	texts := map[string]string{
		"en_US": `<p>Hello, <b>friend</b>!</p><ul><li>Tea</li><li>Coffee</li></ul>`,
		"uk_UA": `<p>Вітаємо</p><blockquote><i>Довго чекали</i></blockquote><p><a href="https://example.com">Сайт</a></p>`,
	}
	onInstalled(t, func(t *testing.T, w world) {
		bot := w.create(t, "x_krok_bot", map[string]any{"x_name": "Rich"})
		step := w.create(t, "x_krok_step", map[string]any{"x_name": "Welcome", "x_bot_id": bot, "x_text": texts["en_US"]})
		for lang, text := range texts {
			w.write(t, "x_krok_step", step, map[string]any{"x_text": text}, rpc.Lang(lang))
		}
		for lang, mark := range map[string]string{"en_US": " Welcome again.", "uk_UA": " Знову вітаємо."} {
			w.write(t, "res.users", w.client.UID(), map[string]any{"lang": lang})
			b := browser.New(t, w.Odoo)
			b.Open(w.Ref(t, "krok.action_step"), step)
			b.Fill("x_code", "welcome_"+lang[:2]) // on 14 this also makes the form writable
			appendText(b, mark)
			b.Save()
			picture(t, w, b, "rich-"+lang)
		}
		english := w.read(t, "x_krok_step", step, "x_text", rpc.Lang("en_US")).Str("x_text")
		require.Contains(t, english, "Welcome again.")
		require.Contains(t, english, "Coffee")
		require.NotContains(t, english, "Вітаємо")
		require.NotContains(t, english, "blockquote")
		ukrainian := w.read(t, "x_krok_step", step, "x_text", rpc.Lang("uk_UA")).Str("x_text")
		require.Contains(t, ukrainian, "Знову вітаємо.")
		require.Contains(t, ukrainian, "Довго чекали")
		require.Contains(t, ukrainian, `href="https://example.com"`)
		require.NotContains(t, ukrainian, "Coffee")
	})
}

// appendText types behind the last words of the rich text, as a person who changes only a little.
func appendText(b *browser.Browser, words string) {
	b.WaitFor("the editor", `krok.control("x_text", "[contenteditable=true]")`)
	b.JS(fmt.Sprintf(`(() => {
		const editor = krok.control("x_text", "[contenteditable=true]");
		editor.focus();
		const walker = document.createTreeWalker(editor, NodeFilter.SHOW_TEXT);
		let last = null;
		while (walker.nextNode()) if (walker.currentNode.data.trim()) last = walker.currentNode;
		getSelection().collapse(last, last.data.trimEnd().length);
		return document.execCommand("insertText", false, %q);
	})()`, words))
	b.Settle()
}

// An update of a contact is set up in the form in both languages, and shows only what its field needs.
func TestAStepThatUpdatesTheContactIsSetUpInItsForm(t *testing.T) {
	onInstalled(t, func(t *testing.T, w world) {
		bot := w.create(t, "x_krok_bot", map[string]any{"x_name": "Club"})
		for i, name := range []string{"VIP", "Newsletter", "Guest"} {
			w.create(t, "res.partner.category", map[string]any{"name": name, "color": 2 + i})
		}
		for lang, words := range contactForms {
			w.write(t, "res.users", w.client.UID(), map[string]any{"lang": lang})
			b := browser.New(t, w.Odoo)
			b.OpenNew(w.Ref(t, "krok.action_step"))
			b.Fill("x_name", words.name)
			b.Pick("x_bot_id", "Club")
			require.False(t, b.Shows("x_field_id"))
			b.Choose("x_type", words.kind)
			require.True(t, b.Shows("x_add_tag_ids"))
			require.False(t, b.Shows("x_merge_by_phone"), "only a number merges")
			b.Pick("x_field_id", words.phone)
			b.Check("x_merge_by_phone", true)
			b.Fill("x_share_button", words.share)
			b.Pick("x_add_tag_ids", "VIP")
			b.Pick("x_add_tag_ids", "Newsletter")
			b.Pick("x_remove_tag_ids", "Guest")
			b.Fill("x_text", words.text)
			b.Fill("x_text_after", words.after)
			b.Save()
			picture(t, w, b, "contact-phone-"+lang)

			steps := w.find(t, "x_krok_step", is("x_name", words.name), "x_field_id", "x_merge_by_phone", "x_add_tag_ids", "x_remove_tag_ids", "x_text_after")
			require.Len(t, steps, 1)
			require.Equal(t, w.partnerField(t, "phone"), first(steps[0].Ref("x_field_id")))
			require.True(t, steps[0].Bool("x_merge_by_phone"))
			require.Len(t, steps[0].IDs("x_add_tag_ids"), 2)
			require.Len(t, steps[0].IDs("x_remove_tag_ids"), 1)

			b.Open(w.Ref(t, "krok.action_step"), w.create(t, "x_krok_step", map[string]any{"x_name": words.country, "x_bot_id": bot, "x_type": "contact",
				"x_field_id": w.partnerField(t, "country_id"), "x_text": words.country + "?"}))
			require.False(t, b.Shows("x_share_button"))
			picture(t, w, b, "contact-country-"+lang)
			b.Open(w.Ref(t, "krok.action_step"), w.create(t, "x_krok_step", map[string]any{"x_name": words.tags, "x_bot_id": bot, "x_type": "contact",
				"x_add_tag_ids": []any{rpc.Set(steps[0].IDs("x_add_tag_ids")...)}}))
			picture(t, w, b, "contact-tags-"+lang)
		}
	})
}

type contactForm struct{ name, kind, phone, share, text, after, country, tags string }

var contactForms = map[string]contactForm{
	"en_US": {"Ask for the number", "Update contact", "Phone", "Share my number", "May we call you?", "Thank you, {{ partner.name }}!", "Country", "Newsletter"},
	"uk_UA": {"Запитати номер", "Оновити контактну інформацію", "Телефон", "Надіслати мій номер", "Чи можна вам подзвонити?", "Дякуємо, {{ partner.name }}!", "Країна", "Розсилка"},
}

// partnerField is the id of a field of contacts.
func (w world) partnerField(t *testing.T, name string) int64 {
	t.Helper()
	return w.field(t, "res.partner", name)
}

// field is the id of a field.
func (w world) field(t *testing.T, model, name string) int64 {
	t.Helper()
	ids, err := w.client.Search(t.Context(), "ir.model.fields", []any{[]any{"model", "=", model}, []any{"name", "=", name}})
	require.NoError(t, err)
	require.Len(t, ids, 1)
	return ids[0]
}

// model is the id of a model.
func (w world) model(t *testing.T, name string) int64 {
	t.Helper()
	ids, err := w.client.Search(t.Context(), "ir.model", []any{[]any{"model", "=", name}})
	require.NoError(t, err)
	require.Len(t, ids, 1)
	return ids[0]
}

func first(id int64, _ string) int64 { return id }
