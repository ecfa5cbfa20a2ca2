package botfile

import (
	"regexp"
	"strings"
)

// shortLanguages are the languages that a file may call by their short name. Odoo's codes name a country too.
var shortLanguages = map[string]string{
	"uk": "uk_UA", "en": "en_US", "bg": "bg_BG", "cs": "cs_CZ", "de": "de_DE", "es": "es_ES", "et": "et_EE", "fr": "fr_FR", "hu": "hu_HU",
	"it": "it_IT", "lt": "lt_LT", "lv": "lv_LV", "nl": "nl_NL", "pl": "pl_PL", "pt": "pt_PT", "ro": "ro_RO", "sk": "sk_SK", "tr": "tr_TR",
}

// languageCode is how Odoo names languages: "uk_UA", "sr@latin".
var languageCode = regexp.MustCompile(`^[a-z]{2,3}(_[A-Z0-9]{2,3}(@[A-Za-z]+)?|@[A-Za-z]+)$`)

// languageOf gives Odoo's code of a language as the file has it.
func languageOf(key string) (code string, ok bool) {
	if code, short := shortLanguages[key]; short {
		return code, true
	}
	return key, languageCode.MatchString(key)
}

// shortLanguage is how the file calls a language.
func shortLanguage(code string) string {
	family, _, _ := strings.Cut(code, "_")
	if shortLanguages[family] == code {
		return family
	}
	return code
}
