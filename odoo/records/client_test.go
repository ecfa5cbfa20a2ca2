package records_test

import (
	"fmt"
	"maps"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/odoo/records"
	"github.com/krokbot/krok/odoo/rpc"
)

// client is somebody who talks to the first bot.
type client struct {
	user    string // of Telegram
	partner int64
	talk    *records.Records
	count   int
}

// client makes a new one, who has said something.
func (w world) client(t testing.TB) *client {
	t.Helper()
	return w.clientNamed(t, w.newUser())
}

func (w world) clientNamed(t testing.TB, user string) *client {
	t.Helper()
	c := &client{user: user, talk: w.records(t)}
	result, err := c.talk.Commit(t.Context(), opens("open/"+user, w.bots[0], user))
	require.NoError(t, err)
	c.partner = number(result.Results[0]["partner"])
	return c
}

// updates is the commit of an update of a client's contact. args are those that differ from most.
func (w world) updates(c *client, args map[string]any) flow.Commit {
	c.count++
	all := map[string]any{
		"bot": w.bots[0], "telegram_id": c.user, "name": "Оля " + c.user, "lang": "uk", "field": "", "value": nil, "add_tags": []int64{}, "remove_tags": nil,
		"answer_lang": "uk_UA", "tz": "Europe/Kyiv", "note_lang": "uk_UA", "source": "Бот «Зерно», крок «Анкета»",
		"words": map[string]any{"empty": "порожньо", "added": "Додано теги", "removed": "Вилучено теги", "merged": "Об’єднано"},
	}
	maps.Copy(all, args)
	return flow.Commit{Key: fmt.Sprintf("update/%s/%d", c.user, c.count), Operations: []flow.Operation{{Kind: flow.UpdateContact, Args: all}}}
}

func (w world) update(t testing.TB, c *client, args map[string]any) map[string]any {
	t.Helper()
	result, err := c.talk.Commit(t.Context(), w.updates(c, args))
	require.NoError(t, err)
	require.Len(t, result.Results, 1)
	return result.Results[0]
}

// set writes a value into a field, and sees that this is all that happened.
func (w world) set(t testing.TB, c *client, field string, value any) map[string]any {
	t.Helper()
	return w.update(t, c, map[string]any{"field": field, "value": value})
}

// shared is what a step writes when a client shares their own number: 380 and nine digits.
func shared(digits string) map[string]any {
	return map[string]any{"field": "phone", "value": "+" + digits, "merge": map[string]any{
		"international": []string{digits, "00" + digits}, "national": []string{"0" + digits[3:]}, "country": "UA",
	}}
}

// newNumber gives a number that nobody has.
func (w world) newNumber() string { return fmt.Sprintf("38067%07d", w.users.Add(1)) }

// notes are the lines that bots left in a contact's chatter, the oldest first, as text.
func (w world) notes(t testing.TB, partner int64) []string {
	t.Helper()
	rows := w.SQL(t, fmt.Sprintf("SELECT body FROM mail_message WHERE model = 'res.partner' AND res_id = %d AND body LIKE '%%Зерно%%' ORDER BY id", partner))
	notes := make([]string, len(rows))
	for i, row := range rows {
		notes[i] = row[0]
	}
	return notes
}

// lastNote is the newest of them without its source and its markup.
func (w world) lastNote(t testing.TB, partner int64) string {
	t.Helper()
	notes := w.notes(t, partner)
	require.NotEmpty(t, notes)
	_, list, found := strings.Cut(notes[len(notes)-1], "<p>Бот «Зерно», крок «Анкета»</p><ul>")
	require.True(t, found, notes)
	return strings.TrimSuffix(strings.TrimPrefix(strings.ReplaceAll(list, "</li><li>", "\n"), "<li>"), "</li></ul>")
}

// counts are how many there are of what a turn could leave behind by mistake.
type counts struct{ partners, messages, followers, mails, notifications int }

func (w world) counts(t testing.TB) counts {
	t.Helper()
	row := w.SQL(t, `SELECT (SELECT count(*) FROM res_partner), (SELECT count(*) FROM mail_message), (SELECT count(*) FROM mail_followers),
		(SELECT count(*) FROM mail_mail), (SELECT count(*) FROM `+map[bool]string{true: "mail_message_res_partner_needaction_rel", false: "mail_notification"}[w.Version == 14]+`)`)[0]
	return counts{whole(t, row[0]), whole(t, row[1]), whole(t, row[2]), whole(t, row[3]), whole(t, row[4])}
}

// one reads a single value of the database.
func (w world) one(t testing.TB, format string, args ...any) string {
	t.Helper()
	rows := w.SQL(t, fmt.Sprintf(format, args...))
	require.Len(t, rows, 1)
	return rows[0][0]
}

// make makes a record as the administrator.
func (w world) make(t testing.TB, model string, values map[string]any, options ...rpc.Option) int64 {
	t.Helper()
	id, err := w.admin.Create(t.Context(), model, values, options...)
	require.NoError(t, err)
	return id
}

func whole(t testing.TB, text string) int {
	t.Helper()
	number, err := strconv.Atoi(text)
	require.NoError(t, err)
	return number
}

func number(value any) int64 {
	number, _ := value.(float64)
	return int64(number)
}

// procedureSource is a file of the module's procedures that stands by itself.
func procedureSource(t testing.TB, name string) string {
	t.Helper()
	source, err := os.ReadFile("../module/procedures/" + name + ".py")
	require.NoError(t, err)
	return string(source)
}
