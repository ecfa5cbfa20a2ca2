package flow

import (
	"fmt"
	"strings"

	"github.com/krokbot/krok/flow/richtext"
	"github.com/krokbot/krok/flow/texts"
)

// showEach sends a message a record; under the last one there is a button for more.
func (t *Turn) showEach(w way, records Records, offset int) {
	if header := t.render(w.n.Header); offset == 0 && !header.Empty() {
		t.Say(header)
	}
	next := offset + len(records.Items)
	for i, record := range records.Items {
		buttons := t.recordButtons(w, record, false)
		if i == len(records.Items)-1 && next < records.Total {
			more := texts.Args{"n": records.Total - next}
			buttons = append(buttons, []InlineButton{{Label: t.word("client.more_records", more), Data: w.trail.page(next)}})
		}
		for _, message := range t.recordMessages(w.n, record, buttons) {
			t.send(message)
		}
	}
}

// recordMessages are the messages that show a record: its pictures, with the text under the first one where there is room, and the text.
func (t *Turn) recordMessages(n *Notification, record Record, buttons [][]InlineButton) []Outgoing {
	text := t.recordText(n, record)
	var messages []Outgoing
	for _, line := range n.lines {
		if line.image && record.Values[line.path].Image != "" {
			medium := Medium{Kind: "image", Filename: record.Name + ".png", Checksum: record.Values[line.path].Image,
				Record: &RecordFile{Model: n.Model, ID: record.ID, Field: n.paths[line.path]}}
			messages = append(messages, Outgoing{Media: []Medium{medium}})
		}
	}
	if len(messages) == 1 && text.Len() <= maxCaption {
		messages[0].Media[0].Caption = text
	} else {
		for _, part := range text.Split(maxText) {
			messages = append(messages, Outgoing{Text: part})
		}
	}
	if len(messages) > 0 && len(buttons) > 0 {
		messages[len(messages)-1].Inline = buttons
	}
	return messages
}

// showList sends, or puts in the place of the page before, one message with as many records as it can take.
func (t *Turn) showList(w way, records Records, offset int, edit int64) {
	text := t.render(w.n.Header)
	var buttons [][]InlineButton
	shown := 0
	for _, record := range records.Items {
		longer := text
		if !text.Empty() {
			longer = longer.Append(plain("\n\n"))
		}
		longer = longer.Append(t.recordText(w.n, record))
		own := t.recordButtons(w, record, true)
		if shown > 0 && (longer.Len() > maxText || count(buttons)+count(own) > maxButtons-2) {
			break
		}
		text, buttons = longer, append(buttons, own...)
		shown++
	}
	if turns := t.pageTurns(w, records, offset, shown); len(turns) > 0 {
		buttons = append(buttons, turns)
	}
	parts := text.Split(maxText)
	for i, part := range parts {
		message := Outgoing{Text: part}
		if i == len(parts)-1 {
			message.Inline = buttons
		}
		if len(parts) == 1 {
			message.Edit = edit
		}
		t.send(message)
	}
}

// pageTurns are the buttons that lead to the pages before and after.
func (t *Turn) pageTurns(w way, records Records, offset, shown int) []InlineButton {
	var row []InlineButton
	if offset > 0 {
		row = append(row, InlineButton{Label: "«", Data: w.trail.page(max(0, offset-w.n.Limit))})
	}
	if next := offset + shown; next < records.Total {
		label := t.word("client.records_page", texts.Args{"from": offset + 1, "to": next, "n": records.Total})
		row = append(row, InlineButton{Label: label + " »", Data: w.trail.page(next)})
	}
	return row
}

func count(rows [][]InlineButton) int {
	n := 0
	for _, row := range rows {
		n += len(row)
	}
	return n
}

// recordButtons are those under a record. In a list each names the record that it belongs to.
func (t *Turn) recordButtons(w way, record Record, named bool) [][]InlineButton {
	var rows [][]InlineButton
	value := t.recordValue(w.n, record)
	for _, button := range w.n.Buttons {
		label := strings.Join(strings.Fields(inLanguage(button.Label, t.langs()...).Render(value).Text), " ")
		if named {
			label += " · " + record.Name
		}
		key := InlineButton{Label: shorten(label, longName)}
		if button.Kind == "url" {
			key.URL = strings.TrimSpace(button.URL.RenderURL(value))
			if !goodURL(key.URL) {
				continue // a record without an address
			}
		} else if key.Data = w.trail.with(button.ID, record.ID).String(); len(key.Data) > maxCallbackData {
			continue // too many notifications behind each other
		}
		rows = append(rows, []InlineButton{key})
	}
	return rows
}

// recordValue fills placeholders, those of the record among them.
func (t *Turn) recordValue(n *Notification, record Record) richtext.Values {
	return func(path string) string {
		own, of := strings.CutPrefix(path, "record.")
		if !of {
			return t.value(path)
		}
		if own == "id" {
			return fmt.Sprint(record.ID)
		}
		for i, known := range n.paths {
			if known == own && i < len(record.Values) {
				return record.Values[i].Text
			}
		}
		return ""
	}
}

// recordText is a record by the template of its notification.
func (t *Turn) recordText(n *Notification, record Record) richtext.Text {
	value := t.recordValue(n, record)
	var lines []richtext.Text
	for _, line := range n.lines {
		if line.image {
			continue // sent as a picture
		}
		before := inLanguage(line.before, t.langs()...).Render(value)
		after := inLanguage(line.after, t.langs()...).Render(value)
		middle := richtext.Text{}
		if line.path >= 0 && line.path < len(record.Values) {
			middle = valueText(record.Values[line.path])
		}
		lines = append(lines, richtext.Concat(before, plain(gapBefore(before.Text, line)), middle, plain(gapAfter(after.Text, middle)), after))
	}
	return richtext.Join(lines, "\n").Trim()
}

func valueText(value RecordValue) richtext.Text {
	if value.HTML {
		return richtext.Parse(value.Text).Render(func(string) string { return "" }).Trim()
	}
	return plain(value.Text)
}

// gapBefore stands between the text before a value and the value: Odoo's forms cut spaces at the end of a text.
func gapBefore(before string, line recordLine) string {
	switch {
	case line.newline:
		return "\n"
	case before == "" || line.path < 0 || strings.ContainsAny(before[len(before)-1:], " (\"#/") || strings.HasSuffix(before, "«") || strings.HasSuffix(before, "№"):
		return ""
	}
	return " "
}

// gapAfter stands between a value and the text after it.
func gapAfter(after string, value richtext.Text) string {
	if after == "" || value.Text == "" || strings.ContainsAny(after[:1], " ,.;:!?)%") || strings.HasPrefix(after, "»") {
		return ""
	}
	return " "
}
