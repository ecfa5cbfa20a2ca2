package records_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/odoo/odootest"
)

// BenchmarkOfficeBesideTheRecord is how long somebody in the office waits for Odoo: they search contacts and save one. Alone is without
// krok, Beside while krok writes conversations without a pause, 500 lines a call, which is far more than the writer of `krok serve` does.
func BenchmarkOfficeBesideTheRecord(b *testing.B) {
	w := newWorld(b, 19, "module", odootest.Lean())
	partner, err := w.admin.Create(b.Context(), "res.partner", map[string]any{"name": "Ганна Приклад"})
	require.NoError(b, err)
	work := func(b *testing.B) {
		b.Helper()
		var took []time.Duration
		for n := 0; b.Loop(); n++ {
			begun := time.Now()
			_, err := w.admin.SearchRead(b.Context(), "res.partner", []any{[]any{"name", "ilike", "ганна"}}, []string{"name", "phone", "email"})
			require.NoError(b, err)
			require.NoError(b, w.admin.Write(b.Context(), "res.partner", []int64{partner}, map[string]any{"comment": fmt.Sprint(n)}))
			took = append(took, time.Since(begun))
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
		b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	}
	b.Run("Alone", work)
	b.Run("Beside", func(b *testing.B) {
		var written atomic.Int64
		stop, done := make(chan struct{}), make(chan struct{})
		talk := w.records(b)
		go func() {
			defer close(done)
			for part := 0; ; part++ {
				select {
				case <-stop:
					return
				default:
				}
				var lines []flow.Line
				for n := range 500 {
					lines = append(lines, said(strconv.Itoa(8_100_000_000+n/5), fmt.Sprintf("beside/%d/%d", part, n), strings.Repeat("Скільки коштує доставка? ", 1+n%4))[0])
				}
				if talk.Record(b.Context(), w.bots[0], lines, nil) == nil {
					written.Add(int64(len(lines)))
				}
			}
		}()
		work(b)
		seconds := b.Elapsed().Seconds()
		close(stop)
		<-done
		b.ReportMetric(float64(written.Load())/seconds, "lines/s")
	})
}
