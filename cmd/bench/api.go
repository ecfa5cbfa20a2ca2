package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/krokbot/krok/connector/telegramtest"
)

// word is one line that the Bot API's process says to the benchmark.
type word struct {
	URL     string   `json:"url,omitempty"`  // it listens there
	Warm    bool     `json:"warm,omitempty"` // every chat has been answered; the load begins with the next line on its standard input
	Outcome *outcome `json:"outcome,omitempty"`
}

// serveAPI is the Bot API and its clients in a process of their own: what they cost is not the bot's, and what is measured stands on
// one clock. It says one line when it listens, one when the bot is warm, and one when the load is over.
func serveAPI(token, description string) error {
	var load load
	if err := json.Unmarshal([]byte(description), &load); err != nil {
		return fmt.Errorf("reading the load: %w", err)
	}
	clients := newClients(load)
	server, err := telegramtest.NewServer(telegramtest.Config{OpenChats: true, Keep: 4, OnCall: clients.called})
	if err != nil {
		return err
	}
	defer server.Close()
	clients.bot = server.Bot(token)
	if load.Delay > 0 {
		server.Fail(telegramtest.Fault{Method: "sendMessage", Delay: load.Delay})
	}
	say := json.NewEncoder(os.Stdout)
	listen := bufio.NewScanner(os.Stdin)
	if err := say.Encode(word{URL: server.URL()}); err != nil {
		return err
	}
	clients.warmUp()
	if err := say.Encode(word{Warm: true}); err != nil {
		return err
	}
	if !listen.Scan() {
		return listen.Err() // the benchmark has gone
	}
	result := clients.run()
	return say.Encode(word{Outcome: &result})
}
