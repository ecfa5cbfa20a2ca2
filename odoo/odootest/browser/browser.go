// Package browser lets a test use Odoo as a person does: a headless Chromium, logged in to the web client of Odoo 19 or 14.
//
// Every method waits until the page has settled, and fails the test with a picture when what it looks for does not come.
package browser

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/odootest"
)

var (
	//go:embed page.js
	pageScript string
	//go:embed busy.js
	busyScript string
)

const (
	patience = 60 * time.Second // for one thing to appear; the first page of a database makes its assets, on a busy machine
	lifetime = 10 * time.Minute // of one browser
	width    = 1400
	height   = 900
)

// Browser is one window, logged in as one user of one database.
type Browser struct {
	t    testing.TB
	odoo *odootest.Odoo
	ctx  context.Context
}

// New opens a browser as the administrator. It is closed when the test ends.
func New(t testing.TB, o *odootest.Odoo) *Browser {
	t.Helper()
	return As(t, o, o.Login, o.Password)
}

// As opens a browser as any user.
func As(t testing.TB, o *odootest.Odoo, login, password string) *Browser {
	t.Helper()
	limited, stop := context.WithTimeout(context.Background(), lifetime)
	allocator, closeAll := chromedp.NewExecAllocator(limited, append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox,
		chromedp.DisableGPU,
		chromedp.WindowSize(width, height),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("lang", "en-US"),
	)...)
	ctx, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(func() { closeTab(); closeAll(); stop() })

	b := &Browser{t: t, odoo: o, ctx: ctx}
	require.NoError(t, b.prepare(), "starting Chromium")
	require.NoError(t, b.logIn(login, password), "logging in to %s as %s", o.DB, login)
	return b
}

func (b *Browser) prepare() error {
	return chromedp.Do(b.ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument,
			page.AddScriptToEvaluateOnNewDocumentParams{Source: busyScript})
		return err
	}), chromedp.EmulateViewport(width, height))
}

// logIn opens a session over HTTP and gives it to the browser.
func (b *Browser) logIn(login, password string) error {
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "method": "call",
		"params": map[string]any{"db": b.odoo.DB, "login": login, "password": password}})
	if err != nil {
		return err
	}
	response, err := http.Post(b.odoo.URL+"/web/session/authenticate", "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var answer struct {
		Result struct {
			UID any `json:"uid"`
		} `json:"result"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return err
	}
	if _, ok := answer.Result.UID.(float64); !ok {
		return fmt.Errorf("odoo does not let %s in", login)
	}
	for _, cookie := range response.Cookies() {
		if cookie.Name == "session_id" {
			return b.setCookie(cookie.Value)
		}
	}
	return fmt.Errorf("odoo gave %s no session", login)
}

func (b *Browser) setCookie(session string) error {
	return chromedp.Do(b.ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.SetCookie,
			network.SetCookieParams{Name: "session_id", Value: session, URL: b.odoo.URL})
		return err
	}))
}

// Open shows a record in the form view of a window action.
func (b *Browser) Open(action, record int64) {
	b.t.Helper()
	b.openForm(action, fmt.Sprint(record))
}

// OpenNew shows the form view of a window action, empty.
func (b *Browser) OpenNew(action int64) {
	b.t.Helper()
	b.openForm(action, "")
}

func (b *Browser) openForm(action int64, record string) {
	b.t.Helper()
	if b.odoo.Version == 14 {
		b.OpenPath(b.legacyPath(action, "form", record))
	} else {
		if record == "" {
			record = "new"
		}
		b.OpenPath(fmt.Sprintf("/odoo/action-%d/%s", action, record))
	}
	b.WaitFor("the form", `krok.all(".o_form_view .o_field_widget, .o_form_view .o_form_sheet").length > 0`)
}

// OpenList shows the list view of a window action.
func (b *Browser) OpenList(action int64) {
	b.t.Helper()
	b.openMany(action, "list", ".o_list_view")
}

// OpenKanban shows the kanban view of a window action.
func (b *Browser) OpenKanban(action int64) {
	b.t.Helper()
	b.openMany(action, "kanban", ".o_kanban_view")
}

func (b *Browser) openMany(action int64, view, css string) {
	b.t.Helper()
	if b.odoo.Version == 14 {
		b.OpenPath(b.legacyPath(action, view, ""))
	} else {
		b.OpenPath(fmt.Sprintf("/odoo/action-%d?view_type=%s", action, view))
	}
	b.WaitFor("the "+view, fmt.Sprintf("krok.all(%s).length > 0", js(css)))
}

// OpenApp opens an app from the menu of all apps, as a person who has just logged in.
func (b *Browser) OpenApp(name string) {
	b.t.Helper()
	b.OpenPath("/web")
	b.click("the menu of apps", `krok.all(".o_navbar_apps_menu button, .o_menu_apps > li > a")[0]`)
	b.click("the app "+name, fmt.Sprintf(`krok.exact(".o_app", %s)`, js(name)))
	b.Settle()
}

// legacyPath needs the action's model too: the old client shows nothing without it.
func (b *Browser) legacyPath(action int64, view, record string) string {
	b.t.Helper()
	rows := b.odoo.SQL(b.t, fmt.Sprintf("SELECT res_model FROM ir_act_window WHERE id = %d", action))
	require.NotEmpty(b.t, rows, "window action %d", action)
	values := url.Values{"action": {fmt.Sprint(action)}, "model": {rows[0][0]}, "view_type": {view}}
	if record != "" {
		values.Set("id", record)
	}
	return "/web#" + values.Encode()
}

// OpenPath shows any page of Odoo by its path, afresh.
func (b *Browser) OpenPath(path string) {
	b.t.Helper()
	err := chromedp.Do(b.ctx, chromedp.Navigate("about:blank"), chromedp.Navigate(b.odoo.URL+path))
	require.NoError(b.t, err, "opening %s", path)
	b.Settle()
}

// Settle waits until nothing is loading any more.
func (b *Browser) Settle() {
	b.t.Helper()
	b.WaitFor("the page to settle", `krok.settled()`)
	time.Sleep(80 * time.Millisecond) // what was just typed or clicked may only now begin to load
	b.WaitFor("the page to settle", `krok.settled()`)
}

// WaitFor waits until a JavaScript expression is true; it may use the helpers of page.js.
func (b *Browser) WaitFor(what, condition string) {
	b.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		done, err := eval[bool](b, "!!("+condition+")")
		if err == nil && done {
			return
		}
		if time.Now().After(deadline) {
			b.fail("waited in vain for %s (last error: %v)", what, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// eval runs an expression with the helpers of page.js at hand.
func eval[T any](b *Browser, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T]("(() => {"+pageScript+"; return ("+expression+");})()", chromedp.EvalAwaitPromise))
}

// JS returns the value of a JavaScript expression as text.
func (b *Browser) JS(expression string) string {
	b.t.Helper()
	value, err := eval[string](b, "String("+expression+")")
	require.NoError(b.t, err, expression)
	return value
}

// Screenshot writes a picture (PNG) of the whole page, also of what would have to be scrolled to.
func (b *Browser) Screenshot(path string) {
	b.t.Helper()
	b.Settle()
	require.NoError(b.t, b.picture(path), "taking a picture for %s", path)
}

func (b *Browser) picture(path string) error {
	hidden, err := eval[float64](b, "krok.hidden()")
	if err != nil {
		return err
	}
	if err := chromedp.Do(b.ctx, chromedp.EmulateViewport(width, height+int64(hidden))); err != nil {
		return err
	}
	time.Sleep(300 * time.Millisecond) // the page takes its new size
	picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return err
	}
	if err := chromedp.Do(b.ctx, chromedp.EmulateViewport(width, height)); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, picture, 0o644)
}

// fail ends the test and says where a picture of the moment is.
func (b *Browser) fail(format string, args ...any) {
	b.t.Helper()
	path := filepath.Join(os.TempDir(), "krok-browser", strings.NewReplacer("/", "_", " ", "_").Replace(b.t.Name())+".png")
	said, _ := eval[string](b, "krok.problem()")
	if err := b.picture(path); err != nil {
		path = "none: " + err.Error()
	}
	require.FailNow(b.t, fmt.Sprintf(format, args...), "Odoo says: %q; picture: %s", said, path)
}
