package module

import (
	"context"
	"fmt"
	"slices"

	"github.com/krokbot/krok/flow/texts"
	"github.com/krokbot/krok/odoo/rpc"
)

// serviceGroups are the rights that the service user needs, as far as their app is there: an internal user who may make contacts,
// see all sales and run surveys, and is Chatbot Service.
var serviceGroups = []string{
	"base.group_user", "base.group_partner_manager", "sales_team.group_sale_salesman_all_leads", "survey.group_survey_user",
	"krok.group_service",
}

// serviceUser finds the user that krok runs as, makes it where it is missing, and gives it its groups. It returns its id.
func (i *installer) serviceUser(ctx context.Context) (int64, error) {
	user, missing, err := i.findServiceUser(ctx)
	if err != nil {
		return 0, err
	}
	if user == 0 {
		i.step("install.step_user")
		return i.makeServiceUser(ctx, i.options.login(), missing)
	}
	if len(missing) == 0 {
		return user, nil
	}
	i.step("install.step_rights")
	links := make([]any, len(missing))
	for n, group := range missing {
		links[n] = rpc.Link(group)
	}
	return user, i.client.Write(ctx, "res.users", []int64{user}, map[string]any{i.groupsField(): links})
}

// findServiceUser gives the user, 0 where there is none, and the groups that it lacks.
func (i *installer) findServiceUser(ctx context.Context) (user int64, missing []int64, err error) {
	login := i.options.login()
	users, err := i.client.SearchRead(ctx, "res.users", []any{[]any{"login", "=", login}}, []string{"active"}, rpc.WithArchived())
	if err != nil {
		return 0, nil, err
	}
	groups, err := i.groupIDs(ctx, serviceGroups)
	if err != nil || len(users) == 0 {
		return 0, groups, err
	}
	if !users[0].Bool("active") {
		return 0, nil, texts.NewError("install.user_archived", texts.Args{"login": login}, nil)
	}
	user = users[0].ID()
	with, err := i.client.SearchRead(ctx, "res.groups", []any{[]any{"id", "in", groups}, []any{i.allUsersField(), "in", []int64{user}}}, []string{"id"})
	if err != nil {
		return 0, nil, err
	}
	for _, group := range with {
		groups = slices.DeleteFunc(groups, func(id int64) bool { return id == group.ID() })
	}
	return user, groups, nil
}

// makeServiceUser makes the user, without a password and without a letter of invitation, and remembers that it is krok's own.
func (i *installer) makeServiceUser(ctx context.Context, login string, groups []int64) (int64, error) {
	user, err := i.client.Create(ctx, "res.users", map[string]any{
		"name": "Krok", "login": login, i.groupsField(): []any{rpc.Set(groups...)}, "notification_type": "email",
	}, rpc.Context(map[string]any{"no_reset_password": true, "mail_create_nosubscribe": true, "mail_create_nolog": true}))
	if err != nil {
		return 0, err
	}
	_, err = i.client.Create(ctx, "ir.model.data", map[string]any{
		"module": "krok_data", "name": "service_user", "model": "res.users", "res_id": user, "noupdate": true,
	})
	return user, err
}

func (i *installer) groupIDs(ctx context.Context, names []string) ([]int64, error) {
	rows, err := i.client.SearchRead(ctx, "ir.model.data", []any{[]any{"model", "=", "res.groups"}}, []string{"module", "name", "res_id"})
	if err != nil {
		return nil, err
	}
	byName := map[string]int64{}
	for _, row := range rows {
		byName[row.Str("module")+"."+row.Str("name")] = row.Int("res_id")
	}
	var ids []int64
	for _, name := range names {
		if id, ok := byName[name]; ok {
			ids = append(ids, id)
		}
	}
	return ids, nil
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
