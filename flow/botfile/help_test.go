package botfile

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
)

func TestExampleInTheHelpIsABotWithoutMistakes(t *testing.T) {
	t.Parallel()
	for _, lang := range texts.Languages() {
		definition, err := Parse("help", []byte(Example(lang)))
		require.NoError(t, err, lang)
		require.Len(t, definition.Tables["step"], 5)
		built := flow.Build(definition, flow.Definition{}, nil)
		for _, problem := range built.Problems {
			require.Equal(t, "problem.not_translated", problem.Key, lang)
		}
	}
}

func TestHelpNamesEveryKeyOfTheFormat(t *testing.T) {
	t.Parallel()
	for _, lang := range texts.Languages() {
		for _, table := range Tables() {
			for _, key := range keysOf(table.Name) {
				require.Contains(t, Help(lang), key, "%s.%s", table.Name, key)
			}
			for _, field := range table.Fields {
				for _, choice := range field.Choices {
					require.Contains(t, Help(lang), choice, "%s.%s", table.Name, field.Name)
				}
			}
		}
	}
}

// No file, however broken, makes more of Parse than an error; and what can be read can be written and read again.
func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte(before2))
	f.Add([]byte(orders))
	f.Add([]byte(Example("uk")))
	f.Add([]byte("bot: {code: a, name: {uk: b}}\nsteps: [{code: x, type: text, text: {html: '<p>'}}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		bot, err := read("fuzz.yaml", data, nil)
		if err != nil {
			require.NotEmpty(t, texts.Explain("uk", err))
			return
		}
		for _, row := range bot.Definition.Tables["media"] {
			if _, inside := bot.Media[row.ID()]; !inside {
				return // its contents stand beside the file
			}
		}
		back, file := written(t, bot)
		require.Equal(t, bot.Normal(), back, file)
	})
}
