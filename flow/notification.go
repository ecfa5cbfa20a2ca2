package flow

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/krokbot/krok/flow/domain"
	"github.com/krokbot/krok/flow/richtext"
	"github.com/krokbot/krok/flow/texts"
)

// Notification is a saved query over records of Odoo that is shown as messages: one a record, or one list.
type Notification struct {
	ID      int64
	Name    string
	Model   string
	Domain  domain.Domain
	Order   string
	Limit   int  // records at a time
	List    bool // one message for all of them
	Header  map[string]richtext.Template
	Empty   map[string]richtext.Template // where nothing is found
	Buttons []*RecordButton

	lines []recordLine
	paths []string // of all values that lines and buttons show
}

// recordLine is one line of a template: text, value, text.
type recordLine struct {
	before, after map[string]richtext.Template
	newline       bool // the value stands on a line of its own
	path          int  // of the value, among the notification's paths; -1: the line has none
	image         bool
}

// RecordButton stands under a record.
type RecordButton struct {
	ID      int64
	Kind    string // step, notification, set, action, url
	Label   map[string]richtext.Template
	Target  int64  // step
	Related int64  // notification to run, on the records that Field leads to
	Field   string // of the record: the relation, or what is set
	Value   string // to set
	Action  int64  // server action
	URL     richtext.Template

	relation string // the model that Field leads to
}

// need notes a path of the values that the notification shows, and gives its place.
func (n *Notification) need(path string) int {
	for i, known := range n.paths {
		if known == path {
			return i
		}
	}
	n.paths = append(n.paths, path)
	return len(n.paths) - 1
}

// literal tells whether a domain is the same at any time and for everybody.
func literal(d domain.Domain) bool {
	one, err := d.Literal(domain.Env{Now: time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC), UID: 1})
	other, otherErr := d.Literal(domain.Env{Now: time.Date(2027, 3, 4, 5, 6, 7, 0, time.UTC), UID: 2})
	return err == nil && otherErr == nil && reflect.DeepEqual(one, other)
}

// way is a trail looked up in the bot.
type way struct {
	trail  trail
	n      *Notification // at its end
	levels []Scope       // to the records of that notification
	nobody bool          // it leads to the records of a user, and the client is not logged in as one
}

// follow looks a trail up in the bot. ok is false where there is no such way (any more).
func (t *Turn) followTrail(found trail) (way, bool, error) {
	w, ok, err := t.begin(found)
	if !ok || err != nil {
		return way{}, false, err
	}
	for _, hop := range found.hops {
		button := w.n.button(hop.button)
		if button == nil || button.Kind != "notification" {
			return way{}, false, nil
		}
		last := &w.levels[len(w.levels)-1]
		last.Record, last.Related = hop.record, button.Field
		if w.n = t.bot.Notifications[button.Related]; w.n == nil {
			return way{}, false, nil
		}
		level, err := t.level(w.n)
		if err != nil {
			return way{}, false, err
		}
		w.levels = append(w.levels, level)
	}
	return w, true, nil
}

// begin looks up where a trail begins.
func (t *Turn) begin(found trail) (way, bool, error) {
	w := way{trail: found}
	var more []any
	switch found.source {
	case sourceWatch:
		watch := t.bot.Watches[found.id]
		if watch == nil {
			return way{}, false, nil
		}
		w.n, w.nobody = t.bot.Notifications[watch.Notification], t.session.Partner == 0
		more = append(more, watch.concerns(t.session.Partner))
	case sourceAnswer:
		answer := t.bot.answer(found.id)
		if answer == nil || answer.Notification == 0 {
			return way{}, false, nil
		}
		w.n = t.bot.Notifications[answer.Notification]
		if answer.Personal != "" {
			w.nobody = answer.PersonalOf == "res.users" || t.session.Partner == 0
			more = append(more, []any{answer.Personal, "=", t.session.Partner})
		}
		own, err := answer.Domain.Literal(t.env())
		if err != nil {
			return way{}, false, err
		}
		more = append(more, own...)
	}
	if w.n == nil {
		return way{}, false, nil
	}
	level, err := t.level(w.n)
	level.Domain = append(level.Domain[:len(level.Domain):len(level.Domain)], more...)
	w.levels = []Scope{level}
	return w, err == nil, err
}

// level is that of a notification's own records.
func (t *Turn) level(n *Notification) (Scope, error) {
	literal, err := n.Domain.Literal(t.env())
	if literal == nil {
		literal = []any{}
	}
	return Scope{Model: n.Model, Domain: literal}, err
}

func (n *Notification) button(id int64) *RecordButton {
	for _, button := range n.Buttons {
		if button.ID == id {
			return button
		}
	}
	return nil
}

// records asks for records of a way.
func (t *Turn) records(w way, record int64, offset int) (Records, error) {
	if w.nobody {
		return Records{}, nil
	}
	return t.odoo.Find(t.ctx, RecordsQuestion{
		Levels: w.levels, Record: record, Order: w.n.Order, Offset: offset, Limit: w.n.Limit, Paths: w.n.paths, Lang: t.odooLang(), TZ: t.bot.Location.String(),
	})
}

// notify shows the records of a trail, from one on. edit is the message of a list that turns its page; 0: it is sent.
func (t *Turn) notify(found trail, offset int, edit int64) error {
	w, ok, err := t.followTrail(found)
	if err != nil {
		return fmt.Errorf("running a notification: %w", err)
	}
	if !ok {
		t.refuse("client.record_gone")
		return nil
	}
	if t.session.Partner == 0 && !w.nobody && t.bot.personal(found) {
		return &Unavailable{Err: errNotBound}
	}
	records, err := t.records(w, 0, offset)
	switch {
	case err != nil:
		return fmt.Errorf("running the notification %q: %w", w.n.Name, err)
	case records.Gone:
		t.refuse("client.record_gone")
		return nil
	case records.Total == 0 || len(records.Items) == 0:
		return t.nothing(w.n)
	}
	if err := t.askFor(w.n.Header); err != nil {
		return err
	}
	if w.n.List {
		t.showList(w, records, offset, edit)
		return nil
	}
	t.showEach(w, records, offset)
	return nil
}

// personal tells whether a trail begins with an answer that shows a client their own.
func (b *Bot) personal(found trail) bool {
	answer := b.answer(found.id)
	return found.source == sourceAnswer && answer != nil && answer.Personal != ""
}

// nothing says that there is nothing to show.
func (t *Turn) nothing(n *Notification) error {
	if inLanguage(n.Empty, t.langs()...).Empty() {
		t.SayKey("client.no_records")
		return nil
	}
	if err := t.askFor(n.Empty); err != nil {
		return err
	}
	t.Say(t.render(n.Empty))
	return nil
}

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
