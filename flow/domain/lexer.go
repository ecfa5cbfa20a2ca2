package domain

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/krokbot/krok/flow/texts"
)

// maxSource is the longest domain that is read, in bytes. Odoo's editors write a few hundred.
const maxSource = 100_000

// token is a word of a domain.
type token struct {
	kind     tokenKind
	text     string // of a string: its letters
	word     string // as it is written, for errors
	position int    // character, from 1
}

type tokenKind int

const (
	tokenEnd tokenKind = iota
	tokenString
	tokenNumber
	tokenName
	tokenSign // one of ( ) [ ] , . + - = :
)

// lexer cuts a domain into tokens.
type lexer struct {
	source   string
	at       int
	position int
}

// next reads one token.
func (l *lexer) next() (token, error) {
	for l.at < len(l.source) {
		r, size := utf8.DecodeRuneInString(l.source[l.at:])
		if !unicode.IsSpace(r) && r != '\u200b' && r != '\ufeff' {
			break
		}
		l.skip(size)
	}
	rest := l.source[l.at:]
	t := token{position: l.position + 1}
	if rest == "" {
		return t, nil
	}
	switch c := rest[0]; {
	case c == '\'' || c == '"':
		return l.text(t, rest, 0)
	case strings.ContainsRune("uUrR", rune(c)) && len(rest) > 1 && (rest[1] == '\'' || rest[1] == '"'):
		return l.text(t, rest, 1)
	case c >= '0' && c <= '9', c == '.' && len(rest) > 1 && rest[1] >= '0' && rest[1] <= '9':
		return l.word(t, tokenNumber, numberLength(rest)), nil
	case strings.ContainsRune("()[],.+-=", rune(c)):
		return l.word(t, tokenSign, 1), nil
	}
	if length := nameLength(rest); length > 0 {
		return l.word(t, tokenName, length), nil
	}
	_, size := utf8.DecodeRuneInString(rest)
	return t, l.wrong("unexpected", t.position, rest[:size])
}

func (l *lexer) skip(bytes int) {
	l.position += utf8.RuneCountInString(l.source[l.at : l.at+bytes])
	l.at += bytes
}

func (l *lexer) word(t token, kind tokenKind, length int) token {
	t.kind, t.word = kind, l.source[l.at:l.at+length]
	t.text = t.word
	l.skip(length)
	return t
}

func (l *lexer) wrong(key string, position int, word string) error {
	return texts.NewError("domain."+key, texts.Args{"position": position, "word": short(word)}, nil)
}

func numberLength(text string) int {
	i := 0
	for i < len(text) {
		c := text[i]
		afterE := i > 0 && (text[i-1] == 'e' || text[i-1] == 'E')
		if c >= '0' && c <= '9' || c == '.' || c == '_' || c == 'e' || c == 'E' || afterE && (c == '+' || c == '-') {
			i++
			continue
		}
		break
	}
	return i
}

func nameLength(text string) int {
	for i, r := range text {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return i
		}
	}
	return len(text)
}

// text reads a string after its prefix (r or u).
func (l *lexer) text(t token, rest string, prefix int) (token, error) {
	raw := prefix > 0 && (rest[0] == 'r' || rest[0] == 'R')
	quote := rest[prefix]
	var b strings.Builder
	for i := prefix + 1; i < len(rest); {
		switch c := rest[i]; {
		case c == quote:
			t = l.word(t, tokenString, i+1)
			t.text = b.String()
			return t, nil
		case c == '\n':
			return t, l.wrong("unclosed_text", t.position, rest[:i])
		case c == '\\' && i+1 < len(rest):
			length, letters := unescape(rest[i:])
			if raw {
				length, letters = 2, rest[i:i+2]
			}
			b.WriteString(letters)
			i += length
		default:
			b.WriteByte(c)
			i++
		}
	}
	return t, l.wrong("unclosed_text", t.position, rest)
}

var escapes = map[byte]string{
	'\\': "\\", '\'': "'", '"': `"`, 'n': "\n", 't': "\t", 'r': "\r", 'a': "\a", 'b': "\b", 'f': "\f", 'v': "\v", '/': "/", '\n': "",
}

// unescape reads an escape sequence. As in Python one that is none stays as it is.
func unescape(text string) (length int, letters string) {
	if letters, ok := escapes[text[1]]; ok {
		return 2, letters
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[text[1]]
	if digits == 0 || len(text) < 2+digits {
		return 2, text[:2]
	}
	code, err := strconv.ParseUint(text[2:2+digits], 16, 32)
	if err != nil || code > unicode.MaxRune {
		return 2, text[:2]
	}
	if length, letter, ok := surrogates(text, code); ok { // JSON writes an emoji as two
		return length, letter
	}
	return 2 + digits, string(rune(code)) // a lone half becomes U+FFFD
}

func surrogates(text string, high uint64) (length int, letter string, ok bool) {
	if high < 0xD800 || high > 0xDBFF || text[1] != 'u' || len(text) < 12 || text[6:8] != `\u` {
		return 0, "", false
	}
	low, err := strconv.ParseUint(text[8:12], 16, 32)
	if err != nil || low < 0xDC00 || low > 0xDFFF {
		return 0, "", false
	}
	return 12, string(rune((high-0xD800)<<10 + (low - 0xDC00) + 0x10000)), true
}

// short is the beginning of a word, as much as a message can quote.
func short(word string) string {
	letters := []rune(strings.ToValidUTF8(word, "\ufffd"))
	if len(letters) <= 40 {
		return string(letters)
	}
	return string(letters[:40]) + "…"
}
