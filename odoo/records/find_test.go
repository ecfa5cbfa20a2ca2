package records_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/png"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/odoo/rpc"
)

func TestRecordsAreShownAsOdooShowsThemAndNoneIsReachedFromOutside(t *testing.T) {
	onBothFull(t, func(t *testing.T, w world) {
		t.Run("EveryKindOfFieldInBothLanguages", w.testFindKinds)
		t.Run("ValuesAreWhatOdoosOwnPagesShow", w.testFindAsOdoo)
		t.Run("B33EmptyValuesSayNothingAndFalseIsAWord", w.testFindEmpty)
		t.Run("B34TimesAreThoseOfTheBotAndDaysNeverMove", w.testFindTimes)
		t.Run("PagesAndOrder", w.testFindPages)
		t.Run("WhatStandsOutsideIsNotReached", w.testFindScope)
		t.Run("RecordsThatARecordLeadsTo", w.testFindRelated)
		t.Run("AFieldThatTheServiceMayNotReadSaysNothing", w.testFindUnreadable)
		t.Run("AModelWithABrokenFieldIsReadAllTheSame", w.testFindBroken)
		t.Run("PicturesAreFetched", w.testFindPicture)
	})
}

// find asks for one value of a record of a model.
func (w world) find(t *testing.T, model string, record int64, lang string, paths ...string) []flow.RecordValue {
	t.Helper()
	found, err := w.records(t).Find(t.Context(), flow.RecordsQuestion{Levels: []flow.Scope{{Model: model}}, Record: record, Paths: paths, Lang: lang, TZ: "Europe/Kyiv"})
	require.NoError(t, err)
	require.Len(t, found.Items, 1)
	require.Equal(t, 1, found.Total)
	return found.Items[0].Values
}

func (w world) texts(t *testing.T, model string, record int64, lang string, paths ...string) []string {
	t.Helper()
	var texts []string
	for _, value := range w.find(t, model, record, lang, paths...) {
		texts = append(texts, value.Text)
	}
	return texts
}

// order makes a quotation of a contact with some of a product.
func (w world) order(t *testing.T, partner int64, values map[string]any) int64 {
	t.Helper()
	product := w.make(t, "product.product", map[string]any{"name": "Насіння", "list_price": 617.25})
	all := map[string]any{"partner_id": partner, "order_line": []any{[]any{0, 0, map[string]any{"product_id": product, "product_uom_qty": 2, "tax_id": []any{rpc.Set()}}}}}
	if w.Version >= 19 {
		all["order_line"] = []any{[]any{0, 0, map[string]any{"product_id": product, "product_uom_qty": 2, "tax_ids": []any{rpc.Set()}}}}
	}
	for name, value := range values {
		all[name] = value
	}
	return w.make(t, "sale.order", all)
}

func (w world) testFindKinds(t *testing.T) {
	partner := w.make(t, "res.partner", map[string]any{"name": "Ганна Приклад", "category_id": []any{rpc.Set(w.tag(t, "Сад"), w.tag(t, "Город"))}, "comment": "<p>Дзвонити <b>зранку</b></p>"})
	order := w.order(t, partner, nil)
	money := w.find(t, "sale.order", order, "uk_UA", "amount_total", "currency_id.symbol")
	require.Contains(t, strings.ReplaceAll(money[0].Text, "\u00a0", " "), "1 234,50", "as Odoo's own format of Ukrainian")
	require.Contains(t, money[0].Text, money[1].Text)
	require.Contains(t, w.texts(t, "sale.order", order, "en_US", "amount_total")[0], "1,234.50")
	require.Equal(t, []string{"Ганна Приклад", "Ганна Приклад"}, w.texts(t, "sale.order", order, "uk_UA", "partner_id", "partner_id.name"))
	english, ukrainian := w.texts(t, "sale.order", order, "en_US", "state"), w.texts(t, "sale.order", order, "uk_UA", "state")
	require.Equal(t, "Quotation", english[0])
	require.NotEqual(t, english, ukrainian)
	require.Equal(t, "2,00", w.texts(t, "sale.order", order, "uk_UA", "order_line.product_uom_qty")[0])
	tags := w.texts(t, "res.partner", partner, "uk_UA", "category_id")[0]
	require.Contains(t, []string{"Сад, Город", "Город, Сад"}, tags)
	comment := w.find(t, "res.partner", partner, "uk_UA", "comment")[0]
	require.Equal(t, w.Version >= 15, comment.HTML, "14 has a text")
	require.Contains(t, comment.Text, "<b>зранку</b>")
	require.Equal(t, []string{"Так"}, w.texts(t, "res.partner", partner, "uk_UA", "active"))
	require.Equal(t, []string{"Yes"}, w.texts(t, "res.partner", partner, "en_US", "active"))
}

// testFindAsOdoo compares with the converters of Odoo's own reports and web pages. 14 does not know the newer name of the zone.
func (w world) testFindAsOdoo(t *testing.T) {
	partner := w.make(t, "res.partner", map[string]any{"name": "Порівняння", "partner_latitude": 50.4501, "color": 1234})
	order := w.order(t, partner, map[string]any{"date_order": "2026-03-28 22:30:00", "validity_date": "2026-05-03"})
	page := w.make(t, "ir.actions.server", map[string]any{"name": "page", "model_id": w.Ref(t, "base.model_res_partner"), "state": "code", "code": `asked = env.context['krok']
record = env[asked['model']].with_context(lang=asked['lang'], tz='Europe/Kiev').browse(asked['id'])
options = {'hide_seconds': True}
if asked['type'] == 'monetary':
    options['display_currency'] = record.currency_id
if asked['type'] == 'float':
    options['precision'] = record._fields[asked['field']].get_digits(env)[1]
action = {'text': str(record.env['ir.qweb.field.' + asked['type']].value_to_html(record[asked['field']], options) or '')}`})
	for _, one := range []struct {
		model  string
		record int64
		field  string
		kind   string
	}{
		{"sale.order", order, "amount_total", "monetary"}, {"sale.order", order, "date_order", "datetime"}, {"sale.order", order, "validity_date", "date"},
		{"res.partner", partner, "color", "integer"}, {"res.partner", partner, "partner_latitude", "float"}, {"sale.order", order, "partner_id", "many2one"},
	} {
		for _, lang := range []string{"uk_UA", "en_US"} {
			answer, err := w.admin.Run(t.Context(), page, map[string]any{"model": one.model, "id": one.record, "field": one.field, "type": one.kind, "lang": lang})
			require.NoError(t, err)
			own, _ := answer.(map[string]any)["text"].(string)
			require.Equal(t, plainly(own), plainly(w.texts(t, one.model, one.record, lang, one.field)[0]), "%s in %s", one.field, lang)
		}
	}
}

// plainly is a text without tags, and with plain spaces.
func plainly(html string) string {
	for _, letter := range []string{"\u00a0", "\u202f", "\ufeff", "&nbsp;"} {
		html = strings.ReplaceAll(html, letter, " ")
	}
	return strings.Join(strings.Fields(regexp.MustCompile("<[^>]*>").ReplaceAllString(html, "")), " ")
}

func (w world) testFindEmpty(t *testing.T) {
	partner := w.make(t, "res.partner", map[string]any{"name": "Порожній"})
	require.Equal(t, []string{"", "", "", "", "Ні"}, w.texts(t, "res.partner", partner, "uk_UA", "phone", "country_id.name", "user_id", "no_such_field", "is_company"))
}

func (w world) testFindTimes(t *testing.T) {
	partner := w.make(t, "res.partner", map[string]any{"name": "Час"})
	order := w.order(t, partner, map[string]any{"date_order": "2026-03-28 22:30:00", "validity_date": "2026-03-29"})
	require.Equal(t, []string{"29.03.2026 00:30", "29.03.2026"}, w.texts(t, "sale.order", order, "uk_UA", "date_order", "validity_date"))
}

func (w world) testFindPages(t *testing.T) {
	for _, name := range []string{"Стор 1", "Стор 2", "Стор 3"} {
		w.make(t, "res.partner", map[string]any{"name": name})
	}
	question := flow.RecordsQuestion{Levels: []flow.Scope{{Model: "res.partner", Domain: []any{[]any{"name", "=like", "Стор %"}}}}, Order: "name desc", Limit: 2, Paths: []string{"name"}}
	first, err := w.records(t).Find(t.Context(), question)
	require.NoError(t, err)
	require.Equal(t, 3, first.Total)
	require.Equal(t, []string{"Стор 3", "Стор 2"}, []string{first.Items[0].Name, first.Items[1].Name})
	question.Offset = 2
	second, err := w.records(t).Find(t.Context(), question)
	require.NoError(t, err)
	require.Len(t, second.Items, 1)
	question.Order = "no_such_field"
	_, err = w.records(t).Find(t.Context(), question)
	require.Error(t, err)
	require.False(t, flow.IsUnavailable(err), "trying again does not mend it: %v", err)
}

func (w world) testFindScope(t *testing.T) {
	own, other := w.make(t, "res.partner", map[string]any{"name": "Своя"}), w.make(t, "res.partner", map[string]any{"name": "Чужа"})
	order := w.order(t, other, nil)
	mine := flow.Scope{Model: "sale.order", Domain: []any{[]any{"partner_id", "=", own}}}
	for name, levels := range map[string][]flow.Scope{
		"a record":            {mine},
		"records behind it":   {{Model: mine.Model, Domain: mine.Domain, Record: order, Related: "order_line"}, {Model: "sale.order.line"}},
		"a field that is not": {{Model: "res.partner", Record: own, Related: "no_such_field"}, {Model: "res.partner"}},
		"a model that is not": {{Model: "no.such.model"}},
	} {
		found, err := w.records(t).Find(t.Context(), flow.RecordsQuestion{Levels: levels, Record: order, Paths: []string{"name"}})
		require.NoError(t, err, name)
		require.Empty(t, found.Items, name)
	}
}

func (w world) testFindRelated(t *testing.T) {
	partner := w.make(t, "res.partner", map[string]any{"name": "Лінії"})
	order, another := w.order(t, partner, nil), w.order(t, partner, nil)
	levels := []flow.Scope{{Model: "sale.order", Domain: []any{[]any{"partner_id", "=", partner}}, Record: order, Related: "order_line"}, {Model: "sale.order.line", Domain: []any{[]any{"product_uom_qty", ">", 0}}}}
	found, err := w.records(t).Find(t.Context(), flow.RecordsQuestion{Levels: levels, Paths: []string{"order_id"}})
	require.NoError(t, err)
	require.Len(t, found.Items, 1, "not those of %d", another)
}

func (w world) testFindUnreadable(t *testing.T) {
	partner := w.make(t, "res.partner", map[string]any{"name": "Ганна", "signup_type": "pssst"}) // for administrators alone
	require.Equal(t, []string{"Ганна", ""}, w.texts(t, "res.partner", partner, "uk_UA", "name", "signup_type"))
	reply, err := w.records(t).Ask(t.Context(), flow.Question{Partner: partner, Values: []string{"name", "signup_type"}})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"name": "Ганна", "signup_type": ""}, reply.Values)
}

// A model whose full fields_get fails: a computed field of somebody else's is broken.
func (w world) testFindBroken(t *testing.T) {
	w.make(t, "ir.model.fields", map[string]any{"name": "x_test_broken", "model_id": w.Ref(t, "base.model_res_partner_industry"), "ttype": "char", "field_description": "Broken",
		"compute": "for one in self:\n    one['x_test_broken'] = str(1 // 0)", "store": false, "readonly": true})
	industry := w.make(t, "res.partner.industry", map[string]any{"name": "Садівництво"})
	require.Equal(t, []string{"Садівництво"}, w.texts(t, "res.partner.industry", industry, "en_US", "name"))
}

func (w world) testFindPicture(t *testing.T) {
	var photo bytes.Buffer
	require.NoError(t, png.Encode(&photo, image.NewGray(image.Rect(0, 0, 40, 30))))
	partner := w.make(t, "res.partner", map[string]any{"name": "З фото", "image_1920": base64.StdEncoding.EncodeToString(photo.Bytes())})
	value := w.find(t, "res.partner", partner, "uk_UA", "image_1920")[0]
	require.NotEmpty(t, value.Image)
	contents, err := w.records(t).Media(t.Context(), flow.Medium{Kind: "image", Record: &flow.RecordFile{Model: "res.partner", ID: partner, Field: "image_1920"}})
	require.NoError(t, err)
	require.NotEmpty(t, contents)
	require.Equal(t, "\x89PNG", string(contents[:4]))
	_, err = w.records(t).Media(t.Context(), flow.Medium{Kind: "image", Record: &flow.RecordFile{Model: "res.partner", ID: partner, Field: "name"}})
	require.Error(t, err)
}
