package botfile

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
)

func TestStepThatCreatesALeadNamesItsSalespersonTeamAndTags(t *testing.T) {
	t.Parallel()
	const source = `
bot: {code: a, name: A}
steps:
  - {code: call, type: lead, salesperson: olena@example.com, team: Відділ продажів, lead_type: lead, lead_tags: [Telegram, "Сад / Ліс", Telegram]}
  - {code: order, type: lead, salesperson: olena@example.com, lead_type: opportunity}
`
	bot, err := read("bot.yaml", []byte(source), nil)
	require.NoError(t, err)
	definition := bot.Definition
	require.Equal(t, []flow.Row{{"id": int64(1), "name": "olena@example.com"}}, definition.Tables["user"])
	require.Equal(t, []flow.Row{{"id": int64(1), "name": "Відділ продажів"}}, definition.Tables["team"])
	require.Equal(t, []flow.Row{{"id": int64(1), "name": "Telegram"}, {"id": int64(2), "name": "Сад / Ліс"}}, definition.Tables["lead_tag"])
	require.Equal(t, []flow.Row{
		{"id": int64(1), "bot_id": int64(1), "code": "call", "name": "call", "type": "lead", "user_id": int64(1), "team_id": int64(1), "lead_type": "lead",
			"lead_tag_ids": []int64{1, 2}},
		{"id": int64(2), "bot_id": int64(1), "code": "order", "name": "order", "type": "lead", "user_id": int64(1)},
	}, definition.Tables["step"], "an opportunity is what an empty type means")
	back, file := written(t, bot)
	require.Equal(t, bot.Normal(), back, file)
	require.Contains(t, file, "    salesperson: \"olena@example.com\"\n    team: Відділ продажів\n    lead_type: lead\n    lead_tags: [Telegram, Сад / Ліс]\n")
	_, known := definition.App("crm")
	require.False(t, known, "a file does not know which apps an Odoo has")
}

func TestMistakesInALeadStepAreNamedWithTheirPlace(t *testing.T) {
	t.Parallel()
	_, err := Parse("bot.yaml", []byte(`
bot: {code: a, name: A}
steps:
  - {code: a, type: leed, salesperson: [olena], team: {name: Sales}}
  - {code: b, type: lead, lead_type: oportunity, lead_tags: VIP}
`))
	require.EqualError(t, err, `bot.yaml:4:21: “type” cannot be “leed”. Possible: text, input, buttons, contact, lead. Did you mean “lead”?
bot.yaml:4:40: “salesperson” needs a text, not “[…]”.
bot.yaml:4:55: “team” needs a text, not “{…}”.
bot.yaml:5:38: “lead_type” cannot be “oportunity”. Possible: lead, opportunity. Did you mean “opportunity”?
bot.yaml:5:61: “VIP” stands where a list is needed: lines that begin with “- ”.`)
}

// In Odoo a step of a type whose app is missing is a text with its type beside it. A file has the type that the step is to have.
func TestStepOfAMissingAppIsWrittenWithTheTypeThatItIsToHave(t *testing.T) {
	t.Parallel()
	definition := func(step flow.Row) flow.Definition {
		return flow.Definition{Tables: map[string][]flow.Row{
			"bot":  {{"id": int64(7), "code": "a", "name": "A", "lang": "uk_UA"}},
			"step": {flow.Row{"id": int64(8), "code": "s", "name": "s", "type": "text", "team_id": int64(4)}.With("type_absent", "lead").With("type", step.Str("type"))},
			"team": {{"id": int64(4), "name": flow.Texts{"en_US": "Sales", "uk_UA": "Продажі"}, "active": true}},
		}}
	}
	_, file := written(t, Bot{Definition: definition(flow.Row{"type": "text"})})
	require.Contains(t, file, "    type: lead\n    team: Продажі\n")
	require.Empty(t, Diff(definition(flow.Row{"type": "lead"}), definition(flow.Row{"type": "text"}), "en"))
	_, file = written(t, Bot{Definition: definition(flow.Row{"type": "contact"})})
	require.Contains(t, file, "    type: contact\n", "somebody has chosen another type since")
}
