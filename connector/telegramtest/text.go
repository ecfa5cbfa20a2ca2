package telegramtest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Limits of texts, in UTF-16 units after parsing, but for maxRaw, which is bytes before it.
const (
	maxText     = 4096
	maxCaption  = 1024
	maxRaw      = 1 << 15
	maxEntities = 100
)

// formatted is a text with its entities.
type formatted struct {
	text     string
	entities []Entity
}

// messageText reads the text parameters of sendMessage and editMessageText.
func (p params) messageText() (formatted, *refusal) {
	if p.text("text") == "" {
		return formatted{}, badRequest("message text is empty")
	}
	f, refused := parseText(p.text("text"), p.text("parse_mode"), p.text("entities"))
	if refused != nil {
		return f, refused
	}
	if f.text == "" {
		return f, badRequest("text must be non-empty")
	}
	if units(f.text) > maxText {
		return f, badRequest("message is too long")
	}
	return f, nil
}

// caption reads the caption parameters of a call.
func (p params) caption() (formatted, *refusal) {
	return parseCaption(p.text("caption"), p.text("parse_mode"), p.text("caption_entities"))
}

func parseCaption(text, mode, entities string) (formatted, *refusal) {
	f, refused := parseText(text, mode, entities)
	if refused == nil && units(f.text) > maxCaption {
		return f, badRequest("message caption is too long")
	}
	return f, refused
}

// parseText makes a text out of what a bot sends: by its markup, or else by its entities.
func parseText(text, mode, entities string) (formatted, *refusal) {
	if len(text) > maxRaw {
		return formatted{}, badRequest("text is too long")
	}
	if !utf8.ValidString(text) {
		return formatted{}, badRequest("strings must be encoded in UTF-8")
	}
	f := formatted{text: strings.ReplaceAll(text, "\r", "")}
	switch strings.ToLower(mode) {
	case "html":
		parsed, entities, err := parseHTML(f.text)
		if err != nil {
			return f, badRequest("can't parse entities: " + err.Error())
		}
		f = formatted{text: parsed, entities: entities}
	case "", "none":
		if refused := f.mark(entities); refused != nil {
			return f, refused
		}
	default:
		return f, badRequest("unsupported parse_mode")
	}
	f.trim()
	if len(f.entities) > maxEntities {
		f.entities = f.entities[:maxEntities]
	}
	return f, nil
}

// mark takes the entities of a call.
func (f *formatted) mark(list string) *refusal {
	if list == "" {
		return nil
	}
	var given []Entity
	if json.Unmarshal([]byte(list), &given) != nil {
		return badRequest("can't parse entities JSON object")
	}
	edges := boundaries(f.text)
	for _, e := range given {
		if refused := e.check(edges); refused != nil {
			return refused
		}
		switch e.Type {
		case "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number":
			continue // found by the server itself, never taken from a bot
		case "text_link":
			e.URL, _ = checkURL(e.URL) // checked above
		}
		if e.Length > 0 {
			f.entities = append(f.entities, e)
		}
	}
	sortEntities(f.entities)
	return nil
}

// check refuses an entity of no known type, or that does not lie on whole characters of the text.
func (e Entity) check(edges []bool) *refusal {
	switch e.Type {
	case "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number",
		"bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code", "pre", "date_time":
	case "text_link":
		if _, err := checkURL(e.URL); err != nil {
			return badRequest("entity " + err.Error())
		}
	case "text_mention":
		if e.User == nil {
			return badRequest(`can't parse MessageEntity: Can't find field "user"`)
		}
	case "custom_emoji":
		if e.CustomEmojiID == "" {
			return badRequest("can't parse MessageEntity: invalid custom emoji identifier specified")
		}
	case "":
		return badRequest("can't parse MessageEntity: type is not specified")
	default:
		return badRequest("can't parse MessageEntity: unsupported type specified")
	}
	end := e.Offset + e.Length
	switch {
	case e.Offset < 0 || e.Length < 0:
		return badRequest(fmt.Sprintf("receive an entity with incorrect offset %d or length %d", e.Offset, e.Length))
	case e.Offset >= len(edges):
		return badRequest(fmt.Sprintf("entity begins after the end of the text at UTF-16 offset %d", e.Offset))
	case !edges[e.Offset]:
		return badRequest(fmt.Sprintf("entity begins in a middle of a UTF-16 symbol at UTF-16 offset %d", e.Offset))
	case end >= len(edges):
		return badRequest(fmt.Sprintf("entity beginning at UTF-16 offset %d ends after the end of the text at UTF-16 offset %d", e.Offset, end))
	case !edges[end]:
		return badRequest(fmt.Sprintf("entity beginning at UTF-16 offset %d ends in a middle of a UTF-16 symbol at UTF-16 offset %d", e.Offset, end))
	}
	return nil
}

// boundaries tells of every UTF-16 offset, the end included, whether a character begins or ends there.
func boundaries(text string) []bool {
	edges := make([]bool, 0, len(text)+1)
	for _, c := range text {
		edges = append(edges, true)
		if c > 0xffff {
			edges = append(edges, false)
		}
	}
	return append(edges, true)
}

// trim takes away the white space around the text, though not before a first entity, and cuts the entities to what is left.
func (f *formatted) trim() {
	f.text = strings.TrimRight(f.text, " \t\n")
	lead := len(f.text) - len(strings.TrimLeft(f.text, " \n"))
	for _, e := range f.entities {
		lead = min(lead, e.Offset)
	}
	f.text = f.text[lead:]
	length := units(f.text)
	f.entities = slices.DeleteFunc(f.entities, func(e Entity) bool { return e.Offset-lead >= length })
	for i := range f.entities {
		e := &f.entities[i]
		e.Offset -= lead
		e.Length = min(e.Length, length-e.Offset)
	}
}

func sortEntities(entities []Entity) {
	slices.SortStableFunc(entities, func(a, b Entity) int {
		if a.Offset != b.Offset {
			return a.Offset - b.Offset
		}
		return b.Length - a.Length
	})
}

// units is the length of a text in UTF-16 units.
func units(text string) int {
	n := 0
	for _, c := range text {
		n += utf16.RuneLen(c)
	}
	return n
}
