package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// replica is one of several krok serve that share a Redis. It is killed at the end of the test; its log is shown where that fails.
type replica struct {
	name   string
	t      *testing.T
	folder string
	args   []string
	log    string // the path of a file, which all its lives write to
	cmd    *exec.Cmd
	exited chan struct{}
	paused bool
}

// replica makes a process that does not run yet, with further settings as flags.
func (w *world) replica(t *testing.T, name string, flags ...string) *replica {
	t.Helper()
	args := append([]string{"serve", "--redis-url", w.redis.URL, "--telegram-api-url", w.api.URL()}, flags...)
	r := &replica{name: name, t: t, folder: w.folder, args: args, log: filepath.Join(w.folder, name+".log")}
	t.Cleanup(func() {
		r.kill()
		log, err := os.ReadFile(r.log)
		if err == nil && t.Failed() {
			t.Logf("the end of the log of %s:\n%s", name, tail(log, 60))
		}
		require.NotContains(t, string(log), "panic")
	})
	return r
}

func tail(text []byte, lines int) string {
	all := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	return string(bytes.Join(all[max(0, len(all)-lines):], []byte("\n")))
}

// start starts it, for the first time or again.
func (r *replica) start() *replica {
	r.t.Helper()
	path, err := binary()
	require.NoError(r.t, err)
	log, err := os.OpenFile(r.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(r.t, err)
	defer func() { _ = log.Close() }()
	fmt.Fprintf(log, "---- %s begins at %s\n", r.name, time.Now().UTC().Format(time.StampMilli))
	r.cmd, r.exited, r.paused = exec.Command(path, r.args...), make(chan struct{}), false
	r.cmd.Dir, r.cmd.Stdout, r.cmd.Stderr = r.folder, log, log
	require.NoError(r.t, r.cmd.Start())
	go func(cmd *exec.Cmd, exited chan struct{}) {
		_ = cmd.Wait()
		close(exited)
	}(r.cmd, r.exited)
	return r
}

// runs tells whether the process is there, paused or not.
func (r *replica) runs() bool {
	if r.cmd == nil {
		return false
	}
	select {
	case <-r.exited:
		return false
	default:
		return true
	}
}

// kill ends it at once (kill -9).
func (r *replica) kill() {
	if r.runs() {
		_ = r.cmd.Process.Kill()
		<-r.exited
	}
}

// stop ends it as an owner does, and tells how long that took.
func (r *replica) stop() time.Duration {
	r.t.Helper()
	begun := time.Now()
	require.NoError(r.t, r.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case <-r.exited:
	case <-time.After(time.Minute):
		require.Fail(r.t, "a krok that was told to stop does not end", r.name)
	}
	return time.Since(begun)
}

// pause lets it stand still until resume.
func (r *replica) pause() {
	r.t.Helper()
	require.NoError(r.t, r.cmd.Process.Signal(syscall.SIGSTOP))
	r.paused = true
}

func (r *replica) resume() {
	r.t.Helper()
	if r.runs() {
		require.NoError(r.t, r.cmd.Process.Signal(syscall.SIGCONT))
	}
	r.paused = false
}

// said counts the lines of its log that hold all the words.
func (r *replica) said(words ...string) (count int) {
	r.t.Helper()
	log, err := os.ReadFile(r.log)
	require.NoError(r.t, err)
lines:
	for line := range strings.Lines(string(log)) {
		for _, word := range words {
			if !strings.Contains(line, word) {
				continue lines
			}
		}
		count++
	}
	return count
}
