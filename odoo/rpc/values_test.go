package rpc

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/kolo/xmlrpc"
	"github.com/stretchr/testify/require"
)

func TestValuesAreMadePlainBeforeSending(t *testing.T) {
	t.Parallel()
	kyiv := time.FixedZone("Kyiv", 2*3600)
	type code string
	text := "x"
	for name, c := range map[string]struct{ given, want any }{
		"nothing":                 {nil, false},
		"a nil pointer":           {(*int)(nil), false},
		"a pointer":               {&text, "x"},
		"a time is UTC":           {time.Date(2026, 3, 29, 0, 15, 0, 0, kyiv), "2026-03-28 22:15:00"},
		"no time":                 {time.Time{}, false},
		"bytes are base64":        {[]byte("hi"), "aGk="},
		"a whole number of JSON":  {json.Number("5"), int64(5)},
		"a broken number of JSON": {json.Number("5.5"), 5.5},
		"small types":             {[]any{int8(1), uint16(2), float32(0.5), code("c")}, []any{int64(1), int64(2), 0.5, "c"}},
		"a nil list stays a list": {[]int64(nil), []any{}},
		"commands":                {[]Command{Set(1, 2), Link(3)}, []any{[]any{int64(6), int64(0), []any{int64(1), int64(2)}}, []any{int64(4), int64(3), int64(0)}}},
		"records":                 {Record{"a": []map[string]any{{"b": nil}}}, map[string]any{"a": []any{map[string]any{"b": false}}}},
		"control characters":      {"a\x00\x1f\tb\uFFFE", "a\tb"},
		"broken UTF-8":            {"a\xffb", "a\uFFFDb"},
	} {
		got, err := normalise("x", c.given)
		require.NoError(t, err, name)
		require.Equal(t, c.want, got, name)
	}
}

func TestValuesThatOdooCannotHoldAreRefusedWithTheirPlace(t *testing.T) {
	t.Parallel()
	loop := map[string]any{}
	loop["x"] = loop
	for name, c := range map[string]struct {
		given any
		text  string
	}{
		"a Telegram id":    {map[string]any{"chat": int64(5_000_000_000)}, "vals.chat"},
		"uint64":           {[]any{uint64(math.MaxUint64)}, "vals[0]"},
		"not a number":     {math.NaN(), "NaN"},
		"infinite":         {map[string]any{"a": []any{1, math.Inf(1)}}, "vals.a[1]"},
		"a struct":         {struct{ A int }{1}, "struct"},
		"a channel":        {make(chan int), "chan int"},
		"numbers as keys":  {map[int]string{1: "x"}, "map[int]string"},
		"a loop":           {loop, "vals.x.x.x"},
		"a number too big": {json.Number("1e999"), "1e999"},
	} {
		_, err := normalise("vals", c.given)
		var e *Error
		require.ErrorAs(t, err, &e, name)
		require.Equal(t, KindValue, e.Kind)
		require.True(t, e.NotDone)
		require.Contains(t, e.In("uk"), c.text, name)
		require.Contains(t, e.In("en"), c.text, name)
	}
}

func TestLeadingArgumentsGoByPosition(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method string
		args   map[string]any
		want   []any
		rest   map[string]any
	}{
		{"create", map[string]any{"vals_list": 1, "context": 2}, []any{1}, map[string]any{"context": 2}},
		{"name_search", map[string]any{"domain": 1, "limit": 5}, []any{"", 1}, map[string]any{"limit": 5}},
		{"read", map[string]any{}, nil, map[string]any{}},
		{"load", map[string]any{"data": 1}, nil, map[string]any{"data": 1}},
		{"search_read", map[string]any{"fields": 1}, []any{[]any{}, 1}, map[string]any{}},
		{"run", map[string]any{"context": 1}, nil, map[string]any{"context": 1}},
	} {
		require.Equal(t, c.want, byPosition(c.method, c.args), c.method)
		require.Equal(t, c.rest, c.args, c.method)
	}
}

func TestVersionsAreReadInEveryForm(t *testing.T) {
	t.Parallel()
	for text, c := range map[string]struct {
		info         []any
		major, minor int
	}{
		"14.0-20231205": {[]any{int64(14), int64(0), int64(0), "final", int64(0), ""}, 14, 0},
		"saas~18.4+e":   {[]any{"saas~18", int64(4), int64(0), "final", int64(0), "e"}, 18, 4},
		"16.3":          {[]any{"saas~16", "3"}, 16, 3},
	} {
		version, err := parseVersion(text, c.info)
		require.NoError(t, err)
		require.Equal(t, Version{c.major, c.minor, text}, version)
	}
	_, err := parseVersion("?", []any{"x", "y"})
	require.Error(t, err)
	_, err = versionOf("no version at all")
	require.Error(t, err)
}

func TestTheExceptionIsReadFromTheEndOfATraceback(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]exception{
		"Traceback (most recent call last):\n  File \"a.py\", line 1, in x\n    y\nKeyError: 'name'\n": {"KeyError", "'name'"},
		"Traceback (most recent call last):\n  File \"a.py\", line 1, in x\n    y\n    ~^~\npsycopg2.errors.SerializationFailure: could not serialize access\nDETAIL:  x\n": {
			"psycopg2.errors.SerializationFailure", "could not serialize access\nDETAIL:  x"},
		"Traceback\n  File \"a.py\", line 1\nA: 1\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback\n  File \"b.py\", line 2\n    z\nB": {"B", ""},
		"just words": {"", "just words"},
		"":           {},
	} {
		require.Equal(t, want, lastException(text), text)
	}
}

func TestKeysOfMapsCannotBreakXML(t *testing.T) {
	t.Parallel()
	body, err := xmlrpc.EncodeMethodCall("x", escapeKeys([]any{map[string]any{"</name><b>&": "v"}}))
	require.NoError(t, err)
	require.Contains(t, string(body), "<name>&lt;/name&gt;&lt;b&gt;&amp;</name>")
}

func TestRecordNeverSaysFalse(t *testing.T) {
	t.Parallel()
	record := Record{
		"id": int64(5), "empty": false, "null": nil, "text": "так", "number": 1.5, "whole": int64(3), "ref": []any{int64(2), "Ім'я"},
		"many": []any{int64(1), int64(2)}, "day": "2026-03-29", "yes": true, "digits": "42", "unnamed": []any{int64(2), false},
	}
	for _, field := range []string{"empty", "null", "absent", "yes"} {
		require.Empty(t, record.Str(field), field)
	}
	require.Equal(t, "1.5", record.Str("number"))
	require.Equal(t, "Ім'я", record.Str("ref"))
	require.Empty(t, record.Str("unnamed"))
	require.Equal(t, int64(2), record.Int("unnamed"))
	require.Equal(t, int64(2), record.Int("ref"))
	require.Equal(t, int64(42), record.Int("digits"))
	require.Equal(t, int64(5), record.ID())
	require.InDelta(t, 3, record.Float("whole"), 0)
	require.Equal(t, []int64{1, 2}, record.IDs("many"), "two ids are no many2one")
	require.Equal(t, []int64{2}, record.IDs("ref"))
	require.Nil(t, record.IDs("empty"))
	require.True(t, record.Bool("yes"))
	require.False(t, record.Bool("text"))
	require.Equal(t, 29, record.Time("day").Day())
	require.True(t, record.Time("empty").IsZero())
	require.False(t, record.Empty("whole"))
	require.True(t, record.Empty("empty"))
}

func TestDecodeReadsFalseAsEmpty(t *testing.T) {
	t.Parallel()
	type inner struct {
		Name string `json:"name"`
	}
	var got struct {
		Text  string         `json:"text"`
		Count int            `json:"count"`
		Yes   bool           `json:"yes"`
		No    bool           `json:"no"`
		Inner inner          `json:"inner"`
		Ptr   *inner         `json:"ptr"`
		List  []string       `json:"list"`
		Map   map[string]int `json:"map"`
		Any   any            `json:"any"`
		Flag  *bool          `json:"flag"`
	}
	err := Decode(map[string]any{
		"text": false, "count": false, "yes": true, "no": false, "inner": false, "ptr": false, "list": false, "map": false, "any": false,
		"flag": false,
	}, &got)
	require.NoError(t, err)
	require.Empty(t, got.Text)
	require.Zero(t, got.Count)
	require.True(t, got.Yes)
	require.Nil(t, got.Ptr)
	require.Empty(t, got.List)
	require.Equal(t, false, got.Any)
	require.NotNil(t, got.Flag)

	require.Error(t, Decode(map[string]any{"text": []any{}}, &got))
	var list []inner
	require.NoError(t, Decode([]any{map[string]any{"name": "x"}}, &list))
	require.Equal(t, []inner{{"x"}}, list)
	require.NoError(t, Decode(false, &list))
	require.Empty(t, list)
}

func TestWarningWithAButtonIsItsWordsAlone(t *testing.T) {
	t.Parallel()
	w := &wire{}
	e := w.refused(Call{}, exception{"odoo.exceptions.UserError", `('Не можна.\nСхема ім\'я', 70, 'До налаштувань', None)`})
	require.Equal(t, "Не можна.\nСхема ім'я", e.Message)
	x := exceptionOf(map[string]any{"name": redirectWarning, "message": "Words\n70\nGo", "arguments": []any{"Words", int64(70), "Go"}})
	require.Equal(t, KindUser, w.refused(Call{}, x).Kind)
	require.Equal(t, "Words", x.message)
}

func TestUnknownModelIsKnownInEveryLanguage(t *testing.T) {
	t.Parallel()
	call := Call{Model: "no.model", Method: "read"}
	for _, text := range []string{"Object no.model doesn't exist", "Об'єкт no.model не існує.", "Das Objekt «no.model» fehlt"} {
		require.Equal(t, KindUnknownModel, kindOf(call, exception{"odoo.exceptions.UserError", text}), text)
	}
	require.Equal(t, KindUser, kindOf(call, exception{"odoo.exceptions.UserError", "You may not delete a record of no.model while it is in use"}))
}
