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
		b.Fill("x_answer_ids/x_name", "Orders")
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
