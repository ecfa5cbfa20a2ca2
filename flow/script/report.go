package script

import (
	"fmt"
	"strings"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
)

// Report is what became of a transcript that was played.
type Report struct {
	Name  string
	Lines []ReportLine // as they stand in the transcript, with what was said otherwise between them
	// Failures are what made the bot say that something went wrong, by the lines at which it did.
	Failures []*Error
	// Problems are what the conversation showed of the bot.
	Problems []flow.Problem

	stopped bool
}

// ReportLine is a message or another line. Its text may have several lines.
type ReportLine struct {
	Sign   rune // ' ': as expected; '-': expected, but not said; '+': said, but not expected; '!': could not be done
	Number int  // of the line in the transcript; of '+' the one before it
	Text   string
	Err    error // of '!'
}

func (r *Report) add(sign rune, number int, text string) {
	r.Lines = append(r.Lines, ReportLine{Sign: sign, Number: number, Text: text})
}

// stop ends the report with something that the client could not do.
func (r *Report) stop(number int, err error) {
	r.Lines = append(r.Lines, ReportLine{Sign: '!', Number: number, Err: err})
	r.stopped = true
}

// OK tells that the bot said what was expected.
func (r *Report) OK() bool { return r.First() == 0 }

// First is the number of the line at which the first difference is; 0: there is none.
func (r *Report) First() int {
	for _, line := range r.Lines {
		if line.Sign != ' ' {
			return line.Number
		}
	}
	return 0
}

// around is how many lines are shown around a difference.
const around = 3

// Diff shows the differences as a unified diff: lines that begin with "-" were expected, those with "+" were said and can be taken
// into the transcript as they are. It is empty where there is no difference.
func (r *Report) Diff(lang string) string {
	if r.OK() {
		return ""
	}
	var out strings.Builder
	fmt.Fprintf(&out, "--- %s\n+++ %s\n", texts.Get(lang, "script.diff_expected", texts.Args{"file": r.Name}), texts.Get(lang, "script.diff_said", nil))
	last := -1
	for i, line := range r.Lines {
		if !r.near(i) {
			continue
		}
		if i != last+1 || last < 0 {
			fmt.Fprintf(&out, "@@ %s @@\n", texts.Get(lang, "script.diff_line", texts.Args{"line": line.Number}))
		}
		last = i
		out.WriteString(line.show(lang))
	}
	for _, failure := range r.Failures {
		fmt.Fprintf(&out, "! %s\n", failure.In(lang))
	}
	for _, problem := range r.Problems {
		fmt.Fprintf(&out, "! %s %s\n", problem.What(lang), problem.Remedy(lang))
	}
	return out.String()
}

// near tells whether a line is a difference or stands beside one.
func (r *Report) near(i int) bool {
	for _, line := range r.Lines[max(0, i-around):min(len(r.Lines), i+around+1)] {
		if line.Sign != ' ' {
			return true
		}
	}
	return false
}

func (l ReportLine) show(lang string) string {
	if l.Sign == '!' {
		return "! " + texts.Explain(lang, l.Err) + "\n! " + texts.Get(lang, "script.diff_stopped", nil) + "\n"
	}
	var out strings.Builder
	for _, line := range strings.Split(l.Text, "\n") {
		out.WriteString(strings.TrimRight(string(l.Sign)+line, " ") + "\n")
	}
	return out.String()
}
