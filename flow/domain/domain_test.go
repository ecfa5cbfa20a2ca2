package domain

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow/texts"
)

// kyiv is a moment at which it is already tomorrow in Kyiv: 15 March 2026, 00:30.
func kyiv(t require.TestingT) Env {
	location, err := time.LoadLocation("Europe/Kyiv")
	require.NoError(t, err)
	return Env{Now: time.Date(2026, 3, 14, 22, 30, 0, 0, time.UTC), Location: location, UID: 7}
}

// leaf is a condition as Odoo gets it.
func leaf(field, operator string, value any) any { return []any{field, operator, value} }

func TestLiteralOfWhatEditorsWrite(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, source string
		want         []any
	}{
		{"nothing", "", []any{}},
		{"an empty list", " [ ] ", []any{}},
		{"14: lists as conditions", `["&",["name","ilike","x"],["is_company","=",True]]`,
			[]any{"&", leaf("name", "ilike", "x"), leaf("is_company", "=", true)}},
		{"16 on: tuples", `["|", ("city", "=", "Львів"), ("country_id", "in", [1, 2])]`,
			[]any{"|", leaf("city", "=", "Львів"), leaf("country_id", "in", []any{int64(1), int64(2)})}},
		{"a condition with no operator before it", "[('a', '=', 1), ('b', '!=', False)]", []any{leaf("a", "=", int64(1)), leaf("b", "!=", false)}},
		{"not", "['!', ('a', 'child_of', 5)]", []any{"!", leaf("a", "child_of", int64(5))}},
		{"JSON's words", `[["a", "=", true], ["b", "=", null]]`, []any{leaf("a", "=", true), leaf("b", "=", false)}},
		{"None", "[('a', '=', None)]", []any{leaf("a", "=", false)}},
		{"numbers", "[('a', '>', -1), ('b', '<=', 1.5e2), ('c', '=', 1_000)]", []any{leaf("a", ">", int64(-1)), leaf("b", "<=", 150.0), leaf("c", "=", int64(1000))}},
		{"quotes and escapes", `[('a', '=', 'O\'Neil'), ("b", "=", "\"x\" \u0407\n\\"), ('c', '=', u'1'), ('d', '=', r'\d')]`,
			[]any{leaf("a", "=", "O'Neil"), leaf("b", "=", "\"x\" Ї\n\\"), leaf("c", "=", "1"), leaf("d", "=", `\d`)}},
		{"an emoji as JSON writes it", `[('a', '=', "\ud83d\ude00")]`, []any{leaf("a", "=", "😀")}},
		{"texts behind each other", `[('a', '=', 'x' "y")]`, []any{leaf("a", "=", "xy")}},
		{"commas at the end, over lines", "[\n  ('a', '=', 1,),\n]", []any{leaf("a", "=", int64(1))}},
		{"other spellings", "[('a', '==', 1), ('b', '<>', 2), ('c', 'NOT  IN', (3,))]", []any{leaf("a", "=", int64(1)), leaf("b", "!=", int64(2)), leaf("c", "not in", []any{int64(3)})}},
		{"every operator", "[('a','=?',1),('a','like','x'),('a','not like','x'),('a','not ilike','x'),('a','=like','x%'),('a','=ilike','x%'),('a','not =like','x'),('a','not =ilike','x'),('a','parent_of',1),('a','>=',1),('a','<',1)]",
			[]any{leaf("a", "=?", int64(1)), leaf("a", "like", "x"), leaf("a", "not like", "x"), leaf("a", "not ilike", "x"), leaf("a", "=like", "x%"), leaf("a", "=ilike", "x%"),
				leaf("a", "not =like", "x"), leaf("a", "not =ilike", "x"), leaf("a", "parent_of", int64(1)), leaf("a", ">=", int64(1)), leaf("a", "<", int64(1))}},
		{"always and never", "[(1, '=', 1), (0, '=', 1)]", []any{[]any{int64(1), "=", int64(1)}, []any{int64(0), "=", int64(1)}}},
		{"17 on: any", `[("child_ids", "any", ["&", ("city", "=", "Київ"), ("user_id", "=", uid)])]`,
			[]any{leaf("child_ids", "any", []any{"&", leaf("city", "=", "Київ"), leaf("user_id", "=", int64(7))})}},
		{"uid", "[('user_id', '=', uid), ('message_partner_ids', 'in', [uid])]", []any{leaf("user_id", "=", int64(7)), leaf("message_partner_ids", "in", []any{int64(7)})}},
		{"19: relative dates stay", `["&", ("create_date", ">=", "today -7d"), ("create_date", "<", "today =1d -1m")]`,
			[]any{"&", leaf("create_date", ">=", "today -7d"), leaf("create_date", "<", "today =1d -1m")}},
		{"18: the part of a date", `[("birthday.month_number", "=", 3)]`, []any{leaf("birthday.month_number", "=", int64(3))}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			parsed, err := Parse(c.source)
			require.NoError(t, err)
			got, err := parsed.Literal(kyiv(t))
			require.NoError(t, err)
			require.Equal(t, c.want, got)
			require.Equal(t, len(c.want) == 0, parsed.Empty())
		})
	}
}

func TestValuesThatDependOnTheDay(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]any{
		// As the editors of 14 to 18 write them.
		`context_today().strftime("%Y-%m-%d")`:                                                                                                    "2026-03-15",
		`(context_today() - relativedelta(days=7)).strftime('%Y-%m-%d')`:                                                                          "2026-03-08",
		`(context_today() + relativedelta(days = -30)).strftime('%Y-%m-%d')`:                                                                      "2026-02-13",
		`(context_today() + relativedelta(day = 1, months = -1)).strftime('%Y-%m-%d')`:                                                            "2026-02-01",
		`(context_today() + relativedelta(day = 1, month = 1)).strftime('%Y-%m-%d')`:                                                              "2026-01-01",
		`(context_today() + relativedelta(weeks = 1)).strftime("%Y-%m-%d")`:                                                                       "2026-03-22",
		`(context_today() + relativedelta(years = 1)).strftime("%Y-%m-%d")`:                                                                       "2027-03-15",
		`datetime.datetime.combine(context_today(), datetime.time(0, 0, 0)).to_utc().strftime("%Y-%m-%d %H:%M:%S")`:                               "2026-03-14 22:00:00",
		`datetime.datetime.combine(context_today() + relativedelta(days = -7), datetime.time(0, 0, 0)).to_utc().strftime("%Y-%m-%d %H:%M:%S")`:    "2026-03-07 22:00:00",
		`(datetime.datetime.combine(context_today() + relativedelta(days=-365), datetime.time(23,59,59)).to_utc()).strftime('%Y-%m-%d %H:%M:%S')`: "2025-03-15 21:59:59",
		// In summer Kyiv is three hours ahead.
		`datetime.datetime.combine(context_today() + relativedelta(months=3), datetime.time(0,0,0)).to_utc()`: "2026-06-14 21:00:00",
		// As people and other modules write them.
		`datetime.datetime.combine(context_today(), datetime.time(0,0,0))`: "2026-03-15 00:00:00",
		`context_today()`: "2026-03-15",
		`(context_today() - datetime.timedelta(days=30)).strftime('%Y-%m-%d')`:             "2026-02-13",
		`context_today() - datetime.timedelta(1)`:                                          "2026-03-14",
		`(context_today() + relativedelta(weekday=0)).strftime('%Y-%m-%d')`:                "2026-03-16",
		`(context_today() + relativedelta(weeks=-1, weekday=0)).strftime('%Y-%m-%d')`:      "2026-03-09",
		`context_today().replace(day=1)`:                                                   "2026-03-01",
		`(context_today().replace(day=31) + relativedelta(months=-1)).isoformat()`:         "2026-02-28",
		`datetime.datetime.now()`:                                                          "2026-03-14 22:30:00",
		`datetime.now()`:                                                                   "2026-03-14 22:30:00",
		`(datetime.datetime.now() - relativedelta(hours=2)).strftime('%Y-%m-%d %H:%M:%S')`: "2026-03-14 20:30:00",
		`datetime.datetime.now().to_utc().strftime('%Y-%m-%d')`:                            "2026-03-14",
		`datetime.date.today()`:                                                            "2026-03-15",
		`datetime.datetime.now().date()`:                                                   "2026-03-15",
		`time.strftime('%Y-%m-%d')`:                                                        "2026-03-15",
		`time.strftime('%Y-01-01')`:                                                        "2026-01-01",
		`time.strftime('%Y-%m-%d %H:%M:%S')`:                                               "2026-03-14 22:30:00",
		`datetime.date(2026, 2, 28)`:                                                       "2026-02-28",
		`datetime.datetime(2026, 2, 28, 12, 30)`:                                           "2026-02-28 12:30:00",
		`(datetime.date(2028, 2, 29) + relativedelta(years=1)).strftime('%d.%m.%y 100%%')`: "28.02.29 100%",
		`current_date`: "2026-03-15",
	} {
		t.Run(source, func(t *testing.T) {
			t.Parallel()
			parsed, err := Parse("[('d', '>=', " + source + ")]")
			require.NoError(t, err)
			got, err := parsed.Literal(kyiv(t))
			require.NoError(t, err)
			require.Equal(t, []any{leaf("d", ">=", want)}, got)
		})
	}
}

func TestParseNamesThePlaceAndTheWord(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		source, key string
		position    int
		word        string
	}{
		{"city = 1", "unexpected", 6, "="},
		{"('a', '=', 1)", "bad_term", 2, "'a'"},
		{"'a'", "not_a_list", 1, "'a'"},
		{"[('місто', '=', 1)]", "bad_field", 3, "'місто'"},
		{"[('a.', '=', 1)]", "bad_field", 3, "'a.'"},
		{"[(5, '=', 'x')]", "bad_field", 3, "5"},
		{"[('a', 'is', 1)]", "unknown_operator", 8, "'is'"},
		{"[('a', 'any!', [])]", "unknown_operator", 8, "'any!'"},
		{"[('a', '=')]", "bad_term", 2, "("},
		{"['and', ('a', '=', 1)]", "bad_term", 2, "'and'"},
		{"['|', ('a', '=', 1)]", "unbalanced", 2, "'|'"},
		{"['&', ('a', '=', 1), '!']", "unbalanced", 22, "'!'"},
		{"[('a', 'any', ['|', ('b', '=', 1)])]", "unbalanced", 16, "'|'"},
		{"[('a', 'any', 5)]", "bad_any", 15, "5"},
		{"[('a', '=', 'x)]", "unclosed_text", 13, "'x)]"},
		{"[('Їжак', '=', 'x)]", "unclosed_text", 16, "'x)]"},
		{"[('a', '=', 1]", "unexpected", 14, "]"},
		{"[('a', '=', )]", "bad_term", 2, "("},
		{"[('a', '=', 1) ('b', '=', 2)]", "unexpected", 16, "("},
		{"[('a', '=', 1)", "unexpected_end", 15, ""},
		{"[('a', '=', 99999999999999999999)]", "bad_number", 13, "99999999999999999999"},
		{"[('a', '=', user.id)]", "no_value", 13, "user.id"},
		{"[('a', '=', env['res.users'])]", "unexpected", 16, "["},
		{"[('a', '=', __import__('os'))]", "unknown_name", 13, "__import__"},
		{"[('a', '=', time.sleep(9))]", "unknown_name", 13, "time.sleep"},
		{"[('a', '=', 'x'.upper())]", "bad_call", 13, "'x'.upper"},
		{"[('a', '=', {'b': 1})]", "unexpected", 13, "{"},
		{"[('a', '=', 1 if uid else 2)]", "unexpected", 15, "if"},
		{"[('a', '=', lambda: 1)]", "unexpected", 19, ":"},
		{"[('a', '=', uid + 1)]", "bad_sum", 17, "+"},
		{"[('a', '=', relativedelta(days=1))]", "no_value", 13, "relativedelta"},
		{"[('a', '=', context_today)]", "unknown_name", 13, "context_today"},
		{"[('a', '=', context_today(1))]", "bad_call", 13, "context_today"},
		{"[('a', '=', context_today() + relativedelta(day=32))]", "out_of_range", 29, "+"},
		{"[('a', '=', context_today() + relativedelta(years=9999))]", "out_of_range", 29, "+"},
		{"[('a', '=', context_today() + relativedelta(days=999999999, weeks=999999999))]", "out_of_range", 29, "+"},
		{"[('a', '=', context_today() + relativedelta(day=x))]", "bad_call", 49, "x"},
		{"[('a', '=', context_today() + relativedelta(fortnights=1))]", "bad_call", 56, "1"},
		{"[('a', '=', datetime.date(2026, 2, 30))]", "out_of_range", 13, "datetime.date"},
		{"[('a', '=', context_today().strftime('%B'))]", "bad_format", 38, "'%B'"},
		{strings.Repeat("[", 100), "too_deep", 61, ""},
		{"[('a', '=', " + strings.Repeat("uid.x", 1) + strings.Repeat(".x", 100) + ")]", "too_deep", 0, ""},
	} {
		t.Run(c.source, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(c.source)
			var spoken *texts.Error
			require.True(t, errors.As(err, &spoken), "%v", err)
			require.Equal(t, "domain."+c.key, spoken.Key)
			if c.position > 0 {
				require.Equal(t, c.position, spoken.Args["position"], spoken.Error())
			}
			if c.word != "" {
				require.Equal(t, c.word, spoken.Args["word"])
			}
			for _, lang := range texts.Languages() {
				require.NotRegexp(t, `\{[a-z]+\}`, spoken.In(lang))
			}
		})
	}
}

func TestParseRefusesWhatIsTooLong(t *testing.T) {
	t.Parallel()
	_, err := Parse("[('a', '=', '" + strings.Repeat("x", maxSource) + "')]")
	require.ErrorContains(t, err, "longer than")
}

func TestFieldsAreListedOnceWithThoseInsideAny(t *testing.T) {
	t.Parallel()
	parsed, err := Parse(`["|", ("city", "=", "x"), ("city", "=", "y"), ("country_id.code", "=", "UA"), (1, "=", 1),
		("child_ids", "any", [("user_id.name", "=", "z"), ("category_id", "not any", [("name", "=", "q")])]), ("birthday.month_number", "=", 3)]`)
	require.NoError(t, err)
	require.Equal(t, []string{"city", "country_id.code", "child_ids", "child_ids.user_id.name", "child_ids.category_id", "child_ids.category_id.name", "birthday"}, parsed.Fields())
}

func TestCheckNamesFieldsThatTheModelDoesNotHave(t *testing.T) {
	t.Parallel()
	parsed, err := Parse("[('city', '=', 'x'), ('mobile', '!=', False)]")
	require.NoError(t, err)
	problems := Check(parsed, func(path string) bool { return path != "mobile" })
	require.Len(t, problems, 1)
	require.Contains(t, problems[0].In("uk"), "«mobile»")
}

func TestStringIsWhatWasWritten(t *testing.T) {
	t.Parallel()
	parsed, err := Parse(" [('a', '=', 1)]\n")
	require.NoError(t, err)
	require.Equal(t, "[('a', '=', 1)]", parsed.String())
	require.Equal(t, "[]", Domain{}.String())
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "[]", "[('a', '=', 1)]", `["|", ["a","in",[1,2.5]], ("b.c", "=ilike", "\u0407\n%")]`, "[('a', 'any', [('b', '=', uid)])]",
		`[("d", ">=", datetime.datetime.combine(context_today() + relativedelta(days = -7), datetime.time(0, 0, 0)).to_utc().strftime("%Y-%m-%d %H:%M:%S"))]`,
		"[('a', '=', (context_today().replace(day=31) - relativedelta(months=+1, weekday=0)).isoformat())]", "[(1, '=', 1), '!']", "[('a','=',time.strftime('%Y'))]",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		parsed, err := Parse(source)
		if err != nil {
			for _, lang := range texts.Languages() {
				require.NotEmpty(t, texts.Explain(lang, err))
			}
			return
		}
		literal, err := parsed.Literal(kyiv(t))
		if err != nil {
			return // a date that there is only in some years
		}
		requireLiteral(t, literal)
		parsed.Fields()
		again, err := Parse(parsed.String())
		require.NoError(t, err)
		twice, err := again.Literal(kyiv(t))
		require.NoError(t, err)
		require.Equal(t, literal, twice)
	})
}

// requireLiteral holds that nothing is left that Odoo would have to evaluate.
func requireLiteral(t *testing.T, value any) {
	switch value := value.(type) {
	case string, int64, float64, bool:
	case []any:
		for _, item := range value {
			requireLiteral(t, item)
		}
	default:
		require.Fail(t, "not a literal", "%T", value)
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _ = Parse(`["&", ("city", "=", "Львів"), ("create_date", ">=", datetime.datetime.combine(context_today() + relativedelta(days = -7), datetime.time(0, 0, 0)).to_utc().strftime("%Y-%m-%d %H:%M:%S"))]`)
	}
}

func BenchmarkLiteral(b *testing.B) {
	parsed, err := Parse(`["&", ("city", "=", "Львів"), ("create_date", ">=", datetime.datetime.combine(context_today() + relativedelta(days = -7), datetime.time(0, 0, 0)).to_utc().strftime("%Y-%m-%d %H:%M:%S"))]`)
	require.NoError(b, err)
	env := kyiv(b)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = parsed.Literal(env)
	}
}
