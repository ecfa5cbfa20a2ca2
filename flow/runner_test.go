package flow_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/store"
)

// scriptedOdoo answers commits as a test says, and notes them.
type scriptedOdoo struct {
	mu      sync.Mutex
	answers []error // for the next commits; none left: they are carried out
	commits []flow.Commit
	panics  bool
}

func (o *scriptedOdoo) Ask(context.Context, flow.Question) (flow.Reply, error) {
	if o.panics {
		panic("a nil map")
	}
	return flow.Reply{Matches: []bool{true}}, nil
}

func (o *scriptedOdoo) Values(context.Context, flow.ValuesQuestion) (flow.Values, error) {
	return flow.Values{}, nil
}

func (o *scriptedOdoo) Find(context.Context, flow.RecordsQuestion) (flow.Records, error) {
	return flow.Records{}, nil
}

func (o *scriptedOdoo) Commit(_ context.Context, commit flow.Commit) (flow.CommitResult, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.commits = append(o.commits, commit)
	if len(o.answers) > 0 {
		err := o.answers[0]
		o.answers = o.answers[1:]
		if err != nil {
			return flow.CommitResult{}, err
		}
	}
	return flow.CommitResult{Results: []map[string]any{{"partner": 7, "chat": 8, "lang": "uk_UA"}}}, nil
}

func (o *scriptedOdoo) asked() []flow.Commit {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]flow.Commit{}, o.commits...)
}

// runs is a bot that is run on a store of its own.
type runs struct {
	*testing.T
	store *store.Store
	odoo  *scriptedOdoo
	bot   *flow.Bot
}

const shop = "shop"

func newRuns(t *testing.T) *runs {
	t.Helper()
	kept, err := store.OpenWith(t.Context(), "", "uuid", store.Options{Lease: 300 * time.Millisecond, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	t.Cleanup(kept.Close)
	built := flow.Build(flow.Definition{Tables: map[string][]flow.Row{
		"bot": {{"id": 1, "code": shop, "name": "Shop", "lang": "en_US"}},
		"step": {{"id": 10, "code": "hello", "name": "Hello", "type": "text", "text": flow.Texts{"en_US": "<p>Hello!</p>"}},
			{"id": 11, "code": "vip", "name": "VIP", "type": "text", "domain": `[("vip", "=", True)]`, "text": flow.Texts{"en_US": "<p>Welcome!</p>"}}},
		"alias": {{"id": 1, "name": "/start", "step_id": 10}, {"id": 2, "name": "vip", "step_id": 11}},
	}}, flow.Definition{}, nil)
	require.NotNil(t, built.Bot, "%v", built.Problems)
	return &runs{T: t, store: kept, odoo: &scriptedOdoo{}, bot: built.Bot}
}

// start begins to answer what is in the inbox.
func (r *runs) start() { r.startOn(r.store) }

func (r *runs) startOn(kept flow.Store) {
	runner := flow.NewRunner(flow.RunnerConfig{Code: shop, Bot: func() *flow.Bot { return r.bot }, Store: kept,
		Engine: flow.Engine{Odoo: r.odoo}, Workers: 1, Log: slog.New(slog.DiscardHandler)})
	runner.Start(r.Context())
	r.Cleanup(runner.Stop)
}

func (r *runs) put(events ...flow.Event) {
	require.NoError(r, r.store.Put(r.Context(), shop, events...))
}

func (r *runs) said() string {
	r.Helper()
	ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
	defer cancel()
	letter, err := r.store.TakeMessage(ctx, shop, flow.Pace{})
	require.NoError(r, err)
	require.NoError(r, r.store.Sent(r.Context(), letter, flow.Outcome{Fate: flow.FateSent}))
	return letter.Message.Text.Text
}

// known makes the chat one that Odoo knows.
func (r *runs) known() {
	r.put(wrote("0", "/start"))
	taken, err := r.store.Take(r.Context(), shop)
	require.NoError(r, err)
	require.NoError(r, r.store.Keep(r.Context(), taken, flow.Kept{Session: flow.Session{Partner: 7, Chat: 8}.Bytes()}))
}

// planned leaves an event with a plan in the inbox, as a process does that was killed before it asked Odoo.
func (r *runs) planned(plan string) {
	r.put(blocked("1"))
	taken, err := r.store.Take(r.Context(), shop)
	require.NoError(r, err)
	require.NoError(r, r.store.Plan(r.Context(), taken, []byte(plan)))
	require.NoError(r, r.store.Keep(r.Context(), taken, flow.Kept{Session: taken.Session, Retry: time.Microsecond})) // for its lease
}

func wrote(id, text string) flow.Event {
	return flow.Event{ID: id, Chat: "7000000001", Kind: flow.KindMessage, At: time.Now().UTC(), From: flow.Person{ID: "7000000001", FirstName: "Ганна"},
		Message: &flow.Message{Text: text, Content: flow.ContentText}}
}

func blocked(id string) flow.Event {
	return flow.Event{ID: id, Chat: "7000000001", Kind: flow.KindBlocked, At: time.Now().UTC(), From: flow.Person{ID: "7000000001"}}
}

func (r *runs) dead(n int) []flow.Dead {
	r.Helper()
	var dead []flow.Dead
	require.Eventually(r, func() bool {
		var err error
		dead, err = r.store.Dead(r.Context(), shop)
		return err == nil && len(dead) == n
	}, 10*time.Second, 5*time.Millisecond)
	return dead
}

func TestWhatATurnDecidedIsCarriedOutAgainAndNotWorkedOutAnew(t *testing.T) {
	t.Parallel()
	r := newRuns(t)
	r.known()
	r.odoo.answers = []error{&flow.Unavailable{Err: errors.New("restarting")}, &flow.Unavailable{Err: errors.New("restarting")}}
	r.put(blocked("1"), wrote("2", "/start"))
	r.start()
	require.Equal(t, "Hello!", r.said(), "the chat goes on in order")
	commits := r.odoo.asked()
	require.Len(t, commits, 3)
	require.Equal(t, "shop/7000000001/1", commits[0].Key)
	for _, again := range commits[1:] {
		require.Equal(t, commits[0].Key, again.Key)
		require.Equal(t, flow.ChatState, again.Operations[0].Kind)
		require.EqualValues(t, "8", again.Operations[0].Args["chat"], "a whole number stays one")
	}
}

func TestPlanOfAKilledProcessIsCarriedOutByTheNext(t *testing.T) {
	t.Parallel()
	r := newRuns(t)
	r.known()
	planned := `{"event":"1","session":{"v":1,"p":7,"c":8},"messages":[{"key":"1#1","text":{"t":"As it was decided."}}],` +
		`"commit":{"key":"shop/7000000001/1","operations":[{"kind":"chat_state","args":{"chat":99,"state":"open"}}]}}`
	r.planned(planned)
	r.start()
	require.Equal(t, "As it was decided.", r.said())
	commits := r.odoo.asked()
	require.Len(t, commits, 1)
	require.EqualValues(t, "99", commits[0].Operations[0].Args["chat"])
}

func TestEventThatFailsForGoodIsSetAsideAndCanBeTriedAgain(t *testing.T) {
	t.Parallel()
	r := newRuns(t)
	r.odoo.answers = []error{errors.New("odoo does not know this operation"), errors.New("odoo does not know this operation")}
	r.put(wrote("1", "/start"))
	r.start()
	require.Contains(t, r.said(), "went wrong")
	dead := r.dead(1)
	require.Contains(t, dead[0].Reason, "does not know this operation")
	require.NoError(t, r.store.RetryDead(t.Context(), shop, dead[0].ID))
	require.Contains(t, r.said(), "went wrong")
	require.NoError(t, r.store.RetryDead(t.Context(), shop, r.dead(1)[0].ID))
	require.Equal(t, "Hello!", r.said())
	r.dead(0)
}

func TestPanicSetsItsEventAsideAndTheProcessLives(t *testing.T) {
	t.Parallel()
	r := newRuns(t)
	r.known()
	r.odoo.panics = true
	r.put(wrote("1", "vip"), wrote("2", "/start"))
	r.start()
	require.Contains(t, r.said(), "went wrong")
	require.Equal(t, "Hello!", r.said())
	require.Contains(t, r.dead(1)[0].Reason, "a nil map")
}

// deadly is a store whose event 1 has taken down every process that had it.
type deadly struct{ flow.Store }

func (d deadly) Take(ctx context.Context, bot string) (flow.Taken, error) {
	taken, err := d.Store.Take(ctx, bot)
	if taken.Event.ID == "1" {
		taken.Lost = 10
	}
	return taken, err
}

func TestEventThatKeepsTakingItsProcessDownIsSetAside(t *testing.T) {
	t.Parallel()
	r := newRuns(t)
	r.known()
	r.put(wrote("1", "/start"), wrote("2", "/start"))
	r.startOn(deadly{r.store})
	require.Contains(t, r.said(), "went wrong")
	require.Equal(t, "Hello!", r.said())
	require.Contains(t, r.dead(1)[0].Reason, "begun 10 times")
}

func TestPlanThatCannotBeReadIsNotWorkedOutAnew(t *testing.T) {
	t.Parallel()
	for _, plan := range []string{`{`, `{"event":"77","commit":{"key":"k"}}`} {
		r := newRuns(t)
		r.known()
		r.planned(plan)
		r.start()
		dead := r.dead(1)[0]
		require.Contains(t, dead.Reason, "plan")
		require.Contains(t, string(dead.Entry), `"blocked"`)
		require.Empty(t, r.odoo.asked())
	}
}
