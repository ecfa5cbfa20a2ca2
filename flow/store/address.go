package store

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/krokbot/krok/flow/texts"
)

// connect makes a client for an address, and the address as it may be shown. Addresses are
//
//	redis://[user:password@]host[:6379][/database]
//	redis+sentinel://[user:password@]host[:26379],host…/master name[/database][?sentinel_user=…&sentinel_password=…]
//	redis+cluster://[user:password@]host[:6379],host…
//	unix://[user:password@]/path/of/socket[?db=database]
//
// and the first three with rediss in place of redis, for TLS. Signs such as @ / : % in a password are written as %40 %2F %3A %25.
func connect(address string) (redis.UniversalClient, string, error) {
	options, err := parseAddress(address)
	if err != nil {
		return nil, "", texts.NewError("store.bad_address", nil, nil) // the cause would quote the password
	}
	quiet()
	options.ContextTimeoutEnabled = true // else a deadline would not bound a call
	options.DialTimeout = callTime
	options.ReadTimeout = callTime
	options.WriteTimeout = callTime
	options.DialerRetries = 1     // each of MaxRetries dials anyway
	options.PipelinePoolSize = -1 // nothing is pipelined
	options.DisableIdentity = true
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	options.MaxRetryBackoff = 100 * time.Millisecond
	return redis.NewUniversalClient(options), strings.Join(options.Addrs, ", "), nil
}

var errAddress = errors.New("not an address of redis")

func parseAddress(address string) (*redis.UniversalOptions, error) {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		return nil, errAddress
	}
	if scheme == "unix" {
		return parseSocket(address)
	}
	kind, secure := strings.CutPrefix(scheme, "rediss")
	if !secure {
		if kind, ok = strings.CutPrefix(scheme, "redis"); !ok {
			return nil, errAddress
		}
	}
	authority, path := rest, ""
	if end := strings.IndexAny(rest, "/?"); end >= 0 {
		authority, path = rest[:end], rest[end:]
	}
	user, hosts := "", authority
	if at := strings.LastIndex(authority, "@"); at >= 0 {
		user, hosts = authority[:at+1], authority[at+1:]
	}
	parsed, err := url.Parse("redis://" + user + "host" + path) // a list of hosts is no URL
	if err != nil {
		return nil, err
	}
	options := &redis.UniversalOptions{}
	if parsed.User != nil {
		options.Username = parsed.User.Username()
		options.Password, _ = parsed.User.Password()
	}
	if options.Addrs, err = parseHosts(hosts, kind); err != nil {
		return nil, err
	}
	if secure {
		options.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return options, parseKind(options, kind, parsed)
}

func parseSocket(address string) (*redis.UniversalOptions, error) {
	parsed, err := redis.ParseURL(address)
	if err != nil {
		return nil, err
	}
	return &redis.UniversalOptions{
		Addrs: []string{parsed.Addr}, Username: parsed.Username, Password: parsed.Password, DB: parsed.DB,
		Dialer: func(ctx context.Context, _, addr string) (net.Conn, error) {
			return (&net.Dialer{Timeout: callTime}).DialContext(ctx, "unix", addr)
		},
	}, nil
}

func parseHosts(hosts, kind string) ([]string, error) {
	port := "6379"
	if kind == "+sentinel" {
		port = "26379"
	}
	var addresses []string
	for host := range strings.SplitSeq(hosts, ",") {
		parsed, err := url.Parse("redis://" + strings.TrimSpace(host))
		if err != nil || parsed.Hostname() == "" {
			return nil, errAddress
		}
		if parsed.Port() != "" {
			port = parsed.Port()
		}
		addresses = append(addresses, net.JoinHostPort(parsed.Hostname(), port))
	}
	return addresses, nil
}

// parseKind reads what stands behind the hosts, and sets the kind of client: nothing is guessed from the number of hosts.
func parseKind(options *redis.UniversalOptions, kind string, parsed *url.URL) (err error) {
	parts := strings.FieldsFunc(parsed.Path, func(r rune) bool { return r == '/' })
	switch kind {
	case "":
		if len(options.Addrs) > 1 {
			return errAddress
		}
	case "+cluster":
		options.IsClusterMode = true
		if len(parts) > 0 {
			return errAddress // a cluster has one database
		}
	case "+sentinel":
		if len(parts) == 0 {
			return errAddress
		}
		options.MasterName, parts = parts[0], parts[1:]
		options.SentinelUsername = parsed.Query().Get("sentinel_user")
		options.SentinelPassword = parsed.Query().Get("sentinel_password")
	default:
		return errAddress
	}
	switch len(parts) {
	case 0:
		return nil
	case 1:
		options.DB, err = strconv.Atoi(parts[0])
		return err
	}
	return errAddress
}

// quiet keeps the client library from writing to standard error by itself: what goes wrong comes back as an error.
var quiet = sync.OnceFunc(logging.Disable)
