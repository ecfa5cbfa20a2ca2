package records

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/odoo/rpc"
)

func TestOnlyWhatLiesInTheRequestIsRefused(t *testing.T) {
	t.Parallel()
	for _, kind := range []rpc.Kind{rpc.KindUser, rpc.KindAccess, rpc.KindMissing, rpc.KindPython, rpc.KindValue, rpc.KindUnknownMethod} {
		err := forFlow(&rpc.Error{Kind: kind, Message: "ValueError: no"}, "open_chat")
		require.False(t, flow.IsUnavailable(err), kind)
		require.ErrorAs(t, err, new(*Refused), kind)
	}
	for _, kind := range []rpc.Kind{
		rpc.KindLogin, rpc.KindTwoFactor, rpc.KindDNS, rpc.KindUnreachable, rpc.KindTLS, rpc.KindRedirect, rpc.KindNotOdoo, rpc.KindBlocked, rpc.KindDatabase,
		rpc.KindConflict, rpc.KindTooMany, rpc.KindGateway, rpc.KindServer, rpc.KindTimeout, rpc.KindCut, rpc.KindUnreadable, rpc.KindCanceled,
	} {
		require.True(t, flow.IsUnavailable(forFlow(&rpc.Error{Kind: kind}, "open_chat")), kind)
	}
	for message, passes := range map[string]bool{
		"AdminShutdown: terminating connection due to administrator command":                                               true,
		"ValueError: <class 'psycopg2.errors.ReadOnlySqlTransaction'>: \"cannot execute INSERT in a read-only transaction": true,
		"ValueError: ReadOnlySqlTransaction('cannot execute INSERT in a read-only transaction') while evaluating":          true,
		"ValueError: <class 'psycopg2.errors.UniqueViolation'>: \"duplicate key value":                                     false,
		"KeyError: 'AdminShutdown'": false,
	} {
		require.Equal(t, passes, flow.IsUnavailable(forFlow(&rpc.Error{Kind: rpc.KindPython, Message: message})), message)
	}
	other := errors.New("no error of Odoo")
	require.Equal(t, other, forFlow(other))
}
