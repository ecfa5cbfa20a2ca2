package module_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/module"
	"github.com/krokbot/krok/odoo/rpc"
)

// loads asks for a form or list as the web client does.
func (w world) loads(t *testing.T, model, kind string) {
	t.Helper()
	method, args := "fields_view_get", rpc.Args{"view_type": kind}
	if w.Version >= 16 {
		method, args = "get_views", rpc.Args{"views": []any{[]any{false, kind}}, "options": map[string]any{}}
	}
	_, err := w.client.Call(t.Context(), model, method, nil, args)
	require.NoError(t, err)
}

// list is the kind of view that 18 calls otherwise.
func (w world) list() string {
	if w.Version >= 18 {
		return "list"
	}
	return "tree"
}

// blocks makes a thing that uses krok, sees it named, and takes it away again.
func (w world) blocks(t *testing.T, model string, values map[string]any) {
	t.Helper()
	id := w.create(t, model, values)
	removal, err := module.PlanRemoval(t.Context(), w.client)
	require.NoError(t, err)
	found := false
	for _, line := range removal.Blocking {
		found = found || strings.HasPrefix(line, model+" "+strconv.FormatInt(id, 10)+":")
	}
	require.True(t, found, "%s: %v", model, removal.Blocking)
	require.NoError(t, w.client.Unlink(t.Context(), model, []int64{id}))
}

// B48: manual models and fields that others use.
func TestUninstallNamesWhatUsesKrokAndLeavesAnOdooThatWorks(t *testing.T) {
	onInstalled(t, func(t *testing.T, w world) {
		bot := w.create(t, "x_krok_bot", map[string]any{"x_name": "Shop"})
		chats := make([]map[string]any, 500)
		for i := range chats {
			chats[i] = map[string]any{"x_name": "Client", "x_bot_id": bot, "x_telegram_id": strconv.Itoa(1000 + i)}
		}
		w.asService(t, "x_krok_chat", chats)
		removal, err := module.PlanRemoval(t.Context(), w.client)
		require.NoError(t, err)
		require.Empty(t, removal.Blocking)
		require.Equal(t, "krok", removal.User)
		require.Contains(t, removal.Models, module.Count{Model: "x_krok_chat", Name: "Chat", Records: 500})

		partner := w.Ref(t, "base.model_res_partner")
		w.blocks(t, "ir.ui.view", map[string]any{
			"name": "our contacts", "model": "res.partner", "inherit_id": w.Ref(t, "base.view_partner_form"),
			"arch": `<xpath expr="//field[@name='name']" position="after"><field name="x_krok_chat_ids"/></xpath>`,
		})
		w.blocks(t, "ir.model.fields", map[string]any{
			"name": "x_studio_bot", "model_id": w.Ref(t, "krok.model_x_krok_chat"), "field_description": "Code", "ttype": "char",
			"related": "x_bot_id.x_code", "readonly": true, "store": false,
		})
		w.blocks(t, "ir.model.fields", map[string]any{
			"name": "x_studio_chat", "model_id": partner, "field_description": "Chat", "ttype": "many2one", "relation": "x_krok_chat",
		})
		w.blocks(t, "ir.filters", map[string]any{"name": "With a bot", "model_id": "res.partner", "domain": "[('x_krok_chat_ids', '!=', False)]"})
		w.blocks(t, "ir.rule", map[string]any{"name": "Only clients", "model_id": partner, "domain_force": "[('x_krok_chat_ids', '!=', False)]"})
		w.blocks(t, "ir.actions.act_window", map[string]any{"name": "Our chats", "res_model": "x_krok_chat", "view_mode": "form"})
		w.blocks(t, "ir.actions.server", map[string]any{
			"name": "Look", "model_id": partner, "state": "code", "code": "env['x_krok_chat'].search([])",
		})
		w.create(t, "ir.filters", map[string]any{"name": "Mine", "model_id": "x_krok_chat", "domain": "[]"})

		require.NoError(t, module.Uninstall(t.Context(), w.client, false, timed(t)))
		for _, model := range []string{"ir.model", "ir.model.fields"} {
			require.Empty(t, w.find(t, model, []any{[]any{"model", "=like", "x_krok_%"}}, "id"))
		}
		require.Empty(t, w.find(t, "ir.filters", is("model_id", "x_krok_chat"), "id"))
		for _, model := range []string{"res.partner", "res.users", "ir.model", "res.groups"} {
			w.loads(t, model, "form")
			w.loads(t, model, w.list())
		}
		w.create(t, "res.partner", map[string]any{"name": "A new one"})
	})
}

// asService makes records that people have no right to make.
func (w world) asService(t *testing.T, model string, rows []map[string]any) {
	t.Helper()
	action := w.create(t, "ir.actions.server", map[string]any{
		"name": "make records", "model_id": w.Ref(t, "base.model_res_partner"), "state": "code",
		"code": "action = {'ids': env['" + model + "'].sudo().create(env.context['krok']['rows']).ids}",
	})
	_, err := w.client.Run(t.Context(), action, map[string]any{"rows": rows})
	require.NoError(t, err)
	require.NoError(t, w.client.Unlink(t.Context(), "ir.actions.server", []int64{action}))
}

func TestUninstallThatKeepsDataIsFoundAgainByTheNextInstall(t *testing.T) {
	onInstalled(t, func(t *testing.T, w world) {
		bot := w.create(t, "x_krok_bot", map[string]any{"x_name": "Shop"})
		step := w.create(t, "x_krok_step", map[string]any{"x_name": "Welcome", "x_bot_id": bot, "x_text": "<p>Hello</p>"})
		models := w.find(t, "ir.model", []any{[]any{"model", "=like", "x_krok_%"}}, "model")
		fields := w.find(t, "ir.model.fields", []any{[]any{"name", "=like", "x_krok_%"}, []any{"state", "=", "manual"}}, "model", "name")

		require.NoError(t, module.Uninstall(t.Context(), w.client, true, timed(t)))
		require.Empty(t, w.find(t, "ir.module.module", is("name", "krok"), "id"))
		require.Empty(t, w.find(t, "ir.ui.menu", is("name", "Chatbot"), "id"))
		require.Empty(t, w.find(t, "res.groups", is("name", "Chatbot Operator"), "id"))
		require.Equal(t, models, w.find(t, "ir.model", []any{[]any{"model", "=like", "x_krok_%"}}, "model"))
		w.loads(t, "res.partner", "form")

		plan, done := install(t, w.client)
		require.True(t, plan.Import)
		require.Empty(t, plan.Installed)
		require.NotEmpty(t, done.Key)
		require.Equal(t, models, w.find(t, "ir.model", []any{[]any{"model", "=like", "x_krok_%"}}, "model"))
		require.Equal(t, fields, w.find(t, "ir.model.fields", []any{[]any{"name", "=like", "x_krok_%"}, []any{"state", "=", "manual"}}, "model", "name"))
		require.Equal(t, "Shop", w.read(t, "x_krok_bot", bot, "x_name").Str("x_name"))
		require.Contains(t, w.read(t, "x_krok_step", step, "x_text").Str("x_text"), "Hello")
		again, err := module.NewPlan(t.Context(), w.client, module.Options{})
		require.NoError(t, err)
		require.True(t, again.Nothing(), "%+v", again)
	})
}
