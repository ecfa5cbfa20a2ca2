package answer_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow/answer"
)

func TestANumberHasTheFormsInWhichPeopleTypeIt(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]struct {
		country                 string
		international, national []string
	}{
		"+380671234567":  {"UA", []string{"380671234567", "00380671234567"}, []string{"0671234567", "671234567", "80671234567"}},
		"+48512345678":   {"PL", []string{"48512345678", "0048512345678"}, []string{"512345678"}},
		"+4915123456789": {"DE", []string{"4915123456789", "004915123456789"}, []string{"015123456789", "15123456789"}},
		"+12025550123":   {"US", []string{"12025550123", "0012025550123"}, []string{"2025550123"}},
		"+390612345678":  {"IT", []string{"390612345678", "00390612345678"}, []string{"0612345678"}},
	} {
		forms := answer.FormsOf(number)
		require.Equal(t, want.country, forms.Country, number)
		require.ElementsMatch(t, want.international, forms.International, number)
		slices.Sort(want.national)
		require.ElementsMatch(t, want.national, slices.Sorted(slices.Values(forms.National)), number)
	}
}

func TestANumberOfNoCountryHasOnlyItsDigits(t *testing.T) {
	t.Parallel()
	forms := answer.FormsOf("88801234567") // Telegram gives out such numbers
	require.Equal(t, answer.Forms{International: []string{"88801234567", "0088801234567"}}, forms)
}
