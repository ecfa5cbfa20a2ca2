package records_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/odoo/catalog"
	"github.com/krokbot/krok/odoo/rpc"
)

func (w world) testLinesWithFiles(t *testing.T) {
	c := w.client(t)
	lines := said(c.user, c.user, "Ось договір", "Ще раз", "Сторінка", "", ">Дякуємо")
	lines[0] = withFile(lines[0], "agreement", "договір.pdf", "application/pdf")
	lines[1] = withFile(lines[1], "agreement2", "copy.pdf", "application/pdf")
	lines[2] = withFile(lines[2], "page", "page.html", "text/html")
	lines[3] = withFile(lines[3], "photo", "", "image/jpeg")
	agreement, page := []byte("%PDF-1.4 made up"), []byte("<html><script>alert(1)</script></html>")
	photo := bytes.Repeat([]byte("large photo\n"), 1<<18)
	files := map[string][]byte{"agreement": agreement, "agreement2": agreement, "page": page, "photo": photo}

	require.NoError(t, c.talk.Record(t.Context(), w.bots[0], lines[:2], nil), "a commit writes lines before their files are fetched")
	require.Equal(t, [3]string{"2", "0", "0"}, w.kept(t, c.user))
	for range 2 {
		require.NoError(t, c.talk.Record(t.Context(), w.bots[0], lines, files))
		require.Equal(t, [3]string{"5", "3", "3"}, w.kept(t, c.user))
	}
	again := withFile(said(c.user, c.user+"b", "Знову")[0], "agreement", "договір.pdf", "application/pdf")
	require.NoError(t, c.talk.Record(t.Context(), w.bots[0], []flow.Line{again}, files))
	require.Equal(t, [3]string{"6", "3", "3"}, w.kept(t, c.user))

	rows, err := w.admin.SearchRead(t.Context(), "ir.attachment", []any{[]any{"res_model", "=", "x_krok_chat"}, []any{"res_id", "in", w.chats(t, c.user)}},
		[]string{"name", "mimetype", "file_size", "public"}, rpc.Order("id"))
	require.NoError(t, err)
	require.Equal(t, []string{"договір.pdf", "page.html", "document 2026-01-02 03-07-05.jpg"}, []string{rows[0].Str("name"), rows[1].Str("name"), rows[2].Str("name")})
	require.Equal(t, "application/pdf", rows[0].Str("mimetype"))
	require.Equal(t, "text/plain", rows[1].Str("mimetype"), "no page of a client runs in Odoo")
	require.Equal(t, int64(len(photo)), rows[2].Int("file_size"))
	require.False(t, rows[0].Bool("public"))
}

// sends has a client send files to a bot, of contents that nobody else sends.
func (w world) sends(t testing.TB, c *client, bot int64, names ...string) {
	t.Helper()
	lines, files := said(c.user, fmt.Sprint(c.user, names), names...), map[string][]byte{}
	for i, name := range names {
		lines[i] = withFile(lines[i], name, name+".txt", "text/plain")
		files[name] = []byte(c.user + name)
	}
	require.NoError(t, c.talk.Record(t.Context(), bot, lines, files))
}

func (w world) testFilesGo(t *testing.T) {
	c := w.client(t)
	w.sends(t, c, w.bots[0], "one", "two", "two again")
	w.SQL(t, `UPDATE x_krok_message SET x_attachment_id = (SELECT x_attachment_id FROM x_krok_message WHERE x_text = 'two' AND x_author = 'Оля `+c.user+`')
		WHERE x_text = 'two again' AND x_author = 'Оля `+c.user+`'`)
	lines, err := w.admin.Search(t.Context(), "x_krok_message", []any{[]any{"x_partner_id", "=", c.partner}}, rpc.Order("x_date"))
	require.NoError(t, err)
	require.Equal(t, [3]string{"3", "2", "3"}, w.kept(t, c.user))
	for i, left := range [][3]string{{"2", "1", "2"}, {"1", "1", "2"}, {"0", "0", "1"}} {
		require.NoError(t, w.admin.Unlink(t.Context(), "x_krok_message", lines[i:i+1]))
		require.Equal(t, left, w.kept(t, c.user), "the file of two lines stays for the second")
	}

	w.sends(t, c, w.bots[0], "three")
	require.NoError(t, w.admin.Unlink(t.Context(), "x_krok_chat", w.chats(t, c.user)))
	w.noFiles(t, c.user)
	bot, err := w.admin.Create(t.Context(), "x_krok_bot", map[string]any{"x_name": "Gone " + c.user})
	require.NoError(t, err)
	w.sends(t, c, bot, "four")
	require.NoError(t, w.admin.Unlink(t.Context(), "x_krok_bot", []int64{bot}))
	w.noFiles(t, c.user)
}

// noFiles sees that nothing that a user sent is left.
func (w world) noFiles(t testing.TB, user string) {
	t.Helper()
	require.Equal(t, [3]string{"0", "0", "0"}, w.kept(t, user))
	require.Equal(t, "0", w.SQL(t, `SELECT count(*) FROM ir_attachment WHERE res_model LIKE 'x_krok_%' AND res_field IS NULL
		AND NOT EXISTS (SELECT 1 FROM x_krok_chat c WHERE c.id = res_id)`)[0][0])
}

func (w world) testRetention(t *testing.T) {
	bot, err := w.admin.Create(t.Context(), "x_krok_bot", map[string]any{"x_name": "Forgetful", "x_keep_days": 30})
	require.NoError(t, err)
	c, calls := w.client(t), procedures(t, w.config())
	w.sends(t, c, bot, "old", "both", "young")
	w.sends(t, c, w.bots[0], "kept for ever")
	w.SQL(t, fmt.Sprintf(`UPDATE x_krok_message SET x_date = now() AT TIME ZONE 'UTC' - interval '31 days' WHERE x_bot_id = %[1]d AND x_text <> 'young';
		UPDATE x_krok_message SET x_date = now() AT TIME ZONE 'UTC' - interval '29 days 23 hours', x_attachment_id = (SELECT x_attachment_id FROM x_krok_message
			WHERE x_bot_id = %[1]d AND x_text = 'both') WHERE x_bot_id = %[1]d AND x_text = 'young';
		INSERT INTO x_krok_message (x_key, x_chat_id, x_bot_id, x_date) SELECT 'old/' || n, x_chat_id, x_bot_id, x_date FROM x_krok_message, generate_series(1, 448) n
			WHERE x_bot_id = %[1]d AND x_text = 'old'`, bot))
	before, err := catalog.Version(t.Context(), calls)
	require.NoError(t, err)
	for _, left := range []string{"51", "1", "1"} { // the call before took 200 too, once more 200 go, then the rest
		count := func() string {
			return w.SQL(t, fmt.Sprint("SELECT count(*) FROM x_krok_message WHERE x_bot_id = ", bot))[0][0]
		}
		now, err := catalog.Version(t.Context(), calls)
		require.NoError(t, err)
		require.Equal(t, before, now, "definitions are what they were")
		require.Equal(t, left, count())
	}
	require.Equal(t, [][]string{{"both.txt"}, {"kept for ever.txt"}, {"young.txt"}}, w.SQL(t, `SELECT name FROM ir_attachment WHERE res_model = 'x_krok_chat'
		AND res_id IN (SELECT id FROM x_krok_chat WHERE x_telegram_id = '`+c.user+`') ORDER BY name`), "a file that a young line has stays")
	require.NoError(t, w.admin.Write(t.Context(), "x_krok_bot", []int64{bot}, map[string]any{"x_keep_days": 2_000_000_000}))
	_, err = catalog.Version(t.Context(), calls)
	require.NoError(t, err)
}
