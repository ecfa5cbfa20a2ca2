package catalog

import "github.com/krokbot/krok/flow"

// notifications are those of the file with the ones in Odoo that have their codes.
func (p *planner) notifications() []pair {
	pairs, _ := match("notification", p.want.Tables["notification"], flow.Ordered(p.have.Tables["notification"]))
	return pairs
}

// notification lists what to write of a notification, its lines and buttons in it.
func (p *planner) notification(n pair) map[string]any {
	values := p.values("notification", n)
	for _, part := range []struct{ table, field string }{{"notification_line", "x_line_ids"}, {"notification_button", "x_button_ids"}} {
		if late(part.table) && !p.stage.relations && !p.stage.texts {
			continue // they lead to steps and notifications, which may be made in this very stage
		}
		wanted := p.resolved(part.table, partsOf(p.want, part.table, n.want))
		rows, gone := match(part.table, wanted, partsOf(p.have, part.table, n.have))
		if commands := p.commands(part.table, rows, gone, func(row pair) map[string]any { return p.values(part.table, row) }); len(commands) > 0 {
			values[part.field] = commands
		}
	}
	return values
}

// partsOf lists the rows of a notification, in the admin's order.
func partsOf(definition flow.Definition, table string, notification flow.Row) []flow.Row {
	var rows []flow.Row
	for _, row := range definition.Tables[table] {
		if notification != nil && row.Ref("notification_id") == notification.ID() {
			rows = append(rows, row)
		}
	}
	return flow.Ordered(rows)
}

// events are the external events of the file with those in Odoo, and the ids of those that the file does not have. They lead to notifications:
// so they are written when these are there.
func (p *planner) events() (events []pair, gone []int64) {
	if !p.stage.relations {
		return nil, nil
	}
	events, left := match("watch", p.resolved("watch", append([]flow.Row(nil), p.want.Tables["watch"]...)), flow.Ordered(p.have.Tables["watch"]))
	for _, row := range left {
		gone = append(gone, row.ID())
	}
	return events, gone
}

// event lists what to write of an external event.
func (p *planner) event(event pair) map[string]any {
	values := p.values("watch", event)
	if event.have == nil {
		values["x_bot_id"] = p.have.Bot().ID()
	}
	return values
}
