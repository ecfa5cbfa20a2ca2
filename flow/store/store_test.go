package store_test

import (
	"os"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/krokbot/krok/flow/store/storetest"
)

func TestMain(m *testing.M) {
	if url := os.Getenv(leaderAt); url != "" {
		leadForEver(url)
		return
	}
	goleak.VerifyTestMain(m)
}

func TestStoreOnMiniredis(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	client := redis.NewClient(&redis.Options{Addr: server.Addr()})
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	storetest.Run(t, storetest.Backend{URL: "redis://" + server.Addr(), Client: client})
}

func TestStoreOnRedis(t *testing.T) {
	t.Parallel()
	server := storetest.Start(t)
	storetest.Run(t, storetest.Backend{URL: server.URL, Client: server.Client})
}
