package answer

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// fuzz holds of every text: it is read without a panic, what is refused is explained in both languages, and what is accepted is
// read again from the way it is shown, as the same value.
func fuzz(f *testing.F, kind Kind, check func(t *testing.T, value Value), seeds ...string) {
	for _, seed := range append(seeds, "", "так", "12.05.2026 14:30", "1 234,50", "\x00\xff", "٣") {
		f.Add(seed, true, int64(1796000000))
		f.Add(seed, false, int64(4102444800))
	}
	place, err := time.LoadLocation("Europe/Kyiv")
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, text string, ukrainian bool, now int64) {
		env := Env{Lang: "en_US", Region: "US", Location: place, Now: time.Unix(now%4_000_000_000, 0)}
		if ukrainian {
			env.Lang, env.Region = "uk_UA", "UA"
		}
		value, refusal := Read(kind, text, env)
		if refusal != nil {
			require.Equal(t, Value{}, value)
			for _, lang := range []string{"en", "uk"} {
				require.NotContains(t, refusal.In(lang), "{", "what is said of %q", text)
				require.NotEqual(t, refusal.Key, refusal.In(lang))
			}
			return
		}
		require.NotEmpty(t, value.Shown)
		require.True(t, utf8.ValidString(value.Shown))
		check(t, value)
		again, refusal := Read(kind, value.Shown, env)
		require.Nil(t, refusal, "%q is shown as %q, which is refused", text, value.Shown)
		require.Equal(t, value, again, "%q is shown as %q", text, value.Shown)
	})
}

func FuzzChar(f *testing.F) {
	fuzz(f, Char, func(t *testing.T, value Value) {
		require.NotContains(t, value.Odoo, "\n")
		require.NotContains(t, value.Odoo, "\x00")
	}, "a\r\nb", "\u200b x \u2028y")
}

func FuzzText(f *testing.F) {
	fuzz(f, Text, func(t *testing.T, value Value) { require.NotContains(t, value.Odoo, "\x00") }, "a\r\nb", "\u200b x \u2028y")
}

func FuzzHTML(f *testing.F) {
	fuzz(f, HTML, func(t *testing.T, value Value) {
		bare := strings.NewReplacer("<p>", "", "</p>", "", "<br>", "").Replace(value.Odoo.(string))
		require.False(t, strings.ContainsAny(bare, `<>"'`), "markup of the client's own in %q", value.Odoo)
	}, "<b>x</b>\n\n& <p>", "\n\n\n")
}

func FuzzInteger(f *testing.F) {
	fuzz(f, Integer, func(t *testing.T, value Value) {
		require.LessOrEqual(t, value.Odoo, int64(2147483647))
		require.GreaterOrEqual(t, value.Odoo, int64(-2147483648))
	}, "2147483648", "1,000", "−7", "5,0")
}

func FuzzFloat(f *testing.F) {
	fuzz(f, Float, func(t *testing.T, value Value) {
		require.Less(t, value.Odoo, 1e15)
		require.Greater(t, value.Odoo, -1e15)
	}, "1,234", "1.234.567", "-0,0", ".5", "1'234.50", "1e5", "inf")
}

func FuzzMonetary(f *testing.F) {
	fuzz(f, Monetary, func(t *testing.T, value Value) {
		require.Less(t, value.Odoo, 1e15)
		require.Greater(t, value.Odoo, -1e15)
	}, "$1,234.50", "грн.50", "-₴5", "5 usd", "$.50", "1\u202f234,50 ₴")
}

func FuzzDate(f *testing.F) {
	fuzz(f, Date, func(t *testing.T, value Value) {
		day, err := time.Parse(odooDate, value.Odoo.(string))
		require.NoError(t, err)
		require.Equal(t, value.Shown, day.Format(shownDate))
	}, "12 травня 2026 р.", "May 5th, 2026", "29.02", "завтра", "12/05/26", "2026-05-12", "5-го січня")
}

func FuzzDateTime(f *testing.F) {
	fuzz(f, DateTime, func(t *testing.T, value Value) {
		_, err := time.Parse(odooMoment, value.Odoo.(string))
		require.NoError(t, err)
	}, "29.03.2026 03:30", "25.10.2026 03:30", "завтра о 2 ночі", "2 pm May 5", "14.30 12.05", "2026-05-12T14:30:15", "о 14 год 30 хв 5 травня")
}

func FuzzBoolean(f *testing.F) {
	fuzz(f, Boolean, func(t *testing.T, value Value) { require.IsType(t, true, value.Odoo) }, "Так!", "no, thanks", "👍🏽", "—")
}

func FuzzEmail(f *testing.F) {
	fuzz(f, Email, func(t *testing.T, value Value) {
		require.Equal(t, 1, strings.Count(value.Shown, "@"))
		require.NotContains(t, value.Shown, " ")
	}, "<mailto:a@b.cd>", "info@пошта.укр", "a@b.c.", "a@@b.cd")
}

func FuzzPhone(f *testing.F) {
	fuzz(f, Phone, func(t *testing.T, value Value) { require.Regexp(t, `^\+[1-9][0-9]{6,14}$`, value.Shown) },
		"+38 (067) 123-45-67", "80671234567", "٠٦٧١٢٣٤٥٦٧", "(202) 555-0123", "+380671234567 доб. 5", "48512345678", "+800 1234 5678")
}
