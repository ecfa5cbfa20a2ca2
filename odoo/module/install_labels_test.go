package module_test

import (
	"fmt"
	"html"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/module"
	"github.com/krokbot/krok/odoo/odootest"
	"github.com/krokbot/krok/odoo/rpc"
)

func TestEveryTextOfTheModuleIsShownInUkrainian(t *testing.T) {
	onFull(t, func(t *testing.T, w world) { w.speaksUkrainian(t) })
}

// Odoo 16 and 17 keep translations as 18 and 19 do, in the columns, but do not read them from the module: the installer writes them. Here
// it does on a 19 whose module came without its catalogue.
func TestWordsWrittenOverRPCIntoColumnsAreShownAsIfOdooHadReadThem(t *testing.T) {
	t.Parallel()
	o := odootest.New(t, 19, odootest.Lean())
	w := world{o, o.Client(t)}
	w.bring(t, repacked(t, 19, nil, map[string]string{"krok/i18n/uk.po": ""}))
	require.NoError(t, w.client.Write(t.Context(), "res.groups", []int64{w.Ref(t, "krok.group_administrator")}, map[string]any{
		"user_ids": []any{rpc.Link(w.client.UID())},
	}))
	label := func() string {
		return w.read(t, "ir.model", w.Ref(t, "krok.model_x_krok_bot"), "name", rpc.Lang(module.Ukrainian)).Str("name")
	}
	require.Equal(t, "Bot", label())
	require.NoError(t, module.WriteLabels(t.Context(), w.client))
	require.Equal(t, "Бот", label())
	w.speaksUkrainian(t)
	w.givesUkrainianForms(t)
	require.NoError(t, module.WriteLabels(t.Context(), w.client), "once more, as an upgrade does")
	w.speaksUkrainian(t)
}

func (w world) speaksUkrainian(t *testing.T) {
	t.Helper()
	for _, addon := range module.Addons() {
		if len(w.find(t, "ir.module.module", []any{[]any{"name", "=", addon.Name}, []any{"state", "=", "installed"}}, "id")) > 0 {
			w.addonSpeaksUkrainian(t, addon)
		}
	}
}

func (w world) addonSpeaksUkrainian(t *testing.T, addon module.Addon) {
	t.Helper()
	texts, err := addon.Translations(w.Version)
	require.NoError(t, err)
	ids := map[string]int64{}
	for _, row := range w.find(t, "ir.model.data", is("module", addon.Name), "name", "model", "res_id") {
		ids[row.Str("model")+" "+row.Str("name")] = row.Int("res_id")
	}
	shown := map[string]string{} // the Ukrainian form of a field, read once
	var missing []string
	for _, text := range texts {
		id := ids[text.Model+" "+text.XMLID]
		require.NotZero(t, id, "%+v", text)
		key := fmt.Sprintf("%s %d %s", text.Model, id, text.Field)
		if _, ok := shown[key]; !ok {
			shown[key] = w.read(t, text.Model, id, text.Field, rpc.Lang(module.Ukrainian)).Str(text.Field)
		}
		has := shown[key] == text.Value
		if text.Term {
			has = contains(shown[key], text.Value)
		}
		if !has {
			missing = append(missing, fmt.Sprintf("%s %s %s: %q", text.Model, text.XMLID, text.Field, text.Source))
		}
		require.NotEqual(t, text.Value, w.english(t, text, id), "English stays English: %+v", text)
	}
	require.Empty(t, missing, "%d of %d", len(missing), len(texts))
}

// english is a whole text in English; a piece of one is compared by what is around it, so it is left out.
func (w world) english(t *testing.T, text module.Translation, id int64) string {
	t.Helper()
	if text.Term || text.Source == text.Value || text.Model == "ir.model.fields" || text.Model == "ir.model.fields.selection" {
		return ""
	}
	return w.read(t, text.Model, id, text.Field, rpc.Lang("en_US")).Str(text.Field)
}

// contains finds a term in XML, whichever way its quotes are written.
func contains(arch, term string) bool {
	return strings.Contains(html.UnescapeString(arch), html.UnescapeString(term))
}

func TestTheWebClientIsGivenUkrainianFormsAndFields(t *testing.T) {
	onInstalled(t, func(t *testing.T, w world) { w.givesUkrainianForms(t) })
}

func (w world) givesUkrainianForms(t *testing.T) {
	t.Helper()
	ukrainian := map[string]any{"lang": module.Ukrainian}
	for _, m := range module.Models() {
		answer, err := w.client.Call(t.Context(), m.Name, "fields_get", nil, rpc.Args{
			"attributes": []string{"string", "help", "selection"}, "context": ukrainian,
		})
		if rpc.IsKind(err, rpc.KindAccess) {
			continue // x_krok_test and the like are for procedures alone
		}
		require.NoError(t, err)
		fields := answer.(map[string]any)
		for _, f := range m.Fields {
			field, there := fields[f.Name].(map[string]any)
			if !there && f.Addon != "" {
				continue // its app is not installed
			}
			require.Equal(t, f.Label.Uk, field["string"], "%s.%s", m.Name, f.Name)
			if f.Help.Uk != "" {
				require.Equal(t, f.Help.Uk, field["help"], "%s.%s", m.Name, f.Name)
			}
			for i, choice := range f.Selection {
				if given := field["selection"].([]any); f.Bridged[choice.Value] == "" || i < len(given) {
					require.Equal(t, []any{choice.Value, choice.Uk}, given[i], "%s.%s", m.Name, f.Name)
				}
			}
		}
	}
	method, args := "fields_view_get", rpc.Args{"view_type": "form", "context": ukrainian}
	if w.Version >= 16 {
		method, args = "get_views", rpc.Args{"views": []any{[]any{false, "form"}}, "options": map[string]any{}, "context": ukrainian}
	}
	view, err := w.client.Call(t.Context(), "x_krok_bot", method, nil, args)
	require.NoError(t, err)
	require.Contains(t, fmt.Sprint(view), "Кроки")
	require.NotContains(t, fmt.Sprint(view), `string="Steps"`)

	menus, err := w.client.SearchRead(t.Context(), "ir.ui.menu", is("id", w.Ref(t, "krok.menu_root")), []string{"name"}, rpc.Lang(module.Ukrainian))
	require.NoError(t, err)
	require.Equal(t, "Чат-бот", menus[0].Str("name"))
	group := w.read(t, "res.groups", w.Ref(t, "krok.group_operator"), "name", rpc.Lang(module.Ukrainian))
	require.Equal(t, "Оператор чат-бота", group.Str("name"))
}
