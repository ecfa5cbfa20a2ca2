package records_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/odootest"
)

// BenchmarkMergeLookup is a client of a shop with 20 000 contacts who shares a number, as one commit: LookUp has a number that nobody has,
// Merge one that a contact has, typed in a way of its own, and Odoo's merge is in it.
func BenchmarkMergeLookup(b *testing.B) {
	w := newWorld(b, 19, "module", odootest.Lean())
	w.SQL(b, `INSERT INTO res_partner (name, complete_name, phone, active, type, country_id, create_date, write_date)
		SELECT 'Контакт ' || n, 'Контакт ' || n, CASE n % 4 WHEN 0 THEN '+380 (67) ' WHEN 1 THEN '067 ' WHEN 2 THEN '0038067' ELSE '044 123 45 67, 067-' END
			|| lpad((n / 10000)::text, 3, '1') || '-' || lpad((n % 10000 / 100)::text, 2, '0') || '-' || lpad((n % 100)::text, 2, '0'),
			true, 'contact', (SELECT id FROM res_country WHERE code = 'UA'), now(), now() FROM generate_series(1, 20000) n;
		UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL; ANALYZE res_partner`)
	b.Run("LookUp", func(b *testing.B) {
		client := w.client(b)
		for b.Loop() {
			require.Equal(b, false, w.share(b, client, w.newNumber())["merged"])
		}
		require.Less(b, b.Elapsed()/time.Duration(b.N), time.Second)
	})
	b.Run("Merge", func(b *testing.B) {
		for n := 1; b.Loop(); n++ {
			b.StopTimer()
			client, place := w.client(b), n*97%20000
			b.StartTimer()
			result := w.share(b, client, fmt.Sprintf("3806711%d%04d", place/10000, place%10000))
			require.Equal(b, true, result["merged"])
		}
	})
}
