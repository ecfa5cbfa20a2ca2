package module

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/krokbot/krok/odoo/rpc"
)

// adopt gives models, fields and choices of krok that have lost their external ids (an import that failed half-way, or an uninstall
// that kept the data) the ids of the module back, so that the import finds them instead of making them twice.
func (i *installer) adopt(ctx context.Context) error {
	known, err := i.ownIDs(ctx, "ir.model", "ir.model.fields", "ir.model.fields.selection")
	if err != nil {
		return err
	}
	models, err := i.client.SearchRead(ctx, "ir.model", []any{[]any{"model", "=like", "x_krok_%"}}, []string{"model"})
	if err != nil {
		return err
	}
	fields, err := i.client.SearchRead(ctx, "ir.model.fields",
		[]any{"&", []any{"state", "=", "manual"}, "|", []any{"model", "=like", "x_krok_%"}, []any{"name", "=like", "x_krok_%"}}, []string{"model", "name"})
	if err != nil {
		return err
	}
	var missing []map[string]any
	add := func(addon, name, model string, id int64) {
		if !known[namespace(addon)+"."+name] {
			missing = append(missing, externalID(namespace(addon), name, model, id))
		}
	}
	for _, row := range models {
		add(addonOf(row.Str("model")), modelXMLID(row.Str("model")), "ir.model", row.ID())
	}
	own := map[int64]rpc.Record{}
	for _, row := range fields {
		if field := declaration(row.Str("model"), row.Str("name")); field != nil {
			own[row.ID()] = row
			add(field.Addon, fieldXMLID(row.Str("model"), row.Str("name")), "ir.model.fields", row.ID())
		}
	}
	choices, err := i.client.SearchRead(ctx, "ir.model.fields.selection", []any{[]any{"field_id", "in", slices.Collect(maps.Keys(own))}}, []string{"field_id", "value"})
	if err != nil {
		return err
	}
	for _, row := range choices {
		id, _ := row.Ref("field_id")
		model, name, value := own[id].Str("model"), own[id].Str("name"), row.Str("value")
		field := declaration(model, name)
		add(cmp.Or(field.Bridged[value], field.Addon), choiceXMLID(model, name, value), "ir.model.fields.selection", row.ID())
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = i.client.CreateMany(ctx, "ir.model.data", missing)
	return err
}

// addonOf is the addon that a model of krok's is declared for.
func addonOf(model string) string {
	for _, m := range Models() {
		if m.Name == model {
			return m.Addon
		}
	}
	return ""
}

func externalID(addon, name, model string, id int64) map[string]any {
	return map[string]any{"module": addon, "name": name, "model": model, "res_id": id, "noupdate": false}
}

// ownIDs are krok's external ids, with their namespace, for records of some models.
func (i *installer) ownIDs(ctx context.Context, models ...string) (map[string]bool, error) {
	rows, err := i.client.SearchRead(ctx, "ir.model.data", []any{ours, []any{"model", "in", models}}, []string{"module", "name"})
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, row := range rows {
		names[row.Str("module")+"."+row.Str("name")] = true
	}
	return names, nil
}

// clearHalf removes what an import that failed half-way left without an external id: broken views, which would stay for ever.
func (i *installer) clearHalf(ctx context.Context) error {
	views, err := i.orphanViews(ctx)
	if err != nil || len(views) == 0 {
		return err
	}
	return i.client.Unlink(ctx, "ir.ui.view", views)
}

func (i *installer) orphanViews(ctx context.Context) ([]int64, error) {
	views, err := i.client.SearchRead(ctx, "ir.ui.view", []any{[]any{"name", "=like", "krok.%"}}, []string{"name"}, rpc.WithArchived())
	if err != nil {
		return nil, err
	}
	owned, err := i.client.SearchRead(ctx, "ir.model.data", []any{[]any{"model", "=", "ir.ui.view"}, ours}, []string{"res_id"})
	if err != nil {
		return nil, err
	}
	has := map[int64]bool{}
	for _, row := range owned {
		has[row.Int("res_id")] = true
	}
	var orphans []int64
	for _, view := range views {
		if !has[view.ID()] {
			orphans = append(orphans, view.ID())
		}
	}
	return orphans, nil
}

// removalOrder is the order in which records of an older module go: what uses others first.
var removalOrder = []string{
	"base.automation", "ir.ui.menu", "ir.actions.act_window", "ir.actions.act_url", "ir.ui.view", "ir.actions.server",
	"ir.model.access", "ir.rule", "ir.default", "ir.model.fields.selection", "ir.model.fields", "ir.model", "res.groups",
	"res.groups.privilege", "ir.module.category",
}

// removeLeftovers removes what an older version of an addon made and this one no longer has: an import never does.
func (i *installer) removeLeftovers(ctx context.Context, a Addon) error {
	old, err := i.leftovers(ctx, a)
	if err != nil {
		return err
	}
	once, err := i.client.Search(ctx, "ir.actions.server", []any{[]any{"name", "=", onceName}})
	if err != nil {
		return err
	}
	old["ir.actions.server"] = append(old["ir.actions.server"], once...)
	for _, model := range removalOrder {
		ids, err := i.existing(ctx, model, old[model])
		if err != nil {
			return err
		}
		if model == "ir.model.fields" {
			if ids, err = i.unused(ctx, ids); err != nil {
				return err
			}
		}
		if err := i.client.Unlink(ctx, model, ids, rpc.Context(map[string]any{"_force_unlink": true})); err != nil {
			return err
		}
	}
	return nil
}

// leftovers are the records of the addon's namespace that are not of this version of it, by model.
func (i *installer) leftovers(ctx context.Context, a Addon) (map[string][]int64, error) {
	current, err := a.ExternalIDs(i.major)
	if err != nil {
		return nil, err
	}
	keep := map[string]bool{}
	for _, name := range current {
		keep[name] = true
	}
	rows, err := i.client.SearchRead(ctx, "ir.model.data", []any{[]any{"module", "=", a.Name}}, []string{"name", "model", "res_id"})
	if err != nil {
		return nil, err
	}
	old := map[string][]int64{}
	for _, row := range rows {
		name := strings.TrimSuffix(row.Str("name"), "_ir_actions_server") // up to 16 the action that a rule is
		if !keep[name] && !odoosOwn(row.Str("model"), name) {
			old[row.Str("model")] = append(old[row.Str("model")], row.Int("res_id"))
		}
	}
	return old, nil
}

// odoosOwn tells what is made while people work: rules of external events, and fields that Odoo itself gives to each model, such as those of
// the chatter, with their choices.
func odoosOwn(model, name string) bool {
	parts := strings.Split(name, "__")
	switch {
	case model == "base.automation":
		return strings.HasPrefix(name, "watch_rule_") // of an external event, see procedures/watch_rule.py
	case model == "ir.model.fields" && len(parts) > 1:
		return !strings.HasPrefix(parts[1], "x_")
	case model == "ir.model.fields.selection" && len(parts) > 2:
		return !strings.HasPrefix(parts[2], "x_")
	}
	return false
}

// unused leaves out fields that a view still shows: it can only be somebody else's, who is to change it first. They stay until the
// next upgrade.
func (i *installer) unused(ctx context.Context, fields []int64) ([]int64, error) {
	rows, err := i.client.Read(ctx, "ir.model.fields", fields, []string{"name"})
	if err != nil {
		return nil, err
	}
	var free []int64
	for _, row := range rows {
		n, err := i.client.SearchCount(ctx, "ir.ui.view", []any{[]any{"arch_db", "ilike", `"` + row.Str("name") + `"`}}, rpc.WithArchived())
		if err != nil {
			return nil, err
		}
		if n == 0 {
			free = append(free, row.ID())
		}
	}
	return free, nil
}
