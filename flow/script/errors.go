package script

import (
	"fmt"
	"strings"

	"github.com/krokbot/krok/flow/texts"
)

// Error is a mistake in a transcript: where it stands, what is wrong and how to mend it.
type Error struct {
	File         string
	Line, Column int // from 1
	Key          string
	Args         texts.Args
	Cause        error // filled in as {cause}
}

func (e *Error) Error() string { return e.In(texts.Default) }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// In says the error in a language, as "file:line:column: what".
func (e *Error) In(lang string) string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.what(lang))
}

func (e *Error) what(lang string) string {
	args := texts.Args{}
	for name, value := range e.Args {
		args[name] = value
	}
	if e.Cause != nil {
		args["cause"] = texts.Explain(lang, e.Cause)
	}
	return texts.Get(lang, e.Key, args)
}

// Errors are the mistakes of one transcript, in the order in which they stand there.
type Errors []*Error

func (e Errors) Error() string { return e.In(texts.Default) }

// In says every error in a language, one a line.
func (e Errors) In(lang string) string {
	said := make([]string, len(e))
	for i, one := range e {
		said[i] = one.In(lang)
	}
	return strings.Join(said, "\n")
}

// Unwrap gives the single errors.
func (e Errors) Unwrap() []error {
	all := make([]error, len(e))
	for i, one := range e {
		all[i] = one
	}
	return all
}
