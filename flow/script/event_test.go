package script_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow/script"
)

func TestAnExternalEventIsCalledByItsName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ bot, line, want string }{
		{"orders.yaml", "@ event Підтверджене = 7", "talk.chat:2:1: The bot has no external event “Підтверджене”. There are: Підтверджено."},
		{"orders.yaml", "@ event Підтверджено = S7", "talk.chat:2:1: “S7” is no record. Write the number of the one that the event is about, like this: @ event Order confirmed = 7"},
		{"partner.yaml", "@ event Підтверджено = 7", "talk.chat:2:1: The bot has no external events, so “Підтверджено” cannot happen. Delete the line."},
		{"orders.yaml", "@ event Підтверджено = 7", ""},
	} {
		parsed, err := script.Parse("talk.chat", []byte("@ record sale.order 7 = name: S7; partner_id: me\n"+c.line+"\n< …\n< №S7 …"))
		require.NoError(t, err)
		bot, err := loader(t)(c.bot)
		require.NoError(t, err)
		report, err := script.Play(t.Context(), parsed, script.World{Bot: bot})
		if c.want != "" {
			require.EqualError(t, err, c.want)
			continue
		}
		require.NoError(t, err)
		require.True(t, report.OK(), report.Diff("en"))
	}
}
