package records_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/rpc"
)

// forgetSources makes the world one in which no lead was made yet.
func (w world) forgetSources(t *testing.T) {
	t.Helper()
	w.SQL(t, `DELETE FROM ir_model_data WHERE module = 'krok_data' AND model LIKE 'utm.%';
		UPDATE crm_lead SET source_id = NULL, medium_id = NULL; DELETE FROM utm_source WHERE name ILIKE '%зерно%'; DELETE FROM utm_medium WHERE name ILIKE '%tele%'`)
}

func (w world) testLeadSource(t *testing.T) {
	w.forgetSources(t)
	lead := w.lead(t, w.client(t), nil)
	source := ref(lead, "source_id")
	require.Equal(t, "Зерно", w.one(t, "SELECT name FROM utm_source WHERE id = %d", source))
	require.Equal(t, source, ref(w.lead(t, w.client(t), map[string]any{"type": "lead"}), "source_id"))
	require.NoError(t, w.admin.Write(t.Context(), "utm.source", []int64{source}, map[string]any{"name": "Зернобот"}))
	require.Equal(t, source, ref(w.lead(t, w.client(t), nil), "source_id"), "renamed by hand")
	require.Equal(t, source, ref(w.lead(t, w.client(t), map[string]any{"source": "Інша назва"}), "source_id"), "the bot was renamed")

	other := w.lead(t, w.client(t), map[string]any{"bot": w.bots[1], "source": "Зернобот"})
	require.NotEqual(t, source, ref(other, "source_id"), "two bots of one name have a source each")
	w.SQL(t, fmt.Sprintf("UPDATE crm_lead SET source_id = NULL WHERE source_id = %[1]d; DELETE FROM utm_source WHERE id = %[1]d", source))
	again := w.lead(t, w.client(t), map[string]any{"source": "Зерно"})
	require.Equal(t, "Зерно", w.one(t, "SELECT name FROM utm_source WHERE id = %d", ref(again, "source_id")), "deleted by hand, and made anew")
	require.Equal(t, ref(again, "source_id"), ref(w.lead(t, w.client(t), nil), "source_id"))
}

func (w world) testLeadSourceNamed(t *testing.T) {
	w.forgetSources(t)
	w.make(t, "utm.source", map[string]any{"name": "100X зернобот"})
	there := w.make(t, "utm.source", map[string]any{"name": "100% ЗерноБот"})
	require.Equal(t, there, ref(w.lead(t, w.client(t), map[string]any{"source": "100% зерноБОТ"}), "source_id"))
	bot := w.make(t, "x_krok_bot", map[string]any{"x_name": "Тимчасовий", "x_lang": "uk_UA"})
	source := ref(w.lead(t, w.client(t), map[string]any{"bot": bot, "source": "Зерно тимчасове"}), "source_id")
	require.NoError(t, w.admin.Unlink(t.Context(), "x_krok_bot", []int64{bot}))
	bot = w.make(t, "x_krok_bot", map[string]any{"x_name": "Тимчасовий", "x_lang": "uk_UA"})
	require.Equal(t, source, ref(w.lead(t, w.client(t), map[string]any{"bot": bot, "source": "Зерно тимчасове"}), "source_id"), "of a bot that was deleted and made anew")
}

func (w world) testLeadMedium(t *testing.T) {
	w.forgetSources(t)
	there := w.make(t, "utm.medium", map[string]any{"name": "TELEGRAM", "active": false})
	require.Equal(t, there, ref(w.lead(t, w.client(t), nil), "medium_id"))
	require.Equal(t, "f", w.one(t, "SELECT active FROM utm_medium WHERE id = %d", there), "whoever has archived it does not want to choose it")
	require.NoError(t, w.admin.Write(t.Context(), "utm.medium", []int64{there}, map[string]any{"name": "Телеграм"}))
	require.Equal(t, there, ref(w.lead(t, w.client(t), nil), "medium_id"))
	w.forgetSources(t)
	made := ref(w.lead(t, w.client(t), nil), "medium_id")
	require.Equal(t, "Telegram", w.one(t, "SELECT name FROM utm_medium WHERE id = %d", made))
	require.Equal(t, made, ref(w.lead(t, w.client(t), map[string]any{"bot": w.bots[1], "source": "Інший бот"}), "medium_id"), "one for all bots")
}

func (w world) testLeadSourceAtOnce(t *testing.T) {
	people := []*client{w.client(t), w.client(t), w.client(t), w.client(t)}
	for range 2 {
		w.forgetSources(t)
		none(t, together(len(people), func(i int) error {
			_, err := people[i].talk.Commit(t.Context(), w.makesLead(people[i], nil))
			return err
		}))
		require.Equal(t, "1", w.one(t, "SELECT count(DISTINCT source_id) FROM crm_lead WHERE source_id IS NOT NULL"))
		for model, name := range map[string]string{"utm.source": "Зерно", "utm.medium": "Telegram"} {
			count, err := w.admin.SearchCount(t.Context(), model, []any{[]any{"name", "ilike", name}}, rpc.WithArchived())
			require.NoError(t, err)
			require.Equal(t, int64(1), count, model)
		}
	}
}
