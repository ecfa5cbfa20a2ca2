package flow

import (
	"fmt"
	"reflect"
	"time"

	"github.com/krokbot/krok/flow/domain"
	"github.com/krokbot/krok/flow/richtext"
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

// followTrail looks a trail up in the bot. ok is false where there is no such way (any more).
func (t *Turn) followTrail(found trail) (way, bool, error) {
	w, ok, err := t.begin(found)
	if !ok || err != nil {
		return way{}, false, err
	}
	if w.nobody && t.session.Partner == 0 { // who they are is not known yet: they must not hear that they have nothing
		return way{}, false, &Unavailable{Err: errNotBound}
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
