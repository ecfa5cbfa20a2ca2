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
	w, ok, err := t.followTrail(trail{source: sourceWatch, id: notice.Watch})
	if err != nil || !ok {
		return err // a notification that has gone meanwhile has nothing to say
	}
	records, err := t.records(w, notice.Record, 0)
	if err != nil {
		return fmt.Errorf("showing record %d for the external event %q: %w", notice.Record, t.bot.Watches[notice.Watch].Name, err)
	}
	if len(records.Items) == 0 {
		return nil
	}
	if err := t.askFor(w.n.Header); err != nil {
		return err
	}
	if w.n.List {
		t.showList(w, records, 0, 0)
		return nil
	}
	t.showEach(w, records, 0)
	return nil
}
