package telegram

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mymmrac/telego"

	"github.com/krokbot/krok/flow/texts"
)

// Notebook remembers things over restarts, for all processes.
type Notebook interface {
	Remember(ctx context.Context, name, value string) error
	// Recall gives "" for what was never remembered.
	Recall(ctx context.Context, name string) (string, error)
}

const (
	// connections is how many updates Telegram may bring at the same time; 40 is its own default, 100 the most.
	connections = 40
	// fresh is for how long a delivery that failed counts as one that fails now: Telegram tries again within two minutes.
	fresh = 3 * time.Minute
)

// keepWebhook sees to it that Telegram brings the updates to the bot's webhook, for as long as this process may.
func (c *Connector) keepWebhook(ctx context.Context) {
	for failures := 0; ctx.Err() == nil; {
		wait := cmp.Or(c.config.LookEvery, time.Minute)
		err := c.lookAfterWebhook(ctx)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			failures = 0
		} else {
			failures++
			wait = min(wait, pollBackoff(err, failures))
			c.log.Error("the webhook is not in order", "err", err, "failures", failures)
			c.report(func(s *Status) { s.Err = forAdmin(err) })
		}
		if sleep(ctx, wait) != nil {
			return
		}
	}
}

// lookAfterWebhook sets the webhook where it is not as it should be, and tells whether updates come through.
func (c *Connector) lookAfterWebhook(ctx context.Context) error {
	info, err := c.api.GetWebhookInfo(ctx)
	if err != nil {
		return err
	}
	if c.inForce(info) {
		undelivered := c.undelivered(info)
		c.report(func(s *Status) { s.Err = undelivered })
		return nil
	}
	stranger := info.URL != "" && info.URL != c.config.Webhook && !c.isOwn(ctx, info.URL)
	c.remember(ctx, c.config.Webhook)
	err = c.api.SetWebhook(ctx, &telego.SetWebhookParams{
		URL: c.config.Webhook, SecretToken: Secret(c.config.Token), AllowedUpdates: allowedUpdates, MaxConnections: connections,
	})
	if err != nil {
		return &setFailed{url: c.config.Webhook, cause: err}
	}
	c.webhookSet = true
	c.log.Info("telegram brings the updates to the webhook", "url", c.config.Webhook)
	if stranger {
		c.log.Warn("the webhook of another program was set for this token and has been replaced; its updates are kept")
	}
	c.report(func(s *Status) {
		s.Err = nil
		if stranger {
			s.Note = texts.NewError("telegram.webhook_taken_over", nil, nil)
		}
	})
	return nil
}

// inForce tells whether the webhook is the one that krok would set. Its secret is not told; that it may be another shows in
// deliveries that were refused before this process has set it.
func (c *Connector) inForce(info *telego.WebhookInfo) bool {
	if info.URL != c.config.Webhook || cmp.Or(info.MaxConnections, connections) != connections || info.HasCustomCertificate {
		return false
	}
	want, have := slices.Sorted(slices.Values(allowedUpdates)), slices.Sorted(slices.Values(info.AllowedUpdates))
	refused := strings.Contains(info.LastErrorMessage, "403") && !c.webhookSet
	return slices.Equal(want, have) && !refused
}

// undelivered says what keeps updates from coming through; nil: they do, as far as Telegram tells.
func (c *Connector) undelivered(info *telego.WebhookInfo) error {
	if info.PendingUpdateCount == 0 || time.Since(time.Unix(info.LastErrorDate, 0)) > fresh {
		return nil
	}
	return texts.NewError("telegram.webhook_undelivered", texts.Args{"url": c.config.Webhook, "cause": info.LastErrorMessage}, nil)
}

// setFailed is an error of setWebhook.
type setFailed struct {
	url   string
	cause error
}

func (e *setFailed) Error() string { return fmt.Sprintf("setting the webhook %s: %v", e.url, e.cause) }

func (e *setFailed) Unwrap() error { return e.cause }

// takeOver removes a webhook that stands in the way of polling, with its updates kept. Of one that is krok's own, from a time when it
// had a public address, nobody needs to be told.
func (c *Connector) takeOver(ctx context.Context) {
	hook, err := c.api.GetWebhookInfo(ctx)
	if err != nil || hook.URL == "" {
		return // an error will show again in the next request
	}
	if err := c.api.DeleteWebhook(ctx, &telego.DeleteWebhookParams{}); err != nil {
		c.log.Error("a webhook that stands in the way could not be removed", "err", err)
		return
	}
	if c.isOwn(ctx, hook.URL) {
		c.log.Info("the webhook of before has been removed, updates are polled now; none was dropped")
		return
	}
	c.log.Warn("a webhook was set for this token and has been removed; its updates are kept")
	c.report(func(s *Status) { s.Note = texts.NewError("telegram.webhook_taken_over", nil, nil) })
}

// isOwn tells whether krok has set a webhook itself.
func (c *Connector) isOwn(ctx context.Context, url string) bool {
	if c.config.Notebook == nil {
		return false
	}
	own, err := c.config.Notebook.Recall(ctx, c.webhookName())
	if err != nil {
		c.log.Warn("which webhook is krok's own could not be read", "err", err)
	}
	return own != "" && own == url
}

// remember notes the webhook before it is set: a process that dies in between must not take it for a stranger's later.
func (c *Connector) remember(ctx context.Context, url string) {
	if c.config.Notebook == nil {
		return
	}
	if err := c.config.Notebook.Remember(ctx, c.webhookName(), url); err != nil {
		c.log.Warn("which webhook is krok's own could not be noted", "err", err)
	}
}

func (c *Connector) webhookName() string { return "webhook:" + c.botID() }
