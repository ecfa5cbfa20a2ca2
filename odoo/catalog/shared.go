package catalog

import (
	"context"
	"maps"
	"slices"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/botfile"
	"github.com/krokbot/krok/odoo"
)

// shared are the tables of notifications. They belong to no bot: any may use them.
var shared = []string{"notification", "notification_line", "notification_button"}

// sharedBy are the notifications of a database, and the records of Odoo's own that they point to.
func sharedBy(tables map[string][]map[string]any) flow.Definition {
	all := flow.Definition{Tables: map[string][]flow.Row{}}
	for _, table := range append([]string{"field", "action"}, shared...) {
		for _, values := range tables[table] {
			all.Tables[table] = append(all.Tables[table], rowOf(values))
		}
	}
	return all
}

// addNotifications gives a bot the notifications that its answers and external events lead to.
func addNotifications(definition *flow.Definition, all flow.Definition) {
	whole := flow.Definition{Tables: maps.Clone(definition.Tables)}
	for _, table := range shared {
		whole.Tables[table] = all.Tables[table]
	}
	used := botfile.NotificationsUsed(whole)
	take(definition, all, func(id int64) bool { return used[id] })
}

// withShared is a bot with those notifications of the database, too, that another one calls by their codes.
func withShared(definition, all, another flow.Definition) flow.Definition {
	definition = flow.Definition{Tables: maps.Clone(definition.Tables)}
	if definition.Tables == nil {
		definition.Tables = map[string][]flow.Row{}
	}
	for _, row := range another.Tables["notification"] {
		found := flow.Row(nil)
		for _, one := range all.Tables["notification"] {
			if one.Str("code") == row.Str("code") {
				found = one
				break
			}
		}
		if found != nil && definition.Row("notification", found.ID()) == nil {
			take(&definition, all, func(id int64) bool { return id == found.ID() })
		}
	}
	for _, table := range []string{"field", "action"} {
		for _, row := range all.Tables[table] {
			if definition.Row(table, row.ID()) == nil {
				definition.Tables[table] = append(slices.Clip(definition.Tables[table]), row)
			}
		}
	}
	return definition
}

// take adds notifications with their parts.
func take(definition *flow.Definition, all flow.Definition, wanted func(id int64) bool) {
	for _, table := range shared {
		for _, row := range all.Tables[table] {
			id := row.Ref("notification_id")
			if table == "notification" {
				id = row.ID()
			}
			if wanted(id) {
				definition.Tables[table] = append(slices.Clip(definition.Tables[table]), row)
			}
		}
	}
}

// Changes says how an import of a bot would change Odoo, for people; "" where it would change nothing.
func Changes(ctx context.Context, procedures *odoo.Procedures, bot botfile.Bot, lang string) (string, error) {
	snapshot, err := read(ctx, procedures, bot.Definition)
	if err != nil {
		return "", err
	}
	have, err := snapshot.Bot(bot.Definition.Bot().Str("code"))
	if err != nil {
		have = flow.Definition{}
	}
	want := snapshot.known.fit(botfile.Spread(bot.Definition, snapshot.Languages)).Definition
	for table := range tagModels {
		want, _ = withTags(want, table, have.Tables[table])
	}
	return botfile.Diff(snapshot.known.outdated(withShared(have, snapshot.known.shared, want)), want, lang), nil
}
