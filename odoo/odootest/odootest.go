// Package odootest gives a test a real Odoo 19 or 14 with a database of its own.
//
// install.sh makes everything once a machine, server.sh starts one Odoo a version for all databases; both work from a shell too. A
// database is a copy of a template and takes a second. The servers go on running when a test ends, for the next one;
// "server.sh stop" ends them. No scheduled jobs run there by themselves.
package odootest

import (
	"encoding/csv"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/rpc"
)

// Odoo is a running Odoo with one database that belongs to one test. Its user is the administrator; languages are en_US and uk_UA;
// there is no demo data.
type Odoo struct {
	URL      string // without a slash at the end
	DB       string
	Login    string
	Password string
	Version  int // 19 or 14
}

// Option says how New makes the database.
type Option func(*recipe)

type recipe struct {
	base  string    // "full", "lean"
	build *template // nil: the base as it is
}

// Lean is for tests that need only contacts, base_automation and base_import_module: smaller, so quicker to copy and to load.
func Lean() Option { return func(r *recipe) { r.base = "lean" } }

// WithTemplate prepares a database once and gives every test a copy of it, on this machine and over all packages: build is called with
// a fresh database when there is none yet for this name and key. The key is what the result depends on, such as the content of a
// module's zip; a new key replaces the template of the old one. The name is of small letters and digits.
func WithTemplate(name, key string, build func(o *Odoo) error) Option {
	return func(r *recipe) { r.build = &template{name: name, key: key, build: build} }
}

// New gives a fresh database on a running Odoo of that version (19 or 14), and drops it when the test ends. It installs what is missing,
// which takes minutes the first time. A test fails where no Odoo can be had; only "go test -short" skips it.
func New(t testing.TB, version int, options ...Option) *Odoo {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a real Odoo, which go test -short leaves out")
	}
	r := recipe{base: "full"}
	for _, option := range options {
		option(&r)
	}
	s, err := serverOf(version)
	require.NoError(t, err, "a real Odoo %d", version)
	o, err := s.fresh(r)
	require.NoError(t, err, "a fresh database on Odoo %d", version)
	t.Cleanup(func() {
		if err := s.drop(o); err != nil {
			t.Errorf("dropping the database %s: %v", o.DB, err)
		}
	})
	return o
}

// Config is how package rpc opens this database as its administrator.
func (o *Odoo) Config() rpc.Config {
	return rpc.Config{URL: o.URL, DB: o.DB, Login: o.Login, Key: o.Password}
}

// Client is logged in as the administrator.
func (o *Odoo) Client(t testing.TB) *rpc.Client {
	t.Helper()
	client, err := rpc.Open(t.Context(), o.Config())
	require.NoError(t, err, "logging in to %s", o.DB)
	return client
}

// SQL runs a statement past Odoo and returns the rows as text: for counting what is left behind. NULL reads as "", booleans as "t", "f".
func (o *Odoo) SQL(t testing.TB, statement string) [][]string {
	t.Helper()
	out, err := script("server.sh", "sql", o.DB, statement)
	require.NoError(t, err, statement)
	reader := csv.NewReader(strings.NewReader(out))
	reader.FieldsPerRecord = -1
	rows, err := reader.ReadAll()
	require.NoError(t, err)
	return rows
}

// Ref is the id behind an external id ("contacts.action_contacts").
func (o *Odoo) Ref(t testing.TB, xmlID string) int64 {
	t.Helper()
	module, name, _ := strings.Cut(xmlID, ".")
	rows := o.SQL(t, fmt.Sprintf("SELECT res_id FROM ir_model_data WHERE module = '%s' AND name = '%s'", module, name))
	require.NotEmpty(t, rows, "external id %s", xmlID)
	id, err := strconv.ParseInt(rows[0][0], 10, 64)
	require.NoError(t, err)
	return id
}

var databases atomic.Int64

// newName names the process it belongs to, so that what a killed one leaves is known as such (see clean_databases in server.sh).
func newName(version int) (string, error) {
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return "", err
	}
	_, fields, _ := strings.Cut(string(stat), ") ")
	started := strings.Fields(fields)[19]
	return fmt.Sprintf("t%d_%d_%s_%d", version, os.Getpid(), started, databases.Add(1)), nil
}
