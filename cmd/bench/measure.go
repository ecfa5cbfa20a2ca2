package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// measurement is one load carried by one contender.
type measurement struct {
	outcome
	peak                int64 // bytes
	bot, redis, apiTime time.Duration
	odooCalls           int64
}

// stage is where a contender is measured.
type stage struct {
	self     string // this program, which is the Bot API too
	folder   string
	durable  bool
	profiles string // a folder for what perf sees of each measurement; empty: it does not look
}

// measure lets a contender carry a load, with a Redis, a Bot API and an Odoo that nobody has used before.
func (s stage) measure(ctx context.Context, c contender, l load) (measurement, error) {
	dir, err := os.MkdirTemp(s.folder, "redis-")
	if err != nil {
		return measurement{}, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	redis, redisURL, err := startRedis(ctx, dir, s.durable)
	if err != nil {
		return measurement{}, err
	}
	defer redis.stop()
	api, err := s.startAPI(ctx, l)
	if err != nil {
		return measurement{}, err
	}
	defer api.stop()
	at := addresses{api: api.url, redis: redisURL}
	o := &odoo{}
	if c.odoo {
		if o, err = startOdoo(ctx, token); err != nil {
			return measurement{}, err
		}
		defer o.stop()
		at.odoo = o.url
	}
	place := filepath.Join(s.folder, c.name)
	command, env := c.command(place, at)
	bot, err := start(ctx, c.name, place, env, command...)
	if err != nil {
		return measurement{}, err
	}
	defer bot.stop()
	if _, err := api.hear(bot); err != nil {
		return measurement{}, err
	}
	if s.profiles != "" {
		perf, err := profile(ctx, filepath.Join(s.profiles, l.Name+"-"+c.name+".perf"), bot, redis, api.process)
		if err != nil {
			return measurement{}, err
		}
		defer perf.stop()
	}
	return carry(bot, redis, api, o)
}

// profile lets Linux' perf note what programs spend their time with: "perf report -i FILE" shows it.
func profile(ctx context.Context, file string, of ...*process) (*process, error) {
	ids := make([]string, len(of))
	for i, p := range of {
		ids[i] = strconv.Itoa(p.cmd.Process.Pid)
	}
	return start(ctx, "perf", "", nil, "perf", "record", "-F", "499", "-g", "-o", file, "-p", strings.Join(ids, ","))
}

// carry lets the load begin, now that the bot is warm, and looks at what it has cost.
func carry(bot, redis *process, api *apiProcess, o *odoo) (measurement, error) {
	parties := []*process{bot, redis, api.process}
	before, err := cpus(parties)
	if err != nil {
		return measurement{}, err
	}
	calls := o.calls.Load()
	if _, err := io.WriteString(api.orders, "go\n"); err != nil {
		return measurement{}, err
	}
	said, err := api.hear(bot)
	if err != nil {
		return measurement{}, err
	}
	after, err := cpus(parties)
	if err != nil {
		return measurement{}, err
	}
	peak, err := bot.peak()
	if err != nil {
		return measurement{}, err
	}
	return measurement{
		outcome: *said.Outcome, peak: peak, odooCalls: o.calls.Load() - calls,
		bot: after[0] - before[0], redis: after[1] - before[1], apiTime: after[2] - before[2],
	}, nil
}

func cpus(parties []*process) ([]time.Duration, error) {
	times := make([]time.Duration, len(parties))
	for i, p := range parties {
		var err error
		if times[i], err = p.cpu(); err != nil {
			return nil, fmt.Errorf("the processor time of %s: %w", p.name, err)
		}
	}
	return times, nil
}

// apiProcess is the Bot API with its clients.
type apiProcess struct {
	*process
	url    string
	orders io.Writer
	words  chan word
}

func (s stage) startAPI(ctx context.Context, l load) (*apiProcess, error) {
	description, err := json.Marshal(l)
	if err != nil {
		return nil, err
	}
	hear, speak, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	listen, order, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p, err := startWith(ctx, "bot api", speak, listen, s.self, "api", token, string(description))
	_, _ = speak.Close(), listen.Close() // the program has its own
	if err != nil {
		return nil, err
	}
	api := &apiProcess{process: p, orders: order, words: make(chan word, 4)}
	go func() {
		defer close(api.words)
		defer func() { _ = hear.Close() }()
		lines := bufio.NewScanner(hear)
		for lines.Scan() {
			var w word
			if json.Unmarshal(lines.Bytes(), &w) == nil {
				api.words <- w
			}
		}
	}()
	said, err := api.hear(nil)
	api.url = said.URL
	return api, err
}

// longestLoad bounds one load with its warming up.
const longestLoad = 10 * time.Minute

// hear waits for the Bot API's next word, as long as it and the bot run.
func (a *apiProcess) hear(bot *process) (word, error) {
	gone := make(chan struct{})
	if bot != nil {
		gone = bot.exited
	}
	select {
	case said, more := <-a.words:
		if !more {
			return word{}, a.failed("it has ended")
		}
		return said, nil
	case <-gone:
		return word{}, bot.failed("it has ended")
	case <-time.After(longestLoad):
		if bot != nil {
			return word{}, bot.failed("it does not get on")
		}
		return word{}, a.failed("it does not get on")
	}
}
