package catalog_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/odoo"
	"github.com/krokbot/krok/odoo/catalog"
	"github.com/krokbot/krok/odoo/rpc"
)

const contacts = `
bot: {code: club, name: Club, lang: uk_UA}
steps:
  - code: phone
    type: contact
    aliases: [/start]
    text: {uk: Номер?, en: Number?}
    field: phone
    add_tags: ["Клуб / Постійний", Новини]
    remove_tags: [Гість]
    merge_by_phone: true
    share_button: {uk: Мій номер, en: My number}
    text_after: {uk: Дякуємо, en: Thank you}
    next: country
  - {code: country, type: contact, text: {uk: Країна?, en: Country?}, field: country_id}
  - {code: leave, type: contact, remove_tags: [Новини]}
`

func (w world) testContactSteps(t *testing.T) {
	guest := w.create(t, "res.partner.category", map[string]any{"name": "Guest"})
	require.NoError(t, w.client.Write(t.Context(), "res.partner.category", []int64{guest}, map[string]any{"name": "Гість"}, rpc.Lang("uk_UA")))
	before := w.tags(t)

	require.Contains(t, w.changes(t, contacts), "add_tags: [Клуб / Постійний, Новини]")
	w.bring(t, open(t, contacts))
	require.Equal(t, append(before, "Клуб", "Новини", "Клуб / Постійний"), w.tags(t), "each tag once, and the guest was known by its Ukrainian name")
	require.Empty(t, w.changes(t, contacts))
	require.False(t, w.bring(t, open(t, contacts)).Changed)

	exported, file := w.export(t, "club")
	require.Contains(t, file, "    field: phone\n    merge_by_phone: true\n    share_button: {uk: Мій номер, en: My number}\n"+
		"    add_tags: [Клуб / Постійний, Новини]\n    remove_tags: [Гість]\n    text_after: {uk: Дякуємо, en: Thank you}\n")
	require.False(t, w.bring(t, open(t, file)).Changed, "the exported file is the same bot")
	require.Empty(t, errorsOf(exported.Definition, w))
	step := exported.Definition.Tables["step"][0]
	require.Equal(t, []int64{guest}, step.Refs("remove_tag_ids"))
	require.Equal(t, flow.Texts{"en_US": "Guest", "uk_UA": "Гість"}, exported.Definition.Row("tag", guest).Texts("name"))
	phone := exported.Definition.Row("field", step.Ref("field_id"))
	require.Equal(t, "phone", phone.Str("name"))
	require.Equal(t, "char", phone.Str("ttype"))
	require.Equal(t, "res.partner", phone.Str("model"))
	require.Equal(t, "Phone", phone.Texts("label")["en_US"])
	require.NotEmpty(t, phone.Texts("label")["uk_UA"])
	country := exported.Definition.Row("field", exported.Definition.Tables["step"][1].Ref("field_id"))
	require.Equal(t, "res.country", country.Str("relation"))
	require.Empty(t, country.Str("problem"))
	require.Len(t, exported.Definition.Tables["field"], 2)

	version, err := catalog.Version(t.Context(), w.procedures)
	require.NoError(t, err)
	require.NoError(t, w.client.Write(t.Context(), "x_krok_step", []int64{step.ID()}, map[string]any{"x_add_tag_ids": []any{[]any{6, 0, []int64{guest}}}}))
	changed, err := catalog.Version(t.Context(), w.procedures)
	require.NoError(t, err)
	require.NotEqual(t, version, changed)
	require.True(t, w.bring(t, open(t, contacts)).Changed)
	_, again := w.export(t, "club")
	require.Equal(t, file, again)

	emptied := `
bot: {code: club, name: Club, lang: uk_UA}
steps: [{code: phone, type: contact, aliases: [/start], remove_tags: [Новини]}]
`
	require.True(t, w.bring(t, open(t, emptied)).Changed)
	now, _ := w.export(t, "club")
	require.Empty(t, now.Definition.Tables["field"])
	require.Len(t, now.Definition.Tables["tag"], 1)
	require.Zero(t, now.Definition.Tables["step"][0].Ref("field_id"))
	require.Empty(t, now.Definition.Tables["step"][0].Refs("add_tag_ids"))
}

// B25: a bot made on 16 asks for the mobile number. Odoo 19 has none: it is told, and all the rest comes in.
func (w world) testB25MobileOfAnOlderOdoo(t *testing.T) {
	const source = `
bot: {code: b25, name: B25}
steps:
  - {code: start, type: text, text: Hello, aliases: [/start], next: mobile}
  - {code: mobile, type: contact, text: Number?, field: mobile, add_tags: [B25], next: own}
  - {code: own, type: contact, text: Size?, field: x_studio_size}
`
	has, err := w.client.SearchCount(t.Context(), "ir.model.fields", []any{[]any{"model", "=", "res.partner"}, []any{"name", "=", "mobile"}})
	require.NoError(t, err)
	summary := w.bring(t, open(t, source))
	require.True(t, summary.Changed)
	require.Equal(t, 3, summary.Steps)
	absent := []catalog.Absent{{Step: "own", What: "field", Name: "x_studio_size"}}
	if has == 0 {
		require.Equal(t, 19, w.Version)
		absent = append([]catalog.Absent{{Step: "mobile", What: "field", Name: "mobile"}}, absent...)
		require.Contains(t, summary.In("en"), "This Odoo has no field “mobile” on contacts: from 19 on all numbers stand in phone. The step “mobile” was left without a field. Choose Phone on the form")
		require.Contains(t, summary.In("uk"), "Крок «mobile» залишився без поля.")
	}
	require.Equal(t, absent, summary.Absent)
	require.Contains(t, summary.In("en"), "no field “x_studio_size” on contacts, so the step “own” was left without one.")

	exported, file := w.export(t, "b25")
	require.Equal(t, has == 1, exported.Definition.Tables["step"][1].Ref("field_id") != 0)
	require.Contains(t, file, "add_tags: [B25]", "the rest of the step is there")
	for _, problem := range errorsOf(exported.Definition, w) {
		require.NotEqual(t, exported.Definition.Tables["step"][0].ID(), problem.Step, "the rest of the bot serves")
	}
	require.Empty(t, w.changes(t, source))
	again := w.bring(t, open(t, source))
	require.False(t, again.Changed, "twice is the same as once")
	require.Equal(t, absent, again.Absent)
}

// The picker of the form and the catalog are of one mind on each field that this Odoo has.
func (w world) testAskableFields(t *testing.T) {
	picker, err := w.client.Call(t.Context(), "x_krok_step", "fields_get", nil, rpc.Args{"allfields": []string{"x_field_id"}, "attributes": []string{"domain"}})
	require.NoError(t, err)
	domain := picker.(map[string]any)["x_field_id"].(map[string]any)["domain"]
	offered := map[int64]bool{}
	ids, err := w.client.Search(t.Context(), "ir.model.fields", domain.([]any))
	require.NoError(t, err)
	for _, id := range ids {
		offered[id] = true
	}

	fields, err := w.client.SearchRead(t.Context(), "ir.model.fields", []any{[]any{"model", "=", "res.partner"}}, []string{"name"})
	require.NoError(t, err)
	bot := w.create(t, "x_krok_bot", map[string]any{"x_name": "Fields", "x_code": "fields"})
	rows := make([]map[string]any, len(fields))
	for i, field := range fields {
		rows[i] = map[string]any{"x_bot_id": bot, "x_name": field.Str("name"), "x_type": "contact", "x_field_id": field.ID()}
	}
	_, err = w.client.CreateMany(t.Context(), "x_krok_step", rows)
	require.NoError(t, err)
	exported, _ := w.export(t, "fields")
	require.Len(t, exported.Definition.Tables["field"], len(fields))
	problems := map[string]string{}
	for _, row := range exported.Definition.Tables["field"] {
		problems[row.Str("name")] = row.Str("problem")
		require.Equal(t, row.Str("problem") == "", offered[row.ID()], "%s: %s", row.Str("name"), row.Str("problem"))
	}
	for name, problem := range map[string]string{
		"name": "", "email": "", "phone": "", "street": "", "country_id": "", "category_id": "", "lang": "", "comment": "", "image_1920": "",
		"partner_latitude": "", "active": "protected", "id": "protected", "company_id": "protected", "parent_id": "protected", "is_company": "protected",
		"email_normalized": "protected", "image_128": "protected", "x_krok_chat_ids": "protected", "signup_type": "protected", "message_ids": "protected",
		"tz_offset": "not_stored", "bank_ids": "type",
	} {
		if name != "signup_type" || problems[name] != "" || w.Version == 19 { // comes with an app
			require.Equal(t, problem, problems[name], name)
		}
	}
}

// A problem may be that of the user of krok alone; a right that he is given is a new version, so that it goes away by itself.
func (w world) testRightsOfTheService(t *testing.T) {
	w.bring(t, open(t, "bot: {code: trade, name: Trade}\nsteps: [{code: trade, type: contact, text: Trade?, field: industry_id}]"))
	groups := "group_ids"
	if w.Version < 19 {
		groups = "groups_id"
	}
	user := w.create(t, "res.users", map[string]any{"name": "Service", "login": "service@example.com", "password": "a long enough password",
		groups: []any{rpc.Set(w.Ref(t, "base.group_user"), w.Ref(t, "krok.group_service"))}})
	client, err := rpc.Open(t.Context(), rpc.Config{URL: w.URL, DB: w.DB, Login: "service@example.com", Key: "a long enough password"})
	require.NoError(t, err)
	procedures := odoo.NewProcedures(client)
	problem := func() string {
		snapshot, err := catalog.Read(t.Context(), procedures)
		require.NoError(t, err)
		trade, err := snapshot.Bot("trade")
		require.NoError(t, err)
		require.Len(t, trade.Tables["field"], 1)
		return trade.Tables["field"][0].Str("problem")
	}
	require.Empty(t, problem())

	access, err := w.client.Search(t.Context(), "ir.model.access", []any{[]any{"model_id.model", "=", "res.partner.industry"}})
	require.NoError(t, err)
	require.NoError(t, w.client.Write(t.Context(), "ir.model.access", access, map[string]any{"active": false}))
	require.Equal(t, "unreadable", problem())
	require.NoError(t, w.client.Write(t.Context(), "ir.model.access", access, map[string]any{"active": true}))
	require.Empty(t, problem())

	before, err := catalog.Version(t.Context(), procedures)
	require.NoError(t, err)
	require.NoError(t, w.client.Write(t.Context(), "res.users", []int64{user}, map[string]any{groups: []any{[]any{4, w.Ref(t, "base.group_multi_company"), 0}}}))
	after, err := catalog.Version(t.Context(), procedures)
	require.NoError(t, err)
	require.NotEqual(t, before, after)
}

func errorsOf(definition flow.Definition, w world) []flow.Problem {
	var found []flow.Problem
	for _, problem := range flow.Build(definition, flow.Definition{}, catalog.NewSchema(w.client)).Problems {
		if problem.Level == flow.LevelError {
			found = append(found, problem)
		}
	}
	return found
}

func (w world) create(t *testing.T, model string, values map[string]any) int64 {
	t.Helper()
	id, err := w.client.Create(t.Context(), model, values)
	require.NoError(t, err)
	return id
}

// tags are the names of all tags of contacts as Odoo shows them, in Ukrainian.
func (w world) tags(t *testing.T) []string {
	t.Helper()
	rows, err := w.client.SearchRead(t.Context(), "res.partner.category", []any{}, []string{"display_name"}, rpc.Lang("uk_UA"), rpc.Order("id"))
	require.NoError(t, err)
	var names []string
	for _, row := range rows {
		names = append(names, row.Str("display_name"))
	}
	return names
}

func (w world) changes(t *testing.T, source string) string {
	t.Helper()
	changes, err := catalog.Changes(t.Context(), w.procedures, open(t, source), "en")
	require.NoError(t, err)
	return changes
}
