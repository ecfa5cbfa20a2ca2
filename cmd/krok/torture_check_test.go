package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegramtest"
	"github.com/krokbot/krok/flow/texts"
)

// tally is what a run came to.
type tally struct {
	events, answers, sorry int
	unanswered, disordered int
	strange                []string
	twice                  map[string]int // messages that came more than once, by why krok could not know that they had arrived
	worst                  time.Duration  // from what a client did to its answer
	patient                *client        // who waited so long
	calls                  map[int64][]telegramtest.Call
	bad                    []*client
}

// Why a message came twice.
const (
	answeredTwice = "taken, but krok was killed, stood still, or could not note it"
	failedTwice   = "taken, and answered with 500"
	droppedTwice  = "taken, and the connection dropped"
)

// look compares what all clients saw with what they should have seen.
func look(bot *telegramtest.Bot, clients []*client) *tally {
	sum := &tally{twice: map[string]int{}, calls: map[int64][]telegramtest.Call{}}
	for _, call := range bot.Calls("sendMessage") {
		sum.calls[call.Chat] = append(sum.calls[call.Chat], call)
	}
	for _, c := range clients {
		sum.lookAt(c)
	}
	return sum
}

func (sum *tally) lookAt(c *client) {
	seen, first := map[string]int{}, []string(nil)
	for _, message := range c.chat.Messages() {
		if message.From == nil || !message.From.IsBot {
			continue
		}
		if seen[message.Text]++; seen[message.Text] == 1 {
			first = append(first, message.Text)
		}
	}
	var expected []string
	for _, one := range c.done {
		sum.events++
		if one.expect != "" {
			expected = append(expected, one.expect)
			sum.waited(c, one)
		}
	}
	unavailable := texts.Get("uk", "client.unavailable", nil)
	sum.sorry += seen[unavailable]
	answers := slices.DeleteFunc(slices.Clone(first), func(text string) bool { return text == unavailable })
	bad := false
	for _, text := range answers {
		if !slices.Contains(expected, text) {
			sum.strange = append(sum.strange, fmt.Sprintf("chat %d: %q answers nothing", c.chat.ID(), text))
			bad = true
		}
	}
	for _, text := range expected {
		if seen[text] == 0 {
			sum.unanswered++
			bad = true
			continue
		}
		sum.answers++
		sum.repeated(c, text, seen[text])
	}
	if !bad && !slices.Equal(answers, expected) {
		sum.disordered++
		bad = true
	}
	if bad {
		sum.bad = append(sum.bad, c)
	}
}

// waited measures how long a client waited for an answer to be taken by Telegram.
func (sum *tally) waited(c *client, one did) {
	for _, call := range sum.calls[c.chat.ID()] {
		if call.Arg("text") == one.expect && call.Status != http.StatusTooManyRequests {
			if wait := call.At.Sub(one.at); wait > sum.worst {
				sum.worst, sum.patient = wait, c
			}
			return
		}
	}
}

// repeated says why a text came more than once: which of the calls that brought it did not let krok know.
func (sum *tally) repeated(c *client, text string, times int) {
	known := 0
	var unknown []string
	for _, call := range sum.calls[c.chat.ID()] {
		switch {
		case call.Arg("text") != text:
		case call.Status == http.StatusOK:
			known++
		case call.Status == 0:
			unknown = append(unknown, droppedTwice)
		case call.Status == http.StatusInternalServerError:
			unknown = append(unknown, failedTwice)
		}
	}
	for range max(known-1, 0) {
		sum.twice[answeredTwice]++
	}
	// of those that failed some had arrived; which ones the calls do not tell, so where they differ the first ones count
	for i := range times - 1 - max(known-1, 0) {
		if i < len(unknown) {
			sum.twice[unknown[i]]++
			continue
		}
		sum.strange = append(sum.strange, fmt.Sprintf("chat %d: %q came oftener than it was sent", c.chat.ID(), text))
	}
}

func (sum *tally) duplicates() (count int) {
	for _, n := range sum.twice {
		count += n
	}
	return count
}

// show is the table at the end of a run.
func (sum *tally) show(n *nemesis, took time.Duration) string {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	line := func(what string, value any) { fmt.Fprintf(table, "%s\t%v\n", what, value) }
	line("chats", len(sum.calls))
	line("events", sum.events)
	line("answers", sum.answers)
	line("without an answer", sum.unanswered)
	line("chats out of order", sum.disordered)
	line("messages that answer nothing", len(sum.strange))
	line("“Odoo is away, I will come back”", sum.sorry)
	for _, kind := range n.kinds {
		line("fault: "+kind.name, n.counts[kind.name])
	}
	line("messages that came twice", sum.duplicates())
	for _, why := range []string{answeredTwice, failedTwice, droppedTwice} {
		line("  "+why, sum.twice[why])
	}
	line("longest wait for an answer", sum.worst.Round(time.Millisecond))
	line("slowest stop", n.stops.Round(time.Millisecond))
	line("took", took.Round(time.Second))
	_ = table.Flush()
	return text.String()
}

// requireGood fails with the histories of some chats where something was lost or came in a wrong order. It shows that of who waited
// longest too, where that was long.
func (sum *tally) requireGood(t *testing.T) {
	t.Helper()
	shown := sum.bad[:min(3, len(sum.bad))]
	if sum.worst > 2*time.Minute {
		shown = append(shown, sum.patient)
	}
	for _, c := range shown {
		t.Logf("chat %d, %s:\n%s", c.chat.ID(), c.name, c.history(sum.calls[c.chat.ID()]))
	}
	require.Empty(t, sum.strange, "messages that answer nothing")
	require.Zero(t, sum.unanswered, "events without an answer")
	require.Zero(t, sum.disordered, "chats with answers out of order")
	require.Empty(t, sum.bad)
}

// requireNothingWaits looks into Redis: no chat waits, none is held, no plan is left; and nothing was set aside.
func (w *world) requireNothingWaits(t *testing.T, chats int) {
	t.Helper()
	stuck := func() (left []string) {
		for _, key := range w.redis.Client.Keys(t.Context(), "krok:{*/torture}:*").Val() {
			name := key[strings.Index(key, "}:")+2:]
			if name == "plans" || strings.HasSuffix(name, ":due") || strings.HasSuffix(name, ":held") || strings.Contains(name, ":chat:") {
				left = append(left, name)
			}
		}
		return left
	}
	for end := time.Now().Add(30 * time.Second); len(stuck()) > 0 && time.Now().Before(end); {
		time.Sleep(200 * time.Millisecond)
	}
	require.Empty(t, stuck(), "what waits, or is held, in Redis")
	sessions := 0
	for _, key := range w.redis.Client.Keys(t.Context(), "krok:{*/torture}:chats").Val() {
		sessions += int(w.redis.Client.HLen(t.Context(), key).Val())
	}
	require.Equal(t, chats, sessions, "sessions")
	var dead []struct{ Chat, Reason, Entry string }
	list := w.krok(t, "dead", "list", "--json", "--redis-url", w.redis.URL)
	require.NoError(t, json.Unmarshal([]byte(list), &dead), list)
	require.Empty(t, dead, "events that were set aside")
}

// requireOneOfEach looks into Odoo: one contact, one chat, and each blocking and letting in again was written once.
func (w *world) requireOneOfEach(t *testing.T, clients []*client) {
	t.Helper()
	count := func(query string) string { return w.odoo.SQL(t, query)[0][0] }
	all := fmt.Sprint(len(clients))
	w.requireMergedByPhone(t, clients)
	require.Equal(t, all, count("SELECT count(*) FROM ir_model_data WHERE module = 'krok_data' AND model = 'res.partner'"), "external ids")
	require.Equal(t, all, count("SELECT count(*) FROM x_krok_chat WHERE x_telegram_id IN (SELECT DISTINCT x_telegram_id FROM x_krok_chat)"), "chats")
	require.Equal(t, "0", count("SELECT count(*) FROM (SELECT x_name FROM x_krok_commit GROUP BY x_name HAVING count(*) > 1) d"), "keys with two commits")

	commits := map[string]int{} // of states, by Telegram's id of the chat
	late := map[string]bool{}   // a message that came once more met the blocked chat: one commit more
	for _, row := range w.odoo.SQL(t, "SELECT x_name FROM x_krok_commit WHERE x_partner_id IS NULL") {
		chat, event, _ := strings.Cut(strings.TrimPrefix(row[0], "torture/"), "/")
		if strings.Contains(event, "blocked:") {
			late[chat] = true
			continue
		}
		commits[chat]++
	}
	states := map[string]string{}
	for _, row := range w.odoo.SQL(t, "SELECT x_telegram_id, x_state FROM x_krok_chat") {
		states[row[0]] = row[1]
	}
	for _, c := range clients {
		id := fmt.Sprint(c.chat.ID())
		require.Equal(t, c.blocks, commits[id], "commits of chat %s", id)
		if !late[id] {
			require.Equal(t, "open", states[id], "state of chat %s", id)
		}
	}
}

// requireMergedByPhone looks at the contacts: whoever has shared a number that the office knew is that contact and no other, by its
// name, with its e-mail and with one line in its chatter about it; everybody else is the contact that the first message made.
func (w *world) requireMergedByPhone(t *testing.T, clients []*client) {
	t.Helper()
	want, have := map[string]string{}, map[string]string{}
	shared := 0
	for _, c := range clients {
		phone := ""
		if c.shared {
			shared++
			phone = c.phone
		}
		want[fmt.Sprint(c.chat.ID())] = c.name + " " + phone
	}
	for _, row := range w.odoo.SQL(t, "SELECT c.x_telegram_id, p.name, coalesce(p.phone, ''), d.res_id = p.id FROM x_krok_chat c JOIN res_partner p ON p.id = c.x_partner_id"+
		" JOIN ir_model_data d ON d.module = 'krok_data' AND d.name = 'telegram_' || c.x_telegram_id") {
		have[row[0]] = row[1] + " " + row[2]
		require.Equal(t, "t", row[3][:1], "the external id of %s is that of another contact", row[0])
	}
	require.Equal(t, want, have, "contacts of chats")
	require.NotZero(t, shared, "somebody has shared a number")
	known, merged := 0, 0
	for _, c := range clients {
		if c.known {
			known++
		}
		if c.known && c.shared {
			merged++
		}
	}
	count := func(query string) string { return w.odoo.SQL(t, query)[0][0] }
	require.Equal(t, fmt.Sprint(len(clients)-merged), count("SELECT count(*) FROM res_partner WHERE name LIKE 'Клієнт %'"), "contacts made by first messages")
	require.Equal(t, fmt.Sprint(known), count("SELECT count(*) FROM res_partner WHERE name LIKE 'Контакт %' AND email LIKE 'client%@shop.example' AND active"), "contacts of the office")
	require.Equal(t, "0", count("SELECT count(*) FROM (SELECT res_id FROM mail_message WHERE model = 'res.partner' AND body LIKE '%torture%' OR body LIKE '%Номер%'"+
		" GROUP BY res_id, body HAVING count(*) > 1) d"), "chatter lines that came twice")
}

// requireRecorded waits until the record of all conversations is in Odoo: what each client wrote and pressed, once and in order, and at
// least one line of the bot for each answer that it had to give.
func (w *world) requireRecorded(t *testing.T, clients []*client) {
	t.Helper()
	want := map[string][]string{}
	for _, c := range clients {
		id := fmt.Sprint(c.chat.ID())
		for _, one := range c.done {
			switch {
			case strings.HasPrefix(one.what, "pressed "):
				want[id] = append(want[id], "["+strings.TrimPrefix(one.what, "pressed ")+"]")
			case strings.HasPrefix(one.what, "m"), one.what == "/start", one.what == "номер":
				want[id] = append(want[id], one.what)
			}
		}
	}
	have := map[string][]string{}
	require.Eventually(t, func() bool {
		clear(have)
		for _, row := range w.odoo.SQL(t, "SELECT c.x_telegram_id, m.x_text FROM x_krok_message m JOIN x_krok_chat c ON c.id = m.x_chat_id"+
			" WHERE m.x_direction = 'in' AND m.x_text NOT LIKE '%+38067%' ORDER BY m.id") {
			have[row[0]] = append(have[row[0]], row[1])
		}
		return reflect.DeepEqual(want, have)
	}, 90*time.Second, time.Second, "what clients said is in Odoo, once and in order")
	require.Equal(t, "0", w.odoo.SQL(t, "SELECT count(*) FROM (SELECT x_key FROM x_krok_message GROUP BY x_key HAVING count(*) > 1) d")[0][0], "lines that came twice")
}
