package flow

import (
	"net/url"
	"slices"
	"strings"

	"github.com/krokbot/krok/flow/richtext"
	"github.com/krokbot/krok/flow/texts"
)

// places tells where a kind of button may stand.
var places = map[string][]string{
	"answer":   {"keyboard", "inline"},
	"step":     {"keyboard", "inline"},
	"text":     {"keyboard"},
	"contact":  {"keyboard"},
	"location": {"keyboard"},
	"url":      {"inline"},
	"copy":     {"inline"},
}

// Telegram's limits for buttons: in a keyboard, in a row of it, bytes of all of it as JSON, and letters of a text to copy.
const (
	maxButtons = 100
	maxRow     = 8
	maxMarkup  = 10_000
	maxCopy    = 256

	jsonOfButton = 50 // bytes around a label: {"text":"…","callback_data":"…"} with data as press.go writes it
)

func (b *builder) buildButtons(step *Step, rows []Row, exists map[int64]bool, found *problems) {
	placed := map[string][]placedButton{}
	for _, row := range rows {
		kind, place := row.Str("kind"), row.Str("place")
		if !slices.Contains(places[kind], place) {
			found.fail(buttonField(place), "button_misplaced", texts.Args{"name": row.Str("name"), "kind": kind}, nil)
			continue
		}
		button, ok := b.buildButton(step, row, exists, found)
		if ok {
			placed[place] = append(placed[place], placedButton{button, row.Int("row")})
		}
	}
	step.Keyboard = inRows(placed["keyboard"])
	step.Inline = inRows(placed["inline"])
	for _, place := range []string{"inline", "keyboard"} {
		checkSize(buttonField(place), placed[place], found)
	}
}

// checkSize reports a keyboard that Telegram would refuse: too many buttons, or too much text on them in some language.
func checkSize(field string, buttons []placedButton, found *problems) {
	if n := len(buttons); n > maxButtons {
		found.fail(field, "too_many_buttons", texts.Args{"n": n, "most": maxButtons}, nil)
		return
	}
	size := map[string]int{}
	for _, button := range buttons {
		for lang, label := range button.Label {
			size[lang] += jsonOfButton + len(label.RenderPlain(func(string) string { return "" }))
		}
	}
	for _, lang := range sortedKeys(size) {
		if size[lang] > maxMarkup {
			found.fail(field, "buttons_too_long", texts.Args{"n": size[lang] / 1000, "lang": lang}, nil)
			return
		}
	}
}

func (b *builder) buildButton(step *Step, row Row, exists map[int64]bool, found *problems) (*Button, bool) {
	field := buttonField(row.Str("place"))
	button := &Button{ID: row.ID(), Kind: row.Str("kind"), Label: plainTexts(row.Texts("name")), Target: existing(row.Ref("target_id"), exists)}
	if button.Kind == "answer" {
		i := slices.IndexFunc(step.Answers, func(a Answer) bool { return a.ID == row.Ref("answer_id") })
		if i < 0 {
			return nil, false // its answer was deleted a moment ago
		}
		answer := step.Answers[i]
		button.Answer, button.Label, button.Target = answer.ID, answer.Name, answer.Next
	}
	before := len(found.list)
	b.checkTemplates(field, button.Label, found)
	name := row.Str("name")
	switch {
	case len(button.Label) == 0:
		found.fail(field, "button_without_name", nil, nil)
	case button.Kind == "step" && button.Target == 0:
		found.fail(field, "button_without_step", texts.Args{"name": name}, nil)
	case button.Kind == "url":
		button.URL = richtext.ParsePlain(strings.TrimSpace(row.Str("url")))
		if !goodURL(row.Str("url")) {
			found.fail(field, "button_bad_url", texts.Args{"name": name, "value": row.Str("url")}, nil)
		}
	case button.Kind == "copy":
		button.Copy = richtext.ParsePlain(row.Str("copy"))
		if n := len([]rune(row.Str("copy"))); n == 0 || n > maxCopy {
			found.fail(field, "button_bad_copy", texts.Args{"name": name, "n": n, "most": maxCopy}, nil)
		}
	}
	return button, len(found.list) == before
}

func buttonField(place string) string {
	if place == "inline" {
		return "inline_ids"
	}
	return "keyboard_ids"
}

// goodURL takes what Telegram takes behind a button. Placeholders are filled in later.
func goodURL(text string) bool {
	text = strings.TrimSpace(text)
	for strings.Contains(text, "{{") {
		before, rest, _ := strings.Cut(text, "{{")
		_, after, closed := strings.Cut(rest, "}}")
		if !closed {
			return false
		}
		text = before + "x" + after
	}
	parsed, err := url.Parse(text)
	if err != nil {
		return false
	}
	switch parsed.Scheme {
	case "http", "https":
		return strings.Contains(parsed.Host, ".") || strings.HasPrefix(parsed.Host, "localhost")
	case "tg":
		return true
	}
	return false
}

type placedButton struct {
	*Button
	row int64
}

// inRows lays buttons out: neighbours with the same row number share a row, one without a number has its own. A row that is
// longer than Telegram's is broken.
func inRows(buttons []placedButton) [][]*Button {
	var rows [][]*Button
	var last int64
	for _, button := range buttons {
		n := len(rows)
		if button.row > 0 && button.row == last && len(rows[n-1]) < maxRow {
			rows[n-1] = append(rows[n-1], button.Button)
		} else {
			rows = append(rows, []*Button{button.Button})
		}
		last = button.row
	}
	return rows
}
