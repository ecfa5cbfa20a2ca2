// Command telego is the bot of the benchmark on telego and go-redis alone, as its author would write it by hand: one GET, one reply and
// one SET an update, each chat in order, many chats at once.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"

	"github.com/mymmrac/telego"
	"github.com/redis/go-redis/v9"
)

// atOnce is how many chats are answered at the same time: telego's HTTP client has 512 connections, one of which polls.
const atOnce = 500

func main() {
	if err := answerAll(); err != nil {
		log.Fatal(err)
	}
}

func answerAll() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	options, err := redis.ParseURL(os.Getenv("BOT_REDIS"))
	if err != nil {
		return err
	}
	api, err := telego.NewBot(os.Getenv("BOT_TOKEN"), telego.WithAPIServer(os.Getenv("BOT_API")), telego.WithDiscardLogger())
	if err != nil {
		return err
	}
	updates, err := api.UpdatesViaLongPolling(ctx, &telego.GetUpdatesParams{Timeout: 30, Limit: 100, AllowedUpdates: []string{"message"}})
	if err != nil {
		return err
	}
	b := &bot{api: api, redis: redis.NewClient(options), waiting: map[int64][]*telego.Message{}, slots: make(chan struct{}, atOnce)}
	for update := range updates {
		if update.Message != nil {
			b.take(context.WithoutCancel(ctx), update.Message)
		}
	}
	b.done.Wait()
	return nil
}

// bot answers each chat in a goroutine that lives as long as the chat has something unanswered.
type bot struct {
	api   *telego.Bot
	redis *redis.Client
	slots chan struct{}
	done  sync.WaitGroup

	mu      sync.Mutex
	waiting map[int64][]*telego.Message // an entry without messages: the chat is being answered, and nothing waits
}

// session is what is kept of a chat.
type session struct {
	Count int    `json:"count"`
	Last  string `json:"last"`
}

func (b *bot) take(ctx context.Context, message *telego.Message) {
	chat := message.Chat.ID
	b.mu.Lock()
	line, busy := b.waiting[chat]
	if busy {
		b.waiting[chat] = append(line, message)
		b.mu.Unlock()
		return
	}
	b.waiting[chat] = nil
	b.mu.Unlock()
	b.slots <- struct{}{}
	b.done.Go(func() {
		defer func() { <-b.slots }()
		for ; message != nil; message = b.next(chat) {
			if err := b.answer(ctx, message); err != nil {
				log.Print(err)
			}
		}
	})
}

// next is the chat's next message; nil: it has none, and its goroutine ends.
func (b *bot) next(chat int64) *telego.Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	line := b.waiting[chat]
	if len(line) == 0 {
		delete(b.waiting, chat)
		return nil
	}
	b.waiting[chat] = line[1:]
	return line[0]
}

func (b *bot) answer(ctx context.Context, message *telego.Message) error {
	key := "session:" + strconv.FormatInt(message.Chat.ID, 10)
	var state session
	kept, err := b.redis.Get(ctx, key).Bytes()
	if err == nil {
		err = json.Unmarshal(kept, &state)
	}
	if err != nil && !errors.Is(err, redis.Nil) {
		return err
	}
	state.Count++
	state.Last = message.Text
	if _, err := b.api.SendMessage(ctx, &telego.SendMessageParams{ChatID: message.Chat.ChatID(), Text: "You said: " + message.Text}); err != nil {
		return err
	}
	data, err := json.Marshal(state)
	if err != nil {
		return err
	}
	return b.redis.Set(ctx, key, data, 0).Err()
}
