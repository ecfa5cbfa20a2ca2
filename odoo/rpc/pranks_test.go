package rpc_test

import (
	"context"
	"errors"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/rpc"
	"github.com/krokbot/krok/odoo/rpc/rpctest"
)

// impatient is a config whose timeouts a test can wait for.
func impatient(server *rpctest.Server, protocol rpc.Protocol) rpc.Config {
	config := server.Config(protocol)
	config.HeaderTimeout, config.BodyTimeout = 2*time.Second, 2*time.Second
	return config
}

func TestEveryMishapIsNamedAndKnowsWhatWasDone(t *testing.T) {
	t.Parallel()
	const unknown, notDone = false, true
	for _, c := range []struct {
		name    string
		prank   rpctest.Prank
		kind    rpc.Kind
		notDone bool
		retry   bool
		calls   int // that Odoo has carried out
	}{
		{"a proxy's page of 502", rpctest.Page(502), rpc.KindGateway, unknown, true, 0},
		{"a page of 503", rpctest.Page(503), rpc.KindGateway, unknown, true, 0},
		{"a page of 504", rpctest.Page(504), rpc.KindGateway, unknown, true, 0},
		{"a page of 500", rpctest.Page(500), rpc.KindServer, unknown, true, 0},
		{"a page of 200", rpctest.Page(200), rpc.KindNotOdoo, unknown, false, 0},
		{"a page of 404", rpctest.Page(404), rpc.KindNotOdoo, notDone, false, 0},
		{"a firewall's page of 403", rpctest.Page(403), rpc.KindBlocked, notDone, false, 0},
		{"a page of 413", rpctest.Page(413), rpc.KindSentTooLarge, notDone, false, 0},
		{"too many requests", rpctest.TooMany(7), rpc.KindTooMany, notDone, true, 0},
		{"another address", rpctest.Redirect("https://new.shop.example"), rpc.KindRedirect, notDone, false, 0},
		{"no answer", rpctest.Hang(), rpc.KindTimeout, unknown, true, 1},
		{"an answer that stops", rpctest.Stall(), rpc.KindTimeout, unknown, true, 1},
		{"half an answer", rpctest.HalfAnswer(), rpc.KindCut, unknown, true, 1},
		{"an answer ended too early", rpctest.ShortAnswer(), rpc.KindCut, unknown, true, 1},
		{"a dropped connection", rpctest.Drop(), rpc.KindCut, unknown, true, 1},
		{"a serialization failure", rpctest.Failing(rpctest.SerializationFailure()), rpc.KindConflict, notDone, true, 0},
		{"a garbled answer", rpctest.Garbled(), rpc.KindUnreadable, unknown, false, 1},
		{"a recordset that cannot be written", rpctest.FaultAfterCommit(rpctest.Fault{
			Name: "builtins.TypeError", Message: "cannot marshal <class 'odoo.api.res.partner'> objects",
		}), rpc.KindUnreadable, unknown, false, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			overEvery(t, func(t *testing.T, server *rpctest.Server, protocol rpc.Protocol) {
				server.Table("res.partner", map[string]string{})
				client := open(t, impatient(server, protocol))
				server.Next(c.prank)
				_, err := client.Create(t.Context(), "res.partner", map[string]any{"name": "x"})
				e := failure(t, err, c.kind)
				require.Equal(t, c.notDone, e.NotDone)
				require.Equal(t, c.retry, e.Retry)
				require.Len(t, server.Requests(), c.calls)
				requireSpeaks(t, e, server)

				_, err = client.Create(t.Context(), "res.partner", map[string]any{"name": "x"})
				require.NoError(t, err, "the next call goes through")
			})
		})
	}
}

// requireSpeaks makes sure that an error has words in both languages, without a gap and without a secret.
func requireSpeaks(t *testing.T, e *rpc.Error, server *rpctest.Server) {
	t.Helper()
	require.NotEqual(t, e.In("en"), e.In("uk"))
	for _, text := range []string{e.In("en"), e.In("uk"), errors.Join(e, e.Unwrap()).Error()} {
		require.NotContains(t, text, server.Key)
		require.NotContains(t, text, server.Password)
		require.NotContains(t, text, "Traceback")
	}
	for _, text := range []string{e.In("en"), e.In("uk")} {
		require.NotContains(t, text, "{")
		require.NotContains(t, text, "rpc.")
	}
}

func TestTooManyRequestsSaysHowLongToWait(t *testing.T) {
	t.Parallel()
	server := rpctest.New(t)
	server.Table("res.partner", map[string]string{})
	client := server.Client(t)
	server.Next(rpctest.TooMany(7))
	_, err := client.Search(t.Context(), "res.partner", nil)
	require.Equal(t, 7*time.Second, failure(t, err, rpc.KindTooMany).RetryAfter)
}

func TestAnswerLostAfterCommitIsKnownToBeDone(t *testing.T) {
	t.Parallel()
	overEvery(t, func(t *testing.T, server *rpctest.Server, protocol rpc.Protocol) {
		server.Handle("res.partner", "odd", func(rpctest.Request) (any, error) { return nil, nil })
		client := open(t, server.Config(protocol))
		server.Next(rpctest.FaultAfterCommit(rpctest.Fault{Name: "builtins.TypeError", Message: "dictionary key must be string"}))
		_, err := client.Call(t.Context(), "res.partner", "odd", nil, nil)
		e := failure(t, err, rpc.KindUnreadable)
		require.True(t, e.Done)
		require.False(t, e.NotDone)
	})
}

func TestAnswerThatIsTooLargeIsNotRead(t *testing.T) {
	t.Parallel()
	overEvery(t, func(t *testing.T, server *rpctest.Server, protocol rpc.Protocol) {
		server.Handle("res.partner", "big", func(rpctest.Request) (any, error) { return strings.Repeat("x", 100_000), nil })
		config := server.Config(protocol)
		config.MaxBody = 50_000
		_, err := open(t, config).Call(t.Context(), "res.partner", "big", nil, nil)
		failure(t, err, rpc.KindTooLarge)
	})
}

func TestCompressedAnswerIsReadAndItsLimitIsThatOfTheWholeText(t *testing.T) {
	t.Parallel()
	overEvery(t, func(t *testing.T, server *rpctest.Server, protocol rpc.Protocol) {
		text := strings.Repeat("ї", 20_000)
		server.Handle("res.partner", "big", func(rpctest.Request) (any, error) { return text, nil })
		config := server.Config(protocol)
		config.Key += "\n" // as it stands in a file
		client := open(t, config)
		server.Next(rpctest.Compressed())
		value, err := client.Call(t.Context(), "res.partner", "big", nil, nil)
		require.NoError(t, err)
		require.Equal(t, text, value)

		config.MaxBody = 10_000
		client = open(t, config)
		server.Next(rpctest.Compressed())
		_, err = client.Call(t.Context(), "res.partner", "big", nil, nil)
		failure(t, err, rpc.KindTooLarge)
	})
}

func TestPatienceOfACallIsLongerThanTheClients(t *testing.T) {
	t.Parallel()
	server := rpctest.New(t)
	server.Handle("res.partner", "slow", func(rpctest.Request) (any, error) {
		time.Sleep(3 * time.Second)
		return true, nil
	})
	client := open(t, impatient(server, rpc.Auto))
	_, err := client.Call(t.Context(), "res.partner", "slow", nil, nil)
	failure(t, err, rpc.KindTimeout)
	_, err = client.Call(rpc.WithPatience(t.Context(), time.Minute), "res.partner", "slow", nil, nil)
	require.NoError(t, err)
}

func TestCallStopsWithItsContext(t *testing.T) {
	t.Parallel()
	server := rpctest.New(t)
	server.Handle("res.partner", "any", func(rpctest.Request) (any, error) { return true, nil })
	client := server.Client(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := client.Call(ctx, "res.partner", "any", nil, nil)
	require.True(t, failure(t, err, rpc.KindCanceled).NotDone)
	require.ErrorIs(t, err, context.Canceled)

	server.Next(rpctest.Hang())
	ctx, cancel = context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	_, err = client.Call(ctx, "res.partner", "any", nil, nil)
	require.False(t, failure(t, err, rpc.KindTimeout).NotDone)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestWrongAddressIsNamed(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	nobody := closed.Addr().String()
	require.NoError(t, closed.Close())
	secure := httptest.NewTLSServer(nil)
	t.Cleanup(secure.Close)
	plain := rpctest.New(t)
	page := rpctest.New(t, rpctest.Without("/"))

	for name, c := range map[string]struct {
		url  string
		kind rpc.Kind
	}{
		"nobody listens":         {"http://" + nobody, rpc.KindUnreachable},
		"no such host":           {"http://odoo.invalid", rpc.KindDNS},
		"an untrusted one":       {secure.URL, rpc.KindTLS},
		"https where http is":    {strings.Replace(plain.URL, "http:", "https:", 1), rpc.KindTLS},
		"no scheme":              {"shop.example", rpc.KindAddress},
		"nothing":                {"", rpc.KindAddress},
		"another scheme":         {"ftp://shop.example", rpc.KindAddress},
		"a password in it":       {"https://bot:hunter2@shop.example", rpc.KindAddress},
		"a broken one":           {"https://bot:hunter2@shop.example:port", rpc.KindAddress},
		"a site that is no Odoo": {page.URL, rpc.KindNotOdoo},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := rpc.Open(t.Context(), rpc.Config{URL: c.url, DB: "shop", Login: "bot", Key: "secret-key"})
			e := failure(t, err, c.kind)
			require.True(t, e.NotDone)
			require.Contains(t, e.Error(), "KROK_ODOO_URL")
			require.NotContains(t, errors.Join(e, e.Unwrap()).Error(), "hunter2")
		})
	}
}

func TestAddressMayBeCopiedFromTheBrowser(t *testing.T) {
	t.Parallel()
	server := rpctest.New(t)
	for _, tail := range []string{"/", "/web", "/odoo/action-5/3", "/web#action=5&id=3", "/web/login?redirect=x"} {
		config := server.Config("")
		config.URL += tail
		require.Equal(t, server.URL, open(t, config).URL())
	}
}

func TestMissingSettingsAreNamed(t *testing.T) {
	t.Parallel()
	server := rpctest.New(t)
	for _, protocol := range append(protocolsOf(19), rpc.Auto) {
		config := server.Config(protocol)
		config.Key = ""
		_, err := rpc.Open(t.Context(), config)
		require.Contains(t, failure(t, err, rpc.KindNoKey).Error(), "KROK_ODOO_KEY")
	}
	config := server.Config(rpc.JSONRPC)
	config.Login = ""
	_, err := rpc.Open(t.Context(), config)
	require.Contains(t, failure(t, err, rpc.KindNoLogin).Error(), "KROK_ODOO_LOGIN")
	config = server.Config("soap")
	_, err = rpc.Open(t.Context(), config)
	require.Contains(t, failure(t, err, rpc.KindProtocol).Error(), "soap")
	_, err = rpc.Open(t.Context(), rpctest.New(t, rpctest.Version(13)).Config(""))
	require.Contains(t, failure(t, err, rpc.KindVersion).Error(), "13.0")
	_, err = rpc.Open(t.Context(), rpctest.New(t, rpctest.Version(17)).Config(rpc.JSON2))
	require.Contains(t, failure(t, err, rpc.KindNoJSON2).Error(), "17.0")
}

func TestWrongLoginDatabaseAndSecondFactorAreToldApart(t *testing.T) {
	t.Parallel()
	overEvery(t, func(t *testing.T, server *rpctest.Server, protocol rpc.Protocol) {
		config := server.Config(protocol)
		config.Key = "0000000000111111111122222222223333333333"
		_, err := rpc.Open(t.Context(), config)
		requireSpeaks(t, failure(t, err, rpc.KindLogin), server)
		config = server.Config(protocol)
		config.DB = "other"
		_, err = rpc.Open(t.Context(), config)
		requireSpeaks(t, failure(t, err, rpc.KindDatabase), server)
		config = server.Config(protocol)
		config.Login = "somebody@shop.example"
		_, err = rpc.Open(t.Context(), config)
		require.True(t, rpc.IsKind(err, rpc.KindLogin, rpc.KindKeyOfOther), "%v", err)
	})
	server := rpctest.New(t, rpctest.TwoFactor())
	config := server.Config("")
	config.Key = server.Password
	_, err := rpc.Open(t.Context(), config)
	requireSpeaks(t, failure(t, err, rpc.KindTwoFactor), server)
	require.Equal(t, rpc.JSON2, server.Client(t).Protocol(), "the key is good all the same")
}

func TestRefusedLoginIsNeverLooped(t *testing.T) {
	t.Parallel()
	overEvery(t, func(t *testing.T, server *rpctest.Server, protocol rpc.Protocol) {
		server.Table("res.partner", map[string]string{})
		client := open(t, server.Config(protocol))
		server.Revoke()
		for range 50 {
			_, err := client.Search(t.Context(), "res.partner", nil)
			failure(t, err, rpc.KindLogin)
		}
		require.LessOrEqual(t, server.FailedLogins(), 3, "Odoo locks out after ten")
	})
}

func TestMethodThatDeniesAccessItselfIsNoRefusedLogin(t *testing.T) {
	t.Parallel()
	overEvery(t, func(t *testing.T, server *rpctest.Server, protocol rpc.Protocol) {
		server.Handle("res.users", "check", func(rpctest.Request) (any, error) { return nil, rpctest.AccessDenied() })
		server.Handle("res.users", "fine", func(rpctest.Request) (any, error) { return true, nil })
		client := open(t, server.Config(protocol))
		_, err := client.Call(t.Context(), "res.users", "check", []int64{7}, nil)
		failure(t, err, rpc.KindAccess)
		_, err = client.Call(t.Context(), "res.users", "fine", []int64{7}, nil)
		require.NoError(t, err)
	})
}

func TestSecretInOdoosWordsIsTakenOut(t *testing.T) {
	t.Parallel()
	overEvery(t, func(t *testing.T, server *rpctest.Server, protocol rpc.Protocol) {
		server.Handle("res.partner", "leak", func(rpctest.Request) (any, error) {
			return nil, rpctest.UserError("wrong key " + server.Key + " used")
		})
		_, err := open(t, server.Config(protocol)).Call(t.Context(), "res.partner", "leak", nil, nil)
		require.Contains(t, failure(t, err, rpc.KindUser).Message, "wrong key … used")
	})
}

func TestPaceKeepsCallsApartAndOneAtATime(t *testing.T) {
	t.Parallel()
	server := rpctest.New(t)
	busy := make(chan struct{}, 1)
	server.Handle("res.partner", "any", func(rpctest.Request) (any, error) {
		select {
		case busy <- struct{}{}:
			defer func() { <-busy }()
		default:
			return nil, rpctest.UserError("two calls at once")
		}
		time.Sleep(20 * time.Millisecond)
		return true, nil
	})
	config := server.Config("")
	config.Pace = 50 * time.Millisecond
	client := open(t, config)
	start := time.Now()
	results := make(chan error, 4)
	for range 4 {
		go func() {
			_, err := client.Call(t.Context(), "res.partner", "any", nil, nil)
			results <- err
		}()
	}
	for range 4 {
		require.NoError(t, <-results)
	}
	require.GreaterOrEqual(t, time.Since(start), 3*config.Pace)
}
