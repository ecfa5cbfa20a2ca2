package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegramtest"
	"github.com/krokbot/krok/odoo/rpc"
)

// contactsBot asks for one field of each way of asking.
const contactsBot = `bot:
  code: CODE
  name: Вигаданий сад
  lang: uk_UA
  tz: Europe/Kyiv
steps:
  - code: town
    name: Місто
    type: contact
    aliases: [/start]
    text: "З якого ви міста?"
    field: city
    text_after: "Записав: {{ partner.city }}."
    next: country
  - code: country
    name: Країна
    type: contact
    text: "З якої ви країни?"
    field: country_id
    next: photo
  - code: photo
    name: Світлина
    type: contact
    text: "Покажіть себе."
    field: image_1920
    next: phone
  - code: phone
    name: Номер
    type: contact
    aliases: [номер]
    text: "Який у вас номер?"
    field: phone
    merge_by_phone: true
    add_tags: [Садівник]
    text_after: "Дякую, {{ partner.name }}!"
    next: done
  - code: done
    name: Кінець
    type: text
    text: "Гаразд: {{ partner.city }}, {{ partner.country_id.name }}, {{ answer.country }}."
`

func TestAClientFillsInTheirContactAndIsFoundByTheirNumber(t *testing.T) {
	onBothOdoos(t, func(t *testing.T, w *world) {
		telegram := w.api.NewBot("made_up_garden_bot")
		w.botOf(t, contactsBot, "garden", telegram.Token())
		known := w.contact(t, map[string]any{"name": "Ганна Садова", "phone": "067 123-45-67", "email": "hanna@sad.example"})
		kill := w.serve(t)
		ann := telegram.Chat(telegramtest.User{FirstName: "Ганна", LanguageCode: "uk"})
		until := func(text string) telegramtest.Message {
			t.Logf("waiting for %q", text)
			return ann.Until(t, func(m telegramtest.Message) bool { return strings.Contains(m.Text, text) })
		}

		ann.Send("/start")
		until("З якого ви міста?")
		ann.Send("Львів")
		until("Записав: Львів.")
		list := until("З якої ви країни?")
		require.LessOrEqual(t, len(list.Buttons()), 13)

		// the pages turn in their place, also after a restart
		kill()
		w.serve(t)
		require.NoError(t, ann.Press("2 »"))
		require.Eventually(t, func() bool {
			message, _ := ann.Message(list.ID)
			return strings.Contains(fmt.Sprint(message.Buttons()), "« 1")
		}, 30*time.Second, 50*time.Millisecond, "the buttons of the second page")
		ann.Send("польщ")
		until("Знайдено 1:")
		require.NoError(t, ann.Press("Польща"))
		until("Покажіть себе.")
		ann.SendDocument("me.png", picture(t), "")
		until("Який у вас номер?")

		// somebody else's card is refused, the own one finds the contact that Odoo has
		ann.SendContact(telegramtest.Contact{PhoneNumber: "+380501112233", FirstName: "Директор", UserID: 1})
		until("Це контакт іншої людини")
		ann.ShareContact("380671234567")
		until("Дякую, Ганна Садова!")
		until("Гаразд: Львів, Україна, Польща.") // what the office wrote stays, what was empty is filled
		w.requireOneContact(t, known)

		// and stays that contact
		ann.Send("номер")
		until("Який у вас номер?")
		ann.ShareContact("380671234567")
		until("Дякую, Ганна Садова!")
		w.requireOneContact(t, known)
	})
}

// requireOneContact looks into Odoo: the contact of the office has become the client's, with what both have said, and there is no other.
func (w *world) requireOneContact(t *testing.T, known int64) {
	t.Helper()
	rows, err := w.admin.SearchRead(t.Context(), "res.partner", []any{"|", []any{"name", "=like", "Ганна%"}, []any{"phone", "like", "671234567"}},
		[]string{"name", "phone", "email", "city", "country_id", "category_id", "image_128"}, rpc.WithArchived())
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.Equal(t, known, rows[0].ID())
	require.Equal(t, []string{"Ганна Садова", "+380671234567", "hanna@sad.example", "Львів"},
		[]string{rows[0].Str("name"), rows[0].Str("phone"), rows[0].Str("email"), rows[0].Str("city")})
	require.NotEmpty(t, rows[0].Str("image_128"))
	tags, err := w.admin.Read(t.Context(), "res.partner.category", rows[0].IDs("category_id"), []string{"name"})
	require.NoError(t, err)
	var names []string
	for _, tag := range tags {
		names = append(names, tag.Str("name"))
	}
	require.ElementsMatch(t, []string{"Telegram", "Садівник"}, names)
	chats, err := w.admin.SearchRead(t.Context(), "x_krok_chat", nil, []string{"x_partner_id"})
	require.NoError(t, err)
	require.Len(t, chats, 1)
	partner, _ := chats[0].Ref("x_partner_id")
	require.Equal(t, known, partner)
}

// A contact that somebody merges or deletes in Odoo while the client talks: the chat follows the survivor, or begins with a new one.
func TestAContactThatIsMergedOrDeletedByHandLeavesNothingDangling(t *testing.T) {
	onBothOdoos(t, func(t *testing.T, w *world) {
		telegram := w.api.NewBot("made_up_garden_bot")
		w.botOf(t, contactsBot, "garden", telegram.Token())
		w.serve(t)
		ivan := telegram.Chat(telegramtest.User{FirstName: "Іван", LanguageCode: "uk"})
		until := func(text string) {
			ivan.Until(t, func(m telegramtest.Message) bool { return strings.Contains(m.Text, text) })
		}
		ivan.Send("/start")
		until("З якого ви міста?")
		other := w.contact(t, map[string]any{"name": "Іван Лозовий"})
		own := w.partnerOf(t)
		wizard, err := w.admin.Create(t.Context(), "base.partner.merge.automatic.wizard", map[string]any{"partner_ids": []any{rpc.Set(own, other)}, "dst_partner_id": other})
		require.NoError(t, err)
		_, err = w.admin.Call(t.Context(), "base.partner.merge.automatic.wizard", "action_merge", []int64{wizard}, nil)
		require.NoError(t, err)
		ivan.Send("Умань")
		until("Записав: Умань.")
		require.Equal(t, other, w.partnerOf(t))

		require.NoError(t, w.admin.Unlink(t.Context(), "res.partner", []int64{other}))
		ivan.Send("/start")
		until("З якого ви міста?")
		ivan.Send("Канів")
		until("Записав: Канів.")
		anew := w.partnerOf(t)
		require.NotEqual(t, other, anew)
		rows, err := w.admin.Read(t.Context(), "res.partner", []int64{anew}, []string{"name", "city"})
		require.NoError(t, err)
		require.Equal(t, []string{"Іван", "Канів"}, []string{rows[0].Str("name"), rows[0].Str("city")})
	})
}

// contact makes a contact as somebody in the office would, in Ukraine.
func (w *world) contact(t *testing.T, values map[string]any) int64 {
	t.Helper()
	country, err := w.admin.Search(t.Context(), "res.country", []any{[]any{"code", "=", "UA"}})
	require.NoError(t, err)
	values["lang"] = "uk_UA" // the client then reads what Odoo has in that language
	if values["phone"] != nil {
		values["country_id"] = country[0]
	}
	id, err := w.admin.Create(t.Context(), "res.partner", values)
	require.NoError(t, err)
	return id
}

// partnerOf is the contact of the only chat.
func (w *world) partnerOf(t *testing.T) int64 {
	t.Helper()
	chats, err := w.admin.SearchRead(t.Context(), "x_krok_chat", nil, []string{"x_partner_id"})
	require.NoError(t, err)
	require.Len(t, chats, 1)
	partner, _ := chats[0].Ref("x_partner_id")
	return partner
}

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 64, 64))))
	return b.Bytes()
}
