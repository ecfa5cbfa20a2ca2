package records_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
	"github.com/krokbot/krok/odoo/catalog"
	"github.com/krokbot/krok/odoo/records"
	"github.com/krokbot/krok/odoo/rpc"
)

// refuses commits what Odoo will not do, and sees that nothing is left of it.
func (w world) refuses(t *testing.T, commit flow.Commit, user string) *records.Refused {
	t.Helper()
	before := w.made(t, user)
	_, err := w.records(t).Commit(t.Context(), commit)
	require.False(t, flow.IsUnavailable(err), "%v", err)
	var refused *records.Refused
	require.ErrorAs(t, err, &refused)
	require.Equal(t, before, w.made(t, user))
	require.False(t, w.taken(t, commit.Key), "the key is free for when it is mended")
	return refused
}

func (w world) testRefused(t *testing.T) {
	t.Run("OperationThatTheModuleDoesNotKnow", func(t *testing.T) {
		user := w.newUser()
		commit := opens("unknown/"+user, w.bots[0], user)
		commit.Operations = append(commit.Operations, flow.Operation{Kind: "dance", Args: map[string]any{}})
		refused := w.refuses(t, commit, user)
		require.Equal(t, "Odoo does not do what the bot needs (open_chat, dance). The krok module in Odoo does not know the operation "+
			"“dance”: it is older than this krok. Run krok install.", refused.Error())
		require.Contains(t, texts.Explain("uk", refused), "не знає операції «dance»")
	})
	t.Run("ContactOfACompanyThatTheUserMayNotSee", w.testForeignContact)
	t.Run("RightThatTheUserHasNot", w.testNoRight)
	t.Run("ContactThatAnAddonOfTheirsRefuses", func(t *testing.T) {
		user := w.newUser()
		commit := opens("addon/"+user, w.bots[0], user)
		w.trouble(t, 99, "P0001", "our own rule says no")
		require.NotEmpty(t, w.refuses(t, commit, user).In("uk"))
		w.calm(t)
		_, err := w.records(t).Commit(t.Context(), commit)
		require.NoError(t, err)
	})
}

func (w world) testForeignContact(t *testing.T) {
	user := w.newUser()
	result, err := w.records(t).Commit(t.Context(), opens("first/"+user, w.bots[0], user))
	require.NoError(t, err)
	partner := int64(result.Results[0]["partner"].(float64))
	company, err := w.admin.Create(t.Context(), "res.company", map[string]any{"name": "Інша " + user})
	require.NoError(t, err)
	w.SQL(t, fmt.Sprintf("UPDATE res_partner SET company_id = %d WHERE id = %d", company, partner))
	commit := opens("foreign/"+user, w.bots[1], user)
	require.Contains(t, w.refuses(t, commit, user).In("en"), fmt.Sprintf("The contact %d of this client belongs to a company", partner))
	w.SQL(t, fmt.Sprintf("UPDATE res_partner SET company_id = NULL WHERE id = %d", partner))
	result, err = w.records(t).Commit(t.Context(), commit)
	require.NoError(t, err)
	require.InDelta(t, partner, result.Results[0]["partner"], 0)
}

func (w world) testNoRight(t *testing.T) {
	mayMakeContacts := func(may bool) {
		access := []int64{w.Ref(t, "base.access_res_partner_group_partner_manager")}
		require.NoError(t, w.admin.Write(t.Context(), "ir.model.access", access, map[string]any{"perm_create": may}))
	}
	user := w.newUser()
	commit := opens("right/"+user, w.bots[0], user)
	mayMakeContacts(false)
	refused := w.refuses(t, commit, user)
	require.True(t, rpc.IsKind(refused, rpc.KindAccess), "%v", refused)
	require.Contains(t, refused.In("uk"), "krok")
	mayMakeContacts(true)
	_, err := w.records(t).Commit(t.Context(), commit)
	require.NoError(t, err)
}

func (w world) testTidy(t *testing.T) {
	user, commit := w.newUser(), procedures(t, w.config())
	_, err := records.New(commit).Commit(t.Context(), opens("young/"+user, w.bots[0], user))
	require.NoError(t, err)
	before, err := catalog.Version(t.Context(), commit)
	require.NoError(t, err)
	w.SQL(t, `INSERT INTO x_krok_commit (x_name, x_result, x_date) SELECT 'old/' || n, '[]', now() AT TIME ZONE 'UTC' - interval '30 days 1 minute'
		FROM generate_series(1, 450) n`)
	w.SQL(t, "INSERT INTO x_krok_commit (x_name, x_result, x_date) VALUES ('month/1', '[]', now() AT TIME ZONE 'UTC' - interval '29 days 23 hours')")
	for _, left := range []string{"250", "50", "0", "0"} {
		now, err := catalog.Version(t.Context(), commit)
		require.NoError(t, err)
		require.Equal(t, before, now, "definitions are what they were")
		require.Equal(t, left, w.SQL(t, "SELECT count(*) FROM x_krok_commit WHERE x_name LIKE 'old/%'")[0][0])
	}
	require.True(t, w.taken(t, "month/1"))
	require.True(t, w.taken(t, "young/"+user))
}
