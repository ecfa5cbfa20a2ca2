package module

import (
	"context"
	"fmt"

	"github.com/krokbot/krok/odoo/rpc"
)

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

// dropKeys removes krok's keys of whoever served it, also of a user that was there before krok.
func (i *installer) dropKeys(ctx context.Context) error {
	group, err := i.byXMLID(ctx, "group_service")
	if err != nil || group == 0 {
		return err
	}
	code := fmt.Sprintf("keys = env['res.users.apikeys'].sudo().search([('name', '=', '%s'), ('user_id.%s', 'in', [%d])])\n"+
		"action = {'dropped': len(keys)}\nkeys.unlink()", keyName, i.groupsField(), group)
	_, err = i.once(ctx, code, nil)
	return err
}
