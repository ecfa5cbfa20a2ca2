package telegramtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"
)

var errNotJSON = errors.New("not a JSON object")

// scanObject puts the members of a JSON object into out: strings unquoted, null left out, anything else as the JSON it is. It is
// what the hot path does instead of encoding/json, at a third of the time.
func scanObject(text []byte, out map[string]string) error {
	s := scanner{text: text}
	if string(bytes.TrimSpace(text)) == "null" {
		return nil // what telego sends where there are no parameters
	}
	if !s.take('{') {
		return errNotJSON
	}
	if s.take('}') {
		return s.end()
	}
	for {
		s.space()
		name, ok := s.stringValue()
		if !ok || !s.take(':') {
			return errNotJSON
		}
		s.space()
		start := s.at
		value, isString := s.stringValue()
		if !isString {
			if !s.skip() {
				return errNotJSON
			}
			value = string(text[start:s.at])
		}
		if isString || value != "null" {
			out[name] = value
		}
		if s.take('}') {
			return s.end()
		}
		if !s.take(',') {
			return errNotJSON
		}
	}
}

// scanner walks over JSON text.
type scanner struct {
	text []byte
	at   int
}

func (s *scanner) space() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

// take steps over c, and over the white space before it.
func (s *scanner) take(c byte) bool {
	s.space()
	if s.at < len(s.text) && s.text[s.at] == c {
		s.at++
		return true
	}
	return false
}

func (s *scanner) end() error {
	s.space()
	if s.at != len(s.text) {
		return errNotJSON
	}
	return nil
}

// stringValue takes a quoted string. Where none begins here it moves nothing.
func (s *scanner) stringValue() (string, bool) {
	if s.at >= len(s.text) || s.text[s.at] != '"' {
		return "", false
	}
	start, plain := s.at, true
	for i := s.at + 1; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '"':
			s.at = i + 1
			raw := s.text[start+1 : i]
			if plain && utf8.Valid(raw) {
				return string(raw), true
			}
			var value string
			if json.Unmarshal(s.text[start:s.at], &value) != nil {
				s.at = start
				return "", false
			}
			return value, true
		case c == '\\':
			plain = false
			i++
		case c < ' ':
			return "", false
		}
	}
	return "", false
}

// skip steps over one value that is no string and tells whether it was JSON.
func (s *scanner) skip() bool {
	start, depth, quoted := s.at, 0, false
loop:
	for ; s.at < len(s.text); s.at++ {
		c := s.text[s.at]
		switch {
		case quoted && c == '\\':
			s.at++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case depth > 0 && (c == '}' || c == ']'):
			depth--
			if depth == 0 {
				s.at++
				break loop
			}
		case depth == 0 && (c == ',' || c == '}' || c == ' ' || c == '\n' || c == '\r' || c == '\t'):
			break loop
		}
	}
	s.at = min(s.at, len(s.text))
	return json.Valid(s.text[start:s.at])
}
