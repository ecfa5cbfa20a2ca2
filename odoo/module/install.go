package module

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/krokbot/krok/odoo/rpc"
)

// Installed is what an install brought.
type Installed struct {
	Login string // of the service user
	Key   string // its new API key; empty: none was made. Odoo never shows it again
}

// slow is how long Odoo may take to install apps or to import the module.
const slow = 15 * time.Minute

// Install carries out a plan. It can be run again after it was cut off anywhere: what is there is found, what is missing is made.
// step is told the key of each thing (texts "install.step_…") before it begins.
func Install(ctx context.Context, client *rpc.Client, plan Plan, options Options, step func(key string)) (Installed, error) {
	ctx = rpc.WithPatience(ctx, slow)
	krok := Addons()[0]
	i := installer{client: client, plan: plan, options: options, step: step, major: client.Version().Major}
	if plan.Nothing() {
		return Installed{Login: options.login()}, nil
	}
	if err := i.apps(ctx); err != nil {
		return Installed{}, err
	}
	if plan.Import {
		if err := i.bringIn(ctx); err != nil {
			return Installed{}, err
		}
	}
	for _, name := range plan.Bridges {
		if err := i.bringInBridge(ctx, name); err != nil {
			return Installed{}, err
		}
	}
	user, err := i.serviceUser(ctx)
	if err != nil {
		return Installed{}, err
	}
	done := Installed{Login: options.login()}
	if plan.MakeKey {
		step("install.step_key")
		if done.Key, err = i.makeKey(ctx, user); err != nil {
			return Installed{}, err
		}
	}
	if plan.Import {
		return done, i.mark(ctx, krok)
	}
	return done, nil
}

type installer struct {
	client  *rpc.Client
	plan    Plan
	options Options
	step    func(key string)
	major   int
}

// apps installs what krok rests on.
func (i *installer) apps(ctx context.Context) error {
	if len(i.plan.Apps) == 0 {
		return nil
	}
	i.step("install.step_apps")
	ids, err := i.client.Search(ctx, "ir.module.module", []any{[]any{"name", "in", i.plan.Apps}})
	if err != nil {
		return err
	}
	_, err = i.client.Call(ctx, "ir.module.module", "button_immediate_install", ids, nil)
	return err
}

// bringIn imports the module and does what an import leaves undone.
func (i *installer) bringIn(ctx context.Context) error {
	i.step("install.step_module")
	krok := Addons()[0]
	if err := i.settle(ctx); err != nil {
		return err
	}
	if err := i.clearMarks(ctx, markNames()...); err != nil {
		return err
	}
	if err := i.adopt(ctx); err != nil {
		return err
	}
	if err := i.dropBridgesViews(ctx); err != nil {
		return err
	}
	if err := i.importAddon(ctx, krok); err != nil {
		return err
	}
	for _, after := range []struct {
		key string
		do  func(context.Context) error
	}{
		{"install.step_leftovers", func(ctx context.Context) error { return i.removeLeftovers(ctx, krok) }},
		{"install.step_icon", i.menuIcon},
		{"install.step_indexes", i.runIndexes},
		{"install.step_labels", func(ctx context.Context) error { return i.labels(ctx, krok) }},
		{"install.step_groups", i.joinGroup},
	} {
		i.step(after.key)
		if err := after.do(ctx); err != nil {
			return err
		}
	}
	return nil
}

// menuIcon fills the picture of the app's menu, which every import empties from 15 on.
func (i *installer) menuIcon(ctx context.Context) error {
	menu, err := i.byXMLID(ctx, "menu_root")
	if err != nil || menu == 0 {
		return err
	}
	return i.client.Write(ctx, "ir.ui.menu", []int64{menu}, map[string]any{"web_icon_data": base64.StdEncoding.EncodeToString(Icon())})
}

// byXMLID is the id of a record of the module; 0: there is none.
func (i *installer) byXMLID(ctx context.Context, name string) (int64, error) {
	rows, err := i.client.SearchRead(ctx, "ir.model.data", []any{[]any{"module", "=", "krok"}, []any{"name", "=", name}}, []string{"res_id"})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].Int("res_id"), nil
}

// runIndexes makes the unique indexes and defaults that a data file cannot.
func (i *installer) runIndexes(ctx context.Context) error {
	action, err := i.byXMLID(ctx, "procedure_indexes")
	if err != nil {
		return err
	}
	if action == 0 {
		return fmt.Errorf("the module has no procedure indexes")
	}
	_, err = i.client.Run(ctx, action, nil)
	return err
}

// usersField and groupsField are the names of the relation between users and groups: 19 has new ones.
func (i *installer) usersField() string {
	if i.major >= 19 {
		return "user_ids"
	}
	return "users"
}

// allUsersField also counts users who have the group because another one implies it. Up to 18 those are written into each group.
func (i *installer) allUsersField() string {
	if i.major >= 19 {
		return "all_user_ids"
	}
	return "users"
}

func (i *installer) groupsField() string {
	if i.major >= 19 {
		return "group_ids"
	}
	return "groups_id"
}

// joinGroup makes whoever installs a Chatbot Administrator.
func (i *installer) joinGroup(ctx context.Context) error {
	group, err := i.byXMLID(ctx, "group_administrator")
	if err != nil || group == 0 {
		return err
	}
	return i.client.Write(ctx, "res.groups", []int64{group}, map[string]any{i.usersField(): []any{rpc.Link(i.client.UID())}})
}

// clearMarks takes back what says that addons are whole, until they are again.
func (i *installer) clearMarks(ctx context.Context, names ...string) error {
	ids, err := i.client.Search(ctx, "x_krok_procedure", []any{[]any{"x_name", "in", names}})
	if rpc.IsKind(err, notWhole...) {
		return nil
	}
	if err != nil {
		return err
	}
	return i.client.Unlink(ctx, "x_krok_procedure", ids)
}

// mark notes that the install of an addon got to its end.
func (i *installer) mark(ctx context.Context, a Addon) error {
	_, err := i.client.Create(ctx, "x_krok_procedure", map[string]any{"x_name": a.markName(), "x_version": i.plan.marks[a.Name]})
	return err
}
