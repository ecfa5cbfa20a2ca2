package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"time"

	"github.com/mymmrac/telego"
	"github.com/mymmrac/telego/telegoapi"
)

// caller carries requests to the Bot API. It keeps the token, which stands in every URL, out of every error, and where it is
// asked to it takes updates apart one by one, so that one that telego cannot read does not hold up the others for ever.
type caller struct {
	client *http.Client
	log    *slog.Logger
	life   context.Context //nolint:containedctx // ends with the last request, see Connector.Cut
	onCall func(Call)      // nil: nobody is told
}

var _ telegoapi.Caller = (*caller)(nil)

// maxReply bounds an answer of the Bot API: a batch of updates is cut at about 4 MB there.
const maxReply = 32 << 20

// errUnknownOutcome tells that a request may or may not have been carried out.
var errUnknownOutcome = errors.New("the bot api did not say what became of the request")

// errUnreachable tells that a request never reached the Bot API.
var errUnreachable = errors.New("the bot api cannot be reached")

// Call posts a request. Errors of the Bot API itself come as *telegoapi.Error through telego; all others wrap errUnreachable or
// errUnknownOutcome.
func (c *caller) Call(ctx context.Context, address string, data *telegoapi.RequestData) (*telegoapi.Response, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.life, cancel)()
	begun := time.Now()
	response, err := c.post(ctx, address, data)
	if err != nil && c.life.Err() != nil {
		err = fmt.Errorf("%w: krok stops: %w", errUnknownOutcome, err)
	}
	if c.onCall != nil {
		c.onCall(Call{Method: path.Base(address), Result: resultOf(response, err), Took: time.Since(begun)})
	}
	return response, err
}

func (c *caller) post(ctx context.Context, address string, data *telegoapi.RequestData) (*telegoapi.Response, error) {
	body := data.BodyStream
	if data.BodyRaw != nil {
		body = bytes.NewReader(data.BodyRaw)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, body)
	if err != nil {
		return nil, withoutURL(err)
	}
	request.Header.Set(telegoapi.ContentTypeHeader, data.ContentType)
	answer, err := c.client.Do(request)
	if err != nil {
		return nil, transportError(err)
	}
	defer func() { _ = answer.Body.Close() }()
	reply, err := io.ReadAll(io.LimitReader(answer.Body, maxReply))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnknownOutcome, withoutURL(err))
	}
	response, ok := readReply(path.Base(address), reply)
	if !ok {
		return nil, fmt.Errorf("%w: HTTP status %d with an answer that is not the bot api's", errUnknownOutcome, answer.StatusCode)
	}
	if response.Ok && ctx.Value(apart{}) != nil {
		response.Result = c.readable(response.Result)
	}
	return response, nil
}

// apart, as a value of a request's context, lets the caller take the updates that come apart.
type apart struct{}

// readable puts an empty update in the place of every one that telego cannot read: its number is still confirmed.
func (c *caller) readable(batch []byte) []byte {
	var updates []json.RawMessage
	if err := json.Unmarshal(batch, &updates); err != nil {
		return batch // telego says what is wrong with it
	}
	for i, update := range updates {
		updates[i] = readableUpdate(update, c.log)
	}
	clean, err := json.Marshal(updates)
	if err != nil {
		return batch
	}
	return clean
}

func readableUpdate(raw json.RawMessage, log *slog.Logger) json.RawMessage {
	var update telego.Update
	err := json.Unmarshal(raw, &update)
	if err == nil {
		return raw
	}
	var bare struct {
		ID int `json:"update_id"`
	}
	if json.Unmarshal(raw, &bare) != nil {
		return raw
	}
	log.Error("an update of a kind that is not known was left out", "update", bare.ID, "err", err)
	return fmt.Appendf(nil, `{"update_id":%d}`, bare.ID)
}

// transportError tells requests that never arrived from those whose fate is not known.
func transportError(err error) error {
	err = withoutURL(err)
	if errors.Is(err, context.Canceled) {
		return err
	}
	if neverSent(err) {
		return fmt.Errorf("%w: %w", errUnreachable, err)
	}
	return fmt.Errorf("%w: %w", errUnknownOutcome, err)
}

// withoutURL drops the address that net/http puts into its errors: the token stands in it.
func withoutURL(err error) error {
	var inURL *url.Error
	if errors.As(err, &inURL) {
		return inURL.Err
	}
	return err
}
