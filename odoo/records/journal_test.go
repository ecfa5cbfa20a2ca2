package records_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
	"github.com/krokbot/krok/odoo/odootest"
	"github.com/krokbot/krok/odoo/records"
	"github.com/krokbot/krok/odoo/rpc"
)

// What clients and bots say is in Odoo once, in order. The tests share one database a version.
func TestRecordOfConversations(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		t.Run("LinesAreWrittenInTheirOrderWithAllThatIsKnownOfThem", w.testLines)
		t.Run("B01LinesThatAreSentTwiceOrByTwoAtOnceAreThereOnce", w.testLinesOnce)
		t.Run("B01LinesWhoseAnswerWasLostAreFoundByTheirKeys", w.testLinesLost)
		t.Run("OdooThatIsDownIsToldFromOneThatRefuses", w.testLinesRefused)
		t.Run("ChatThatNobodyHasOpenedIsMadeAndItsLinesFindTheContactLater", w.testLinesOfUnknownChat)
		t.Run("ChatThatIsOpenedWhileItsLinesAreWrittenIsOneChat", w.testLinesAndOpening)
		t.Run("FileOfAClientIsOneAttachmentOfItsChat", w.testLinesWithFiles)
		t.Run("FilesGoWithTheirLineTheirChatAndTheirBot", w.testFilesGo)
		t.Run("OldLinesGoWithTheirFilesAsTheBotSays", w.testRetention)
		t.Run("OnlyChatbotGroupsReadConversations", w.testReaders)
		t.Run("LinesMoveAlongWithTheContactThatIsMerged", w.testLinesOfMerged)
	})
}

// said are lines of a conversation: of the client, and of the bot where they begin with ">".
func said(user, key string, words ...string) []flow.Line {
	begun := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	lines := make([]flow.Line, len(words))
	for i, text := range words {
		answer, out := strings.CutPrefix(text, ">")
		lines[i] = flow.Line{Key: fmt.Sprint(key, "/", i), Chat: flow.ChatID(user), At: begun.Add(time.Duration(i) * time.Minute), In: !out, Text: answer}
		if !out {
			lines[i].Author, lines[i].Content = "Оля "+user, flow.ContentText
		}
	}
	return lines
}

// withFile is a line with a file.
func withFile(line flow.Line, id, name, mime string) flow.Line {
	line.Content, line.File = "document", &flow.File{ID: id, Name: name, MIME: mime}
	return line
}

// conversation is what stands of a user in Odoo, in the order of reading: direction, author, date, text, contact.
func (w world) conversation(t testing.TB, user string) []string {
	t.Helper()
	var lines []string
	for _, row := range w.SQL(t, `SELECT x_direction, x_author, x_date, x_text, coalesce(m.x_partner_id, 0) FROM x_krok_message m JOIN x_krok_chat c ON c.id = m.x_chat_id
		WHERE c.x_telegram_id = '`+user+`' ORDER BY m.x_date, m.id`) {
		lines = append(lines, strings.Join(row, "|"))
	}
	return lines
}

// kept counts lines of a user, their files, and all files of the chats.
func (w world) kept(t testing.TB, user string) [3]string {
	t.Helper()
	row := w.SQL(t, `SELECT count(m.id), count(DISTINCT m.x_attachment_id), (SELECT count(*) FROM ir_attachment WHERE res_model = 'x_krok_chat'
		AND res_id IN (SELECT id FROM x_krok_chat WHERE x_telegram_id = '`+user+`')) FROM x_krok_message m JOIN x_krok_chat c ON c.id = m.x_chat_id
		WHERE c.x_telegram_id = '`+user+`'`)[0]
	return [3]string{row[0], row[1], row[2]}
}

func (w world) testLines(t *testing.T) {
	c := w.client(t)
	step, err := w.admin.Create(t.Context(), "x_krok_step", map[string]any{"x_name": "Прайс " + c.user, "x_bot_id": w.bots[0], "x_text": "<p>.</p>",
		"x_media_ids": []any{[]any{0, 0, map[string]any{"x_name": "Ціни", "x_kind": "document", "x_file": "cHJpY2Vz", "x_filename": "ціни.pdf"}}}})
	require.NoError(t, err)
	media, err := w.admin.Search(t.Context(), "x_krok_media", []any{[]any{"x_step_id", "=", step}})
	require.NoError(t, err)

	lines := said(c.user, c.user, "/start", ">Вітаємо!", "а\x00б\n<b>'\"%s</b>", ">Ось", ">")
	lines[0].Start, lines[1].Step, lines[3].Step = true, step, 1<<30
	lines[1].At, lines[3].Media, lines[4].Media = lines[0].At, []flow.Medium{{ID: media[0]}, {ID: 1 << 30}}, []flow.Medium{{ID: media[0]}}
	require.NoError(t, w.records(t).Record(t.Context(), w.bots[0], lines, nil))
	require.Equal(t, []string{
		fmt.Sprintf("in|Оля %s|2026-01-02 03:04:05|/start|%d", c.user, c.partner), fmt.Sprintf("out|Shop|2026-01-02 03:04:05|Вітаємо!|%d", c.partner),
		fmt.Sprintf("in|Оля %s|2026-01-02 03:06:05|аб\n<b>'\"%%s</b>|%d", c.user, c.partner),
		fmt.Sprintf("out|Shop|2026-01-02 03:07:05|Ось\n📎 ціни.pdf|%d", c.partner), fmt.Sprintf("out|Shop|2026-01-02 03:08:05|📎 ціни.pdf|%d", c.partner),
	}, w.conversation(t, c.user))

	rows, err := w.admin.SearchRead(t.Context(), "x_krok_message", []any{[]any{"x_partner_id", "=", c.partner}}, []string{"x_start", "x_step_id", "x_bot_id", "x_name"},
		rpc.Order("x_date, id"))
	require.NoError(t, err)
	require.Len(t, rows, 5)
	require.True(t, rows[0].Bool("x_start"))
	require.False(t, rows[1].Bool("x_start"))
	require.Equal(t, []int64{0, step, 0, 0}, []int64{id(rows[0].Ref("x_step_id")), id(rows[1].Ref("x_step_id")), id(rows[2].Ref("x_step_id")), id(rows[3].Ref("x_step_id"))})
	require.Equal(t, w.bots[0], id(rows[0].Ref("x_bot_id")))
	require.Equal(t, "Оля "+c.user, rows[0].Str("x_name"))

	chats, err := w.admin.SearchRead(t.Context(), "x_krok_chat", []any{[]any{"x_message_ids.x_text", "ilike", "ціни.PDF"}, []any{"x_partner_id", "=", c.partner}},
		[]string{"x_message_count", "x_last_message_ids"})
	require.NoError(t, err)
	require.Len(t, chats, 1)
	require.Equal(t, int64(5), chats[0].Int("x_message_count"))
	require.Equal(t, []int64{rows[0].ID(), rows[1].ID(), rows[2].ID(), rows[3].ID(), rows[4].ID()}, chats[0].IDs("x_last_message_ids"), "in the order of reading")
}

func id(id int64, _ string) int64 { return id }

func (w world) testLinesOnce(t *testing.T) {
	clients := w.clients(t, 4)
	for range 3 {
		c := w.client(t)
		lines := said(c.user, c.user, "/start", ">Вітаємо!", "Привіт")
		lines = append(lines, lines[2])
		none(t, together(4, func(i int) error { return clients[i].Record(t.Context(), w.bots[0], lines, nil) }))
		require.Len(t, w.conversation(t, c.user), 3)
		require.NoError(t, clients[0].Record(t.Context(), w.bots[0], said(c.user, c.user, "/start", ">Вітаємо!", "Привіт", ">До зустрічі"), nil))
		require.Len(t, w.conversation(t, c.user), 4)
		require.NoError(t, clients[0].Record(t.Context(), w.bots[1], lines, nil), "another bot counts for itself")
		require.Len(t, w.conversation(t, c.user), 7)
	}
	require.NoError(t, clients[0].Record(t.Context(), w.bots[0], nil, nil))
}

func (w world) testLinesLost(t *testing.T) {
	for _, protocol := range w.protocols() {
		wire, c := w.Wire(t), w.client(t)
		config := w.config()
		config.URL, config.Protocol = wire.URL, protocol
		found := procedures(t, config)
		_, err := found.Version(t.Context(), "journal")
		require.NoError(t, err)
		over, lines := records.New(found), said(c.user, "lost"+c.user, "/start", ">Вітаємо!")

		wire.Next("lost"+c.user, odootest.CutAfter())
		require.NoError(t, over.Record(t.Context(), w.bots[0], lines, nil), "one lost answer is asked for again at once")
		require.Len(t, w.conversation(t, c.user), 2)
		lines = said(c.user, "gone"+c.user, "Ще", ">Так")
		wire.Next("gone"+c.user, odootest.CutAfter(), odootest.CutAfter(), odootest.CutAfter())
		err = over.Record(t.Context(), w.bots[0], lines, nil)
		require.True(t, flow.IsUnavailable(err), "%v", err)
		require.Len(t, w.conversation(t, c.user), 4, "they were written nevertheless")
		require.NoError(t, over.Record(t.Context(), w.bots[0], lines, nil))
		require.Len(t, w.conversation(t, c.user), 4)
	}
}

func (w world) testLinesRefused(t *testing.T) {
	c, wire := w.client(t), w.Wire(t)
	lines := said(c.user, c.user, "/start", ">Вітаємо!")
	over := w.over(t, wire, rpc.Auto)
	wire.Down(true)
	err := over.Record(t.Context(), w.bots[0], lines, nil)
	require.True(t, flow.IsUnavailable(err), "%v", err)
	wire.Down(false)

	bad := append(said(c.user, c.user, "/start"), flow.Line{Key: "bad", Chat: flow.ChatID(c.user), At: time.Date(300_000, 1, 1, 0, 0, 0, 0, time.UTC)})
	var refused *records.Refused
	err = over.Record(t.Context(), w.bots[0], bad, nil)
	require.ErrorAs(t, err, &refused)
	require.False(t, flow.IsUnavailable(err))
	require.Empty(t, w.conversation(t, c.user), "the good one is rolled back too")
	require.ErrorAs(t, over.Record(t.Context(), 1<<30, lines, nil), &refused)
	require.Contains(t, texts.Explain("uk", refused), "Бота 1073741824 в Odoo вже немає")
	require.NoError(t, over.Record(t.Context(), w.bots[0], lines, nil))
}

func (w world) testLinesOfUnknownChat(t *testing.T) {
	user, talk := w.newUser(), w.records(t)
	require.NoError(t, talk.Record(t.Context(), w.bots[0], said(user, user, "/start", ">Вітаємо!"), nil))
	require.Equal(t, "0", w.SQL(t, "SELECT coalesce(x_partner_id, 0) FROM x_krok_chat WHERE x_name = 'Оля "+user+"' AND x_state = 'open'")[0][0])

	c := w.clientNamed(t, user)
	require.Equal(t, [3]string{"1", "1", "1"}, w.made(t, user), "it is the chat that its lines made")
	require.NoError(t, talk.Record(t.Context(), w.bots[0], said(user, user+"b", "Привіт"), nil))
	for _, line := range w.conversation(t, user) {
		require.True(t, strings.HasSuffix(line, "|"+strconv.FormatInt(c.partner, 10)), line)
	}
	require.Equal(t, "uk_UA", w.SQL(t, "SELECT x_lang FROM x_krok_chat WHERE x_telegram_id = '"+user+"'")[0][0])

	require.NoError(t, talk.Record(t.Context(), w.bots[1], said(user, user, "/start"), nil))
	require.Equal(t, "2", w.SQL(t, "SELECT count(*) FROM x_krok_chat WHERE x_partner_id = "+strconv.FormatInt(c.partner, 10))[0][0],
		"the contact is known from another bot")
}

func (w world) testLinesAndOpening(t *testing.T) {
	clients := w.clients(t, 2)
	for range 15 {
		user := w.newUser()
		_, err := clients[0].Commit(t.Context(), opens("other/"+user, w.bots[1], user)) // so that both come to the chat at once
		require.NoError(t, err)
		none(t, together(2, func(i int) error {
			if i == 0 {
				return clients[0].Record(t.Context(), w.bots[0], said(user, user, "/start"), nil)
			}
			_, err := clients[1].Commit(t.Context(), opens("open/"+user, w.bots[0], user))
			return err
		}))
		require.Equal(t, [3]string{"1", "1", "2"}, w.made(t, user))
		require.Len(t, w.conversation(t, user), 1)
	}
}

func (w world) chats(t testing.TB, user string) []int64 {
	t.Helper()
	ids, err := w.admin.Search(t.Context(), "x_krok_chat", []any{[]any{"x_telegram_id", "=", user}})
	require.NoError(t, err)
	return ids
}

// person makes an internal user with groups of the module and logs in.
func (w world) person(t *testing.T, login string, groups ...string) *rpc.Client {
	t.Helper()
	field, ids := "group_ids", []int64{w.Ref(t, "base.group_user"), w.Ref(t, "base.group_partner_manager")}
	if w.Version < 19 {
		field = "groups_id"
	}
	for _, group := range groups {
		ids = append(ids, w.Ref(t, "krok."+group))
	}
	_, err := w.admin.Create(t.Context(), "res.users", map[string]any{"name": login, "login": login, "password": "a long enough password", field: []any{rpc.Set(ids...)}})
	require.NoError(t, err)
	client, err := rpc.Open(t.Context(), rpc.Config{URL: w.URL, DB: w.DB, Login: login, Key: "a long enough password"})
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return client
}

func (w world) testReaders(t *testing.T) {
	c := w.client(t)
	w.sends(t, c, w.bots[0], "secret")
	mine := []any{[]any{"x_partner_id", "=", c.partner}}
	lines, err := w.admin.SearchRead(t.Context(), "x_krok_message", mine, []string{"x_attachment_id"})
	require.NoError(t, err)
	file := []int64{id(lines[0].Ref("x_attachment_id"))}

	clerk := w.person(t, "clerk")
	_, err = clerk.SearchRead(t.Context(), "x_krok_message", mine, []string{"x_text"})
	require.True(t, rpc.IsKind(err, rpc.KindAccess), "%v", err)
	_, err = clerk.Read(t.Context(), "ir.attachment", file, []string{"datas"})
	require.True(t, rpc.IsKind(err, rpc.KindAccess), "%v", err)
	_, err = clerk.Read(t.Context(), "res.partner", []int64{c.partner}, []string{"name", "x_krok_message_count"})
	require.NoError(t, err, "contacts stay readable")

	operator := w.person(t, "operator", "group_operator")
	rows, err := operator.SearchRead(t.Context(), "x_krok_message", mine, []string{"x_text", "x_attachment_id", "x_bot_id", "x_step_id", "x_name"})
	require.NoError(t, err)
	require.Equal(t, "secret", rows[0].Str("x_text"))
	_, err = operator.Read(t.Context(), "ir.attachment", file, []string{"datas"})
	require.NoError(t, err)
	for _, err := range []error{
		operator.Unlink(t.Context(), "x_krok_message", []int64{lines[0].ID()}),
		operator.Write(t.Context(), "x_krok_message", []int64{lines[0].ID()}, map[string]any{"x_text": "other"}),
		w.admin.Write(t.Context(), "x_krok_message", []int64{lines[0].ID()}, map[string]any{"x_text": "other"}),
	} {
		require.True(t, rpc.IsKind(err, rpc.KindAccess), "%v", err)
	}
	require.NoError(t, w.person(t, "boss", "group_administrator").Unlink(t.Context(), "x_krok_message", []int64{lines[0].ID()}))
	require.Equal(t, [3]string{"0", "0", "0"}, w.kept(t, c.user))
}

func (w world) testLinesOfMerged(t *testing.T) {
	digits := w.newNumber()
	c := w.client(t)
	older, err := w.admin.Create(t.Context(), "res.partner", map[string]any{"name": "Давня клієнтка", "phone": "0" + digits[3:]})
	require.NoError(t, err)
	w.SQL(t, fmt.Sprintf("UPDATE res_partner SET country_id = (SELECT id FROM res_country WHERE code = 'UA'), create_date = '2020-01-01' WHERE id = %d", older))
	require.NoError(t, c.talk.Record(t.Context(), w.bots[0], said(c.user, c.user, "/start", ">Номер?"), nil))
	result := w.update(t, c, shared(digits))
	require.Equal(t, older, number(result["partner"]), "%v", result)
	require.NoError(t, c.talk.Record(t.Context(), w.bots[0], said(c.user, c.user, "/start", ">Номер?", "+380", ">Дякуємо"), nil))
	lines := w.conversation(t, c.user)
	require.Len(t, lines, 4)
	for _, line := range lines {
		require.True(t, strings.HasSuffix(line, "|"+strconv.FormatInt(older, 10)), line)
	}
	rows, err := w.admin.Read(t.Context(), "res.partner", []int64{older}, []string{"x_krok_message_ids", "x_krok_message_count"})
	require.NoError(t, err)
	require.Len(t, rows[0].IDs("x_krok_message_ids"), 4)
	require.Equal(t, int64(4), rows[0].Int("x_krok_message_count"))
}

// BenchmarkRecord is the record of a busy bot: 10 000 lines of 200 chats, 500 a call.
func BenchmarkRecord(b *testing.B) {
	w := newWorld(b, 19, "module", odootest.Lean())
	talk, calls := w.records(b), 0
	var lines []flow.Line
	for n := range 10_000 {
		user := strconv.Itoa(8_000_000_000 + n/10%200)
		lines = append(lines, said(user, fmt.Sprint("bench/", n), strings.Repeat("Скільки коштує доставка? ", 1+n%4))[0])
	}
	for b.Loop() {
		w.SQL(b, "TRUNCATE x_krok_message")
		calls = 0
		for part := lines; len(part) > 0; part = part[500:] {
			require.NoError(b, talk.Record(b.Context(), w.bots[0], part[:500], nil))
			calls++
		}
	}
	b.ReportMetric(float64(calls), "calls")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(lines)), "µs/line")
	require.Equal(b, "10000", w.SQL(b, "SELECT count(*) FROM x_krok_message")[0][0])
}
