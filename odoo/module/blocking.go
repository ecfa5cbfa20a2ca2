package module

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/krokbot/krok/odoo/rpc"
)

// uses is where things of others can rest on krok's models and fields.
type uses struct {
	model string
	// texts are fields that hold names of fields or models; own is a path to the model that the thing belongs to.
	texts []string
	own   string
	// name and of are shown to people: how it is called, and which model it is about.
	name, of string
}

// usesOf lists them for a series. What is left out goes with its model and harms nobody, such as saved searches of krok's own lists.
func usesOf() []uses {
	return []uses{
		{model: "ir.ui.view", texts: []string{"arch_db"}, own: "model", name: "name", of: "model"},
		{model: "ir.model.fields", texts: []string{"related", "relation", "depends", "compute"}, own: "model", name: "name", of: "model"},
		{model: "ir.filters", texts: []string{"domain", "context"}, name: "name", of: "model_id"},
		{model: "ir.rule", texts: []string{"domain_force"}, own: "model_id.model", name: "name", of: "model_id"},
		{model: "ir.actions.act_window", texts: []string{"domain", "context"}, own: "res_model", name: "name", of: "res_model"},
		{model: "ir.actions.server", texts: []string{"code"}, own: "model_id.model", name: "name", of: "model_id"},
		{model: "base.automation", texts: []string{"filter_domain", "filter_pre_domain"}, own: "model_id.model", name: "name", of: "model_id"},
	}
}

// domain finds what mentions krok.
func (u uses) domain() []any {
	var leaves []any
	for _, field := range u.texts {
		leaves = append(leaves, []any{field, "ilike", "x_krok_"})
	}
	if u.own != "" {
		leaves = append(leaves, []any{u.own, "=like", "x_krok_%"})
	}
	var domain []any
	for range len(leaves) - 1 {
		domain = append(domain, "|")
	}
	return append(domain, leaves...)
}

// blocking names what is not krok's but uses its models or fields: without them Odoo would be left with broken views, or would take
// it away with them.
func (i *installer) blocking(ctx context.Context) ([]string, error) {
	owned, err := i.ownRecords(ctx)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, use := range usesOf() {
		rows, err := i.client.SearchRead(ctx, use.model, use.domain(), []string{use.name, use.of}, rpc.WithArchived())
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			about := row.Str(use.of)
			if _, label := row.Ref(use.of); label != "" {
				about = label
			}
			if owned[use.model][row.ID()] || krokMade(use.model, row.Str(use.name), about) {
				continue
			}
			found = append(found, fmt.Sprintf("%s %d: %s (%s)", use.model, row.ID(), row.Str(use.name), about))
		}
	}
	slices.Sort(found)
	return found, nil
}

// krokMade tells what is krok's though it has no external id (any more): Odoo's own fields of its models, declared fields, views of
// an import that failed, the action of a step that was cut off, and saved searches of its lists.
func krokMade(model, name, about string) bool {
	switch model {
	case "ir.model.fields":
		return !strings.HasPrefix(name, "x_") || declared(about, name) ||
			about == "res.users" && declared("res.partner", name)
	case "ir.ui.view":
		return strings.HasPrefix(name, "krok.")
	case "ir.actions.server":
		return name == onceName
	case "ir.filters":
		return strings.HasPrefix(about, "x_krok_")
	}
	return false
}

// ownRecords are the ids of the module's records by model.
func (i *installer) ownRecords(ctx context.Context) (map[string]map[int64]bool, error) {
	rows, err := i.client.SearchRead(ctx, "ir.model.data", []any{ours}, []string{"model", "res_id"})
	if err != nil {
		return nil, err
	}
	owned := map[string]map[int64]bool{}
	for _, row := range rows {
		model := row.Str("model")
		if owned[model] == nil {
			owned[model] = map[int64]bool{}
		}
		owned[model][row.Int("res_id")] = true
	}
	return owned, nil
}
