package module

import (
	"context"
	"fmt"
	"slices"
	"strings"

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
	modules, err := client.SearchRead(ctx, "ir.module.module", []any{[]any{"name", "=", "krok"}}, []string{"state"})
	if err != nil {
		return Removal{}, err
	}
	removal := Removal{Installed: len(modules) > 0 && modules[0].Str("state") != "uninstalled"}
	models, err := client.SearchRead(ctx, "ir.model", []any{[]any{"model", "=like", "x_krok_%"}}, []string{"model", "name"}, rpc.Order("model"))
	if err != nil {
		return Removal{}, err
	}
	for _, row := range models {
		n, err := client.SearchCount(ctx, row.Str("model"), []any{}, rpc.WithArchived())
		if err != nil && !rpc.IsKind(err, rpc.KindAccess, rpc.KindUnknownModel) { // a half-made model has no rights yet
			return Removal{}, err
		}
		removal.Models = append(removal.Models, Count{row.Str("model"), row.Str("name"), n})
	}
	records, err := client.SearchCount(ctx, "ir.model.data", []any{[]any{"module", "=", "krok"}})
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

// blocking finds views and fields that are not krok's but use its fields: without them Odoo would be left with broken views.
func (i *installer) blocking(ctx context.Context) ([]string, error) {
	owned, err := i.ownRecords(ctx, "ir.ui.view", "ir.model.fields")
	if err != nil {
		return nil, err
	}
	views, err := i.client.SearchRead(ctx, "ir.ui.view", []any{[]any{"arch_db", "ilike", "x_krok_"}}, []string{"name", "model"}, rpc.WithArchived())
	if err != nil {
		return nil, err
	}
	var found []string
	for _, view := range views {
		if !owned["ir.ui.view"][view.ID()] && !strings.HasPrefix(view.Str("name"), "krok.") {
			found = append(found, fmt.Sprintf("ir.ui.view %d: %s (%s)", view.ID(), view.Str("name"), view.Str("model")))
		}
	}
	fields, err := i.client.SearchRead(ctx, "ir.model.fields",
		[]any{"&", []any{"state", "=", "manual"}, "|", []any{"related", "ilike", "x_krok_"}, []any{"relation", "=like", "x_krok_%"}},
		[]string{"model", "name", "field_description"})
	if err != nil {
		return nil, err
	}
	for _, field := range fields {
		if !owned["ir.model.fields"][field.ID()] && !declared(field.Str("model"), field.Str("name")) {
			found = append(found, fmt.Sprintf("ir.model.fields %d: %s.%s (%s)", field.ID(), field.Str("model"), field.Str("name"), field.Str("field_description")))
		}
	}
	slices.Sort(found)
	return found, nil
}

// ownRecords are the ids of the module's records by model.
func (i *installer) ownRecords(ctx context.Context, models ...string) (map[string]map[int64]bool, error) {
	rows, err := i.client.SearchRead(ctx, "ir.model.data", []any{[]any{"module", "=", "krok"}, []any{"model", "in", models}}, []string{"model", "res_id"})
	if err != nil {
		return nil, err
	}
	owned := map[string]map[int64]bool{}
	for _, model := range models {
		owned[model] = map[int64]bool{}
	}
	for _, row := range rows {
		owned[row.Str("model")][row.Int("res_id")] = true
	}
	return owned, nil
}

// Uninstall removes all that the module made and nothing else. With keepData the models stay with their records, without menus,
// views and rights, and a later install finds them again. It can be run again after it was cut off anywhere.
func Uninstall(ctx context.Context, client *rpc.Client, keepData bool, step func(key string)) error {
	ctx = rpc.WithPatience(ctx, slow)
	i := installer{client: client, major: client.Version().Major, step: step}
	for _, part := range []struct {
		key string
		do  func(context.Context) error
	}{
		{"uninstall.step_rules", i.removeAutomations},
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
	owned, err := i.ownRecords(ctx, "base.automation")
	if err != nil {
		return err
	}
	for id := range owned["base.automation"] {
		var actions []int64
		if i.major <= 16 {
			rows, err := i.client.Read(ctx, "base.automation", []int64{id}, []string{"action_server_id"})
			if err != nil {
				return err
			}
			for _, row := range rows {
				action, _ := row.Ref("action_server_id")
				actions = append(actions, action)
			}
		}
		if err := i.client.Unlink(ctx, "base.automation", []int64{id}); err != nil && !rpc.IsKind(err, rpc.KindMissing) {
			return err
		}
		if len(actions) > 0 {
			if err := i.client.Unlink(ctx, "ir.actions.server", actions); err != nil && !rpc.IsKind(err, rpc.KindMissing) {
				return err
			}
		}
	}
	return nil
}

// release takes external ids off what the module's uninstall must not remove one by one: with keepData the models and all their
// fields; else the fields of krok's own models, which go with their model (14 stumbles over x_name going first).
func (i *installer) release(ctx context.Context, keepData bool) error {
	domain := []any{[]any{"module", "=", "krok"}, []any{"model", "=", "ir.model.fields"}}
	if keepData {
		domain = []any{[]any{"module", "=", "krok"}, []any{"model", "in", []string{"ir.model", "ir.model.fields", "ir.model.fields.selection"}}}
	}
	rows, err := i.client.SearchRead(ctx, "ir.model.data", domain, []string{"name", "model", "res_id"})
	if err != nil {
		return err
	}
	var ids []int64
	for _, row := range rows {
		if keepData || !strings.HasPrefix(row.Str("name"), fieldXMLID("res.partner", "")) {
			ids = append(ids, row.ID())
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return i.client.Unlink(ctx, "ir.model.data", ids)
}

// removeModule has Odoo uninstall the module and forgets its line under Apps, which an imported module has only since then.
func (i *installer) removeModule(ctx context.Context) error {
	rows, err := i.client.SearchRead(ctx, "ir.module.module", []any{[]any{"name", "=", "krok"}}, []string{"state"})
	if err != nil || len(rows) == 0 {
		return err
	}
	ids := []int64{rows[0].ID()}
	if rows[0].Str("state") != "uninstalled" {
		if _, err := i.client.Call(ctx, "ir.module.module", "button_immediate_uninstall", ids, nil); err != nil {
			return err
		}
	}
	err = i.client.Unlink(ctx, "ir.module.module", ids)
	if rpc.IsKind(err, rpc.KindMissing) { // 19 forgets it by itself
		return nil
	}
	return err
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
		{"ir.attachment", []any{[]any{"url", "=like", "/krok/%"}}},
		{"ir.model.data", []any{[]any{"module", "=", "krok"}}},
	}
	if !keepData {
		steps = append([]struct {
			model  string
			domain []any
		}{
			{"ir.default", []any{[]any{"field_id.model", "=like", "x_krok_%"}}},
			{"ir.model.fields", []any{[]any{"model", "in", []string{"res.partner", "res.users"}}, []any{"name", "=like", "x_krok_%"}}},
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
		if len(ids) == 0 {
			continue
		}
		if err := i.client.Unlink(ctx, s.model, ids, force); err != nil && !rpc.IsKind(err, rpc.KindMissing) {
			return err
		}
	}
	return nil
}

// ownServiceUser is the service user, where install made it. 0: there is none.
func (i *installer) ownServiceUser(ctx context.Context) (id int64, login string, err error) {
	rows, err := i.client.SearchRead(ctx, "ir.model.data", []any{[]any{"module", "=", "krok_data"}, []any{"name", "=", "service_user"}}, []string{"res_id"})
	if err != nil || len(rows) == 0 {
		return 0, "", err
	}
	users, err := i.client.SearchRead(ctx, "res.users", []any{[]any{"id", "=", rows[0].Int("res_id")}}, []string{"login"}, rpc.WithArchived())
	if err != nil || len(users) == 0 {
		return 0, "", err
	}
	return users[0].ID(), users[0].Str("login"), nil
}

// removeServiceUser removes the user that install made, with its keys and its contact. One that others' records hold on to is
// archived instead: it can do nothing any more.
func (i *installer) removeServiceUser(ctx context.Context) error {
	user, _, err := i.ownServiceUser(ctx)
	if err != nil || user == 0 {
		return err
	}
	code := fmt.Sprintf("user = env['res.users'].browse(%d)\nenv['res.users.apikeys'].sudo().search([('user_id', '=', user.id)]).unlink()\naction = {'partner': user.partner_id.id}", user)
	answer, err := i.once(ctx, code, nil)
	if err != nil {
		return err
	}
	result, _ := answer.(map[string]any)
	partner, _ := result["partner"].(int64)
	if err := i.client.Unlink(ctx, "res.users", []int64{user}); err != nil {
		return i.client.Write(ctx, "res.users", []int64{user}, map[string]any{"active": false})
	}
	if err := i.client.Unlink(ctx, "res.partner", []int64{partner}); err != nil && !rpc.IsKind(err, rpc.KindMissing) {
		if err := i.client.Write(ctx, "res.partner", []int64{partner}, map[string]any{"active": false}); err != nil {
			return err
		}
	}
	ids, err := i.client.Search(ctx, "ir.model.data", []any{[]any{"module", "=", "krok_data"}, []any{"name", "=", "service_user"}})
	if err != nil || len(ids) == 0 {
		return err
	}
	return i.client.Unlink(ctx, "ir.model.data", ids)
}
