package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/krokbot/krok/flow"
)

// TestAnyScheduleOfWorkersKeepsThePromises plays random schedules of putting, taking, planning, keeping, renewing, sending, freezing,
// reviving, dying and time passing, by any number of workers, the late ones included, several in one round or each alone, against a
// model in memory. What must hold after every step:
//
//  1. A chat is given to nobody while its lease lasts, nor before the time of a retry is over; else it is given to who asks.
//  2. What is given is the oldest entry that is not done, with the session that was kept last and the number of attempts.
//  3. A fence is greater than every earlier one of its chat.
//  4. Keeping, sending and putting back work for the latest lease of the chat alone, and change nothing for any other. Keeping again
//     what was kept is no error and changes nothing.
//  5. What was planned last under the lease is found by whoever takes the entry again, and by nobody once it is done. What nobody
//     ended is counted as lost, also where that was a broadcast.
//  6. What was set aside is in nobody's way and can be had again.
//  7. In no window are more messages given than the bot's pace allows, and to no chat more than its own; but as many as both allow
//     are. Nothing goes to a chat that is to be left alone, and nothing at all while the bot is frozen.
//  8. A broadcast is given only where no message of a conversation could be, and the fates of all are counted.
//  9. The lines of the record are kept with their turns, wait in order, the chat first that has waited longest, and exactly those that are
//     named are taken away, as often as they are named.
//  10. With a result comes the last event that waits behind it.
//  11. The lists in Redis are those of the model: nothing is lost, nothing is there twice, order is kept.
func TestAnyScheduleOfWorkersKeepsThePromises(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	client, address, err := connect("redis://" + server.Addr())
	require.NoError(t, err)
	store := newStore(client, address, "uuid", Options{Lease: 10 * time.Second})
	t.Cleanup(store.Close)
	rapid.Check(t, func(t *rapid.T) {
		server.FlushAll()
		m := newModel(t, server, store)
		t.Repeat(map[string]func(*rapid.T){
			"": m.check, "round": m.round, "another round": m.round, "revive": m.revive, "renew": m.renew, "freeze": m.freeze,
			"record":          m.record,
			"time passes":     func(t *rapid.T) { m.pass(time.Duration(rapid.IntRange(1, 8000).Draw(t, "ms")) * time.Millisecond) },
			"a moment passes": func(t *rapid.T) { m.pass(time.Duration(rapid.IntRange(1, 200).Draw(t, "ms")) * time.Millisecond) },
		})
	})
}

// chatModel is one chat in one queue.
type chatModel struct {
	entries  []string
	free     time.Time // from when on it may be taken
	fence    int64     // of the lease; 0: none
	last     int64     // the greatest fence ever
	attempts int
	lost     int
	plan     string
}

// done is the end of the first entry.
func (c *chatModel) done() { c.attempts, c.lost, c.plan, c.entries = 0, 0, "", c.entries[1:] }

// lease is what a worker has in hand, perhaps for too long.
type lease struct {
	hold
	event flow.Event // of a lease of the inbox
	entry string     // its id, or the message's key
}

type model struct {
	server   *miniredis.Miniredis
	store    *Store
	now      time.Time
	queues   map[string]map[flow.ChatID]*chatModel
	sessions map[flow.ChatID]string
	kept     map[flow.ChatID]int64 // fence of the last turn
	leases   []lease
	events   int
	dead     []lease // what was set aside
	fates    map[flow.Fate]int64
	pace     paceModel
	journal  journalModel
}

const modelBot = "shop"

func newModel(t *rapid.T, server *miniredis.Miniredis, store *Store) *model {
	m := &model{server: server, store: store, now: time.UnixMicro(1_800_000_000_000_000),
		queues:   map[string]map[flow.ChatID]*chatModel{inbox: {}, outbox: {}, cast: {}},
		sessions: map[flow.ChatID]string{}, kept: map[flow.ChatID]int64{}, fates: map[flow.Fate]int64{}, pace: newPaceModel(t),
		journal: journalModel{lines: map[flow.ChatID][]string{}, since: map[flow.ChatID]time.Time{}}}
	m.pass(0)
	return m
}

func (m *model) pass(d time.Duration) {
	m.now = m.now.Add(d)
	m.server.SetTime(m.now)
}

func (m *model) chat(queue string, chat flow.ChatID) *chatModel {
	if m.queues[queue][chat] == nil {
		m.queues[queue][chat] = &chatModel{}
	}
	return m.queues[queue][chat]
}

func (m *model) add(queue string, chat flow.ChatID, entry string) {
	state := m.chat(queue, chat)
	if len(state.entries) == 0 {
		state.free = m.now
	}
	state.entries = append(state.entries, entry)
}

// round lets some workers ask for something at the same time, and takes.
func (m *model) round(t *rapid.T) {
	var all []asked
	for range rapid.IntRange(0, 4).Draw(t, "requests") {
		kind := rapid.SampledFrom([]func(*rapid.T) (asked, bool){m.put, m.plan, m.keep, m.keep, m.end, m.end}).Draw(t, "kind")
		if one, ok := kind(t); ok {
			all = append(all, one)
		}
	}
	want := wanted{events: rapid.IntRange(0, 3).Draw(t, "events"), messages: rapid.IntRange(0, 3).Draw(t, "messages"), pace: m.pace.Pace}
	var requests []*request
	for _, one := range all {
		requests = append(requests, one.request)
	}
	got, err := m.store.round(t.Context(), modelBot, requests, want)
	require.NoError(t, err)
	slices.SortStableFunc(all, func(a, b asked) int { return a.request.kind - b.request.kind })
	for _, one := range all {
		one.settle(one.request.err)
	}
	m.taken(t, inbox, got.events, min(want.events, len(m.due(inbox))))
	m.sentOut(t, got.messages, want.messages)
}

// due are the chats of a queue that may be taken.
func (m *model) due(queue string) (chats []flow.ChatID) {
	for chat, state := range m.queues[queue] {
		if len(state.entries) > 0 && !state.free.After(m.now) && (queue == inbox || m.pace.mayGo(chat, m.now)) {
			chats = append(chats, chat)
		}
	}
	return chats
}

// taken holds what was taken against the model.
func (m *model) taken(t *rapid.T, queue string, jobs []*job, count int) {
	require.Len(t, jobs, count)
	for _, job := range jobs {
		state := m.chat(queue, job.chat)
		require.Equal(t, queue, job.queue)
		require.Contains(t, m.due(queue), job.chat)
		require.Equal(t, state.entries[0], nameOf(t, job.item))
		require.Equal(t, state.attempts, job.attempts)
		if state.fence != 0 {
			state.lost++ // the one before has not said how it ended
		}
		require.Equal(t, state.lost, job.lost)
		require.Equal(t, state.plan, job.plan)
		require.Greater(t, job.fence, state.last)
		if queue == inbox && (m.kept[job.chat] != 0 || job.record != "") {
			require.Equal(t, fmt.Sprintf("%d %s", m.kept[job.chat], m.sessions[job.chat]), job.record)
		}
		state.fence, state.last, state.free = job.fence, job.fence, m.now.Add(m.store.options.Lease+time.Microsecond)
		state.attempts++
		held := lease{hold: hold{queue, job.chat, job.fence}, entry: state.entries[0]}
		if queue == inbox {
			require.NoError(t, json.Unmarshal([]byte(job.item), &held.event))
			m.lastBehind(t, held.event, job.last)
		} else {
			m.pace.went(job.chat, m.now)
		}
		m.leases = append(m.leases, held)
	}
}

// lastBehind holds what came with an event against the model: behind a result the last entry of the chat.
func (m *model) lastBehind(t *rapid.T, event flow.Event, last string) {
	entries := m.chat(inbox, event.Chat).entries
	if event.Kind != flow.KindResult || len(entries) == 1 {
		require.Empty(t, last)
		return
	}
	require.Equal(t, entries[len(entries)-1], nameOf(t, last))
}

// sentOut holds the messages that were taken against the model.
func (m *model) sentOut(t *rapid.T, jobs []*job, asked int) {
	if m.now.Before(m.pace.frozen) {
		require.Empty(t, jobs)
		return
	}
	conversations := slices.DeleteFunc(slices.Clone(jobs), func(j *job) bool { return j.queue == cast })
	room := min(asked, m.pace.room(m.now))
	due := len(m.due(outbox))
	m.taken(t, outbox, conversations, min(room, due))
	broadcasts := jobs[len(conversations):]
	if due >= room {
		require.Empty(t, broadcasts)
		return
	}
	m.taken(t, cast, broadcasts, min(room-due, m.pace.castRoom(m.now), len(m.due(cast))))
}

// nameOf is the id of an event or the key of a message.
func nameOf(t *rapid.T, item string) string {
	var entry struct{ ID, Key string }
	require.NoError(t, json.Unmarshal([]byte(item), &entry))
	return entry.ID + entry.Key
}

func (m *model) check(t *rapid.T) {
	m.pass(2 * time.Microsecond) // no two scripts run at one moment
	for queue, chats := range m.queues {
		keys, waiting := m.store.queueKeys(modelBot, queue), 0
		for chat, state := range chats {
			items, err := m.store.client.LRange(t.Context(), keys.list+string(chat), 0, -1).Result()
			require.NoError(t, err)
			names := []string{}
			for _, item := range items {
				names = append(names, nameOf(t, item))
			}
			require.Equal(t, append([]string{}, state.entries...), names, "%s of chat %s", queue, chat)
			if len(items) > 0 {
				waiting++
			}
		}
		due, err := m.store.client.ZCard(t.Context(), keys.due).Result()
		require.NoError(t, err)
		require.Equal(t, int64(waiting), due, "each chat with entries stands in the queue once")
	}
	fates, err := m.store.Fates(t.Context(), modelBot)
	require.NoError(t, err)
	require.Equal(t, m.fates, fates)
	m.checkJournal(t)
}
