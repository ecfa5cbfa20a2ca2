package module

import (
	"context"

	"github.com/krokbot/krok/odoo/rpc"
)

// bringInBridge imports a bridge and does what an import leaves undone.
func (i *installer) bringInBridge(ctx context.Context, name string) error {
	a, err := AddonNamed(name)
	if err != nil {
		return err
	}
	i.step("install.step_bridge")
	if err := i.settle(ctx); err != nil {
		return err
	}
	if err := i.clearMarks(ctx, a.markName()); err != nil {
		return err
	}
	if err := i.adopt(ctx); err != nil {
		return err
	}
	if err := i.importAddon(ctx, a); err != nil {
		return err
	}
	for _, after := range []func(context.Context, Addon) error{i.removeLeftovers, i.dependOnApp, i.labels, i.mark} {
		if err := after(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// dependOnApp tells Odoo what the bridge rests on, which no import does: so the bridge goes when somebody uninstalls the app, and Odoo says
// so beforehand. Its fields would lead to models that are gone.
func (i *installer) dependOnApp(ctx context.Context, a Addon) error {
	modules, err := i.client.Search(ctx, "ir.module.module", []any{[]any{"name", "=", a.Name}})
	if err != nil || len(modules) == 0 {
		return err
	}
	rows, err := i.client.SearchRead(ctx, "ir.module.module.dependency", []any{[]any{"module_id", "in", modules}}, []string{"name"})
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, row := range rows {
		known[row.Str("name")] = true
	}
	for _, name := range a.depends() {
		if known[name] {
			continue
		}
		if _, err := i.client.Create(ctx, "ir.module.module.dependency", map[string]any{"name": name, "module_id": modules[0]}); err != nil {
			return err
		}
	}
	return nil
}

// dropBridgesViews takes away what bridges change in krok's forms, before the forms may change themselves: the bridges are brought in
// again right after.
func (i *installer) dropBridgesViews(ctx context.Context) error {
	rows, err := i.client.SearchRead(ctx, "ir.model.data", []any{ours, []any{"module", "!=", core}, []any{"model", "=", "ir.ui.view"}}, []string{"res_id"})
	if err != nil {
		return err
	}
	ids := make([]int64, len(rows))
	for n, row := range rows {
		ids[n] = row.Int("res_id")
	}
	views, err := i.existing(ctx, "ir.ui.view", ids)
	if err != nil || len(views) == 0 {
		return err
	}
	return i.client.Unlink(ctx, "ir.ui.view", views, rpc.Context(map[string]any{"_force_unlink": true}))
}
