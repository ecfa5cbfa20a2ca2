package store

import "context"

// SaveSeen keeps something that a running conversation has shown, under a name, for whichever process tells the admin.
func (s *Store) SaveSeen(ctx context.Context, bot, name string, value []byte) error {
	return s.explain(s.client.HSet(ctx, s.botKey(bot, "problems"), name, value).Err())
}

// Seen gives all that was kept, by name.
func (s *Store) Seen(ctx context.Context, bot string) (map[string]string, error) {
	kept, err := s.client.HGetAll(ctx, s.botKey(bot, "problems")).Result()
	return kept, s.explain(err)
}

// DropSeen forgets all of it: the definition has changed.
func (s *Store) DropSeen(ctx context.Context, bot string) error {
	return s.explain(s.client.Del(ctx, s.botKey(bot, "problems")).Err())
}
