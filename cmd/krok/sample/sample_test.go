package sample

import (
	"bytes"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/botfile"
	"github.com/krokbot/krok/flow/script"
)

func TestSampleBotHasNoProblem(t *testing.T) {
	t.Parallel()
	bot, err := botfile.Open(Files, Bot)
	require.NoError(t, err)
	built := flow.Build(bot.Definition, flow.Definition{}, nil)
	require.Empty(t, built.Problems)
	require.Len(t, built.Bot.Commands, 4)
}

func TestSampleBotSpeaksBothLanguagesEverywhere(t *testing.T) {
	t.Parallel()
	bot, err := botfile.Open(Files, Bot)
	require.NoError(t, err)
	for _, table := range botfile.Tables() {
		for _, row := range bot.Definition.Tables[table.Name] {
			for _, field := range table.Fields {
				if value, given := row[field.Name]; field.Translated && given {
					byLang, _ := value.(flow.Texts)
					require.Len(t, byLang, 2, "%s %d: %s", table.Name, row.ID(), field.Name)
				}
			}
		}
	}
}

func TestSampleBotComesBackFromItsExport(t *testing.T) {
	t.Parallel()
	bot, err := botfile.Open(Files, Bot)
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, botfile.Write(&out, bot))
	back, err := botfile.Parse("export.yaml", out.Bytes())
	require.NoError(t, err)
	require.Empty(t, botfile.Diff(bot.Definition, back, "en"))
	require.NotContains(t, out.String(), "html:", "every text of the sample can be written in the file's markup")
}

func TestPicturesOfTheSampleAreSmall(t *testing.T) {
	t.Parallel()
	pictures, err := fs.Glob(Files, "images/*.png")
	require.NoError(t, err)
	require.Len(t, pictures, 2)
	for _, picture := range pictures {
		info, err := fs.Stat(Files, picture)
		require.NoError(t, err)
		require.Less(t, info.Size(), int64(100_000), picture)
	}
}

func TestConversationsOfTheSample(t *testing.T) {
	t.Parallel()
	bot, err := botfile.Open(Files, Bot)
	require.NoError(t, err)
	built := flow.Build(bot.Definition, flow.Definition{}, nil)
	names, err := fs.Glob(Files, "*.chat")
	require.NoError(t, err)
	require.Len(t, names, 4)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source, err := fs.ReadFile(Files, name)
			require.NoError(t, err)
			parsed, err := script.Parse(name, source)
			require.NoError(t, err)
			report, err := script.Play(t.Context(), parsed, script.World{Bot: built.Bot})
			require.NoError(t, err)
			require.True(t, report.OK(), "\n%s", report.Diff("en"))
		})
	}
}
