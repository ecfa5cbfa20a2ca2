package botfile

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/krokbot/krok/flow"
)

// written writes a bot and reads it again.
func written(t require.TestingT, bot Bot) (Bot, string) {
	var out bytes.Buffer
	require.NoError(t, Write(&out, bot))
	back, err := read("bot.yaml", out.Bytes(), nil)
	require.NoError(t, err, out.String())
	return back, out.String()
}

func TestWhatIsWrittenIsReadAsTheSameBot(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		bot := drawBot(t).Normal().reached()
		back, file := written(t, bot)
		require.Equal(t, bot, back, file)
		_, again := written(t, back)
		require.Equal(t, file, again)
		require.Empty(t, Diff(bot.Definition, back.Definition, "en"))
	})
}

func TestNormalFormIsItsOwnNormalForm(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		once := drawBot(t).Normal()
		require.Equal(t, once, once.Normal())
	})
}

func TestHandWrittenFileSurvivesBeingWrittenAgain(t *testing.T) {
	t.Parallel()
	bot, err := read("shop.yaml", []byte(strings.Replace(small, "images/menu.png", "{file: price.pdf, name: Ціни, kind: image}", 1)), nil)
	require.NoError(t, err)
	back, file := written(t, bot)
	require.Equal(t, bot.Normal(), back, file)
}

// drawBot makes a bot as Odoo could give it, odd values included.
func drawBot(t *rapid.T) Bot {
	d := flow.Definition{Tables: map[string][]flow.Row{}}
	d.Tables["bot"] = []flow.Row{drawRow(t, "bot", 0, 0).With("code", "shop")}
	steps := rapid.IntRange(1, 4).Draw(t, "steps")
	b := Bot{Definition: d, Media: map[int64][]byte{}}
	for range steps {
		d.Tables["step"] = append(d.Tables["step"], drawRow(t, "step", len(d.Tables["step"]), steps))
	}
	for _, table := range []string{"alias", "media", "answer", "button"} {
		for range rapid.IntRange(0, 2*steps).Draw(t, table) {
			row := drawRow(t, table, len(d.Tables[table]), steps)
			row["step_id"] = int64(1000 + rapid.IntRange(0, steps-1).Draw(t, "of"))
			row["sequence"] = rapid.Int64Range(0, 3).Draw(t, "sequence")
			row["row"] = rapid.Int64Range(0, 3).Draw(t, "row")
			row["place"] = rapid.SampledFrom([]string{"keyboard", "inline"}).Draw(t, "place")
			if table == "media" {
				data := []byte(drawText(t, "contents"))
				row["filename"], row["checksum"] = drawText(t, "filename"), Checksum(data)
				b.Media[row.ID()] = data
			}
			d.Tables[table] = append(d.Tables[table], row)
		}
	}
	drawNotifications(t, d, steps)
	for i := range int64(4) {
		d.Tables["field"] = append(d.Tables["field"], flow.Row{"id": 2000 + i, "ttype": "char", "problem": "type",
			"name":  rapid.SampledFrom([]string{"phone", "country_id", "x_studio_Size", "x_ tricky", ""}).Draw(t, "field"),
			"model": rapid.SampledFrom([]string{"res.partner", "sale.order", ""}).Draw(t, "model"), "relation": "res.country"})
		d.Tables["action"] = append(d.Tables["action"], flow.Row{"id": 2000 + i, "name": drawTexts(t, Field{Name: "action", Translated: true}),
			"xmlid": rapid.SampledFrom([]string{"", "sale.confirm"}).Draw(t, "xmlid")})
		d.Tables["tag"] = append(d.Tables["tag"], flow.Row{"id": 2000 + i, "name": drawTexts(t, Field{Name: "tag", Translated: true})})
	}
	return b
}

// drawNotifications makes notifications, with what they consist of, and external events.
func drawNotifications(t *rapid.T, d flow.Definition, steps int) {
	draw := func(table string, most int) {
		for range rapid.IntRange(0, most).Draw(t, table) {
			row := drawRow(t, table, len(d.Tables[table]), steps)
			row["sequence"] = rapid.Int64Range(0, 3).Draw(t, "sequence")
			row["notification_id"] = int64(1000 + rapid.IntRange(0, 3).Draw(t, "of"))
			d.Tables[table] = append(d.Tables[table], row)
		}
	}
	draw("notification", 3)
	draw("notification_line", 5)
	draw("notification_button", 5)
	draw("watch", 3)
}

func drawRow(t *rapid.T, table string, n, steps int) flow.Row {
	row := flow.Row{"id": int64(1000 + n)}
	for _, field := range fieldsOf(table) {
		switch field.Kind {
		case Bool:
			row[field.Name] = rapid.Bool().Draw(t, field.Name)
		case Int:
			row[field.Name] = float64(rapid.Int32().Draw(t, field.Name))
		case Float:
			row[field.Name] = rapid.Float64Range(-1e6, 1e6).Draw(t, field.Name)
		case Choice:
			row[field.Name] = rapid.SampledFrom(field.Choices).Draw(t, field.Name)
		case Step:
			row[field.Name] = int64(1000 + rapid.IntRange(0, steps+1).Draw(t, field.Name))
		case Answer:
			row[field.Name] = int64(1000 + rapid.IntRange(0, 6).Draw(t, field.Name))
		case Notification:
			row[field.Name] = int64(1000 + rapid.IntRange(0, 3).Draw(t, field.Name))
		case Model:
			row[field.Column()] = rapid.SampledFrom([]string{"res.partner", "sale.order", "", "X y"}).Draw(t, field.Name)
		case Contact, OfRecord, Path, Subfield, Action:
			row[field.Name] = int64(2000 + rapid.IntRange(0, 5).Draw(t, field.Name))
		case Tags:
			row[field.Name] = rapid.SliceOfN(rapid.Int64Range(2000, 2005), 0, 4).Draw(t, field.Name)
		default:
			row[field.Name] = drawTexts(t, field)
		}
		if field.Required && row.Str(field.Name) == "" {
			row[field.Name] = "x"
		}
	}
	return row
}

func drawTexts(t *rapid.T, field Field) any {
	one := drawText
	if field.Kind == Rich {
		one = drawHTML
	}
	if !field.Translated || rapid.Bool().Draw(t, "all") {
		return one(t, field.Name)
	}
	byLang := map[string]any{}
	for _, lang := range []string{"en_US", "uk_UA", "sr@latin", "pt_BR"} {
		if rapid.Bool().Draw(t, lang) {
			byLang[lang] = one(t, field.Name)
		}
	}
	return byLang
}

var pieces = []string{"a", "Кава", " ", "  ", "\n", "\n\n", "\t", "'", "\"", "\\", ":", ": ", " #", "# ", "- ", "1. ", "> ", "*", "**", "_", "__", "~~",
	"`", "```", "[", "](", "]", "(", ")", "{{ partner.name }}", "{{", "}}", "{", "}", ",", "&", "<", "!", "%", "@", "|", "?", "=", "true", "null", "12",
	"1e3", "0x1", "~", "---", "...", "\r", "\r\n", "\u00a0", "\u0085", "\u2028", "\ufeff", "\u200b", "👩‍🌾", "\x00", "\x7f", "\xff", "é", "/start", "https://x.ua/?a=b&c"}

func drawText(t *rapid.T, label string) string {
	if rapid.IntRange(0, 9).Draw(t, "any") == 0 {
		return rapid.String().Draw(t, label)
	}
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 6).Draw(t, label), "")
}

// drawHTML makes rich texts, some as editors write them and some broken.
func drawHTML(t *rapid.T, label string) string {
	if rapid.IntRange(0, 5).Draw(t, "any") == 0 {
		return drawText(t, label)
	}
	var out strings.Builder
	for range rapid.IntRange(0, 4).Draw(t, "blocks") {
		block := rapid.SampledFrom([]string{"p", "p", "p", "ul", "ol", "blockquote", "pre", "h2", "div"}).Draw(t, "block")
		inside := drawInline(t, 2)
		if block == "ul" || block == "ol" {
			inside = "<li>" + inside + "</li><li>" + drawInline(t, 1) + "</li>"
		}
		out.WriteString("<" + block + ">" + inside + "</" + block + ">")
	}
	return out.String()
}

func drawInline(t *rapid.T, depth int) string {
	var out strings.Builder
	for range rapid.IntRange(0, 3).Draw(t, "pieces") {
		tag := rapid.SampledFrom([]string{"", "", "", "br", "b", "strong", "em", "u", "s", "code", "a", "span"}).Draw(t, "tag")
		switch {
		case tag == "br":
			out.WriteString("<br>")
		case tag == "" || depth == 0:
			out.WriteString(escapeHTML(drawText(t, "letters")))
		case tag == "a":
			out.WriteString(`<a href="https://x.ua/(a)?b=c&amp;d">` + drawInline(t, depth-1) + "</a>")
		default:
			out.WriteString("<" + tag + ">" + drawInline(t, depth-1) + "</" + tag + ">")
		}
	}
	return out.String()
}
