package store

import (
	"context"
	"errors"
	"strconv"

	"github.com/redis/go-redis/v9"
)

// FileID gives the name that Telegram has for a file which this bot has sent, "" for one that it has not. The bot is its id in
// Telegram: file ids are good for one bot only.
func (s *Store) FileID(ctx context.Context, bot int64, checksum string) (string, error) {
	id, err := s.client.HGet(ctx, s.filesKey(bot), checksum).Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	return id, s.explain(err)
}

// SaveFileID keeps the name that Telegram has for a file.
func (s *Store) SaveFileID(ctx context.Context, bot int64, checksum, fileID string) error {
	return s.explain(s.client.HSet(ctx, s.filesKey(bot), checksum, fileID).Err())
}

func (s *Store) filesKey(bot int64) string { return s.key("files:" + strconv.FormatInt(bot, 10)) }
