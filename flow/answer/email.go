package answer

import (
	"strings"
	"unicode"

	"github.com/krokbot/krok/flow/texts"
)

// Lengths of an address, in bytes (RFC 5321, 4.5.3.1) and of a label of a domain (RFC 1035, 2.3.4).
const (
	maxAddress = 254
	maxLocal   = 64
	maxLabel   = 63
)

// readEmail takes one bare address with a dotted domain. "mailto:", angle brackets and the full stop of a sentence around it are
// dropped. The domain may be an international one and is written small; the part before the @ keeps its letters, and must be
// ASCII, since Odoo cannot send to another.
func readEmail(text string, _ Env) (Value, *texts.Error) {
	address := bareAddress(text)
	local, domain, _ := strings.Cut(address, "@")
	domain = strings.ToLower(domain)
	address = local + "@" + domain
	if !validLocal(local) || !validDomain(domain) || len(address) > maxAddress {
		return Value{}, refuse("not_email", nil)
	}
	return Value{Odoo: address, Shown: address}, nil
}

func bareAddress(text string) string {
	text = strings.TrimRight(text, ".,;!")
	if inner, ok := strings.CutPrefix(text, "<"); ok {
		if inner, ok = strings.CutSuffix(inner, ">"); ok {
			text = strings.TrimSpace(inner)
		}
	}
	if scheme := "mailto:"; len(text) > len(scheme) && strings.EqualFold(text[:len(scheme)], scheme) {
		text = strings.TrimSpace(text[len(scheme):])
	}
	return text
}

// validLocal wants RFC 5322's dot-atom, without the signs that only mistakes and attacks have.
func validLocal(local string) bool {
	if local == "" || len(local) > maxLocal || strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return false
	}
	return strings.IndexFunc(local, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("!#$%&'*+-/=?^_`{|}~.", r))
	}) < 0
}

// validDomain wants two labels or more, of which the last is no number: an address of a host is no place for a person's mail.
func validDomain(domain string) bool {
	labels := strings.Split(domain, ".")
	for _, label := range labels {
		if !validLabel(label) {
			return false
		}
	}
	last := labels[len(labels)-1]
	return len(labels) > 1 && len(last) > 1 && strings.ContainsFunc(last, unicode.IsLetter)
}

// validLabel refuses a label with letters of more than one alphabet: "gmail.соm" with a Cyrillic о is a slip, or a trap.
func validLabel(label string) bool {
	if label == "" || len(label) > maxLabel || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
		return false
	}
	latin, other := false, false
	for _, r := range label {
		switch {
		case 'a' <= r && r <= 'z', unicode.Is(unicode.Latin, r):
			latin = true
		case unicode.IsLetter(r), unicode.IsMark(r):
			other = true
		case '0' <= r && r <= '9', r == '-':
		default:
			return false
		}
	}
	return !(latin && other)
}
