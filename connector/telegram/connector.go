// Package telegram connects the bots of flow to people in Telegram: it puts what they do into the inbox and sends what the outbox
// holds.
package telegram

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mymmrac/telego"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
)

// Config says how one bot talks to Telegram.
type Config struct {
	// Code is the bot's code, for the store and the log.
	Code string
	// Token is Telegram's; it is never logged.
	Token string
	// APIURL is the address of the Bot API; empty is Telegram's own.
	APIURL string
	// Store takes events and gives messages.
	Store flow.Store
	// Files remembers what Telegram calls a file that it has got once.
	Files Files
	// Webhook is the public address that Telegram brings this bot's updates to, and whose requests are handed to [Connector.ServeHTTP];
	// empty: updates are polled.
	Webhook string
	// Notebook knows after a restart which webhook was krok's own; nil: nobody does.
	Notebook Notebook
	// LookEvery is how often Telegram is asked whether the webhook is in order; 0 is a minute.
	LookEvery time.Duration
	// OnCall is told of every request to the Bot API; nil: nobody is.
	OnCall func(Call)
	// Media fetches the contents of a file of a step.
	Media func(ctx context.Context, medium flow.Medium) ([]byte, error)
	// Lead waits until this process may poll the token's updates. The context that it gives ends when another one may. nil: this
	// is the only process.
	Lead func(ctx context.Context) (context.Context, error)
	// OnStatus is told what an admin should know: that the bot is connected, or what keeps it from it. nil: nobody is.
	OnStatus func(Status)
	// Limits hold back what is sent; the zero value is Telegram's limits.
	Limits Limits
	// Client makes the requests; nil is one of its own.
	Client *http.Client
	// Log gets what went wrong; nil is the default logger.
	Log *slog.Logger
}

// Status is what an admin sees of a bot's connection.
type Status struct {
	Username string // of the bot in Telegram, without @; empty until Telegram has been asked
	// Err is what keeps the bot from working, in words for people; nil: it works.
	Err error
	// Note is something that was done and that the admin should know.
	Note error
}

// Files remembers file ids. One is good for one bot only, so the bot's own Telegram id is part of the key.
type Files interface {
	// FileID gives "" for a file that this bot has not sent yet.
	FileID(ctx context.Context, bot int64, checksum string) (string, error)
	SaveFileID(ctx context.Context, bot int64, checksum, fileID string) error
}

// Connector receives and sends for one bot, in the background, from Start to Stop.
type Connector struct {
	config  Config
	api     *telego.Bot
	log     *slog.Logger
	sender  *sender
	stop    context.CancelFunc
	cut     context.CancelFunc
	done    sync.WaitGroup
	started chan struct{}
	once    sync.Once

	receives   atomic.Bool // it is this process that does
	webhookSet bool        // this process has set the webhook; only touched by the one that looks after it

	mu       sync.Mutex
	stopped  bool
	status   Status
	commands string // the command menu as it was last set
}

// token is the form of Telegram's tokens: the bot's id and 35 signs.
var token = regexp.MustCompile(`^(\d+):[\w-]{35}$`)

// longPoll is how long Telegram holds a request for updates open.
const longPoll = 50 * time.Second

// New makes a connector that does nothing yet. A token that cannot be one is refused in words for people.
func New(config Config) (*Connector, error) {
	if !token.MatchString(config.Token) {
		return nil, texts.NewError("telegram.no_token", nil, nil)
	}
	if config.Log == nil {
		config.Log = slog.Default()
	}
	if config.Client == nil {
		config.Client = newClient()
	}
	log := config.Log.With("bot", config.Code)
	life, cut := context.WithCancel(context.Background())
	requests := &caller{client: config.Client, log: log, life: life, onCall: config.OnCall}
	options := []telego.BotOption{telego.WithAPICaller(requests), telego.WithDiscardLogger()}
	if config.APIURL != "" {
		options = append(options, telego.WithAPIServer(config.APIURL))
	}
	api, err := telego.NewBot(config.Token, options...)
	if err != nil {
		cut()
		return nil, fmt.Errorf("making the client of the bot api: %w", err)
	}
	c := &Connector{config: config, api: api, log: log, cut: cut, started: make(chan struct{})}
	c.sender = newSender(c)
	return c, nil
}

func newClient() *http.Client {
	transport, _ := http.DefaultTransport.(*http.Transport)
	transport = transport.Clone()
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = 0, mostSenders+2 // one polls, and one answers presses
	transport.ResponseHeaderTimeout = longPoll + 15*time.Second
	return &http.Client{Transport: transport, Timeout: 5 * time.Minute} // an upload of 50 MB takes its time
}

// Start begins to receive and to send in the background, until Stop or the end of ctx.
func (c *Connector) Start(ctx context.Context) {
	ctx, c.stop = context.WithCancel(ctx)
	c.done.Go(func() {
		if c.connect(ctx) != nil {
			return // stopped before Telegram answered
		}
		c.done.Go(func() { c.receive(ctx) })
		c.sender.start(ctx, &c.done)
		close(c.started)
	})
}

// Started is closed when Telegram knows the bot and it receives and sends.
func (c *Connector) Started() <-chan struct{} { return c.started }

// Connected tells whether Telegram knows the bot.
func (c *Connector) Connected() bool {
	select {
	case <-c.started:
		return true
	default:
		return false
	}
}

// Receives tells whether this is the process that receives the bot's updates, or sees to it that Telegram brings them.
func (c *Connector) Receives() bool { return c.receives.Load() }

// Stop ends receiving and sending; an update that is being made safe and a message on its way are waited for. Files can be fetched
// still, for turns under way. It may be called twice.
func (c *Connector) Stop() {
	c.once.Do(func() {
		c.mu.Lock()
		c.stopped = true
		c.mu.Unlock()
		if c.stop != nil {
			c.stop()
		}
	})
	c.done.Wait()
}

// Cut ends the requests that are under way, for a Stop that has waited long enough, and all later ones. A message that was on its way
// is sent again later.
func (c *Connector) Cut() { c.cut() }

// connect asks Telegram who the bot is, until it answers. Its error is that of ctx.
func (c *Connector) connect(ctx context.Context) error {
	for attempts := 0; ; attempts++ {
		me, err := c.api.GetMe(ctx)
		if err == nil {
			c.report(func(s *Status) { s.Username, s.Err = me.Username, nil })
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		c.log.Error("telegram does not know the bot", "err", err)
		c.report(func(s *Status) { s.Err = forAdmin(err) })
		if err := sleep(ctx, backoff(attempts+1)); err != nil {
			return err
		}
	}
}

// report changes the status and tells it where it has changed.
func (c *Connector) report(change func(*Status)) {
	c.mu.Lock()
	before := c.status
	change(&c.status)
	after := c.status
	c.mu.Unlock()
	if c.config.OnStatus != nil && (before.Username != after.Username || said(before.Err) != said(after.Err) || said(before.Note) != said(after.Note)) {
		c.config.OnStatus(after)
	}
}

func said(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func sleep(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
