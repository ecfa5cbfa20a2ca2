package module

import (
	"context"
	_ "embed"
	"slices"

	"github.com/krokbot/krok/odoo/rpc"
)

//go:embed once/labels.py
var labelsCode string

// labels writes the Ukrainian words where the language is active. From 18 on Odoo reads them from the module's file.
func (i *installer) labels(ctx context.Context, a Addon) error {
	if i.major >= 18 || !slices.Contains(i.plan.Languages, Ukrainian) {
		return nil
	}
	return i.writeLabels(ctx, a)
}

func (i *installer) writeLabels(ctx context.Context, a Addon) error {
	translations, err := a.Translations(i.major)
	if err != nil {
		return err
	}
	ids, err := i.client.SearchRead(ctx, "ir.model.data", []any{[]any{"module", "=", a.Name}}, []string{"name", "model", "res_id"})
	if err != nil {
		return err
	}
	byName := map[string]int64{}
	for _, row := range ids {
		byName[row.Str("model")+" "+row.Str("name")] = row.Int("res_id")
	}
	var rows []any
	for _, t := range translations {
		if id, ok := byName[t.Model+" "+t.XMLID]; ok {
			rows = append(rows, []any{t.Model, id, t.Field, t.Term, t.Source, t.Value})
		}
	}
	_, err = i.once(ctx, labelsCode, map[string]any{"rows": rows, "lang": Ukrainian})
	return err
}

// onceName is how the action of once is called; one that stays after a cut is known by it.
const onceName = "krok: once"

// once runs Python on the server, with arguments, in an action that is removed again.
func (i *installer) once(ctx context.Context, code string, args map[string]any) (any, error) {
	models, err := i.client.Search(ctx, "ir.model", []any{[]any{"model", "=", "res.users"}})
	if err != nil {
		return nil, err
	}
	groups, err := i.groupIDs(ctx, []string{"base.group_system"})
	if err != nil {
		return nil, err
	}
	action, err := i.client.Create(ctx, "ir.actions.server", map[string]any{
		"name": onceName, "model_id": models[0], "state": "code", "code": code, i.groupsField(): []any{rpc.Set(groups...)},
	})
	if err != nil {
		return nil, err
	}
	answer, err := i.client.Run(ctx, action, args)
	if removed := i.client.Unlink(context.WithoutCancel(ctx), "ir.actions.server", []int64{action}); err == nil {
		err = removed
	}
	return answer, err
}
