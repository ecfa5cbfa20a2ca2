package module_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever an admin has written, the form opens, and can be saved: what is wrong stands in the preview.
func TestAPreviewSaysWhatIsWrong(t *testing.T) {
	onInstalled(t, func(t *testing.T, w world) {
		w.create(t, "res.partner", map[string]any{"name": "Марта Приклад", "ref": "preview", "color": 1234})
		lines := []any{[]any{0, 0, map[string]any{"x_before": "Колір:", "x_field_id": w.partnerField(t, "color")}}, []any{0, 0, map[string]any{"x_before": "№", "x_field_id": w.partnerField(t, "name"), "x_after": "!"}}}
		notification := w.create(t, "x_krok_notification", map[string]any{"x_name": "Preview", "x_model_id": w.model(t, "res.partner"), "x_line_ids": lines})
		const failed, unread = "This cannot be shown: check the order and the fields.", "The domain cannot be read, or depends on the day: it is not shown here."
		w.write(t, "res.users", w.client.UID(), map[string]any{"lang": "en_US"})
		for _, one := range []struct{ domain, order, want string }{
			{"[('ref', '=', 'preview')]", "", "Колір: 1,234\n№Марта Приклад!"},
			{"[('ref', '=', 'nobody')]", "name", "No record fits the domain."},
			{"[('no_such_field', '=', 1)]", "", failed},
			{"[('ref', '=', 'preview')]", "no_such_field desc", failed},
			{"[('create_date', '>', 'yesterday perhaps')]", "", failed},
			{"[(", "", unread},
			{"42", "", unread},
			{"[('create_date', '>', context_today())]", "", unread},
		} {
			w.write(t, "x_krok_notification", notification, map[string]any{"x_domain": one.domain, "x_order": one.order})
			require.Equal(t, one.want, w.read(t, "x_krok_notification", notification, "x_preview").Str("x_preview"), one)
		}
	})
}
