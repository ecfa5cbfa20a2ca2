package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegramtest"
	"github.com/krokbot/krok/odoo/odootest/browser"
)

// pictures photographs every kanban, list and form in both languages into the folder KROK_PICTURES, where one is set: whether they
// look like Odoo's own only a person can tell.
func (c clicks) pictures(t *testing.T) {
	t.Helper()
	folder := os.Getenv("KROK_PICTURES")
	if folder == "" {
		return
	}
	c.furnish(t)
	for _, lang := range []string{"en_US", "uk_UA"} {
		c.speak(t, lang)
		c.b = browser.New(t, c.odoo) // Odoo 14 keeps the language of its menus in the session
		take := func(name string) {
			c.b.Screenshot(filepath.Join(folder, fmt.Sprintf("%d-%s-%s.png", c.odoo.Version, lang[:2], name)))
		}
		for _, action := range []struct {
			name, model string
			kanban      bool
		}{
			{"bot", "x_krok_bot", true}, {"step", "x_krok_step", false}, {"alias", "x_krok_alias", false}, {"media", "x_krok_media", true},
			{"problem", "x_krok_problem", false}, {"chat", "x_krok_chat", true}, {"contact", "", true},
		} {
			id := c.odoo.Ref(t, "krok.action_"+action.name)
			if action.kanban {
				c.b.OpenKanban(id)
				take(action.name + "-kanban")
			}
			c.b.OpenList(id)
			take(action.name + "-list")
			if action.model == "" {
				continue
			}
			rows, err := c.admin.Search(t.Context(), action.model, []any{})
			require.NoError(t, err)
			require.NotEmpty(t, rows, action.model)
			c.b.Open(id, rows[0])
			take(action.name + "-form")
		}
		c.stepTabs(t, lang, take)
		c.b.OpenNew(c.odoo.Ref(t, "krok.action_bot"))
		take("bot-new")
		c.b.AddLine("x_step_ids")
		take("step-dialog")
	}
	c.speak(t, "en_US")
}

// stepTabs photographs the form of a step with each of its tabs.
func (c clicks) stepTabs(t *testing.T, lang string, take func(string)) {
	t.Helper()
	titles := map[string][]string{
		"en_US": {"Answers", "Aliases", "Multimedia", "Telegram keyboard", "Telegram buttons"},
		"uk_UA": {"Відповіді", "Псевдоніми", "Мультимедіа", "Клавіатура Telegram", "Кнопки Telegram"},
	}
	c.open(t, "Меню")
	for i, title := range titles[lang] {
		c.b.Tab(title)
		take(fmt.Sprintf("step-tab%d", i+1))
	}
	c.open(t, "Пошта")
	take("step-domain")
}

// furnish adds what the bot does not have yet: a picture and buttons.
func (c clicks) furnish(t *testing.T) {
	t.Helper()
	menu := c.id(t, "x_krok_step", "Меню")
	for model, values := range map[string]map[string]any{
		"x_krok_media": {
			"x_step_id": menu, "x_name": "Наш офіс", "x_kind": "image", "x_filename": "office.png",
			"x_file": base64.StdEncoding.EncodeToString(telegramtest.PNG(320, 200)),
		},
		"x_krok_button": {"x_step_id": menu, "x_place": "inline", "x_kind": "url", "x_name": "Сайт", "x_url": "https://example.com"},
	} {
		_, err := c.admin.Create(t.Context(), model, values)
		require.NoError(t, err)
	}
}
