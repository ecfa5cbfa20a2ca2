package store

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/krokbot/krok/flow/texts"
)

// answers are the beginnings of Redis' own errors that an owner can mend, and the text for each.
var answers = []struct{ begins, key string }{
	{"WRONGPASS", "store.wrong_password"},
	{"ERR invalid password", "store.wrong_password"},
	{"NOAUTH", "store.no_password"},
	{"ERR DB index is out of range", "store.wrong_db"},
	{"ERR invalid DB index", "store.wrong_db"},
	{"ERR SELECT is not allowed in cluster mode", "store.wrong_db"},
	{"READONLY", "store.read_only"},
	{"OOM", "store.full"},
	{"LOADING", "store.loading"},
	{"MASTERDOWN", "store.read_only"},
	{"MISCONF", "store.cannot_save"},
	{"NOREPLICAS", "store.no_replicas"},
	{"NOPERM", "store.no_permission"},
	{"MOVED", "store.is_cluster"},
	{"CLUSTERDOWN", "store.cluster_down"},
	{"ERR This instance has cluster support disabled", "store.no_cluster"},
	{"ERR No such master with that name", "store.no_master"},
	{"ERR unknown command", "store.not_redis"},
}

// explain gives an error of Redis words for people. What is not Redis' fault stays as it is.
func (s *Store) explain(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	args := texts.Args{"address": s.address, "cause": withoutPrefix(err)}
	for chain := err; chain != nil; chain = errors.Unwrap(chain) {
		for _, answer := range answers {
			if strings.HasPrefix(chain.Error(), answer.begins) {
				return texts.NewError(answer.key, args, err)
			}
		}
	}
	var network net.Error
	switch {
	case strings.Contains(err.Error(), "all sentinels"), strings.Contains(err.Error(), "sentinels specified"):
		return texts.NewError("store.no_sentinel", args, err)
	case strings.Contains(err.Error(), "tls:"), strings.Contains(err.Error(), "x509:"):
		return texts.NewError("store.tls", args, err)
	case strings.Contains(err.Error(), "redis: can't parse"), strings.Contains(err.Error(), "redis: invalid reply"):
		return texts.NewError("store.not_redis", args, err)
	case errors.Is(err, redis.ErrClosed):
		return errClosed
	case errors.Is(err, io.EOF): // what speaks TLS hangs up on who does not
		return texts.NewError("store.hung_up", args, err)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network), errors.Is(err, redis.ErrPoolTimeout):
		return texts.NewError("store.unreachable", args, err)
	}
	return texts.NewError("store.failed", args, err)
}

// withoutPrefix is the innermost part of a network error, which is what a person understands of it.
func withoutPrefix(err error) string {
	var operation *net.OpError
	if errors.As(err, &operation) {
		err = operation.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "timeout"
	}
	return strings.TrimPrefix(err.Error(), "redis: ")
}
