package telegram

import (
	"encoding/json"
	"testing"

	"github.com/mymmrac/telego"
	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
)

func TestAMessageTellsItsFile(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]flow.Message{
		`"caption":"я","photo":[{"file_id":"s","width":90,"height":60,"file_size":9},{"file_id":"l","width":900,"height":600,"file_size":999},{"file_id":"m","width":300,"height":200}]`: {
			Content: "photo", Text: "я", File: &flow.File{ID: "l", MIME: "image/jpeg", Size: 999}},
		`"document":{"file_id":"d","file_name":"a.pdf","mime_type":"application/pdf","file_size":5000000000}`: {
			Content: "document", File: &flow.File{ID: "d", Name: "a.pdf", MIME: "application/pdf", Size: 5_000_000_000}},
		`"video":{"file_id":"v","file_name":"a.mp4","mime_type":"video/mp4","file_size":7}`: {
			Content: "video", File: &flow.File{ID: "v", Name: "a.mp4", MIME: "video/mp4", Size: 7}},
		`"voice":{"file_id":"o","mime_type":"audio/ogg","file_size":7}`: {Content: "voice", File: &flow.File{ID: "o", MIME: "audio/ogg", Size: 7}},
		`"audio":{"file_id":"a","file_name":"a.mp3","mime_type":"audio/mpeg"}`: {
			Content: "audio", File: &flow.File{ID: "a", Name: "a.mp3", MIME: "audio/mpeg"}},
		`"video_note":{"file_id":"n","length":240,"file_size":7}`: {Content: "video_note", File: &flow.File{ID: "n", MIME: "video/mp4", Size: 7}},
		`"animation":{"file_id":"g","file_name":"a.gif","mime_type":"video/mp4"},"document":{"file_id":"g"}`: {
			Content: "animation", File: &flow.File{ID: "g", Name: "a.gif", MIME: "video/mp4"}},
		`"sticker":{"file_id":"k","file_size":7}`:         {Content: "sticker", File: &flow.File{ID: "k", MIME: "image/webp", Size: 7}},
		`"sticker":{"file_id":"k","is_animated":true}`:    {Content: "sticker", File: &flow.File{ID: "k", MIME: "application/x-tgsticker"}},
		`"sticker":{"file_id":"k","is_video":true}`:       {Content: "sticker", File: &flow.File{ID: "k", MIME: "video/webm"}},
		`"text":"привіт"`:                                 {Content: "text", Text: "привіт"},
		`"dice":{"emoji":"🎲","value":3}`:                  {},
		`"location":{"latitude":50.45,"longitude":30.52}`: {Content: "location", Latitude: 50.45, Longitude: 30.52},
	} {
		var read telego.Message
		require.NoError(t, json.Unmarshal([]byte(`{"message_id":7,"date":1,"chat":{"id":1,"type":"private"},`+message+`}`), &read))
		want.ID = 7
		require.Equal(t, &want, content(&read), message)
	}
}

func TestAPressTellsTheMessageOfItsButtonAndWhatStandsOnIt(t *testing.T) {
	t.Parallel()
	const keys = `"reply_markup":{"inline_keyboard":[[{"text":"Сайт","url":"https://shop.example"}],[{"text":"Так","callback_data":"a.1.b.v"}]]}`
	for message, want := range map[string]flow.Press{
		`{"message_id":41,"date":1,"chat":{"id":7,"type":"private"},` + keys + `}`: {Message: 41, Label: "Так"},
		`{"message_id":41,"date":1,"chat":{"id":7,"type":"private"}}`:              {Message: 41},
		`{"message_id":41,"date":0,"chat":{"id":7,"type":"private"}}`:              {Message: 41}, // one that is too old to be seen
		`null`: {},
	} {
		var query telego.CallbackQuery
		require.NoError(t, json.Unmarshal([]byte(`{"id":"1","from":{"id":7},"data":"a.1.b.v","message":`+message+`}`), &query))
		event, ok := pressEvent(flow.Event{}, &query)
		require.True(t, ok)
		want.Data = "a.1.b.v"
		require.Equal(t, &want, event.Press)
	}
}
