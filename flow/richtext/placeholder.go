package richtext

import (
	"regexp"
	"slices"
	"strings"

	"github.com/krokbot/krok/flow/texts"
)

// Roots are the first names that a placeholder's path may have.
func Roots() []string { return []string{"answer", "bot", "chat", "partner", "record"} }

// Problem is a placeholder, or something else in a text, that will not do what the admin expects. Its key has two texts in the
// catalogue: "<key>", what is wrong, and "<key>_remedy", how to mend it. It is an error too, so that it can be wrapped in one.
type Problem struct {
	Key  string
	Args texts.Args
}

// In says what is wrong and how to mend it, in a language.
func (p Problem) In(lang string) string {
	return texts.Get(lang, p.Key, p.Args) + " " + texts.Get(lang, p.Key+"_remedy", p.Args)
}

func (p Problem) Error() string  { return p.In(texts.Default) }
func (p Problem) String() string { return p.In(texts.Default) }

// Problems lists what is wrong with a template. Further roots are those that stand for something only where the text is used.
func (t Template) Problems(furtherRoots ...string) []Problem {
	problems := slices.Clone(t.problems)
	roots := append(Roots(), furtherRoots...)
	for _, placeholder := range t.Placeholders() {
		root, rest, _ := strings.Cut(placeholder.Path, ".")
		switch {
		case !slices.Contains(roots, root):
			problems = append(problems, Problem{Key: "richtext.unknown_root", Args: texts.Args{
				"path": placeholder.Path, "root": root, "roots": strings.Join(roots, ", ")}})
		case rest == "":
			problems = append(problems, Problem{Key: "richtext.no_field", Args: texts.Args{"root": root}})
		}
	}
	return problems
}

// path is what a placeholder may say; spaces around the dots are forgiven.
var path = regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_-]*(\s*\.\s*[\p{L}\p{N}_-]+)*$`)

// maxProblems is how many mistakes of one text are worth telling.
const maxProblems = 20

// findFields finds the placeholders of a text, and those that are none. A placeholder stands on one line.
func findFields(text string) ([]field, []Problem) {
	var fields []field
	var problems []Problem
	report := func(key, at string) {
		if len(problems) < maxProblems {
			problems = append(problems, Problem{Key: key, Args: texts.Args{"text": excerpt(at)}})
		}
	}
	for at := 0; ; {
		open := strings.Index(text[at:], "{{")
		if open < 0 {
			return fields, problems
		}
		open += at
		for strings.HasPrefix(text[open+1:], "{{") { // of {{{ the last two
			open++
		}
		inside, _, _ := strings.Cut(text[open+2:], "{{") // none stands in another
		closing := strings.Index(inside, "}}")
		if closing < 0 || strings.Contains(inside[:closing], "\n") {
			report("richtext.unclosed", text[open:])
			at = open + 2
			continue
		}
		at = open + 2 + closing + 2
		placeholder, wrong := readPlaceholder(inside[:closing])
		if wrong != "" {
			report(wrong, text[open:at])
			continue
		}
		fields = append(fields, field{Placeholder: placeholder, start: open, end: at})
	}
}

// readPlaceholder reads what stands between the braces.
func readPlaceholder(inside string) (placeholder Placeholder, wrong string) {
	name, fallback, _ := strings.Cut(inside, "|")
	name = strings.TrimFunc(name, blank)
	if name == "" {
		return Placeholder{}, "richtext.empty_path"
	}
	if !path.MatchString(name) {
		return Placeholder{}, "richtext.bad_path"
	}
	return Placeholder{Path: strings.Join(strings.Fields(name), ""), Default: strings.TrimFunc(fallback, blank)}, ""
}

// quoted is how many letters of a text a problem quotes.
const quoted = 40

// excerpt is the beginning of a text, as much as a problem can quote: one line, a few letters.
func excerpt(text string) string {
	text, _, _ = strings.Cut(text[:min(len(text), 4*quoted+4)], "\n")
	text = strings.ToValidUTF8(text, "") // the last letter may be cut
	letters := []rune(text)
	if len(letters) <= quoted {
		return text
	}
	return string(letters[:quoted]) + "…"
}
