package answer

import "testing"

func TestNumbersInUkrainian(t *testing.T) {
	t.Parallel()
	accept(t, Float, kyiv(t, "uk"), []accepted{
		{"12", 12.0, "12"},
		{"12,5", 12.5, "12,5"},
		{"12.5", 12.5, "12,5"},
		{"1 234,50", 1234.5, "1 234,50"},
		{"1\u00a0234,50", 1234.5, "1 234,50"},
		{"1\u202f234,50", 1234.5, "1 234,50"},
		{"1\u2009234\u2009567", 1234567.0, "1 234 567"},
		{"1'234.50", 1234.5, "1 234,50"},
		{"1’234,50", 1234.5, "1 234,50"},
		{"1,234.50", 1234.5, "1 234,50"},
		{"1.234,50", 1234.5, "1 234,50"},
		{"1,234,567", 1234567.0, "1 234 567"},
		{"1.234.567", 1234567.0, "1 234 567"},
		{"1,234", 1.234, "1,234"}, // the comma is the decimal one
		{"1.234", 1.234, "1,234"},
		{"12345,6", 12345.6, "12 345,6"},
		{",5", 0.5, "0,5"},
		{"0,05", 0.05, "0,05"},
		{"007", 7.0, "7"},
		{"12.", 12.0, "12"},
		{"1 234,50.", 1234.5, "1 234,50"},
		{"+5", 5.0, "5"},
		{"-5", -5.0, "-5"},
		{"−5,5", -5.5, "-5,5"},
		{"– 1 234", -1234.0, "-1 234"},
		{"-0", 0.0, "0"},
		{"-0,00", 0.0, "0,00"},
		{"999999999999999", 999999999999999.0, "999 999 999 999 999"},
		{"١٢٫٥", 12.5, "12,5"}, // Arabic-Indic digits with their own decimal separator
		{"１２，５", 12.5, "12,5"}, // full width
		{"१२", 12.0, "12"},     // Devanagari
	})
}

func TestNumbersInEnglish(t *testing.T) {
	t.Parallel()
	accept(t, Float, kyiv(t, "en"), []accepted{
		{"12", 12.0, "12"},
		{"12.5", 12.5, "12.5"},
		{"12,5", 12.5, "12.5"},
		{"1,234", 1234.0, "1,234"}, // the comma is between thousands
		{"1,234.50", 1234.5, "1,234.50"},
		{"1,234,567.89", 1234567.89, "1,234,567.89"},
		{"1.234", 1.234, "1.234"},
		{"1.234,50", 1234.5, "1,234.50"},
		{"1 234,50", 1234.5, "1,234.50"},
		{"1'234.50", 1234.5, "1,234.50"},
		{"1\u202f234.50", 1234.5, "1,234.50"},
		{"0,123", 0.123, "0.123"},
		{"1234,567", 1234.567, "1,234.567"},
		{"12,34", 12.34, "12.34"},
		{".5", 0.5, "0.5"},
		{"-5", -5.0, "-5"},
		{"\u22121,234.5", -1234.5, "-1,234.5"},
		{"1234567", 1234567.0, "1,234,567"},
	})
}

func TestACommaIsDecimalInLanguagesThatAreNeither(t *testing.T) {
	t.Parallel()
	accept(t, Float, kyiv(t, "de_DE"), []accepted{{"1,234", 1.234, "1,234"}, {"1.234,5", 1234.5, "1 234,5"}})
	accept(t, Float, kyiv(t, "en_GB"), []accepted{{"1,234", 1234.0, "1,234"}})
}

func TestWhatIsNoNumberIsRefused(t *testing.T) {
	t.Parallel()
	says := map[string]string{
		"uk": "Це не число. Напишіть його, будь ласка, так: 12,5",
		"en": "That is not a number. Please write it like this: 12.5",
	}
	for lang, says := range says {
		for _, wrong := range []string{
			"багато", "many", "twelve", "1e5", "1E5", "0x10", "0b1", "inf", "Infinity", "NaN", "1_000", "½", "1/2", "10²", "5%", "12 м", "10 грн", "₴5",
			"1 2 3", "12 34", "1 2345", "1234 567", "1,23,4", "1.2.3", "1,234.567.8", "1.234,567,8", "1'234 567", "1,,2", "1..2", ",", ".", "-", "+", "--5", "+-5", "5-", "5 6", "(5)",
			"49.839700, 24.029700", "12:30", "5,", "$", "1 000 00", "1\n2",
		} {
			refusals(t, Float, kyiv(t, lang), []refused{{wrong, says}})
		}
	}
	refusals(t, Float, kyiv(t, "uk"), []refused{
		{"1234567890123456", "Це число завелике: у ньому може бути щонайбільше 15 цифр."},
		{"0,1234567890123456", "Після коми може бути щонайбільше 15 цифр. Напишіть число, будь ласка, так: 12,5"},
	})
	refusals(t, Float, kyiv(t, "en"), []refused{
		{"1,234,567,890,123,456", "That number is too large: it may have 15 digits."},
		{"0.1234567890123456", "There may be at most 15 digits after the decimal point. Please write the number like this: 12.5"},
	})
}

func TestDecimalsAreBoundedByTheField(t *testing.T) {
	t.Parallel()
	uk, en := kyiv(t, "uk"), kyiv(t, "en")
	uk.Digits, en.Digits = 2, 2
	accept(t, Float, uk, []accepted{{"1,5", 1.5, "1,5"}, {"1,50", 1.5, "1,50"}, {"1,500", 1.5, "1,50"}})
	accept(t, Float, en, []accepted{{"1,500", 1500.0, "1,500"}, {"1.500", 1.5, "1.50"}})
	refusals(t, Float, uk, []refused{{"1,234", "Після коми може бути щонайбільше 2 цифри. Напишіть число, будь ласка, так: 12,5"}})
	refusals(t, Float, en, []refused{{"1.234", "There may be at most 2 digits after the decimal point. Please write the number like this: 12.5"}})
	uk.Digits, en.Digits = 1, 1
	refusals(t, Float, uk, []refused{{"1,25", "Після коми може бути щонайбільше 1 цифра. Напишіть число, будь ласка, так: 12,5"}})
	refusals(t, Float, en, []refused{{"1.25", "There may be only 1 digit after the decimal point. Please write the number like this: 12.5"}})
}

func TestWholeNumbersInUkrainian(t *testing.T) {
	t.Parallel()
	env := kyiv(t, "uk")
	accept(t, Integer, env, []accepted{
		{"0", int64(0), "0"}, {"12", int64(12), "12"}, {"1 200", int64(1200), "1 200"}, {"1'200", int64(1200), "1 200"},
		{"1,234,567", int64(1234567), "1 234 567"}, {"5,0", int64(5), "5"}, {"5.00", int64(5), "5"}, {"−7", int64(-7), "-7"}, {"-0", int64(0), "0"},
		{"2 147 483 647", int64(2147483647), "2 147 483 647"}, {"-2147483648", int64(-2147483648), "-2 147 483 648"}, {"٤٢", int64(42), "42"},
	})
	refusals(t, Integer, env, []refused{
		{"п’ять", "Це не ціле число. Напишіть його, будь ласка, цифрами, наприклад: 12"},
		{"1e5", "Це не ціле число. Напишіть його, будь ласка, цифрами, наприклад: 12"},
		{"5 шт", "Це не ціле число. Напишіть його, будь ласка, цифрами, наприклад: 12"},
		{"12,5", "Тут потрібне ціле число, без дробової частини. Напишіть його, будь ласка, так: 12"},
		{"1.000", "Тут потрібне ціле число, без дробової частини. Напишіть його, будь ласка, так: 12"}, // a thousand, or one?
		{"1,000", "Тут потрібне ціле число, без дробової частини. Напишіть його, будь ласка, так: 12"},
		{"2147483648", "Таке число тут не вміщається. Напишіть, будь ласка, число від -2 147 483 648 до 2 147 483 647."},
		{"-99999999999999999999", "Таке число тут не вміщається. Напишіть, будь ласка, число від -2 147 483 648 до 2 147 483 647."},
	})
}

func TestWholeNumbersInEnglish(t *testing.T) {
	t.Parallel()
	env := kyiv(t, "en")
	accept(t, Integer, env, []accepted{
		{"12", int64(12), "12"}, {"1,000", int64(1000), "1,000"}, {"1 000", int64(1000), "1,000"}, {"1,234,567", int64(1234567), "1,234,567"}, {"5.0", int64(5), "5"},
	})
	refusals(t, Integer, env, []refused{
		{"five", "That is not a whole number. Please write it in digits, like this: 12"},
		{"0x1F", "That is not a whole number. Please write it in digits, like this: 12"},
		{"12.5", "A whole number is needed here, without a decimal part. Please write it like this: 12"},
		{"1.000", "A whole number is needed here, without a decimal part. Please write it like this: 12"},
		{"2,147,483,648", "That number does not fit here. Please write one between -2,147,483,648 and 2,147,483,647."},
	})
}
