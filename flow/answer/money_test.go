package answer

import "testing"

func TestAmountsInUkrainian(t *testing.T) {
	t.Parallel()
	accept(t, Monetary, kyiv(t, "uk"), []accepted{
		{"1 234,50", 1234.5, "1 234,50"},
		{"1\u202f234,50\u202f₴", 1234.5, "1 234,50"},
		{"1 234,50 грн", 1234.5, "1 234,50"},
		{"1 234,50 грн.", 1234.5, "1 234,50"},
		{"1'234.50 UAH", 1234.5, "1 234,50"},
		{"150грн", 150.0, "150"},
		{"150 гривень", 150.0, "150"},
		{"1 Гривня", 1.0, "1"},
		{"грн. 50", 50.0, "50"},
		{"грн.50", 50.0, "50"},
		{"₴50", 50.0, "50"},
		{"₴ −50", -50.0, "-50"},
		{"−₴50", -50.0, "-50"},
		{"20 $", 20.0, "20"},
		{"20 доларів", 20.0, "20"},
		{"20 USD", 20.0, "20"},
		{"20 євро", 20.0, "20"},
		{"€20", 20.0, "20"},
		{"20 zł", 20.0, "20"},
		{"20 злотих", 20.0, "20"},
		{"1.234,5", 1234.5, "1 234,5"},
		{"٥٠ ₴", 50.0, "50"},
	})
}

func TestAmountsInEnglish(t *testing.T) {
	t.Parallel()
	accept(t, Monetary, kyiv(t, "en"), []accepted{
		{"1,234.50", 1234.5, "1,234.50"},
		{"$1,234.50", 1234.5, "1,234.50"},
		{"$1,234", 1234.0, "1,234"},
		{"-$5", -5.0, "-5"},
		{"$-5", -5.0, "-5"},
		{"$.50", 0.5, "0.50"},
		{"US$ 20", 20.0, "20"},
		{"20 dollars", 20.0, "20"},
		{"20 hryvnias", 20.0, "20"},
		{"20 euros.", 20.0, "20"},
		{"£20", 20.0, "20"},
		{"CHF 20", 20.0, "20"},
		{"20 chf", 20.0, "20"},
		{"1'234.50", 1234.5, "1,234.50"},
		{"1 234,50", 1234.5, "1,234.50"},
		{"฿20", 20.0, "20"},
	})
}

func TestWhatIsNoAmountIsRefused(t *testing.T) {
	t.Parallel()
	says := map[string]string{
		"uk": "Це не сума. Напишіть її, будь ласка, так: 1 234,50",
		"en": "That is not an amount of money. Please write it like this: 1,234.50",
	}
	for lang, says := range says {
		for _, wrong := range []string{
			"багато", "грн", "$", "1e5", "0x10$", "inf", "$5 грн", "5 $ USD", "10 грн 50 коп", "5 яблук", "5 apples", "5-10 грн", "5k", "10%", "1 2 грн", "5 грн чи 6", "--5", "$$5", "5 дн",
		} {
			refusals(t, Monetary, kyiv(t, lang), []refused{{wrong, says}})
		}
	}
	refusals(t, Monetary, kyiv(t, "uk"), []refused{
		{"1,234", "Після коми може бути щонайбільше 2 цифри. Напишіть число, будь ласка, так: 12,5"}, // a thousand, or one and a bit? No money is that
		{"1.234 грн", "Після коми може бути щонайбільше 2 цифри. Напишіть число, будь ласка, так: 12,5"},
	})
}

func TestAnAmountInAnotherCurrencyIsNotTakenForTheFieldsOwn(t *testing.T) {
	t.Parallel()
	uk, en := kyiv(t, "uk"), kyiv(t, "en")
	uk.Currency, en.Currency = "UAH", "EUR"
	accept(t, Monetary, uk, []accepted{{"100", 100.0, "100"}, {"100 грн", 100.0, "100"}, {"100 ₴", 100.0, "100"}, {"100 uah", 100.0, "100"}})
	refusals(t, Monetary, uk, []refused{
		{"100 USD", "Сума потрібна у валюті UAH, а не USD. Напишіть, будь ласка, лише число, так: 1 234,50"},
		{"€100", "Сума потрібна у валюті UAH, а не EUR. Напишіть, будь ласка, лише число, так: 1 234,50"},
	})
	refusals(t, Monetary, en, []refused{{"100 pounds", "The amount is needed in EUR, not in GBP. Please write the number alone, like this: 1,234.50"}})
	en.Currency = "CAD"
	accept(t, Monetary, en, []accepted{{"$100", 100.0, "100"}}) // a sign that many currencies share
	uk.Currency = "UAH"
	refusals(t, Monetary, uk, []refused{{"$100", "Сума потрібна у валюті UAH, а не $. Напишіть, будь ласка, лише число, так: 1 234,50"}})
}

func TestACurrencyWithMoreDecimalsTakesThem(t *testing.T) {
	t.Parallel()
	env := kyiv(t, "uk")
	env.Digits = 3
	accept(t, Monetary, env, []accepted{{"1,234", 1.234, "1,234"}})
}
