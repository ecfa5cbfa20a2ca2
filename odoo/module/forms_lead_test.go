package module_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/odootest/browser"
	"github.com/krokbot/krok/odoo/rpc"
)

// An admin makes a step that creates leads; a salesperson finds the lead where Odoo shows it, with what was said.
func TestALeadStepIsMadeInItsFormAndItsLeadStandsInThePipeline(t *testing.T) {
	onFull(t, func(t *testing.T, w world) {
		w.fill(t)
		steps, err := w.client.Search(t.Context(), "x_krok_step", is("x_name", "Вітання"))
		require.NoError(t, err)
		lead := w.madeLead(t)
		for lang, words := range map[string]struct{ kind, team, pipeline string }{
			"en_US": {"Create lead", "Sales Team", "Opportunity"}, "uk_UA": {"Створити лід", "Команда продажів", "Нагода"},
		} {
			w.write(t, "res.users", w.client.UID(), map[string]any{"lang": lang})
			b := browser.New(t, w.Odoo)
			b.Open(w.Ref(t, "krok.action_step"), steps[0])
			require.False(t, b.Shows("x_team_id"))
			b.Choose("x_type", words.kind)
			for _, field := range []string{"x_team_id", "x_user_id", "x_lead_type", "x_lead_tag_ids"} {
				require.True(t, b.Shows(field), field)
			}
			require.False(t, b.Shows("x_validation"))
			require.Contains(t, b.Text(), words.team)
			b.Choose("x_lead_type", words.pipeline)
			b.Save()
			require.Empty(t, b.Problem())
			picture(t, w, b, "lead-step-"+lang)
			require.Equal(t, "lead", w.read(t, "x_krok_step", steps[0], "x_type").Str("x_type"))

			b.Open(w.Ref(t, "crm.crm_lead_action_pipeline"), lead)
			b.WaitFor("the transcript", `document.body.innerText.includes("Дві тонни <b>насіння</b>, будь ласка")`)
			require.Empty(t, b.Problem())
			require.NotContains(t, b.Text(), "<p>")
			picture(t, w, b, "lead-in-crm-"+lang)
			w.write(t, "x_krok_step", steps[0], map[string]any{"x_type": "text"})
		}
	})
}

// madeLead is an opportunity of the client who talked, made as krok makes one.
func (w world) madeLead(t *testing.T) int64 {
	t.Helper()
	bot, err := w.client.Search(t.Context(), "x_krok_bot", is("x_name", "Зерно"))
	require.NoError(t, err)
	line := map[string]any{"key": "lead/1", "chat": "5000000001", "date": "2026-01-02 04:00:00", "in": true, "author": "Ганна Приклад", "text": "Дві тонни <b>насіння</b>, будь ласка",
		"content": "text", "step": 0, "start": false, "file": "", "filename": "", "mimetype": "", "media": []any{}}
	w.procedure(t, "commit", map[string]any{"key": "views/lead", "operations": []any{map[string]any{"kind": "make_lead", "args": map[string]any{
		"bot": bot[0], "telegram_id": "5000000001", "name": "Ганна Приклад", "lang": "uk", "type": "opportunity", "user": w.client.UID(), "team": 0, "tags": []any{},
		"title": "Ганна Приклад – Зерно", "source": "Зерно", "medium": "Telegram", "tz": "Europe/Kyiv", "note_lang": "uk_UA",
		"words": map[string]any{"title": "Розмова в Telegram, бот «Зерно»", "earlier": "Раніші рядки – в Odoo, меню «Розмови»."}, "lines": []any{line},
	}}}})
	leads, err := w.client.SearchRead(t.Context(), "crm.lead", is("name", "Ганна Приклад – Зерно"), []string{"stage_id", "type"}, rpc.WithArchived())
	require.NoError(t, err)
	require.Len(t, leads, 1)
	return leads[0].ID()
}
