package records

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
)

func TestAProblemNamesItsFieldAsTheFormDoes(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Псевдоніми", fieldLabel(flow.Problem{Step: 7, Field: "alias_ids"}, "uk_UA"))
	require.Equal(t, "Time zone", fieldLabel(flow.Problem{Field: "tz"}, "en_US"))
	require.Equal(t, "no_such", fieldLabel(flow.Problem{Step: 7, Field: "no_such"}, "en_US"))
}

func TestValuesOfATranscriptBecomeThoseOfOdoo(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]any{
		"": false, "false": false, "true": true, "12": int64(12), "+380671234567": "+380671234567", "0671234567": "0671234567", "Ганна": "Ганна",
	} {
		require.Equal(t, want, valueOf(text), text)
	}
}
