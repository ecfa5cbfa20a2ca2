package flow

import (
	"regexp"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Normalise makes what people type comparable: without the case of letters, without invisible marks, with one kind of space,
// and with one way to write each letter (Unicode NFKC).
func Normalise(text string) string {
	text = norm.NFKC.String(text)
	text = strings.Map(func(r rune) rune {
		switch r {
		case '\u200b', '\u200c', '\u200d', '\u200e', '\u200f', '\u2060', '\ufeff', '\u00ad', '\ufe0e', '\ufe0f':
			return -1
		}
		if r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return -1 // marks of writing direction
		}
		return r
	}, text)
	return cases.Fold().String(strings.Join(strings.Fields(text), " "))
}

// command is what Telegram lets people tap: "/word", with what follows it. In groups the bot's name may stand behind the word.
var command = regexp.MustCompile(`^/([^\s@/]+)(?:@\w+)?(?:\s+(.*))?$`)

// splitCommand takes "/start abc" apart into "/start" and "abc". ok is false for what is no command.
func splitCommand(text string) (name, payload string, ok bool) {
	parts := command.FindStringSubmatch(strings.TrimSpace(text))
	if parts == nil {
		return "", "", false
	}
	return "/" + parts[1], strings.TrimSpace(parts[2]), true
}

var (
	// menuCommand is what Telegram takes into a command menu.
	menuCommand = regexp.MustCompile(`^/[a-z0-9_]{1,32}$`)
	// deepLink is what Telegram carries behind "?start=".
	deepLink = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
)
