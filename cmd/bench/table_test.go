package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// measured is a measurement of a load that took a second.
func measured(answered int, p99 time.Duration, megabytes int64) measurement {
	return measurement{outcome: outcome{Answered: answered, P99: p99, Took: time.Second}, peak: megabytes << 20}
}

func TestGoalsAreJudgedByMedians(t *testing.T) {
	t.Parallel()
	s, err := parse([]string{"-loads", "flight,steady"})
	require.NoError(t, err)
	ms := time.Millisecond
	all := results{
		{"flight", "krok"}:   {measured(900, 1, 50), measured(1000, 1, 50), measured(9000, 1, 50)},
		{"flight", "telego"}: {measured(1000, 1, 40)},
		{"flight", "grammy"}: {measured(700, 1, 100)},
		{"steady", "krok"}:   {measured(300, 3*ms, 50)},
		{"steady", "telego"}: {measured(300, 1*ms, 40)},
	}
	goals := all.goals(s)
	require.Contains(t, goals, "| flight | telego | updates a second | 1.00× | ≥ 1× | reached |")
	require.Contains(t, goals, "| flight | grammy | updates a second | 1.43× | ≥ 1.5× | missed |")
	require.Contains(t, goals, "| flight | grammy | peak memory | 0.50× | ≤ 1× | reached |")
	require.Contains(t, goals, "| steady | telego | p99 | 3.00× | ≤ 2× | missed |")
	require.NotContains(t, goals, "telegraf", "who was not measured is not judged")
	require.NotContains(t, goals, "| steady | telego | updates")
}

func TestATableSumsWhatMustNotHappen(t *testing.T) {
	t.Parallel()
	s, err := parse([]string{"-loads", "row", "-contenders", "telego"})
	require.NoError(t, err)
	bad := measured(1000, 2*time.Millisecond, 40)
	bad.Order, bad.Duplicates, bad.Strange, bad.Lost, bad.P50 = 1, 2, 3, 4, 150*time.Microsecond
	bad.bot, bad.redis, bad.apiTime = 100*time.Millisecond, 20*time.Millisecond, 30*time.Millisecond
	all := results{{"row", "telego"}: {bad, bad}}
	require.Contains(t, all.table(s), "| telego | 1000 | 0.15 ms | 2.0 ms | 40 MB | 100 | 20 | 30 | 150 | 2 | 10 | 8 |\n")
}

func TestUnknownContendersAndLoadsAreRefused(t *testing.T) {
	t.Parallel()
	_, err := parse([]string{"-contenders", "krok,other"})
	require.ErrorContains(t, err, "other")
	_, err = parse([]string{"-loads", "heavy"})
	require.ErrorContains(t, err, "heavy")
	s, err := parse(nil)
	require.NoError(t, err)
	require.Len(t, s.contenders, 4)
	require.Len(t, s.loads, 5)
}
