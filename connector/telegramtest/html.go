package telegramtest

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// htmlTags are the tags that Telegram takes, with the entity that each becomes.
var htmlTags = map[string]string{
	"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
	"s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "span": "spoiler", "tg-spoiler": "spoiler",
	"a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote", "tg-emoji": "custom_emoji",
}

// openTag is a tag whose end has not come yet.
type openTag struct {
	name     string
	argument string
	offset   int // UTF-16 units
	start    int // bytes of the text so far
}

// htmlParser turns Telegram's HTML into a text and entities, by the rules and with the errors of tdlib's parse_html.
type htmlParser struct {
	in       string
	at       int
	out      strings.Builder
	units    int
	open     []openTag
	entities []Entity
}

// ownWords is an error that is Telegram's own sentence, with its capital.
type ownWords string

func (e ownWords) Error() string { return string(e) }

func sentence(format string, args ...any) error { return ownWords(fmt.Sprintf(format, args...)) }

// parseHTML parses a text in parse_mode HTML.
func parseHTML(text string) (string, []Entity, error) {
	p := htmlParser{in: text}
	for p.at < len(p.in) {
		if err := p.step(); err != nil {
			return "", nil, err
		}
	}
	if len(p.open) > 0 {
		return "", nil, sentence("Can't find end tag corresponding to start tag %q", p.open[len(p.open)-1].name)
	}
	sortEntities(p.entities)
	return p.out.String(), p.entities, nil
}

func (p *htmlParser) step() error {
	switch p.in[p.at] {
	case '<':
		if strings.HasPrefix(p.in[p.at:], "</") {
			return p.endTag()
		}
		return p.startTag()
	case '&':
		if c, next := decodeReference(p.in, p.at); c != 0 {
			if c >= 0xd800 && c <= 0xdfff {
				return sentence("Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units")
			}
			p.write(c)
			p.at = next
			return nil
		}
	}
	c, size := utf8.DecodeRuneInString(p.in[p.at:])
	p.write(c)
	p.at += size
	return nil
}

func (p *htmlParser) write(c rune) {
	p.out.WriteRune(c)
	p.units++
	if c > 0xffff {
		p.units++
	}
}

// peek is the byte under the cursor, 0 at the end.
func (p *htmlParser) peek() byte {
	if p.at < len(p.in) {
		return p.in[p.at]
	}
	return 0
}

func (p *htmlParser) spaces() {
	for isSpace(p.peek()) && p.peek() != 0 {
		p.at++
	}
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0 || c == '\v'
}

func (p *htmlParser) startTag() error {
	begin := p.at
	p.at++
	for !isSpace(p.peek()) && p.peek() != '>' {
		p.at++
	}
	if p.peek() == 0 {
		return sentence("Unclosed start tag at byte offset %d", begin)
	}
	tag := openTag{name: strings.ToLower(p.in[begin+1 : p.at]), offset: p.units, start: p.out.Len()}
	if htmlTags[tag.name] == "" {
		return sentence("Unsupported start tag %q at byte offset %d", tag.name, begin)
	}
	for {
		p.spaces()
		if p.peek() == '>' {
			break
		}
		name, value, err := p.attribute(tag.name, begin)
		if err != nil {
			return err
		}
		tag.take(name, value)
	}
	p.at++
	if tag.name == "span" && tag.argument != "spoiler" {
		return sentence(`Tag "span" must have class "tg-spoiler" at byte offset %d`, begin)
	}
	p.open = append(p.open, tag)
	return nil
}

// take keeps what an attribute says, where it says something.
func (t *openTag) take(name, value string) {
	switch {
	case t.name == "a" && name == "href", t.name == "tg-emoji" && name == "emoji-id":
		t.argument = value
	case t.name == "code" && name == "class" && strings.HasPrefix(value, "language-"):
		t.argument = value[len("language-"):]
	case t.name == "span" && name == "class" && strings.HasPrefix(value, "tg-"):
		t.argument = value[len("tg-"):]
	case t.name == "blockquote" && name == "expandable":
		t.argument = "expandable"
	}
}

func (p *htmlParser) attribute(tag string, begin int) (name, value string, err error) {
	start := p.at
	for !isSpace(p.peek()) && p.peek() != '=' && !(p.peek() == '>' && tag == "blockquote") {
		p.at++
	}
	name = p.in[start:p.at]
	if name == "" {
		return "", "", sentence("Empty attribute name in the tag %q at byte offset %d", tag, begin)
	}
	p.spaces()
	if p.peek() != '=' {
		if name == "expandable" && tag == "blockquote" {
			return name, "", nil
		}
		return "", "", sentence("Expected equal sign in declaration of an attribute of the tag %q at byte offset %d", tag, begin)
	}
	p.at++
	p.spaces()
	if p.peek() == 0 {
		return "", "", sentence("Unclosed start tag %q at byte offset %d", tag, begin)
	}
	if value, err = p.attributeValue(); err != nil {
		return "", "", err
	}
	if p.peek() == 0 {
		return "", "", sentence("Unclosed start tag at byte offset %d", begin)
	}
	return name, value, nil
}

func (p *htmlParser) attributeValue() (string, error) {
	quote := p.peek()
	start := p.at
	if quote != '"' && quote != '\'' {
		for c := p.peek(); c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-'; c = p.peek() {
			p.at++
		}
		if !isSpace(p.peek()) && p.peek() != '>' {
			return "", sentence("Unexpected end of name token at byte offset %d", start)
		}
		return strings.ToLower(p.in[start:p.at]), nil
	}
	var value strings.Builder
	for p.at++; p.peek() != quote && p.peek() != 0; {
		if c, next := decodeReference(p.in, p.at); c != 0 {
			value.WriteRune(c)
			p.at = next
			continue
		}
		value.WriteByte(p.peek())
		p.at++
	}
	if p.peek() == quote {
		p.at++
	}
	return value.String(), nil
}

func (p *htmlParser) endTag() error {
	begin := p.at
	if len(p.open) == 0 {
		return sentence("Unexpected end tag at byte offset %d", begin)
	}
	for p.at += 2; !isSpace(p.peek()) && p.peek() != '>'; {
		p.at++
	}
	name := strings.ToLower(p.in[begin+2 : p.at])
	p.spaces()
	if p.peek() != '>' {
		return sentence("Unclosed end tag at byte offset %d", begin)
	}
	p.at++
	tag := p.open[len(p.open)-1]
	if name != "" && name != tag.name {
		return sentence("Unmatched end tag at byte offset %d, expected \"</%s>\", found \"</%s>\"", begin, tag.name, name)
	}
	p.open = p.open[:len(p.open)-1]
	if p.units > tag.offset {
		return p.entity(tag)
	}
	return nil
}

// entity is what a finished tag becomes. A link with a URL that is none stays plain text.
func (p *htmlParser) entity(tag openTag) error {
	e := Entity{Type: htmlTags[tag.name], Offset: tag.offset, Length: p.units - tag.offset}
	switch tag.name {
	case "a":
		return p.link(e, orDefault(tag.argument, p.out.String()[tag.start:]))
	case "tg-emoji":
		if n, err := strconv.ParseInt(tag.argument, 10, 64); err != nil || n == 0 {
			return sentence("Invalid custom emoji identifier specified")
		}
		e.CustomEmojiID = tag.argument
	case "blockquote":
		if tag.argument != "" {
			e.Type = "expandable_blockquote"
		}
	case "pre":
		if last := p.same(e, "code"); last != nil && last.Language != "" {
			last.Type = "pre"
			return nil
		}
	case "code":
		e.Language = tag.argument // kept for a <pre> around it
		if last := p.same(e, "pre"); last != nil && e.Language != "" {
			last.Language = e.Language
			return nil
		}
		if len(p.open) == 0 || p.open[len(p.open)-1].name != "pre" {
			e.Language = ""
		}
	}
	p.entities = append(p.entities, e)
	return nil
}

func (p *htmlParser) link(e Entity, target string) error {
	if id, ok := strings.CutPrefix(target, "tg://user?id="); ok {
		if n, err := strconv.ParseInt(id, 10, 64); err == nil {
			e.Type, e.User = "text_mention", &User{ID: n}
			p.entities = append(p.entities, e)
			return nil
		}
	}
	checked, err := checkURL(target)
	if err != nil {
		return nil
	}
	e.URL = checked
	p.entities = append(p.entities, e)
	return nil
}

// same is the last entity where it is of that type and covers the same text.
func (p *htmlParser) same(e Entity, entityType string) *Entity {
	if len(p.entities) == 0 {
		return nil
	}
	last := &p.entities[len(p.entities)-1]
	if last.Type == entityType && last.Offset == e.Offset && last.Length == e.Length {
		return last
	}
	return nil
}

// decodeReference decodes &lt; and its like at a place: the character and the place after it, or 0 where there is none.
func decodeReference(text string, at int) (rune, int) {
	if text[at] != '&' {
		return 0, at
	}
	end := at + 1
	if strings.HasPrefix(text[at:], "&#") {
		return decodeNumber(text, at)
	}
	for end < len(text) && (text[end] >= 'a' && text[end] <= 'z' || text[end] >= 'A' && text[end] <= 'Z') {
		end++
	}
	c, ok := map[string]rune{"lt": '<', "gt": '>', "amp": '&', "quot": '"'}[text[at+1:end]]
	if !ok {
		return 0, at
	}
	if end < len(text) && text[end] == ';' {
		end++
	}
	return c, end
}

func decodeNumber(text string, at int) (rune, int) {
	start, base := at+2, 10
	if strings.HasPrefix(text[start:], "x") {
		start, base = start+1, 16
	}
	end := start
	for end < len(text) && end-at < 10 {
		if _, err := strconv.ParseUint(text[end:end+1], base, 8); err != nil {
			break
		}
		end++
	}
	n, err := strconv.ParseUint(text[start:end], base, 32)
	if err != nil || n == 0 || n >= 0x10ffff || end-at >= 10 {
		return 0, at
	}
	if end < len(text) && text[end] == ';' {
		end++
	}
	return rune(n), end
}
