package flow

import (
	"fmt"

	"github.com/krokbot/krok/flow/texts"
)

// Level says how bad a problem is.
type Level string

// An error freezes the step it stands in: the step's last good form keeps serving. A warning freezes nothing.
const (
	LevelError   Level = "error"
	LevelWarning Level = "warning"
)

// Problem is something in a definition that makes no sense, or will not do what the admin expects. Its key has two texts in the
// catalogue: "<key>", what is wrong, and "<key>_remedy", how to mend it.
type Problem struct {
	Level Level
	Step  int64  // 0: the bot itself
	Of    string // the table of a part of the bot that belongs to no step: "notification", "watch"; "" for steps and the bot
	About string // the name of that part
	Field string // as in MODEL without "x_"; "" where no single field is at fault
	Key   string
	Args  texts.Args
	Cause error // an error with words of its own, filled in as {cause}
}

// What says what is wrong, in a language.
func (p Problem) What(lang string) string {
	what := texts.Get(lang, p.Key, p.args(lang))
	if p.About == "" {
		return what
	}
	return texts.Get(lang, "notification.of_"+p.Of, texts.Args{"name": p.About, "what": what})
}

// Remedy says how to mend it, in a language.
func (p Problem) Remedy(lang string) string { return texts.Get(lang, p.Key+"_remedy", p.args(lang)) }

func (p Problem) String() string {
	return fmt.Sprintf("%s: step %d, %s: %s", p.Level, p.Step, p.Field, p.What(texts.Default))
}

func (p Problem) args(lang string) texts.Args {
	if p.Cause == nil {
		return p.Args
	}
	args := texts.Args{"cause": texts.Explain(lang, p.Cause)}
	for name, value := range p.Args {
		args[name] = value
	}
	return args
}

// problems collects what is found about one step or the bot.
type problems struct {
	step      int64
	of, about string // see Problem
	list      []Problem
}

func (p *problems) fail(field, key string, args texts.Args, cause error) {
	p.list = append(p.list, Problem{Level: LevelError, Step: p.step, Of: p.of, About: p.about, Field: field, Key: "problem." + key, Args: args, Cause: cause})
}

func (p *problems) warn(field, key string, args texts.Args) {
	p.list = append(p.list, Problem{Level: LevelWarning, Step: p.step, Of: p.of, About: p.about, Field: field, Key: "problem." + key, Args: args})
}

// failed tells whether there is an error among the problems.
func failed(list []Problem) bool {
	for _, problem := range list {
		if problem.Level == LevelError {
			return true
		}
	}
	return false
}
