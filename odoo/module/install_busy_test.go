package module_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/odootest"
	"github.com/krokbot/krok/odoo/rpc"
)

// clicks are users who go on working, and what they met.
type clicks struct {
	t     *testing.T
	stop  context.CancelFunc
	group sync.WaitGroup

	mu      sync.Mutex
	calls   int
	faults  map[string]int // by what Odoo said
	longest time.Duration  // from the first fault of a call until it went well
	over    time.Time      // when the install had ended
	slowest time.Duration  // of a call that went well
}

// lasting is how long after the install an error may go on before it counts as one that a user is left with.
const lasting = 10 * time.Second

// click starts a user who does one thing after another, again and again. A thing that fails is tried again, as people do.
func (c *clicks) click(ctx context.Context, things []func(ctx context.Context) error) {
	c.group.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			c.try(things[i%len(things)])
			time.Sleep(100 * time.Millisecond)
		}
	})
}

func (c *clicks) try(thing func(ctx context.Context) error) {
	failing := time.Time{}
	for {
		start := time.Now()
		err := thing(c.t.Context())
		c.mu.Lock()
		c.calls++
		if err == nil {
			c.slowest = max(c.slowest, time.Since(start))
			if !failing.IsZero() {
				c.longest = max(c.longest, time.Since(failing))
			}
			c.mu.Unlock()
			return
		}
		c.faults[strings.TrimSpace(err.Error())]++
		over := c.over
		c.mu.Unlock()
		if failing.IsZero() {
			failing = start
		}
		if !over.IsZero() && start.Sub(over) > lasting {
			c.t.Errorf("a user's error lasts: %v", err)
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// end stops them and tells what they met.
func (c *clicks) end(during string) {
	c.mu.Lock()
	c.over = time.Now()
	c.mu.Unlock()
	c.stop()
	c.group.Wait()
	faults := 0
	var said []string
	for text, n := range c.faults {
		faults += n
		said = append(said, fmt.Sprintf("%d times: %s", n, text))
	}
	slices.Sort(said)
	c.t.Logf("during the %s: %d calls, %d faults, longest until mended %.1f s, slowest call %.1f s\n%s",
		during, c.calls, faults, c.longest.Seconds(), c.slowest.Seconds(), strings.Join(said, "\n"))
	require.Greater(c.t, c.calls, 20, "they did work meanwhile")
}

// sells is what a user of contacts does.
func (w world) sells(t *testing.T, client *rpc.Client) []func(ctx context.Context) error {
	t.Helper()
	own, err := client.Create(t.Context(), "res.partner", map[string]any{"name": "Contact of " + client.Login()})
	require.NoError(t, err)
	look := func(model string) func(ctx context.Context) error {
		method, args := "fields_view_get", rpc.Args{"view_type": "form"}
		if w.Version >= 16 {
			method, args = "get_views", rpc.Args{"views": []any{[]any{false, "form"}, []any{false, "search"}}, "options": map[string]any{}}
		}
		return func(ctx context.Context) error {
			_, err := client.Call(ctx, model, method, nil, args)
			return err
		}
	}
	return []func(ctx context.Context) error{
		func(ctx context.Context) error {
			_, err := client.SearchRead(ctx, "res.partner", nil, []string{"name", "email", "category_id"}, rpc.Limit(20))
			return err
		},
		look("res.partner"),
		func(ctx context.Context) error {
			return client.Write(ctx, "res.partner", []int64{own}, map[string]any{"comment": time.Now().String()})
		},
		func(ctx context.Context) error {
			_, err := client.FieldsGet(ctx, "res.partner")
			return err
		},
		func(ctx context.Context) error {
			_, err := client.Create(ctx, "res.partner", map[string]any{"name": "Made meanwhile"})
			return err
		},
		func(ctx context.Context) error {
			_, err := client.Read(ctx, "res.partner", []int64{own}, []string{"name", "comment", "parent_id", "child_ids"})
			return err
		},
	}
}

// builds is what an admin of bots does.
func (w world) builds(client *rpc.Client, bot, step int64) []func(ctx context.Context) error {
	method, args := "fields_view_get", rpc.Args{"view_type": "form"}
	if w.Version >= 16 {
		method, args = "get_views", rpc.Args{"views": []any{[]any{false, "form"}}, "options": map[string]any{}}
	}
	return []func(ctx context.Context) error{
		func(ctx context.Context) error {
			_, err := client.SearchRead(ctx, "x_krok_step", is("x_bot_id", bot), []string{"x_name", "x_type", "x_next_id"})
			return err
		},
		func(ctx context.Context) error {
			_, err := client.Call(ctx, "x_krok_step", method, nil, args)
			return err
		},
		func(ctx context.Context) error {
			return client.Write(ctx, "x_krok_step", []int64{step}, map[string]any{"x_text": "<p>" + time.Now().String() + "</p>"})
		},
		func(ctx context.Context) error {
			_, err := client.Create(ctx, "x_krok_step", map[string]any{"x_name": "One more", "x_bot_id": bot})
			return err
		},
	}
}

func (w world) five(t *testing.T, things func(client *rpc.Client) []func(ctx context.Context) error, clients []*rpc.Client) *clicks {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	c := &clicks{t: t, stop: stop, faults: map[string]int{}}
	for _, client := range clients {
		c.click(ctx, things(client))
	}
	return c
}

// Case B48: people go on working while krok is installed, and while it is upgraded, on 19. It does not hold on 14: there Odoo's threads set
// up the models of one database over each other ("'Char' object has no attribute 'depends'"), the install may fail, and has to be run
// when nobody works.
func TestB48FiveUsersClickOnDuringInstallAndUpgradeOf19AndNoneIsLeftWithAnError(t *testing.T) {
	t.Parallel()
	odoo := odootest.New(t, 19, odootest.Lean())
	w := world{odoo, odoo.Client(t)}
	clients := make([]*rpc.Client, 5)
	users := make([]any, 5)
	for i := range clients {
		user, client := w.person(t, fmt.Sprint("user", i), "base.group_user", "base.group_partner_manager")
		clients[i], users[i] = client, rpc.Link(user)
	}
	working := w.five(t, func(client *rpc.Client) []func(ctx context.Context) error { return w.sells(t, client) }, clients)
	plan, _ := install(t, w.client)
	working.end("install")
	require.True(t, plan.Import)

	w.write(t, "res.groups", w.Ref(t, "krok.group_administrator"), map[string]any{w.usersField(): users})
	bot := w.create(t, "x_krok_bot", map[string]any{"x_name": "Shop"})
	w.becomeOlder(t)
	working = w.five(t, func(client *rpc.Client) []func(ctx context.Context) error {
		step := w.create(t, "x_krok_step", map[string]any{"x_name": client.Login(), "x_bot_id": bot})
		return append(w.builds(client, bot, step), w.sells(t, client)...)
	}, clients)
	plan, _ = install(t, w.client)
	working.end("upgrade")
	require.Contains(t, plan.Installed, ".0.0.9.0")
	require.Empty(t, w.find(t, "ir.model.fields", is("name", "x_forgotten"), "id"))
}
