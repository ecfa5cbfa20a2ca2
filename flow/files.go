package flow

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
)

// Files fetches the contents of files that clients sent. Its error may be a [*FileError]; any other may pass.
type Files interface {
	File(ctx context.Context, bot string, file File) ([]byte, error)
}

// FileError is a file that will never be had: too big, or gone.
type FileError struct {
	Key string // of the words for the client, in the catalogue: "client.file_too_big", "client.file_gone"
	Err error
}

func (e *FileError) Error() string { return "a file cannot be had: " + e.Err.Error() }

// Unwrap gives what was met.
func (e *FileError) Unwrap() error { return e.Err }

// Lent is what the operations of a turn may need beside their arguments.
type Lent struct {
	Files Files // fetches what clients sent; nil: there is nothing to fetch from
	// Lines gives the chat's lines that may not be in Odoo yet, the oldest first, those of this turn at the end; nil: there are none.
	Lines func(ctx context.Context) ([]Line, error)
}

// CarryOut has Odoo carry out the commit of an event's turn, its files fetched first, and makes the event that brings the result back.
// The error is that of an Odoo, a messenger or a store that cannot be reached, or of a refusal that the commit does not bear.
func CarryOut(ctx context.Context, odoo Odoo, lent Lent, event Event, commit Commit) (Event, error) {
	result, err := carryOut(ctx, odoo, lent, event.Bot, commit)
	var refusal Refusal
	switch {
	case err == nil:
	case commit.Optional && IsUnavailable(err):
		result = CommitResult{Failed: true}
	case commit.Refusable && errors.As(err, &refusal):
		words, ok := refusal.Refusal()
		if !ok {
			return Event{}, err
		}
		result = CommitResult{Failed: true, Refusal: words}
	default:
		return Event{}, err
	}
	return ResultOf(event, commit, result), nil
}

func carryOut(ctx context.Context, odoo Odoo, lent Lent, bot string, commit Commit) (CommitResult, error) {
	operations := make([]Operation, len(commit.Operations))
	for i, operation := range commit.Operations {
		filled, err := fill(ctx, lent, bot, operation)
		if gone := (*FileError)(nil); commit.Refusable && errors.As(err, &gone) {
			return CommitResult{Failed: true, Refusal: gone.Key}, nil
		}
		if err != nil {
			return CommitResult{}, err
		}
		operations[i] = filled
	}
	commit.Operations = operations
	return odoo.Commit(ctx, commit)
}

// fill puts the contents of an operation's files, and the conversation, into its arguments.
func fill(ctx context.Context, lent Lent, bot string, operation Operation) (Operation, error) {
	if len(operation.Files) == 0 && !operation.Journal {
		return operation, nil
	}
	args := make(map[string]any, len(operation.Args)+len(operation.Files)+1)
	for name, value := range operation.Args {
		args[name] = value
	}
	for name, file := range operation.Files {
		contents, err := contents(ctx, lent.Files, bot, file)
		if err != nil {
			return operation, err
		}
		args[name] = base64.StdEncoding.EncodeToString(contents)
	}
	if operation.Journal {
		rows, err := lent.rows(ctx)
		if err != nil {
			return operation, err
		}
		args["lines"] = rows
	}
	return Operation{Kind: operation.Kind, Args: args}, nil
}

func contents(ctx context.Context, files Files, bot string, file File) ([]byte, error) {
	if files == nil {
		return nil, errors.New("nobody is there to fetch a client's file")
	}
	contents, err := files.File(ctx, bot, file)
	if gone := (*FileError)(nil); err != nil && !errors.As(err, &gone) && !IsUnavailable(err) {
		return nil, &Unavailable{Err: fmt.Errorf("fetching a client's file: %w", err)}
	}
	return contents, err
}

// rows are the chat's lines that may not be in Odoo yet, those of this turn at the end.
func (l Lent) rows(ctx context.Context) ([]any, error) {
	if l.Lines == nil {
		return []any{}, nil
	}
	lines, err := l.Lines(ctx)
	if err != nil {
		return nil, err
	}
	rows := make([]any, len(lines))
	for i, line := range lines {
		rows[i] = line.Row()
	}
	return rows, nil
}
