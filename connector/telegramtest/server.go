// Package telegramtest is a Bot API server for tests. It refuses what Telegram refuses, in Telegram's words, and lets a test
// play the client: write, press, share a contact, block the bot, and read what came back.
//
//	server := telegramtest.New(t)
//	bot := server.NewBot("shop_bot")
//	// … start the program under test with server.URL() and bot.Token() …
//	ann := bot.Chat(telegramtest.User{FirstName: "Ann", LanguageCode: "uk"})
//	ann.Send("/start")
//	greeting := ann.Next(t)
//	require.NoError(t, ann.Press("Catalogue"))
//
// What it does not do: MarkdownV2, link detection in sent texts, rights in groups, business accounts, payments, inline mode.
package telegramtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Config sets what a server does beyond the rules that always hold. The zero value suits most tests.
type Config struct {
	// Addr is where to listen; 127.0.0.1 and a free port when empty.
	Addr string
	// Throttle adds the rules that only cost time: a getUpdates with the offset of the one before gets one update within half a
	// second and waits at least 3 s within three; the 409 of a poller pushed aside comes 3 s late; setWebhook once a second.
	Throttle bool
	// Pace answers 429 to a bot that sends faster. Nothing is limited where it is zero; see TelegramPace.
	Pace Pace
	// AnswerWithin is how long after a press answerCallbackQuery is accepted; 15 s when zero.
	AnswerWithin time.Duration
	// Web is what Telegram finds at a URL when it is asked to send a file from there. Any other URL is refused.
	Web map[string][]byte
	// OpenChats makes every positive chat id a client who has started the bot.
	OpenChats bool
	// Keep is how many messages a chat and how many calls a bot remember, for long runs; all when zero.
	Keep int
	// Patience is how long Chat.Next and its kin wait; 5 s when zero.
	Patience time.Duration
	// WebhookRetry is the pause before the second retry of a refused webhook call, doubled from there on; 1 s when zero.
	WebhookRetry time.Duration
	// OnCall, if set, is told of each call that has been carried out, before it is answered: for load tests, which cannot look at
	// every chat.
	OnCall func(Call)
	// Debug, if set, gets one line a call.
	Debug func(format string, args ...any)
}

// Server is the Bot API on a port of 127.0.0.1. All its methods may be called at the same time.
type Server struct {
	config   Config
	listener net.Listener
	http     *http.Server
	closed   chan struct{}
	webhooks *http.Client

	shift  atomic.Int64 // how far Advance has moved the clock, ns
	faults faults
	files  files
	lost   callLog // calls with an unknown token

	bots     sync.Map // token → *Bot
	nextBot  atomic.Int64
	nextUser atomic.Int64
}

// New starts a server that ends with the test.
func New(t testing.TB, config ...Config) *Server {
	t.Helper()
	server, err := NewServer(config...)
	if err != nil {
		t.Fatalf("telegramtest: %v", err)
	}
	t.Cleanup(server.Close)
	return server
}

// NewServer starts a server. The caller closes it.
func NewServer(config ...Config) (*Server, error) {
	s := &Server{closed: make(chan struct{})}
	if len(config) > 0 {
		s.config = config[0]
	}
	s.config.Addr = orDefault(s.config.Addr, "127.0.0.1:0")
	s.config.AnswerWithin = orDefault(s.config.AnswerWithin, 15*time.Second)
	s.config.Patience = orDefault(s.config.Patience, 5*time.Second)
	s.config.WebhookRetry = orDefault(s.config.WebhookRetry, time.Second)
	s.files.byID = make(map[string]*storedFile)
	s.webhooks = &http.Client{
		Timeout:       time.Minute,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 100},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}

	listener, err := net.Listen("tcp", s.config.Addr)
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", s.config.Addr, err)
	}
	s.listener = listener
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	go func() { _ = s.http.Serve(listener) }() // ends with Close
	return s, nil
}

// URL is the server's address, for telego.WithAPIServer.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Close ends every request and stops. It may be called twice.
func (s *Server) Close() {
	select {
	case <-s.closed:
		return
	default:
		close(s.closed)
	}
	s.eachBot(func(b *Bot) { b.updates.stopWebhook() })
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if err := s.http.Shutdown(ctx); err != nil && !errors.Is(err, http.ErrServerClosed) {
		_ = s.http.Close() // somebody holds a connection: cut it
	}
	s.webhooks.CloseIdleConnections()
}

// Now is the server's time.
func (s *Server) Now() time.Time { return time.Now().Add(time.Duration(s.shift.Load())) }

// Advance moves the server's clock forward: updates and presses age, paces recover. Long polls and webhook retries wait in real
// time all the same.
func (s *Server) Advance(d time.Duration) { s.shift.Add(int64(d)) }

var tokenForm = regexp.MustCompile(`^\d+:[\w-]{35}$`)

// Bot is the bot with that token, made on first use. It panics on a token that telego would not take.
func (s *Server) Bot(token string) *Bot {
	if !tokenForm.MatchString(token) {
		panic(fmt.Sprintf("telegramtest: %q is not of the form 123:35-letters", token))
	}
	if known, ok := s.bots.Load(token); ok {
		return known.(*Bot)
	}
	made, _ := s.bots.LoadOrStore(token, newBot(s, token))
	return made.(*Bot)
}

// NewBot makes a bot with a token of its own.
func (s *Server) NewBot(username string) *Bot {
	id := 7_000_000_000 + s.nextBot.Add(1)
	bot := s.Bot(fmt.Sprintf("%d:TEST-%030d", id, id))
	bot.me.Username = username
	return bot
}

// Calls are the recorded calls of all bots in the order of their arrival, of the methods named, or of all.
func (s *Server) Calls(methods ...string) []Call {
	calls := s.lost.list(methods)
	s.eachBot(func(b *Bot) { calls = append(calls, b.calls.list(methods)...) })
	slices.SortStableFunc(calls, func(a, b Call) int { return a.At.Compare(b.At) })
	return calls
}

func (s *Server) eachBot(do func(*Bot)) {
	s.bots.Range(func(_, bot any) bool {
		do(bot.(*Bot))
		return true
	})
}

// person completes a user with an id that does not fit 32 bits and a name.
func (s *Server) person(u User) User {
	if u.ID == 0 {
		u.ID = 5_000_000_000 + s.nextUser.Add(1)
	}
	u.FirstName = orDefault(u.FirstName, fmt.Sprintf("Client %d", u.ID))
	return u
}

func orDefault[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}
