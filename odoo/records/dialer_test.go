package records

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/odoo/rpc"
	"github.com/krokbot/krok/odoo/rpc/rpctest"
)

// many calls Client from many goroutines at once and gives the longest wait that they were told.
func many(t *testing.T, dialer *Dialer) time.Duration {
	t.Helper()
	var group sync.WaitGroup
	waits := make([]time.Duration, 200)
	for i := range waits {
		group.Go(func() {
			_, err := dialer.Client(t.Context())
			var unavailable *flow.Unavailable
			if !rpc.IsKind(err, rpc.KindLogin) || !errors.As(err, &unavailable) {
				t.Errorf("got %v", err)
				return
			}
			waits[i] = unavailable.After
		})
	}
	group.Wait()
	longest := time.Duration(0)
	for _, wait := range waits {
		longest = max(longest, wait)
	}
	return longest
}

func TestB45WrongKeyAtTheStartIsTriedOnceAMinuteAndThenLessOften(t *testing.T) {
	t.Parallel()
	for _, version := range []int{14, 19} {
		server := rpctest.New(t, rpctest.Version(version))
		now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
		dialer := NewDialer(server.Config(rpc.Auto))
		dialer.now = func() time.Time { return now }
		server.Revoke()
		tries := 0
		for _, rest := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute} {
			require.Equal(t, rest, many(t, dialer))
			tries++
			require.LessOrEqual(t, server.FailedLogins(), 3*tries, "200 callers share one try: a protocol, another, and why")
			now = now.Add(rest - time.Second)
			require.Equal(t, time.Second, many(t, dialer))
			require.LessOrEqual(t, server.FailedLogins(), 3*tries)
			now = now.Add(time.Second)
		}
		server.Restore()
		client, err := dialer.Client(t.Context())
		require.NoError(t, err)
		require.Same(t, client, dialer.Connected())
		dialer.Close()
	}
}

func TestOdooThatIsDownIsTriedByEveryCaller(t *testing.T) {
	t.Parallel()
	server := rpctest.New(t, rpctest.Without("/"))
	dialer := NewDialer(server.Config(rpc.Auto))
	for range 3 {
		_, err := dialer.Client(t.Context())
		require.True(t, flow.IsUnavailable(err))
		require.True(t, rpc.IsKind(err, rpc.KindNotOdoo), "%v", err)
	}
	require.Nil(t, dialer.Connected())
	require.Zero(t, server.FailedLogins())
}
