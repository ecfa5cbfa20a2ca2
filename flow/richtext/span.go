package richtext

import (
	"cmp"
	"slices"
	"strings"
)

// span is an entity while it is worked on: from byte to byte.
type span struct {
	start, end int
	kind       string
	url, lang  string
}

// nesting is the order in which entities hold each other where they begin and end together, outermost first. Of two that would
// cross the later one is cut; a quote never is, for it would become two.
var nesting = []string{Blockquote, Pre, Link, Bold, Italic, Underline, Strikethrough, Spoiler, Code}

func rank(kind string) int { return slices.Index(nesting, kind) }

// normalise brings spans into the form that Telegram demands: equal neighbours are one, code holds and has no other style, none
// is empty or begins or ends with white space, and of two that would cross the inner one is cut.
func normalise(text string, spans []span) []span {
	if len(spans) == 0 {
		return nil
	}
	byKind := map[string][]span{}
	for _, s := range spans {
		s.start, s.end = max(s.start, 0), min(s.end, len(text))
		if s.start < s.end && rank(s.kind) >= 0 && len(s.url)+len(s.lang) <= maxAddress && (s.kind != Link || s.url != "") {
			byKind[s.kind] = append(byKind[s.kind], s)
		}
	}
	for kind, list := range byKind {
		byKind[kind] = merge(text, list)
	}
	byKind[Link] = subtract(byKind[Link], byKind[Pre])
	byKind[Code] = subtract(subtract(byKind[Code], byKind[Pre]), byKind[Link])
	for _, kind := range []string{Bold, Italic, Underline, Strikethrough, Spoiler} {
		byKind[kind] = subtract(subtract(byKind[kind], byKind[Pre]), byKind[Code])
	}
	var all []span
	for i, kind := range nesting {
		list := trimSpans(text, byKind[kind])
		for _, outer := range nesting[:i] {
			if outer == Blockquote {
				list = cutAtEdges(list, byKind[outer])
				continue
			}
			list = cutWhereCrossing(list, byKind[outer])
		}
		byKind[kind] = trimSpans(text, list)
		all = append(all, byKind[kind]...)
	}
	slices.SortStableFunc(all, func(a, b span) int { // stable: the outer kinds come first
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	return all
}

// merge joins spans of one kind that overlap or touch. Of two links that overlap the later one loses what they share. Quotes and
// blocks of code that follow each other line by line are one: Odoo's editors begin a new one at every Enter.
func merge(text string, list []span) []span {
	slices.SortStableFunc(list, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	var merged []span
	for _, s := range list {
		if len(merged) == 0 {
			merged = append(merged, s)
			continue
		}
		last := &merged[len(merged)-1]
		same := last.url == s.url && last.lang == s.lang
		if same && (s.start <= last.end || (s.kind == Blockquote || s.kind == Pre) && isOneBreak(text[last.end:s.start])) {
			last.end = max(last.end, s.end)
			continue
		}
		if s.start = max(s.start, last.end); s.start < s.end {
			merged = append(merged, s)
		}
	}
	return merged
}

// isOneBreak tells that two spans are neighbouring lines.
func isOneBreak(between string) bool {
	return strings.Count(between, "\n") == 1 && strings.TrimSpace(between) == ""
}

// subtract takes the holes out of the spans. Both are sorted and do not overlap among themselves.
func subtract(list, holes []span) []span {
	if len(holes) == 0 || len(list) == 0 {
		return list
	}
	var left []span
	for _, s := range list {
		from, _ := slices.BinarySearchFunc(holes, s.start, func(hole span, at int) int { return cmp.Compare(hole.end, at+1) })
		for _, hole := range holes[from:] {
			if hole.start >= s.end {
				break
			}
			if hole.start > s.start {
				before := s
				before.end = hole.start
				left = append(left, before)
			}
			s.start = hole.end
		}
		if s.start < s.end {
			left = append(left, s)
		}
	}
	return left
}

// trimSpans takes the white space off the ends of spans, and drops those that had nothing else.
func trimSpans(text string, list []span) []span {
	kept := list[:0:0]
	for _, s := range list {
		inside := text[s.start:s.end]
		s.start += len(inside) - len(strings.TrimLeftFunc(inside, blank))
		s.end -= len(inside) - len(strings.TrimRightFunc(inside, blank))
		if s.start < s.end {
			kept = append(kept, s)
		}
	}
	return kept
}

// cutAtEdges cuts spans where a quote begins and ends, so that nothing reaches into one or holds one.
func cutAtEdges(list, quotes []span) []span {
	if len(quotes) == 0 {
		return list
	}
	var pieces []span
	for _, s := range list {
		from, _ := slices.BinarySearchFunc(quotes, s.start, func(quote span, at int) int { return cmp.Compare(quote.end, at+1) })
		for _, quote := range quotes[from:] {
			for _, edge := range []int{quote.start, quote.end} {
				if s.start < edge && edge < s.end {
					piece := s
					piece.end, s.start = edge, edge
					pieces = append(pieces, piece)
				}
			}
			if quote.start >= s.end {
				break
			}
		}
		pieces = append(pieces, s)
	}
	return pieces
}

// cutWhereCrossing cuts spans at the ends of those outer ones that hold only a part of them.
func cutWhereCrossing(list, outers []span) []span {
	if len(outers) == 0 {
		return list
	}
	var pieces []span
	for _, s := range list {
		if outer, ok := around(outers, s.start); ok && outer.start < s.start && outer.end < s.end {
			piece := s
			piece.end, s.start = outer.end, outer.end
			pieces = append(pieces, piece)
		}
		if outer, ok := around(outers, s.end-1); ok && outer.start > s.start && outer.end > s.end {
			piece := s
			piece.end, s.start = outer.start, outer.start
			pieces = append(pieces, piece)
		}
		pieces = append(pieces, s)
	}
	return pieces
}

// around finds the span that holds a byte.
func around(list []span, at int) (span, bool) {
	i, _ := slices.BinarySearchFunc(list, at, func(s span, at int) int { return cmp.Compare(s.end, at+1) })
	if i < len(list) && list[i].start <= at {
		return list[i], true
	}
	return span{}, false
}

// assemble makes a Text of normalised spans.
func assemble(text string, spans []span) Text {
	if len(spans) == 0 {
		return Text{Text: text}
	}
	cuts := cutsOf(spans)
	units := make(map[int]int, len(cuts))
	from, unit := 0, 0
	for _, cut := range cuts {
		unit += Len(text[from:cut])
		from, units[cut] = cut, unit
	}
	entities := make([]Entity, len(spans))
	for i, s := range spans {
		entities[i] = Entity{Type: s.kind, Offset: units[s.start], Length: units[s.end] - units[s.start], URL: s.url, Language: s.lang}
	}
	return Text{Text: text, Entities: entities}
}

// spans are the entities of a text from byte to byte.
func (t Text) spans() []span {
	if len(t.Entities) == 0 {
		return nil
	}
	offsets := newOffsets(t.Text)
	spans := make([]span, len(t.Entities))
	for i, e := range t.Entities {
		spans[i] = span{start: offsets.bytes(e.Offset), end: offsets.bytes(e.Offset + e.Length), kind: e.Type, url: e.URL, lang: e.Language}
	}
	return spans
}
