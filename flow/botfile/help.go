package botfile

import (
	"strings"

	"github.com/krokbot/krok/flow/texts"
)

// Help explains the format to people, with an example that can be copied.
func Help(lang string) string { return texts.Get(lang, "botfile.help", nil) }

// Example is the bot file in the help: its indented lines.
func Example(lang string) string {
	var lines []string
	for _, line := range strings.Split(Help(lang), "\n") {
		if inside, ok := strings.CutPrefix(line, "    "); ok {
			lines = append(lines, inside)
		} else if line == "" && len(lines) > 0 {
			lines = append(lines, "")
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n")) + "\n"
}
