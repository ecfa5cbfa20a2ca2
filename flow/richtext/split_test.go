package richtext

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"github.com/stretchr/testify/require"
)

// joined is the text of all parts, behind each other.
func joined(parts []Text) string {
	var b strings.Builder
	for _, part := range parts {
		b.WriteString(part.Text)
	}
	return b.String()
}

// requireSplit holds what Split promises.
func requireSplit(t require.TestingT, text Text, limit int, parts []Text) {
	for i, part := range parts {
		require.LessOrEqual(t, part.Len(), limit, "part %d is too long", i)
		require.LessOrEqual(t, len(part.Entities), maxEntities, "part %d has too many entities", i)
		require.LessOrEqual(t, rawSize(part.Text, part.Entities), maxRaw, "part %d is too heavy", i)
		require.False(t, part.Empty(), "part %d is empty", i)
		require.True(t, utf8.ValidString(part.Text))
		require.Equal(t, part, part.Trim())
		requireSound(t, part)
	}
	if len(parts) > 1 || !text.Empty() {
		require.Equal(t, letters(text.Text), letters(joined(parts)), "nothing but white space is lost")
	}
}

// letters leaves out white space and what cannot be seen.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || !visible(r) {
			return -1
		}
		return r
	}, text)
}

func TestB03LongBoldWithALinkAcrossTheCut(t *testing.T) {
	t.Parallel()
	before, link, after := strings.Repeat("Ї", 4090), "посилання тут", strings.Repeat("ж", 6000-4090-13)
	text := Parse(`<p><b>` + before + `<a href="https://x.example/">` + link + `</a>` + after + `</b></p>`).Render(none)
	require.Equal(t, 6000, text.Len())
	parts := text.Split(4096)
	require.Len(t, parts, 2)
	require.Equal(t, text.Text, joined(parts))
	require.Equal(t, []Entity{{Type: Bold, Offset: 0, Length: 4090}}, parts[0].Entities)
	require.Equal(t, []Entity{{Type: Bold, Offset: 0, Length: 1910}, {Type: Link, Offset: 0, Length: 13, URL: "https://x.example/"}}, parts[1].Entities)
	requireSplit(t, text, 4096, parts)
}

func TestB04LengthIsCountedInUTF16(t *testing.T) {
	t.Parallel()
	one := Plain(strings.Repeat("Ї", 4096))
	require.Equal(t, []Text{one}, one.Split(4096), "8 192 bytes, 4 096 units: one message")

	emoji := Plain(strings.Repeat("😀", 2049))
	parts := emoji.Split(4096)
	require.Len(t, parts, 2)
	require.Equal(t, emoji.Text, joined(parts))
	require.Equal(t, 4096, parts[0].Len())
	requireSplit(t, emoji, 4096, parts)
}

func TestB04QuotedLines(t *testing.T) {
	t.Parallel()
	lines := Parse(strings.Repeat("<blockquote>a</blockquote>", 2000)).Render(none)
	parts := lines.Split(4096)
	require.Len(t, parts, 1, "lines of one quote are one entity")
	requireSplit(t, lines, 4096, parts)

	apart := Parse(strings.Repeat("<blockquote>a</blockquote><p><br></p>", 2000)).Render(none)
	parts = apart.Split(4096)
	require.Len(t, parts, 20, "a hundred entities in each")
	requireSplit(t, apart, 4096, parts)

	links := Parse(strings.Repeat(`<p><a href="https://x.example/`+strings.Repeat("a", 1000)+`">a</a></p>`, 90)).Render(none)
	requireSplit(t, links, 4096, links.Split(4096))
	require.Greater(t, len(links.Split(4096)), 2, "little text, but many bytes of addresses")
}

func TestSplitCutsAtTheHighestLevelThatKeepsPartsHalfFull(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		limit      int
		want       []string
	}{
		{"short stays whole", "ab", 4, []string{"ab"}},
		{"paragraph before line", "aaaa\n\nbb\nccccc", 12, []string{"aaaa\n\nbb", "ccccc"}},
		{"paragraph", "aaaaaaa\n\nbb\nccccc", 12, []string{"aaaaaaa", "bb\nccccc"}},
		{"line before sentence", "aaaaaa\nb. cccc dd", 10, []string{"aaaaaa", "b. cccc dd"}},
		{"sentence before word", "aaaa bb. cc ddd", 11, []string{"aaaa bb.", "cc ddd"}},
		{"word", "aaaa bbb cccc", 10, []string{"aaaa bbb", "cccc"}},
		{"a word rather than its middle", "a bbbbbbbbb", 9, []string{"a", "bbbbbbbbb"}},
		{"letters where there is no word", "aaaaaaaaaa", 4, []string{"aaaa", "aaaa", "aa"}},
		{"emoji of two units", "😀😀😀", 3, []string{"😀", "😀", "😀"}},
		{"families stay together", "👩‍👩‍👧👩‍👩‍👧", 9, []string{"👩‍👩‍👧", "👩‍👩‍👧"}},
		{"flags stay together", "🇺🇦🇺🇦🇺🇦", 9, []string{"🇺🇦🇺🇦", "🇺🇦"}},
		{"accents stay on their letter", "и\u0306и\u0306и\u0306", 3, []string{"и\u0306", "и\u0306", "и\u0306"}},
		{"white space at the cut goes", "aaa   \n  bbb", 6, []string{"aaa", "bbb"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			parts := Plain(c.text).Split(c.limit)
			for _, part := range parts {
				got = append(got, part.Text)
			}
			require.Equal(t, c.want, got)
			requireSplit(t, Plain(c.text), c.limit, parts)
		})
	}
}

func TestSplitKeepsCodeWholeAndGoesOnWithQuotes(t *testing.T) {
	t.Parallel()
	text := Parse("<blockquote>aaa bbb <code>cc dd</code> eee</blockquote>").Render(none)
	var got []string
	for _, part := range text.Split(10) {
		got = append(got, part.Marked())
		requireSound(t, part)
	}
	require.Equal(t, []string{"> aaa bbb", "> `cc dd` eee"}, got)

	long := Parse("<code>" + strings.Repeat("ab ", 10) + "</code>").Render(none)
	require.Len(t, long.Split(15), 2, "what fits into no part is cut")
}

func TestSplitOfALetterLongerThanAMessage(t *testing.T) {
	t.Parallel()
	text := Plain("a" + strings.Repeat("\u0301", 100))
	parts := text.Split(40)
	require.Len(t, parts, 3)
	require.Equal(t, text.Text, joined(parts))
}

func FuzzSplit(f *testing.F) {
	for _, seed := range fuzzSeeds {
		f.Add(seed, 7)
	}
	f.Add("<p>one. two three</p><p><code>four five</code></p><b>👩‍👩‍👧 "+strings.Repeat("<i>a</i>b", 300)+"</b>", 30)
	f.Add("и\u0306 \u0301 🇺🇦🇺🇦 a", 4)
	f.Fuzz(func(t *testing.T, source string, limit int) {
		limit = max(limit, 2) % 5000
		text := Parse(source).Render(none)
		parts := text.Split(limit)
		requireSplit(t, text, max(limit, 2), parts)
		requireWholeLetters(t, text.Text, parts, max(limit, 2))
	})
}

// requireWholeLetters holds that no cut lies inside a letter as a person sees it, unless it fits into no part.
func requireWholeLetters(t *testing.T, text string, parts []Text, limit int) {
	inside := map[int]bool{}
	at := 0
	for clusters := uniseg.NewGraphemes(text); clusters.Next(); at += len(clusters.Str()) {
		for i := 1; i < len(clusters.Str()) && Len(clusters.Str()) <= limit; i++ {
			inside[at+i] = true
		}
	}
	at = 0
	for _, part := range parts[:max(len(parts)-1, 0)] {
		at += strings.Index(text[at:], part.Text) + len(part.Text)
		if strings.TrimLeftFunc(text[at:], blank) != text[at:] {
			continue // the white space at a cut is dropped, also where a sign before it claims it (U+0601 does)
		}
		require.False(t, inside[at], "%q is cut inside a letter at %d", text, at)
	}
}

func BenchmarkSplit(b *testing.B) {
	text := Parse("<p>" + strings.Repeat("Слово за <b>словом</b>, речення за реченням. ", 300) + "</p>").Render(none)
	b.ReportAllocs()
	for b.Loop() {
		text.Split(4096)
	}
}

func BenchmarkSplitOfAShortText(b *testing.B) {
	text := Parse("<p>Чим можемо <b>допомогти</b>?</p>").Render(none)
	b.ReportAllocs()
	for b.Loop() {
		text.Split(4096)
	}
}
