package catalog_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/odoo"
	"github.com/krokbot/krok/odoo/catalog"
	"github.com/krokbot/krok/odoo/rpc"
)

const leads = `
bot: {code: calls, name: Calls, lang: uk_UA}
steps:
  - {code: start, type: text, text: Вітаємо, aliases: [/start], next: call}
  - {code: call, type: lead, text: Записую, salesperson: admin, team: Продажі квітів, lead_type: lead, lead_tags: [Telegram, Букети], next: end}
  - {code: end, type: text, text: "№ {{ answer.call }}"}
`

func (w world) testLeadStepWithoutApp(t *testing.T) {
	summary := w.bring(t, open(t, leads))
	require.True(t, summary.Changed)
	require.Equal(t, []catalog.Absent{{Step: "call", What: "type", Name: "lead"}}, summary.Absent, "the rest of what it names belongs to the app")
	require.Contains(t, summary.In("en"), "the bot passes the step “call”. Install the app in Odoo, run krok install and import the file again.")
	require.Contains(t, summary.In("uk"), "містка Krok до нього")
	require.Equal(t, map[string]any{"x_type": "text", "x_type_absent": "lead"}, w.types(t, "call"))
	exported, file := w.export(t, "calls")
	require.Contains(t, file, "type: lead\n")
	require.Equal(t, []flow.Row{}, exported.Definition.Tables["app"])
	require.Equal(t, []string{"problem.lead_no_app"}, keysOf(errorsOf(exported.Definition, w)))
	require.Empty(t, w.changes(t, leads))
	require.False(t, w.bring(t, open(t, leads)).Changed)
	require.False(t, w.bring(t, open(t, file)).Changed)

	w.bring(t, open(t, strings.Replace(leads, "type: lead,", "type: text,", 1)))
	require.Equal(t, map[string]any{"x_type": "text", "x_type_absent": false}, w.types(t, "call"), "a text it is to be now")
	require.True(t, w.bring(t, open(t, leads)).Changed)

	before := w.version(t)
	w.addCRM(t)
	require.NotEqual(t, before, w.version(t))
	exported, _ = w.export(t, "calls")
	require.Equal(t, []string{"problem.lead_app_there"}, keysOf(errorsOf(exported.Definition, w)))
	require.Contains(t, w.changes(t, leads), "  - type: text\n  + type: lead\n")
	team := w.create(t, "crm.team", map[string]any{"name": "Flowers"})
	require.NoError(t, w.client.Write(t.Context(), "crm.team", []int64{team}, map[string]any{"name": "Продажі квітів"}, rpc.Lang("uk_UA")))
	summary = w.bring(t, open(t, leads))
	require.True(t, summary.Changed)
	require.Empty(t, summary.Absent)
	require.Equal(t, map[string]any{"x_type": "lead", "x_type_absent": false}, w.types(t, "call"))
	exported, _ = w.export(t, "calls")
	require.Empty(t, errorsOf(exported.Definition, w))
	require.Empty(t, w.changes(t, leads))
	require.False(t, w.bring(t, open(t, leads)).Changed)
}

func (w world) testLeadSteps(t *testing.T) {
	exported, file := w.export(t, "calls")
	step := rowWith(exported.Definition.Tables["step"], "code", "call")
	require.Contains(t, file, "    salesperson: admin\n    team: Продажі квітів\n    lead_type: lead\n    lead_tags: [Telegram, Букети]\n")
	require.Equal(t, "admin", exported.Definition.Row("user", step.Ref("user_id")).Str("name"))
	team := exported.Definition.Row("team", step.Ref("team_id"))
	require.Equal(t, flow.Texts{"en_US": "Flowers", "uk_UA": "Продажі квітів"}, team.Texts("name"))
	require.True(t, team.Bool("active"))
	require.Len(t, exported.Definition.Tables["lead_tag"], 2)
	require.Len(t, step.Refs("lead_tag_ids"), 2)
	tags, err := w.client.SearchCount(t.Context(), "crm.tag", []any{[]any{"name", "in", []string{"Telegram", "Букети"}}}, rpc.Lang("uk_UA"))
	require.NoError(t, err)
	require.EqualValues(t, 2, tags, "each is made once")
	require.False(t, w.bring(t, open(t, file)).Changed, "the exported file is the same bot")

	const elsewhere = `
bot: {code: elsewhere, name: Elsewhere, lang: en_US}
steps: [{code: call, type: lead, aliases: [/start], salesperson: olena@example.com, team: Trees, lead_tags: [Telegram, Trees]}]
`
	summary := w.bring(t, open(t, elsewhere))
	require.Equal(t, []catalog.Absent{{Step: "call", What: "user", Name: "olena@example.com"}, {Step: "call", What: "team", Name: "Trees"}}, summary.Absent)
	require.Contains(t, summary.In("en"), "no user with the login “olena@example.com”, so the step “call” was left without a salesperson.")
	require.Contains(t, summary.In("uk"), "немає команди продажів «Trees»")
	require.Empty(t, w.changes(t, elsewhere))
	require.False(t, w.bring(t, open(t, elsewhere)).Changed)
	require.Equal(t, map[string]any{"x_lead_type": "opportunity"}, w.read(t, "elsewhere", "call", "x_lead_type"))

	before := w.version(t)
	require.NoError(t, w.client.Write(t.Context(), "crm.team", []int64{team.ID()}, map[string]any{"active": false}))
	require.NotEqual(t, before, w.version(t))
	exported, file = w.export(t, "calls")
	require.Equal(t, []string{"problem.leads_off", "problem.lead_team_archived"}, warningsOf(flow.Build(exported.Definition, flow.Definition{}, nil).Problems))
	require.False(t, w.bring(t, open(t, file)).Changed, "an archived team is found by its name too")
	require.NoError(t, w.client.Write(t.Context(), "crm.team", []int64{team.ID()}, map[string]any{"active": true}))
	require.Equal(t, before, w.version(t))
}

// The service user, who may read none of it by himself, is told whether Leads are on.
func (w world) testLeadsSetting(t *testing.T) {
	groups := "group_ids"
	if w.Version < 19 {
		groups = "groups_id"
	}
	w.create(t, "res.users", map[string]any{"name": "Service", "login": "calls@example.com", "password": "a long enough password",
		groups: []any{rpc.Set(w.Ref(t, "base.group_user"), w.Ref(t, "krok.group_service"))}})
	client, err := rpc.Open(t.Context(), rpc.Config{URL: w.URL, DB: w.DB, Login: "calls@example.com", Key: "a long enough password"})
	require.NoError(t, err)
	procedures := odoo.NewProcedures(client)
	known := func() (version string, on bool) {
		snapshot, err := catalog.Read(t.Context(), procedures)
		require.NoError(t, err)
		version, err = catalog.Version(t.Context(), procedures)
		require.NoError(t, err)
		require.Equal(t, snapshot.Version, version)
		calls, err := snapshot.Bot("calls")
		require.NoError(t, err)
		app, _ := calls.App("crm")
		return version, app.Bool("leads")
	}
	off, on := known()
	require.False(t, on)
	w.switchLeads(t, true)
	now, on := known()
	require.True(t, on)
	require.NotEqual(t, off, now)
	w.switchLeads(t, false)
	again, on := known()
	require.False(t, on)
	require.Equal(t, off, again)
}

func (w world) switchLeads(t *testing.T, on bool) {
	t.Helper()
	settings := w.create(t, "res.config.settings", map[string]any{"group_use_lead": on})
	_, err := w.client.Call(t.Context(), "res.config.settings", "execute", []int64{settings}, nil)
	require.NoError(t, err)
}

// addCRM has Odoo install CRM, as an admin would under Apps, and then krok.
func (w world) addCRM(t *testing.T) {
	t.Helper()
	ids, err := w.client.Search(t.Context(), "ir.module.module", []any{[]any{"name", "=", "crm"}})
	require.NoError(t, err)
	_, err = w.client.Call(rpc.WithPatience(t.Context(), 15*time.Minute), "ir.module.module", "button_immediate_install", ids, nil)
	require.NoError(t, err)
	require.NoError(t, install(w.Odoo))
}

func (w world) version(t *testing.T) string {
	t.Helper()
	version, err := catalog.Version(t.Context(), w.procedures)
	require.NoError(t, err)
	return version
}

// types are the two fields of Odoo that make the type of a step of the bot "calls".
func (w world) types(t *testing.T, step string) map[string]any {
	t.Helper()
	return w.read(t, "calls", step, "x_type", "x_type_absent")
}

// read reads fields of a step.
func (w world) read(t *testing.T, bot, step string, fields ...string) map[string]any {
	t.Helper()
	rows, err := w.client.SearchRead(t.Context(), "x_krok_step", []any{[]any{"x_bot_id.x_code", "=", bot}, []any{"x_code", "=", step}}, fields)
	require.NoError(t, err)
	require.Len(t, rows, 1)
	values := map[string]any{}
	for _, field := range fields {
		values[field] = rows[0][field]
	}
	return values
}

func rowWith(rows []flow.Row, field, value string) flow.Row {
	for _, row := range rows {
		if row.Str(field) == value {
			return row
		}
	}
	return nil
}

// warningsOf leaves out what is said of translations.
func warningsOf(problems []flow.Problem) []string {
	return slices.DeleteFunc(keysOf(problems), func(key string) bool { return key == "problem.not_translated" })
}

func keysOf(problems []flow.Problem) []string {
	keys := []string{}
	for _, problem := range problems {
		keys = append(keys, problem.Key)
	}
	return keys
}
