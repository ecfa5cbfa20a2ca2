package answer

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow/texts"
)

// accepted is one line of a table: what a client wrote, the value for Odoo, and how it is shown to them.
type accepted struct {
	wrote string
	odoo  any
	shown string
}

// refused is one line of a table: what a client wrote, and what they are told.
type refused struct {
	wrote string
	says  string
}

// kyiv is a Ukrainian bot on 25 November 2026, a Wednesday, at 12:00.
func kyiv(t testing.TB, lang string) Env {
	t.Helper()
	place, err := time.LoadLocation("Europe/Kyiv")
	require.NoError(t, err)
	return Env{Lang: lang, Region: "UA", Location: place, Now: time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)}
}

func accept(t *testing.T, kind Kind, env Env, table []accepted) {
	t.Helper()
	for _, row := range table {
		value, refusal := Read(kind, row.wrote, env)
		if refusal != nil {
			t.Errorf("%q as %s in %q was refused: %s", row.wrote, kind, env.Lang, refusal.In(env.Lang))
			continue
		}
		if value.Odoo != row.odoo || value.Shown != row.shown {
			t.Errorf("%q as %s in %q is %#v, shown as %q; want %#v, shown as %q", row.wrote, kind, env.Lang, value.Odoo, value.Shown, row.odoo, row.shown)
			continue
		}
		if again, refusal := Read(kind, value.Shown, env); refusal != nil || again != value {
			t.Errorf("%q as %s in %q is shown as %q, which reads as %#v", row.wrote, kind, env.Lang, value.Shown, again)
		}
	}
}

func refusals(t *testing.T, kind Kind, env Env, table []refused) {
	t.Helper()
	for _, row := range table {
		value, refusal := Read(kind, row.wrote, env)
		if refusal == nil {
			t.Errorf("%q as %s in %q was accepted as %#v; want %q", row.wrote, kind, env.Lang, value.Odoo, row.says)
			continue
		}
		if says := refusal.In(env.Lang); says != row.says {
			t.Errorf("%q as %s in %q is answered %q; want %q", row.wrote, kind, env.Lang, says, row.says)
		}
	}
}

func TestNothingIsRefusedAsEveryKind(t *testing.T) {
	t.Parallel()
	for kind := range readers {
		for _, nothing := range []string{"", "   ", "\n\t", "\u00a0\u200b", "\u2800", "\u3164\u200d", "\ufe0f", "\x00\x07"} {
			_, refusal := Read(kind, nothing, kyiv(t, "uk"))
			require.NotNil(t, refusal, "%q as %s", nothing, kind)
			require.Equal(t, "Дайте, будь ласка, відповідь текстом.", refusal.In("uk"), "%q as %s", nothing, kind)
		}
	}
}

func TestWhatNoTextCanAnswerIsRefused(t *testing.T) {
	t.Parallel()
	for _, kind := range []Kind{"selection", "many2one", "binary", ""} {
		_, refusal := Read(kind, "так", kyiv(t, "uk"))
		require.NotNil(t, refusal, kind)
		require.Equal(t, "На це не можна відповісти словами. Оберіть, будь ласка, одну з кнопок.", refusal.In("uk"))
	}
}

func TestFieldsAreAnsweredByTheirTypeAndAddressesByTheirName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		field, ttype string
		kind         Kind
	}{
		{"name", "char", Char}, {"email", "char", Email}, {"x_work_email", "char", Email}, {"email_title", "char", Char},
		{"phone", "char", Phone}, {"mobile", "char", Phone}, {"x_second_phone", "char", Phone}, {"phone_note", "text", Text}, {"x_email", "text", Text},
		{"comment", "html", HTML}, {"color", "integer", Integer}, {"partner_latitude", "float", Float}, {"x_limit", "monetary", Monetary},
		{"date", "date", Date}, {"x_visit", "datetime", DateTime}, {"active", "boolean", Boolean},
	} {
		kind, ok := Of(c.field, c.ttype)
		require.True(t, ok, c.field)
		require.Equal(t, c.kind, kind, c.field)
	}
	for _, ttype := range []string{"selection", "many2one", "many2many", "one2many", "binary", "image", "email", "phone", ""} {
		_, ok := Of("field", ttype)
		require.False(t, ok, ttype)
	}
}

func TestARefusalTakesTheWordsOfTheClientsLanguage(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"uk", "uk_UA", "uk-UA"} {
		_, refusal := Read(Email, "ганна", Env{Lang: lang})
		require.Equal(t, "Це не схоже на адресу електронної пошти. Напишіть її, будь ласка, так: name@example.com", refusal.In(lang))
	}
	for _, lang := range []string{"en", "en_GB", "de_DE", ""} {
		_, refusal := Read(Email, "ann", Env{Lang: lang})
		require.Equal(t, "That does not look like an e-mail address. Please write it like this: name@example.com", refusal.In(lang))
	}
}

// Own texts of the catalogue are all in use: what is never said is not kept.
func TestEveryTextOfTheCatalogueIsSaid(t *testing.T) {
	t.Parallel()
	said := map[string]bool{"answer.yes": true, "answer.no": true}
	env := kyiv(t, "en")
	note := func(kind Kind, text string, env Env) {
		_, refusal := Read(kind, text, env)
		require.NotNil(t, refusal, "%q as %s", text, kind)
		require.True(t, texts.Has(refusal.Key), refusal.Key)
		require.NotContains(t, refusal.In("en")+refusal.In("uk"), "{", refusal.Key)
		said[refusal.Key] = true
	}
	for kind, wrong := range map[Kind][]string{
		"image": {"x"}, Char: {""}, Boolean: {"x"}, Email: {"x"}, Phone: {"x", "+380 67 123 45 67 ext 5"}, Integer: {"x", "1.5", "9999999999"},
		Float: {"x", "1234567890123456"}, Monetary: {"x", "1.555"}, Date: {"x", "31.02.2027", "12.05.0206"},
		DateTime: {"x", "12.05.2026", "14:30", "12.05.2026 25:00", "29.03.2026 03:30"},
	} {
		for _, text := range wrong {
			note(kind, text, env)
		}
	}
	limited, abroad := env, env
	limited.MaxLength, limited.Currency, abroad.Region = 3, "UAH", ""
	note(Char, "long", limited)
	note(Monetary, "5 USD", limited)
	note(Phone, "067 123 45 67", abroad)
	for _, key := range texts.Keys("en") {
		if len(key) > 7 && key[:7] == "answer." {
			require.True(t, said[key], "nobody says %s", key)
		}
	}
}
