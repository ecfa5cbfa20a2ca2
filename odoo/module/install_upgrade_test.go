package module_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/module"
	"github.com/krokbot/krok/odoo/odootest"
	"github.com/krokbot/krok/odoo/rpc"
)

// olderData is what an older version of the module had beside what it has today.
const olderData = `<?xml version="1.0" encoding="utf-8"?>
<odoo>
    <record id="field_x_krok_bot__x_forgotten" model="ir.model.fields">
        <field name="model_id" ref="model_x_krok_bot"/>
        <field name="name">x_forgotten</field>
        <field name="field_description">Forgotten</field>
        <field name="ttype">char</field>
    </record>
    <record id="field_x_krok_bot__x_shown" model="ir.model.fields">
        <field name="model_id" ref="model_x_krok_bot"/>
        <field name="name">x_shown</field>
        <field name="field_description">Shown by somebody</field>
        <field name="ttype">char</field>
    </record>
    <record id="view_forgotten" model="ir.ui.view">
        <field name="name">krok.forgotten</field>
        <field name="model">x_krok_bot</field>
        <field name="arch" type="xml"><form><field name="x_forgotten"/></form></field>
    </record>
    <record id="action_forgotten" model="ir.actions.act_window">
        <field name="name">Forgotten</field>
        <field name="res_model">x_krok_bot</field>
        <field name="view_mode">form</field>
    </record>
    <menuitem id="menu_forgotten" name="Forgotten" parent="menu_root" action="action_forgotten"/>
</odoo>
`

// repacked is today's module with other files in it: those of change are made anew out of what they hold, those of body are added, or
// left out where they are empty.
func repacked(t *testing.T, major int, change map[string]func(text string) string, body map[string]string) []byte {
	t.Helper()
	today, err := module.Addons()[0].Zip(major)
	require.NoError(t, err)
	reader, err := zip.NewReader(bytes.NewReader(today), int64(len(today)))
	require.NoError(t, err)
	var buffer bytes.Buffer
	writer := zip.NewWriter(&buffer)
	add := func(name, body string) {
		w, err := writer.Create(name)
		require.NoError(t, err)
		_, err = w.Write([]byte(body))
		require.NoError(t, err)
	}
	for _, file := range reader.File {
		if _, other := body[file.Name]; other {
			continue
		}
		r, err := file.Open()
		require.NoError(t, err)
		text, err := io.ReadAll(r)
		require.NoError(t, err)
		if made := change[file.Name]; made != nil {
			text = []byte(made(string(text)))
		}
		add(file.Name, string(text))
	}
	for name, text := range body {
		if text != "" {
			add(name, text)
		}
	}
	require.NoError(t, writer.Close())
	return buffer.Bytes()
}

// olderZip makes an older version out of today's module.
func olderZip(t *testing.T, major int) []byte {
	t.Helper()
	older := func(text string) string {
		text = strings.Replace(text, ".0."+module.Version, ".0.0.9.0", 1)
		text = strings.Replace(text, "    ],\n    'application'", "        \"data/older.xml\",\n    ],\n    'application'", 1)
		require.Contains(t, text, "older.xml")
		return text
	}
	return repacked(t, major, map[string]func(string) string{"krok/__manifest__.py": older}, map[string]string{"krok/data/older.xml": olderData})
}

// bring imports a zip as an admin would by hand.
func (w world) bring(t *testing.T, zip []byte) {
	t.Helper()
	wizard := w.create(t, "base.import.module", map[string]any{"module_file": base64.StdEncoding.EncodeToString(zip)})
	_, err := w.client.Call(t.Context(), "base.import.module", "import_module", []int64{wizard}, nil)
	require.NoError(t, err)
}

// becomeOlder puts the older version over today's, as it stood before the upgrade.
func (w world) becomeOlder(t *testing.T) {
	t.Helper()
	w.bring(t, olderZip(t, w.Version))
	mark := w.find(t, "x_krok_procedure", is("x_name", "module"), "x_version")
	require.Len(t, mark, 1)
	w.write(t, "x_krok_procedure", mark[0].ID(), map[string]any{"x_version": "0.9.0/0011223344556677/en_US,uk_UA"})
}

func TestAnUpgradeKeepsDataAndRemovesWhatTheModuleNoLongerHas(t *testing.T) {
	onInstalled(t, func(t *testing.T, w world) {
		w.becomeOlder(t)
		bot := w.create(t, "x_krok_bot", map[string]any{"x_name": "Shop", "x_forgotten": "gone", "x_shown": "stays"})
		step := w.create(t, "x_krok_step", map[string]any{"x_name": "Welcome", "x_bot_id": bot, "x_text": "<p>Hello</p>"})
		w.write(t, "x_krok_step", step, map[string]any{"x_text": "<p>Вітаю</p>"}, rpc.Lang("uk_UA"))
		operator := w.user(t, "group_operator")
		view := w.create(t, "ir.ui.view", map[string]any{
			"name": "my bots", "model": "x_krok_bot", "arch": `<form><field name="x_name"/><field name="x_shown"/></form>`,
		})

		plan, _ := install(t, w.client)
		require.True(t, plan.Import)
		require.False(t, plan.Resume)
		require.Contains(t, plan.Installed, ".0.0.9.0")
		rows := w.find(t, "ir.module.module", is("name", "krok"), "latest_version", "state")
		require.Len(t, rows, 1)
		require.Contains(t, rows[0].Str("latest_version"), ".0."+module.Version)
		require.Equal(t, "installed", rows[0].Str("state"))

		require.Equal(t, "Shop", w.read(t, "x_krok_bot", bot, "x_name").Str("x_name"))
		require.Contains(t, w.read(t, "x_krok_step", step, "x_text", rpc.Lang("en_US")).Str("x_text"), "Hello")
		require.Contains(t, w.read(t, "x_krok_step", step, "x_text", rpc.Lang("uk_UA")).Str("x_text"), "Вітаю")
		has, err := operator.SearchCount(t.Context(), "x_krok_chat", []any{})
		require.NoError(t, err, "users keep their groups")
		require.Zero(t, has)

		for _, model := range []string{"ir.ui.view", "ir.ui.menu", "ir.actions.act_window"} {
			require.Empty(t, w.find(t, model, []any{[]any{"name", "in", []string{"Forgotten", "krok.forgotten"}}}, "id"), model)
		}
		require.Empty(t, w.find(t, "ir.model.fields", is("name", "x_forgotten"), "id"))
		require.NotEmpty(t, w.find(t, "ir.model.fields", is("name", "x_shown"), "id"), "somebody's own view shows it")
		require.Contains(t, w.read(t, "ir.ui.view", view, "arch_db").Str("arch_db"), "x_shown")
		require.Equal(t, "stays", w.read(t, "x_krok_bot", bot, "x_shown").Str("x_shown"))

		again, err := module.NewPlan(t.Context(), w.client, module.Options{})
		require.NoError(t, err)
		require.True(t, again.Nothing(), "%+v", again)
	})
}

func TestALanguageThatIsActivatedLaterGetsItsLabelsByTheNextInstall(t *testing.T) {
	onBoth(t, func(t *testing.T, odoo *odootest.Odoo) {
		w := world{odoo, odoo.Client(t)}
		lang, err := w.client.Search(t.Context(), "res.lang", is("code", module.Ukrainian))
		require.NoError(t, err)
		w.write(t, "res.lang", lang[0], map[string]any{"active": false})
		plan, _ := install(t, w.client)
		require.Equal(t, []string{"en_US"}, plan.Languages)

		w.write(t, "res.lang", lang[0], map[string]any{"active": true})
		plan, done := install(t, w.client)
		require.True(t, plan.Import)
		require.Equal(t, []string{"en_US", "uk_UA"}, plan.Languages)
		require.Empty(t, done.Key, "the service user keeps its key")
		labels, err := w.client.Call(t.Context(), "x_krok_bot", "fields_get", nil, rpc.Args{
			"allfields": []string{"x_name", "x_token"}, "attributes": []string{"string"}, "context": map[string]any{"lang": "uk_UA"},
		})
		require.NoError(t, err)
		require.Equal(t, "Назва", labels.(map[string]any)["x_name"].(map[string]any)["string"])
	})
}
