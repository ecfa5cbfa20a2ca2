package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/config"
	"github.com/krokbot/krok/connector/telegramtest"
	"github.com/krokbot/krok/flow/store/storetest"
	"github.com/krokbot/krok/odoo/module"
	"github.com/krokbot/krok/odoo/odootest"
	"github.com/krokbot/krok/odoo/rpc"
)

// binary is krok as people run it, built once.
var binary = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "krok-test-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "krok")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building krok: %w: %s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := binary(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// world is everything around a krok that serves: a real Odoo with the module, a real Redis, and a Bot API that refuses what
// Telegram refuses.
type world struct {
	odoo   *odootest.Odoo
	admin  *rpc.Client
	road   *road // between krok and Odoo: it can be cut
	redis  *storetest.Server
	api    *telegramtest.Server
	folder string // with krok.yaml
}

// onBothOdoos runs a test on the oldest and the newest Odoo.
func onBothOdoos(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	onEach(t, test, "krok", odootest.Lean())
}

// onBothFullOdoos does so with the apps that krok has bridges to.
func onBothFullOdoos(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	onEach(t, test, "krokfull")
}

func onEach(t *testing.T, test func(t *testing.T, w *world), template string, options ...odootest.Option) {
	t.Helper()
	t.Parallel()
	for _, version := range []int{19, 14} {
		t.Run(fmt.Sprintf("Odoo%d", version), func(t *testing.T) {
			t.Parallel()
			test(t, newWorld(t, version, template, options...))
		})
	}
}

func newWorld(t *testing.T, version int, template string, options ...odootest.Option) *world {
	t.Helper()
	key, err := module.Key(version)
	require.NoError(t, err)
	odoo := odootest.New(t, version, append(options, odootest.WithTemplate(template, key, installed))...)
	w := &world{odoo: odoo, admin: odoo.Client(t), road: newRoad(t, odoo.URL), redis: storetest.Start(t), api: telegramtest.New(t, telegramtest.Config{Patience: 30 * time.Second}), folder: t.TempDir()}
	w.krok(t, "install", "--yes", "--rotate-key", "--odoo-url", odoo.URL, "--odoo-db", odoo.DB, "--odoo-login", odoo.Login, "--odoo-key", odoo.Password)
	require.NoError(t, config.Save(filepath.Join(w.folder, "krok.yaml"), map[string]string{"odoo_url": w.road.url}))
	return w
}

// installed brings the module into the database that tests copy.
func installed(odoo *odootest.Odoo) error {
	ctx := context.Background()
	client, err := rpc.Open(ctx, odoo.Config())
	if err != nil {
		return err
	}
	defer client.Close()
	plan, err := module.NewPlan(ctx, client, module.Options{})
	if err != nil {
		return err
	}
	_, err = module.Install(ctx, client, plan, module.Options{}, func(string) {})
	return err
}

// krok runs one command to its end and gives what it printed.
func (w *world) krok(t *testing.T, args ...string) string {
	t.Helper()
	out, err := w.try(t, args...)
	require.NoError(t, err, out)
	return out
}

func (w *world) try(t *testing.T, args ...string) (string, error) {
	t.Helper()
	path, err := binary()
	require.NoError(t, err)
	command := exec.CommandContext(t.Context(), path, args...)
	command.Dir = w.folder
	command.Env = append(os.Environ(), "LANG=C")
	out, err := command.CombinedOutput()
	return string(out), err
}

// serve starts krok serve; it is killed at the end, or before by the function that it gives.
func (w *world) serve(t *testing.T) (kill func()) {
	t.Helper()
	path, err := binary()
	require.NoError(t, err)
	command := exec.Command(path, "serve", "--redis-url", "redis://"+w.redis.Addr, "--telegram-api-url", w.api.URL())
	command.Dir = w.folder
	var log bytes.Buffer
	command.Stdout, command.Stderr = &log, &log
	require.NoError(t, command.Start())
	kill = sync.OnceFunc(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	t.Cleanup(func() {
		kill()
		if t.Failed() {
			t.Log(log.String())
		}
		require.NotContains(t, log.String(), "panic")
	})
	return kill
}

// bot makes a bot in Odoo, as an admin would have typed it, and gives its id: a greeting that goes on to a question with one answer.
func (w *world) bot(t *testing.T, code, token string) int64 {
	t.Helper()
	return w.botOf(t, smallBot, code, token)
}

// botOf makes any bot: its file has CODE in the place of the code.
func (w *world) botOf(t *testing.T, text, code, token string) int64 {
	t.Helper()
	file := filepath.Join(w.folder, code+".yaml")
	require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(text, "CODE", code)), 0o600))
	w.krok(t, "import", file, "--yes", "--odoo-login", w.odoo.Login, "--odoo-key", w.odoo.Password)
	ids, err := w.admin.Search(t.Context(), "x_krok_bot", []any{[]any{"x_code", "=", code}})
	require.NoError(t, err)
	require.NoError(t, w.admin.Write(t.Context(), "x_krok_bot", ids, map[string]any{"x_token": token}))
	return ids[0]
}

const smallBot = `bot:
  code: CODE
  name: Вигадана крамниця
  lang: uk_UA
  tz: Europe/Kyiv
steps:
  - code: hello
    name: Привітання
    type: text
    aliases: [/start]
    text: "Вітаємо, {{ partner.name }}!"
    next: menu
  - code: menu
    name: Меню
    type: buttons
    text: "Що далі?"
    answers:
      - {name: Пошта, next: mail}
  - code: mail
    name: Пошта
    type: input
    validation: email
    text: "Ваша пошта?"
    next: menu
`

// step finds a step of a bot by its code.
func (w *world) step(t *testing.T, code string) int64 {
	t.Helper()
	ids, err := w.admin.Search(t.Context(), "x_krok_step", []any{[]any{"x_code", "=", code}})
	require.NoError(t, err)
	require.Len(t, ids, 1)
	return ids[0]
}

func (w *world) problems(t *testing.T) []string {
	t.Helper()
	rows, err := w.admin.SearchRead(t.Context(), "x_krok_problem", []any{[]any{"x_level", "=", "error"}}, []string{"x_name", "x_field"})
	require.NoError(t, err)
	var found []string
	for _, row := range rows {
		found = append(found, row.Str("x_field")+": "+row.Str("x_name"))
	}
	return found
}

// road carries connections to Odoo until it is cut.
type road struct {
	url    string
	target string

	mu    sync.Mutex
	cut   bool
	under map[net.Conn]bool
}

func newRoad(t *testing.T, target string) *road {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	r := &road{url: "http://" + listener.Addr().String(), target: strings.TrimPrefix(target, "http://"), under: map[net.Conn]bool{}}
	go func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			go r.carry(from)
		}
	}()
	return r
}

func (r *road) carry(from net.Conn) {
	defer func() { _ = from.Close() }()
	r.mu.Lock()
	if r.cut {
		r.mu.Unlock()
		return
	}
	r.under[from] = true
	r.mu.Unlock()
	to, err := net.Dial("tcp", r.target)
	if err != nil {
		return
	}
	defer func() { _ = to.Close() }()
	go func() { _, _ = io.Copy(to, from) }()
	_, _ = io.Copy(from, to)
}

// down cuts the road, also for those on it; up opens it again.
func (r *road) down() { r.set(true) }
func (r *road) up()   { r.set(false) }

func (r *road) set(cut bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cut = cut
	for conn := range r.under {
		if cut {
			_ = conn.Close()
			delete(r.under, conn)
		}
	}
}

func TestABotServesFollowsEditsAndSurvivesAKill(t *testing.T) {
	onBothOdoos(t, func(t *testing.T, w *world) {
		telegram := w.api.NewBot("made_up_shop_bot")
		id := w.bot(t, "shop", telegram.Token())
		kill := w.serve(t)
		ann := telegram.Chat(telegramtest.User{FirstName: "Ганна", LanguageCode: "uk"})
		wait := func(text string) {
			ann.Until(t, func(m telegramtest.Message) bool { return strings.Contains(m.Text, text) })
		}
		ann.Send("/start")
		require.Eventually(t, func() bool { return len(telegram.Calls("sendMessage")) >= 2 }, 60*time.Second, 20*time.Millisecond)
		wait("Вітаємо, Ганна!")
		wait("Що далі?")

		// an edit is live within five seconds
		edited := time.Now()
		w.write(t, "hello", "x_text", "<p>Добрий день, {{ partner.name }}!</p>")
		require.Eventually(t, func() bool {
			ann.Send("/start")
			return strings.Contains(ann.Next(t).Text+ann.Next(t).Text, "Добрий день")
		}, 20*time.Second, 500*time.Millisecond)
		t.Logf("the edit was live after %.1f s", time.Since(edited).Seconds())

		// a mistake freezes its step, the rest goes live, and the form says what is wrong
		w.write(t, "menu", "x_text", "<p>Чим допомогти?</p>")
		w.write(t, "mail", "x_domain", "[('no_such_field', '=', 1)]") // once this is a problem, the text before it serves too
		require.Eventually(t, func() bool { return len(w.problems(t)) > 0 }, 20*time.Second, 200*time.Millisecond)
		require.Contains(t, w.problems(t)[0], "no_such_field")
		ann.ReadAll()
		ann.Send("/start")
		wait("Чим допомогти?")
		require.NoError(t, ann.Press("Пошта"))
		wait("Ваша пошта?")
		w.write(t, "mail", "x_domain", false)
		require.Eventually(t, func() bool { return len(w.problems(t)) == 0 }, 20*time.Second, 200*time.Millisecond)

		// the form shows the bot's name in Telegram
		rows, err := w.admin.Read(t.Context(), "x_krok_bot", []int64{id}, []string{"x_username", "x_running_since", "x_last_error"})
		require.NoError(t, err)
		require.Equal(t, "made_up_shop_bot", rows[0].Str("x_username"))
		require.NotEmpty(t, rows[0].Str("x_running_since"))
		require.Empty(t, rows[0].Str("x_last_error"))

		// killed and started again, the conversation goes on where it was, and the client still is one contact
		kill()
		ann.Send("hanna@example.com")
		w.serve(t)
		require.Eventually(t, func() bool { return telegram.PendingUpdates() == 0 }, 60*time.Second, 50*time.Millisecond)
		wait("Чим допомогти?")
		n, err := w.admin.SearchCount(t.Context(), "res.partner", []any{[]any{"name", "=", "Ганна"}})
		require.NoError(t, err)
		require.Equal(t, int64(1), n)
	})
}

// write changes a field of a step as a save of its form does.
func (w *world) write(t *testing.T, code, field string, value any) {
	t.Helper()
	require.NoError(t, w.admin.Write(t.Context(), "x_krok_step", []int64{w.step(t, code)}, map[string]any{field: value}, rpc.Lang("uk_UA")))
}

func TestABotStartsWhileOdooIsDownAndABrokenBotStopsNoOther(t *testing.T) {
	onBothOdoos(t, func(t *testing.T, w *world) {
		good := w.api.NewBot("good_bot")
		revoked := w.api.NewBot("revoked_bot")
		w.bot(t, "good", good.Token())
		broken := w.bot(t, "broken", revoked.Token())
		revoked.Revoke()
		kill := w.serve(t)
		ann := good.Chat(telegramtest.User{FirstName: "Ганна", LanguageCode: "uk"})
		ann.Send("/start")
		require.Eventually(t, func() bool { return len(good.Calls("sendMessage")) >= 2 }, 60*time.Second, 20*time.Millisecond)
		require.Eventually(t, func() bool {
			rows, err := w.admin.Read(t.Context(), "x_krok_bot", []int64{broken}, []string{"x_last_error"})
			return err == nil && strings.Contains(rows[0].Str("x_last_error"), "BotFather")
		}, 20*time.Second, 200*time.Millisecond)

		kill()
		w.road.down()
		w.serve(t)
		ann.ReadAll()
		ann.Send("Пошта") // the menu needs nothing from Odoo
		require.Eventually(t, func() bool { return good.PendingUpdates() == 0 }, 60*time.Second, 50*time.Millisecond)
		ann.Until(t, func(m telegramtest.Message) bool { return strings.Contains(m.Text, "Ваша пошта?") })
		ann.Send("/start") // the greeting shows the contact's name
		ann.Until(t, func(m telegramtest.Message) bool { return strings.Contains(m.Text, "Хвилинку") })
		w.road.up()
		require.Eventually(t, func() bool {
			for _, message := range ann.Messages() {
				if strings.Contains(message.Text, "Вітаємо, Ганна") && message.ID > 4 {
					return true
				}
			}
			return false
		}, 60*time.Second, 50*time.Millisecond)
	})
}
