// Package watch asks Odoo, in one call a second, what has changed and what has happened there.
package watch

import (
	"context"
	"errors"
	"fmt"

	"github.com/krokbot/krok/flow/texts"
	"github.com/krokbot/krok/odoo"
	"github.com/krokbot/krok/odoo/catalog"
)

// Seen is what a look brings.
type Seen struct {
	Version string  // changes with every change of a definition
	Events  []Event // what has happened and was not yet reported as done
	More    bool    // there are more than one look brings
}

// Event is something that happened to a record and that an external event of a bot waits for.
type Event struct {
	ID     int64 // of its row, by which it is reported as done
	Watch  int64
	Bot    int64
	Record int64
	Chats  []string // of the bot, with those whom it concerns
	// Unreachable counts whom it concerns without a chat with the bot.
	Unreachable int
}

// mostEvents is how many events one look brings.
const mostEvents = 200

// Look looks, and has Odoo forget the events that are done: those that are safe in the inboxes of their chats. An Odoo whose module is too
// old for events tells the version alone.
func Look(ctx context.Context, procedures *odoo.Procedures, done []int64) (Seen, error) {
	if done == nil {
		done = []int64{}
	}
	var seen Seen
	err := procedures.Run(ctx, "watch", map[string]any{"done": done, "now": "", "most": mostEvents}, &seen)
	if told := (*texts.Error)(nil); errors.As(err, &told) && told.Key == "procedures.not_installed" {
		seen.Version, err = catalog.Version(ctx, procedures)
		return seen, err
	}
	if err != nil {
		return Seen{}, fmt.Errorf("looking what happened in odoo: %w", err)
	}
	return seen, nil
}
