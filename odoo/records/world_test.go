package records_test

import (
	"context"
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/odoo"
	"github.com/krokbot/krok/odoo/module"
	"github.com/krokbot/krok/odoo/odootest"
	"github.com/krokbot/krok/odoo/records"
	"github.com/krokbot/krok/odoo/rpc"
)

// world is a real Odoo with the module, two bots and the service user's key.
type world struct {
	*odootest.Odoo
	admin *rpc.Client
	key   string
	bots  []int64
	users *atomic.Int64
}

// onBoth runs a test on the newest and the oldest Odoo, each with a database of its own.
func onBoth(t *testing.T, test func(t *testing.T, w world)) {
	t.Helper()
	t.Parallel()
	for _, version := range []int{19, 14} {
		t.Run(fmt.Sprintf("Odoo%d", version), func(t *testing.T) {
			t.Parallel()
			test(t, newWorld(t, version, "module", odootest.Lean()))
		})
	}
}

// onBothFull is onBoth with all the apps of Odoo that krok knows.
func onBothFull(t *testing.T, test func(t *testing.T, w world)) {
	t.Helper()
	t.Parallel()
	for _, version := range []int{19, 14} {
		t.Run(fmt.Sprintf("Odoo%d", version), func(t *testing.T) {
			t.Parallel()
			test(t, newWorld(t, version, "fullmodule"))
		})
	}
}

// newWorld makes a world from a template with the module, which is made where there is none yet.
func newWorld(t testing.TB, version int, template string, options ...odootest.Option) world {
	t.Helper()
	key, err := module.Key(version)
	require.NoError(t, err)
	o := odootest.New(t, version, append(options, odootest.WithTemplate(template, key, bringIn))...)
	w := world{Odoo: o, admin: o.Client(t), users: new(atomic.Int64)}
	w.key = w.newKey(t)
	for _, name := range []string{"Shop", "News"} {
		bot, err := w.admin.Create(t.Context(), "x_krok_bot", map[string]any{"x_name": name, "x_lang": "uk_UA"})
		require.NoError(t, err)
		w.bots = append(w.bots, bot)
	}
	return w
}

func bringIn(o *odootest.Odoo) error {
	client, err := rpc.Open(context.Background(), o.Config())
	if err != nil {
		return err
	}
	defer client.Close()
	plan, err := module.NewPlan(context.Background(), client, module.Options{})
	if err != nil {
		return err
	}
	_, err = module.Install(context.Background(), client, plan, module.Options{}, func(string) {})
	return err
}

// newKey makes a key for the service user, as `krok install --rotate-key` does.
func (w world) newKey(t testing.TB) string {
	t.Helper()
	options := module.Options{RotateKey: true}
	plan, err := module.NewPlan(t.Context(), w.admin, options)
	require.NoError(t, err)
	done, err := module.Install(t.Context(), w.admin, plan, options, func(string) {})
	require.NoError(t, err)
	require.NotEmpty(t, done.Key)
	return done.Key
}

// config is that of the service user, straight to Odoo.
func (w world) config() rpc.Config {
	return rpc.Config{URL: w.URL, DB: w.DB, Login: "krok", Key: w.key}
}

// procedures are those that the service user runs, over a connection of its own.
func procedures(t testing.TB, config rpc.Config) *odoo.Procedures {
	t.Helper()
	client, err := rpc.Open(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return odoo.NewProcedures(client)
}

func (w world) records(t testing.TB) *records.Records {
	t.Helper()
	return records.New(procedures(t, w.config()))
}

// over is the service user's Odoo at the other end of a wire; what the procedures are is known already.
func (w world) over(t *testing.T, wire *odootest.Wire, protocol rpc.Protocol) *records.Records {
	t.Helper()
	config := w.config()
	config.URL, config.Protocol = wire.URL, protocol
	found := procedures(t, config)
	_, err := found.Version(t.Context(), "commit")
	require.NoError(t, err)
	return records.New(found)
}

// newUser is the id of a Telegram user whom nobody has seen yet.
func (w world) newUser() string { return strconv.FormatInt(7_000_000_000+w.users.Add(1), 10) }

// opens is the commit of a user's first message to a bot.
func opens(key string, bot int64, user string) flow.Commit {
	return flow.Commit{Key: key, Operations: []flow.Operation{{
		Kind: flow.OpenChat, Args: map[string]any{"bot": bot, "telegram_id": user, "name": "Оля " + user, "lang": "uk"},
	}}}
}

// made counts what there is of a Telegram user: contacts, external ids, chats.
func (w world) made(t *testing.T, user string) [3]string {
	t.Helper()
	row := w.SQL(t, fmt.Sprintf(`SELECT (SELECT count(*) FROM res_partner WHERE name = 'Оля %[1]s'),
		(SELECT count(*) FROM ir_model_data WHERE module = 'krok_data' AND name = 'telegram_%[1]s'),
		(SELECT count(*) FROM x_krok_chat WHERE x_telegram_id = '%[1]s')`, user))[0]
	return [3]string{row[0], row[1], row[2]}
}

// taken tells whether a key stands in Odoo.
func (w world) taken(t *testing.T, key string) bool {
	t.Helper()
	return w.SQL(t, "SELECT count(*) FROM x_krok_commit WHERE x_name = '"+key+"'")[0][0] != "0"
}

// repeated asks Odoo again under a key, past everything that krok does about it.
func (w world) repeated(t *testing.T, commit flow.Commit) (bool, string) {
	t.Helper()
	var answer struct {
		Result   string
		Repeated bool
	}
	operations := []map[string]any{}
	for _, one := range commit.Operations {
		operations = append(operations, map[string]any{"kind": one.Kind, "args": one.Args})
	}
	require.NoError(t, procedures(t, w.config()).Run(t.Context(), "commit", map[string]any{"key": commit.Key, "operations": operations}, &answer))
	return answer.Repeated, answer.Result
}
