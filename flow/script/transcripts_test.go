package script_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/botfile"
	"github.com/krokbot/krok/flow/script"
)

// Every transcript is about one rule of the engine. Its first line names the bot that it is played against.
func TestTranscripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../testdata/transcripts/*.chat")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			source, err := os.ReadFile(file)
			require.NoError(t, err)
			parsed, err := script.Parse(filepath.Base(file), source)
			require.NoError(t, err)
			load := loader(t)
			bot, err := load(parsed.Header("bot"))
			require.NoError(t, err)
			report, err := script.Play(t.Context(), parsed, script.World{Bot: bot, Load: load})
			require.NoError(t, err)
			require.True(t, report.OK(), "\n%s", report.Diff("en"))
		})
	}
}

// loader reads and builds bots one after another, each with the good form of the one before, as an edit in Odoo would.
func loader(t *testing.T) func(name string) (*flow.Bot, error) {
	var last flow.Definition
	return func(name string) (*flow.Bot, error) {
		source, err := os.ReadFile(filepath.Join("../testdata/bots", name))
		require.NoError(t, err, "the first line names the bot: # bot: shop.yaml")
		definition, err := botfile.Parse(name, source)
		require.NoError(t, err)
		describeFields(t, definition)
		built := flow.Build(definition, last, nil)
		require.NotNil(t, built.Bot, "%v", built.Problems)
		last = built.Good
		return built.Bot, nil
	}
}

// describeFields adds to a bot that comes from a file what an Odoo would say of the fields that it asks for.
func describeFields(t *testing.T, definition flow.Definition) {
	t.Helper()
	source, err := os.ReadFile("../testdata/fields.yaml")
	require.NoError(t, err)
	known := map[string]flow.Row{}
	require.NoError(t, yaml.Unmarshal(source, &known))
	for _, row := range definition.Tables["field"] {
		if !slices.ContainsFunc(definition.Tables["step"], func(step flow.Row) bool { return step.Ref("field_id") == row.ID() }) {
			continue // notifications show it: that needs no more than its name
		}
		require.Contains(t, known, row.Str("name"), "fields.yaml says what is asked for")
		maps.Copy(row, known[row.Str("name")])
	}
}
