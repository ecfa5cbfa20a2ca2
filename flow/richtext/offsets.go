package richtext

import (
	"slices"
	"unicode/utf8"
)

// offsets turns UTF-16 units into bytes. It remembers a place every few hundred bytes, so that long texts stay cheap.
type offsets struct {
	text  string
	marks []int // the unit at every markEvery bytes (or up to three bytes later, where a letter begins)
}

const markEvery = 256

func newOffsets(text string) offsets {
	o := offsets{text: text, marks: make([]int, 0, len(text)/markEvery+1)}
	unit := 0
	for from := 0; from < len(text); from += markEvery {
		o.marks = append(o.marks, unit)
		unit += Len(text[from:min(from+markEvery, len(text))])
	}
	return o
}

// bytes is the byte at which a unit begins; inside a letter of two units, that letter's first byte; outside the text, its end.
func (o offsets) bytes(unit int) int {
	if unit <= 0 || len(o.marks) == 0 {
		return 0
	}
	mark, _ := slices.BinarySearch(o.marks, unit)
	mark-- // the last mark before the unit; the first one is at 0
	at, n := mark*markEvery, o.marks[mark]
	for at < len(o.text) && !utf8.RuneStart(o.text[at]) {
		at++
	}
	for at < len(o.text) && n < unit {
		r, size := utf8.DecodeRuneInString(o.text[at:])
		if n++; r >= 0x10000 {
			n++
		}
		if n > unit {
			break
		}
		at += size
	}
	return at
}
