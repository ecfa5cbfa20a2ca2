package answer

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/currency"

	"github.com/krokbot/krok/flow/texts"
)

// centDigits is what Digits is for an amount where it is not given.
const centDigits = 2

// shared are the signs that several currencies have in common.
var shared = map[string]map[string]bool{
	"$": set("USD CAD AUD NZD SGD HKD TWD MXN ARS CLP COP BRL UYU"),
	"¥": set("JPY CNY"),
	"£": set("GBP EGP LBP GIP"),
}

// currencies are the signs and words for money, small.
var currencies = func() map[string]string {
	words := map[string]string{"$": "$", "¥": "¥", "£": "£"}
	for code, list := range map[string]string{
		"UAH": "₴ грн гривень гривня гривні гривню гривнею гривен hryvnia hryvnias hryvnya",
		"USD": "us$ usd$ дол долар долара долари доларів бакс бакси баксів dollar dollars buck bucks",
		"EUR": "€ євро euro euros",
		"GBP": "фунт фунта фунти фунтів pound pounds",
		"PLN": "zł zl злотий злотого злоті злотих злот zloty zlotys zlotych",
		"CZK": "kč",
		"TRY": "₺",
		"ILS": "₪",
		"KZT": "₸",
		"GEL": "₾",
		"INR": "₹",
	} {
		for word := range strings.FieldsSeq(list) {
			words[word] = code
		}
	}
	return words
}()

// readMonetary takes a number with a currency before or after it, or none. What the currency is called is dropped, but an
// amount in another currency than the field's is refused: nobody converts it here.
func readMonetary(text string, env Env) (Value, *texts.Error) {
	if env.Digits == 0 {
		env.Digits = centDigits
	}
	amount, named, ok := splitCurrency(fold(text))
	if !ok {
		return Value{}, refuse("not_amount", nil)
	}
	n, ok := parseNumber(amount, env)
	if !ok {
		return Value{}, refuse("not_amount", nil)
	}
	if named != "" && env.Currency != "" && named != env.Currency && !shared[named][env.Currency] {
		return Value{}, refuse("other_currency", texts.Args{"currency": env.Currency, "named": named})
	}
	return n.value(env)
}

// splitCurrency gives the text without its currency, and the ISO code of the currency, or its sign where several share it. A minus may stand before
// the currency: "-$5".
func splitCurrency(text string) (amount, named string, ok bool) {
	text = strings.TrimSpace(text)
	minus := ""
	if rest, signed := strings.CutPrefix(text, "-"); signed {
		minus, text = "-", strings.TrimSpace(rest)
	}
	start, end := strings.IndexAny(text, "0123456789"), strings.LastIndexAny(text, "0123456789")
	if start < 0 {
		return "", "", false
	}
	for start > 0 && strings.ContainsRune("+-.,", rune(text[start-1])) {
		start-- // its sign, and the point of ".50"
	}
	if letter, _ := utf8.DecodeLastRuneInString(text[:start]); unicode.IsLetter(letter) && text[start] == '.' {
		start++ // the point of "грн.50" is the word's
	}
	before, after := trimWord(text[:start]), trimWord(text[end+1:])
	if before != "" && after != "" {
		return "", "", false
	}
	if word := before + after; word != "" {
		if named, ok = currencyOf(word); !ok {
			return "", "", false
		}
	}
	return minus + text[start:end+1], named, true
}

func trimWord(text string) string { return strings.ToLower(strings.Trim(text, " .,")) }

func currencyOf(word string) (named string, ok bool) {
	if named, ok = currencies[word]; ok {
		return named, true
	}
	if unit, err := currency.ParseISO(word); err == nil {
		return unit.String(), true
	}
	runes := []rune(word)
	return "", len(runes) == 1 && unicode.Is(unicode.Sc, runes[0])
}
