package records_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
	"github.com/krokbot/krok/odoo"
	"github.com/krokbot/krok/odoo/records"
	"github.com/krokbot/krok/odoo/rpc"
	"github.com/krokbot/krok/odoo/rpc/rpctest"
)

// workers is how many turns of a bot run at the same time, and more wait for a place.
const workers = 16

// storm commits and asks from all workers at once, again and again, while Odoo refuses the key.
func storm(t *testing.T, talk *records.Records, rounds int) {
	t.Helper()
	for range rounds {
		for _, err := range together(workers, func(i int) (err error) {
			if i%2 == 0 {
				_, err = talk.Ask(t.Context(), flow.Question{Partner: 1})
				return err
			}
			_, err = talk.Commit(t.Context(), opens(fmt.Sprint("storm/", i), 1, "1"))
			return err
		}) {
			require.True(t, flow.IsUnavailable(err), "%v", err)
			require.True(t, rpc.IsKind(err, rpc.KindLogin), "%v", err)
		}
	}
}

func TestB45RevokedKeyKeepsEventsAndIsNotTriedAgainAndAgain(t *testing.T) {
	t.Parallel()
	for _, version := range []int{14, 19} {
		for _, protocol := range []rpc.Protocol{rpc.Auto, rpc.JSONRPC, rpc.XMLRPC} {
			t.Run(fmt.Sprintf("%d over %s", version, protocol), func(t *testing.T) {
				t.Parallel()
				server := rpctest.New(t, rpctest.Version(version))
				table := server.Table("x_krok_procedure", map[string]string{"x_name": "char", "x_action": "integer", "x_version": "char"})
				for i, name := range []string{"commit", "partner"} {
					table.Add(map[string]any{"x_name": name, "x_action": int64(40 + i)})
				}
				server.Handle("ir.actions.server", "run", func(rpctest.Request) (any, error) { return map[string]any{"result": "[]", "repeated": false}, nil })
				client, err := rpc.Open(t.Context(), server.Config(protocol))
				require.NoError(t, err)
				talk := records.New(odoo.NewProcedures(client))
				_, err = talk.Commit(t.Context(), opens("fine", 1, "1"))
				require.NoError(t, err)

				server.Revoke()
				_, err = talk.Commit(t.Context(), opens("revoked", 1, "1"))
				require.True(t, flow.IsUnavailable(err), "%v", err)
				require.Contains(t, texts.Explain("uk", err), "KROK_ODOO_KEY")
				storm(t, talk, 20)
				require.LessOrEqual(t, server.FailedLogins(), 3, "320 calls, and Odoo locks an address out after ten failed logins")
			})
		}
	}
}

func TestB45RevokedKeyOfARealOdooIsMendedByANewOneAtTheNextStart(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		wire := w.Wire(t)
		over := w.over(t, wire, rpc.Auto)
		user := w.newUser()
		_, err := over.Commit(t.Context(), opens("before/"+user, w.bots[0], user))
		require.NoError(t, err)
		ids, err := w.admin.Search(t.Context(), "res.users", []any{[]any{"login", "=", "krok"}})
		require.NoError(t, err)
		w.SQL(t, fmt.Sprintf("DELETE FROM res_users_apikeys WHERE user_id = %d", ids[0]))

		asked := wire.Count("/")
		commit := opens("revoked/"+user, w.bots[1], user)
		_, err = over.Commit(t.Context(), commit)
		require.True(t, flow.IsUnavailable(err), "%v", err)
		require.Contains(t, texts.Explain("uk", err), "KROK_ODOO_KEY")
		storm(t, over, 20)
		t.Logf("Odoo was asked %d times in %d calls", wire.Count("/")-asked, 1+20*workers)
		require.LessOrEqual(t, wire.Count("/")-asked, 4, "one call, why it was denied, and a session")
		require.False(t, w.taken(t, commit.Key), "the event waits with its key")

		w.key = w.newKey(t)
		_, err = w.records(t).Commit(t.Context(), commit)
		require.NoError(t, err)
		require.Equal(t, [3]string{"1", "1", "2"}, w.made(t, user))
	})
}
