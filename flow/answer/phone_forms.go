package answer

import (
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Forms are the ways in which people type one phone number, as digits alone.
type Forms struct {
	International []string // with the country's code: they mean the same everywhere
	National      []string // without it: they mean this number only in Country
	Country       string   // ISO 3166 code; "" where the number belongs to none
}

// FormsOf lists the forms of a number in E.164. A number that is none (Telegram also gives out some of its own) has the digits that
// it has.
func FormsOf(number string) Forms {
	digits := digitsOf(number)
	forms := Forms{International: []string{digits, "00" + digits}}
	parsed, err := phonenumbers.Parse("+"+digits, "")
	if err != nil || !phonenumbers.IsValidNumber(parsed) {
		return forms
	}
	forms.Country = phonenumbers.GetRegionCodeForNumber(parsed)
	national := phonenumbers.GetNationalSignificantNumber(parsed)
	forms.National = []string{digitsOf(phonenumbers.Format(parsed, phonenumbers.NATIONAL)), national}
	switch forms.Country {
	case "UA":
		forms.National = append(forms.National, "80"+national) // "8" was the way out of the town
	case "US", "CA":
		forms.National = append(forms.National, "1"+national)
	}
	forms.National = slices.DeleteFunc(slices.Compact(forms.National), func(form string) bool {
		return form == "" || strings.TrimLeft(form, "0") == "" || slices.Contains(forms.International, form)
	})
	return forms
}
