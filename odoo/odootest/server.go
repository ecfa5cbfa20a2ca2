package odootest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// server is the Odoo of one version that all tests of the machine share.
type server struct {
	version int
	url     string
	home    string // the folder that the scripts work in
}

var starting = map[int]func() (*server, error){
	19: sync.OnceValues(func() (*server, error) { return start(19) }),
	14: sync.OnceValues(func() (*server, error) { return start(14) }),
}

// serverOf installs and starts a version, once a process.
func serverOf(version int) (*server, error) {
	once, ok := starting[version]
	if !ok {
		return nil, fmt.Errorf("there is Odoo 19 and 14 for tests, not %d", version)
	}
	return once()
}

func start(version int) (*server, error) {
	number := strconv.Itoa(version)
	if _, err := script("install.sh", number); err != nil {
		return nil, err
	}
	url, err := script("server.sh", "start", number)
	if err != nil {
		return nil, err
	}
	home, err := script("server.sh", "home")
	if err != nil {
		return nil, err
	}
	if _, err := script("server.sh", "clean", number); err != nil {
		return nil, err
	}
	return &server{version: version, url: strings.TrimSpace(url), home: strings.TrimSpace(home)}, nil
}

// fresh makes a database of this process.
func (s *server) fresh(r recipe) (*Odoo, error) {
	if r.build == nil {
		return s.copyOf(r.base)
	}
	return s.copyOfBuilt(r.base, r.build)
}

func (s *server) copyOf(template string) (*Odoo, error) {
	name, err := newName(s.version)
	if err != nil {
		return nil, err
	}
	if _, err := script("server.sh", "createdb", strconv.Itoa(s.version), name, template); err != nil {
		return nil, err
	}
	return &Odoo{URL: s.url, DB: name, Login: "admin", Password: "admin", Version: s.version}, nil
}

func (s *server) drop(o *Odoo) error {
	_, err := script("server.sh", "dropdb", strconv.Itoa(s.version), o.DB)
	return err
}

// script runs one of this package's shell scripts and returns what it printed; what it says on the way becomes part of the error.
func script(name string, args ...string) (string, error) {
	folder, err := ownFolder()
	if err != nil {
		return "", err
	}
	var out, said bytes.Buffer
	cmd := exec.Command("bash", append([]string{filepath.Join(folder, name)}, args...)...)
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, strings.TrimSpace(said.String()))
	}
	return out.String(), nil
}

// ownFolder finds this package's sources: go test runs every test inside the module.
func ownFolder() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return filepath.Join(folder, "odoo", "odootest"), nil
		}
		if parent := filepath.Dir(folder); parent != folder {
			folder = parent
			continue
		}
		return "", errors.New("no go.mod above the working directory: odootest runs inside its module only")
	}
}
