package answer

import (
	"html"
	"strings"
	"unicode/utf8"

	"github.com/krokbot/krok/flow/texts"
)

// readChar keeps a text as it was written but for its line breaks: a Char of Odoo is shown and edited on one line.
func readChar(text string, env Env) (Value, *texts.Error) {
	return readText(strings.ReplaceAll(text, "\n", " "), env)
}

func readText(text string, env Env) (Value, *texts.Error) {
	if have := utf8.RuneCountInString(text); env.MaxLength > 0 && have > env.MaxLength {
		return Value{}, refuse("too_long", texts.Args{"n": env.MaxLength, "have": have})
	}
	return Value{Odoo: text, Shown: text}, nil
}

// readHTML makes paragraphs of what stands between empty lines, and breaks of single line ends. Nothing that the client wrote
// becomes markup.
func readHTML(text string, _ Env) (Value, *texts.Error) {
	var made strings.Builder
	var lines []string
	end := func() {
		if len(lines) > 0 {
			made.WriteString("<p>" + strings.Join(lines, "<br>") + "</p>")
		}
		lines = nil
	}
	for line := range strings.SplitSeq(text, "\n") {
		if strings.TrimSpace(line) == "" {
			end()
			continue
		}
		lines = append(lines, html.EscapeString(strings.TrimRight(line, " \t")))
	}
	end()
	return Value{Odoo: made.String(), Shown: text}, nil
}
