package botfile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/krokbot/krok/flow/texts"
)

// Error is a mistake in a bot file: where it stands, what is wrong and how to mend it.
type Error struct {
	File         string
	Line, Column int // from 1; 0: the file as a whole
	Key          string
	Args         texts.Args
	Meant        string // the word that was probably meant; "" for none
}

// In says the error in a language, as "file:line:column: what".
func (e *Error) In(lang string) string {
	place := e.File
	if e.Line > 0 {
		place = fmt.Sprintf("%s:%d:%d", e.File, e.Line, e.Column)
	}
	said := place + ": " + texts.Get(lang, e.Key, e.Args)
	if e.Meant != "" {
		said += " " + texts.Get(lang, "botfile.did_you_mean", texts.Args{"word": e.Meant})
	}
	return said
}

func (e *Error) Error() string { return e.In(texts.Default) }

// Errors are the mistakes of one file, in the order in which they stand there.
type Errors []*Error

// In says every error in a language, one a line.
func (e Errors) In(lang string) string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.In(lang)
	}
	return strings.Join(lines, "\n")
}

func (e Errors) Error() string { return e.In(texts.Default) }

// Unwrap gives the single errors.
func (e Errors) Unwrap() []error {
	list := make([]error, len(e))
	for i, one := range e {
		list[i] = one
	}
	return list
}

// closest finds the word that was probably meant: at most a third of its letters differ. "" where none is near.
func closest(word string, known []string) string {
	best, found := len([]rune(word))/3+1, ""
	for _, candidate := range slices.Sorted(slices.Values(known)) {
		if d := distance(strings.ToLower(word), strings.ToLower(candidate)); d < best || d == best && found == "" {
			best, found = d, candidate
		}
	}
	return found
}

// distance counts the letters to add, drop, change or swap with their neighbour (Damerau and Levenshtein).
func distance(from, to string) int {
	a, b := []rune(from), []rune(to)
	if len(a) > maxWord || len(b) > maxWord {
		return maxWord
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

// maxWord is the longest word that is compared: longer ones are no slips of the pen.
const maxWord = 60
