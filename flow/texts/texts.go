// Package texts is the one place where the words for people stand: every text that krok itself says, in every language it speaks.
//
// Code holds keys. A catalogue is a folder of YAML files, one folder a language, one file an area; a key is
// "<file>.<name>", so "rpc.wrong_database" stands in en/rpc.yaml under wrong_database. A text may hold {names}
// that are filled in, and may be a mapping of plural forms (one, few, many, other) chosen by the argument n.
package texts

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed en/*.yaml uk/*.yaml
var files embed.FS

// Default is the language that answers where no other fits.
const Default = "en"

// Languages are the languages krok speaks, as folder names.
func Languages() []string { return []string{"en", "uk"} }

// Args fill the {names} of a text. The argument n also chooses the plural form.
type Args map[string]any

// Pick returns the language of krok that fits the first of the given tags that it knows; tags may be written in Odoo's way
// ("uk_UA"), Telegram's ("uk") or a shell's ("uk_UA.UTF-8"). None known: Default.
func Pick(tags ...string) string {
	for _, tag := range tags {
		base, _, _ := strings.Cut(strings.ReplaceAll(tag, "_", "-"), ".")
		base, _, _ = strings.Cut(base, "-")
		if base = strings.ToLower(base); slices.Contains(Languages(), base) {
			return base
		}
	}
	return Default
}

// Get returns the text of a key in the language that Pick finds for lang. An unknown key comes back as it is: a test holds
// that no key of the code is missing, so this is only seen while writing.
func Get(lang, key string, args Args) string {
	lang = Pick(lang)
	forms, ok := catalogue()[lang][key]
	if !ok {
		if forms, ok = catalogue()[Default][key]; !ok {
			return key
		}
	}
	return fill(choose(lang, forms, args), args)
}

// Has tells whether the key stands in the catalogue.
func Has(key string) bool {
	_, ok := catalogue()[Default][key]
	return ok
}

// Keys lists the keys of one language, sorted.
func Keys(lang string) []string {
	keys := make([]string, 0, len(catalogue()[lang]))
	for key := range catalogue()[lang] {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Error is an error whose words are for a person: Error gives them in English, In in any language of krok.
type Error struct {
	Key   string
	Args  Args
	Cause error // what was met, for the log; never shown by In
}

// NewError makes an Error. A cause may be nil.
func NewError(key string, args Args, cause error) *Error {
	return &Error{Key: key, Args: args, Cause: cause}
}

func (e *Error) Error() string { return e.In(Default) }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// In says the error in a language.
func (e *Error) In(lang string) string { return Get(lang, e.Key, e.Args) }

// Explain gives the words of the first error in the chain that has words for people, in that language; of any other
// error its own text.
func Explain(lang string, err error) string {
	var spoken interface{ In(lang string) string }
	if errors.As(err, &spoken) {
		return spoken.In(lang)
	}
	return err.Error()
}

// forms holds the plural forms of one text; a text without plurals has only "other".
type forms map[string]string

var catalogue = sync.OnceValue(func() map[string]map[string]forms {
	all := map[string]map[string]forms{}
	for _, lang := range Languages() {
		entries, err := fs.ReadDir(files, lang)
		if err != nil {
			panic(err) // the folder is compiled in
		}
		all[lang] = map[string]forms{}
		for _, entry := range entries {
			if err := readArea(all[lang], lang, entry.Name()); err != nil {
				panic(err)
			}
		}
	}
	return all
})

func readArea(into map[string]forms, lang, name string) error {
	data, err := files.ReadFile(path.Join(lang, name))
	if err != nil {
		return err
	}
	var area map[string]any
	if err := yaml.Unmarshal(data, &area); err != nil {
		return fmt.Errorf("%s/%s: %w", lang, name, err)
	}
	prefix := strings.TrimSuffix(name, ".yaml") + "."
	for key, value := range area {
		switch value := value.(type) {
		case string:
			into[prefix+key] = forms{"other": value}
		case map[string]any:
			into[prefix+key] = forms{}
			for form, text := range value {
				into[prefix+key][form] = fmt.Sprint(text)
			}
		default:
			return fmt.Errorf("%s/%s: %s is neither a text nor plural forms", lang, name, key)
		}
	}
	return nil
}

var pluralNames = map[plural.Form]string{
	plural.Other: "other", plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many",
}

func choose(lang string, texts forms, args Args) string {
	n, counted := args["n"]
	if !counted || len(texts) == 1 {
		return texts["other"]
	}
	number := 0
	_, _ = fmt.Sscan(fmt.Sprint(n), &number) // not a number: the form of 0
	if number < 0 {
		number = -number
	}
	form := plural.Cardinal.MatchPlural(language.Make(lang), number, 0, 0, 0, 0)
	if text, ok := texts[pluralNames[form]]; ok {
		return text
	}
	return texts["other"]
}

func fill(text string, args Args) string {
	if len(args) == 0 || !strings.Contains(text, "{") {
		return text
	}
	pairs := make([]string, 0, 2*len(args))
	for name, value := range args {
		pairs = append(pairs, "{"+name+"}", fmt.Sprint(value))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
