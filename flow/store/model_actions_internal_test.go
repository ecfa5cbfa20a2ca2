package store

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/krokbot/krok/flow"
)

// asked is a request, and what the model makes of its end.
type asked struct {
	request *request
	settle  func(err error)
}

func (m *model) put(t *rapid.T) (asked, bool) {
	number := rapid.IntRange(max(0, m.events-2), m.events).Draw(t, "event")
	chat := flow.ChatID(strconv.Itoa(number % 3)) // a repeated one is of the same chat
	args, err := news(modelBot, []flow.Event{{ID: strconv.Itoa(number), Chat: chat}})
	require.NoError(t, err)
	return asked{&request{kind: toPut, args: args}, func(err error) {
		require.NoError(t, err)
		if number == m.events {
			m.add(inbox, chat, strconv.Itoa(number))
			m.events++
		}
	}}, true
}

// some draws a lease of one of the queues. It stays in hand: its worker may come back with it much later.
func (m *model) some(t *rapid.T, queues ...string) (lease, bool) {
	of := slices.DeleteFunc(slices.Clone(m.leases), func(l lease) bool { return !slices.Contains(queues, l.queue) })
	if len(of) == 0 {
		return lease{}, false
	}
	return rapid.SampledFrom(of[max(0, len(of)-5):]).Draw(t, "lease"), true
}

func (m *model) plan(t *rapid.T) (asked, bool) {
	held, ok := m.some(t, inbox)
	if !ok {
		return asked{}, false
	}
	plan := rapid.StringMatching(`[a-z ]{1,8}`).Draw(t, "plan")
	return asked{&request{kind: toPlan, args: []any{string(held.chat), held.fence, plan}}, func(err error) {
		state := m.chat(inbox, held.chat)
		if state.fence != held.fence {
			require.ErrorIs(t, err, flow.ErrLost)
			return
		}
		require.NoError(t, err)
		state.plan = plan
	}}, true
}

func (m *model) keep(t *rapid.T) (asked, bool) {
	held, ok := m.some(t, inbox)
	if !ok {
		return asked{}, false
	}
	kept := flow.Kept{Session: []byte(rapid.StringMatching(`[a-z ]{0,8}`).Draw(t, "session"))}
	for i := range rapid.IntRange(0, 3).Draw(t, "messages") {
		message := flow.Outgoing{Key: fmt.Sprintf("%s/%d@%d", held.event.ID, i, held.fence), Broadcast: rapid.Bool().Draw(t, "broadcast")}
		kept.Messages = append(kept.Messages, message)
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "lines") {
		kept.Journal = append(kept.Journal, flow.Line{Key: fmt.Sprintf("%s/%d@%d", held.event.ID, i, held.fence), Chat: held.chat})
	}
	switch rapid.SampledFrom([]string{"done", "next", "retry", "dead"}).Draw(t, "end") {
	case "dead":
		kept.Dead = "no"
	case "next":
		kept.Next = &flow.Event{ID: held.event.ID + "/1", Chat: held.chat, Kind: flow.KindResult}
	case "retry":
		kept.Retry = time.Duration(rapid.IntRange(1, 5000).Draw(t, "ms")) * time.Millisecond
	}
	args, err := turn(flow.Taken{Event: held.event, Fence: held.fence}, kept)
	require.NoError(t, err)
	return asked{&request{kind: toKeep, args: args}, func(err error) { m.wasKept(t, held, kept, err) }}, true
}

func (m *model) wasKept(t *rapid.T, held lease, kept flow.Kept, err error) {
	state := m.chat(inbox, held.chat)
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
		m.add(outQueue(message.Broadcast), held.chat, message.Key)
	}
	for _, line := range kept.Journal {
		m.journal.add(held.chat, line.Key, m.now)
	}
}

// end ends a lease of a message, in one of all ways.
func (m *model) end(t *rapid.T) (asked, bool) {
	held, ok := m.some(t, outbox, cast)
	if !ok {
		return asked{}, false
	}
	how := rapid.SampledFrom([]string{"sent", "sent", "failed", "blocked", "unknown", "later", "back", "aside"}).Draw(t, "how")
	with := any("why")
	wait := time.Duration(0)
	if how == "later" {
		wait = time.Duration(rapid.IntRange(0, 3000).Draw(t, "ms")) * time.Millisecond
		with = micros(wait)
	}
	args := []any{string(held.chat), held.fence, held.queue, how, with}
	return asked{&request{kind: toEnd, args: args}, func(err error) { m.ended(t, held, how, wait, err) }}, true
}

func (m *model) ended(t *rapid.T, held lease, how string, wait time.Duration, err error) {
	state := m.chat(held.queue, held.chat)
	if state.fence != held.fence {
		require.ErrorIs(t, err, flow.ErrLost)
		return
	}
	require.NoError(t, err)
	state.fence, state.free = 0, m.now.Add(wait)
	switch how {
	case "later":
		if wait > 0 {
			m.pace.rest(held.chat, m.now.Add(wait))
		}
		return
	case "back":
		state.attempts--
		return
	case "aside":
		m.dead = append(m.dead, held)
		how = "failed"
	case "failed":
		if held.queue == outbox {
			m.dead = append(m.dead, held)
		}
	}
	state.done()
	if held.queue == cast {
		m.fates[flow.Fate(how)]++
	}
	if casts := m.chat(cast, held.chat); how == "blocked" && casts.fence == 0 && len(casts.entries) > 0 {
		m.fates[flow.FateBlocked] += int64(len(casts.entries))
		casts.attempts, casts.lost, casts.entries = 0, 0, nil
	}
}

func (m *model) revive(t *rapid.T) {
	if len(m.dead) == 0 {
		t.Skip("nothing is set aside")
	}
	dead, err := m.store.Dead(t.Context(), modelBot)
	require.NoError(t, err)
	require.Len(t, dead, len(m.dead))
	i := rapid.IntRange(0, len(dead)-1).Draw(t, "dead")
	require.Equal(t, m.dead[i].entry, nameOf(t, string(dead[i].Entry)))
	require.Equal(t, m.dead[i].queue, dead[i].Queue)
	if rapid.Bool().Draw(t, "drop") {
		require.NoError(t, m.store.DropDead(t.Context(), modelBot, dead[i].ID))
	} else {
		require.NoError(t, m.store.RetryDead(t.Context(), modelBot, dead[i].ID))
		m.add(m.dead[i].queue, m.dead[i].chat, m.dead[i].entry)
	}
	m.dead = slices.Delete(m.dead, i, i+1)
}

func (m *model) renew(t *rapid.T) {
	held, ok := m.some(t, inbox, outbox, cast)
	if !ok {
		t.Skip("nobody holds anything")
	}
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
	state.free = m.now.Add(m.store.options.Lease + time.Microsecond)
}

func (m *model) freeze(t *rapid.T) {
	wait := time.Duration(rapid.IntRange(1, 3000).Draw(t, "ms")) * time.Millisecond
	require.NoError(t, m.store.Freeze(t.Context(), modelBot, wait))
	if until := m.now.Add(wait); until.After(m.pace.frozen) {
		m.pace.frozen = until
	}
}

// paceModel is how fast messages may go.
type paceModel struct {
	flow.Pace
	most, castMost     int // in a window; 0: no bound
	window, castWindow time.Duration
	apart, early       time.Duration // from one message of a chat to the next, and how much sooner it may be
	stamps             []time.Time
	rests              map[flow.ChatID]time.Time // nothing goes to a chat before
	frozen             time.Time
}

func newPaceModel(t *rapid.T) paceModel {
	p := paceModel{rests: map[flow.ChatID]time.Time{}}
	if rapid.Bool().Draw(t, "pace of the bot") {
		p.PerSecond = float64(rapid.SampledFrom([]int{1, 2, 5, 40}).Draw(t, "a second"))
		p.most, p.castMost = int(p.PerSecond), max(1, int(p.PerSecond/20))
		p.window, p.castWindow = time.Second, time.Duration(float64(p.castMost)/p.PerSecond*1e6)*time.Microsecond
	}
	if rapid.Bool().Draw(t, "pace of a chat") {
		p.ChatPerSecond, p.ChatBurst = float64(rapid.SampledFrom([]int{1, 2}).Draw(t, "a second")), rapid.IntRange(0, 3).Draw(t, "burst")
		p.apart = time.Duration(float64(time.Second) / p.ChatPerSecond)
		p.early = p.apart * time.Duration(max(p.ChatBurst-1, 0))
	}
	return p
}

func (p *paceModel) within(window time.Duration, now time.Time) (n int) {
	for _, stamp := range p.stamps {
		if stamp.Add(window).After(now) {
			n++
		}
	}
	return n
}

func (p *paceModel) room(now time.Time) int {
	if p.most == 0 {
		return 1000
	}
	return p.most - p.within(p.window, now)
}

func (p *paceModel) castRoom(now time.Time) int {
	if p.most == 0 {
		return 1000
	}
	return max(0, p.castMost-p.within(p.castWindow, now))
}

func (p *paceModel) mayGo(chat flow.ChatID, now time.Time) bool { return !p.rests[chat].After(now) }

// went notes a message to a chat.
func (p *paceModel) went(chat flow.ChatID, now time.Time) {
	p.stamps = append(p.stamps, now)
	if p.apart == 0 {
		return
	}
	from := now.Add(-p.early)
	if p.rests[chat].After(from) {
		from = p.rests[chat]
	}
	p.rests[chat] = from.Add(p.apart)
}

// rest lets nothing go to a chat before a time.
func (p *paceModel) rest(chat flow.ChatID, until time.Time) {
	if until.After(p.rests[chat]) {
		p.rests[chat] = until
	}
}
