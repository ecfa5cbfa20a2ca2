package service_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestASecondBotWithTheSameTokenIsAProblemAndLeavesTheFirstAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.office.set(func(o *office) { o.twin = true })
	w.serve(t)
	require.Eventually(t, func() bool {
		found := false
		w.office.set(func(o *office) {
			for _, report := range o.reports {
				for _, problem := range report.Problems {
					found = found || problem.Key == "problem.same_token" && report.Bot == 2 && problem.What("uk") == "Такий самий токен має бот «Shop»: цей не з’єднано з Telegram."
				}
			}
		})
		return found
	}, 20*time.Second, 20*time.Millisecond)
	w.says(t, "Вітаю")
}
