package richtext

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// What Telegram takes in one message, besides its number of letters.
const (
	maxEntities = 100    // it ignores the rest
	maxRaw      = 30_000 // bytes of text and entities together; it refuses more than 35 000
)

// Split cuts a text into parts of at most limit UTF-16 units that Telegram takes: no more than 100 entities each, and not too
// many bytes. It cuts between paragraphs, lines, sentences or words, in this order, as long as the part stays at least half
// full; else between letters as a person sees them. A link or a piece of code stays whole where it fits into one part; other
// formatting goes on in the next part. Put together the parts are the text, but for the white space at the cuts and the ends.
// A text with nothing to see gives no part.
func (t Text) Split(limit int) []Text {
	limit = max(limit, 2) // a letter may take two units
	t = t.Trim()
	if t.Empty() {
		return nil
	}
	if t.Len() <= limit && len(t.Entities) <= maxEntities && rawSize(t.Text, t.Entities) <= maxRaw {
		return []Text{t}
	}
	var parts []Text
	rest := remainder{text: t.Text, ahead: t.spans()}
	for rest.text != "" {
		spans := rest.spans()
		at := cut(rest.text, spans, limit)
		part, spans := trimRaw(rest.text[:at], clip(spans, at))
		if made := assemble(part, normalise(part, spans)); !made.Empty() {
			parts = append(parts, made)
		}
		rest.skip(at)
	}
	return parts
}

// remainder is what is left of a text that is being split. Spans count from the beginning of the whole text.
type remainder struct {
	text  string
	from  int    // where it begins
	open  []span // those that reach into it
	ahead []span // those that begin in it
}

// spans are as many as one part can take and one more, from the beginning of the remainder.
func (r *remainder) spans() []span {
	spans := slices.Concat(r.open, r.ahead[:min(len(r.ahead), maxEntities+1)])
	for i := range spans {
		spans[i].start = max(spans[i].start-r.from, 0)
		spans[i].end -= r.from
	}
	return spans
}

// skip goes on behind a part and the white space after it.
func (r *remainder) skip(bytes int) {
	rest := strings.TrimLeftFunc(r.text[bytes:], blank)
	r.from += len(r.text) - len(rest)
	r.text = rest
	begun, _ := slices.BinarySearchFunc(r.ahead, r.from, func(s span, from int) int { return cmp.Compare(s.start, from) })
	r.open = slices.DeleteFunc(slices.Concat(r.open, r.ahead[:begun]), func(s span) bool { return s.end <= r.from })
	r.ahead = r.ahead[begun:]
}

// clip gives what lies of spans before a byte.
func clip(spans []span, to int) []span {
	var inside []span
	for _, s := range spans {
		if s.end = min(s.end, to); s.start < s.end {
			inside = append(inside, s)
		}
	}
	return inside
}

// cut finds the byte at which the first part ends.
func cut(text string, spans []span, limit int) int {
	end := min(furthest(text, limit), roomFor(text, spans))
	if end == len(text) {
		return end
	}
	free := func(at int) bool { return at > 0 && !insideWhole(text, spans, at, limit) }
	for _, level := range []func(string, int) bool{endsParagraph, endsLine, endsSentence, endsWord} {
		if at := lastBetween(text, end/2, end, level, free); at > 0 {
			return at
		}
	}
	if at := lastBetween(text, 1, end/2, endsWord, free); at > 0 {
		return at // rather a short part than a word in two
	}
	return betweenLetters(text, end, free)
}

// lastBetween finds the last byte of a stretch at which a level of the text ends and a cut is free.
func lastBetween(text string, from, to int, ends func(string, int) bool, free func(int) bool) int {
	for at := to; at >= max(from, 1); at-- {
		if ends(text, at) && !joinsOn(text[at:]) && free(at) {
			return at
		}
	}
	return 0
}

// furthest is the byte that limit units reach to.
func furthest(text string, limit int) int {
	units := 0
	for i, r := range text {
		if units++; r >= 0x10000 {
			units++
		}
		if units > limit {
			return i
		}
	}
	return len(text)
}

// roomFor is the byte up to which Telegram takes the text together with its entities.
func roomFor(text string, spans []span) int {
	end, size := min(len(text), maxRaw), 0
	for i, s := range spans {
		if s.start >= end {
			break
		}
		size += entitySize(s.url, s.lang)
		if i >= maxEntities || size+s.start > maxRaw {
			end = s.start
			break
		}
		end = min(end, maxRaw-size)
	}
	for end < len(text) && !utf8.RuneStart(text[end]) {
		end--
	}
	return end
}

func rawSize(text string, entities []Entity) int {
	size := len(text)
	for _, e := range entities {
		size += entitySize(e.URL, e.Language)
	}
	return size
}

// entitySize is about what an entity takes as JSON.
func entitySize(url, language string) int {
	const withoutText = 60
	if url == "" && language == "" {
		return withoutText
	}
	encoded, _ := json.Marshal(url) // a text always encodes
	return withoutText + len(encoded) + len(language)
}

// insideWhole tells that a byte lies inside a link or a piece of code that fits into one part.
func insideWhole(text string, spans []span, at, limit int) bool {
	for _, s := range spans {
		if s.start >= at {
			return false // they are sorted
		}
		if at < s.end && (s.kind == Link || s.kind == Code || s.kind == Pre) && Len(text[s.start:s.end]) <= limit {
			return true
		}
	}
	return false
}

func endsParagraph(text string, at int) bool {
	return at+1 < len(text) && text[at] == '\n' && text[at+1] == '\n'
}

func endsLine(text string, at int) bool { return text[at] == '\n' }

func endsSentence(text string, at int) bool {
	if !endsWord(text, at) {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(text[:at], `"'»”’)`))
	return strings.ContainsRune(".!?…。！？:;", last)
}

func endsWord(text string, at int) bool {
	if !utf8.RuneStart(text[at]) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(text[at:])
	return unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f'
}

// joinsOn tells that what follows the white space here is no letter of its own but hangs on to the one before.
func joinsOn(text string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(text, blank))
	return unicode.Is(unicode.M, r) || r == '\u200d' || unicode.Is(unicode.Variation_Selector, r) || r >= 0x1F3FB && r <= 0x1F3FF
}

// betweenLetters finds the last place up to end that does not tear a letter as a person sees it (an emoji of several signs, a
// letter with its accents), if it can outside of what must stay whole.
func betweenLetters(text string, end int, free func(int) bool) int {
	var ends []int
	state, at := -1, 0
	for rest := text; at < end && rest != ""; {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if at += len(cluster); at <= end {
			ends = append(ends, at)
		}
	}
	for _, at := range slices.Backward(ends) {
		if free(at) {
			return at
		}
	}
	if len(ends) > 0 {
		return ends[len(ends)-1]
	}
	for end > 0 && !utf8.RuneStart(text[end]) { // a single letter with more accents than a message holds
		end--
	}
	if end == 0 {
		_, end = utf8.DecodeRuneInString(text)
	}
	return end
}
