package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/mymmrac/telego"
	"github.com/mymmrac/telego/telegoapi"

	"github.com/krokbot/krok/flow"
)

// maxFetch is the largest file that Telegram lets a bot download, in bytes.
const maxFetch = 20 << 20

// fetchMethod is how downloads are called where requests are counted: they are no method of the Bot API.
const fetchMethod = "download"

var _ flow.Files = (*Connector)(nil)

// File fetches a file that a client sent to this bot. A file that is too big, or that Telegram does not have for this bot, is a
// [*flow.FileError]; any other error may pass.
func (c *Connector) File(ctx context.Context, _ string, file flow.File) ([]byte, error) {
	if file.Size > maxFetch {
		return nil, tooBig(fmt.Errorf("it has %d bytes", file.Size))
	}
	at, err := c.api.GetFile(ctx, &telego.GetFileParams{FileID: file.ID})
	if err != nil {
		return nil, fetchError(err)
	}
	if at.FileSize > maxFetch {
		return nil, tooBig(fmt.Errorf("it has %d bytes", at.FileSize))
	}
	return c.download(ctx, at.FilePath)
}

// fetchError tells what will never be had from what may pass.
func fetchError(err error) error {
	var refused *telegoapi.Error
	switch {
	case !errors.As(err, &refused):
		return err
	case refused.ErrorCode == http.StatusTooManyRequests:
		return &flow.Unavailable{Err: err, After: retryAfter(refused)}
	case refused.ErrorCode != http.StatusBadRequest:
		return err
	case strings.Contains(refused.Description, "file is too big"):
		return tooBig(err)
	}
	return &flow.FileError{Key: "client.file_gone", Err: err}
}

func tooBig(err error) error { return &flow.FileError{Key: "client.file_too_big", Err: err} }

// download gets the contents from the path that getFile gave. The address has the token in it and must be in no error.
func (c *Connector) download(ctx context.Context, path string) ([]byte, error) {
	begun := time.Now()
	contents, status, err := c.get(ctx, c.api.FileDownloadURL(path))
	if c.config.OnCall != nil {
		c.config.OnCall(Call{Method: fetchMethod, Result: downloadResult(status, err), Took: time.Since(begun)})
	}
	switch {
	case err != nil:
		return nil, err
	case status == http.StatusNotFound:
		return nil, &flow.FileError{Key: "client.file_gone", Err: errors.New("telegram has no such file at the path that it gave")}
	case status != http.StatusOK:
		return nil, fmt.Errorf("telegram answered the download of a file with status %d", status)
	case len(contents) > maxFetch:
		return nil, tooBig(errors.New("it has more bytes than telegram said"))
	}
	return contents, nil
}

// downloadResult is that of a call. A file that is not there says nothing of the token.
func downloadResult(status int, err error) string {
	if err == nil && status == http.StatusNotFound {
		return ResultRefused
	}
	return resultOf(&telegoapi.Response{Ok: status == http.StatusOK, Error: &telegoapi.Error{ErrorCode: status}}, err)
}

// get reads one byte more than a file may have, so that one which is too big shows.
func (c *Connector) get(ctx context.Context, address string) (contents []byte, status int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, 0, withoutURL(err)
	}
	answer, err := c.config.Client.Do(request)
	if err != nil {
		return nil, 0, transportError(err)
	}
	defer func() { _ = answer.Body.Close() }()
	contents, err = io.ReadAll(io.LimitReader(answer.Body, maxFetch+1))
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %w", errUnknownOutcome, withoutURL(err))
	}
	return contents, answer.StatusCode, nil
}
