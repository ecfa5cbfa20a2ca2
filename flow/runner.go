package flow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// RunnerConfig says how the turns of one bot are run.
type RunnerConfig struct {
	// Code is the bot's code, for the store and the log.
	Code string
	// Bot gives the definition that serves now; nil while there is none.
	Bot func() *Bot
	// Store holds inbox, sessions and outbox.
	Store Store
	// Engine answers the events.
	Engine Engine
	// Files fetches what clients sent, for commits; nil: there is nothing to fetch from.
	Files Files
	// Workers is how many chats are served at the same time; 0 is 16.
	Workers int
	// OnProblems is told what only a running conversation shows; nil: nobody is.
	OnProblems func([]Problem)
	// Log gets what went wrong; nil is the default logger.
	Log *slog.Logger
}

// Runner takes events from the inbox, has them answered and keeps what came of it, until it is stopped.
type Runner struct {
	config  RunnerConfig
	log     *slog.Logger
	stop    context.CancelFunc
	done    sync.WaitGroup
	started chan struct{}
	once    sync.Once

	complained atomic.Int64 // when, in ns
}

// NewRunner makes a runner that does nothing yet.
func NewRunner(config RunnerConfig) *Runner {
	if config.Workers <= 0 {
		config.Workers = 16
	}
	log := config.Log
	if log == nil {
		log = slog.Default()
	}
	return &Runner{config: config, log: log.With("bot", config.Code), started: make(chan struct{})}
}

// Start begins to work in the background, until Stop or the end of ctx.
func (r *Runner) Start(ctx context.Context) {
	ctx, r.stop = context.WithCancel(ctx)
	for range r.config.Workers {
		r.done.Go(func() { r.work(ctx) })
	}
	close(r.started)
}

// Started is closed when the workers run.
func (r *Runner) Started() <-chan struct{} { return r.started }

// Stop takes no further event and waits until the turns under way have ended. It may be called twice.
func (r *Runner) Stop() {
	r.once.Do(func() {
		if r.stop != nil {
			r.stop()
		}
	})
	r.done.Wait()
}

// turnTime bounds one turn with its calls to Odoo. A store's lease must last longer.
const turnTime = 50 * time.Second

func (r *Runner) work(ctx context.Context) {
	for wait := time.Duration(0); ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		wait = 0
		if r.config.Bot() == nil {
			wait = 200 * time.Millisecond // its definition has not been read yet
			continue
		}
		taken, err := r.config.Store.Take(ctx, r.config.Code)
		if err == nil {
			err = r.turn(context.WithoutCancel(ctx), taken)
		}
		if err != nil && ctx.Err() == nil {
			r.complain(err)
			wait = time.Second
		}
	}
}

// complaintPause is how often the log says that the store does not answer: all workers meet the same trouble at once.
const complaintPause = 10 * time.Second

func (r *Runner) complain(err error) {
	now := time.Now().UnixNano()
	last := r.complained.Load()
	if now-last >= int64(complaintPause) && r.complained.CompareAndSwap(last, now) {
		r.log.Error("turns are not taken or kept, their events will be taken again", "err", err)
	}
}

// turn answers one event and keeps what came of it.
func (r *Runner) turn(ctx context.Context, taken Taken) error {
	ctx, cancel := context.WithTimeout(ctx, turnTime)
	defer cancel()
	log := r.log.With("chat", taken.Event.Chat, "event", taken.Event.ID)
	result, kept, err := r.carryOut(ctx, taken, log)
	switch {
	case errors.Is(err, errStore):
		return lostIsNoFault(err, log)
	case err != nil:
		result, kept = r.fail(taken, err, log)
	}
	if r.config.OnProblems != nil && len(result.Problems) > 0 {
		r.config.OnProblems(result.Problems)
	}
	kept.Session, kept.Messages = result.Session.Bytes(), result.Messages
	return lostIsNoFault(r.config.Store.Keep(ctx, taken, kept), log)
}

func lostIsNoFault(err error, log *slog.Logger) error {
	if errors.Is(err, ErrLost) {
		log.Warn("the turn took longer than its lease and was given to another worker")
		return nil
	}
	return err
}

// errStore marks an error of the store: nothing is decided about the event, which will be taken again.
var errStore = errors.New("the store did not keep a plan")

// maxLost is how often an event may take its process down, or outlive its lease, before it is set aside.
const maxLost = 10

// carryOut decides a turn, or finds what was decided, and has Odoo write it. A panic is a fault of krok: the event is set aside.
func (r *Runner) carryOut(ctx context.Context, taken Taken, log *slog.Logger) (result Result, kept Kept, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("krok panicked: %v", fault)
			log.Error("krok panicked", "fault", fault, "stack", string(debug.Stack()))
		}
	}()
	if taken.Lost >= maxLost {
		return result, kept, fmt.Errorf("it was begun %d times and its end was never heard of", taken.Lost)
	}
	result, err = r.decide(ctx, taken, log)
	if err != nil || result.Commit == nil {
		return result, kept, err
	}
	next, err := CarryOut(ctx, r.config.Engine.Odoo, r.config.Files, taken.Event, *result.Commit)
	if err == nil {
		kept.Next = &next
	}
	return result, kept, err
}

// decide gives what a turn comes to. What it is to write is in the store before it returns.
func (r *Runner) decide(ctx context.Context, taken Taken, log *slog.Logger) (Result, error) {
	decided, err := readPlan(taken.Plan, taken.Event)
	if err != nil {
		return Result{}, err
	}
	if decided != nil {
		return decided.result(), nil
	}
	result, err := r.answer(ctx, taken, log)
	if err != nil || result.Commit == nil {
		return result, err
	}
	data, err := planOf(taken.Event, result).bytes()
	if err != nil {
		return Result{}, fmt.Errorf("writing the plan of event %s: %w", taken.Event.ID, err)
	}
	if err := r.config.Store.Plan(ctx, taken, data); err != nil {
		return Result{}, fmt.Errorf("%w: %w", errStore, err)
	}
	return result, nil
}

// answer runs the engine. A session that cannot be read starts over.
func (r *Runner) answer(ctx context.Context, taken Taken, log *slog.Logger) (Result, error) {
	session, err := ReadSession(taken.Session)
	if err != nil {
		log.Warn("the conversation starts over", "err", err)
		return r.config.Engine.StartOver(ctx, r.config.Bot(), session, taken.Event)
	}
	return r.config.Engine.Turn(ctx, r.config.Bot(), session, taken.Event)
}

// fail decides what a failed turn leaves: where Odoo cannot be reached the event stays; else the client hears that something went
// wrong, and the event is set aside for the owner to look at.
func (r *Runner) fail(taken Taken, err error, log *slog.Logger) (Result, Kept) {
	session, _ := ReadSession(taken.Session) // one that cannot be read starts over at the next event
	if !IsUnavailable(err) {
		log.Error("a turn failed, its event is set aside", "err", err)
		return r.config.Engine.Failed(r.config.Bot(), session, taken.Event), Kept{Dead: err.Error()}
	}
	retry := min(time.Second<<min(taken.Attempts, 6), time.Minute)
	if unavailable := (*Unavailable)(nil); errors.As(err, &unavailable) {
		retry = max(retry, unavailable.After)
	}
	log.Warn("odoo is unavailable, the event is tried again", "err", err, "after", retry)
	return r.config.Engine.Sorry(r.config.Bot(), session, taken.Event), Kept{Retry: retry}
}
