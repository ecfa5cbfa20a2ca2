package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/krokbot/krok/flow"
)

// Good is what serves while Odoo cannot be asked.
type Good struct {
	Definition flow.Definition `json:"definition"`
	Token      string          `json:"token"`
}

// SaveGood keeps the last good definition of a bot.
func (s *Store) SaveGood(ctx context.Context, bot string, good Good) error {
	data, err := json.Marshal(good)
	if err != nil {
		return fmt.Errorf("writing the definition of bot %s: %w", bot, err)
	}
	return s.explain(s.client.HSet(ctx, s.key("good"), bot, data).Err())
}

// LoadGood gives all that were kept, by bot code. One that this krok cannot read is left out, and logged.
func (s *Store) LoadGood(ctx context.Context) (map[string]Good, error) {
	kept, err := s.client.HGetAll(ctx, s.key("good")).Result()
	if err != nil {
		return nil, s.explain(err)
	}
	goods := make(map[string]Good, len(kept))
	for bot, data := range kept {
		var good Good
		if err := json.Unmarshal([]byte(data), &good); err != nil {
			s.options.Log.Error("a kept definition cannot be read", "bot", bot, "err", err)
			continue
		}
		goods[bot] = good
	}
	return goods, nil
}

// DropGood forgets the definition of a bot that is not active any more. Its conversations stay.
func (s *Store) DropGood(ctx context.Context, bot string) error {
	return s.explain(s.client.HDel(ctx, s.key("good"), bot).Err())
}
