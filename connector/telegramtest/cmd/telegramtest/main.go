// Command telegramtest runs the Bot API server for tests as a process of its own, say against "krok serve". How to play the
// client from another process: see /test/ in the package telegramtest.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/krokbot/krok/connector/telegramtest"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8081", "where to listen")
	pace := flag.Bool("pace", false, "limit how fast bots may send, about as Telegram does")
	throttle := flag.Bool("throttle", false, "slow down pollers and late answers as Telegram does")
	open := flag.Bool("open-chats", false, "take every positive chat id for a client who has started the bot")
	keep := flag.Int("keep", 0, "how many messages a chat and how many calls a bot remember; all when 0")
	verbose := flag.Bool("v", false, "log every call")
	flag.Parse()

	config := telegramtest.Config{Addr: *addr, Throttle: *throttle, OpenChats: *open, Keep: *keep}
	if *pace {
		config.Pace = telegramtest.TelegramPace()
	}
	if *verbose {
		config.Debug = log.Printf
	}
	server, err := telegramtest.NewServer(config)
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	for _, token := range flag.Args() { // the bots to know from the start
		server.Bot(token)
	}
	fmt.Println(server.URL())
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	<-stop
}
