package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// The benchmark as a whole, for a moment: that it runs is held here, what it measures is for a quiet machine.
func TestKrokAndTelegoAnswerEverybodyInOrder(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a redis-server")
	}
	t.Parallel()
	bench := filepath.Join(t.TempDir(), "bench")
	require.NoError(t, run(t.Context(), "", "go", "build", "-o", bench, "."))
	command := exec.CommandContext(t.Context(), bench, "-contenders", "krok,telego", "-loads", "row,slow,backlog,steady", "-rounds", "1",
		"-for", "1s", "-chats", "20", "-backlog", "300", "-rate", "50")
	var out, log bytes.Buffer
	command.Stdout, command.Stderr = &out, &log
	require.NoError(t, command.Run(), "%s", &log)
	table := out.String()
	for _, who := range []string{"krok", "telego"} {
		rows := regexp.MustCompile(`(?m)^\| `+who+` \| \d+ \|.* \| 0 \| 0 \| 0 \|$`).FindAllString(table, -1)
		require.Len(t, rows, 4, "nothing is out of order, twice or lost:\n%s", table)
	}
	require.Contains(t, table, "| steady | telego | p99 |")
	require.NotRegexp(t, ` [1-9]\d* calls to Odoo`, log.String(), "a static turn asks Odoo nothing")
}
