// Command bench compares krok with bots that are written by hand on telego, grammY and Telegraf: the same Bot API, Redis and machine,
// one after the other, each doing one GET, one reply and one SET an update (krok what it does for one). It prints a table in Markdown.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) == 4 && os.Args[1] == "api" {
		exit(serveAPI(os.Args[2], os.Args[3]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	exit(compare(ctx, os.Args[1:]))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// settings are what the command line says.
type settings struct {
	contenders []contender
	loads      []load
	rounds     int
	durable    bool
	profiles   string
}

func parse(args []string) (settings, error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	var s settings
	var size sizes
	who := flags.String("contenders", "", "who is measured: some of krok,telego,grammy,telegraf; all when empty")
	what := flags.String("loads", "", "with what: some of flight,row,slow,backlog,steady; all when empty")
	flags.IntVar(&s.rounds, "rounds", 3, "how often; the table has medians")
	flags.BoolVar(&s.durable, "durable", true, "let Redis write to disk once a second")
	flags.StringVar(&s.profiles, "profiles", "", "a folder for profiles made with perf; none when empty")
	flags.DurationVar(&size.time, "for", 6*time.Second, "how long a load lasts")
	flags.IntVar(&size.chats, "chats", 1000, "how many clients write")
	flags.IntVar(&size.backlog, "backlog", 50_000, "how many updates wait in the backlog")
	flags.IntVar(&size.rate, "rate", 300, "updates a second of the steady load")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	var err error
	if s.contenders, err = choose(*who); err != nil {
		return s, err
	}
	s.loads, err = pick(loads(size), *what)
	return s, err
}

func compare(ctx context.Context, args []string) error {
	s, err := parse(args)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "krok-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	for _, c := range s.contenders {
		place := filepath.Join(folder, c.name)
		if err := os.Mkdir(place, 0o700); err != nil {
			return err
		}
		fmt.Fprintln(os.Stderr, "preparing", c.name)
		if err := c.prepare(ctx, place); err != nil {
			return err
		}
	}
	results, err := s.run(ctx, stage{self: self, folder: folder, durable: s.durable, profiles: s.profiles})
	if err != nil {
		return err
	}
	fmt.Print(results.table(s))
	return nil
}

// run measures everybody in turn, round after round: what disturbs the machine for a while disturbs all of them.
func (s settings) run(ctx context.Context, on stage) (results, error) {
	all := results{}
	for round := range s.rounds {
		for _, l := range s.loads {
			for _, c := range s.contenders {
				if err := ctx.Err(); err != nil {
					return nil, err
				}
				m, err := on.measure(ctx, c, l)
				if err != nil {
					return nil, fmt.Errorf("%s with the load %s: %w", c.name, l.Name, err)
				}
				fmt.Fprintf(os.Stderr, "round %d %-8s %-8s %s (machine's load %s)\n", round+1, l.Name, c.name, m, machineLoad())
				key := result{l.Name, c.name}
				all[key] = append(all[key], m)
			}
		}
	}
	return all, nil
}

// machineLoad is how many programs want to run, on average of the last minute.
func machineLoad() string {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "?"
	}
	load, _, _ := strings.Cut(string(data), " ")
	return load
}
