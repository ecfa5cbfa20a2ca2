package telegram

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/mymmrac/telego/telegoapi"
)

// Call is one request to the Bot API as it ended.
type Call struct {
	Method string // of the Bot API
	Result string // ok, or what kind of error it was
	Took   time.Duration
}

// The results of calls.
const (
	ResultOK          = "ok"
	ResultRefused     = "refused"     // Telegram will never do it
	ResultToken       = "bad_token"   // it does not know the bot
	ResultGone        = "gone"        // nobody can be reached in this chat
	ResultConflict    = "conflict"    // another program receives with this token
	ResultTooMany     = "too_many"    // it asks to wait
	ResultFault       = "fault"       // something is wrong at Telegram's
	ResultUnreachable = "unreachable" // the request did not get there
	ResultUnknown     = "unknown"     // what became of it was not said
	ResultCancelled   = "cancelled"   // krok itself has ended it
)

func resultOf(response *telegoapi.Response, err error) string {
	switch {
	case errors.Is(err, context.Canceled):
		return ResultCancelled
	case errors.Is(err, errUnreachable):
		return ResultUnreachable
	case err != nil:
		return ResultUnknown
	case response.Ok:
		return ResultOK
	}
	switch code := response.ErrorCode; {
	case code == http.StatusUnauthorized, code == http.StatusNotFound:
		return ResultToken
	case code == http.StatusForbidden:
		return ResultGone
	case code == http.StatusConflict:
		return ResultConflict
	case code == http.StatusTooManyRequests:
		return ResultTooMany
	case code >= http.StatusInternalServerError:
		return ResultFault
	}
	return ResultRefused
}
