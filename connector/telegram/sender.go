package telegram

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mymmrac/telego"

	"github.com/krokbot/krok/flow"
)

// sender takes messages from the outbox and sends them: those of one chat one after another, those of different chats at the same
// time, and all of them at the pace that the store keeps for all processes.
type sender struct {
	*Connector
	frozen     freeze
	complained atomic.Int64 // when, in ns
}

// sendTime bounds one attempt to send, uploads included. A store's lease of a message must last longer.
const sendTime = 4 * time.Minute

// errNotSent tells that no request was made at all.
var errNotSent = errors.New("nothing was sent")

func newSender(c *Connector) *sender { return &sender{Connector: c} }

func (s *sender) start(ctx context.Context, done *sync.WaitGroup) {
	for range s.config.Limits.senders() {
		done.Go(func() { s.work(ctx) })
	}
}

func (s *sender) work(ctx context.Context) {
	pace := s.config.Limits.pace()
	for ctx.Err() == nil {
		letter, err := s.config.Store.TakeMessage(ctx, s.config.Code, pace)
		if err == nil {
			err = s.deliver(context.WithoutCancel(ctx), letter)
		}
		if err != nil && ctx.Err() == nil {
			s.complain(err)
			if sleep(ctx, time.Second) != nil {
				return
			}
		}
	}
}

// complaintPause is how often the log says that the outbox does not answer: all senders meet the same trouble at once.
const complaintPause = 10 * time.Second

func (s *sender) complain(err error) {
	now, last := time.Now().UnixNano(), s.complained.Load()
	if now-last >= int64(complaintPause) && s.complained.CompareAndSwap(last, now) {
		s.log.Error("the outbox does not answer", "err", err)
	}
}

// deliver sends one message and notes in the store what became of it. A stop of the process waits for the message on its way.
func (s *sender) deliver(ctx context.Context, letter flow.Letter) error {
	if letter.Message.Broadcast && letter.Lost > 0 {
		return s.end(ctx, letter, flow.FateUnknown, errors.New("the process that sent it was not heard of again"))
	}
	if wait := s.frozen.left(); wait > 0 {
		return s.later(ctx, letter, wait)
	}
	sending, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	return s.settle(ctx, letter, s.send(sending, letter))
}

// settle notes what became of an attempt.
func (s *sender) settle(ctx context.Context, letter flow.Letter, err error) error {
	what, wait := judge(err, letter.Attempts+1)
	switch what {
	case fateLater:
		if letter.Message.Broadcast && mayHaveArrived(err) {
			return s.end(ctx, letter, flow.FateUnknown, err)
		}
		return s.again(ctx, letter, wait, err)
	case fateToken:
		s.log.Error("telegram does not know the bot", "err", err)
		s.report(func(status *Status) { status.Err = forAdmin(err) })
		return s.later(ctx, letter, wait)
	case fateGone:
		if err := s.noteBlocked(ctx, letter); err != nil {
			return err
		}
		return s.end(ctx, letter, flow.FateBlocked, err)
	case fateRefused:
		s.report(func(status *Status) { status.Note = forAdmin(err) })
		return s.end(ctx, letter, flow.FateFailed, err)
	case fateSent:
	}
	return s.end(ctx, letter, flow.FateSent, nil)
}

// again leaves a message for later. Where Telegram asks to wait the whole bot waits, in every process.
func (s *sender) again(ctx context.Context, letter flow.Letter, wait time.Duration, err error) error {
	s.log.Warn("the message is sent again later", "chat", letter.Chat, "message", letter.Message.Key, "err", err, "after", wait)
	if code(err) == http.StatusTooManyRequests {
		s.frozen.extend(min(wait, longestFreeze))
		if err := s.config.Store.Freeze(ctx, s.config.Code, min(wait, longestFreeze)); err != nil {
			s.log.Warn("other processes may go on sending although telegram asks to wait", "err", err)
		}
	}
	return s.later(ctx, letter, wait)
}

// mayHaveArrived tells whether a message may have got to the client although sending it failed.
func mayHaveArrived(err error) bool {
	if errors.Is(err, errUnreachable) || errors.Is(err, errNotSent) {
		return false
	}
	return code(err) == 0 || code(err) >= http.StatusInternalServerError
}

// end takes a message out of the outbox.
func (s *sender) end(ctx context.Context, letter flow.Letter, fate flow.Fate, cause error) error {
	outcome := flow.Outcome{Fate: fate}
	if cause != nil {
		outcome.Reason = cause.Error()
		s.log.Warn("the message is not sent any more", "chat", letter.Chat, "message", letter.Message.Key, "step", letter.Message.Step,
			"fate", fate, "err", cause)
	}
	return lost(s.config.Store.Sent(ctx, letter, outcome))
}

func (s *sender) later(ctx context.Context, letter flow.Letter, after time.Duration) error {
	return lost(s.config.Store.Later(ctx, letter, after))
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
		return fmt.Errorf("%w, a chat of another messenger: %w", errNotSent, err)
	}
	chat, message := telego.ChatID{ID: id}, letter.Message
	if message.Edit != 0 {
		return s.edit(ctx, chat, message)
	}
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
