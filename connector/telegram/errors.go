package telegram

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/mymmrac/telego/telegoapi"

	"github.com/krokbot/krok/flow/texts"
)

// fate is what is to be done with a message after an attempt to send it.
type fate int

const (
	fateSent    fate = iota // it arrived
	fateLater               // Telegram asks to wait, or the outcome is not known: it is sent again
	fateGone                // nobody can be reached in this chat any more
	fateRefused             // Telegram will never take this message
	fateToken               // the token does not work: no message of this bot goes out
)

// neverSent tells whether an error happened before anything of the request can have arrived.
func neverSent(err error) bool {
	var dns *net.DNSError
	var op *net.OpError
	return errors.As(err, &dns) || errors.As(err, &op) && op.Op == "dial"
}

// judge decides by an error of the Bot API what becomes of a message, and how long to wait with it.
func judge(err error, attempts int) (fate, time.Duration) {
	if err == nil {
		return fateSent, 0
	}
	var refused *telegoapi.Error
	if !errors.As(err, &refused) {
		return fateLater, backoff(attempts)
	}
	switch refused.ErrorCode {
	case http.StatusTooManyRequests:
		return fateLater, retryAfter(refused)
	case http.StatusUnauthorized, http.StatusNotFound:
		return fateToken, backoff(attempts)
	case http.StatusForbidden:
		return fateGone, 0
	}
	if refused.ErrorCode >= http.StatusInternalServerError {
		return fateLater, backoff(attempts)
	}
	for _, gone := range []string{"chat not found", "user is deactivated", "PEER_ID_INVALID", "group chat was deactivated"} {
		if strings.Contains(refused.Description, gone) {
			return fateGone, 0
		}
	}
	return fateRefused, 0
}

func retryAfter(refused *telegoapi.Error) time.Duration {
	if refused.Parameters != nil && refused.Parameters.RetryAfter > 0 {
		return time.Duration(refused.Parameters.RetryAfter) * time.Second
	}
	return time.Second
}

// backoff doubles from half a second to a minute.
func backoff(attempts int) time.Duration {
	return min(500*time.Millisecond<<min(attempts, 7), time.Minute)
}

// code is the Bot API's error code; 0: the error is not the Bot API's.
func code(err error) int {
	var refused *telegoapi.Error
	if errors.As(err, &refused) {
		return refused.ErrorCode
	}
	return 0
}

// forAdmin says what keeps a bot from talking to Telegram, and how to mend it.
func forAdmin(err error) error {
	if hook := (*setFailed)(nil); errors.As(err, &hook) && code(err) == http.StatusBadRequest {
		return texts.NewError("telegram.webhook_refused", texts.Args{"url": hook.url, "cause": cause(err)}, err)
	}
	switch code(err) {
	case 0:
		if errors.Is(err, errUnreachable) {
			return texts.NewError("telegram.unreachable", texts.Args{"cause": cause(err)}, err)
		}
		return texts.NewError("telegram.no_answer", texts.Args{"cause": cause(err)}, err)
	case http.StatusUnauthorized, http.StatusNotFound:
		return texts.NewError("telegram.bad_token", nil, err)
	case http.StatusConflict:
		return texts.NewError("telegram.other_poller", nil, err)
	}
	return texts.NewError("telegram.refused", texts.Args{"cause": cause(err)}, err)
}

// cause is the innermost error's text: what the network or Telegram said.
func cause(err error) string {
	var refused *telegoapi.Error
	if errors.As(err, &refused) {
		return refused.Description
	}
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	text := err.Error()
	return text[strings.LastIndex(text, "\n")+1:]
}
