// Package records asks Odoo about the records of clients and carries out what turns write: the questions and commits of flow.
package records

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
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
		return flow.Reply{}, forFlow(err, "question")
	}
	return flow.Reply{Gone: reply.Gone, Lang: reply.Lang, Matches: reply.Matches, Values: reply.Values}, nil
}

// Values lists what a field of a contact can be, with one call.
func (r *Records) Values(ctx context.Context, question flow.ValuesQuestion) (flow.Values, error) {
	var reply struct {
		Gone   bool
		Items  [][]string
		Total  int
		Chosen []int64
	}
	err := r.procedures.Run(ctx, "values", map[string]any{
		"partner": question.Partner, "field": question.Field, "search": question.Search, "offset": question.Offset, "limit": question.Limit,
		"lang": question.Lang, "chosen": question.Chosen,
	}, &reply)
	if err != nil {
		return flow.Values{}, forFlow(err, "values")
	}
	values := flow.Values{Gone: reply.Gone, Total: reply.Total, Chosen: reply.Chosen}
	for _, item := range reply.Items {
		if len(item) != 2 {
			return flow.Values{}, fmt.Errorf("a value of %s has %d parts, not a key and a name", question.Field, len(item))
		}
		values.Items = append(values.Items, flow.Value{Key: item[0], Name: item[1]})
	}
	return values, nil
}

// Find answers with records as people read them, with one call. A field that the user may not read is empty.
func (r *Records) Find(ctx context.Context, question flow.RecordsQuestion) (flow.Records, error) {
	var reply struct {
		Gone    bool
		Total   int
		Records []struct {
			ID     int64
			Name   string
			Values []flow.RecordValue
		}
	}
	err := r.procedures.Run(ctx, "records", map[string]any{
		"levels": flow.Rows(question.Levels), "record": question.Record, "order": question.Order, "offset": question.Offset, "limit": question.Limit,
		"paths": emptyList(question.Paths), "lang": question.Lang, "tz": question.TZ, "truth": truth(),
	}, &reply)
	if err != nil {
		return flow.Records{}, forFlow(err, "records")
	}
	records := flow.Records{Gone: reply.Gone, Total: reply.Total}
	for _, one := range reply.Records {
		if len(one.Values) != len(question.Paths) {
			return flow.Records{}, fmt.Errorf("record %d came with %d values instead of %d", one.ID, len(one.Values), len(question.Paths))
		}
		records.Items = append(records.Items, flow.Record{ID: one.ID, Name: one.Name, Values: one.Values})
	}
	return records, nil
}

// tries is how often a commit is asked for in one turn. Odoo itself tries again five times when others write the same records.
const tries = 3

// Commit carries out the operations in one transaction, once: asked again with the same key Odoo gives the first result. Its errors are
// [*flow.Unavailable], also where nobody knows whether it was carried out, and [*Refused], where certainly nothing was done.
func (r *Records) Commit(ctx context.Context, commit flow.Commit) (flow.CommitResult, error) {
	operations := make([]map[string]any, len(commit.Operations))
	kinds := make([]string, len(commit.Operations))
	for i, operation := range commit.Operations {
		operations[i] = map[string]any{"kind": operation.Kind, "args": withTruth(operation)}
		kinds[i] = operation.Kind
	}
	args := map[string]any{"key": commit.Key, "operations": operations}
	var answer string
	var err error
	for range tries {
		if answer, err = r.carryOut(ctx, args); err == nil || !lost(err) {
			break
		}
	}
	if err != nil {
		return flow.CommitResult{}, forFlow(err, kinds...)
	}
	var results []map[string]any
	if err := json.Unmarshal([]byte(answer), &results); err != nil {
		return flow.CommitResult{}, fmt.Errorf("reading the result of commit %s: %w", commit.Key, err)
	}
	return flow.CommitResult{Results: results}, nil
}

// withTruth gives the arguments of an operation, and the words for a boolean where it puts values into words.
func withTruth(operation flow.Operation) map[string]any {
	if operation.Kind != flow.UpdateContact && operation.Kind != flow.SetRecord {
		return operation.Args
	}
	args := maps.Clone(operation.Args)
	args["truth"] = truth()
	return args
}

// errNoResult is of an answer that came without its result, such as None in place of one.
var errNoResult = errors.New("the answer has no result in it")

func (r *Records) carryOut(ctx context.Context, args map[string]any) (string, error) {
	var answer struct{ Result string }
	err := r.procedures.Run(ctx, "commit", args, &answer)
	if err == nil && answer.Result == "" {
		err = errNoResult
	}
	return answer.Result, err
}

// lost tells errors after which asking at once may well bring the result: others wrote the same records at that moment, or only the
// answer was lost on its way.
func lost(err error) bool {
	return errors.Is(err, errNoResult) || rpc.IsKind(err, rpc.KindConflict, rpc.KindCut, rpc.KindUnreadable)
}

// Media gives the contents of a file of a step, or of a picture of a record.
func (r *Records) Media(ctx context.Context, medium flow.Medium) ([]byte, error) {
	if medium.Record != nil {
		return r.picture(ctx, *medium.Record)
	}
	contents, found, err := catalog.File(ctx, r.procedures, medium.ID)
	if err != nil {
		return nil, forFlow(err, "media")
	}
	if !found {
		return nil, fmt.Errorf("file %d of a step is gone", medium.ID)
	}
	return contents, nil
}

func (r *Records) picture(ctx context.Context, file flow.RecordFile) ([]byte, error) {
	var answer struct {
		Found bool
		Data  string
	}
	args := map[string]any{"model": file.Model, "record": file.ID, "field": file.Field, "levels": flow.Rows([]flow.Scope{{Model: file.Model}})}
	if err := r.procedures.Run(ctx, "image", args, &answer); err != nil {
		return nil, forFlow(err, "image")
	}
	if !answer.Found {
		return nil, fmt.Errorf("the picture of record %d of %s is gone", file.ID, file.Model)
	}
	return base64.StdEncoding.DecodeString(answer.Data)
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
	switch {
	case problem.Step != 0:
		model = "x_krok_step"
	case problem.Of != "":
		model = "x_krok_" + problem.Of
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

// emptyList is a list also where there is none: a missing one would come to Odoo as False.
func emptyList[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
