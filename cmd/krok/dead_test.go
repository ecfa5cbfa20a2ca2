package main

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/store"
	"github.com/krokbot/krok/flow/store/storetest"
)

// deadRig is a Redis with conversations of an Odoo that is down, and the command line.
type deadRig struct {
	*testing.T
	store   *store.Store
	environ []string
}

func newDeadRig(t *testing.T) *deadRig {
	t.Helper()
	server := storetest.Start(t)
	const nowhere = "http://127.0.0.1:9" // the discard port: nobody answers
	notebook, err := store.Open(t.Context(), server.URL, "databases")
	require.NoError(t, err)
	t.Cleanup(notebook.Close)
	require.NoError(t, notebook.Remember(t.Context(), nowhere+"/odoo", "uuid"))
	kept, err := store.Open(t.Context(), server.URL, "uuid")
	require.NoError(t, err)
	t.Cleanup(kept.Close)
	for _, bot := range []string{"shop", "school"} {
		require.NoError(t, kept.SaveGood(t.Context(), bot, store.Good{}))
	}
	return &deadRig{T: t, store: kept, environ: []string{"LANG=C", "KROK_ODOO_URL=" + nowhere, "KROK_ODOO_DB=odoo",
		"KROK_ODOO_LOGIN=krok", "KROK_ODOO_KEY=secret", "KROK_REDIS_URL=" + server.URL}}
}

func (r *deadRig) krok(args ...string) (code int, out, err string) {
	r.Helper()
	var said, complained bytes.Buffer
	code = run(r.Context(), streams{In: &bytes.Buffer{}, Out: &said, Err: &complained}, r.environ, args)
	return code, said.String(), complained.String()
}

// fail sets an event aside.
func (r *deadRig) fail(bot, id, text string) {
	r.Helper()
	require.NoError(r, r.store.Put(r.Context(), bot, flow.Event{ID: id, Chat: "7000000001", Kind: flow.KindMessage, Message: &flow.Message{Text: text}}))
	taken, err := r.store.Take(r.Context(), bot)
	require.NoError(r, err)
	require.NoError(r, r.store.Keep(r.Context(), taken, flow.Kept{Dead: "odoo does not know " + text}))
}

func TestWhatWasSetAsideIsShownTriedAgainAndForgotten(t *testing.T) {
	t.Parallel()
	r := newDeadRig(t)
	code, out, _ := r.krok("dead", "list")
	require.Zero(t, code)
	require.Contains(t, out, "0 set aside")
	r.fail("shop", "a", "tea")
	r.fail("shop", "b", "coffee")
	r.fail("school", "c", "chalk")
	_, out, _ = r.krok("dead", "list")
	for _, part := range []string{"odoo does not know tea", `message "coffee"`, "school", "7000000001", "3 set aside"} {
		require.Contains(t, out, part)
	}
	_, out, _ = r.krok("dead", "list", "--json", "--bot", "school")
	var listed []setAside
	require.NoError(t, json.Unmarshal([]byte(out), &listed))
	require.Len(t, listed, 1)
	require.Equal(t, "odoo does not know chalk", listed[0].Reason)

	code, _, complaint := r.krok("dead", "retry", "1")
	require.Equal(t, 1, code, "both bots have a number 1")
	require.Contains(t, complaint, "school, shop")
	code, out, _ = r.krok("dead", "retry", "1", "--bot", "shop")
	require.Zero(t, code)
	require.Contains(t, out, "1 is tried again")
	taken, err := r.store.Take(t.Context(), "shop")
	require.NoError(t, err)
	require.Equal(t, "tea", taken.Event.Message.Text)

	code, out, _ = r.krok("dead", "drop", "--all")
	require.Zero(t, code)
	require.Contains(t, out, "2 forgotten")
	_, out, _ = r.krok("dead", "list", "--json")
	require.JSONEq(t, "[]", out)
}

func TestWhatCannotBeTriedAgainChangesNothing(t *testing.T) {
	t.Parallel()
	r := newDeadRig(t)
	r.fail("shop", "a", "tea")
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"dead", "list", "shop"}, 2, "krok dead list"},
		{[]string{"dead", "retry"}, 2, "--all"},
		{[]string{"dead", "drop", "1", "--all"}, 2, "--all"},
		{[]string{"dead", "retry", "1", "77"}, 1, "77"},
		{[]string{"dead", "drop", "last"}, 1, "last"},
		{[]string{"dead", "retry", "1", "--bot", "nobody"}, 1, "under 1"},
	} {
		code, out, complaint := r.krok(c.args...)
		require.Equal(t, c.code, code, "%v: %s", c.args, complaint)
		require.Contains(t, complaint, c.says)
		require.Empty(t, out)
	}
	dead, err := r.store.Dead(t.Context(), "shop")
	require.NoError(t, err)
	require.Len(t, dead, 1)

	code := run(t.Context(), streams{In: &bytes.Buffer{}, Out: io.Discard, Err: io.Discard}, []string{"LANG=C"}, []string{"dead", "list"})
	require.Equal(t, 1, code, "no Redis: nobody else can look into a process")
}

func TestALineOfTheRecordThatWasSetAsideIsShownInWords(t *testing.T) {
	t.Parallel()
	line, err := json.Marshal(flow.Line{Key: "7", Text: "Доброго дня"})
	require.NoError(t, err)
	require.Equal(t, `journal "Доброго дня"`, summary(string(line)))
}
