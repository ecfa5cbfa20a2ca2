package telegram

import (
	"encoding/json"
	"io"
	"log/slog"
	"testing"

	"github.com/mymmrac/telego"
	"github.com/stretchr/testify/require"
)

// Whatever Telegram sends, an update becomes an event or nothing, and one that cannot be read keeps its number.
func FuzzUpdate(f *testing.F) {
	for _, seed := range []string{
		`{"update_id":7,"message":{"message_id":1,"date":1,"chat":{"id":1,"type":"private"},"from":{"id":1,"first_name":"Ганна"},"text":"привіт"}}`,
		`{"update_id":8,"callback_query":{"id":"1","from":{"id":1},"data":"a.1.b.v"}}`,
		`{"update_id":9,"message":{"message_id":1,"date":1,"chat":{"id":1,"type":"private"},"forward_origin":{"type":"new"}}}`,
		`{"update_id":10,"my_chat_member":{"chat":{"id":1,"type":"private"},"from":{"id":1},"date":1,"old_chat_member":{"status":"member","user":{"id":2}},"new_chat_member":{"status":"kicked","user":{"id":2},"until_date":0}}}`,
		`{"update_id":11}`, `[]`, `{"update_id":"x"}`, `{"update_id":12,"message":{"contact":{"phone_number":"+1","user_id":99}}}`,
	} {
		f.Add([]byte(seed))
	}
	c, err := New(Config{Code: "shop", Token: "1:" + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
	require.NoError(f, err)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) {
			return
		}
		var bare struct {
			ID *int `json:"update_id"`
		}
		var update telego.Update
		if json.Unmarshal(raw, &bare) != nil || bare.ID == nil {
			return
		}
		require.NoError(t, json.Unmarshal(readableUpdate(raw, log), &update))
		require.Equal(t, *bare.ID, update.UpdateID)
		if event, ok := c.event(update); ok {
			require.NotEmpty(t, event.Kind)
			_, err := json.Marshal(event)
			require.NoError(t, err)
		}
	})
}
