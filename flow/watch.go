package flow

import (
	"fmt"
)

// Watch is an external event: when something happens to a record in Odoo, a notification shows it to whoever it concerns. Odoo itself
// finds out that it happened, see the procedure watch of the module.
type Watch struct {
	ID           int64
	Name         string
	Notification int64
	Recipient    string // the field of the record that leads to whom it concerns; of contacts also "id", the record itself
	RecipientOf  string // the model that it leads to: res.partner, or res.users
}

// concerns is the condition for records that concern a contact. Buttons of an external event reach no others: their data may be forged.
func (w *Watch) concerns(partner int64) []any {
	switch {
	case w.Recipient == "":
		return []any{"id", "=", 0} // nobody
	case w.RecipientOf == "res.users":
		return []any{w.Recipient + ".partner_id", "=", partner}
	}
	return []any{w.Recipient, "=", partner}
}

// Notice is what an external event brings into a chat.
type Notice struct {
	Watch  int64 `json:"watch"`
	Record int64 `json:"record"`
}

// notice shows the record that an external event is about. The conversation goes on where it is. A record that is not in the notification's
// domain, now that it is read, is not shown.
func (t *Turn) notice(notice *Notice) error {
	if notice == nil || t.session.OptedOut {
		return nil
	}
	watch := t.bot.Watches[notice.Watch]
	if watch == nil || t.bot.Notifications[watch.Notification] == nil {
		return nil // a notification that has gone meanwhile has nothing to say
	}
	w := way{trail: trail{source: sourceWatch, id: watch.ID}, n: t.bot.Notifications[watch.Notification]}
	level, err := t.level(w.n) // Odoo has said whom it concerns
	if err != nil {
		return fmt.Errorf("the external event %q: %w", watch.Name, err)
	}
	w.levels = []Scope{level}
	records, err := t.records(w, notice.Record, 0)
	if err != nil {
		return fmt.Errorf("showing record %d for the external event %q: %w", notice.Record, watch.Name, err)
	}
	if len(records.Items) == 0 {
		return nil
	}
	if t.session.Partner != 0 { // else nothing is known of this chat yet, and it must not wait for that
		if err := t.askFor(w.n.Header); err != nil {
			return err
		}
	}
	if w.n.List {
		t.showList(w, records, 0, 0)
		return nil
	}
	t.showEach(w, records, 0)
	return nil
}
