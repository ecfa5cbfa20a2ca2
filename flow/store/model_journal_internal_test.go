package store

import (
	"cmp"
	"slices"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/krokbot/krok/flow"
)

// journalModel is the record that waits for Odoo.
type journalModel struct {
	lines map[flow.ChatID][]string // their keys
	since map[flow.ChatID]time.Time
	seen  []flow.Line // that were read lately, by whoever led then
}

func (j *journalModel) add(chat flow.ChatID, key string, now time.Time) {
	if len(j.lines[chat]) == 0 {
		j.since[chat] = now
	}
	j.lines[chat] = append(j.lines[chat], key)
}

// remove takes a line away, where it is there.
func (j *journalModel) remove(chat flow.ChatID, key string, now time.Time) {
	if i := slices.Index(j.lines[chat], key); i >= 0 {
		j.lines[chat] = slices.Delete(j.lines[chat], i, i+1)
		j.since[chat] = now
	}
}

// all are the lines in the order in which they are to be had.
func (j *journalModel) all() (lines []flow.Line) {
	var chats []flow.ChatID
	for chat, keys := range j.lines {
		if len(keys) > 0 {
			chats = append(chats, chat)
		}
	}
	slices.SortFunc(chats, func(a, b flow.ChatID) int {
		return cmp.Or(j.since[a].Compare(j.since[b]), cmp.Compare(a, b))
	})
	for _, chat := range chats {
		for _, key := range j.lines[chat] {
			lines = append(lines, flow.Line{Chat: chat, Key: key})
		}
	}
	return lines
}

// record reads some lines, and takes some of those away that anybody has read lately.
func (m *model) record(t *rapid.T) {
	most := rapid.IntRange(1, 6).Draw(t, "most")
	lines, err := m.store.Journal(t.Context(), modelBot, most)
	require.NoError(t, err)
	want := m.journal.all()
	require.Equal(t, named(want[:min(most, len(want))]), named(lines))
	m.journal.seen = append(m.journal.seen, lines...)
	m.journal.seen = m.journal.seen[max(0, len(m.journal.seen)-12):]
	if len(m.journal.seen) == 0 {
		return
	}
	done := rapid.SliceOfN(rapid.SampledFrom(m.journal.seen), 0, 6).Draw(t, "done")
	require.NoError(t, m.store.Journaled(t.Context(), modelBot, done))
	for _, line := range done {
		m.journal.remove(line.Chat, line.Key, m.now)
	}
}

func named(lines []flow.Line) [][2]string {
	names := [][2]string{}
	for _, line := range lines {
		names = append(names, [2]string{string(line.Chat), line.Key})
	}
	return names
}

func (m *model) checkJournal(t *rapid.T) {
	lines, err := m.store.Journal(t.Context(), modelBot, 10_000)
	require.NoError(t, err)
	require.Equal(t, named(m.journal.all()), named(lines))
	for chat, keys := range m.journal.lines {
		waiting, err := m.store.Waiting(t.Context(), modelBot, chat)
		require.NoError(t, err)
		require.Len(t, waiting, len(keys))
	}
	queues, err := m.store.Queues(t.Context(), modelBot)
	require.NoError(t, err)
	require.EqualValues(t, len(lines), queues.Journal)
}
