package script

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
)

// contactBot asks for one field of the contact, and thanks.
func contactBot(t *testing.T, field flow.Row, step flow.Row) *flow.Bot {
	t.Helper()
	field["id"], field["model"] = 5, "res.partner"
	asks := flow.Row{"id": 1, "code": "ask", "name": "Ask", "type": "contact", "field_id": 5, "next_id": 2, "text": flow.Texts{"uk_UA": "<p>Що саме?</p>"}}
	for name, value := range step {
		asks[name] = value
	}
	built := flow.Build(flow.Definition{Tables: map[string][]flow.Row{
		"bot": {{"id": 1, "code": "shop", "name": "Shop", "lang": "uk_UA", "country": "UA"}},
		"step": {asks,
			{"id": 2, "code": "done", "name": "Done", "type": "text", "text": flow.Texts{"uk_UA": "<p>Дякую!</p>"}}},
		"alias": {{"id": 1, "name": "/start", "step_id": 1}},
		"field": {field},
	}}, flow.Definition{}, nil)
	require.NotNil(t, built.Bot, "%v", built.Problems)
	return built.Bot
}

func playContact(t *testing.T, bot *flow.Bot, source string) *Report {
	t.Helper()
	report, err := Play(t.Context(), parsed(t, source), World{Bot: bot})
	require.NoError(t, err)
	return report
}

func TestAListIsTurnedOverInItsMessage(t *testing.T) {
	t.Parallel()
	bot := contactBot(t, flow.Row{"name": "country_id", "ttype": "many2one", "relation": "res.country"}, nil)
	report := playContact(t, bot, `@ values country_id = А, Б, В, Г, Ґ, Д, Е, Є, Ж, З, И, І, Ї
> /start
< Що саме?…  [[А]] [[Б]] [[В]] [[Г]] [[Ґ]] [[Д]] [[Е]] [[Є]] [[Ж]] [[З]] [[И]] [[І]] [[2 »]]
> [2 »]
< (edited) [[Ї]] [[« 1]]
> [Ї]
< …
@? partner.country_id.name = Ї
@? partner.country_id = А
@? partner.city =
`)
	require.Equal(t, 9, report.First(), report.Diff("en"))
	require.Contains(t, report.Diff("en"), "-@? partner.country_id = А\n+@? partner.country_id = Ї\n @? partner.city =\n")
}

func TestAPhotoGetsToTheContact(t *testing.T) {
	t.Parallel()
	bot := contactBot(t, flow.Row{"name": "image_1920", "ttype": "binary"}, nil)
	report := playContact(t, bot, `> /start
< Що саме?
> (document me.png, 25 MB)
< Цей файл завеликий: …
< Що саме?
@ files = down
> (photo me.jpg)
< Хвилинку, …
@ files = gone
< Мені не вдалося отримати цей файл. …
< Що саме?
@ files = up
> (photo me.jpg)
< Дякую!
@? partner.image_1920 = me.jpg
`)
	require.True(t, report.OK(), report.Diff("en"))
}

func TestACheckBeforeTheFirstContactSeesNothing(t *testing.T) {
	t.Parallel()
	report := play(t, World{}, "@ partner.phone = 5\n@? partner.phone = 5\n> /start\n< …\n@? partner.phone = 5\n@? partner.name = …\n")
	require.Equal(t, 2, report.First())
	require.Contains(t, report.Diff("en"), "-@? partner.phone = 5\n+@? partner.phone =\n > /start\n")
	_, err := Play(t.Context(), parsed(t, "> /start\n< …\n@ odoo = down\n@? partner.phone = 5\n"), World{Bot: bot(t)})
	require.ErrorContains(t, err, "talk.chat:4:1: “partner.phone” could not be looked at: ")
}
