package module

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConditionsBecomeDomains(t *testing.T) {
	t.Parallel()
	for condition, domain := range map[string]string{
		"x_active":                          "[('x_active', '!=', False)]",
		"not x_active":                      "[('x_active', '=', False)]",
		"x_type != 'buttons'":               "[('x_type', '!=', 'buttons')]",
		"x_count == 0":                      "[('x_count', '=', 0)]",
		"x_kind not in ['step', 'url']":     "[('x_kind', 'not in', ['step', 'url'])]",
		"x_a and not x_b":                   "['&', ('x_a', '!=', False), ('x_b', '=', False)]",
		"x_a or x_b and x_c":                "['|', ('x_a', '!=', False), '&', ('x_b', '!=', False), ('x_c', '!=', False)]",
		"(x_a or x_b) and x_c":              "['&', '|', ('x_a', '!=', False), ('x_b', '!=', False), ('x_c', '!=', False)]",
		"x_a and x_b and x_c == 'and or ('": "['&', '&', ('x_a', '!=', False), ('x_b', '!=', False), ('x_c', '=', 'and or (')]",
	} {
		found, err := modifierDomain(condition)
		require.NoError(t, err, condition)
		require.Equal(t, domain, found, condition)
	}
}

func TestConditionsThatOldOdoosCannotSayAreRefused(t *testing.T) {
	t.Parallel()
	for _, condition := range []string{"", "x_a ==", "x_a and", "(x_a", "x_a x_b", "x_a == 'open", "x_a not x_b", "not (x_a)", "len(x_a)"} {
		_, err := modifierDomain(condition)
		require.Error(t, err, condition)
	}
}
