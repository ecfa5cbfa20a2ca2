package module

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/krokbot/krok/odoo/rpc"
)

// Uninstall removes all that the module made and nothing else. With keepData the models stay with their records, without menus,
// views and rights, and a later install finds them again. It can be run again after it was cut off anywhere.
func Uninstall(ctx context.Context, client *rpc.Client, keepData bool, step func(key string)) error {
	ctx = rpc.WithPatience(ctx, slow)
	i := installer{client: client, major: client.Version().Major, step: step}
	if err := i.clearMarks(ctx, markNames()...); err != nil { // from here on it is not whole: an install would finish it
		return err
	}
	for _, part := range []struct {
		key string
		do  func(context.Context) error
	}{
		{"uninstall.step_rules", i.removeAutomations},
		{"uninstall.step_keys", i.dropKeys},
		{"uninstall.step_release", func(ctx context.Context) error { return i.release(ctx, keepData) }},
		{"uninstall.step_module", i.removeModule},
		{"uninstall.step_rest", func(ctx context.Context) error { return i.removeRest(ctx, keepData) }},
		{"uninstall.step_user", i.removeServiceUser},
	} {
		step(part.key)
		if err := part.do(ctx); err != nil {
			return err
		}
	}
	return nil
}

// removeAutomations takes the rules away first, with the server actions that up to 16 stay behind.
func (i *installer) removeAutomations(ctx context.Context) error {
	owned, err := i.ownRecords(ctx)
	if err != nil {
		return err
	}
	rules, err := i.existing(ctx, "base.automation", slices.Collect(maps.Keys(owned["base.automation"])))
	if err != nil || len(rules) == 0 {
		return err
	}
	var actions []int64
	if i.major <= 16 {
		rows, err := i.client.Read(ctx, "base.automation", rules, []string{"action_server_id"})
		if err != nil {
			return err
		}
		for _, row := range rows {
			action, _ := row.Ref("action_server_id")
			actions = append(actions, action)
		}
	}
	if err := i.client.Unlink(ctx, "base.automation", rules); err != nil {
		return err
	}
	return i.client.Unlink(ctx, "ir.actions.server", actions)
}

// existing leaves of ids those whose record is there.
func (i *installer) existing(ctx context.Context, model string, ids []int64) ([]int64, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return i.client.Search(ctx, model, []any{[]any{"id", "in", ids}}, rpc.WithArchived())
}

// release takes external ids off what the module's uninstall must not remove one by one: with keepData the models and all their
// fields; else the fields of krok's own models, which go with their model (14 stumbles over x_name going first). A many2many goes by
// itself, since a model that goes leaves the tables of its relations behind.
func (i *installer) release(ctx context.Context, keepData bool) error {
	domain := []any{ours, []any{"model", "=", "ir.model.fields"}}
	if keepData {
		domain = []any{ours, []any{"model", "in", []string{"ir.model", "ir.model.fields", "ir.model.fields.selection"}}}
	}
	rows, err := i.client.SearchRead(ctx, "ir.model.data", domain, []string{"name", "model", "res_id"})
	if err != nil {
		return err
	}
	relations, err := i.client.Search(ctx, "ir.model.fields", ownRelations)
	if err != nil {
		return err
	}
	var ids []int64
	for _, row := range rows {
		alone := strings.HasPrefix(row.Str("name"), fieldXMLID("res.partner", "")) || slices.Contains(relations, row.Int("res_id"))
		if keepData || !alone {
			ids = append(ids, row.ID())
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return i.client.Unlink(ctx, "ir.model.data", ids)
}

// ownDerived finds the fields of krok's own models that show what stands in others: with those they go, and 14 then misses them.
var ownDerived = []any{[]any{"model", "=like", "x_krok_%"}, []any{"state", "=", "manual"}, "|", []any{"related", "!=", false}, []any{"depends", "!=", false}}

// ownRelations finds the many2many fields of krok's own models.
var ownRelations = []any{[]any{"model", "=like", "x_krok_%"}, []any{"ttype", "=", "many2many"}, []any{"state", "=", "manual"}}

// ours finds the external ids of krok's addons.
var ours = []any{"module", "in", addonNames()}

// removeModule has Odoo uninstall the module and forgets its line under Apps. Odoo forgets an imported module itself, but makes a
// line for it anew when it looks for modules while somebody imports one of that name into another database of the same server.
func (i *installer) removeModule(ctx context.Context) error {
	itself := []any{[]any{"name", "in", addonNames()}}
	installed, err := i.client.Search(ctx, "ir.module.module", append(itself, []any{"state", "!=", "uninstalled"}))
	if err != nil {
		return err
	}
	if len(installed) > 0 {
		if _, err := i.client.Call(ctx, "ir.module.module", "button_immediate_uninstall", installed, nil); err != nil {
			return err
		}
	}
	lines, err := i.client.Search(ctx, "ir.module.module", itself)
	if err != nil {
		return err
	}
	return i.client.Unlink(ctx, "ir.module.module", lines)
}

// removeRest removes what an uninstall leaves: fields and models whose ids were released, views of failed imports, defaults,
// files, and external ids that point to nothing.
func (i *installer) removeRest(ctx context.Context, keepData bool) error {
	force := rpc.Context(map[string]any{"_force_unlink": true})
	views, err := i.orphanViews(ctx)
	if err != nil {
		return err
	}
	steps := []struct {
		model  string
		domain []any
	}{
		{"ir.actions.server", []any{[]any{"name", "=", onceName}}},
		{"ir.attachment", []any{"|", []any{"url", "=like", "/krok/%"}, []any{"url", "=like", "/krok\\_%/static/%"}}},
		{"ir.model.data", []any{ours}},
	}
	if !keepData {
		steps = append([]struct {
			model  string
			domain []any
		}{
			{"ir.attachment", []any{[]any{"res_model", "=like", "x_krok_%"}}}, // files of clients
			{"ir.filters", []any{[]any{"model_id", "=like", "x_krok_%"}}},
			{"ir.default", []any{[]any{"field_id.model", "=like", "x_krok_%"}}},
			{"ir.model.fields", []any{[]any{"model", "in", []string{"res.partner", "res.users"}}, []any{"name", "=like", "x_krok_%"}}},
			{"ir.model.fields", ownRelations},
			{"ir.model.fields", ownDerived},
			{"ir.model", []any{[]any{"model", "=like", "x_krok_%"}}},
			{"ir.model.data", []any{[]any{"name", "=like", "model_inherit__x_krok_%"}}}, // of whatever app was last loaded
		}, steps...)
	}
	if len(views) > 0 {
		if err := i.client.Unlink(ctx, "ir.ui.view", views, force); err != nil {
			return err
		}
	}
	for _, s := range steps {
		ids, err := i.client.Search(ctx, s.model, s.domain, rpc.WithArchived())
		if err != nil {
			return err
		}
		if err := i.removeAll(ctx, s.model, ids, force); err != nil {
			return err
		}
	}
	return nil
}

// removeAll removes records at once. Where Odoo stumbles over something that goes with one of them before its turn has come (14 does so
// with models that point to each other), nothing has been removed: then they go one by one.
func (i *installer) removeAll(ctx context.Context, model string, ids []int64, force rpc.Option) error {
	if len(ids) == 0 {
		return nil
	}
	err := i.client.Unlink(ctx, model, ids, force)
	if !rpc.IsKind(err, rpc.KindMissing) {
		return err
	}
	for _, id := range ids {
		if err := i.client.Unlink(ctx, model, []int64{id}, force); err != nil && !rpc.IsKind(err, rpc.KindMissing) {
			return err
		}
	}
	return nil
}
