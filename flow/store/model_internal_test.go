package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/krokbot/krok/flow"
)

// TestAnyScheduleOfWorkersKeepsThePromises plays random schedules of putting, taking, keeping, renewing, sending, dying and time
// passing, by any number of workers, the late ones included, against a model in memory. What must hold after every step:
//
//  1. A chat is given to nobody while its lease lasts, nor before the time of a retry is over; else it is given to who asks.
//  2. What is given is the oldest entry that is not done, with the session that was kept last and the number of attempts.
//  3. A fence is greater than every earlier one of its chat.
//  4. Keeping, sending and putting back work for the latest lease of the chat alone, and change nothing for any other.
//  5. What was planned last under the lease is found by whoever takes the entry again, and by nobody once it is done. What nobody
//     ended is counted as lost.
//  6. What was set aside is in nobody's way and can be had again.
//  7. The lists in Redis are those of the model: nothing is lost, nothing is there twice, order is kept.
func TestAnyScheduleOfWorkersKeepsThePromises(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	client, address, err := connect("redis://" + server.Addr())
	require.NoError(t, err)
	store := newStore(client, address, "uuid", Options{Lease: 10 * time.Second})
	t.Cleanup(store.Close)
	rapid.Check(t, func(t *rapid.T) {
		server.FlushAll()
		m := &model{server: server, store: store, now: time.UnixMicro(1_800_000_000_000_000),
			queues: map[string]map[flow.ChatID]*chatModel{inbox: {}, outbox: {}}, sessions: map[flow.ChatID]string{}, kept: map[flow.ChatID]int64{}}
		m.pass(0)
		t.Repeat(map[string]func(*rapid.T){
			"": m.check, "put": m.put, "take": m.take, "take again": m.take, "plan": m.plan, "keep": m.keep, "revive": m.revive, "settle message": m.settle, "renew": m.renew,
			"time passes": func(t *rapid.T) { m.pass(time.Duration(rapid.IntRange(1, 8000).Draw(t, "ms")) * time.Millisecond) },
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

// lease is what a worker has in hand, perhaps for too long.
type lease struct {
	queue string
	chat  flow.ChatID
	fence int64
	event flow.Event
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
	dead     []lease // with the event that was set aside
}

const modelBot = "shop"

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

func (m *model) put(t *rapid.T) {
	number := rapid.IntRange(max(0, m.events-2), m.events+1).Draw(t, "event")
	chat := flow.ChatID(strconv.Itoa(number % 3)) // a repeated one is of the same chat
	event := flow.Event{ID: strconv.Itoa(number), Chat: chat}
	require.NoError(t, m.store.Put(t.Context(), modelBot, event))
	if number >= m.events {
		m.add(inbox, chat, event.ID)
		if number > m.events { // the one before it was never sent
			require.NoError(t, m.store.Put(t.Context(), modelBot, flow.Event{ID: strconv.Itoa(number - 1), Chat: flow.ChatID(strconv.Itoa((number - 1) % 3))}))
			m.add(inbox, flow.ChatID(strconv.Itoa((number-1)%3)), strconv.Itoa(number-1))
		}
		m.events = number + 1
	}
}

func (m *model) take(t *rapid.T) {
	queue := rapid.SampledFrom([]string{inbox, outbox}).Draw(t, "queue")
	n := rapid.IntRange(1, 4).Draw(t, "n")
	free := 0
	for _, state := range m.queues[queue] {
		if len(state.entries) > 0 && !state.free.After(m.now) {
			free++
		}
	}
	want := wanted{events: n}
	if queue == outbox {
		want = wanted{messages: n}
	}
	got, err := m.store.round(t.Context(), modelBot, nil, want)
	jobs := append(got.events, got.messages...)
	require.NoError(t, err)
	require.Len(t, jobs, min(n, free))
	for _, job := range jobs {
		state := m.chat(queue, job.chat)
		require.False(t, state.free.After(m.now), "the chat is not free")
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
		state.fence, state.last, state.free = job.fence, job.fence, m.now.Add(m.store.options.Lease)
		state.attempts++
		held := lease{queue: queue, chat: job.chat, fence: job.fence}
		if queue == inbox {
			require.NoError(t, json.Unmarshal([]byte(job.item), &held.event))
		}
		m.leases = append(m.leases, held)
	}
}

// nameOf is the id of an event or the key of a message.
func nameOf(t *rapid.T, item string) string {
	var entry struct{ ID, Key string }
	require.NoError(t, json.Unmarshal([]byte(item), &entry))
	return entry.ID + entry.Key
}

// some draws a lease of a queue. It stays in hand: its worker may come back with it much later.
func (m *model) some(t *rapid.T, queue string) lease {
	of := slices.DeleteFunc(slices.Clone(m.leases), func(l lease) bool { return l.queue != queue })
	if len(of) == 0 {
		t.Skip("nobody holds anything")
	}
	return rapid.SampledFrom(of[max(0, len(of)-5):]).Draw(t, "lease")
}

func (m *model) keep(t *rapid.T) {
	held := m.some(t, inbox)
	state := m.chat(inbox, held.chat)
	kept := flow.Kept{Session: []byte(rapid.StringMatching(`[a-z ]{0,8}`).Draw(t, "session"))}
	for i := range rapid.IntRange(0, 2).Draw(t, "messages") {
		kept.Messages = append(kept.Messages, flow.Outgoing{Key: fmt.Sprintf("%s/%d@%d", held.event.ID, i, held.fence)})
	}
	switch rapid.SampledFrom([]string{"done", "next", "retry", "dead"}).Draw(t, "end") {
	case "dead":
		kept.Dead = "no"
	case "next":
		kept.Next = &flow.Event{ID: held.event.ID + "/1", Chat: held.chat}
	case "retry":
		kept.Retry = time.Duration(rapid.IntRange(1, 5000).Draw(t, "ms")) * time.Millisecond
	}
	err := m.store.Keep(t.Context(), flow.Taken{Event: held.event, Fence: held.fence}, kept)
	switch {
	case state.fence == held.fence:
		require.NoError(t, err)
	case m.kept[held.chat] == held.fence:
		require.NoError(t, err, "it was kept before")
		return
	default:
		require.ErrorIs(t, err, flow.ErrLost)
		return
	}
	m.sessions[held.chat], m.kept[held.chat] = string(kept.Session), held.fence
	state.fence, state.free = 0, m.now.Add(kept.Retry)
	if kept.Dead != "" {
		m.dead = append(m.dead, held)
	}
	if kept.Retry == 0 {
		state.done()
	}
	if kept.Next != nil {
		state.entries = slices.Insert(state.entries, 0, kept.Next.ID)
	}
	for _, message := range kept.Messages {
		m.add(outbox, held.chat, message.Key)
	}
}

// done is the end of the first entry.
func (c *chatModel) done() { c.attempts, c.lost, c.plan, c.entries = 0, 0, "", c.entries[1:] }

func (m *model) plan(t *rapid.T) {
	held := m.some(t, inbox)
	plan := rapid.StringMatching(`[a-z ]{1,8}`).Draw(t, "plan")
	err := m.store.Plan(t.Context(), flow.Taken{Event: held.event, Fence: held.fence}, []byte(plan))
	state := m.chat(inbox, held.chat)
	if state.fence != held.fence {
		require.ErrorIs(t, err, flow.ErrLost)
		return
	}
	require.NoError(t, err)
	state.plan = plan
}

func (m *model) revive(t *rapid.T) {
	if len(m.dead) == 0 {
		t.Skip("nothing is set aside")
	}
	dead, err := m.store.Dead(t.Context(), modelBot)
	require.NoError(t, err)
	require.Len(t, dead, len(m.dead))
	i := rapid.IntRange(0, len(dead)-1).Draw(t, "dead")
	require.Equal(t, m.dead[i].event.ID, nameOf(t, string(dead[i].Entry)))
	if rapid.Bool().Draw(t, "drop") {
		require.NoError(t, m.store.DropDead(t.Context(), modelBot, dead[i].ID))
	} else {
		require.NoError(t, m.store.RetryDead(t.Context(), modelBot, dead[i].ID))
		m.add(inbox, m.dead[i].chat, m.dead[i].event.ID)
	}
	m.dead = slices.Delete(m.dead, i, i+1)
}

func (m *model) settle(t *rapid.T) {
	held := m.some(t, outbox)
	state := m.chat(outbox, held.chat)
	letter := flow.Letter{Bot: modelBot, Chat: held.chat, Fence: held.fence}
	later := time.Duration(rapid.IntRange(-1, 3000).Draw(t, "ms")) * time.Millisecond
	var err error
	if later < 0 {
		err = m.store.Sent(t.Context(), letter, flow.Outcome{Fate: flow.FateSent})
	} else {
		err = m.store.Later(t.Context(), letter, later)
	}
	if state.fence != held.fence {
		require.ErrorIs(t, err, flow.ErrLost)
		return
	}
	require.NoError(t, err)
	state.fence, state.free = 0, m.now.Add(max(later, 0))
	if later < 0 {
		state.done()
	}
}

func (m *model) renew(t *rapid.T) {
	held := m.some(t, rapid.SampledFrom([]string{inbox, outbox}).Draw(t, "queue"))
	keys := m.store.queueKeys(modelBot, held.queue)
	lost, err := renewScript.Run(t.Context(), m.store.client, []string{keys.due, keys.held},
		micros(m.store.options.Lease), string(held.chat), held.fence).StringSlice()
	require.NoError(t, err)
	state := m.chat(held.queue, held.chat)
	if state.fence != held.fence {
		require.Equal(t, []string{string(held.chat)}, lost)
		return
	}
	require.Empty(t, lost)
	state.free = m.now.Add(m.store.options.Lease)
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
}
