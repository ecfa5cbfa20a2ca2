package telegramtest

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// request is one call on its way through the server.
type request struct {
	params
	bot  *Bot
	call *Call
	http *http.Request
}

// method is one method of the Bot API; do answers with the result as JSON.
type method struct {
	name string
	do   func(*request) ([]byte, *refusal)
}

// methods are found by their names in lower case, for Telegram does not care about it.
var methods = methodTable(
	method{"getMe", getMe},
	method{"getUpdates", getUpdates},
	method{"setWebhook", setWebhook},
	method{"deleteWebhook", deleteWebhook},
	method{"getWebhookInfo", getWebhookInfo},
	method{"sendMessage", sendMessage},
	method{"sendPhoto", sendFile("photo")},
	method{"sendVideo", sendFile("video")},
	method{"sendAnimation", sendFile("animation")},
	method{"sendAudio", sendFile("audio")},
	method{"sendVoice", sendFile("voice")},
	method{"sendDocument", sendFile("document")},
	method{"sendMediaGroup", sendMediaGroup},
	method{"sendChatAction", sendChatAction},
	method{"editMessageText", editMessageText},
	method{"editMessageCaption", editMessageCaption},
	method{"editMessageReplyMarkup", editMessageReplyMarkup},
	method{"deleteMessage", deleteMessage},
	method{"answerCallbackQuery", answerCallbackQuery},
	method{"setMyCommands", setMyCommands},
	method{"getMyCommands", getMyCommands},
	method{"deleteMyCommands", deleteMyCommands},
	method{"getFile", getFile},
	method{"getChat", getChat},
)

func methodTable(all ...method) map[string]method {
	table := make(map[string]method, len(all))
	for _, m := range all {
		table[strings.ToLower(m.name)] = m
	}
	return table
}

// ServeHTTP answers calls (/bot<token>/<method>), downloads (/file/bot<token>/<path>) and the control of other processes (/test/).
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	switch {
	case strings.HasPrefix(path, "/bot"):
		token, name, _ := strings.Cut(path[len("/bot"):], "/")
		s.answer(w, r, token, strings.TrimPrefix(name, "test/")) // /test/ is how a bot asks for Telegram's test servers
	case strings.HasPrefix(path, "/file/bot"):
		token, file, _ := strings.Cut(path[len("/file/bot"):], "/")
		s.download(w, r, token, file)
	case strings.HasPrefix(path, "/test/"):
		s.control(w, r)
	default:
		refuse(w, &refusal{Code: http.StatusNotFound, Description: "Not Found"})
	}
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, token, name string) {
	p, unreadable := readParams(r)
	call := &Call{Method: name, At: s.Now(), params: p, Chat: p.id("chat_id")}
	bot, unauthorized := s.authorize(token)
	log := &s.lost
	if bot != nil {
		log, call.Bot = &bot.calls, bot
	}
	m, known := methods[strings.ToLower(name)]
	if known {
		call.Method = m.name
	}
	log.add(call, s.config.Keep)

	status := http.StatusOK
	defer func() {
		if s.config.Debug != nil {
			s.config.Debug("telegramtest: %s chat %d: %d", call.Method, call.Chat, status)
		}
	}()
	end := func(body []byte, refused *refusal) {
		if refused == nil {
			log.answered(call, status, "")
			if s.config.OnCall != nil {
				s.config.OnCall(*call)
			}
			write(w, status, "application/json", body)
			return
		}
		status = refused.Code
		log.answered(call, status, refused.Description)
		s.wait(r, refused.late)
		refuse(w, refused)
	}
	switch {
	case unauthorized != nil:
		end(nil, unauthorized)
	case unreadable != nil:
		end(nil, unreadable)
	case !known:
		end(nil, &refusal{Code: http.StatusNotFound, Description: "Not Found: method not found"})
	default:
		request := &request{params: p, bot: bot, call: call, http: r}
		fault := s.faults.match(call)
		if fault == nil {
			end(m.do(request))
			return
		}
		status = s.fail(w, fault, log, request, m, end)
	}
}

// fail answers a call that a fault hits.
func (s *Server) fail(w http.ResponseWriter, f *Fault, log *callLog, r *request, m method, end func([]byte, *refusal)) int {
	s.wait(r.http, f.Delay)
	refused := f.refusal()
	if f.Drop == DropBefore {
		panic(http.ErrAbortHandler)
	}
	if f.Drop == DropNever && refused == nil {
		end(m.do(r))
		return r.call.Status
	}
	if f.Drop == DropAfter || f.TakesEffect {
		if _, own := m.do(r); own != nil {
			end(nil, own) // Telegram would have refused it anyway
			return own.Code
		}
	}
	if f.Drop == DropAfter {
		panic(http.ErrAbortHandler)
	}
	if f.Body == "" {
		end(nil, refused)
		return refused.Code
	}
	log.answered(r.call, refused.Code, f.Body)
	write(w, refused.Code, "text/html; charset=utf-8", []byte(f.Body))
	return refused.Code
}

// authorize finds the bot of a token.
func (s *Server) authorize(token string) (*Bot, *refusal) {
	if !tokenForm.MatchString(token) {
		return nil, &refusal{Code: http.StatusNotFound, Description: "Not Found"}
	}
	bot, ok := s.bots.Load(token)
	if !ok {
		return nil, &refusal{Code: http.StatusUnauthorized, Description: "Unauthorized"}
	}
	if bot := bot.(*Bot); !bot.revoked.Load() {
		return bot, nil
	}
	return nil, &refusal{Code: http.StatusUnauthorized, Description: "Unauthorized"}
}

// wait sleeps, unless the caller goes away or the server closes.
func (s *Server) wait(r *http.Request, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	case <-s.closed:
	}
}

func refuse(w http.ResponseWriter, r *refusal) {
	if r.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(r.RetryAfter))
	}
	write(w, r.Code, "application/json", r.body())
}

func write(w http.ResponseWriter, status int, contentType string, body []byte) {
	header := w.Header()
	header["Content-Type"] = []string{contentType}
	header["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	_, _ = w.Write(body) // whoever has gone does not read it
}
