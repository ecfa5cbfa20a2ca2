package telegram

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/mymmrac/telego"

	"github.com/krokbot/krok/flow"
)

// allowedUpdates is what krok wants to hear of. Telegram keeps the last list that it was given, so it is always given whole.
var allowedUpdates = []string{telego.MessageUpdates, telego.EditedMessageUpdates, telego.CallbackQueryUpdates, telego.MyChatMemberUpdates}

// receive takes updates for as long as this process may: it polls them, or sees to it that Telegram brings them to the webhook.
func (c *Connector) receive(ctx context.Context) {
	for ctx.Err() == nil {
		leading, err := c.lead(ctx)
		if err != nil {
			if sleep(ctx, time.Second) != nil {
				return
			}
			continue
		}
		c.receives.Store(true)
		if c.config.Webhook != "" {
			c.keepWebhook(leading)
		} else {
			c.takeOver(leading)
			c.pollWhileLeading(leading)
		}
		c.receives.Store(false)
	}
}

func (c *Connector) lead(ctx context.Context) (context.Context, error) {
	if c.config.Lead == nil {
		return ctx, nil
	}
	return c.config.Lead(ctx)
}

// pollWhileLeading polls. An update is confirmed to Telegram by the request after the one that brought it, and only when it is safe in
// the inbox.
func (c *Connector) pollWhileLeading(ctx context.Context) {
	offset, failures := 0, 0
	for ctx.Err() == nil {
		updates, err := c.fetch(ctx, offset)
		if err == nil {
			err = c.put(ctx, updates)
		}
		if err == nil {
			failures = 0
			c.report(func(s *Status) { s.Err = nil })
			if len(updates) > 0 {
				offset = updates[len(updates)-1].UpdateID + 1
			}
			continue
		}
		if ctx.Err() != nil {
			return
		}
		failures++
		c.log.Error("fetching updates failed", "err", err, "failures", failures)
		c.report(func(s *Status) { s.Err = forAdmin(err) })
		if sleep(ctx, pollBackoff(err, failures)) != nil {
			return
		}
		if code(err) == http.StatusConflict {
			c.takeOver(ctx) // if it was a webhook
		}
	}
}

// fetch gets the next updates. Where telego cannot read them they are fetched once more, and taken apart.
func (c *Connector) fetch(ctx context.Context, offset int) ([]telego.Update, error) {
	params := &telego.GetUpdatesParams{
		Offset: offset, Limit: 100, Timeout: int(longPoll / time.Second), AllowedUpdates: allowedUpdates,
	}
	updates, err := c.api.GetUpdates(ctx, params)
	if err == nil || code(err) != 0 || ctx.Err() != nil || errors.Is(err, errUnreachable) || errors.Is(err, errUnknownOutcome) {
		return updates, err
	}
	return c.api.GetUpdates(context.WithValue(ctx, apart{}, true), params)
}

// pollBackoff waits longer where asking again cannot help soon: another program polls, or the token is wrong.
func pollBackoff(err error, failures int) time.Duration {
	switch code(err) {
	case http.StatusConflict:
		return min(5*time.Second<<min(failures-1, 4), time.Minute)
	case http.StatusUnauthorized, http.StatusNotFound:
		return min(10*time.Second<<min(failures-1, 5), 5*time.Minute)
	case http.StatusTooManyRequests:
		_, wait := judge(err, failures)
		return wait
	}
	return backoff(failures)
}

// put makes the updates safe, and then lets the spinners of pressed buttons stop.
func (c *Connector) put(ctx context.Context, updates []telego.Update) error {
	events := make([]flow.Event, 0, len(updates))
	for _, update := range updates {
		if event, ok := c.event(update); ok {
			events = append(events, event)
		}
	}
	if len(events) == 0 {
		return nil
	}
	if err := c.config.Store.Put(ctx, c.config.Code, events...); err != nil {
		return fmt.Errorf("putting %d updates into the inbox: %w", len(events), err)
	}
	for _, update := range updates {
		if query := update.CallbackQuery; query != nil {
			c.done.Go(func() { c.answerPress(query.ID) })
		}
	}
	return nil
}

// answerPress stops the spinner on a button. It is a courtesy: the press counts whether Telegram still wants the answer or not.
func (c *Connector) answerPress(query string) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err := c.api.AnswerCallbackQuery(ctx, &telego.AnswerCallbackQueryParams{CallbackQueryID: query})
	if err != nil && code(err) != http.StatusBadRequest { // 400: the query is too old
		c.log.Warn("a press was not answered", "err", err)
	}
}
