package odoo_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow/texts"
	"github.com/krokbot/krok/odoo"
	"github.com/krokbot/krok/odoo/rpc"
	"github.com/krokbot/krok/odoo/rpc/rpctest"
)

type testBundle struct {
	server     *rpctest.Server
	table      *rpctest.Table
	procedures *odoo.Procedures
}

// setup is an Odoo with the procedure "greet", which the action 40 carries out.
func setup(t *testing.T) testBundle {
	t.Helper()
	server := rpctest.New(t)
	table := server.Table("x_krok_procedure", map[string]string{"x_name": "char", "x_action": "char", "x_version": "char"})
	table.Add(map[string]any{"x_name": "greet", "x_action": "40", "x_version": "1.2"})
	server.Handle("ir.actions.server", "run", func(r rpctest.Request) (any, error) {
		switch r.IDs[0] {
		case 40, 50:
			args := r.Context["krok"].(map[string]any)
			return map[string]any{"text": "Вітаю, " + args["name"].(string), "by": r.IDs[0], "note": false}, nil
		case 41:
			return nil, rpctest.UserError("Ні.")
		default:
			return nil, rpctest.MissingError()
		}
	})
	return testBundle{server, table, odoo.NewProcedures(server.Client(t))}
}

type greeting struct {
	Text string `json:"text"`
	By   int64  `json:"by"`
	Note string `json:"note"`
}

func (b testBundle) greet(t *testing.T) (greeting, error) {
	t.Helper()
	var got greeting
	err := b.procedures.Run(t.Context(), "greet", map[string]any{"name": "Ганно"}, &got)
	return got, err
}

// reads counts how often the list of procedures was read.
func (b testBundle) reads() int {
	count := 0
	for _, r := range b.server.Requests() {
		if r.Model == "x_krok_procedure" {
			count++
		}
	}
	return count
}

func TestProcedureIsFoundOnceAndRunByName(t *testing.T) {
	t.Parallel()
	bundle := setup(t)
	var group sync.WaitGroup
	for range 5 {
		group.Go(func() {
			got, err := bundle.greet(t)
			if err != nil || got != (greeting{"Вітаю, Ганно", 40, ""}) {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
	group.Wait()
	require.Equal(t, 1, bundle.reads())
	require.NoError(t, bundle.procedures.Run(t.Context(), "greet", map[string]any{"name": "x"}, nil))
	version, err := bundle.procedures.Version(t.Context(), "greet")
	require.NoError(t, err)
	require.Equal(t, "1.2", version)
}

func TestProcedureThatWasMadeAnewIsFoundAgain(t *testing.T) {
	t.Parallel()
	bundle := setup(t)
	bundle.table.Set(1, "x_action", "49") // gone by now
	_, err := bundle.procedures.Version(t.Context(), "greet")
	require.NoError(t, err)
	bundle.table.Set(1, "x_action", int64(50))
	got, err := bundle.greet(t)
	require.NoError(t, err)
	require.Equal(t, int64(50), got.By)
	require.Equal(t, 2, bundle.reads())
}

func TestRecordThatTheProcedureMissesIsNotAMissingProcedure(t *testing.T) {
	t.Parallel()
	bundle := setup(t)
	bundle.table.Set(1, "x_action", "49")
	_, err := bundle.greet(t)
	require.True(t, rpc.IsKind(err, rpc.KindMissing), "%v", err)
	require.Equal(t, 2, bundle.reads(), "looked once more, and no oftener")
}

func TestMissingModuleSaysToInstallIt(t *testing.T) {
	t.Parallel()
	bundle := setup(t)
	err := bundle.procedures.Run(t.Context(), "dance", nil, nil)
	require.EqualError(t, err, `The krok module is not installed in the database "shop", is too old, or this user may not run its procedure "dance". Run krok install.`)
	require.Contains(t, texts.Explain("uk", err), "Запустіть krok install")

	bundle.table.Add(map[string]any{"x_name": "dance", "x_action": "40"})
	require.NoError(t, bundle.procedures.Run(t.Context(), "dance", map[string]any{"name": "x"}, nil), "installed meanwhile")

	without := odoo.NewProcedures(rpctest.New(t).Client(t))
	require.Contains(t, without.Run(t.Context(), "greet", nil, nil).Error(), "Run krok install")
}

func TestErrorOfAProcedureKeepsItsWordsAndKind(t *testing.T) {
	t.Parallel()
	bundle := setup(t)
	bundle.table.Set(1, "x_action", "41")
	_, err := bundle.greet(t)
	require.True(t, rpc.IsKind(err, rpc.KindUser))
	require.Equal(t, "Odoo відмовляє: Ні.", texts.Explain("uk", err))

	bundle.server.Next(rpctest.Page(502))
	_, err = bundle.greet(t)
	require.True(t, rpc.IsKind(err, rpc.KindGateway))
}
