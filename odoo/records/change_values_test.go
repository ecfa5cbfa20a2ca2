package records_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/odoo/records"
)

func TestWhatAnAdminWroteInAButtonOrANotificationIsTakenAtItsWordOrRefusedInWords(t *testing.T) {
	onBothFull(t, func(t *testing.T, w world) {
		t.Run("DaysAndTimesAreThoseOfTheBot", w.testSetTimes)
		t.Run("ValuesThatDoNotFit", w.testSetUnfit)
		t.Run("AnOrderOrADomainOfAFieldThatIsNot", w.testQuestionUnfit)
	})
}

func (w world) testSetTimes(t *testing.T) {
	partner := w.make(t, "res.partner", map[string]any{"name": "Ганна"})
	order := w.order(t, partner, nil)
	for i, one := range []struct{ field, value, want string }{
		{"date_order", "2031-07-01 12:30", "2031-07-01 09:30:00"}, {"date_order", "2031-01-10", "2031-01-09 22:00:00"}, {"date_order", "2031-01-10 00:00:05", "2031-01-09 22:00:05"},
		{"validity_date", "2031-07-01", "2031-07-01"}, {"validity_date", "", "-"},
	} {
		w.carry(t, w.change(fmt.Sprint("times/", i), "sale.order", []any{}, order, map[string]any{"field": one.field, "value": one.value}))
		require.Equal(t, one.want, w.one(t, "SELECT coalesce(%s::text, '-') FROM sale_order WHERE id = %d", one.field, order))
	}
}

// refusal is why Odoo refuses, in English.
func refusal(t *testing.T, err error) string {
	t.Helper()
	var refused *records.Refused
	require.True(t, errors.As(err, &refused), "%v", err)
	return refused.In("en")
}

func (w world) testSetUnfit(t *testing.T) {
	partner := w.make(t, "res.partner", map[string]any{"name": "Ганна"})
	for i, one := range []struct{ field, value string }{
		{"date", "завтра"}, {"date", "12.05.2026"}, {"date", "2026-02-30"}, {"color", "99999999999"}, {"color", "1.5"}, {"partner_latitude", "nan"}, {"partner_latitude", "inf"},
		{"active", "можливо"},
	} {
		if one.field == "date" && w.Version >= 18 {
			continue // contacts have no date of their own there
		}
		_, err := w.records(t).Commit(t.Context(), w.change(fmt.Sprint("unfit/", i), "res.partner", []any{}, partner, map[string]any{"field": one.field, "value": one.value}))
		require.Contains(t, refusal(t, err), one.field+" = "+one.value)
	}
	order := w.order(t, partner, nil)
	for i, value := range []string{"завтра", "2026-13-01", "2026-05-12T10:00"} {
		for _, field := range []string{"date_order", "validity_date"} {
			_, err := w.records(t).Commit(t.Context(), w.change(fmt.Sprint("unfit/", field, i), "sale.order", []any{}, order, map[string]any{"field": field, "value": value}))
			require.Contains(t, refusal(t, err), field+" = "+value)
		}
	}
}

func (w world) testQuestionUnfit(t *testing.T) {
	for words, question := range map[string]flow.RecordsQuestion{
		"ordered by no_such_field":          {Order: "name, no_such_field desc", Levels: []flow.Scope{{Model: "res.partner"}}},
		"notification over res.partner":     {Levels: []flow.Scope{{Model: "res.partner", Domain: []any{[]any{"no_such_field", "=", 1}}}}},
		"notification over res.partner nam": {Levels: []flow.Scope{{Model: "res.partner", Domain: []any{[]any{"country_id.no_such_field", "=", 1}}}}},
	} {
		_, err := w.records(t).Find(t.Context(), question)
		require.Contains(t, refusal(t, err), words)
		require.False(t, flow.IsUnavailable(err))
	}
}
