package texts

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every key stands in every language, with the same {names}, and with all plural forms that the language has.
func TestCataloguesSayTheSameInEveryLanguage(t *testing.T) {
	t.Parallel()
	needed := map[string][]string{"en": {"one", "other"}, "uk": {"few", "many", "one", "other"}}
	for _, lang := range Languages() {
		require.Equal(t, Keys(Default), Keys(lang), "keys of %s", lang)
		for _, key := range Keys(lang) {
			texts := catalogue()[lang][key]
			if len(texts) > 1 {
				var have []string
				for form := range texts {
					have = append(have, form)
				}
				slices.Sort(have)
				require.Equal(t, needed[lang], have, "plural forms of %s in %s", key, lang)
				require.Greater(t, len(catalogue()[Default][key]), 1, "%s has plurals in %s, so it needs them in English", key, lang)
			}
			for form, text := range texts {
				require.NotEmpty(t, text, "%s (%s, %s)", key, lang, form)
				require.Equal(t, names(catalogue()[Default][key]["other"]), names(texts["other"]), "{names} of %s in %s", key, lang)
			}
		}
	}
}

var name = regexp.MustCompile(`\{[a-z_]+\}`)

func names(text string) []string {
	found := name.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

func TestPluralsFollowTheLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang string
		n    int
		want string
	}{
		{"en", 1, "1 step"}, {"en", 5, "5 steps"},
		{"uk_UA", 1, "1 крок"}, {"uk_UA", 3, "3 кроки"}, {"uk_UA", 11, "11 кроків"}, {"uk_UA", 21, "21 крок"},
	} {
		require.Equal(t, c.want, Get(c.lang, "common.steps", Args{"n": c.n}))
	}
}

func TestPickKnowsEveryWayToWriteALanguage(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{"uk_UA": "uk", "uk": "uk", "uk-UA": "uk", "uk_UA.UTF-8": "uk", "C": "en", "": "en", "de_DE": "en"} {
		require.Equal(t, want, Pick(tag), tag)
	}
	require.Equal(t, "uk", Pick("de_DE", "uk_UA", "en_US"))
}

func TestExplainSpeaksThroughWrapping(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("reading: %w", NewError("common.steps", Args{"n": 2}, errors.New("cause")))
	require.Equal(t, "2 кроки", Explain("uk", err))
	require.Equal(t, "plain", Explain("uk", errors.New("plain")))
}
