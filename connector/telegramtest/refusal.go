package telegramtest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// refusal is an answer with ok:false. It is an error so that checks can return it.
type refusal struct {
	Code        int
	Description string
	RetryAfter  int   // seconds
	MigrateTo   int64 // the supergroup that a group became
	late        time.Duration
}

func (r *refusal) Error() string { return r.Description }

// badRequest is Telegram's 400 with its prefix.
func badRequest(what string) *refusal {
	return &refusal{Code: http.StatusBadRequest, Description: "Bad Request: " + what}
}

func forbidden(what string) *refusal {
	return &refusal{Code: http.StatusForbidden, Description: "Forbidden: " + what}
}

func conflict(what string) *refusal {
	return &refusal{Code: http.StatusConflict, Description: "Conflict: " + what}
}

func tooMany(seconds int) *refusal {
	return &refusal{
		Code: http.StatusTooManyRequests, RetryAfter: seconds,
		Description: "Too Many Requests: retry after " + strconv.Itoa(seconds),
	}
}

// body is the refusal as JSON.
func (r *refusal) body() []byte {
	type parameters struct {
		MigrateTo  int64 `json:"migrate_to_chat_id,omitempty"`
		RetryAfter int   `json:"retry_after,omitempty"`
	}
	answer := struct {
		OK          bool        `json:"ok"`
		ErrorCode   int         `json:"error_code"`
		Description string      `json:"description"`
		Parameters  *parameters `json:"parameters,omitempty"`
	}{ErrorCode: r.Code, Description: r.Description}
	if r.RetryAfter != 0 || r.MigrateTo != 0 {
		answer.Parameters = &parameters{MigrateTo: r.MigrateTo, RetryAfter: r.RetryAfter}
	}
	return encode(answer)
}

// encode is JSON of one of this package's own values, which never fails.
func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

// success is the answer with a result.
func success(result any) []byte {
	return encode(struct {
		OK     bool `json:"ok"`
		Result any  `json:"result"`
	}{true, result})
}
