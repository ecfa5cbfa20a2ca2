package flow_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
)

// noFiles has no file, for one reason or another.
type noFiles struct{ err error }

func (f noFiles) File(context.Context, string, flow.File) ([]byte, error) { return nil, f.err }

func commitWithFile() flow.Commit {
	return flow.Commit{Key: "k", Refusable: true, Operations: []flow.Operation{{Kind: flow.UpdateContact, Files: map[string]flow.File{"value": {ID: "f"}}}}}
}

func TestAMessengerThatAsksToWaitForAFileIsWaitedFor(t *testing.T) {
	t.Parallel()
	files := noFiles{&flow.Unavailable{Err: errors.New("too many requests"), After: 7 * time.Second}}
	_, err := flow.CarryOut(t.Context(), nil, flow.Lent{Files: files}, flow.Event{}, commitWithFile())
	var unavailable *flow.Unavailable
	require.ErrorAs(t, err, &unavailable)
	require.Equal(t, 7*time.Second, unavailable.After)
}

func TestAFileThatMayComeLaterLeavesTheCommitForLater(t *testing.T) {
	t.Parallel()
	_, err := flow.CarryOut(t.Context(), nil, flow.Lent{Files: noFiles{errors.New("timeout")}}, flow.Event{}, commitWithFile())
	require.True(t, flow.IsUnavailable(err))
}

func TestAFileThatWillNeverComeIsAResult(t *testing.T) {
	t.Parallel()
	files := noFiles{&flow.FileError{Key: "client.file_gone", Err: errors.New("gone")}}
	event, err := flow.CarryOut(t.Context(), nil, flow.Lent{Files: files}, flow.Event{ID: "1"}, commitWithFile())
	require.NoError(t, err)
	require.Equal(t, flow.CommitResult{Failed: true, Refusal: "client.file_gone"}, *event.Result)
}
