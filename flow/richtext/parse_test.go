package richtext

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func none(string) string { return "" }

// The right column is what Marked shows.
func TestParseReadsWhatOdoosEditorsWrite(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, html, want string }{
		{"plain text keeps its lines", "Вітаємо!\nЩо далі?", "Вітаємо!\nЩо далі?"},
		{"plain text is decoded", "Tom &amp; Jerry&nbsp;&lt;3", "Tom & Jerry <3"},
		{"less than is no tag", "1 < 2 and I <3 you", "1 < 2 and I <3 you"},
		{"inline markup alone keeps line breaks", "Hi, <b>Ann</b>!\nAll well?", "Hi, *Ann*!\nAll well?"},
		{"paragraphs are lines", "<p>one</p><p>two</p>", "one\ntwo"},
		{"an empty paragraph is an empty line", "<p>one</p><p><br></p><p>two</p>", "one\n\ntwo"},
		{"a paragraph of a space is an empty line", "<p>one</p><p>&nbsp;</p><p>two</p>", "one\n\ntwo"},
		{"the editor's empty end is nothing", "<p>one</p><p><br></p>", "one"},
		{"an empty text of the editor is nothing", "<p><br></p>", ""},
		{"a break inside a paragraph", "<p>one<br>two</p>", "one\ntwo"},
		{"a break at the end of a paragraph is not seen", "<p>one<br></p><p>two</p>", "one\ntwo"},
		{"two breaks are an empty line", "<p>one<br/><br/>two</p>", "one\n\ntwo"},
		{"source line breaks are spaces", "<p>one\n   two</p>\n<p>three</p>\n", "one two\nthree"},
		{"bold by tag and style", `<p><b>a</b> <strong>b</strong> <span style="font-weight: bolder;">c</span> <span style="font-weight:700">d</span></p>`, "*a* *b* *c* *d*"},
		{"other styles", "<p><i>a</i> <em>b</em> <u>c</u> <s>d</s> <del>e</del> <strike>f</strike> <code>g</code></p>", "_a_ _b_ __c__ ~d~ ~e~ ~f~ `g`"},
		{"styles by text-decoration", `<p><span style="text-decoration-line: underline line-through">a</span></p>`, "__~a~__"},
		{"normal weight takes bold away", `<p><b>a <span style="font-weight: normal">b</span> c</b></p>`, "*a* b *c*"},
		{"bold inside normal is bold", `<p style="font-weight:400"><b>a</b> b</p>`, "*a* b"},
		{"equal neighbours are one", "<p><b>a</b><b>b</b><strong> c</strong></p>", "*ab c*"},
		{"entities lose their edges of spaces", "<p>a<b> b </b>c</p>", "a *b* c"},
		{"colours and classes fall away", `<p><font style="color: rgb(255, 0, 0);">red</font> <span class="o_small-fs" data-x="1">small</span></p>`, "red small"},
		{"zero width junk goes", "<p>\ufeff<a href=\"https://x.example\">\ufeffx\ufeff</a>\ufeff\u200b!</p>", "[x](https://x.example)!"},
		{"joiners inside an emoji stay", "<p>👩‍👩‍👧</p>", "👩‍👩‍👧"},
		{"a heading is a bold line", "<h1>Title</h1><p>text</p>", "*Title*\ntext"},
		{"a rule", "<p>a</p><hr><p>b</p>", "a\n———\nb"},
		{"lists", "<ul><li>a</li><li>b<br>c</li></ul><p>d</p>", "• a\n• b\n   c\nd"},
		{"numbered lists", `<ol start="3"><li><p>a</p></li><li><p>b</p></li></ol>`, "3. a\n4. b"},
		{"nested list in the item", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "• a\n   ◦ b\n• c"},
		{"nested list in Odoo's item of its own", `<ol><li>a</li><li class="oe-nested"><ol><li>b</li></ol></li><li>c</li></ol>`, "1. a\n   1. b\n2. c"},
		{"bold item", "<ul><li><b>a</b>: b</li></ul>", "• *a*: b"},
		{"empty items are left out", "<ul><li>a</li><li><br></li></ul><p>b</p>", "• a\nb"},
		{"checklist", `<ul class="o_checklist"><li class="o_checked" id="x1">done</li><li id="x2">open</li></ul>`, "☑ done\n☐ open"},
		{"quote", "<p>a</p><blockquote>b<br>c</blockquote><p>d</p>", "a\n> b\n> c\nd"},
		{"quotes line by line are one", "<blockquote>b</blockquote><blockquote>c</blockquote>", "> b\n> c"},
		{"quote in a quote", "<blockquote><p>b</p><blockquote>c</blockquote></blockquote>", "> b\n> c"},
		{"bold across the edge of a quote is cut", "<b>a<blockquote>b</blockquote></b>", "*a*\n> *b*"},
		{"code block", "<pre>if x:\n    <b>y</b> = 1\n\nz</pre><p>a</p>", "```\nif x:\n    y = 1\n\nz\n```\na"},
		{"code block with language", `<pre><code class="language-python">x</code></pre>`, "```python\nx\n```"},
		{"code holds no other style", "<p><b>a <code>b <i>c</i></code> d</b></p>", "*a* `b c` *d*"},
		{"table", "<table><tbody><tr><td><p>A</p></td><td>1</td></tr><tr><td>B</td><td><br></td><td>2</td></tr></tbody></table><p>x</p>", "A | 1\nB | 2\nx"},
		{"table for layout", "<table><tr><td><p>a</p><p>b</p></td></tr></table>", "a\nb"},
		{"table head", "<table><tr><th>A</th><th>B</th></tr></table>", "*A* | *B*"},
		{"scripts and comments go", "<p>a<!-- x --><script>alert(1)</script><style>b{}</style></p>", "a"},
		{"link without scheme", `<a href="shop.example/a?b=1&amp;c=2">x</a>`, "[x](https://shop.example/a?b=1&c=2)"},
		{"a link that Telegram does not open is text", `<a href="/web#id=1">x</a> <a href="javascript:alert(1)">y</a> <a href="#">z</a>`, "x y z"},
		{"mail link says its address", `<p><a href="mailto:a@x.example?subject=b">write</a>, <a href="mailto:a@x.example">a@x.example</a></p>`, "write (a@x.example), a@x.example"},
		{"phone link says its number", `<p><a href="tel:+380000000000">call</a> <a href="tel:+380000000000">+38 (000) 000-00-00</a></p>`, "call (+380000000000) +38 (000) 000-00-00"},
		{"bold link", `<p><b>a <a href="tg://resolve?domain=x">b</a></b></p>`, "*a [b](tg://resolve?domain=x)*"},
		{"italics that an icon is made of", `<i class="fa fa-star fst-normal">x</i>`, "x"},
		{"broken html", "<p>a<b>b<p>c</i></div>", "a*b*\n*c*"},
		{"nbsp is a space", "<p>a&nbsp; b&nbsp;</p><p>c</p>", "a  b\nc"},
		{"spoiler", `<tg-spoiler>a</tg-spoiler> <span class="tg-spoiler">b</span>`, "||a|| ||b||"},
		{"right to left", "<p dir=\"rtl\">שלום <b>עולם</b></p>", "שלום *עולם*"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			text := Parse(c.html).Render(none)
			require.Equal(t, c.want, text.Marked())
			requireSound(t, text)
		})
	}
}

func TestParseNestedDeeperThanTheParserGoesIsStillRead(t *testing.T) {
	t.Parallel()
	text := Parse(strings.Repeat("<div><b>", 3000) + "deep").Render(none)
	require.Equal(t, "deep", text.Text)
}

func TestOffsetsCountInUTF16(t *testing.T) {
	t.Parallel()
	text := Parse("<p>Ї😀 <b>жир</b>😀<i>к</i></p>").Render(none)
	require.Equal(t, "Ї😀 жир😀к", text.Text)
	require.Equal(t, []Entity{{Type: Bold, Offset: 4, Length: 3}, {Type: Italic, Offset: 9, Length: 1}}, text.Entities)
}

func TestPictureInTheTextIsAProblem(t *testing.T) {
	t.Parallel()
	problems := Parse(`<p>a<img src="/web/image/1"></p>`).Problems()
	require.Len(t, problems, 1)
	require.Equal(t, "richtext.picture", problems[0].Key)
	require.Contains(t, problems[0].In("uk_UA"), "Мультимедіа")
}

// requireSound holds what Telegram demands of entities.
func requireSound(t require.TestingT, text Text) {
	offsets := newOffsets(text.Text)
	var before []Entity
	last := Entity{}
	for i, e := range text.Entities {
		start, end := offsets.bytes(e.Offset), offsets.bytes(e.Offset+e.Length)
		require.Equal(t, e.Offset, Len(text.Text[:start]), "entity %d begins inside a letter: %+v", i, e)
		require.Equal(t, e.Offset+e.Length, Len(text.Text[:end]), "entity %d ends inside a letter or outside: %+v", i, e)
		require.Positive(t, e.Length, "entity %d is empty", i)
		inside := text.Text[start:end]
		require.Equal(t, strings.TrimFunc(inside, blank), inside, "entity %d has white space at its ends", i)
		require.True(t, i == 0 || e.Offset > last.Offset || e.Offset == last.Offset && e.Length <= last.Length, "not sorted: %+v", text.Entities)
		for _, other := range before {
			apart := other.Offset+other.Length <= e.Offset
			holds := other.Offset+other.Length >= e.Offset+e.Length
			require.True(t, apart || holds, "crossing: %+v and %+v in %q", other, e, text.Text)
			if !apart && (other.Type == Code || other.Type == Pre) {
				require.Fail(t, "code holds something", "%+v in %+v", e, other)
			}
		}
		before, last = append(before, e), e
	}
}
