package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/krokbot/krok/flow"
)

// TakeMessage gives the oldest unsent message of a chat that nobody sends to, and waits until there is one. See [flow.Store].
func (s *Store) TakeMessage(ctx context.Context, bot string) (flow.Letter, error) {
	for {
		job, err := s.desk(bot, outbox).wait(ctx)
		if err != nil {
			return flow.Letter{}, err
		}
		letter := flow.Letter{Bot: bot, Chat: job.chat, Fence: job.fence, Attempts: job.attempts, Lost: job.lost}
		if err = json.Unmarshal([]byte(job.item), &letter.Message); err == nil {
			return letter, nil
		}
		if err := s.setAside(ctx, bot, outbox, job, err); err != nil {
			return flow.Letter{}, err
		}
	}
}

// Sent removes a message from its outbox. See [flow.Store].
func (s *Store) Sent(ctx context.Context, letter flow.Letter) error {
	s.desk(letter.Bot, outbox).forget(letter.Chat, letter.Fence)
	return s.drop(ctx, letter.Bot, outbox, letter.Chat, letter.Fence, "")
}

// Later leaves a message as the next one of its chat. Other chats are not held up. See [flow.Store].
func (s *Store) Later(ctx context.Context, letter flow.Letter, after time.Duration) error {
	s.desk(letter.Bot, outbox).forget(letter.Chat, letter.Fence)
	return s.putBack(ctx, letter.Bot, outbox, letter.Chat, letter.Fence, max(after, 0), true)
}
