package telegram

import (
	"bytes"
	"encoding/json"

	"github.com/mymmrac/telego/telegoapi"
)

// readReply reads an answer of the Bot API; ok is false for what is none.
//
// The two answers that come all the time are parted without being read whole: the updates are read by telego, and nobody needs what
// was made of a text that was sent.
func readReply(method string, reply []byte) (response *telegoapi.Response, ok bool) {
	switch method {
	case "getUpdates":
		if result, found := resultIn(reply, '[', ']'); found {
			return good(result), true
		}
	case "sendMessage":
		if _, found := resultIn(reply, '{', '}'); found {
			return good(nil), true
		}
	}
	response = &telegoapi.Response{}
	if err := json.Unmarshal(reply, response); err != nil || !response.Ok && response.Error == nil {
		return nil, false
	}
	if response.Ok {
		return good(response.Result), true
	}
	return response, true
}

// good is the answer to what was carried out. telego prints every answer for a log that krok does not keep, and one without an Error
// takes fmt fifty times as long as one with an empty one.
func good(result []byte) *telegoapi.Response {
	return &telegoapi.Response{Ok: true, Error: &telegoapi.Error{}, Result: result}
}

// resultIn finds the result in an answer that has nothing else, by the signs that it begins and ends with.
func resultIn(reply []byte, first, last byte) ([]byte, bool) {
	const begin, end = `{"ok":true,"result":`, "}"
	if !bytes.HasPrefix(reply, []byte(begin)) || !bytes.HasSuffix(reply, []byte(end)) || len(reply) < len(begin)+2+len(end) {
		return nil, false
	}
	result := reply[len(begin) : len(reply)-len(end)]
	return result, result[0] == first && result[len(result)-1] == last
}
