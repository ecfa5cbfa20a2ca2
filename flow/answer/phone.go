package answer

import (
	"regexp"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/krokbot/krok/flow/texts"
)

// minInternational is how many digits a number must have to be taken for an international one that lacks its "+".
const minInternational = 11

// extension is what follows a number inside a company: "доб. 12", "ext 12", "x12", "#12".
var extension = regexp.MustCompile(`(?i)^(.*\d)[ ,;()]*(?:доб|дод|додатковий|внутр|внутрішній|вн|extension|ext|x|х|#|;ext=)[ .:=]*\(?\d{1,7}\)?$`)

// anyPhone is the example of a number where the country is not known.
const anyPhone = "+380 67 123 45 67"

// readPhone makes E.164 of a number that its country really gives out. A number without a country code is one of the region; one
// of eleven digits or more that is none there is read as if it began with "+" (Telegram shows numbers so). Digits of other
// scripts are fine. Letters are not, and neither is an extension: E.164 has no place for it, and it must not be lost silently.
func readPhone(text string, env Env) (Value, *texts.Error) {
	text = strings.ToLower(fold(text))
	text = strings.TrimSpace(strings.TrimPrefix(text, "tel:"))
	if found := extension.FindStringSubmatch(text); found != nil {
		if _, ok := readNumber(found[1], env); ok {
			return Value{}, refuse("phone_extension", texts.Args{"example": examplePhone(env.Region)})
		}
	}
	if value, ok := readNumber(text, env); ok {
		return Value{Odoo: value, Shown: value}, nil
	}
	if env.Region == "" && !strings.HasPrefix(text, "+") && len(digitsOf(text)) >= 7 && onlyPhoneSigns(text) {
		return Value{}, refuse("phone_country", texts.Args{"example": anyPhone})
	}
	return Value{}, refuse("not_phone", texts.Args{"example": examplePhone(env.Region)})
}

// readNumber tries the ways to read a number in turn.
func readNumber(text string, env Env) (string, bool) {
	if !onlyPhoneSigns(text) {
		return "", false
	}
	digits := digitsOf(text)
	if strings.HasPrefix(text, "+") || strings.HasPrefix(text, "(+") {
		return e164("+"+digits, env.Region)
	}
	if value, ok := e164(digits, env.Region); ok {
		return value, true
	}
	if rest, soviet := strings.CutPrefix(digits, "80"); soviet && env.Region == "UA" {
		return e164("0"+rest, "UA") // "8" was the way out of the town, and is still written
	}
	if rest, abroad := strings.CutPrefix(digits, "00"); abroad {
		return e164("+"+rest, "")
	}
	if len(digits) >= minInternational && digits[0] != '0' {
		return e164("+"+digits, "")
	}
	return "", false
}

// e164 writes a number the one way that all agree on, when it is one that can be called.
func e164(text, region string) (string, bool) {
	number, err := phonenumbers.Parse(text, region)
	if err != nil || !phonenumbers.IsValidNumber(number) {
		return "", false
	}
	return phonenumbers.Format(number, phonenumbers.E164), true
}

// onlyPhoneSigns tells whether a text has digits, the signs that people write between them, and one "+" at most, before them.
func onlyPhoneSigns(text string) bool {
	plus := strings.IndexByte(text, '+')
	return strings.Trim(text, "0123456789 ()-./+") == "" && strings.Count(text, "+") <= 1 && (plus <= 0 || plus == 1 && text[0] == '(')
}

func digitsOf(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}

// examplePhone is a number as people of the region know it.
func examplePhone(region string) string {
	if example := phonenumbers.GetExampleNumberForType(region, phonenumbers.MOBILE); region != "" && example != nil {
		return phonenumbers.Format(example, phonenumbers.INTERNATIONAL)
	}
	return anyPhone
}
