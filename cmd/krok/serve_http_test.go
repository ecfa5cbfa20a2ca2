package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegram"
	"github.com/krokbot/krok/connector/telegramtest"
	"github.com/krokbot/krok/odoo/odootest"
)

// listener is one process of krok serve that listens.
type listener struct {
	url  string
	log  *text
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
}

// text lets a process write while a test reads.
type text struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (t *text) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all.Write(p)
}

func (t *text) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all.String()
}

// listening starts krok serve with an address of its own, at which Telegram reaches it too.
func (w *world) listening(t *testing.T, args ...string) *listener {
	t.Helper()
	path, err := binary()
	require.NoError(t, err)
	port, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := port.Addr().String()
	require.NoError(t, port.Close())
	r := &listener{url: "http://" + address, log: &text{}, done: make(chan struct{})}
	r.cmd = exec.Command(path, append([]string{"serve", "--redis-url", "redis://" + w.redis.Addr, "--telegram-api-url", w.api.URL(),
		"--listen", address, "--public-url", r.url, "--log-level", "debug"}, args...)...)
	r.cmd.Dir, r.cmd.Stdout, r.cmd.Stderr = w.folder, r.log, r.log
	require.NoError(t, r.cmd.Start())
	go func() {
		_ = r.cmd.Wait()
		close(r.done)
	}()
	t.Cleanup(func() {
		_ = r.cmd.Process.Kill()
		<-r.done
		if t.Failed() {
			t.Log(r.log.String())
		}
	})
	return r
}

// get gives the status and the page of a path; 0 where nothing answers.
func (r *listener) get(t *testing.T, path string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+path, http.NoBody)
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = answer.Body.Close() }()
	page, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, string(page)
}

func (r *listener) serves(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		code, page := r.get(t, "/readyz")
		return code == http.StatusOK && strings.Contains(page, `"name": "bot shop",`+"\n      "+`"state": "ok"`)
	}, 90*time.Second, 100*time.Millisecond, "%s", r.log)
}

// ends waits for the end of the process and gives its exit code.
func (r *listener) ends(t *testing.T, within time.Duration) int {
	t.Helper()
	select {
	case <-r.done:
	case <-time.After(within):
		require.Fail(t, "the process does not end", "%s", r.log)
	}
	return r.cmd.ProcessState.ExitCode()
}

// tap carries connections to Odoo and holds everything back while it is closed.
type tap struct {
	url  string
	open sync.RWMutex
}

func newTap(t *testing.T, target string) *tap {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	tap := &tap{url: "http://" + listener.Addr().String()}
	go func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("tcp", strings.TrimPrefix(target, "http://"))
			if err != nil {
				_ = from.Close()
				continue
			}
			go tap.carry(to, from)
			go tap.carry(from, to)
		}
	}()
	return tap
}

func (p *tap) carry(to, from net.Conn) {
	defer func() { _ = to.Close(); _ = from.Close() }()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		p.open.RLock()
		_, wrote := to.Write(buffer[:n])
		p.open.RUnlock()
		if err != nil || wrote != nil {
			return
		}
	}
}

func TestAKrokBehindAWebhookIsWatchedAndStopsGracefully(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 19, "krok", odootest.Lean())
	bot := w.api.NewBot("made_up_shop_bot")
	w.bot(t, "shop", bot.Token())
	ann := bot.Chat(telegramtest.User{FirstName: "Ганна", LanguageCode: "uk", Phone: "+380501234567"})
	wait := func(text string) {
		t.Helper()
		ann.Until(t, func(m telegramtest.Message) bool { return strings.Contains(m.Text, text) })
	}
	first := w.listening(t)
	first.serves(t)
	ann.Send("/start")
	wait("Вітаємо, Ганна!")
	wait("Що далі?")
	ann.ShareContact("+380501234567")
	wait("Що далі?")
	require.NoError(t, ann.Press("Пошта"))
	wait("Ваша пошта?")
	ann.Send("+380671112233")
	require.Empty(t, bot.Calls("getUpdates"))
	code, page := first.get(t, "/metrics")
	require.Equal(t, http.StatusOK, code)
	require.Contains(t, page, `krok_webhook_requests_total{bot="shop",code="200"}`)
	require.Contains(t, page, `krok_odoo_calls_total{procedure="commit",result="ok"}`)

	// one that waits for a message on its way says that it stops; a second signal ends it at once
	hang := bot.Fail(telegramtest.Fault{Method: "sendMessage", Delay: 20 * time.Second})
	ann.Send("/start")
	require.Eventually(t, func() bool { return hang.Hits() > 0 }, 20*time.Second, 20*time.Millisecond)
	require.NoError(t, first.cmd.Process.Signal(syscall.SIGTERM))
	require.Eventually(t, func() bool {
		code, page := first.get(t, "/readyz")
		return code == http.StatusServiceUnavailable && strings.Contains(page, "stopping")
	}, 10*time.Second, 20*time.Millisecond)
	require.NoError(t, first.cmd.Process.Signal(syscall.SIGTERM))
	require.NotZero(t, first.ends(t, 5*time.Second), "it did not finish")
	hang.Stop()

	// another goes on, also with what came in between; idle, it stops at once and well
	ann.Send("/start")
	second := w.listening(t)
	second.serves(t)
	wait("Вітаємо, Ганна!")
	require.Eventually(t, func() bool { return bot.PendingUpdates() == 0 }, 20*time.Second, 20*time.Millisecond)
	require.NoError(t, second.cmd.Process.Signal(syscall.SIGTERM))
	require.Zero(t, second.ends(t, 10*time.Second))

	for _, r := range []*listener{first, second} {
		_, key, _ := strings.Cut(bot.Token(), ":")
		for _, secret := range []string{key, telegram.Secret(bot.Token()), "380501234567", "380671112233", "Ганна"} {
			require.NotContains(t, r.log.String(), secret)
		}
		require.NotContains(t, r.log.String(), "panic")
	}
	require.NotContains(t, page, fmt.Sprint(ann.ID()))
}

func TestAnOdooThatHangsHoldsNoStopBeyondItsDeadlineAndAnotherReplicaGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 19, "krok", odootest.Lean())
	bot := w.api.NewBot("made_up_shop_bot")
	w.bot(t, "shop", bot.Token())
	ann := bot.Chat(telegramtest.User{FirstName: "Ганна", LanguageCode: "uk"})
	tap := newTap(t, w.odoo.URL)
	first := w.listening(t, "--odoo-url", tap.url, "--odoo-db", w.odoo.DB)
	first.serves(t)
	tap.open.Lock()
	release := sync.OnceFunc(tap.open.Unlock)
	t.Cleanup(release)
	ann.Send("/start")
	require.Eventually(t, func() bool { return bot.PendingUpdates() == 0 }, 20*time.Second, 20*time.Millisecond)
	time.Sleep(time.Second) // it is in the inbox; now it is taken and asks Odoo
	second := w.listening(t)
	require.NoError(t, first.cmd.Process.Signal(syscall.SIGTERM))
	code := first.ends(t, 29*time.Second)
	ended := time.Now()
	require.Zero(t, code, "%s", first.log)
	require.Contains(t, first.log.String(), "cut off")
	second.serves(t)
	ann.Until(t, func(m telegramtest.Message) bool { return strings.Contains(m.Text, "Вітаємо, Ганна!") })
	t.Logf("the client was answered %.1f s after the end of the first", time.Since(ended).Seconds())
	ann.Until(t, func(m telegramtest.Message) bool { return strings.Contains(m.Text, "Що далі?") })
	ann.Quiet(t, 500*time.Millisecond)
}
