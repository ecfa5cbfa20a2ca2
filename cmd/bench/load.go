package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// load says how the clients write.
type load struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Chats int    `json:"chats"`
	// InARow is how many messages a chat sends at once; it sends as many again when all of them are answered.
	InARow int           `json:"in_a_row"`
	For    time.Duration `json:"for"` // no message is sent after it
	// Backlog is how many messages wait before the first is answered; then For and InARow do not count.
	Backlog int `json:"backlog"`
	// PerSecond sends at a fixed rate, whatever is answered; then InARow does not count.
	PerSecond int `json:"per_second"`
	// Delay is how long the Bot API takes to answer a sendMessage.
	Delay time.Duration `json:"delay"`
	// Warm is how many messages each chat sends, and has answered, before anything is measured.
	Warm int `json:"warm"`
}

// sizes are what a run may set.
type sizes struct {
	chats   int
	backlog int
	rate    int
	time    time.Duration
}

// loads are all loads, in the order in which they are run.
func loads(s sizes) []load {
	all := []load{
		{Name: "flight", Title: fmt.Sprintf("%d chats, each with one message in flight", s.chats), InARow: 1, For: s.time},
		{Name: "row", Title: fmt.Sprintf("%d chats, each with five messages in a row", s.chats), InARow: 5, For: s.time},
		{Name: "slow", Title: fmt.Sprintf("%d chats, one message in flight, a Bot API that takes 50 ms to answer", s.chats),
			InARow: 1, For: s.time, Delay: 50 * time.Millisecond},
		{Name: "backlog", Title: fmt.Sprintf("a backlog of %d updates of %d chats", s.backlog, s.chats), Backlog: s.backlog},
		{Name: "steady", Title: fmt.Sprintf("%d updates a second", s.rate), PerSecond: s.rate, For: s.time},
	}
	for i := range all {
		all[i].Chats, all[i].Warm = s.chats, 5
	}
	return all
}

// pick gives the loads of those names, all for no name.
func pick(all []load, names string) ([]load, error) {
	if names == "" {
		return all, nil
	}
	var picked []load
	for name := range strings.SplitSeq(names, ",") {
		at := slices.IndexFunc(all, func(l load) bool { return l.Name == name })
		if at < 0 {
			return nil, fmt.Errorf("there is no load %q", name)
		}
		picked = append(picked, all[at])
	}
	return picked, nil
}
