package answer

import (
	"strings"
	"unicode"
)

// invisible are letters without a shape that come along when something is copied: marks of direction, joiners, a byte order
// mark. Inside a text they may matter (an emoji of a family is held together by joiners), at its ends they never do.
const invisible = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"

// lineEnds of every system and of Unicode, as one.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n\n", "\u0085", "\n")

// clean makes a text that PostgreSQL takes (valid UTF-8 without NUL) and that has nothing unseen at its ends.
func clean(text string) string {
	text = lineEnds.Replace(strings.ToValidUTF8(text, "\ufffd"))
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text)
	return strings.TrimFunc(text, unseen)
}

// blank tells whether nothing of a text can be seen: fillers and variation selectors have no shape either.
func blank(text string) bool {
	return strings.TrimFunc(text, func(r rune) bool {
		return unseen(r) || unicode.In(r, unicode.Cf, unicode.Variation_Selector) || strings.ContainsRune("\u115f\u1160\u2800\u3164\uffa0\u034f", r)
	}) == ""
}

func unseen(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(invisible, r) }

// fold writes the digits of every script as 0 to 9, and the signs that stand for one another as the plainest of them: spaces
// (of any width), minus (U+2212, dashes), apostrophe, the full-width and Arabic signs of numbers. Invisible letters go.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < 0x80:
			return r
		case unicode.Is(unicode.Nd, r):
			return digit(r)
		case unicode.IsSpace(r):
			return ' '
		case strings.ContainsRune(invisible, r):
			return -1
		case strings.ContainsRune("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d", r):
			return '-'
		case strings.ContainsRune("\u2018\u2019\u02bc\u02b9\u2032\u00b4\u066c", r):
			return '\'' // U+066C is the Arabic separator of thousands
		case 0xff01 <= r && r <= 0xff5e:
			return r - 0xff01 + '!' // full width
		case r == '\u066b':
			return '.' // the Arabic decimal separator
		}
		return r
	}, text)
}

// digit gives 0 to 9 for a decimal digit of any script: Unicode has them in runs of ten, beginning with zero.
func digit(r rune) rune {
	for _, run := range unicode.Nd.R16 {
		if rune(run.Lo) <= r && r <= rune(run.Hi) {
			return '0' + (r-rune(run.Lo))%10
		}
	}
	for _, run := range unicode.Nd.R32 {
		if rune(run.Lo) <= r && r <= rune(run.Hi) {
			return '0' + (r-rune(run.Lo))%10
		}
	}
	return r
}
