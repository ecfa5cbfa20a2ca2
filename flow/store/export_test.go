package store

import "github.com/redis/go-redis/v9"

// AddHook lets a benchmark see what goes to Redis.
func (s *Store) AddHook(hook redis.Hook) { s.client.AddHook(hook) }
