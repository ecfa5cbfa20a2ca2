package catalog_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow/botfile"
	"github.com/krokbot/krok/odoo"
	"github.com/krokbot/krok/odoo/catalog"
	"github.com/krokbot/krok/odoo/rpc"
)

// counter counts the calls that a client logs.
type counter struct{ calls atomic.Int64 }

func (*counter) Enabled(context.Context, slog.Level) bool { return true }
func (c *counter) Handle(_ context.Context, record slog.Record) error {
	if record.Message == "odoo call" {
		c.calls.Add(1)
	}
	return nil
}
func (c *counter) WithAttrs([]slog.Attr) slog.Handler { return c }
func (c *counter) WithGroup(string) slog.Handler      { return c }

// BenchmarkRead reads a bot of 500 steps, each with two answers, in two languages, from a real Odoo 19.
func BenchmarkRead(b *testing.B) {
	w := newWorld(b, 19)
	var file strings.Builder
	file.WriteString("bot: {code: big, name: Big}\nsteps:\n")
	for i := range 500 {
		fmt.Fprintf(&file, "  - {code: s%d, type: buttons, aliases: [/s%d], text: {uk: Крок %d, en: Step %d}, answers: [{name: {uk: Далі, en: On}, next: s%d}, {name: Ні}]}\n",
			i, i, i, i, (i+1)%500)
	}
	bot, err := botfile.Open(fstest.MapFS{"bot.yaml": {Data: []byte(file.String())}}, "bot.yaml")
	require.NoError(b, err)
	_, err = catalog.Import(b.Context(), w.client, w.procedures, bot)
	require.NoError(b, err)

	count := &counter{}
	cfg := w.Config()
	cfg.Log = slog.New(count)
	client, err := rpc.Open(b.Context(), cfg)
	require.NoError(b, err)
	defer client.Close()
	procedures := odoo.NewProcedures(client)
	_, err = catalog.Version(b.Context(), procedures)
	require.NoError(b, err)
	count.calls.Store(0)
	b.ResetTimer()
	for b.Loop() {
		snapshot, err := catalog.Read(b.Context(), procedures)
		require.NoError(b, err)
		require.Len(b, snapshot.Definitions[0].Tables["step"], 500)
	}
	b.ReportMetric(float64(count.calls.Load())/float64(b.N), "calls/op")
}
