package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/odoo/records"
	"github.com/krokbot/krok/odoo/watch"
)

// countedSource is the source of the definitions, with every call counted under the procedure that it runs in Odoo.
type countedSource struct {
	Source
	metrics *Metrics // nil: nothing is counted
}

// Look asks what has changed and what has happened.
func (o *countedSource) Look(ctx context.Context, done []int64) (watch.Seen, error) {
	begun := time.Now()
	seen, err := o.Source.Look(ctx, done)
	o.metrics.odoo("watch", odooResult(err), time.Since(begun))
	return seen, err
}

// Read gives all active bots.
func (o *countedSource) Read(ctx context.Context) (Snapshot, error) {
	begun := time.Now()
	snapshot, err := o.Source.Read(ctx)
	o.metrics.odoo("catalog", odooResult(err), time.Since(begun))
	return snapshot, err
}

// Report shows a status in a bot's form.
func (o *countedSource) Report(ctx context.Context, status records.Status) error {
	begun := time.Now()
	err := o.Source.Report(ctx, status)
	o.metrics.odoo("status", odooResult(err), time.Since(begun))
	return err
}

func odooResult(err error) string {
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, context.Canceled):
		return "cancelled"
	case flow.IsUnavailable(err), errors.Is(err, context.DeadlineExceeded):
		return "unavailable"
	}
	return "refused"
}

// countedOdoo is the Odoo that the turns and messages of one bot talk to. Its calls end when the process has no more time to stop.
type countedOdoo struct {
	source   Source
	recorder Recorder
	bot      string
	metrics  *Metrics
	hard     context.Context //nolint:containedctx // its end cuts off what is under way, see Service.Stop
}

// UID is the user that turns act as.
func (o *countedOdoo) UID() int64 {
	if user, ok := o.source.(flow.User); ok {
		return user.UID()
	}
	return 0
}

// Ask answers a turn's question.
func (o *countedOdoo) Ask(ctx context.Context, question flow.Question) (reply flow.Reply, err error) {
	err = o.call(ctx, "partner", func(ctx context.Context) error {
		reply, err = o.source.Ask(ctx, question)
		return err
	})
	return reply, err
}

// Values lists what a field of a contact can be.
func (o *countedOdoo) Values(ctx context.Context, question flow.ValuesQuestion) (values flow.Values, err error) {
	err = o.call(ctx, "values", func(ctx context.Context) error {
		values, err = o.source.Values(ctx, question)
		return err
	})
	return values, err
}

// Find answers with records as people read them.
func (o *countedOdoo) Find(ctx context.Context, question flow.RecordsQuestion) (records flow.Records, err error) {
	err = o.call(ctx, "records", func(ctx context.Context) error {
		records, err = o.source.Find(ctx, question)
		return err
	})
	return records, err
}

// Commit carries out a turn's commit.
func (o *countedOdoo) Commit(ctx context.Context, commit flow.Commit) (result flow.CommitResult, err error) {
	err = o.call(ctx, "commit", func(ctx context.Context) error {
		result, err = o.source.Commit(ctx, commit)
		return err
	})
	return result, err
}

// Media gives the contents of a file.
func (o *countedOdoo) Media(ctx context.Context, medium flow.Medium) (contents []byte, err error) {
	err = o.call(ctx, "media", func(ctx context.Context) error {
		contents, err = o.source.Media(ctx, medium)
		return err
	})
	return contents, err
}

// Record writes lines of the record.
func (o *countedOdoo) Record(ctx context.Context, bot int64, lines []flow.Line, files map[string][]byte) error {
	return o.call(ctx, "journal", func(ctx context.Context) error { return o.recorder.Record(ctx, bot, lines, files) })
}

// call makes one call. One that is cut off is like one to an Odoo that cannot be reached: it may have been carried out, and is made
// again.
func (o *countedOdoo) call(ctx context.Context, procedure string, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(o.hard, cancel)()
	begun := time.Now()
	err := do(ctx)
	took := time.Since(begun)
	o.metrics.odoo(procedure, odooResult(err), took)
	if procedure != "media" && procedure != "journal" { // these are not on a turn's path
		o.metrics.stage(o.bot, stageOdoo, took)
	}
	if err != nil && o.hard.Err() != nil && !flow.IsUnavailable(err) {
		return &flow.Unavailable{Err: fmt.Errorf("krok stops: %w", err)}
	}
	return err
}
