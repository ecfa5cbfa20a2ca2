package telegram

import (
	"testing"

	"github.com/mymmrac/telego/telegoapi"
	"github.com/stretchr/testify/require"
)

func TestAnswersOfTheBotAPIAreReadAndAllElseIsNone(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		method, reply string
		ok            bool // it is an answer
		good          bool
		result        string
	}{
		{"getUpdates", `{"ok":true,"result":[]}`, true, true, "[]"},
		{"getUpdates", `{"ok":true,"result":[{"update_id":1}]}`, true, true, `[{"update_id":1}]`},
		{"getUpdates", `{"ok":true,"result":[]`, false, false, ""},
		{"sendMessage", `{"ok":true,"result":{"message_id":1}}`, true, true, ""},
		{"sendMessage", `{"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":1}}`, true, false, ""},
		{"sendMessage", `{"ok":true,"result":{"message_id":1},"description":"x"}`, true, true, `{"message_id":1}`},
		{"sendMessage", `{"ok":true,"result":{"message_id":1}`, false, false, ""},
		{"sendMessage", `{"ok":true,"result":}`, false, false, ""},
		{"sendMessage", `{"ok":true,"result":{`, false, false, ""},
		{"deleteWebhook", `{"ok":true,"result":true,"description":"Webhook was deleted"}`, true, true, "true"},
		{"sendPhoto", `{"ok":true,"result":{"message_id":1}}`, true, true, `{"message_id":1}`},
		{"sendMessage", `{"ok":false}`, false, false, ""},
		{"sendMessage", `<html>`, false, false, ""},
		{"sendMessage", ``, false, false, ""},
	} {
		response, ok := readReply(test.method, []byte(test.reply))
		require.Equal(t, test.ok, ok, "%s %s", test.method, test.reply)
		if ok {
			require.Equal(t, test.good, response.Ok, "%s %s", test.method, test.reply)
			require.Equal(t, test.result, string(response.Result), "%s %s", test.method, test.reply)
		}
	}
}

// BenchmarkPrint shows why an answer has an empty error rather than none: telego prints every answer.
func BenchmarkPrint(b *testing.B) {
	for name, response := range map[string]*telegoapi.Response{"none": {Ok: true}, "empty": good(nil)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_ = response.String()
			}
		})
	}
}
