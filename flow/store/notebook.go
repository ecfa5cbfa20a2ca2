package store

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"
)

// Remember keeps a value under a name, for Recall.
func (s *Store) Remember(ctx context.Context, name, value string) error {
	return s.explain(s.client.HSet(ctx, s.key("notebook"), name, value).Err())
}

// Recall gives what was remembered under a name; "" is nothing.
func (s *Store) Recall(ctx context.Context, name string) (string, error) {
	value, err := s.client.HGet(ctx, s.key("notebook"), name).Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	return value, s.explain(err)
}
