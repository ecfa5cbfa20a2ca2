package module

import (
	"context"

	"github.com/krokbot/krok/odoo/rpc"
)

// Removal is what an uninstall would take away. It is made by looking only.
type Removal struct {
	Installed bool
	Models    []Count  // krok's own, with the number of their records
	Records   int      // of the module itself: views, menus, actions, groups, rights
	User      string   // login of the service user that goes; empty: none of krok's making
	Blocking  []string // things that others made and that use krok's fields: they have to be changed first
}

// Count is a model with its number of records.
type Count struct {
	Model, Name string
	Records     int64
}

// Nothing tells that there is nothing of krok in this Odoo.
func (r Removal) Nothing() bool {
	return !r.Installed && len(r.Models) == 0 && r.Records == 0 && r.User == ""
}

// PlanRemoval looks at what there is of krok. It changes nothing.
func PlanRemoval(ctx context.Context, client *rpc.Client) (Removal, error) {
	if err := mayInstall(ctx, client); err != nil {
		return Removal{}, err
	}
	i := installer{client: client, major: client.Version().Major}
	modules, err := client.SearchRead(ctx, "ir.module.module", []any{[]any{"name", "=", core}}, []string{"state"})
	if err != nil {
		return Removal{}, err
	}
	removal := Removal{Installed: len(modules) > 0 && modules[0].Str("state") != "uninstalled"}
	// Odoo counts the records itself: whoever uninstalls need not be allowed to see them.
	models, err := client.SearchRead(ctx, "ir.model", []any{[]any{"model", "=like", "x_krok_%"}}, []string{"model", "name", "count"}, rpc.Order("model"))
	if err != nil {
		return Removal{}, err
	}
	for _, row := range models {
		removal.Models = append(removal.Models, Count{row.Str("model"), row.Str("name"), row.Int("count")})
	}
	records, err := client.SearchCount(ctx, "ir.model.data", []any{ours})
	if err != nil {
		return Removal{}, err
	}
	removal.Records = int(records)
	if user, login, err := i.ownServiceUser(ctx); err != nil {
		return Removal{}, err
	} else if user != 0 {
		removal.User = login
	}
	removal.Blocking, err = i.blocking(ctx)
	return removal, err
}
