package telegramtest

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"
)

var errNotJSON = errors.New("not a JSON object")

// scanObject appends the members of a JSON object to into: strings unquoted, null left out, anything else as the JSON it is. An
// empty text and null are an object without members. It is what the hot path does instead of encoding/json, at a fraction of
// the time: the values are parts of the text.
func scanObject(text string, into []param) ([]param, error) {
	s := scanner{text: text}
	if trimmed := strings.Trim(text, " \t\r\n"); trimmed == "" || trimmed == "null" {
		return into, nil // telego sends null where there are no parameters
	}
	if !s.take('{') {
		return into, errNotJSON
	}
	if s.take('}') {
		return into, s.end()
	}
	for {
		member, isNull, ok := s.member()
		if !ok {
			return into, errNotJSON
		}
		if !isNull {
			into = append(into, member)
		}
		if s.take('}') {
			return into, s.end()
		}
		if !s.take(',') {
			return into, errNotJSON
		}
	}
}

// scanArray splits the JSON array in a valid JSON text into its elements; false where it is none.
func scanArray(text string) ([]string, bool) {
	s := scanner{text: text, trusted: true}
	if !s.take('[') {
		return nil, false
	}
	elements := []string{}
	for !s.take(']') {
		s.space()
		start := s.at
		if _, isString := s.stringValue(); !isString {
			s.skip()
		}
		elements = append(elements, text[start:s.at])
		s.take(',')
	}
	return elements, true
}

// scanMembers is scanObject for a part of a valid JSON text; false where it is no object.
func scanMembers(text string, into []param) ([]param, bool) {
	s := scanner{text: text, trusted: true}
	if !s.take('{') {
		return into, false
	}
	for !s.take('}') {
		member, _, _ := s.member()
		into = append(into, member)
		s.take(',')
	}
	return into, true
}

// scanner walks over JSON text.
type scanner struct {
	text    string
	at      int
	trusted bool // the text is known to be JSON
}

// member takes a name and its value.
func (s *scanner) member() (member param, isNull, ok bool) {
	s.space()
	if member.name, ok = s.stringValue(); !ok || !s.take(':') {
		return member, false, false
	}
	s.space()
	start := s.at
	if member.value, member.quoted = s.stringValue(); member.quoted {
		return member, false, true
	}
	s.skip()
	member.value = s.text[start:s.at]
	return member, member.value == "null", s.trusted || valid(member.value)
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
			if plain && utf8.ValidString(raw) {
				return raw, true
			}
			var value string
			if json.Unmarshal([]byte(s.text[start:s.at]), &value) != nil {
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

// skip steps over one value that is no string.
func (s *scanner) skip() {
	depth, quoted := 0, false
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
				return
			}
		case depth == 0 && strings.IndexByte(",}] \n\r\t", c) >= 0:
			return
		}
	}
	s.at = min(s.at, len(s.text))
}

// valid tells whether a text is JSON, at once for what ids and flags look like.
func valid(text string) bool {
	if text == "true" || text == "false" || text == "null" || len(text) == 1 && text[0] == '0' {
		return true
	}
	digits := strings.TrimPrefix(text, "-")
	if digits != "" && digits[0] != '0' && strings.Trim(digits, "0123456789") == "" {
		return true
	}
	return json.Valid([]byte(text))
}
