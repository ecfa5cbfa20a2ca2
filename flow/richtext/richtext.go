// Package richtext turns what admins write in Odoo's editors (HTML) into what Telegram shows: a text and its entities.
//
// [Parse] reads a text once and gives a [Template]; [Template.Render] fills in its placeholders and gives a [Text], which can be
// split for Telegram, shown in a terminal, or written to Odoo's chatter. Values are inserted as letters, never as markup, so
// nothing that a client calls themselves can change a message.
package richtext

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text is a text with its formatting, as Telegram takes it. It is immutable by convention: every change gives a new Text.
type Text struct {
	Text string `json:"t,omitempty"`
	// Entities are sorted by offset (the longer first), never cross, are never empty, and begin and end with a visible letter.
	Entities []Entity `json:"e,omitempty"`
}

// Entity is the formatting of one stretch of a text. Offset and Length count UTF-16 units, as Telegram does.
type Entity struct {
	Type     string `json:"k"`
	Offset   int    `json:"o"`
	Length   int    `json:"l"`
	URL      string `json:"u,omitempty"` // of a text_link
	Language string `json:"c,omitempty"` // of a pre: the programming language
}

// The types of entities, by Telegram's names.
const (
	Bold          = "bold"
	Italic        = "italic"
	Underline     = "underline"
	Strikethrough = "strikethrough"
	Spoiler       = "spoiler"
	Code          = "code"
	Pre           = "pre"
	Blockquote    = "blockquote"
	Link          = "text_link"
)

// Plain is a text without formatting. Letters that Telegram refuses or drops (control characters, broken UTF-8) are left out.
func Plain(text string) Text { return Text{Text: clean(text)} }

// New is a text from elsewhere with its entities, in any order and however wrong: what Telegram would refuse is mended or left out.
func New(text string, entities []Entity) Text {
	spans := make([]span, 0, len(entities))
	offsets := newOffsets(text)
	for _, entity := range entities {
		start, end := offsets.bytes(entity.Offset), offsets.bytes(entity.Offset+max(entity.Length, 0))
		spans = append(spans, span{start: start, end: end, kind: entity.Type, url: entity.URL, lang: entity.Language})
	}
	if cleaned := clean(text); cleaned != text {
		text, spans = cleanSpans(text, spans)
	}
	return assemble(text, normalise(text, spans))
}

// Len is the length of a text in UTF-16 units, in which Telegram counts everything.
func Len(text string) int {
	n := 0
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case b < 0x80, b >= 0xC0 && b < 0xF0:
			n++
		case b >= 0xF0:
			n += 2
		}
	}
	return n
}

// Len is the length in UTF-16 units.
func (t Text) Len() int { return Len(t.Text) }

// Empty tells that there is nothing to see, so that Telegram would refuse the text.
func (t Text) Empty() bool { return strings.IndexFunc(t.Text, visible) < 0 }

// Append returns the text with another one behind it.
func (t Text) Append(other Text) Text { return Concat(t, other) }

// Concat puts texts one behind the other, with nothing between them.
func Concat(all ...Text) Text {
	var text strings.Builder
	var entities []Entity
	offset := 0
	for _, t := range all {
		text.WriteString(t.Text)
		for _, entity := range t.Entities {
			entity.Offset += offset
			entities = append(entities, entity)
		}
		offset += t.Len()
	}
	if len(entities) == 0 {
		return Text{Text: text.String()}
	}
	return New(text.String(), entities)
}

// Join puts texts one behind the other with a separator between them; empty ones are left out.
func Join(all []Text, separator string) Text {
	var parts []Text
	for _, t := range all {
		if t.Empty() {
			continue
		}
		if len(parts) > 0 {
			parts = append(parts, Plain(separator))
		}
		parts = append(parts, t)
	}
	return Concat(parts...)
}

// Trim returns the text without the white space at its ends.
func (t Text) Trim() Text {
	left := len(t.Text) - len(strings.TrimLeftFunc(t.Text, blank))
	text := strings.TrimRightFunc(t.Text[left:], blank)
	if len(text) == len(t.Text) {
		return t
	}
	if len(t.Entities) == 0 || text == "" {
		return Text{Text: text}
	}
	// Entities begin and end with a visible letter, so none is cut.
	moved := slices.Clone(t.Entities)
	shift := Len(t.Text[:left])
	for i := range moved {
		moved[i].Offset -= shift
	}
	return Text{Text: text, Entities: moved}
}

// blank is what a text does not begin or end with.
func blank(r rune) bool { return unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' }

// visible tells that a letter alone makes a text worth sending. Telegram refuses texts of white space and invisible letters only.
func visible(r rune) bool {
	switch r {
	case '\u00ad', '\u034f', '\u115f', '\u1160', '\u180e', '\u2800', '\u3164', '\ufeff', '\uffa0', '\ufffc':
		return false
	}
	return !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Variation_Selector, r)
}

// clean drops what Telegram drops from a text or refuses: broken UTF-8, control characters, line separators of other systems
// and the marks that turn the direction of everything behind them.
func clean(text string) string {
	if !dirty(text) {
		return text
	}
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(strings.ToValidUTF8(text, "\ufffd"))
	return strings.Map(func(r rune) rune {
		if unwanted(r) {
			return -1
		}
		return r
	}, text)
}

func dirty(text string) bool {
	for i, r := range text {
		if r >= ' ' && r < 0x7f || r == '\n' {
			continue
		}
		if unwanted(r) || r == '\r' || r == '\u2028' || r == '\u2029' {
			return true
		}
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				return true
			}
		}
	}
	return false
}

func unwanted(r rune) bool {
	return r != '\n' && r != '\t' && r != '\r' && unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e'
}

// cleanSpans is clean for a text whose formatting has to follow.
func cleanSpans(text string, spans []span) (string, []span) {
	moved := slices.Clone(spans)
	var out strings.Builder
	cut := cutsOf(spans)
	at := map[int]int{}
	for i, position := range cut {
		from := 0
		if i > 0 {
			from = cut[i-1]
		}
		out.WriteString(clean(text[from:position]))
		at[position] = out.Len()
	}
	if len(cut) > 0 {
		text = text[cut[len(cut)-1]:]
	}
	out.WriteString(clean(text))
	for i := range moved {
		moved[i].start, moved[i].end = at[moved[i].start], at[moved[i].end]
	}
	return out.String(), moved
}

// cutsOf lists every place where a span begins or ends, in order.
func cutsOf(spans []span) []int {
	var cuts []int
	for _, s := range spans {
		cuts = append(cuts, s.start, s.end)
	}
	slices.Sort(cuts)
	return slices.Compact(cuts)
}
