package records_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/odoo/odootest"
	"github.com/krokbot/krok/odoo/records"
	"github.com/krokbot/krok/odoo/rpc"
)

// What a step writes into a client's contact. The tests share one database a version.
func TestContactIsUpdated(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		w.addFields(t)
		t.Run("EveryKindOfFieldIsWrittenAndShownAsPeopleReadIt", w.testKinds)
		t.Run("B33EmptyValuesAreNeverTheWordFalse", w.testEmpty)
		t.Run("B34TimesAreWrittenInUTCAndShownInTheBotsZoneAndDatesNeverMove", w.testTimes)
		t.Run("WhatPeopleWriteIsNeverMarkup", w.testMarkup)
		t.Run("PictureIsWritten", w.testPicture)
		t.Run("TagsAndValueAreOneWriteAndOneNote", w.testTags)
		t.Run("TheTagOfTheBotStaysWhateverIsChosen", w.testChannelTag)
		t.Run("WhatChangesNothingLeavesNoTrace", w.testNothing)
		t.Run("NobodyFollowsAContactOrIsToldOfIt", w.testSilence)
		t.Run("B31AnswerWithoutAResultWritesOneNote", w.testNoneAfter)
		t.Run("ForgedValuesAreRefusedAndNothingIsWritten", w.testForged)
		t.Run("FieldsThatNobodyMayAnswerAreRefused", w.testProtected)
		t.Run("RefusalOfOdooIsForTheClient", w.testRefusal)
		t.Run("ContactThatWasDeletedByHandIsMadeAnew", w.testDeleted)
		t.Run("ContactThatWasMergedByHandIsFollowed", w.testMergedByHand)
		t.Run("B22TypedNumberOfAnotherContactMergesNothing", w.testTypedNumber)
		t.Run("LanguageOfTheContactIsToldAfterTheWrite", w.testLanguage)
		t.Run("ValuesAreListed", w.testValues)
	})
}

// addFields gives contacts a field of every kind that Odoo's own might lack.
func (w world) addFields(t *testing.T) {
	t.Helper()
	model := w.Ref(t, "base.model_res_partner")
	field := func(name, ttype string, more map[string]any) map[string]any {
		values := map[string]any{"model_id": model, "name": name, "ttype": ttype, "field_description": "Own " + ttype, "state": "manual"}
		for key, value := range more {
			values[key] = value
		}
		return values
	}
	_, err := w.admin.CreateMany(t.Context(), "ir.model.fields", []map[string]any{
		field("x_visit", "datetime", nil), field("x_birthday", "date", nil), field("x_children", "integer", nil), field("x_weight", "float", nil),
		field("x_vip", "boolean", nil), field("x_bio", "html", nil), field("x_about", "text", nil), field("x_city", "char", map[string]any{"translate": w.translated()}),
		field("x_currency_id", "many2one", map[string]any{"relation": "res.currency"}),
		field("x_size", "selection", map[string]any{"selection": "[('s', 'Small'), ('l', 'Large')]"}),
	})
	require.NoError(t, err)
	_, err = w.admin.CreateMany(t.Context(), "ir.model.fields", []map[string]any{
		field("x_limit", "monetary", w.currencyField()),
		field("x_state_id", "many2one", map[string]any{"relation": "res.country.state", "domain": "[('country_id.code', '=', 'US')]"}),
	})
	require.NoError(t, err)
}

func (w world) translated() any {
	if w.Version == 19 {
		return "standard"
	}
	return true
}

func (w world) currencyField() map[string]any {
	if w.Version == 14 {
		return nil
	}
	return map[string]any{"currency_field": "x_currency_id"}
}

func (w world) testKinds(t *testing.T) {
	country, language := w.Ref(t, "base.ua"), "uk_UA"
	title := map[int]string{14: "Примітки", 19: "Примітки"}[w.Version]
	for _, one := range []struct {
		field         string
		value         any
		shown, column string // as the client reads it, and as the table has it
		note          string
	}{
		{"function", "Шеф-кухар", "Шеф-кухар", "Шеф-кухар", "порожньо → Шеф-кухар"},
		{"comment", "<p>Рядок перший</p><p>другий</p>", "", "", title + ": порожньо → "},
		{"x_about", "один\nдва", "один\nдва", "один\nдва", "Own text: порожньо → один<br>два"},
		{"x_bio", "<p>a &lt; b</p>", "a < b", "<p>a &lt; b</p>", "Own html: порожньо → a &lt; b"},
		{"x_children", 3, "3", "3", "Own integer: 0 → 3"},
		{"x_weight", 1234.5, "1\u00a0234,50", "1234.5", "Own float: 0,00 → 1\u00a0234,50"},
		{"x_vip", true, "Так", "t", "Own boolean: Ні → Так"},
		{"x_size", "l", "Large", "l", "Own selection: порожньо → Large"},
		{"x_currency_id", w.Ref(t, "base.USD"), "USD", fmt.Sprint(w.Ref(t, "base.USD")), "Own many2one: порожньо → USD"},
		{"x_limit", 12.5, "$ 12,50", "12.5", "Own monetary: "},
		{"x_birthday", "1990-05-12", "12.05.1990", "1990-05-12", "Own date: порожньо → 12.05.1990"},
		{"x_visit", "2026-11-25 10:20:00", "25.11.2026 12:20", "2026-11-25 10:20:00", "Own datetime: порожньо → 25.11.2026 12:20"},
		{"country_id", country, "Україна", fmt.Sprint(country), "Країна: порожньо → Україна"},
		{"lang", "en_US", "English (US)", "en_US", " → English (US)"},
		{"tz", "Europe/Warsaw", "Europe/Warsaw", "Europe/Warsaw", "порожньо → Europe/Warsaw"},
		{"phone", "+380671112233", "+380671112233", "+380671112233", "Телефон: порожньо → +380671112233"},
	} {
		client := w.client(t)
		if one.field == "x_limit" {
			w.set(t, client, "x_currency_id", w.Ref(t, "base.USD"))
		}
		before := w.counts(t)
		result := w.set(t, client, one.field, one.value)
		require.Equal(t, true, result["changed"], one.field)
		if one.field != "comment" { // text in 14, html later
			require.Equal(t, one.shown, spaces(result["shown"]), one.field)
			require.Contains(t, spaces(w.one(t, "SELECT %s FROM res_partner WHERE id = %d", one.field, client.partner)), strings.TrimSpace(one.column), one.field)
		}
		require.Contains(t, strings.ReplaceAll(spaces(w.lastNote(t, client.partner)), "<br/>", "<br>"), one.note, one.field)
		before.messages++
		require.Equal(t, before, w.counts(t), one.field)

		again := w.set(t, client, one.field, one.value)
		require.Equal(t, false, again["changed"], one.field)
		require.Equal(t, result["shown"], again["shown"], one.field)
		require.Equal(t, before, w.counts(t), "%s: the same value again", one.field)
	}
	client := w.client(t)
	require.Equal(t, "Київ", w.set(t, client, "x_city", "Київ")["shown"])
	require.Contains(t, w.one(t, "SELECT lang FROM res_partner WHERE id = %d", client.partner), language)
}

// spaces makes all spaces between digits those that do not break, as they are in some versions.
func spaces(value any) string {
	text, _ := value.(string)
	for digit := '0'; digit <= '9'; digit++ {
		for _, space := range []string{" ", "\u202f", "&nbsp;"} {
			text = strings.ReplaceAll(text, "1"+space+string(digit), "1\u00a0"+string(digit))
		}
	}
	return text
}

func (w world) testEmpty(t *testing.T) {
	client := w.client(t)
	for field, value := range map[string]any{
		"function": "Шеф", "x_birthday": "1990-05-12", "x_visit": "2026-11-25 10:20:00", "country_id": w.Ref(t, "base.ua"), "x_size": "s", "x_bio": "<p>a</p>",
		"phone": "+380671112299",
	} {
		w.set(t, client, field, value)
		result := w.set(t, client, field, false)
		require.Equal(t, "", result["shown"], field)
		require.Equal(t, true, result["changed"], field)
		require.Contains(t, w.lastNote(t, client.partner), " → порожньо", field)
		require.Equal(t, false, w.set(t, client, field, false)["changed"], field)
	}
	w.set(t, client, "x_vip", true)
	require.Equal(t, "Ні", w.set(t, client, "x_vip", false)["shown"])
	for _, note := range w.notes(t, client.partner) {
		require.NotContains(t, strings.ToLower(note), "false")
		require.NotContains(t, note, "None")
	}
}

func (w world) testTimes(t *testing.T) {
	client := w.client(t)
	for value, shown := range map[string]string{
		"2026-03-28 22:30:00": "29.03.2026 00:30", "2026-03-29 00:15:00": "29.03.2026 02:15", "2026-07-01 21:00:00": "02.07.2026 00:00",
	} {
		require.Equal(t, shown, w.set(t, client, "x_visit", value)["shown"])
		require.Equal(t, value, w.one(t, "SELECT x_visit FROM res_partner WHERE id = %d", client.partner))
		require.Contains(t, w.lastNote(t, client.partner), " → "+shown)
	}
	for _, zone := range []string{"Europe/Kyiv", "Pacific/Auckland", "America/Los_Angeles"} {
		w.set(t, client, "x_birthday", false)
		result := w.update(t, client, map[string]any{"field": "x_birthday", "value": "2026-03-29", "tz": zone})
		require.Equal(t, "29.03.2026", result["shown"])
		require.Equal(t, "2026-03-29", w.one(t, "SELECT x_birthday FROM res_partner WHERE id = %d", client.partner))
	}
}

func (w world) testMarkup(t *testing.T) {
	client := w.client(t)
	text := `<b>Шеф</b> & "кухар" <script>alert(1)</script>`
	require.Equal(t, text, w.set(t, client, "function", text)["shown"])
	note := w.lastNote(t, client.partner)
	require.NotContains(t, note, "<b>")
	require.NotContains(t, note, "<script>")
	require.Contains(t, note, "&lt;b&gt;Шеф&lt;/b&gt; &amp; ")
	require.Contains(t, note, "&lt;script&gt;alert(1)&lt;/script&gt;")
}

const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

func (w world) testPicture(t *testing.T) {
	client := w.client(t)
	before := w.counts(t)
	result := w.set(t, client, "image_1920", pixel)
	require.Equal(t, true, result["changed"])
	require.Equal(t, "", result["shown"])
	rows, err := w.admin.Read(t.Context(), "res.partner", []int64{client.partner}, []string{"image_1920"})
	require.NoError(t, err)
	require.Equal(t, pixel, rows[0].Str("image_1920"))
	require.Equal(t, "Зображення", w.lastNote(t, client.partner))
	before.messages++
	require.Equal(t, before, w.counts(t))
}

func (w world) tag(t *testing.T, name string) int64 {
	t.Helper()
	return w.make(t, "res.partner.category", map[string]any{"name": name})
}

func (w world) tagsOf(t *testing.T, partner int64) string {
	t.Helper()
	rows, err := w.admin.Read(t.Context(), "res.partner", []int64{partner}, []string{"category_id"})
	require.NoError(t, err)
	tags, err := w.admin.Read(t.Context(), "res.partner.category", rows[0].IDs("category_id"), []string{"name"})
	require.NoError(t, err)
	names := make([]string, len(tags))
	for i, tag := range tags {
		names[i] = tag.Str("name")
	}
	return strings.Join(names, ", ")
}

func (w world) testTags(t *testing.T) {
	client := w.client(t)
	first, second, gone := w.tag(t, "Перший"), w.tag(t, "Другий"), w.tag(t, "Зник")
	require.NoError(t, w.admin.Unlink(t.Context(), "res.partner.category", []int64{gone}))
	w.update(t, client, map[string]any{"add_tags": []int64{first, gone}})
	require.Equal(t, "Додано теги: Перший", w.lastNote(t, client.partner))
	before := w.counts(t)
	result := w.update(t, client, map[string]any{"field": "function", "value": "Шеф", "add_tags": []int64{second}, "remove_tags": []int64{first, gone}})
	require.Equal(t, "Шеф", result["shown"])
	require.Equal(t, "Telegram, Другий", w.tagsOf(t, client.partner))
	require.Contains(t, w.lastNote(t, client.partner), "порожньо → Шеф\nДодано теги: Другий\nВилучено теги: Перший")
	before.messages++
	require.Equal(t, before, w.counts(t))
}

func (w world) testChannelTag(t *testing.T) {
	client := w.client(t)
	good := w.tag(t, "Добрий")
	telegram := w.one(t, "SELECT res_id FROM ir_model_data WHERE module = 'krok_data' AND name = 'tag_telegram'")
	require.Equal(t, "Добрий", w.set(t, client, "category_id", []int64{good})["shown"])
	require.Equal(t, "Telegram, Добрий", w.tagsOf(t, client.partner))
	require.Equal(t, "Додано теги: Добрий", w.lastNote(t, client.partner))
	require.Equal(t, true, w.set(t, client, "category_id", []int64{})["changed"])
	require.Equal(t, "Вилучено теги: Добрий", w.lastNote(t, client.partner))
	require.Equal(t, false, w.update(t, client, map[string]any{"remove_tags": []int64{int64(whole(t, telegram))}})["changed"])
	require.Equal(t, "Telegram", w.tagsOf(t, client.partner))
}

func (w world) testNothing(t *testing.T) {
	client := w.client(t)
	w.set(t, client, "function", "Шеф")
	written := w.one(t, "SELECT write_date FROM res_partner WHERE id = %d", client.partner)
	before := w.counts(t)
	require.Equal(t, false, w.set(t, client, "function", "Шеф")["changed"])
	require.Equal(t, false, w.update(t, client, map[string]any{})["changed"])
	require.Equal(t, before, w.counts(t))
	require.Equal(t, written, w.one(t, "SELECT write_date FROM res_partner WHERE id = %d", client.partner))
}

func (w world) testSilence(t *testing.T) {
	before := w.counts(t)
	client := w.client(t)
	before.partners++
	before.messages++ // Odoo's own, that it was made
	require.Equal(t, before, w.counts(t))
	w.make(t, "mail.followers", map[string]any{"res_model": "res.partner", "res_id": client.partner, "partner_id": w.Ref(t, "base.partner_admin")})
	before.followers++
	w.set(t, client, "email", "olia@x.example")
	before.messages++
	require.Equal(t, before, w.counts(t), "a note for the one who follows already, and no mail")
	row := w.SQL(t, fmt.Sprintf(`SELECT p.name, s.internal, m.message_type FROM mail_message m JOIN res_partner p ON p.id = m.author_id
		JOIN mail_message_subtype s ON s.id = m.subtype_id WHERE m.res_id = %d AND m.model = 'res.partner' ORDER BY m.id DESC LIMIT 1`, client.partner))[0]
	require.Equal(t, []string{"Krok", "t", "notification"}, row)
}

func (w world) testNoneAfter(t *testing.T) {
	client := w.client(t)
	wire := w.Wire(t)
	client.talk = w.over(t, wire, rpc.XMLRPC)
	fate := odootest.Instead(200, "text/xml", noneFault)
	commit := w.updates(client, map[string]any{"field": "function", "value": "Шеф"})
	wire.Next(commit.Key, fate)
	_, err := client.talk.Commit(t.Context(), commit)
	if err != nil {
		require.True(t, flow.IsUnavailable(err), "%v", err)
		_, err = client.talk.Commit(t.Context(), commit)
	}
	require.NoError(t, err)
	require.Equal(t, 2, wire.Count(commit.Key))
	require.Len(t, w.notes(t, client.partner), 1)
}

func (w world) testForged(t *testing.T) {
	client := w.client(t)
	hidden := w.one(t, "SELECT id FROM res_country_state WHERE country_id <> %d ORDER BY id LIMIT 1", w.Ref(t, "base.us"))
	archived := w.tag(t, "Архів")
	require.NoError(t, w.admin.Write(t.Context(), "res.partner.category", []int64{archived}, map[string]any{"active": false}))
	before := w.counts(t)
	for field, value := range map[string]any{
		"country_id": 999_999, "x_state_id": whole(t, hidden), "category_id": []int64{archived}, "x_size": "xxl", "lang": "fr_FR", "x_currency_id": -1,
	} {
		result := w.set(t, client, field, value)
		require.Equal(t, field, result["refused"], field)
		require.Equal(t, false, result["changed"], field)
	}
	require.Equal(t, before, w.counts(t))
}

func (w world) testProtected(t *testing.T) {
	client := w.client(t)
	for field, value := range map[string]any{
		"active": false, "company_id": 1, "id": 1, "user_ids": []int64{1}, "parent_id": 1, "no_such_field": "x", "email_normalized": "x@x.example", "write_uid": 1,
		"x_krok_chat_ids": []int64{},
	} {
		_, err := client.talk.Commit(t.Context(), w.updates(client, map[string]any{"field": field, "value": value}))
		var refused *records.Refused
		require.ErrorAs(t, err, &refused, field)
		require.Contains(t, refused.In("uk"), "Бот не може питати про поле "+field)
		_, ok := refused.Refusal()
		require.False(t, ok, "no words for a client: %s", field)
		_, err = client.talk.Values(t.Context(), flow.ValuesQuestion{Partner: client.partner, Field: field})
		require.ErrorAs(t, err, &refused, field)
	}
}

func (w world) testRefusal(t *testing.T) {
	client := w.client(t)
	before := w.counts(t)
	_, err := client.talk.Commit(t.Context(), w.updates(client, map[string]any{"field": "image_1920", "value": "aGVsbG8sIHdvcmxk"}))
	require.False(t, flow.IsUnavailable(err), "%v", err)
	var refusal flow.Refusal
	require.ErrorAs(t, err, &refusal)
	words, ok := refusal.Refusal()
	require.True(t, ok, "%v", err)
	require.NotContains(t, words, "\n")
	require.Regexp(t, "image|зображення", words)
	require.Equal(t, before, w.counts(t))
}

func (w world) testDeleted(t *testing.T) {
	client := w.client(t)
	w.set(t, client, "function", "Шеф")
	before := w.counts(t)
	require.NoError(t, w.admin.Unlink(t.Context(), "res.partner", []int64{client.partner}))
	result := w.set(t, client, "function", "Кухар")
	require.NotEqual(t, client.partner, number(result["partner"]))
	require.Equal(t, before.partners, w.counts(t).partners)
	require.Equal(t, "Кухар", w.one(t, "SELECT function FROM res_partner WHERE id = %d", number(result["partner"])))
	require.Equal(t, [3]string{"1", "1", "1"}, w.made(t, client.user))
	require.Equal(t, result["partner"], w.set(t, client, "function", "Шеф")["partner"])
}

func (w world) testMergedByHand(t *testing.T) {
	client := w.client(t)
	survivor := w.make(t, "res.partner", map[string]any{"name": "Оля з Одеси"})
	wizard := w.make(t, "base.partner.merge.automatic.wizard", map[string]any{
		"partner_ids": []any{rpc.Set(client.partner, survivor)}, "dst_partner_id": survivor, "state": "selection",
	})
	_, err := w.admin.Call(t.Context(), "base.partner.merge.automatic.wizard", "action_merge", []int64{wizard}, nil)
	require.NoError(t, err)
	before := w.counts(t)
	result := w.set(t, client, "function", "Шеф")
	require.Equal(t, survivor, number(result["partner"]))
	before.messages++
	require.Equal(t, before, w.counts(t))
	require.Equal(t, "Шеф", w.one(t, "SELECT function FROM res_partner WHERE id = %d", survivor))
	require.Equal(t, fmt.Sprint(survivor), w.one(t, "SELECT x_partner_id FROM x_krok_chat WHERE x_telegram_id = '%s'", client.user))
}

func (w world) testTypedNumber(t *testing.T) {
	number := w.newNumber()
	director := w.make(t, "res.partner", map[string]any{"name": "Директор", "phone": "+" + number})
	client := w.client(t)
	before := w.counts(t)
	result := w.set(t, client, "phone", "+"+number)
	require.Equal(t, false, result["merged"])
	before.messages++
	require.Equal(t, before, w.counts(t))
	require.Equal(t, "2", w.one(t, "SELECT count(*) FROM res_partner WHERE phone = '+%s'", number))
	require.Equal(t, "Директор", w.one(t, "SELECT name FROM res_partner WHERE id = %d", director))
}

func (w world) testLanguage(t *testing.T) {
	client := w.client(t)
	require.Equal(t, "uk_UA", w.set(t, client, "function", "Шеф")["lang"])
	require.Equal(t, "en_US", w.set(t, client, "lang", "en_US")["lang"])
	result := w.update(t, client, map[string]any{"field": "country_id", "value": w.Ref(t, "base.ua"), "answer_lang": "fr_FR", "note_lang": "uk_UA"})
	require.Equal(t, "Ukraine", result["shown"], "a language that is not active gives way to the contact's")
}
