package telegramtest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// control serves other processes that play the client or look at what the bot did:
//
//	POST /test/bots     {"token"}                                     → makes the bot known
//	POST /test/send     {"token", "user": {…}, "text"}                → a client's message
//	POST /test/press    {"token", "user": {…}, "label"}               → presses a button or key
//	POST /test/update   {"token", "kind", "payload"}                  → any update
//	POST /test/advance  {"seconds"}                                   → moves the clock
//	GET  /test/messages?token=…&chat=…                                → what the client sees
//	GET  /test/calls?token=…[&method=…]                               → what the bot called
func (s *Server) control(w http.ResponseWriter, r *http.Request) {
	var order struct {
		Token   string          `json:"token"`
		User    User            `json:"user"`
		Text    string          `json:"text"`
		Label   string          `json:"label"`
		Kind    string          `json:"kind"`
		Payload json.RawMessage `json:"payload"`
		Seconds float64         `json:"seconds"`
	}
	if r.Method == http.MethodPost {
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&order); err != nil {
			refuse(w, badRequest(err.Error()))
			return
		}
	} else {
		order.Token = r.URL.Query().Get("token")
	}
	if r.URL.Path == "/test/advance" {
		s.Advance(time.Duration(order.Seconds * float64(time.Second)))
		write(w, http.StatusOK, "application/json", success(true))
		return
	}
	if !tokenForm.MatchString(order.Token) {
		refuse(w, badRequest("token must be of the form 123:35-letters"))
		return
	}
	bot := s.Bot(order.Token)
	var result any
	switch r.URL.Path {
	case "/test/bots":
		result = bot.me
	case "/test/send":
		result = bot.Chat(order.User).Send(order.Text)
	case "/test/press":
		if err := bot.Chat(order.User).Press(order.Label); err != nil {
			refuse(w, badRequest(err.Error()))
			return
		}
		result = true
	case "/test/update":
		if !json.Valid(order.Payload) {
			refuse(w, badRequest("payload must be JSON"))
			return
		}
		result = bot.Update(order.Kind, order.Payload)
	case "/test/messages":
		id, _ := strconv.ParseInt(r.URL.Query().Get("chat"), 10, 64)
		result = seen(bot.Chat(User{ID: id}))
	case "/test/calls":
		result = recorded(bot.Calls(r.URL.Query()["method"]...))
	default:
		refuse(w, &refusal{Code: http.StatusNotFound, Description: "Not Found"})
		return
	}
	write(w, http.StatusOK, "application/json", success(result))
}

// view is a chat as another process sees it.
type view struct {
	Messages []Message `json:"messages"`
	Keyboard *Keyboard `json:"keyboard"`
}

func seen(c *Chat) view { return view{Messages: c.Messages(), Keyboard: c.Keyboard()} }

type recordedCall struct {
	Method      string            `json:"method"`
	At          time.Time         `json:"at"`
	Status      int               `json:"status"`
	Description string            `json:"description,omitempty"`
	Args        map[string]string `json:"args"`
}

func recorded(calls []Call) []recordedCall {
	list := make([]recordedCall, len(calls))
	for i, c := range calls {
		list[i] = recordedCall{c.Method, c.At, c.Status, c.Description, c.Args()}
	}
	return list
}
