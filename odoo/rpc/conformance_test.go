package rpc_test

import (
	"context"
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/rpc"
)

// stage is an Odoo, a real or a fake one, reached over one protocol.
type stage struct {
	admin  *rpc.Client // may everything
	plain  *rpc.Client // an internal user without further rights
	action func(t *testing.T, code string) int64
}

// The server actions of the suite, in Odoo's Python; the fake has them in Go.
const (
	echoAction   = "action = {'got': env.context['krok'], 'empty': False}"
	silentAction = "1 + 1"
	noneAction   = "env['res.partner'].create({'name': env.context['krok']['name']})\naction = {'value': None}"
	userAction   = "raise UserError('Ні: \"<так>\" & крапка.')"
	pythonAction = "{}['missing']"
	deepAction   = "action = {'list': [1, 2.5, 'три', [], {}, True], 'text': ''}"
)

// conforms is what every protocol must do alike, on every Odoo.
func conforms(t *testing.T, s stage) {
	for name, test := range map[string]func(*testing.T, stage){
		"a record is made, read, changed and deleted":           recordLives,
		"B33 empty values are empty, never the word false":      emptyValues,
		"texts keep every letter":                               textsSurvive,
		"dates and datetimes stay as they are":                  datesSurvive,
		"numbers that do not fit are refused before Odoo":       bigNumbers,
		"files come back as they went":                          binaries,
		"commands change a many2many field":                     commands,
		"searching knows order, limit, offset and archived":     searching,
		"fields are described":                                  describing,
		"methods take arguments by name":                        byName,
		"a server action gets arguments and gives a value":      running,
		"B31 a method that returns nothing is carried out once": returnsNothing,
		"a missing record is named as such":                     missingRecord,
		"a right that is missing is named as such":              missingRight,
		"Odoo's refusal keeps its words":                        refusals,
		"a duplicate is refused":                                duplicates,
		"a fault in Python shows its last line only":            pythonFault,
		"an unknown model and method are named as such":         unknown,
	} {
		t.Run(name, func(t *testing.T) { test(t, s) })
	}
}

// failure is the Error of a call that must fail.
func failure(t *testing.T, err error, kind rpc.Kind) *rpc.Error {
	t.Helper()
	require.Error(t, err)
	var e *rpc.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, kind, e.Kind, "%s", err)
	require.NotContains(t, err.Error(), "Traceback")
	require.NotContains(t, e.Message, "File \"")
	require.NotContains(t, err.Error(), "\n", "an error is one line")
	return e
}

func newPartner(t *testing.T, s stage, values map[string]any) int64 {
	t.Helper()
	id, err := s.admin.Create(t.Context(), "res.partner", values)
	require.NoError(t, err)
	return id
}

func readPartner(t *testing.T, s stage, id int64, fields ...string) rpc.Record {
	t.Helper()
	rows, err := s.admin.Read(t.Context(), "res.partner", []int64{id}, fields)
	require.NoError(t, err)
	require.Len(t, rows, 1)
	return rows[0]
}

func recordLives(t *testing.T, s stage) {
	ctx := t.Context()
	ids, err := s.admin.CreateMany(ctx, "res.partner", []map[string]any{{"name": "Перший", "color": 3}, {"name": "Другий"}})
	require.NoError(t, err)
	require.Len(t, ids, 2)
	require.NoError(t, s.admin.Write(ctx, "res.partner", ids, map[string]any{"phone": "+380 44 000 00 01", "is_company": true}))

	rows, err := s.admin.Read(ctx, "res.partner", ids, []string{"name", "phone", "is_company", "color"})
	require.NoError(t, err)
	require.Len(t, rows, 2)
	require.Equal(t, ids[0], rows[0].ID())
	require.Equal(t, "Перший", rows[0].Str("name"))
	require.Equal(t, "+380 44 000 00 01", rows[1].Str("phone"))
	require.True(t, rows[1].Bool("is_company"))
	require.Equal(t, int64(3), rows[0].Int("color"))

	require.NoError(t, s.admin.Unlink(ctx, "res.partner", ids))
	rows, err = s.admin.Read(ctx, "res.partner", ids, []string{"name"})
	require.NoError(t, err)
	require.Empty(t, rows)
}

func emptyValues(t *testing.T, s stage) {
	parent := newPartner(t, s, map[string]any{"name": "Фірма"})
	id := newPartner(t, s, map[string]any{"name": "Без усього", "phone": nil, "email": "", "is_company": false})
	row := readPartner(t, s, id, "phone", "email", "parent_id", "category_id", "is_company", "partner_latitude", "color")
	for _, field := range []string{"phone", "email", "parent_id", "category_id", "is_company"} {
		require.Empty(t, row.Str(field), field)
		require.Zero(t, row.Int(field), field)
		require.True(t, row.Empty(field), field)
	}
	require.Empty(t, row.IDs("category_id"))
	require.Zero(t, row.Float("partner_latitude"))
	ref, name := row.Ref("parent_id")
	require.Zero(t, ref)
	require.Empty(t, name)

	require.NoError(t, s.admin.Write(t.Context(), "res.partner", []int64{id}, map[string]any{"parent_id": parent}))
	row = readPartner(t, s, id, "parent_id")
	ref, name = row.Ref("parent_id")
	require.Equal(t, parent, ref)
	require.Equal(t, "Фірма", name)
	require.Equal(t, []int64{parent}, row.IDs("parent_id"))
	require.NoError(t, s.admin.Write(t.Context(), "res.partner", []int64{id}, map[string]any{"parent_id": nil}))
	require.Zero(t, readPartner(t, s, id, "parent_id").Int("parent_id"))
}

func textsSurvive(t *testing.T, s stage) {
	for _, text := range []string{
		"Ґанок & «Їжак» <b>не тег</b> ]]> \"'", "emoji 👩‍👩‍👧‍👦 🇺🇦", "false", "рядок\nдругий\tз табуляцією", "&amp;amp;",
	} {
		id := newPartner(t, s, map[string]any{"name": text})
		require.Equal(t, text, readPartner(t, s, id, "name").Str("name"))
	}
	id := newPartner(t, s, map[string]any{"name": "a\x00b\x0bc\xffd"})
	require.Equal(t, "abc\uFFFDd", readPartner(t, s, id, "name").Str("name"), "what neither XML nor PostgreSQL carries is left out")
}

func datesSurvive(t *testing.T, s stage) {
	ctx := t.Context()
	message, err := s.admin.Create(ctx, "mail.message", map[string]any{"body": "x", "date": "2026-03-29 00:15:00"})
	require.NoError(t, err)
	rows, err := s.admin.Read(ctx, "mail.message", []int64{message}, []string{"date"}, rpc.Context(map[string]any{"tz": "Europe/Kyiv"}))
	require.NoError(t, err)
	require.Equal(t, "2026-03-29 00:15:00", rows[0].Str("date"))
	require.Equal(t, "2026-03-29T00:15:00Z", rows[0].Time("date").Format("2006-01-02T15:04:05Z07:00"))

	rate := newRate(t, s, "2026-03-29")
	rows, err = s.admin.Read(ctx, "res.currency.rate", []int64{rate}, []string{"name", "rate"})
	require.NoError(t, err)
	require.Equal(t, "2026-03-29", rows[0].Str("name"))
	require.InDelta(t, 1.25, rows[0].Float("rate"), 1e-9)
}

// newRate makes a currency's rate on a day.
func newRate(t *testing.T, s stage, day string) int64 {
	t.Helper()
	currency, err := s.admin.Create(t.Context(), "res.currency", map[string]any{"name": currencyName(), "symbol": "¤"})
	require.NoError(t, err)
	id, err := s.admin.Create(t.Context(), "res.currency.rate", map[string]any{"name": day, "rate": 1.25, "currency_id": currency})
	require.NoError(t, err)
	return id
}

func bigNumbers(t *testing.T, s stage) {
	_, err := s.admin.Create(t.Context(), "res.partner", map[string]any{"name": "Велике", "color": int64(7_000_000_000)})
	e := failure(t, err, rpc.KindValue)
	require.True(t, e.NotDone)
	require.Contains(t, err.Error(), "7000000000")
	found, err := s.admin.SearchCount(t.Context(), "res.partner", []any{[]any{"name", "=", "Велике"}})
	require.NoError(t, err)
	require.Zero(t, found)
}

func binaries(t *testing.T, s stage) {
	content := []byte{0, 1, 2, 250, 255, '<', '&'}
	id, err := s.admin.Create(t.Context(), "ir.attachment", map[string]any{"name": "файл.bin", "datas": content})
	require.NoError(t, err)
	rows, err := s.admin.Read(t.Context(), "ir.attachment", []int64{id}, []string{"datas"})
	require.NoError(t, err)
	got, err := base64.StdEncoding.DecodeString(rows[0].Str("datas"))
	require.NoError(t, err)
	require.Equal(t, content, got)
}

func commands(t *testing.T, s stage) {
	ctx := t.Context()
	tags, err := s.admin.CreateMany(ctx, "res.partner.category", []map[string]any{{"name": tagName()}, {"name": tagName()}})
	require.NoError(t, err)
	id := newPartner(t, s, map[string]any{"name": "З мітками", "category_id": []rpc.Command{rpc.Set(tags...)}})
	has := func() []int64 { return readPartner(t, s, id, "category_id").IDs("category_id") }
	require.ElementsMatch(t, tags, has())

	change := func(commands ...rpc.Command) {
		require.NoError(t, s.admin.Write(ctx, "res.partner", []int64{id}, map[string]any{"category_id": commands}))
	}
	change(rpc.Unlink(tags[0]))
	require.Equal(t, tags[1:], has())
	change(rpc.Make(map[string]any{"name": tagName()}), rpc.Link(tags[0]))
	require.Len(t, has(), 3)
	change(rpc.Clear())
	require.Empty(t, has())
}

func searching(t *testing.T, s stage) {
	ctx := t.Context()
	mark := tagName()
	var ids []int64
	for _, letter := range []string{"б", "а", "в"} {
		ids = append(ids, newPartner(t, s, map[string]any{"name": mark + letter}))
	}
	domain := []any{[]any{"name", "like", mark}}
	found, err := s.admin.Search(ctx, "res.partner", domain, rpc.Order("name desc"), rpc.Limit(2))
	require.NoError(t, err)
	require.Equal(t, []int64{ids[2], ids[0]}, found)
	rows, err := s.admin.SearchRead(ctx, "res.partner", domain, []string{"name"}, rpc.Order("name"), rpc.Offset(2))
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.Equal(t, mark+"в", rows[0].Str("name"))

	require.NoError(t, s.admin.Write(ctx, "res.partner", ids[:1], map[string]any{"active": false}))
	count, err := s.admin.SearchCount(ctx, "res.partner", domain)
	require.NoError(t, err)
	require.Equal(t, int64(2), count)
	count, err = s.admin.SearchCount(ctx, "res.partner", domain, rpc.WithArchived())
	require.NoError(t, err)
	require.Equal(t, int64(3), count)
	everything, err := s.admin.SearchCount(ctx, "res.partner", nil)
	require.NoError(t, err)
	require.GreaterOrEqual(t, everything, int64(2))
}

func describing(t *testing.T, s stage) {
	fields, err := s.admin.FieldsGet(t.Context(), "res.partner")
	require.NoError(t, err)
	require.Equal(t, "many2many", fields["category_id"].Str("type"))
	require.Equal(t, "res.partner.category", fields["category_id"].Str("relation"))
	require.NotEmpty(t, fields["name"].Str("string"))
	fields, err = s.admin.FieldsGet(t.Context(), "res.partner", "type")
	require.NoError(t, err)
	require.Equal(t, rpc.Record{"type": "boolean"}, fields["is_company"])
}

func byName(t *testing.T, s stage) {
	mark := tagName()
	id := newPartner(t, s, map[string]any{"name": mark})
	value, err := s.admin.Call(t.Context(), "res.partner", "search", nil,
		rpc.Args{"domain": []any{[]any{"name", "=", mark}}, "limit": 1, "context": map[string]any{"lang": "en_US"}})
	require.NoError(t, err)
	require.Equal(t, []int64{id}, rpc.IDs(value))
	value, err = s.admin.Call(t.Context(), "res.partner", "read", []int64{id}, rpc.Args{"fields": []string{"name"}})
	require.NoError(t, err)
	require.Equal(t, mark, rpc.Records(value)[0].Str("name"))
	_, err = s.admin.Call(t.Context(), "res.partner", "read", []int64{id}, rpc.Args{"bogus": 1})
	require.True(t, failure(t, err, rpc.KindPython).NotDone)
}

func running(t *testing.T, s stage) {
	ctx := t.Context()
	args := map[string]any{"text": "Привіт", "number": 5, "list": []any{1, "два"}, "nothing": nil, "Ключ <&>": true}
	value, err := s.admin.Run(ctx, s.action(t, echoAction), args)
	require.NoError(t, err)
	var got struct {
		Got struct {
			Text    string `json:"text"`
			Number  int    `json:"number"`
			List    []any  `json:"list"`
			Nothing string `json:"nothing"`
			Odd     bool   `json:"Ключ <&>"`
		} `json:"got"`
		Empty []string `json:"empty"`
	}
	require.NoError(t, rpc.Decode(value, &got))
	require.Equal(t, "Привіт", got.Got.Text)
	require.Equal(t, 5, got.Got.Number)
	require.Equal(t, []any{int64(1), "два"}, got.Got.List)
	require.Empty(t, got.Got.Nothing)
	require.True(t, got.Got.Odd)

	value, err = s.admin.Run(ctx, s.action(t, silentAction), nil)
	require.NoError(t, err)
	require.Equal(t, false, value)

	value, err = s.admin.Run(ctx, s.action(t, deepAction), nil)
	require.NoError(t, err)
	record := rpc.Record(value.(map[string]any))
	require.Equal(t, []any{int64(1), 2.5, "три", []any{}, map[string]any{}, true}, record["list"])
	require.Empty(t, record.Str("text"))
}

func returnsNothing(t *testing.T, s stage) {
	ctx := t.Context()
	mark := tagName()
	value, err := s.admin.Run(ctx, s.action(t, noneAction), map[string]any{"name": mark})
	require.NoError(t, err)
	if value != nil { // JSON carries None
		require.Equal(t, map[string]any{"value": nil}, value)
	}
	count, err := s.admin.SearchCount(ctx, "res.partner", []any{[]any{"name", "=", mark}})
	require.NoError(t, err)
	require.Equal(t, int64(1), count, "carried out once")

	id := newPartner(t, s, map[string]any{"name": tagName()})
	value, err = s.admin.Call(ctx, "res.partner", "action_archive", []int64{id}, nil)
	require.NoError(t, err)
	require.Empty(t, value)
	require.False(t, readPartner(t, s, id, "active").Bool("active"))
}

func missingRecord(t *testing.T, s stage) {
	id := newPartner(t, s, map[string]any{"name": "Тимчасовий"})
	require.NoError(t, s.admin.Unlink(t.Context(), "res.partner", []int64{id}))
	err := s.admin.Write(t.Context(), "res.partner", []int64{id}, map[string]any{"name": "x"})
	e := failure(t, err, rpc.KindMissing)
	require.True(t, e.NotDone)
	require.False(t, e.Retry)
}

func missingRight(t *testing.T, s stage) {
	_, err := s.plain.SearchRead(t.Context(), "ir.config_parameter", nil, []string{"key"})
	e := failure(t, err, rpc.KindAccess)
	require.True(t, e.NotDone)
	require.Contains(t, e.Message, "ir.config_parameter")
	// A refused right is no refused login: the next call goes through.
	_, err = s.plain.Search(t.Context(), "res.partner", nil, rpc.Limit(1))
	require.NoError(t, err)
}

func refusals(t *testing.T, s stage) {
	_, err := s.admin.Run(t.Context(), s.action(t, userAction), nil)
	e := failure(t, err, rpc.KindUser)
	require.True(t, e.NotDone)
	require.Equal(t, `Ні: "<так>" & крапка.`, e.Message)
	require.Equal(t, `Odoo refuses: Ні: "<так>" & крапка.`, e.In("en"))
	require.Equal(t, `Odoo відмовляє: Ні: "<так>" & крапка.`, e.In("uk"))
}

func duplicates(t *testing.T, s stage) {
	rate := newRate(t, s, "2026-01-01")
	rows, err := s.admin.Read(t.Context(), "res.currency.rate", []int64{rate}, []string{"currency_id"})
	require.NoError(t, err)
	_, err = s.admin.Create(t.Context(), "res.currency.rate",
		map[string]any{"name": "2026-01-01", "rate": 2, "currency_id": rows[0].Int("currency_id")})
	require.True(t, failure(t, err, rpc.KindUser).NotDone)
}

func pythonFault(t *testing.T, s stage) {
	_, err := s.admin.Run(t.Context(), s.action(t, pythonAction), nil)
	e := failure(t, err, rpc.KindPython)
	require.True(t, e.NotDone)
	require.Contains(t, e.Message, "KeyError")
	require.Contains(t, err.Error(), "ir.actions.server.run")

	err = s.admin.Write(t.Context(), "res.partner", []int64{newPartner(t, s, map[string]any{"name": "x"})}, map[string]any{"color": "x"})
	require.Contains(t, failure(t, err, rpc.KindPython).Message, "ValueError: invalid literal for int()")
}

func unknown(t *testing.T, s stage) {
	ctx := context.Background()
	_, err := s.admin.Search(ctx, "no.such.model", nil)
	require.True(t, failure(t, err, rpc.KindUnknownModel).NotDone)
	_, err = s.admin.Call(ctx, "res.partner", "no_such_method", nil, nil)
	require.True(t, failure(t, err, rpc.KindUnknownMethod).NotDone)
	_, err = s.admin.Call(ctx, "res.partner", "no_such_method", []int64{1}, nil)
	require.True(t, failure(t, err, rpc.KindUnknownMethod).NotDone)
	for _, name := range []string{"res.partner/../x", "Res Partner", "", "res.partner<", "a..b"} {
		_, err = s.admin.Search(ctx, name, nil)
		failure(t, err, rpc.KindValue)
	}
}
