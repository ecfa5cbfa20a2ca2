package store

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow/texts"
)

func TestAddressesOfEveryKindAreRead(t *testing.T) {
	t.Parallel()
	type read struct {
		addrs              []string
		user, password     string
		db                 int
		master             string
		sentinelPassword   string
		cluster, tls, sock bool
	}
	for address, want := range map[string]read{
		"redis://localhost":                 {addrs: []string{"localhost:6379"}},
		"redis://u:p%40%2F@h:1/3":           {addrs: []string{"h:1"}, user: "u", password: "p@/", db: 3},
		"redis://:p@[::1]:7/":               {addrs: []string{"[::1]:7"}, password: "p"},
		"rediss://h":                        {addrs: []string{"h:6379"}, tls: true},
		"redis+cluster://:p@a:7000,b:7001":  {addrs: []string{"a:7000", "b:7001"}, password: "p", cluster: true},
		"rediss+cluster://a":                {addrs: []string{"a:6379"}, cluster: true, tls: true},
		"redis+sentinel://a,b:5/mymaster/2": {addrs: []string{"a:26379", "b:5"}, master: "mymaster", db: 2},
		"redis+sentinel://:p@a,b,c/m?sentinel_password=s": {
			addrs: []string{"a:26379", "b:26379", "c:26379"}, password: "p", master: "m", sentinelPassword: "s",
		},
		"unix:///run/redis.sock?db=2": {addrs: []string{"/run/redis.sock"}, db: 2, sock: true},
	} {
		options, err := parseAddress(address)
		require.NoError(t, err, address)
		got := read{options.Addrs, options.Username, options.Password, options.DB, options.MasterName, options.SentinelPassword,
			options.IsClusterMode, options.TLSConfig != nil, options.Dialer != nil}
		require.Equal(t, want, got, address)
	}
}

func TestWhatIsNoAddressIsRefusedWithoutBeingQuoted(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"localhost:6379", "http://h", "redis://", "redis://u:topsecret/x@h", "redis://h/x", "redis://a,b", "redis+cluster://a/1",
		"redis+sentinel://a", "redis+sentinel://a/m/x", "redis+other://a", "redis://h:port", "redis://u:%zz@h", "redis://h/1/2",
	} {
		_, _, err := connect(address)
		var spoken *texts.Error
		require.ErrorAs(t, err, &spoken, address)
		require.Equal(t, "store.bad_address", spoken.Key)
		require.NotContains(t, err.Error(), "topsecret")
	}
}
