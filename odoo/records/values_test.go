package records_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/odoo/records"
	"github.com/krokbot/krok/odoo/rpc"
)

func (w world) testValues(t *testing.T) {
	t.Run("ChoicesOfASelectionAreAllThere", w.testChoices)
	t.Run("B06CountriesArePagedAndFoundByAPartOfTheirName", w.testCountries)
	t.Run("FilterOfAFieldHolds", w.testFilters)
	t.Run("FilterThatCannotBeReadOffersNothing", w.testUnreadable)
	t.Run("OnlyRecordsThatTheUserMayReadAreOffered", w.testRights)
	t.Run("TagOfTheBotIsNoValue", w.testTagValues)
	t.Run("ContactThatIsGoneHasNoValues", w.testNoContact)
}

func (w world) values(t *testing.T, question flow.ValuesQuestion) flow.Values {
	t.Helper()
	values, err := w.records(t).Values(t.Context(), question)
	require.NoError(t, err)
	require.False(t, values.Gone)
	return values
}

func names(values flow.Values) []string {
	list := []string{}
	for _, item := range values.Items {
		list = append(list, item.Name)
	}
	return list
}

func (w world) testChoices(t *testing.T) {
	partner := w.client(t).partner
	languages := w.values(t, flow.ValuesQuestion{Partner: partner, Field: "lang", Lang: "uk_UA"})
	require.Equal(t, []flow.Value{{Key: "en_US", Name: "English (US)"}, {Key: "uk_UA", Name: "Ukrainian / українська"}}, languages.Items)
	require.Equal(t, 2, languages.Total)
	zones := w.values(t, flow.ValuesQuestion{Partner: partner, Field: "tz"})
	require.Greater(t, zones.Total, 400)
	require.Len(t, zones.Items, zones.Total)
	found := w.values(t, flow.ValuesQuestion{Partner: partner, Field: "tz", Search: "WARS", Limit: 10})
	require.Equal(t, []flow.Value{{Key: "Europe/Warsaw", Name: "Europe/Warsaw"}}, found.Items)
	page := w.values(t, flow.ValuesQuestion{Partner: partner, Field: "tz", Offset: 5, Limit: 3})
	require.Equal(t, zones.Items[5:8], page.Items)
	require.Equal(t, zones.Total, page.Total)
	require.Empty(t, w.values(t, flow.ValuesQuestion{Partner: partner, Field: "tz", Offset: 5000, Limit: 3}).Items)
}

func (w world) testCountries(t *testing.T) {
	partner := w.client(t).partner
	all := w.values(t, flow.ValuesQuestion{Partner: partner, Field: "country_id", Lang: "uk_UA"})
	require.Equal(t, w.one(t, "SELECT count(*) FROM res_country"), fmt.Sprint(all.Total))
	require.Len(t, all.Items, 100, "never more than a hundred")
	paged := []flow.Value{}
	for offset := 0; offset < 100; offset += 20 {
		page := w.values(t, flow.ValuesQuestion{Partner: partner, Field: "country_id", Lang: "uk_UA", Offset: offset, Limit: 20})
		require.Equal(t, all.Total, page.Total)
		paged = append(paged, page.Items...)
	}
	require.Equal(t, all.Items, paged)
	ukraine := fmt.Sprint(w.Ref(t, "base.ua"))
	for lang, search := range map[string]string{"uk_UA": "укр", "en_US": "ukr"} {
		found := w.values(t, flow.ValuesQuestion{Partner: partner, Field: "country_id", Lang: lang, Search: search, Limit: 20})
		require.Equal(t, []flow.Value{{Key: ukraine, Name: map[string]string{"uk_UA": "Україна", "en_US": "Ukraine"}[lang]}}, found.Items)
		require.Equal(t, 1, found.Total)
	}
}

func (w world) testFilters(t *testing.T) {
	client := w.client(t)
	count := func(field string) int {
		return w.values(t, flow.ValuesQuestion{Partner: client.partner, Field: field, Limit: 1}).Total
	}
	american := whole(t, w.one(t, "SELECT count(*) FROM res_country_state WHERE country_id = %d", w.Ref(t, "base.us")))
	require.Equal(t, american, count("x_state_id"), "a list")
	require.Equal(t, whole(t, w.one(t, "SELECT count(*) FROM res_country_state")), count("state_id"), "a text, with =? of an empty country")
	w.set(t, client, "country_id", w.Ref(t, "base.us"))
	require.Equal(t, american, count("state_id"), "a text, with the contact's country")
	require.NotZero(t, american)

	state := w.values(t, flow.ValuesQuestion{Partner: client.partner, Field: "state_id", Limit: 1}).Items[0].Key
	require.Equal(t, "", w.set(t, client, "state_id", whole(t, state))["refused"])
	other := w.one(t, "SELECT id FROM res_country_state WHERE country_id <> %d ORDER BY id LIMIT 1", w.Ref(t, "base.us"))
	require.Equal(t, "state_id", w.set(t, client, "state_id", whole(t, other))["refused"])
	require.Equal(t, state, w.one(t, "SELECT state_id FROM res_partner WHERE id = %d", client.partner))
}

// literals runs the reader of domains by itself, as the procedures have it, and gives what it reads or its error, for each text.
func (w world) literals(t *testing.T, partner int64, texts []string) []string {
	t.Helper()
	code := procedureSource(t, "literal") + `
def read(record, text):
    try:
        return repr(literal_of(record, 'x_field', text))
    except UserError as error:
        return error.args[0]


record = env['res.partner'].browse(env.context['krok']['partner'])
action = {'read': [read(record, text) for text in env.context['krok']['texts']]}
`
	action := w.make(t, "ir.actions.server", map[string]any{"name": "Literals", "model_id": w.Ref(t, "base.model_res_partner"), "state": "code", "code": code})
	answer, err := w.admin.Run(t.Context(), action, map[string]any{"partner": partner, "texts": texts})
	require.NoError(t, err)
	var got struct{ Read []string }
	require.NoError(t, rpc.Decode(answer, &got))
	return got.Read
}

func (w world) testUnreadable(t *testing.T) {
	client := w.client(t)
	w.set(t, client, "country_id", w.Ref(t, "base.ua"))
	company := w.one(t, "SELECT company_id FROM res_users WHERE id = %d", w.admin.UID())
	var texts, want []string
	for text, value := range map[string]string{
		"[]": "[]", " [ ( 'a' , \"=\" , 'b' ) ] ": "[('a', '=', 'b')]", "['|', ('a', 'in', [1, -2, 3.5, None]), ['b', '=', True]]": "['|', ('a', 'in', [1, -2, 3.5, None]), ['b', '=', True]]",
		"[('country_id', '=?', country_id)]": fmt.Sprintf("[('country_id', '=?', %d)]", w.Ref(t, "base.ua")), "[('a', '=', parent_id)]": "[('a', '=', False)]",
		"[('id', '=', id), ('a', '=', uid)]":                      fmt.Sprintf("[('id', '=', %d), ('a', '=', %d)]", client.partner, w.admin.UID()),
		"[('company_id', 'in', [allowed_company_ids[0], False])]": fmt.Sprintf("[('company_id', 'in', [%s, False])]", company), "(1,)": "(1,)", "(1)": "1", "()": "()",
		"[('a', '=', 'її, [)')]": "[('a', '=', 'її, [)')]", "[1, 2, ]": "[1, 2]",
	} {
		texts, want = append(texts, text), append(want, value)
	}
	require.Equal(t, want, w.literals(t, client.partner, texts))

	texts = []string{
		"", "[", "]", "[(", "['a]", "[1 2]", "[,]", "[1,,2]", "[nobody]", "[country_id.code]", "[len(name)]", "[not company_id]", "[a and b]", "[1] + [2]", "[1][0]", "{'a': 1}",
		"['a\\'b']", "[x for x in []]", "[-]", "[1-2]", "[1.2.3]", "[()", "lambda self: []", "[id[0]]", "[allowed_company_ids[7]]", "[allowed_company_ids[-1]]", "[env]", "[]]",
		"[b'a']", "['a' 'b']", "[# a\n]", "[('a', '=', company_id and 1 or 2)]",
	}
	for i, read := range w.literals(t, client.partner, texts) {
		require.Equal(t, "records.unreadable_domain: x_field", read, texts[i])
	}
}

func (w world) testRights(t *testing.T) {
	partner := w.client(t).partner
	before := w.values(t, flow.ValuesQuestion{Partner: partner, Field: "user_id", Limit: 100})
	w.SQL(t, fmt.Sprintf("INSERT INTO ir_rule (name, model_id, domain_force, active, global, perm_read, perm_write, perm_create, perm_unlink) "+
		"VALUES ('no admin', %d, '[(''id'', ''!='', %d)]', true, true, true, false, false, false)", w.Ref(t, "base.model_res_users"), w.admin.UID()))
	w.forget(t)
	hidden := w.values(t, flow.ValuesQuestion{Partner: partner, Field: "user_id", Limit: 100})
	require.Equal(t, before.Total-1, hidden.Total)
	require.NotContains(t, names(hidden), "Administrator")
	client := w.client(t)
	require.Equal(t, "user_id", w.set(t, client, "user_id", w.admin.UID())["refused"])
	w.SQL(t, "DELETE FROM ir_rule WHERE name = 'no admin'")
	w.forget(t)
	require.Equal(t, "", w.set(t, client, "user_id", w.admin.UID())["refused"])
}

// forget has Odoo forget the rules that it has read: writing one does.
func (w world) forget(t *testing.T) {
	t.Helper()
	rules, err := w.admin.Search(t.Context(), "ir.rule", []any{[]any{"name", "=", "no admin"}})
	require.NoError(t, err)
	if len(rules) == 0 {
		rules = append(rules, w.make(t, "ir.rule", map[string]any{"name": "nothing", "model_id": w.Ref(t, "base.model_res_country"), "domain_force": "[(1, '=', 1)]"}))
	}
	require.NoError(t, w.admin.Write(t.Context(), "ir.rule", rules, map[string]any{"perm_unlink": true}))
}

func (w world) testTagValues(t *testing.T) {
	client := w.client(t)
	chosen := w.tag(t, "Обраний")
	w.set(t, client, "category_id", []int64{chosen})
	values := w.values(t, flow.ValuesQuestion{Partner: client.partner, Field: "category_id", Limit: 100, Chosen: true})
	require.NotContains(t, names(values), "Telegram")
	require.Contains(t, names(values), "Обраний")
	require.Equal(t, []int64{chosen}, values.Chosen)
	require.Empty(t, w.values(t, flow.ValuesQuestion{Partner: client.partner, Field: "category_id", Limit: 100}).Chosen)
}

func (w world) testNoContact(t *testing.T) {
	values, err := w.records(t).Values(t.Context(), flow.ValuesQuestion{Partner: 999_999, Field: "country_id", Limit: 10})
	require.NoError(t, err)
	require.True(t, values.Gone)
	require.Empty(t, values.Items)
	_, err = w.records(t).Values(t.Context(), flow.ValuesQuestion{Partner: w.client(t).partner, Field: "name; DROP", Limit: 10})
	require.ErrorAs(t, err, new(*records.Refused))
}
