package service

import (
	"context"
	"fmt"
	"time"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/odoo/watch"
)

// mostLooks is how many looks follow each other at once while Odoo has more events to tell.
const mostLooks = 50

// happened puts what has happened in Odoo into the inboxes of the chats that it concerns, and notes what Odoo may forget. One that could not
// be put is told again by the next look; one that was put twice is one event.
func (s *Service) happened(ctx context.Context, events []watch.Event) error {
	for _, event := range events {
		bot := s.botWithID(event.Bot)
		if bot == nil {
			if s.version == "" {
				continue // its bot may not be known yet
			}
			s.forgotten = append(s.forgotten, event.ID) // of a bot that is not active
			continue
		}
		if err := s.bring(ctx, bot, event); err != nil {
			return err
		}
		s.forgotten = append(s.forgotten, event.ID)
		s.config.Metrics.happened(bot.code, len(event.Chats), event.Unreachable)
	}
	return nil
}

func (s *Service) bring(ctx context.Context, bot *bot, event watch.Event) error {
	notices := make([]flow.Event, len(event.Chats))
	for i, chat := range event.Chats {
		notices[i] = flow.Event{
			ID: fmt.Sprintf("w%d:%s", event.ID, chat), Bot: bot.code, Chat: flow.ChatID(chat), Kind: flow.KindNotice, At: time.Now().UTC(),
			Notice: &flow.Notice{Watch: event.Watch, Record: event.Record},
		}
	}
	return s.config.Store.Put(ctx, bot.code, notices...)
}

func (s *Service) botWithID(id int64) *bot {
	for _, bot := range s.bots {
		if serving := bot.serving.Load(); serving != nil && serving.ID == id {
			return bot
		}
	}
	return nil
}
