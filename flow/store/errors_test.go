package store_test

import (
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/store"
	"github.com/krokbot/krok/flow/store/storetest"
)

func TestWrongSettingsAreExplained(t *testing.T) {
	t.Parallel()
	locked := storetest.Start(t, "--requirepass", "secret", "--user", "weak", "on", ">weakpw", "~other:*", "+@all", "--databases", "4")
	free := storetest.Start(t)
	replica := storetest.Start(t, "--replicaof", "127.0.0.1", strings.Split(free.Addr, ":")[1])
	cluster := storetest.Start(t, "--cluster-enabled", "yes")
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	closed := listener.Addr().String()
	require.NoError(t, listener.Close())

	for url, key := range map[string]string{
		"redis://" + closed:                     "store.unreachable",
		locked.URL:                              "store.no_password",
		"redis://:wrong@" + locked.Addr:         "store.wrong_password",
		"redis://:secret@" + locked.Addr + "/9": "store.wrong_db",
		"redis://weak:weakpw@" + locked.Addr:    "store.no_permission",
		"redis://" + hangsUp(t):                 "store.hung_up",
		"rediss://" + notRedis(t):               "store.tls",
		"redis://" + notRedis(t):                "store.not_redis",
		replica.URL:                             "store.read_only",
		cluster.URL:                             "store.cluster_down",
		"redis+cluster://" + free.Addr:          "store.no_cluster",
		"redis+sentinel://" + closed + "/m":     "store.no_sentinel",
		"http://localhost:6379":                 "store.bad_address",
	} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			_, err := store.Open(t.Context(), url, "uuid")
			requireKey(t, key, err)
			require.NotContains(t, err.Error(), "secret")
			require.NotContains(t, err.Error(), "wrong@")
		})
	}
}

func TestRedisThatMayForgetIsNoted(t *testing.T) {
	t.Parallel()
	server := storetest.Start(t, "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
	var keys []string
	for _, note := range open(t, server.URL, store.Options{}).Notes() {
		keys = append(keys, note.Key)
	}
	require.Equal(t, []string{"store.evicts", "store.not_durable"}, keys)
}

func TestWithoutAnAddressConversationsLiveInMemory(t *testing.T) {
	t.Parallel()
	opened := open(t, "", store.Options{})
	require.Len(t, opened.Notes(), 1)
	require.Contains(t, opened.Notes()[0].In("uk"), "KROK_REDIS_URL")
	ctx := t.Context()
	require.NoError(t, opened.Put(ctx, bot, event("1", "a")))
	taken, err := opened.Take(ctx, bot)
	require.NoError(t, err)
	require.NoError(t, opened.Keep(ctx, taken, answer(taken)))
	letter, err := opened.TakeMessage(ctx, bot, flow.Pace{})
	require.NoError(t, err)
	require.NoError(t, opened.Sent(ctx, letter, arrived))

	opened.Close()
	_, err = opened.Take(ctx, bot)
	require.Error(t, err)
	require.Error(t, opened.Put(ctx, bot, flow.Event{ID: "b", Chat: "1"}))
	opened.Close()
}

// hangsUp is an address where every connection is closed after a few words.
func hangsUp(t *testing.T) string {
	return answering(t, func(net.Conn) {})
}

// notRedis is an address where a web server answers.
func notRedis(t *testing.T) string {
	return answering(t, func(connection net.Conn) {
		_, _ = connection.Write([]byte("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"))
	})
}

func answering(t *testing.T, answer func(net.Conn)) string {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = connection.Read(make([]byte, 100))
			answer(connection)
			_ = connection.Close()
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-done
	})
	return listener.Addr().String()
}
