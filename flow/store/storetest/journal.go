package storetest

import (
	"fmt"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/store"
)

// tell keeps a turn of a chat that leaves lines with these keys.
func (r *rig) tell(chat string, keys ...string) {
	r.Helper()
	r.put(event(chat, strings.Join(append(keys, chat), " "), ""))
	r.keep(r.store, r.take(r.store), flow.Kept{Journal: lines(chat, keys...)})
}

func lines(chat string, keys ...string) (all []flow.Line) {
	for _, key := range keys {
		all = append(all, flow.Line{Key: key, Chat: flow.ChatID(chat), At: time.Unix(1_800_000_000, 0).UTC(), In: true, Author: "Ганна", Text: "рядок\n\"" + key + "\""})
	}
	return all
}

// journal reads what waits, as keys.
func (r *rig) journal(most int) []string {
	r.Helper()
	found, err := r.store.Journal(r.Context(), bot, most)
	require.NoError(r, err)
	return keysOf(found)
}

func keysOf(all []flow.Line) []string {
	keys := []string{}
	for _, line := range all {
		keys = append(keys, string(line.Chat)+":"+line.Key)
	}
	return keys
}

// journaled takes lines away, and makes sure how many are left.
func (r *rig) journaled(left int, all ...flow.Line) {
	r.Helper()
	require.NoError(r, r.store.Journaled(r.Context(), bot, all))
	require.Len(r, r.journal(1000), left)
	queues, err := r.store.Queues(r.Context(), bot)
	require.NoError(r, err)
	require.EqualValues(r, left, queues.Journal)
}

func linesWaitInOrder(r *rig) {
	r.tell("1", "a", "b")
	r.tell("2", "c")
	r.tell("1", "d")
	want := lines("1", "a")[0]
	want.Start, want.Step, want.Content = true, 7, flow.ContentText
	want.File, want.Media = &flow.File{ID: "f", Name: "x.pdf", Size: 5}, []flow.Medium{{ID: 3, Kind: "image"}}
	r.put(event("3", "e", ""))
	r.keep(r.store, r.take(r.store), flow.Kept{Journal: []flow.Line{want}, Retry: time.Hour})

	for range 2 { // they stay where they are
		require.Equal(r, []string{"1:a", "1:b", "1:d", "2:c", "3:a"}, r.journal(100))
	}
	require.Equal(r, []string{"1:a", "1:b", "1:d", "2:c"}, r.journal(4))
	require.Equal(r, []string{"1:a", "1:b"}, r.journal(2))
	require.Empty(r, r.journal(0))
	waiting, err := r.store.Waiting(r.Context(), bot, "3")
	require.NoError(r, err)
	want.Chat = "3"
	require.Equal(r, []flow.Line{want}, waiting)
	waiting, err = r.store.Waiting(r.Context(), bot, "4")
	require.NoError(r, err)
	require.Empty(r, waiting)
}

func journaledTakesExactlyThese(r *rig) {
	r.tell("1", "a", "b", "c", "d")
	r.tell("2", "e")
	r.journaled(3, lines("1", "a", "b")...)
	r.journaled(3, lines("1", "a", "b")...) // as after a lost answer
	r.tell("1", "f")
	r.journaled(3, lines("1", "d")...) // in the middle
	require.Equal(r, []string{"2:e", "1:c", "1:f"}, r.journal(10), "a chat of which something was taken goes behind the others")
	r.journaled(2, append(lines("1", "e", "f"), lines("3", "c")...)...)
	r.journaled(0, append(lines("1", "c"), lines("2", "e")...)...)
	require.Equal(r, []string{"/shop}:seen"}, withoutChats(r.keys()))
}

// withoutChats leaves out the sessions, which stay.
func withoutChats(keys []string) (rest []string) {
	for _, key := range keys {
		if key != "/shop}:chats" && !strings.HasSuffix(key, ":idle") {
			rest = append(rest, key)
		}
	}
	return rest
}

func linesAreKeptWithTheirTurn(r *rig) {
	asleep := r.open(store.Options{TurnTime: time.Nanosecond, Lease: 200 * time.Millisecond}) // renews nothing, as if it stood still
	r.put(event("1", "x", ""))
	lost := r.take(asleep)
	taken := r.take(r.store)
	require.ErrorIs(r, asleep.Keep(r.Context(), lost, flow.Kept{Journal: lines("1", "lost")}), flow.ErrLost)
	kept := flow.Kept{Journal: lines("1", "a"), Messages: []flow.Outgoing{message("x/1", "")}}
	r.keep(r.store, taken, kept)
	r.keep(r.store, taken, kept) // as after a lost answer
	require.Equal(r, []string{"1:a"}, r.journal(10))
}

func longLinesComeInPortions(r *rig) {
	long := strings.Repeat("довгий ", 10_000)
	for i := range 20 {
		line := lines("1", fmt.Sprint(i))[0]
		line.Text = long
		r.put(event("1", fmt.Sprint(i), ""))
		r.keep(r.store, r.take(r.store), flow.Kept{Journal: []flow.Line{line}})
	}
	var all []string
	for calls := 1; ; calls++ {
		found, err := r.store.Journal(r.Context(), bot, 1000)
		require.NoError(r, err)
		if len(found) == 0 {
			require.Greater(r, calls, 2)
			break
		}
		all = append(all, keysOf(found)...)
		require.NoError(r, r.store.Journaled(r.Context(), bot, found))
	}
	require.Len(r, all, 20)
}

func refusedLineIsSetAside(r *rig) {
	r.tell("1", "a", "b", "c")
	require.NoError(r, r.store.JournalRefused(r.Context(), bot, lines("1", "b")[0], "odoo does not like it"))
	require.NoError(r, r.store.JournalRefused(r.Context(), bot, lines("1", "b")[0], "it is gone already"))
	r.journaled(0, lines("1", "a", "c")...)
	dead, err := r.store.Dead(r.Context(), bot)
	require.NoError(r, err)
	require.Len(r, dead, 1)
	require.Equal(r, "journal", dead[0].Queue)
	require.Equal(r, flow.ChatID("1"), dead[0].Chat)
	require.Equal(r, "odoo does not like it", dead[0].Reason)
	require.NoError(r, r.store.RetryDead(r.Context(), bot, dead[0].ID))
	found, err := r.store.Journal(r.Context(), bot, 10)
	require.NoError(r, err)
	require.Equal(r, lines("1", "b"), found)
	r.journaled(0, found...)
}

func unreadableLineIsSetAside(r *rig) {
	r.tell("1", "a", "b")
	require.NoError(r, r.backend.Client.LSet(r.Context(), r.key("journal:1"), 0, "{broken").Err())
	require.Equal(r, []string{"1:b"}, r.journal(10))
	waiting, err := r.store.Waiting(r.Context(), bot, "1")
	require.NoError(r, err)
	require.Equal(r, []string{"1:b"}, keysOf(waiting))
	dead, err := r.store.Dead(r.Context(), bot)
	require.NoError(r, err)
	require.Len(r, dead, 1)
	require.Equal(r, "{broken", string(dead[0].Entry))
	r.journaled(0, lines("1", "b")...)
}

func lostLinesStopNobody(r *rig) {
	for chat := range 150 {
		r.tell(fmt.Sprint(chat), "a")
	}
	for chat := range 149 { // a Redis that evicts
		require.NoError(r, r.backend.Client.Del(r.Context(), r.key(fmt.Sprintf("journal:%d", chat))).Err())
	}
	require.Equal(r, []string{"149:a"}, r.journal(10))
	r.journaled(0, lines("149", "a")...)
	require.Equal(r, []string{"/shop}:seen"}, withoutChats(r.keys()))
}
