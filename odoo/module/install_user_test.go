package module_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/module"
	"github.com/krokbot/krok/odoo/odootest"
	"github.com/krokbot/krok/odoo/rpc"
)

// person makes a user with groups and logs in.
func (w world) person(t *testing.T, login string, groups ...string) (int64, *rpc.Client) {
	t.Helper()
	field := "group_ids"
	if w.Version < 19 {
		field = "groups_id"
	}
	ids := make([]int64, len(groups))
	for i, group := range groups {
		ids[i] = w.Ref(t, group)
	}
	user := w.create(t, "res.users", map[string]any{"name": login, "login": login, "password": "a long enough password", field: []any{rpc.Set(ids...)}})
	client, err := rpc.Open(t.Context(), rpc.Config{URL: w.URL, DB: w.DB, Login: login, Key: "a long enough password"})
	require.NoError(t, err)
	return user, client
}

// works tells whether a key lets in.
func (w world) works(t *testing.T, login, key string) bool {
	t.Helper()
	client, err := rpc.Open(t.Context(), rpc.Config{URL: w.URL, DB: w.DB, Login: login, Key: key})
	if err == nil {
		client.Close()
	}
	return err == nil
}

func TestWhoeverLacksARightIsToldWhichAndNothingChanges(t *testing.T) {
	onBoth(t, func(t *testing.T, odoo *odootest.Odoo) {
		w := world{odoo, odoo.Client(t)}
		_, clerk := w.person(t, "clerk", "base.group_user", "base.group_partner_manager")
		_, rights := w.person(t, "rights", "base.group_user", "base.group_erp_manager")
		before := counts(t, w.client)
		for _, client := range []*rpc.Client{clerk, rights} {
			_, err := module.NewPlan(t.Context(), client, module.Options{})
			require.ErrorContains(t, err, "base.group_system")
			require.ErrorContains(t, err, client.Login())
			_, err = module.PlanRemoval(t.Context(), client)
			require.ErrorContains(t, err, "base.group_system")
		}
		require.Equal(t, before, counts(t, w.client))
	})
}

func TestWhoeverInstallsBecomesAChatbotAdministratorAndMayTakeAnExistingUser(t *testing.T) {
	onBoth(t, func(t *testing.T, odoo *odootest.Odoo) {
		w := world{odoo, odoo.Client(t)}
		_, boss := w.person(t, "boss", "base.group_user", "base.group_system", "base.group_erp_manager", "base.group_no_one")
		robot, _ := w.person(t, "robot", "base.group_user")
		options := module.Options{ServiceLogin: "robot", NeedKey: true}
		plan, err := module.NewPlan(t.Context(), boss, options)
		require.NoError(t, err)
		require.False(t, plan.MakeUser)
		require.True(t, plan.GiveRights)
		done, err := module.Install(t.Context(), boss, plan, options, timed(t))
		require.NoError(t, err)
		require.Equal(t, "robot", done.Login)
		require.True(t, w.works(t, "robot", done.Key))
		n, err := boss.SearchCount(t.Context(), "x_krok_bot", []any{})
		require.NoError(t, err, "who installs sees the bots")
		require.Zero(t, n)

		w.write(t, "res.groups", w.Ref(t, "krok.group_service"), map[string]any{w.usersField(): []any{rpc.Unlink(robot)}})
		plan, err = module.NewPlan(t.Context(), boss, module.Options{ServiceLogin: "robot"})
		require.NoError(t, err)
		require.False(t, plan.Nothing())
		require.False(t, plan.Import)
		require.True(t, plan.GiveRights)
		_, err = module.Install(t.Context(), boss, plan, module.Options{ServiceLogin: "robot"}, timed(t))
		require.NoError(t, err)
		plan, err = module.NewPlan(t.Context(), boss, module.Options{ServiceLogin: "robot"})
		require.NoError(t, err)
		require.True(t, plan.Nothing(), "%+v", plan)

		removal, err := module.PlanRemoval(t.Context(), w.client)
		require.NoError(t, err)
		require.Empty(t, removal.User)
		require.NoError(t, module.Uninstall(t.Context(), boss, false, timed(t)))
		require.Len(t, w.find(t, "res.users", is("login", "robot"), "id"), 1)
		require.False(t, w.works(t, "robot", done.Key), "the key of krok goes with krok")
		require.True(t, w.works(t, "robot", "a long enough password"))
	})
}

func (w world) usersField() string {
	if w.Version >= 19 {
		return "user_ids"
	}
	return "users"
}

func TestAnArchivedServiceUserIsAClearErrorBeforeAnythingIsDone(t *testing.T) {
	onInstalled(t, func(t *testing.T, w world) {
		user := w.find(t, "res.users", is("login", "krok"), "id")
		require.Len(t, user, 1)
		w.write(t, "res.users", user[0].ID(), map[string]any{"active": false})
		_, err := module.NewPlan(t.Context(), w.client, module.Options{})
		require.ErrorContains(t, err, "krok is archived")
		require.False(t, errors.As(err, new(*rpc.Error)))
	})
}

func TestTheOldKeyWorksUntilTheNewOneHasAnswered(t *testing.T) {
	onInstalled(t, func(t *testing.T, w world) {
		rotate := module.Options{RotateKey: true}
		var keys []string
		for range 2 {
			plan, err := module.NewPlan(t.Context(), w.client, rotate)
			require.NoError(t, err)
			require.False(t, plan.Import)
			done, err := module.Install(t.Context(), w.client, plan, rotate, func(string) {})
			require.NoError(t, err)
			keys = append(keys, done.Key)
		}
		require.True(t, w.works(t, "krok", keys[0]))
		require.True(t, w.works(t, "krok", keys[1]))
		require.NoError(t, module.DropOldKeys(t.Context(), w.client, rotate))
		require.False(t, w.works(t, "krok", keys[0]))
		require.True(t, w.works(t, "krok", keys[1]))
	})
}
