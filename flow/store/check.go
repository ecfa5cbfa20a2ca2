package store

import (
	"context"
	"strconv"
	"strings"

	"github.com/krokbot/krok/flow/texts"
	"github.com/redis/go-redis/v9"
)

// probeScript is a write that changes nothing: a replica refuses it, and so does a user without rights.
//
// KEYS: any key of krok. Return: nothing.
var probeScript = redis.NewScript(`return redis.call('HDEL', KEYS[1], '')`)

// check makes sure that this Redis can be reached, written to, and is not too old.
func (s *Store) check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*callTime)
	defer cancel()
	if err := probeScript.Run(ctx, s.client, []string{s.key("good")}).Err(); err != nil {
		return s.explain(err)
	}
	if version := s.info(ctx, "server")["redis_version"]; older(version) {
		return texts.NewError("store.too_old", texts.Args{"address": s.address, "version": version}, nil)
	}
	memory := s.info(ctx, "memory")
	if policy := memory["maxmemory_policy"]; memory["maxmemory"] != "0" && strings.HasPrefix(policy, "allkeys") {
		s.notes = append(s.notes, texts.NewError("store.evicts", texts.Args{"address": s.address, "policy": policy}, nil))
	}
	if s.info(ctx, "persistence")["aof_enabled"] == "0" {
		s.notes = append(s.notes, texts.NewError("store.not_durable", texts.Args{"address": s.address}, nil))
	}
	return nil
}

// info reads one section of what Redis tells about itself. One that does not is asked for nothing more.
func (s *Store) info(ctx context.Context, section string) map[string]string {
	values := map[string]string{}
	text, err := s.client.Info(ctx, section).Result()
	if err != nil {
		return values
	}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			values[name] = value
		}
	}
	return values
}

// older tells whether a version is below 6.2.
func older(version string) bool {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return false // not told
	}
	major, _ := strconv.Atoi(parts[0])
	minor, _ := strconv.Atoi(parts[1])
	return major < 6 || major == 6 && minor < 2
}
