package module

import (
	"context"
	"fmt"

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
	groups, err := i.groupIDs(ctx, serviceGroups)
	if err != nil {
		return 0, err
	}
	login := i.options.login()
	users, err := i.client.SearchRead(ctx, "res.users", []any{[]any{"login", "=", login}}, []string{"active", i.groupsField()}, rpc.WithArchived())
	if err != nil {
		return 0, err
	}
	if len(users) == 0 {
		i.step("install.step_user")
		return i.makeServiceUser(ctx, login, groups)
	}
	user := users[0]
	if !user.Bool("active") {
		return 0, texts.NewError("install.user_archived", texts.Args{"login": login}, nil)
	}
	var missing []any
	has := map[int64]bool{}
	for _, id := range user.IDs(i.groupsField()) {
		has[id] = true
	}
	for _, id := range groups {
		if !has[id] {
			missing = append(missing, rpc.Link(id))
		}
	}
	if len(missing) == 0 {
		return user.ID(), nil
	}
	return user.ID(), i.client.Write(ctx, "res.users", []int64{user.ID()}, map[string]any{i.groupsField(): missing})
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

// keyName is how krok's API keys are called on the service user's form.
const keyName = "krok"

// makeKey makes an endless API key for the service user. Only a server action may: it lives for this one call.
func (i *installer) makeKey(ctx context.Context, user int64) (string, error) {
	arguments := "'rpc', '" + keyName + "'"
	if i.major >= 18 {
		arguments += ", None" // no day on which it ends
	}
	code := fmt.Sprintf("action = {'key': env['res.users.apikeys'].with_user(%d).sudo()._generate(%s)}", user, arguments)
	answer, err := i.once(ctx, code, nil)
	if err != nil {
		return "", err
	}
	made, _ := answer.(map[string]any)
	key, _ := made["key"].(string)
	if key == "" {
		return "", fmt.Errorf("odoo made no api key")
	}
	return key, nil
}

// DropOldKeys removes the service user's krok keys but the newest, once the newest has worked.
func DropOldKeys(ctx context.Context, client *rpc.Client, options Options) error {
	i := installer{client: client, major: client.Version().Major}
	users, err := client.Search(ctx, "res.users", []any{[]any{"login", "=", options.login()}})
	if err != nil || len(users) == 0 {
		return err
	}
	code := fmt.Sprintf("old = env['res.users.apikeys'].sudo().search([('user_id', '=', %d), ('name', '=', '%s')], order='id desc')[1:]\n"+
		"action = {'dropped': len(old)}\nold.unlink()", users[0], keyName)
	_, err = i.once(ctx, code, nil)
	return err
}
