package botfile

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
)

func TestStepThatUpdatesAContactNamesItsFieldAndTags(t *testing.T) {
	t.Parallel()
	definition, err := Parse("bot.yaml", []byte(`
bot: {code: a, name: A}
steps:
  - {code: phone, type: contact, field: phone, add_tags: [VIP, "Clients / New", VIP], remove_tags: [New], merge_by_phone: true, share_button: {uk: Номер, en: Number}}
  - {code: own, type: contact, field: x_studio_Size, text_after: Thanks}
  - {code: again, type: contact, field: phone}
`))
	require.NoError(t, err)
	require.Equal(t, []flow.Row{
		{"id": int64(1), "name": "phone", "model": "res.partner", "ttype": "char", "label": flow.Texts{"en_US": "Phone", "uk_UA": "Телефон"}},
		{"id": int64(2), "name": "x_studio_Size", "model": "res.partner", "ttype": "char"},
	}, definition.Tables["field"])
	require.Equal(t, []flow.Row{{"id": int64(1), "name": "VIP"}, {"id": int64(2), "name": "Clients / New"}, {"id": int64(3), "name": "New"}}, definition.Tables["tag"])
	steps := definition.Tables["step"]
	require.Equal(t, flow.Row{
		"id": int64(1), "bot_id": int64(1), "code": "phone", "name": "phone", "type": "contact", "field_id": int64(1), "add_tag_ids": []int64{1, 2},
		"remove_tag_ids": []int64{3}, "merge_by_phone": true, "share_button": flow.Texts{"en_US": "Number", "uk_UA": "Номер"},
	}, steps[0])
	require.Equal(t, int64(2), steps[1].Ref("field_id"))
	require.Equal(t, int64(1), steps[2].Ref("field_id"))
}

func TestEveryFieldThatAFileKnowsCanBeAskedFor(t *testing.T) {
	t.Parallel()
	for name := range contactFields() {
		definition, err := Parse("bot.yaml", []byte("bot: {code: a, name: A}\nsteps: [{code: s, type: contact, field: "+name+", text: Say, aliases: [/start]}]"))
		require.NoError(t, err)
		for _, problem := range flow.Build(definition, flow.Definition{}, nil).Problems {
			require.NotEqual(t, flow.LevelError, problem.Level, "%s: %s", name, problem.Key)
		}
	}
}

func TestMistakesInAContactStepAreNamedWithTheirPlace(t *testing.T) {
	t.Parallel()
	_, err := Parse("bot.yaml", []byte(`
bot: {code: a, name: A}
steps:
  - {code: a, type: contact, field: Phone}
  - {code: b, type: contact, field: {name: phone}}
  - code: c
    type: contact
    add_tags: VIP
    remove_tags: [VIP, "", true]
`))
	require.EqualError(t, err, `bot.yaml:4:37: “Phone” is no name of a field. Write the technical name that Odoo has for it, such as phone, email or country_id. Did you mean “phone”?
bot.yaml:5:37: “field” needs a text, not “{…}”.
bot.yaml:8:15: “VIP” stands where a list is needed: lines that begin with “- ”.
bot.yaml:9:24: a tag in “remove_tags” has no name. Write its name, or delete the line.
bot.yaml:9:28: “remove_tags” needs a text. To mean the word “true” itself, put it into quotes; to leave “remove_tags” empty, delete the line.`)
}

func TestTagIsWrittenInTheLanguageOfTheBotAndElseInEnglish(t *testing.T) {
	t.Parallel()
	definition := func(lang string) flow.Definition {
		return flow.Definition{Tables: map[string][]flow.Row{
			"bot": {{"id": int64(7), "code": "a", "name": "A", "lang": lang}},
			"step": {{"id": int64(8), "code": "s", "name": "s", "type": "contact", "field_id": int64(400), "add_tag_ids": []any{float64(5), float64(9), float64(6)},
				"remove_tag_ids": []any{float64(77)}}},
			"tag":   {{"id": int64(5), "name": flow.Texts{"en_US": "Regular", "uk_UA": "Постійний"}}, {"id": int64(6), "name": flow.Texts{"en_US": "News"}}},
			"field": {{"id": int64(400), "name": "email", "ttype": "char", "label": flow.Texts{"de_DE": "E-Mail"}, "size": int64(20), "problem": "readonly"}},
		}}
	}
	_, file := written(t, Bot{Definition: definition("uk_UA")})
	require.Contains(t, file, "    field: email\n    add_tags: [News, Постійний]\n")
	_, file = written(t, Bot{Definition: definition("pl_PL")})
	require.Contains(t, file, "    add_tags: [News, Regular]\n")
	require.NotContains(t, file, "remove_tags")
	require.Equal(t, `Step s “s”:
  - add_tags: [News, Regular]
  + add_tags: [News, Постійний]`, stepsOf(Diff(definition("en_US"), definition("uk_UA"), "en")))
}

// stepsOf leaves out of a comparison what it says of the bot itself.
func stepsOf(diff string) string {
	_, steps, _ := strings.Cut(diff, "\nStep ")
	return "Step " + steps
}
