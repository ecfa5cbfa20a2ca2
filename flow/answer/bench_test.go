package answer

import "testing"

// What an answer costs. A turn reads one.
func BenchmarkRead(b *testing.B) {
	env := kyiv(b, "uk")
	for _, c := range []struct {
		kind Kind
		text string
	}{
		{Char, "Ганна Коваль"}, {HTML, "один\nдва\n\nтри"}, {Integer, "1 200"}, {Float, "1 234,50"}, {Monetary, "1 234,50 грн"}, {Date, "12 травня 2026 р."},
		{DateTime, "завтра о 7:30 вечора"}, {Boolean, "так"}, {Email, "hanna@example.com"}, {Phone, "(067) 123-45-67"},
	} {
		b.Run(string(c.kind), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, refusal := Read(c.kind, c.text, env); refusal != nil {
					b.Fatal(refusal)
				}
			}
		})
	}
}
