package storetest

import (
	"context"
	"net"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// Server is a redis-server that belongs to one test, with a folder of its own, on a free port of the loopback.
type Server struct {
	Addr string // host:port
	URL  string // as krok's setting
	// Client looks into it, past the store.
	Client *redis.Client

	t      testing.TB
	args   []string
	cmd    *exec.Cmd
	exited chan struct{}
}

// Start starts a redis-server with further arguments ("--requirepass", "x") and ends it with the test. Where there is none on this
// machine the test fails; with -short it is skipped.
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	return start(t, append([]string{"--save", ""}, args...))
}

// StartSentinel starts a sentinel with a file of settings, which it writes to.
func StartSentinel(t testing.TB, config string) *Server {
	t.Helper()
	return start(t, []string{"--sentinel"}, config)
}

// start starts a server; a file of settings has to be its first argument.
func start(t testing.TB, args []string, first ...string) *Server {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a redis-server")
	}
	server := &Server{t: t}
	t.Cleanup(func() {
		server.Kill()
		if server.Client != nil {
			_ = server.Client.Close()
		}
	})
	dir := t.TempDir()
	for range 5 { // another test may take the port before the server does
		port := freePort(t)
		server.Addr = "127.0.0.1:" + port
		server.args = slices.Concat(first, []string{"--port", port, "--bind", "127.0.0.1", "--dir", dir, "--loglevel", "warning"}, args)
		if server.launch() {
			server.URL = "redis://" + server.Addr
			server.Client = redis.NewClient(&redis.Options{Addr: server.Addr, MaxRetries: 5})
			return server
		}
	}
	require.Fail(t, "redis-server ends as soon as it is started", "%v", server.args)
	return nil
}

// Again starts the server once more, with the data that it has on disk.
func (s *Server) Again() {
	s.t.Helper()
	require.True(s.t, s.launch(), "redis-server ends as soon as it is started")
}

// launch tells whether the server runs.
func (s *Server) launch() bool {
	s.t.Helper()
	path, err := exec.LookPath("redis-server")
	require.NoError(s.t, err, "install redis-server (Debian: apt-get install redis-server), or run with -short")
	s.cmd, s.exited = exec.CommandContext(context.Background(), path, s.args...), make(chan struct{})
	require.NoError(s.t, s.cmd.Start())
	go func(cmd *exec.Cmd, exited chan struct{}) {
		_ = cmd.Wait()
		close(exited)
	}(s.cmd, s.exited)
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		select {
		case <-s.exited:
			return false
		case <-time.After(20 * time.Millisecond):
		}
		if connection, err := net.DialTimeout("tcp", s.Addr, time.Second); err == nil {
			return connection.Close() == nil
		}
	}
	require.Fail(s.t, "redis-server does not start")
	return false
}

// Kill ends the server at once (kill -9).
func (s *Server) Kill() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill() // it may have ended
		<-s.exited
	}
}

// Pause lets the server stand still until Resume.
func (s *Server) Pause() { require.NoError(s.t, s.cmd.Process.Signal(syscall.SIGSTOP)) }

// Resume lets a paused server go on.
func (s *Server) Resume() { require.NoError(s.t, s.cmd.Process.Signal(syscall.SIGCONT)) }

// Time is what the server has had of the processors.
func (s *Server) Time() time.Duration {
	s.t.Helper()
	text, err := s.Client.Info(context.Background(), "cpu").Result()
	require.NoError(s.t, err)
	total := 0.0
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if name == "used_cpu_user" || name == "used_cpu_sys" {
			seconds, err := strconv.ParseFloat(value, 64)
			require.NoError(s.t, err)
			total += seconds
		}
	}
	return time.Duration(total * float64(time.Second))
}

func freePort(t testing.TB) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	return port
}
