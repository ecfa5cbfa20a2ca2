package odootest

import "testing"

// TryTemplate is New for a template that cannot be built: it returns the error that would fail the test.
func TryTemplate(t testing.TB, version int, options ...Option) error {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a real Odoo, which go test -short leaves out")
	}
	var r recipe
	for _, option := range options {
		option(&r)
	}
	s, err := serverOf(version)
	if err != nil {
		return err
	}
	_, err = s.fresh(r)
	return err
}

// Script runs server.sh as a person does.
func Script(args ...string) error {
	_, err := script("server.sh", args...)
	return err
}
