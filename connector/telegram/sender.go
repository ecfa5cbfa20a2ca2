package telegram

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/mymmrac/telego"

	"github.com/krokbot/krok/flow"
)

// sender takes messages from the outbox and sends them: those of one chat one after another, those of different chats at the same
// time, and all of them within Telegram's limits.
type sender struct {
	*Connector
	pace *pace
}

// sendTime bounds one attempt to send, uploads included. A store's lease of a message must last longer.
const sendTime = 4 * time.Minute

// holdBack is the longest time that a message is held in hand for its turn; one that must wait longer goes back to the outbox.
const holdBack = 200 * time.Millisecond

func newSender(c *Connector) *sender { return &sender{Connector: c, pace: newPace(c.config.Limits)} }

func (s *sender) start(ctx context.Context, done *sync.WaitGroup) {
	for range s.pace.limits.Senders {
		done.Go(func() { s.work(ctx) })
	}
}

func (s *sender) work(ctx context.Context) {
	for ctx.Err() == nil {
		letter, err := s.config.Store.TakeMessage(ctx, s.config.Code)
		if err == nil {
			err = s.deliver(ctx, letter)
		}
		if err != nil && ctx.Err() == nil {
			s.log.Error("the outbox does not answer", "err", err)
			if sleep(ctx, time.Second) != nil {
				return
			}
		}
	}
}

// deliver sends one message and notes in the store what became of it. A stop of the process waits for the message on its way.
func (s *sender) deliver(ctx context.Context, letter flow.Letter) error {
	if wait := s.pace.reserve(letter.Chat); wait > holdBack {
		return s.later(ctx, letter, wait)
	} else if wait > 0 && sleep(ctx, wait) != nil {
		return s.later(ctx, letter, 0)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTime)
	defer cancel()
	err := s.send(ctx, letter)
	what, wait := judge(err, letter.Attempts+1)
	log := s.log.With("chat", letter.Chat, "message", letter.Message.Key)
	switch what {
	case fateSent:
	case fateLater:
		log.Warn("the message is sent again later", "err", err, "after", wait)
		if code(err) == 429 {
			s.pace.freeze(wait)
		}
		return s.later(ctx, letter, wait)
	case fateToken:
		log.Error("telegram does not know the bot", "err", err)
		s.report(func(status *Status) { status.Err = forAdmin(err) })
		return s.later(ctx, letter, wait)
	case fateGone:
		log.Info("the client cannot be reached any more", "err", err)
		if err := s.noteBlocked(ctx, letter); err != nil {
			return err
		}
	case fateRefused:
		log.Error("telegram refused the message", "err", err, "step", letter.Message.Step)
		s.report(func(status *Status) { status.Note = forAdmin(err) })
	}
	return lost(s.config.Store.Sent(ctx, letter))
}

func (s *sender) later(ctx context.Context, letter flow.Letter, after time.Duration) error {
	return lost(s.config.Store.Later(context.WithoutCancel(ctx), letter, after))
}

// lost makes nothing of a lease that ran out: somebody else has the message now.
func lost(err error) error {
	if errors.Is(err, flow.ErrLost) {
		return nil
	}
	return err
}

// noteBlocked lets the chat know that its client is gone.
func (s *sender) noteBlocked(ctx context.Context, letter flow.Letter) error {
	return s.config.Store.Put(ctx, s.config.Code, flow.Event{
		ID: "blocked:" + letter.Message.Key, Bot: s.config.Code, Chat: letter.Chat, Kind: flow.KindBlocked, At: time.Now().UTC(),
	})
}

// send makes the one request that a message is.
func (s *sender) send(ctx context.Context, letter flow.Letter) error {
	id, err := strconv.ParseInt(string(letter.Chat), 10, 64)
	if err != nil {
		return fmt.Errorf("a chat of another messenger: %w", err)
	}
	chat, message := telego.ChatID{ID: id}, letter.Message
	switch len(message.Media) {
	case 0:
		_, err = s.api.SendMessage(ctx, &telego.SendMessageParams{
			ChatID: chat, Text: message.Text.Text, Entities: entities(message.Text), ReplyMarkup: markup(message),
			LinkPreviewOptions: preview(message), DisableNotification: message.Silent, ProtectContent: message.Protect,
		})
		return err
	case 1:
		return s.sendFile(ctx, chat, message)
	}
	return s.sendAlbum(ctx, chat, message)
}
