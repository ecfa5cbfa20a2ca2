package catalog_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/cmd/krok/sample"
	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/botfile"
	"github.com/krokbot/krok/odoo"
	"github.com/krokbot/krok/odoo/catalog"
	"github.com/krokbot/krok/odoo/module"
	"github.com/krokbot/krok/odoo/odootest"
	"github.com/krokbot/krok/odoo/rpc"
)

// world is a database of a real Odoo with the module krok in it.
type world struct {
	*odootest.Odoo
	client     *rpc.Client
	procedures *odoo.Procedures
}

// The tests share one database a version; each has a bot of its own.
func TestBotsMoveInAndOutOfOdoo(t *testing.T) {
	t.Parallel()
	for _, version := range []int{19, 14} {
		t.Run(fmt.Sprintf("Odoo%d", version), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, version)
			t.Run("BotThatIsNotThereIsNamedWithThoseThatAre", w.testNamesOfBots)
			t.Run("ImportedBotIsExportedAsTheSameFileAndASecondImportWritesNothing", w.testThereAndBack)
			t.Run("ImportMakesTheBotThatOfTheFileAndKeepsTheRecordsThatItWas", w.testChanges)
			t.Run("ImportFinishesWhatWasCutShort", w.testCutShort)
			t.Run("ImportSaysWhichLanguagesOdooDoesNotHave", w.testLanguages)
			t.Run("StepThatUpdatesAContactMovesWithItsFieldAndItsTags", w.testContactSteps)
			t.Run("B25MobileOfAnOlderOdooIsToldAndTheRestComesIn", w.testB25MobileOfAnOlderOdoo)
			t.Run("FieldWhoseRelationTheServiceMayNotReadIsAProblem", w.testRightsOfTheService)
			t.Run("PickerOffersTheFieldsThatHaveNoProblem", w.testAskableFields)
			t.Run("LeadStepWaitsForItsAppAndIsWhatItIsToBeWhenThatHasCome", w.testLeadStepWithoutApp) // CRM is here from now on
			t.Run("LeadStepMovesWithItsSalespersonTeamAndTags", w.testLeadSteps)
			t.Run("SettingOfLeadsIsKnownAndANewVersion", w.testLeadsSetting)
		})
	}
}

func newWorld(t testing.TB, version int) world {
	t.Helper()
	key, err := module.Key(version)
	require.NoError(t, err)
	o := odootest.New(t, version, odootest.Lean(), odootest.WithTemplate("catalog", key, install))
	client := o.Client(t)
	return world{Odoo: o, client: client, procedures: odoo.NewProcedures(client)}.serve(t)
}

func install(o *odootest.Odoo) error {
	client, err := rpc.Open(context.Background(), o.Config())
	if err != nil {
		return err
	}
	defer client.Close()
	plan, err := module.NewPlan(context.Background(), client, module.Options{})
	if err != nil {
		return err
	}
	_, err = module.Install(context.Background(), client, plan, module.Options{}, func(string) {})
	return err
}

// serve lets the administrator run the procedures too, so that one login does everything.
func (w world) serve(t testing.TB) world {
	t.Helper()
	groups := "group_ids"
	if w.Version < 19 {
		groups = "groups_id"
	}
	add := []any{[]any{4, w.Ref(t, "krok.group_service"), 0}, []any{4, w.Ref(t, "krok.group_administrator"), 0}}
	require.NoError(t, w.client.Write(t.Context(), "res.users", []int64{w.client.UID()}, map[string]any{groups: add}))
	return w
}

func (w world) bring(t *testing.T, bot botfile.Bot) catalog.Summary {
	t.Helper()
	summary, err := catalog.Import(t.Context(), w.client, w.procedures, bot)
	require.NoError(t, err)
	return summary
}

func (w world) export(t *testing.T, code string) (botfile.Bot, string) {
	t.Helper()
	bot, err := catalog.Export(t.Context(), w.procedures, code)
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, botfile.Write(&out, bot))
	return bot, out.String()
}

func open(t *testing.T, source string) botfile.Bot {
	t.Helper()
	bot, err := botfile.Open(fstest.MapFS{"bot.yaml": {Data: []byte(source)}}, "bot.yaml")
	require.NoError(t, err)
	return bot
}

func (w world) testThereAndBack(t *testing.T) {
	shop, err := botfile.Open(sample.Files, sample.Bot)
	require.NoError(t, err)
	require.Equal(t, catalog.Summary{Bot: "zerno", Changed: true, Created: true, Steps: len(shop.Definition.Tables["step"])}, w.bring(t, shop))

	exported, file := w.export(t, "zerno")
	var written bytes.Buffer
	require.NoError(t, botfile.Write(&written, shop))
	require.Equal(t, written.String(), file)
	built := flow.Build(exported.Definition, flow.Definition{}, catalog.NewSchema(w.client))
	require.Empty(t, built.Problems)

	before, err := catalog.Version(t.Context(), w.procedures)
	require.NoError(t, err)
	require.False(t, w.bring(t, shop).Changed)
	after, err := catalog.Version(t.Context(), w.procedures)
	require.NoError(t, err)
	require.Equal(t, before, after, "nothing was written")
}

const first = `
bot: {code: tea, name: Tea, lang: uk_UA, text_error: {uk: Ой, en: Oh}}
steps:
  - {code: start, type: text, aliases: [/start, hello], text: {uk: Вітаємо, en: Hello}, next: menu}
  - {code: old, type: text, text: Old}
  - code: menu
    type: buttons
    text: {uk: "**Що** далі?", en: What next?}
    media: [{file: a.txt, caption: {uk: Ціни, en: Prices}}, {file: b.txt}]
    answers: [{name: {uk: Чай, en: Tea}, next: start}, {name: {uk: Кава, en: Coffee}, next: old}, Вода]
    keyboard: [[1, 2], 3, {kind: contact, name: Номер}]
    inline: [{name: Сайт, url: "https://example.com"}]
files: {a.txt: YQ==, b.txt: Yg==}
`

// second has something of everything: rows renamed, added, removed, moved, emptied.
const second = `
bot: {code: tea, name: Tea house, tz: Europe/Kyiv, text_error: {uk: Ой, en: Sorry}}
steps:
  - {code: menu, type: buttons, text: {uk: "**Що** далі?", en: "What _now_?"}, domain: "[('email', '!=', False)]", otherwise: ask, silent: true,
     media: [{file: b.txt}, {file: c.txt, name: C}],
     answers: [{name: Вода}, {name: {uk: Зелений чай, en: Tea}, next: ask}, Сік],
     keyboard: [1, {kind: contact, name: Номер}],
     inline: [[{answer: 3}, {name: Код, copy: TEA}], {name: Сайт, url: "https://example.com/new"}]}
  - {code: ask, type: input, validation: email, text: {uk: Пошта?, en: E-mail?}, next: start}
  - {code: start, type: text, aliases: [/start, /tea, hello], text: {uk: Вітаємо ще раз, en: Hello}}
files: {b.txt: Yg==, c.txt: Yw==}
`

func (w world) testChanges(t *testing.T) {
	require.Equal(t, "The bot “tea” was made in Odoo, with 3 steps.", w.bring(t, open(t, first)).In("en"))
	old, _ := w.export(t, "tea")
	require.NoError(t, w.client.Write(t.Context(), "x_krok_bot", []int64{old.Definition.Bot().ID()}, map[string]any{"x_token": " 1:secret "}))

	snapshot, err := catalog.Read(t.Context(), w.procedures)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"tea": "1:secret"}, snapshot.Tokens)
	require.NotContains(t, fmt.Sprint(snapshot.Definitions), "secret")
	tea, err := snapshot.Bot("tea")
	require.NoError(t, err)
	require.True(t, catalog.Active(tea))
	require.Contains(t, w.changes(t, second), "The step old “old” goes.")

	require.Equal(t, "The bot “tea” in Odoo is now that of the file, with 3 steps.", w.bring(t, open(t, second)).In("en"))
	now, file := w.export(t, "tea")
	require.Empty(t, botfile.Diff(botfile.Spread(open(t, second).Definition, []string{"en_US", "uk_UA"}), now.Definition, "en"), file)
	require.Equal(t, idOf(old, "step", "code", "menu"), idOf(now, "step", "code", "menu"))
	require.Equal(t, idOf(old, "answer", "name", "Вода"), idOf(now, "answer", "name", "Вода"))
	require.Equal(t, idOf(old, "answer", "name", "Tea"), idOf(now, "answer", "name", "Tea"))
	require.Equal(t, idOf(old, "media", "filename", "b.txt"), idOf(now, "media", "filename", "b.txt"))
	require.Equal(t, idOf(old, "button", "name", "Номер"), idOf(now, "button", "name", "Номер"))
	require.False(t, w.bring(t, open(t, second)).Changed)

	snapshot, err = catalog.Read(t.Context(), w.procedures)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"tea": "1:secret"}, snapshot.Tokens, "a token is not the file's business")

	require.True(t, w.bring(t, open(t, first)).Changed)
	back, _ := w.export(t, "tea")
	require.Empty(t, botfile.Diff(botfile.Spread(open(t, first).Definition, []string{"en_US", "uk_UA"}), back.Definition, "en"))
}

// idOf is the id of the row whose field has the value; of a translated text, in English.
func idOf(bot botfile.Bot, table, field, value string) int64 {
	for _, row := range bot.Definition.Tables[table] {
		if row.Str(field) == value {
			return row.ID()
		}
	}
	return 0
}

func (w world) testCutShort(t *testing.T) {
	w.bring(t, open(t, strings.Replace(first, "code: tea", "code: cut", 1)))
	_, whole := w.export(t, "cut")
	bot, _ := w.export(t, "cut")
	require.NoError(t, w.client.Unlink(t.Context(), "x_krok_step", []int64{idOf(bot, "step", "code", "menu")}))
	require.NoError(t, w.client.Unlink(t.Context(), "x_krok_alias", []int64{idOf(bot, "alias", "name", "hello")}))
	w.bring(t, open(t, strings.Replace(first, "code: tea", "code: cut", 1)))
	_, again := w.export(t, "cut")
	require.Equal(t, whole, again)
}

func (w world) testLanguages(t *testing.T) {
	summary := w.bring(t, open(t, `
bot: {code: de, name: De, text_error: {de: Hoppla, en: Oh, uk: Ой}}
steps: [{code: start, type: text, text: {uk: Вітаємо}, aliases: [/start]}]
`))
	require.Equal(t, []string{"de_DE"}, summary.Missing)
	require.Contains(t, summary.In("uk"), "de_DE")
	_, file := w.export(t, "de")
	require.Contains(t, file, "text_error: {en: Oh, uk: Ой}\n")
	require.Contains(t, file, "text: Вітаємо\n")
}

func (w world) testNamesOfBots(t *testing.T) {
	_, err := catalog.Export(t.Context(), w.procedures, "tea")
	require.EqualError(t, err, "There is no bot in this Odoo yet, so none with the code “tea”. Make one under Chatbot / Bots, or import a bot file.")
	w.bring(t, open(t, "bot: {code: one, name: One}"))
	_, err = catalog.Export(t.Context(), w.procedures, "coffee")
	require.EqualError(t, err, "There is no bot with the code “coffee” in this Odoo. There are: one.")
}
