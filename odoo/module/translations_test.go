package module

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"
)

func TestNothingLacksUkrainian(t *testing.T) {
	t.Parallel()
	eachAddon(t, func(t *testing.T, a Addon, major int) {
		found, err := a.Translations(major)
		require.NoError(t, err)
		require.NotEmpty(t, found)
		for _, one := range found {
			require.NotEmpty(t, one.Value, one.Source)
		}
	})
}

// Up to 17 these are written over RPC; what 18 and 19 read is in their golden files.
func TestWordsThatTheInstallerWritesAreAsTheirGoldenFile(t *testing.T) {
	t.Parallel()
	for _, major := range []int{14, 15, 16, 17} {
		var b strings.Builder
		for _, a := range Addons() {
			found, err := a.Translations(major)
			require.NoError(t, err)
			for _, one := range found {
				whole := "whole"
				if one.Term {
					whole = "piece"
				}
				fmt.Fprintf(&b, "%s %s.%s %s (%s)\n\t%q\n\t%q\n", one.Model, a.Name, one.XMLID, one.Field, whole, one.Source, one.Value)
			}
		}
		golden := filepath.Join("testdata", "labels.txt")
		if *update && major == 14 {
			require.NoError(t, os.WriteFile(golden, []byte(b.String()), 0o644))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		require.Equal(t, string(want), b.String(), "%d: go test ./odoo/module -run Golden -update writes it anew", major)
	}
}

func TestUkrainianIsWrittenInCyrillicUnlessItIsAName(t *testing.T) {
	t.Parallel()
	names := []string{"Telegram", "https://example.com"}
	for source, value := range ukrainian() {
		cyrillic := func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }
		require.True(t, slices.ContainsFunc([]rune(value), cyrillic) || slices.Contains(names, source), "%s: %s", source, value)
		require.False(t, slices.ContainsFunc([]rune(source), cyrillic), source)
	}
}

// Odoo's catalogues know a text by its English alone.
func TestOneEnglishTextHasOneUkrainian(t *testing.T) {
	t.Parallel()
	own := map[string]string{}
	require.NoError(t, yaml.Unmarshal(ukrainianSource, &own))
	for _, pair := range declaredWords() {
		if value, ok := own[pair.En]; ok {
			require.Equal(t, pair.Uk, value, pair.En)
		}
		own[pair.En] = pair.Uk
	}
}

func TestNoWordOfTheCatalogueIsIdle(t *testing.T) {
	t.Parallel()
	own := map[string]string{}
	require.NoError(t, yaml.Unmarshal(ukrainianSource, &own))
	used := map[string]bool{}
	for _, a := range Addons() {
		found, err := a.sources(19)
		require.NoError(t, err)
		for _, one := range found {
			used[one.Source] = true
		}
	}
	declaredAlready := map[string]bool{}
	for _, pair := range declaredWords() {
		declaredAlready[pair.En] = true
	}
	for source := range own {
		require.True(t, used[source], "nothing says %q", source)
		require.False(t, declaredAlready[source], "%q stands in models_*.go already", source)
	}
}
