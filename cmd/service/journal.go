package service

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/krokbot/krok/flow"
)

// Recorder writes the record of conversations to Odoo.
type Recorder interface {
	// Record writes lines of a bot, in this order, in one transaction. A line that is there already, by its key, is not written again,
	// but gets its file where it had none. Files are the contents of clients' files by the messenger's id: each becomes one attachment,
	// however often it is sent. An error that flow.IsUnavailable leaves open what was written; with any other nothing was, and the same
	// lines will be refused again.
	Record(ctx context.Context, bot int64, lines []flow.Line, files map[string][]byte) error
}

// journalConfig says whose record is moved, and from where to where.
type journalConfig struct {
	code     string
	bot      func() *flow.Bot // the definition that serves; nil while there is none
	store    Store
	recorder Recorder
	files    flow.Files
	pause    time.Duration   // between batches, so that one carries more than a line
	hard     context.Context //nolint:containedctx // its end cuts off what is under way, see Service.Stop
	metrics  *Metrics
	log      *slog.Logger
}

// journal moves the record of one bot from the store to Odoo. All processes have one; the one that leads works. What was written but
// not taken away, because a process was killed in between, is written again and found there by its key.
type journal struct {
	journalConfig

	fetched  map[string][]byte // files, fetched for what could not be written yet
	held     int               // lines that wait for their chat's file
	failures int               // in a row
	life     context.Context   //nolint:containedctx // ends when nothing more is to be written
	cut      context.CancelFunc
	stopping context.Context //nolint:containedctx // ends when the rest is to be written
	stop     context.CancelFunc
	done     chan struct{}
}

const (
	// mostLines is how many lines one call to Odoo carries at most.
	mostLines = 500
	// leastLines is how many it carries after failures: less is more likely to be done in time.
	leastLines = 20
	// lastTime bounds how long a stop waits for the rest of the record. What is left then waits in the store for another process.
	lastTime = 5 * time.Second
	// longestPause bounds how long an Odoo that failed is left alone.
	longestPause = time.Minute
)

// startJournal begins to move the record in the background, until Stop.
func startJournal(config journalConfig) *journal {
	j := &journal{journalConfig: config, done: make(chan struct{})}
	j.life, j.cut = context.WithCancel(context.Background())
	j.stopping, j.stop = context.WithCancel(context.Background())
	go func() {
		defer close(j.done)
		defer j.cut()
		defer context.AfterFunc(config.hard, j.cut)()
		j.run()
	}()
	return j
}

// Stop has the rest written, where this process does that and Odoo answers, and waits for it. It may be called twice.
func (j *journal) Stop() {
	j.stop()
	late := time.AfterFunc(lastTime, j.cut)
	defer late.Stop()
	<-j.done
}

// run leads and works whenever no other process does.
func (j *journal) run() {
	for j.stopping.Err() == nil && j.life.Err() == nil {
		if err := j.lead(); err != nil && j.stopping.Err() == nil && j.life.Err() == nil {
			j.log.Warn("nobody can be found who moves the record to odoo", "err", err)
			j.sleep(j.life, time.Second)
		}
	}
}

// lead waits until this process leads and works then. A stop ends the waiting, but not the leading: the rest is still to be written.
func (j *journal) lead() error {
	ctx, cancel := context.WithCancel(j.life)
	defer cancel() // another may lead at once
	waiting := context.AfterFunc(j.stopping, cancel)
	leading, err := j.store.Lead(ctx, "journal:"+j.code)
	if err != nil || !waiting() {
		return err
	}
	j.work(leading)
	return nil
}

// work moves batch after batch, until it may not any more, or is to stop and has moved all.
func (j *journal) work(ctx context.Context) {
	for ctx.Err() == nil {
		last := j.stopping.Err() != nil
		more, err := j.move(ctx)
		if last && (err != nil || !more) {
			return
		}
		switch {
		case err != nil:
			j.sleep(ctx, j.afterFailure(err))
		case !more:
			j.failures = 0
			j.sleep(ctx, j.pause)
		default:
			j.failures = 0
		}
	}
}

// afterFailure says how long to wait.
func (j *journal) afterFailure(err error) time.Duration {
	wait := min(j.pause<<min(j.failures, 16), longestPause)
	j.failures++
	if unavailable := (*flow.Unavailable)(nil); errors.As(err, &unavailable) {
		wait = max(wait, unavailable.After)
	}
	if !errors.Is(err, context.Canceled) {
		j.log.Warn("the record of conversations waits, its lines could not be moved to odoo", "err", err, "after", wait)
	}
	return wait
}

// sleep waits, but not once this is to stop.
func (j *journal) sleep(ctx context.Context, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	if j.stopping.Err() != nil {
		return
	}
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-j.stopping.Done():
	}
}

// move brings the lines that have waited longest to Odoo, and tells whether there may be more.
func (j *journal) move(ctx context.Context) (more bool, err error) {
	bot := j.bot()
	if bot == nil {
		return false, nil
	}
	most := max(mostLines>>min(j.failures, 16), leastLines)
	lines, err := j.store.Journal(ctx, j.code, most+min(j.held, 10*mostLines))
	if err != nil {
		return false, err
	}
	left := lines
	held := map[flow.ChatID]bool{}
	for j.held = 0; len(left) > 0; {
		var next load
		next, left = j.load(ctx, bot, left, held)
		if err := j.write(ctx, bot, next); err != nil {
			return false, err
		}
		j.fetched = nil
	}
	return len(lines)-j.held >= most, nil
}
