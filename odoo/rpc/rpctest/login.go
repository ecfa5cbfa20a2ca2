package rpctest

import (
	"fmt"
	"net/http"
	"slices"
)

func (s *Server) versionInfo() map[string]any {
	return map[string]any{
		"server_version": fmt.Sprintf("%d.0", s.Version), "server_serie": fmt.Sprintf("%d.0", s.Version), "protocol_version": int64(1),
		"server_version_info": []any{int64(s.Version), int64(0), int64(0), "final", int64(0), ""},
	}
}

func (s *Server) serveVersion(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{
		"version": fmt.Sprintf("%d.0", s.Version), "version_info": []any{int64(s.Version), int64(0), int64(0), "final", int64(0), ""},
	})
}

func (s *Server) listDatabases(map[string]any) (any, error) {
	if s.hidden {
		return nil, AccessDenied()
	}
	var names []any
	for _, name := range s.databases {
		names = append(names, name)
	}
	return names, nil
}

// webLogin is the web client's own: it takes a password, never a key, and stops half-way where a second factor is wanted.
func (s *Server) webLogin(params map[string]any) (any, error) {
	if params["login"] != s.Login || params["password"] != s.Password || s.isRevoked() {
		return nil, s.refuse()
	}
	if s.twoFactor {
		return map[string]any{"uid": nil}, nil
	}
	return map[string]any{"uid": s.UID}, nil
}

// common is the service of that name.
func (s *Server) common(method string, args []any) (any, error) {
	switch {
	case method == "version":
		return s.versionInfo(), nil
	case method == "authenticate" && len(args) == 4:
		if err := s.checkDatabase(args[0]); err != nil {
			return nil, err
		}
		if args[1] != s.Login || !s.good(args[2]) {
			_ = s.refuse() // "authenticate" answers false instead
			return false, nil
		}
		return s.UID, nil
	default:
		return nil, ValueError("no such method of the service common: " + method)
	}
}

// good tells whether that is a key, or a password without a second factor.
func (s *Server) good(secret any) bool {
	return !s.isRevoked() && (secret == s.Key || (secret == s.Password && !s.twoFactor))
}

func (s *Server) isRevoked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.revoked
}

func (s *Server) refuse() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logins++
	return AccessDenied()
}

func (s *Server) checkDatabase(name any) error {
	if name == s.DB || slices.Contains(s.databases, fmt.Sprint(name)) {
		return nil
	}
	return Fault{"psycopg2.OperationalError", fmt.Sprintf(
		"connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  database \"%v\" does not exist\n", name)}
}
