// Package records asks Odoo about the records of clients and carries out what turns write: the questions and commits of flow.
package records

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
	"github.com/krokbot/krok/odoo"
	"github.com/krokbot/krok/odoo/catalog"
	"github.com/krokbot/krok/odoo/module"
	"github.com/krokbot/krok/odoo/rpc"
)

// Records is the Odoo that turns talk to. It works with the rights of the user that the procedures are run as.
type Records struct {
	procedures *odoo.Procedures
}

var _ flow.Odoo = (*Records)(nil)

// New makes Records over the procedures of the module.
func New(procedures *odoo.Procedures) *Records { return &Records{procedures: procedures} }

// Ask answers a question with one call. A field that the user may not read is empty.
func (r *Records) Ask(ctx context.Context, question flow.Question) (flow.Reply, error) {
	var reply struct {
		Gone    bool
		Lang    string
		Matches []bool
		Values  map[string]string
	}
	err := r.procedures.Run(ctx, "partner", map[string]any{
		"partner": question.Partner, "domains": emptyList(question.Domains), "values": emptyList(question.Values), "lang": question.Lang,
		"tz": question.TZ, "truth": truth(),
	}, &reply)
	if err != nil {
		return flow.Reply{}, forFlow(err)
	}
	return flow.Reply{Gone: reply.Gone, Lang: reply.Lang, Matches: reply.Matches, Values: reply.Values}, nil
}

// tries is how often a commit is asked for again when somebody else was writing the same records at that moment. What they wrote is
// found then, and so is a commit that was carried out although it answered with a fault.
const tries = 3

// Commit carries out the operations in one transaction, once: asked again with the same key Odoo gives the first result.
func (r *Records) Commit(ctx context.Context, commit flow.Commit) (flow.CommitResult, error) {
	operations := make([]map[string]any, len(commit.Operations))
	for i, operation := range commit.Operations {
		operations[i] = map[string]any{"kind": operation.Kind, "args": operation.Args}
	}
	var answer struct{ Result string }
	var err error
	for range tries {
		err = r.procedures.Run(ctx, "commit", map[string]any{"key": commit.Key, "operations": operations}, &answer)
		if err == nil || !rpc.IsKind(err, rpc.KindUser, rpc.KindConflict, rpc.KindPython) {
			break
		}
	}
	if err != nil {
		return flow.CommitResult{}, forFlow(err)
	}
	var results []map[string]any
	if err := json.Unmarshal([]byte(answer.Result), &results); err != nil {
		return flow.CommitResult{}, fmt.Errorf("reading the result of commit %s: %w", commit.Key, err)
	}
	return flow.CommitResult{Results: results}, nil
}

// Media gives the contents of a file of a step.
func (r *Records) Media(ctx context.Context, medium flow.Medium) ([]byte, error) {
	contents, found, err := catalog.File(ctx, r.procedures, medium.ID)
	if err != nil {
		return nil, forFlow(err)
	}
	if !found {
		return nil, fmt.Errorf("file %d of a step is gone", medium.ID)
	}
	return contents, nil
}

// Database is the uuid of the database: it stays when the database is renamed, and a copy has another.
func (r *Records) Database(ctx context.Context) (string, error) {
	var answer struct {
		UUID string `json:"uuid"`
	}
	if err := r.procedures.Run(ctx, "database", nil, &answer); err != nil {
		return "", err
	}
	if answer.UUID == "" {
		return "", errors.New("the database has no uuid")
	}
	return answer.UUID, nil
}

// Status is what an admin reads in a bot's form.
type Status struct {
	Bot          int64
	Username     string
	RunningSince time.Time
	LastError    string
	Problems     []flow.Problem
	Lang         string // of the problems' words
}

// Report shows a status in the bot's form. What is shown already is not written again.
func (r *Records) Report(ctx context.Context, status Status) error {
	problems := make([]map[string]any, len(status.Problems))
	for i, problem := range status.Problems {
		problems[i] = map[string]any{"level": string(problem.Level), "step": problem.Step, "field": fieldLabel(problem, status.Lang),
			"name": problem.What(status.Lang), "remedy": problem.Remedy(status.Lang)}
	}
	return r.procedures.Run(ctx, "status", map[string]any{
		"bot": status.Bot, "username": status.Username, "last_error": status.LastError, "problems": problems,
		"running_since": status.RunningSince.UTC().Format(time.DateTime),
	}, nil)
}

// fieldLabel is what the form calls the field that a problem stands in.
func fieldLabel(problem flow.Problem, lang string) string {
	model := "x_krok_bot"
	if problem.Step != 0 {
		model = "x_krok_step"
	}
	if label := module.FieldLabel(model, "x_"+problem.Field, texts.Pick(lang)); label != "" {
		return label
	}
	return problem.Field
}

// truth gives the words for a boolean in every language of krok: no and yes.
func truth() map[string]any {
	words := map[string]any{}
	for _, lang := range texts.Languages() {
		words[lang] = []string{texts.Get(lang, "common.no", nil), texts.Get(lang, "common.yes", nil)}
	}
	return words
}

// forFlow tells apart errors that asking again later may mend.
func forFlow(err error) error {
	var call *rpc.Error
	if errors.As(err, &call) && (call.Retry || call.Kind == rpc.KindLogin) {
		return &flow.Unavailable{Err: err, After: call.RetryAfter}
	}
	return err
}

// emptyList is a list also where there is none: a missing one would come to Odoo as False.
func emptyList[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
