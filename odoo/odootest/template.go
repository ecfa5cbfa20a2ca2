package odootest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// template is a database that a test package prepares and others copy.
type template struct {
	name  string
	key   string
	build func(o *Odoo) error
}

// copyOfBuilt holds the template's lock until the copy is made, so that a process with another key cannot remove it in between.
func (s *server) copyOfBuilt(base string, t *template) (*Odoo, error) {
	prefix := fmt.Sprintf("krok%d_of_%s_", s.version, t.name)
	unlock, err := s.lock(prefix)
	if err != nil {
		return nil, err
	}
	defer unlock()
	made, err := script("server.sh", "sql", "postgres", "SELECT datname FROM pg_database WHERE datname LIKE '"+prefix+"%'")
	if err != nil {
		return nil, err
	}
	name := prefix + fmt.Sprintf("%x", sha256.Sum256([]byte(base+"\n"+t.key)))[:12]
	if strings.TrimSpace(made) != name {
		if err := s.makeTemplate(base, name, t, strings.Fields(made)); err != nil {
			return nil, err
		}
	}
	return s.copyOf(name)
}

func (s *server) makeTemplate(base, name string, t *template, outdated []string) error {
	version := strconv.Itoa(s.version)
	for _, old := range outdated {
		if _, err := script("server.sh", "dropdb", version, old); err != nil {
			return err
		}
	}
	o, err := s.copyOf(base)
	if err != nil {
		return err
	}
	if err := t.build(o); err != nil {
		return errors.Join(fmt.Errorf("preparing the template %q: %w", t.name, err), s.drop(o))
	}
	_, err = script("server.sh", "seal", version, o.DB, name)
	return errors.Join(err, s.drop(o))
}

// lock waits until this process and this goroutine alone have the name on this machine.
func (s *server) lock(name string) (unlock func(), err error) {
	file, err := os.OpenFile(filepath.Join(s.home, "lock", name), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		file.Close()
		return nil, err
	}
	return func() { file.Close() }, nil
}
