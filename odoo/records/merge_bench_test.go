package records_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/odootest"
)

// BenchmarkMergeLookup is a client of a shop with 20 000 contacts who shares a number that stands in one of them, typed in its own way:
// the look-up, the merge and the update, in one commit.
func BenchmarkMergeLookup(b *testing.B) {
	w := newWorld(b, 19, "module", odootest.Lean())
	w.SQL(b, `INSERT INTO res_partner (name, complete_name, phone, active, type, country_id, create_date, write_date)
		SELECT 'Контакт ' || n, 'Контакт ' || n, CASE n % 4 WHEN 0 THEN '+380 (67) ' WHEN 1 THEN '067 ' WHEN 2 THEN '0038067' ELSE '044 123 45 67, 067-' END
			|| lpad((n / 10000)::text, 3, '1') || '-' || lpad((n % 10000 / 100)::text, 2, '0') || '-' || lpad((n % 100)::text, 2, '0'),
			true, 'contact', (SELECT id FROM res_country WHERE code = 'UA'), now(), now() FROM generate_series(1, 20000) n;
		UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL; ANALYZE res_partner`)
	var longest time.Duration
	for n := 1; b.Loop(); n++ {
		b.StopTimer()
		client := w.client(b)
		place := n * 97 % 20000
		digits := fmt.Sprintf("38067%03s%04d", fmt.Sprintf("11%d", place/10000), place%10000)
		b.StartTimer()
		begun := time.Now()
		result := w.share(b, client, digits)
		longest = max(longest, time.Since(begun))
		require.Equal(b, true, result["merged"], digits)
	}
	b.ReportMetric(longest.Seconds(), "s/longest")
	require.Less(b, b.Elapsed()/time.Duration(b.N), time.Second)
}
