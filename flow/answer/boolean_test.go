package answer

import "testing"

func TestYesAndNoInUkrainian(t *testing.T) {
	t.Parallel()
	env := kyiv(t, "uk")
	for _, yes := range []string{"так", "Так", "ТАК!", " так. ", "ага", "Ага…", "угу", "авжеж", "звісно", "Звичайно!", "так, так", "згодна", "добре", "ок", "+", "1", "👍", "👍🏽", "✅", "✔️", "yes", "١"} {
		accept(t, Boolean, env, []accepted{{yes, true, "Так"}})
	}
	for _, no := range []string{"ні", "Ні", "НІ!", "не", "нє", "Неа", "ні, ні", "не хочу", "не треба", "немає", "-", "−", "—", "0", "👎", "❌", "no"} {
		accept(t, Boolean, env, []accepted{{no, false, "Ні"}})
	}
	says := "Дайте, будь ласка, відповідь «так» або «ні»."
	for _, neither := range []string{"може", "так і ні", "так ні", "не знаю", "2", "10", "+1", "?", "+-", "такі", "ні пуху", "01"} {
		refusals(t, Boolean, env, []refused{{neither, says}})
	}
}

func TestYesAndNoInEnglish(t *testing.T) {
	t.Parallel()
	env := kyiv(t, "en")
	for _, yes := range []string{"yes", "Yes", "YES!!", "y", "yeah", "yep", "yup", "Sure.", "of course", "yes, please", "ok", "Okay", "true", "agreed", "+", "1", "👍", "так"} {
		accept(t, Boolean, env, []accepted{{yes, true, "Yes"}})
	}
	for _, no := range []string{"no", "No.", "NO", "n", "nope", "nah", "no, thanks", "not at all", "I don’t", "I don't", "false", "-", "0", "👎", "ні"} {
		accept(t, Boolean, env, []accepted{{no, false, "No"}})
	}
	for _, neither := range []string{"maybe", "yes and no", "yes no", "know", "yesterday", "2", "+1", "nothing"} {
		refusals(t, Boolean, env, []refused{{neither, "Please answer yes or no."}})
	}
}
