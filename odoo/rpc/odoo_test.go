package rpc_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/odootest"
	"github.com/krokbot/krok/odoo/rpc"
)

// realVersions are the Odoos that tests can have.
var realVersions = []int{14, 19}

// real is a database on a real Odoo with a user of few rights and API keys.
type real struct {
	*odootest.Odoo
	root     *rpc.Client
	adminKey string
	plainID  int64
	plainKey string
}

const plainLogin = "plain@shop.example"

func newReal(t *testing.T, version int) real {
	odoo := odootest.New(t, version, odootest.Lean())
	r := real{Odoo: odoo, root: odoo.Client(t)}
	group, err := r.root.Call(t.Context(), "ir.model.data", "check_object_reference", nil,
		rpc.Args{"module": "base", "xml_id": "group_user"})
	require.NoError(t, err)
	groups := "groups_id"
	if version >= 19 {
		groups = "group_ids"
	}
	r.plainID, err = r.root.Create(t.Context(), "res.users", map[string]any{
		"name": "Звичайний", "login": plainLogin, "password": "plain password",
		groups: []rpc.Command{rpc.Set(group.([]any)[1].(int64))},
	})
	require.NoError(t, err)
	r.adminKey = r.newKey(t, r.root.UID())
	r.plainKey = r.newKey(t, r.plainID)
	return r
}

// newKey makes an API key as "krok install" does: in a server action.
func (r real) newKey(t *testing.T, uid int64) string {
	t.Helper()
	endless := ""
	if r.Version >= 18 {
		endless = ", None"
	}
	value, err := r.root.Run(t.Context(), r.action(t, fmt.Sprintf(
		"action = {'key': env['res.users.apikeys'].with_user(%d).sudo()._generate('rpc', 'test'%s)}", uid, endless)), nil)
	require.NoError(t, err)
	key := rpc.Record(value.(map[string]any)).Str("key")
	require.NotEmpty(t, key)
	return key
}

func (r real) action(t *testing.T, code string) int64 {
	t.Helper()
	model, err := r.root.Search(t.Context(), "ir.model", []any{[]any{"model", "=", "res.partner"}})
	require.NoError(t, err)
	id, err := r.root.Create(t.Context(), "ir.actions.server",
		map[string]any{"name": "test", "model_id": model[0], "state": "code", "code": code})
	require.NoError(t, err)
	return id
}

func (r real) config(login, key string, protocol rpc.Protocol) rpc.Config {
	return rpc.Config{URL: r.URL, DB: r.DB, Login: login, Key: key, Protocol: protocol}
}

func TestAllProtocolsConformOnARealOdoo(t *testing.T) {
	t.Parallel()
	for _, version := range realVersions {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			t.Parallel()
			r := newReal(t, version)
			for _, protocol := range protocolsOf(version) {
				t.Run(string(protocol), func(t *testing.T) {
					conforms(t, stage{
						admin:  open(t, r.config(r.Login, r.adminKey, protocol)),
						plain:  open(t, r.config(plainLogin, r.plainKey, protocol)),
						action: r.action,
					})
				})
			}
		})
	}
}

// Case B45: an API key is good in every protocol, also where two-factor login is on; the password then is not, and the error says what
// to do. A revoked key is named, and asked with once only.
func TestB45KeyWorksEverywhereAndTwoFactorIsExplained(t *testing.T) {
	t.Parallel()
	for _, version := range realVersions {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			t.Parallel()
			r := newReal(t, version)
			client := open(t, r.config(plainLogin, r.plainKey, rpc.Auto))
			require.Equal(t, protocolsOf(version)[0], client.Protocol())
			require.Equal(t, rpc.JSONRPC, open(t, r.config(plainLogin, "plain password", rpc.Auto)).Protocol())

			r.SQL(t, fmt.Sprintf("UPDATE res_users SET totp_secret = 'JBSWY3DPEHPK3PXP' WHERE id = %d", r.plainID))
			for _, protocol := range append(protocolsOf(version), rpc.Auto) {
				require.Equal(t, r.plainID, open(t, r.config(plainLogin, r.plainKey, protocol)).UID())
				_, err := rpc.Open(t.Context(), r.config(plainLogin, "plain password", protocol))
				if protocol == rpc.JSON2 {
					failure(t, err, rpc.KindLogin) // it knows keys alone
					continue
				}
				require.Contains(t, failure(t, err, rpc.KindTwoFactor).In("en"), "Make an API key")
			}

			r.SQL(t, fmt.Sprintf("DELETE FROM res_users_apikeys WHERE user_id = %d", r.plainID))
			_, err := client.Search(t.Context(), "res.partner", nil, rpc.Limit(1))
			e := failure(t, err, rpc.KindLogin)
			require.True(t, e.NotDone)
			_, err = client.Search(t.Context(), "res.partner", nil, rpc.Limit(1))
			require.Positive(t, failure(t, err, rpc.KindLogin).RetryAfter, "the second one is not even asked")
		})
	}
}

func TestWrongSettingsAreNamedByARealOdoo(t *testing.T) {
	t.Parallel()
	for _, version := range realVersions {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			t.Parallel()
			r := newReal(t, version)
			for _, protocol := range append(protocolsOf(version), rpc.Auto) {
				config := r.config(r.Login, r.adminKey, protocol)
				config.DB = "no_such_database"
				_, err := rpc.Open(t.Context(), config)
				require.Contains(t, failure(t, err, rpc.KindDatabase).Error(), "no_such_database")

				_, err = rpc.Open(t.Context(), r.config(r.Login, "wrong-password", protocol))
				require.NotContains(t, failure(t, err, rpc.KindLogin).Error(), "wrong-password")
			}
			_, err := rpc.Open(t.Context(), r.config(plainLogin, r.adminKey, rpc.Auto))
			require.Error(t, err)
			if version >= 19 {
				require.Contains(t, failure(t, err, rpc.KindKeyOfOther).Error(), r.Login)
			}
			config := r.config(r.Login, r.adminKey, rpc.Auto)
			config.DB = ""
			_, err = rpc.Open(t.Context(), config)
			failure(t, err, rpc.KindManyDatabases)
		})
	}
}
