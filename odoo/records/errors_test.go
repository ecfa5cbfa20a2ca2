package records

import (
	"errors"
	"strings"
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

func TestOnlyOdoosOwnWordsAreForTheClient(t *testing.T) {
	t.Parallel()
	for message, words := range map[string]string{
		"This file could not be decoded as an image file.":  "This file could not be decoded as an image file.",
		"  Не вдалося:\n\n - поле 'Назва'\t обов’язкове \n": "Не вдалося: - поле 'Назва' обов’язкове",
		strings.Repeat("ї", 400): strings.Repeat("ї", 299) + "…",
	} {
		got, ok := refusalOf(t, &rpc.Error{Kind: rpc.KindUser, Message: message})
		require.True(t, ok, message)
		require.Equal(t, words, got)
	}
	for _, err := range []*rpc.Error{
		{Kind: rpc.KindUser, Message: "records.not_askable: active"}, {Kind: rpc.KindUser, Message: "records.not_askable: a\nb"}, {Kind: rpc.KindUser},
		{Kind: rpc.KindAccess, Message: "You may not."}, {Kind: rpc.KindPython, Message: "KeyError: 'x'"}, {Kind: rpc.KindMissing, Message: "gone"},
	} {
		words, ok := refusalOf(t, err)
		require.False(t, ok, err)
		require.Empty(t, words)
	}
}

func refusalOf(t *testing.T, err error) (words string, ok bool) {
	t.Helper()
	var refusal flow.Refusal
	require.ErrorAs(t, forFlow(err, "update_contact"), &refusal)
	return refusal.Refusal()
}
