package odootest_test

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/odootest"
)

// both runs a test on each version that odootest has.
func both(t *testing.T, test func(t *testing.T, version int)) {
	for _, version := range []int{19, 14} {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			t.Parallel()
			test(t, version)
		})
	}
}

func TestEveryTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, version int) {
		one, other := odootest.New(t, version, odootest.Lean()), odootest.New(t, version, odootest.Lean())
		require.NotEqual(t, one.DB, other.DB)

		client := one.Client(t)
		require.Equal(t, version, client.Version().Major)
		_, err := client.Create(t.Context(), "res.partner", map[string]any{"name": "Only here"})
		require.NoError(t, err)

		const count = `SELECT count(*) FROM res_partner WHERE name = 'Only here'`
		require.Equal(t, [][]string{{"1"}}, one.SQL(t, count))
		require.Equal(t, [][]string{{"0"}}, other.SQL(t, count))
	})
}

func TestAFreshOdooHasTheModulesAndLanguagesThatKrokNeeds(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, version int) {
		o := odootest.New(t, version)
		require.Equal(t, [][]string{{"en_US"}, {"uk_UA"}},
			o.SQL(t, `SELECT code FROM res_lang WHERE active ORDER BY code`))
		require.Equal(t, [][]string{{"13"}}, o.SQL(t, `SELECT count(*) FROM ir_module_module WHERE state = 'installed' AND name IN
			('crm', 'sale_management', 'sale_crm', 'delivery', 'stock', 'survey', 'project', 'contacts', 'base_automation',
			 'base_import_module', 'utm', 'calendar', 'phone_validation')`))
	})
}

func TestTheDatabaseIsGoneAfterTheTest(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, version int) {
		var name string
		t.Run("one test", func(t *testing.T) { name = odootest.New(t, version, odootest.Lean()).DB })
		still := odootest.New(t, version, odootest.Lean())
		require.Equal(t, [][]string{{"0"}},
			still.SQL(t, fmt.Sprintf(`SELECT count(*) FROM pg_database WHERE datname = '%s'`, name)))
	})
}

func TestATemplateIsBuiltOnceAndCopied(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, version int) {
		var built int
		key := fmt.Sprint("pid ", os.Getpid())
		template := odootest.WithTemplate("selftest", key, func(o *odootest.Odoo) error {
			built++
			_, err := o.Client(t).Create(t.Context(), "res.partner", map[string]any{"name": "From the template"})
			return err
		})
		for range 2 {
			o := odootest.New(t, version, odootest.Lean(), template)
			found, err := o.Client(t).SearchCount(t.Context(), "res.partner", []any{[]any{"name", "=", "From the template"}})
			require.NoError(t, err)
			require.EqualValues(t, 1, found)
		}
		require.Equal(t, 1, built)
	})
}

func TestAFailedTemplateLeavesNothingAndSaysWhy(t *testing.T) {
	t.Parallel()
	var half string
	err := odootest.TryTemplate(t, 19, odootest.Lean(), odootest.WithTemplate("selftestfail", "", func(o *odootest.Odoo) error {
		half = o.DB
		return errors.New("no luck")
	}))
	require.ErrorContains(t, err, "no luck")
	o := odootest.New(t, 19, odootest.Lean())
	require.Equal(t, [][]string{{"0"}}, o.SQL(t, fmt.Sprintf(
		`SELECT count(*) FROM pg_database WHERE datname = '%s' OR datname LIKE '%%selftestfail%%'`, half)))
}

func TestWhatAKilledTestLeftIsDroppedAndWhatRunsIsNot(t *testing.T) {
	t.Parallel()
	alive := odootest.New(t, 14, odootest.Lean())
	left := fmt.Sprintf("t14_%d_1_1", os.Getpid()) // this process's number, but of one that began at another time
	require.NoError(t, odootest.Script("createdb", "14", left, "lean"))
	require.NoError(t, odootest.Script("clean", "14"))
	require.Equal(t, [][]string{{alive.DB}}, alive.SQL(t, fmt.Sprintf(
		`SELECT datname FROM pg_database WHERE datname IN ('%s', '%s')`, alive.DB, left)))
}
