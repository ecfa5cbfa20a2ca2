package records_test

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
)

// transcript is the note with the conversation, as Odoo keeps it; apart from how a version closes an empty tag.
func (w world) transcript(t *testing.T, lead int64) string {
	t.Helper()
	body := w.one(t, "SELECT body FROM mail_message WHERE model = 'crm.lead' AND res_id = %d AND body LIKE '%%Розмова в Telegram%%'", lead)
	return strings.ReplaceAll(body, "<br/>", "<br>")
}

var tags = regexp.MustCompile(`<[^>]*>`)

// readable is a note as people read it, a paragraph a line.
func readable(body string) []string {
	body = strings.NewReplacer("<br>", "\n", "</p>", "\x00").Replace(body)
	return strings.Split(strings.TrimSuffix(html.UnescapeString(tags.ReplaceAllString(body, "")), "\x00"), "\x00")
}

// talked makes a lead of a conversation and gives what its note reads, without the heading.
func (w world) talked(t *testing.T, c *client, lines []flow.Line, args map[string]any) []string {
	t.Helper()
	all := map[string]any{"lines": rows(lines)}
	for name, value := range args {
		all[name] = value
	}
	paragraphs := readable(w.transcript(t, w.lead(t, c, all).ID()))
	require.Equal(t, "Розмова в Telegram", paragraphs[0])
	return paragraphs[1:]
}

func (w world) testTranscript(t *testing.T) {
	c := w.client(t)
	texts := []string{
		"<b>hi</b> a<b & c>d <ann@x.example>", `<script>alert("1")</script><img src=x onerror=alert(1)>`, "один\nдва\r\nтри", "&lt;b&gt; &amp;amp; 'x' \"y\"",
		">> цитата\n>> глибша", "--\nпідпис", "On Monday Ann wrote:", "{{ object.name }} ${object} <% x %>", "%20 %24%7B%7D %5B%5D%7C https://x.example/a%20b", "a\x01b\x0bc\x7fd\ufffe", "\x00", "👩‍👩‍👧 é", "</p><hr>", "<!-- x -->",
		"data:image/png;base64,iVBORw0KGgo=", `<img src="data:image/png;base64,iVBORw0KGgo=">`,
	}
	lines := said(c.user, c.user+"/t", texts...)
	lead := w.lead(t, c, map[string]any{"lines": rows(lines)})
	body := w.transcript(t, lead.ID())
	require.NotRegexp(t, `<(script|img|hr|ann|b )`, body)
	require.NotContains(t, body, "data-o-mail-quote", "nothing of it is folded away")
	paragraphs := readable(body)
	require.Len(t, paragraphs, len(texts)+1)
	for i, text := range texts {
		_, said, _ := strings.Cut(paragraphs[i+1], "\n")
		want := strings.NewReplacer("\r\n", "\n", "\x00", "", "\x01", "", "\x0b", "", "\x7f", "", "\ufffe", "").Replace(strings.TrimPrefix(text, ">"))
		require.Equal(t, want, said)
	}
	require.Contains(t, body, "<b>Оля "+c.user+"</b>, 02.01.2026 05:04<br>&lt;b&gt;hi&lt;/b&gt; a&lt;b &amp; c&gt;d &lt;ann@x.example&gt;</p>")
	row := w.SQL(t, fmt.Sprintf(`SELECT s.internal, m.message_type FROM mail_message m JOIN mail_message_subtype s ON s.id = m.subtype_id
		WHERE m.model = 'crm.lead' AND m.res_id = %d AND m.body LIKE '%%Розмова%%'`, lead.ID()))[0]
	require.Equal(t, []string{"t", "notification"}, row, "a note")
}

func (w world) testTranscriptLinks(t *testing.T) {
	c := w.client(t)
	lead := w.lead(t, c, map[string]any{"lines": rows(said(c.user, c.user+"/l", "(див. https://x.example/a_(b)?c=1&d=2#e), і HTTP://y.example.",
		"javascript:alert(1) ftp://x.example www.x.example", `https://x.example/"onclick="alert(1)`, "http:// https://", "<https://z.example>http://[::1", "http://a.example,http://b.example"))})
	body := w.transcript(t, lead.ID())
	var links []string
	for _, found := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		links = append(links, strings.Replace(html.UnescapeString(found[1]), "%5B", "[", 1))
	}
	require.Equal(t, []string{"https://x.example/a_(b)?c=1&d=2#e", "HTTP://y.example", "https://x.example/", "https://z.example", "http://[::1", "http://a.example,http://b.example"}, links)
	require.NotRegexp(t, `<[^>]*onclick`, body)
	paragraphs := readable(body)
	require.Contains(t, paragraphs[1], "\n(див. https://x.example/a_(b)?c=1&d=2#e), і HTTP://y.example.")
	require.Contains(t, paragraphs[3], "\nhttps://x.example/\"onclick=\"alert(1)")
	require.Contains(t, paragraphs[5], "\n<https://z.example>http://[::1")
}

func (w world) testTranscriptStart(t *testing.T) {
	c := w.client(t)
	old := said(c.user, c.user+"/a", "/start", ">Вітаємо!", "Давнє")
	old[0].Start = true
	require.NoError(t, c.talk.Record(t.Context(), w.bots[0], old, nil))
	lines := said(c.user, c.user+"/b", "/start", ">Знову вітаємо!")
	lines[0].Start = true
	require.NoError(t, c.talk.Record(t.Context(), w.bots[0], lines, nil))
	more := said(c.user, c.user+"/c", "Хочу", ">Добре")
	read := w.talked(t, c, append(lines[1:], more...), nil)
	require.Equal(t, []string{
		"Оля " + c.user + ", 02.01.2026 05:04\n/start", "Shop, 02.01.2026 05:05\nЗнову вітаємо!", "Оля " + c.user + ", 02.01.2026 05:04\nХочу", "Shop, 02.01.2026 05:05\nДобре",
	}, read)
	require.NoError(t, c.talk.Record(t.Context(), w.bots[0], more, nil))
	require.Len(t, w.conversation(t, c.user), 7, "the batch finds the lines there")
	other := w.client(t)
	require.Equal(t, "0", w.one(t, "SELECT count(*) FROM mail_message WHERE model = 'crm.lead' AND res_id = %d AND body LIKE '%%Розмова%%'",
		w.lead(t, other, map[string]any{"lines": []any{}}).ID()), "nothing was said")
}

func (w world) testTranscriptFiles(t *testing.T) {
	c := w.client(t)
	lines := said(c.user, c.user+"/f", "", "Ось <план>", "")
	lines[0], lines[1] = withFile(lines[0], "f1", "фото & <b>.jpg", "image/jpeg"), withFile(lines[1], "f2", "план.pdf", "application/pdf")
	lines[2] = withFile(lines[2], "f3", "", "image/jpeg")
	require.NoError(t, c.talk.Record(t.Context(), w.bots[0], lines[:1], map[string][]byte{"f1": []byte("x")}))
	read := w.talked(t, c, lines[1:], nil)
	author := "Оля " + c.user + ", 02.01.2026 "
	require.Equal(t, []string{author + "05:04\n📎 фото & <b>.jpg", author + "05:05\nОсь <план>\n📎 план.pdf", author + "05:06\n📎 document"}, read)
}

func (w world) testTranscriptTimes(t *testing.T) {
	c := w.client(t)
	lines := said(c.user, c.user+"/z", "Привіт")
	require.Equal(t, "Оля "+c.user+", 01/01/2026 19:04\nПривіт", strings.Replace(w.talked(t, c, lines, map[string]any{"tz": "America/Los_Angeles", "note_lang": "en_US"})[0], "07:04 PM", "19:04", 1))
	lines[0].Author = ""
	lines[0].Key += "/nobody"
	require.Contains(t, w.talked(t, c, lines, map[string]any{"tz": "Nowhere/Here", "note_lang": "xx_XX"})[1], "Оля "+c.user+", ", "a line without an author is the chat's")
}

func (w world) testTranscriptLong(t *testing.T) {
	c := w.client(t)
	w.SQL(t, fmt.Sprintf(`INSERT INTO x_krok_message (x_key, x_chat_id, x_bot_id, x_direction, x_author, x_date, x_text)
		SELECT 'long/' || c.id || '/' || n, c.id, c.x_bot_id, 'in', 'Оля', timestamp '2026-01-02 03:04:05' + n * interval '1 minute', 'рядок ' || n || repeat(' <слово> https://x.example', 40)
		FROM x_krok_chat c, generate_series(1, 1999) n WHERE c.x_telegram_id = '%s'`, c.user))
	start := time.Now()
	read := w.talked(t, c, said(c.user, c.user+"/long", "передостанній"), nil)
	t.Logf("a lead with 2000 lines takes %.1f s", time.Since(start).Seconds())
	require.Len(t, read, 2000)
	require.Contains(t, read[0], "\nрядок 1 <слово>")
	read = w.talked(t, c, said(c.user, c.user+"/longer", "останній"), nil)
	require.Len(t, read, 2001)
	require.Equal(t, "Раніше було ще.", read[0])
	require.Contains(t, read[1], "\nрядок 2 ")
	require.Contains(t, read[2000], "\nостанній")
}
