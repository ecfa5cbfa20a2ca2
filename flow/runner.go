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
	now := begin(r.config.Bot(), taken)
	result, kept, err := r.carryOut(ctx, now, log)
	switch {
	case errors.Is(err, ErrLost):
		return lostIsNoFault(err, log)
	case errors.Is(err, errStore): // given back, or the chat would stand still for as long as a turn may last
		return errors.Join(err, r.config.Store.Keep(ctx, taken, Kept{Session: taken.Session, Retry: time.Second}))
	case err != nil:
		result, kept = r.fail(now, err, log)
	}
	if r.config.OnProblems != nil && len(result.Problems) > 0 {
		r.config.OnProblems(result.Problems)
	}
	kept.Session, kept.Messages = result.Session.Bytes(), result.Messages
	kept.Journal = now.lines(result.Messages, kept.Dead != "")
	return lostIsNoFault(r.config.Store.Keep(ctx, taken, kept), log)
}

// attempt is one attempt at a turn.
type attempt struct {
	Taken

	bot     *Bot
	session Session // as it was kept; where that cannot be read a new one, which starts over
	broken  error   // why it cannot be read
}

func begin(bot *Bot, taken Taken) attempt {
	session, err := ReadSession(taken.Session)
	taken.Event.Last = taken.Last
	return attempt{Taken: taken, bot: bot, session: session, broken: err}
}

// lines are the record of the turn. What a failed turn says is told from what its event's turn says when it is tried again.
func (a attempt) lines(messages []Outgoing, failed bool) []Line {
	lines := Lines(a.bot, a.session, a.Event, messages)
	for i := range lines {
		if failed && !lines[i].In {
			lines[i].Key += fmt.Sprintf("@%d", a.Fence)
		}
	}
	return lines
}

func lostIsNoFault(err error, log *slog.Logger) error {
	if errors.Is(err, ErrLost) {
		log.Warn("the turn took longer than its lease and was given to another worker")
		return nil
	}
	return err
}

// errStore marks an error of the store: nothing is decided about the event, which will be taken again.
var errStore = errors.New("the store did not answer in the middle of a turn")

// maxLost is how often an event may take its process down, or outlive its lease, before it is set aside.
const maxLost = 10

// carryOut decides a turn, or finds what was decided, and has Odoo write it. A panic is a fault of krok: the event is set aside.
func (r *Runner) carryOut(ctx context.Context, now attempt, log *slog.Logger) (result Result, kept Kept, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("krok panicked: %v", fault)
			log.Error("krok panicked", "fault", fault, "stack", string(debug.Stack()))
		}
	}()
	if now.Lost >= maxLost {
		return result, kept, fmt.Errorf("it was begun %d times and its end was never heard of", now.Lost)
	}
	result, err = r.decide(ctx, now, log)
	if err != nil || result.Commit == nil {
		return result, kept, err
	}
	next, err := CarryOut(ctx, r.config.Engine.Odoo, r.lend(now, result), now.Event, *result.Commit)
	if err == nil {
		kept.Next = &next
	}
	return result, kept, err
}

// lend gives a commit what its operations may need.
func (r *Runner) lend(now attempt, result Result) Lent {
	lines := func(ctx context.Context) ([]Line, error) {
		waiting, err := r.config.Store.Waiting(ctx, r.config.Code, now.Event.Chat)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errStore, err)
		}
		return append(waiting, now.lines(result.Messages, false)...), nil
	}
	return Lent{Files: r.config.Files, Lines: lines}
}

// decide gives what a turn comes to. What it is to write is in the store before it returns.
func (r *Runner) decide(ctx context.Context, now attempt, log *slog.Logger) (Result, error) {
	decided, err := readPlan(now.Plan, now.Event)
	if err != nil {
		return Result{}, err
	}
	if decided != nil {
		return decided.result(), nil
	}
	result, err := r.answer(ctx, now, log)
	if err != nil || result.Commit == nil {
		return result, err
	}
	data, err := planOf(now.Event, result).bytes()
	if err != nil {
		return Result{}, fmt.Errorf("writing the plan of event %s: %w", now.Event.ID, err)
	}
	if err := r.config.Store.Plan(ctx, now.Taken, data); err != nil {
		return Result{}, fmt.Errorf("%w: %w", errStore, err)
	}
	return result, nil
}

// answer runs the engine. A session that cannot be read starts over.
func (r *Runner) answer(ctx context.Context, now attempt, log *slog.Logger) (Result, error) {
	if now.broken != nil {
		log.Warn("the conversation starts over", "err", now.broken)
		return r.config.Engine.StartOver(ctx, now.bot, now.session, now.Event)
	}
	return r.config.Engine.Turn(ctx, now.bot, now.session, now.Event)
}

// fail decides what a failed turn leaves: where Odoo cannot be reached the event stays; else the client hears that something went
// wrong, and the event is set aside for the owner to look at.
func (r *Runner) fail(now attempt, err error, log *slog.Logger) (Result, Kept) {
	if !IsUnavailable(err) {
		log.Error("a turn failed, its event is set aside", "err", err)
		return r.config.Engine.Failed(now.bot, now.session, now.Event), Kept{Dead: err.Error()}
	}
	retry := min(time.Second<<min(now.Attempts, 6), time.Minute)
	if unavailable := (*Unavailable)(nil); errors.As(err, &unavailable) {
		retry = max(retry, unavailable.After)
	}
	log.Warn("odoo is unavailable, the event is tried again", "err", err, "after", retry)
	return r.config.Engine.Sorry(now.bot, now.session, now.Event), Kept{Retry: retry}
}
