package answer

import (
	"testing"

	"github.com/nyaruka/phonenumbers"
	"github.com/stretchr/testify/require"
)

// The numbers are made up: from the ranges that a country keeps for films, or the example of the numbering plan.
func TestPhoneNumbersOfTenCountries(t *testing.T) {
	t.Parallel()
	countries := map[string]struct {
		e164  string
		wrote []string
	}{
		"UA": {"+380671234567", []string{
			"+380671234567", "+380 (67) 123-45-67", "+38 (067) 123-45-67", "+38 067 123 45 67", "+380 (0)67 123 45 67", "0671234567", "067 123 45 67", "(067) 123-45-67",
			"067.123.45.67", "00380671234567", "380671234567", "80671234567", "8 (067) 123-45-67", "671234567", "tel:+380671234567", "(+380) 67 123 45 67",
			"+380\u00a067\u202f123\u201145\u201167", "٠٦٧١٢٣٤٥٦٧", "０６７１２３４５６７", "＋３８０６７１２３４５６７", "+३८०६७१२३४५६७", "\u202a+380671234567\u202c", "067/123-45-67",
		}},
		"PL": {"+48512345678", []string{"+48 512 345 678", "512345678", "512 345 678", "512-345-678", "0048512345678", "48512345678"}},
		"DE": {"+4915123456789", []string{"+49 1512 3456789", "01512 3456789", "0151/23456789", "+49 (0)1512 3456789", "004915123456789"}},
		"GB": {"+447400123456", []string{"+44 7400 123456", "07400 123456", "07400-123-456", "+44 (0)7400 123456", "00447400123456"}},
		"US": {"+12025550123", []string{"+1 202-555-0123", "(202) 555-0123", "202.555.0123", "1-202-555-0123", "2025550123", "12025550123"}},
		"FR": {"+33612345678", []string{"+33 6 12 34 56 78", "06 12 34 56 78", "06.12.34.56.78", "0033612345678", "33612345678", "+33 (0)6 12 34 56 78"}},
		"IT": {"+390612345678", []string{"+39 06 1234 5678", "06 1234 5678", "0612345678", "00390612345678"}}, // the zero stays
		"ES": {"+34612345678", []string{"+34 612 34 56 78", "612 345 678", "0034612345678", "34612345678"}},
		"CZ": {"+420601123456", []string{"+420 601 123 456", "601 123 456", "00420601123456", "420601123456"}},
		"MD": {"+37362112345", []string{"+373 62 112 345", "0621 12 345", "62112345", "0037362112345", "37362112345"}},
		"RO": {"+40712034567", []string{"+40 712 034 567", "0712 034 567", "0040712034567", "40712034567"}},
		"IN": {"+918123456789", []string{"+91 81234 56789", "081234 56789", "8123456789", "००९१८१२३४५६७८९", "918123456789"}},
	}
	require.GreaterOrEqual(t, len(countries), 10)
	for region, country := range countries {
		for _, lang := range []string{"uk", "en"} {
			env := kyiv(t, lang)
			env.Region = region
			for _, wrote := range country.wrote {
				accept(t, Phone, env, []accepted{{wrote, country.e164, country.e164}})
			}
		}
	}
}

func TestANumberFromAbroadNeedsItsCountry(t *testing.T) {
	t.Parallel()
	uk := kyiv(t, "uk")
	accept(t, Phone, uk, []accepted{
		{"+48 512 345 678", "+48512345678", "+48512345678"},
		{"48512345678", "+48512345678", "+48512345678"}, // as Telegram shows it
		{"+1 (202) 555-0123", "+12025550123", "+12025550123"},
	})
	refusals(t, Phone, uk, []refused{{"7400 123456", "Це не схоже на номер телефону. Напишіть його, будь ласка, так: +380 50 123 4567"}})
	uk.Region = ""
	accept(t, Phone, uk, []accepted{{"+380671234567", "+380671234567", "+380671234567"}, {"380671234567", "+380671234567", "+380671234567"}, {"00380671234567", "+380671234567", "+380671234567"}})
	refusals(t, Phone, uk, []refused{
		{"0671234567", "Не можу визначити, якої країни цей номер. Напишіть його, будь ласка, з кодом країни, наприклад: +380 67 123 45 67"},
		{"нуль", "Це не схоже на номер телефону. Напишіть його, будь ласка, так: +380 67 123 45 67"},
	})
	en := kyiv(t, "en")
	en.Region = "XX"
	accept(t, Phone, en, []accepted{{"+380671234567", "+380671234567", "+380671234567"}})
	en.Region = ""
	refusals(t, Phone, en, []refused{{"067 123-45-67", "I cannot tell which country that number is from. Please write it with the country code, like this: +380 67 123 45 67"}})
}

func TestWhatIsNoPhoneNumberIsRefused(t *testing.T) {
	t.Parallel()
	says := map[string]string{
		"uk": "Це не схоже на номер телефону. Напишіть його, будь ласка, так: +380 50 123 4567",
		"en": "That does not look like a phone number. Please write it like this: +380 50 123 4567",
	}
	for lang, says := range says {
		for _, wrong := range []string{
			"нуль шістдесят сім", "call me", "12345", "123", "112", "067 123 45", "067 123 45 67 8", "+380 67 123 45", "+999 123 456 789", "+0671234567", "+", "++380671234567",
			"380+671234567", "067-FLOWERS", "0800-KROK", "067 123 45 67, 050 123 45 67", "067 123 45 67 050 123 45 67", "+380671234567 Ганна", "моб. 0671234567", "00000000000", "1e10",
			"+380 00 123 45 67", "49.839700, 24.029700", "67_123_45_67", "067*123*45*67",
		} {
			refusals(t, Phone, kyiv(t, lang), []refused{{wrong, says}})
		}
	}
}

func TestAnExtensionIsRefusedAndNotLost(t *testing.T) {
	t.Parallel()
	for _, wrote := range []string{"044 123 45 67 доб. 12", "(044) 123-45-67, дод. 5", "+380441234567 вн 100", "044 123 45 67 внутр. 7"} {
		refusals(t, Phone, kyiv(t, "uk"), []refused{{wrote, "Напишіть, будь ласка, номер без додаткового, так: +380 50 123 4567"}})
	}
	for _, wrote := range []string{"+380 44 123 45 67 ext 12", "+380 44 123 45 67 ext. 12", "+380441234567 x12", "+380441234567#12", "tel:+380441234567;ext=12", "+380441234567 extension 12"} {
		refusals(t, Phone, kyiv(t, "en"), []refused{{wrote, "Please write the number without an extension, like this: +380 50 123 4567"}})
	}
}

// What is said never repeats the number: refusals may end in a log.
func TestARefusalHoldsNoneOfTheNumber(t *testing.T) {
	t.Parallel()
	for _, wrote := range []string{"+380671234567 ext 12", "06712345678", "0671234567x"} {
		_, refusal := Read(Phone, wrote, kyiv(t, "uk"))
		require.NotNil(t, refusal)
		require.NotContains(t, refusal.Error(), "1234567 ")
		require.NotContains(t, refusal.Error(), "67123")
		require.Nil(t, refusal.Cause)
	}
}

func TestTheExampleIsANumberOfTheRegion(t *testing.T) {
	t.Parallel()
	for region, example := range map[string]string{"UA": "+380 50 123 4567", "PL": "+48 512 345 678", "GB": "+44 7400 123456", "": anyPhone, "XX": anyPhone} {
		require.Equal(t, example, examplePhone(region), region)
	}
	number, err := phonenumbers.Parse(anyPhone, "")
	require.NoError(t, err)
	require.True(t, phonenumbers.IsValidNumber(number))
}
