package flow

import (
	"slices"
	"strings"

	"github.com/krokbot/krok/flow/richtext"
)

// Telegram's limits, in UTF-16 units and pieces.
const (
	maxText    = 4096
	maxCaption = 1024
	maxAlbum   = 10
)

// present queues what the client sees of a step: media, text, buttons. Inline buttons go under the text, the keyboard under the
// message before it; where there is none to carry them they get a short message of their own. A step without a keyboard takes
// away the one before it.
func (t *Turn) present(step *Step, media []mediumTemplate, choices Choices) {
	parts := t.mediaParts(media)
	text := t.render(step.Text)
	if choices.Hint != "" && !text.Empty() {
		text = text.Append(plain("\n\n"))
	}
	text = text.Append(plain(choices.Hint))
	for _, text := range text.Split(maxText) {
		parts = append(parts, Outgoing{Text: text})
	}
	inline, keyboard := slices.Concat(choices.Buttons, t.inlineButtons(step)), t.keyButtons(step)
	under := len(parts) // where the inline buttons are
	if len(inline) > 0 {
		under = carrier(parts, len(parts))
		if under < 0 {
			parts = append(parts, t.choosePart())
			under = len(parts) - 1
		}
		parts[under].Inline = inline
	}
	if keyboard != nil || t.session.Keyboard && len(parts) > 0 {
		above := carrier(parts, under)
		if above < 0 {
			parts = append(parts, t.choosePart())
			above = len(parts) - 1
			if keyboard == nil { // "Choose" stands above the buttons that are left
				parts[under].Inline, parts[above].Inline = nil, inline
				above = under
			}
		}
		parts[above].Keyboard, parts[above].RemoveKeyboard = keyboard, keyboard == nil
	}
	for _, part := range parts {
		part.Step, part.Protect, part.Silent, part.LinkPreview = step.ID, step.Protect, step.Silent, step.LinkPreview
		t.send(part)
	}
}

// carrier is the last message before an index that can carry buttons: any but an album. -1: there is none.
func carrier(parts []Outgoing, before int) int {
	for i := before - 1; i >= 0; i-- {
		if len(parts[i].Media) < 2 {
			return i
		}
	}
	return -1
}

func (t *Turn) choosePart() Outgoing { return Outgoing{Text: plain(t.word("client.choose", nil))} }

// mediaParts sends neighbouring images and videos as albums, anything else one by one. A caption that is too long for Telegram
// follows as a text.
func (t *Turn) mediaParts(templates []mediumTemplate) []Outgoing {
	var parts []Outgoing
	for _, template := range templates {
		medium := template.Medium
		caption := t.render(template.caption)
		var after []richtext.Text
		if richtext.Len(caption.Text) > maxCaption {
			after, caption = caption.Split(maxText), richtext.Text{}
		}
		medium.Caption = caption
		n := len(parts)
		if n > 0 && inAlbum(medium) && len(parts[n-1].Media) > 0 && inAlbum(parts[n-1].Media[0]) && len(parts[n-1].Media) < maxAlbum {
			parts[n-1].Media = append(parts[n-1].Media, medium)
		} else {
			parts = append(parts, Outgoing{Media: []Medium{medium}})
		}
		for _, text := range after {
			parts = append(parts, Outgoing{Text: text})
		}
	}
	return parts
}

func inAlbum(medium Medium) bool { return medium.Kind == "image" || medium.Kind == "video" }

// keyButtons lays out the keyboard under the input field; nil where the step has none.
func (t *Turn) keyButtons(step *Step) [][]KeyButton {
	var rows [][]KeyButton
	for _, row := range step.Keyboard {
		var keys []KeyButton
		for _, button := range row {
			label := t.label(button.Label)
			if label == "" {
				continue // a placeholder that is empty for this client
			}
			t.noteLabel(button, label)
			keys = append(keys, KeyButton{Label: label, Contact: button.Kind == "contact", Location: button.Kind == "location"})
		}
		if len(keys) > 0 {
			rows = append(rows, keys)
		}
	}
	return rows
}

// inlineButtons lays out the buttons under the message; nil where the step has none.
func (t *Turn) inlineButtons(step *Step) [][]InlineButton {
	var rows [][]InlineButton
	for _, row := range step.Inline {
		var keys []InlineButton
		for _, button := range row {
			if key, ok := t.inlineButton(step, button); ok {
				keys = append(keys, key)
			}
		}
		if len(keys) > 0 {
			rows = append(rows, keys)
		}
	}
	return rows
}

func (t *Turn) inlineButton(step *Step, button *Button) (InlineButton, bool) {
	key := InlineButton{Label: t.label(button.Label)}
	t.noteLabel(button, key.Label)
	switch button.Kind {
	case "url":
		key.URL = strings.TrimSpace(button.URL.RenderURL(t.value))
		return key, key.Label != "" && goodURL(key.URL)
	case "copy":
		copied := []rune(button.Copy.Render(t.value).Text)
		key.Copy = string(copied[:min(len(copied), maxCopy)])
		return key, key.Label != "" && key.Copy != ""
	}
	key.Data = t.dataOf(step, actionButton, button.ID)
	return key, key.Label != ""
}

// dataOf is what a button says when it is pressed.
func (t *Turn) dataOf(step *Step, action string, arg int64) string {
	return pressed{Step: step.ID, Visit: t.session.Visit, Action: action, Arg: arg}.String()
}

// noteLabel remembers a label that was made for this client, so that it is known when it comes back as text.
func (t *Turn) noteLabel(button *Button, label string) {
	made := false
	for _, template := range button.Label {
		made = made || len(template.Placeholders()) > 0
	}
	if !made {
		return
	}
	if t.session.Labels == nil {
		t.session.Labels = map[int64]string{}
	}
	t.session.Labels[button.ID] = label
}

// partnerPaths lists the fields of the partner that a step's texts show, in any language.
func (s *Step) partnerPaths() []string {
	var paths []string
	add := func(template richtext.Template) {
		for _, placeholder := range template.Placeholders() {
			if path, ok := strings.CutPrefix(placeholder.Path, "partner."); ok && !slices.Contains(paths, path) {
				paths = append(paths, path)
			}
		}
	}
	for _, templates := range s.texts() {
		for _, lang := range sortedKeys(templates) {
			add(templates[lang])
		}
	}
	return paths
}

// texts are all the texts of a step that are filled in for a client.
func (s *Step) texts() []map[string]richtext.Template {
	all := []map[string]richtext.Template{s.Text}
	for _, medium := range s.Media {
		all = append(all, medium.caption)
	}
	for _, answer := range s.Answers {
		all = append(all, answer.Name)
	}
	for _, rows := range [][][]*Button{s.Keyboard, s.Inline} {
		for _, row := range rows {
			for _, button := range row {
				all = append(all, button.Label, map[string]richtext.Template{"": button.URL}, map[string]richtext.Template{"": button.Copy})
			}
		}
	}
	return all
}
