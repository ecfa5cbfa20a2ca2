package botfile

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// markupOf are texts in the markup and the HTML that they stand for, both ways.
var markupOf = []struct{ name, markup, html string }{
	{"a line is a paragraph", "Hello", "<p>Hello</p>"},
	{"two lines are two paragraphs", "a\nb", "<p>a</p><p>b</p>"},
	{"an empty line is an empty line", "a\n\nb", "<p>a</p><p><br></p><p>b</p>"},
	{"a backslash breaks a line inside its paragraph", "a\\\nb", "<p>a<br>b</p>"},
	{"styles", "**b** _i_ __u__ ~~s~~ `c`", "<p><strong>b</strong> <em>i</em> <u>u</u> <s>s</s> <code>c</code></p>"},
	{"styles inside each other", "**_a_ b**", "<p><strong><em>a</em> b</strong></p>"},
	{"a style may be part of a word", "ab**cd**", "<p>ab<strong>cd</strong></p>"},
	{"underscores in words mean nothing", "snake_case_name", "<p>snake_case_name</p>"},
	{"a link", "[our **site**](https://x.ua/?a=b&c=d)", `<p><a href="https://x.ua/?a=b&amp;c=d">our <strong>site</strong></a></p>`},
	{"an address with brackets", "[x](https://x.ua/a_(b))", `<p><a href="https://x.ua/a_(b)">x</a></p>`},
	{"a placeholder in an address", "[x](https://x.ua/{{ partner.id }})", `<p><a href="https://x.ua/{{ partner.id }}">x</a></p>`},
	{"placeholders stay as they are", "**{{ partner.x_my_field | _none_ }}**", "<p><strong>{{ partner.x_my_field | _none_ }}</strong></p>"},
	{"lists", "- a\n- **b**\n1. c\n2. d", "<ul><li>a</li><li><strong>b</strong></li></ul><ol><li>c</li><li>d</li></ol>"},
	{"a quotation", "> a\n> b", "<blockquote>a<br>b</blockquote>"},
	{"code keeps its spaces and signs", "```python\nif a < b:\n    **c**\n```", `<pre data-language-id="python">if a &lt; b:` + "\n    **c**</pre>"},
	{"signs that mean nothing stay", "2 * 3 ~ 6 & <b> \"q\"", "<p>2 * 3 ~ 6 &amp; &lt;b&gt; \"q\"</p>"},
	{"escaped signs", `\_a\_ \*\*b\*\* \[c] \` + "`d\\`", "<p>_a_ **b** [c] `d`</p>"},
	{"escaped beginnings", "\\- a\n1\\. b\n\\> c", "<p>- a</p><p>1. b</p><p>&gt; c</p>"},
	{"a hard space", "a\u00a0b", "<p>a&nbsp;b</p>"},
}

func TestMarkupIsWhatAnEditorWouldHaveWritten(t *testing.T) {
	t.Parallel()
	for _, c := range markupOf {
		require.Equal(t, c.html, markupToHTML(c.markup), c.name)
		markup, exact := exactMarkup(c.html)
		require.True(t, exact, c.name)
		require.Equal(t, c.markup, markup, c.name)
	}
}

func TestUnclosedMarksAreLetters(t *testing.T) {
	t.Parallel()
	for markup, html := range map[string]string{
		"**a": "<p>**a</p>", "a _b": "<p>a _b</p>", "` `": "<p><code> </code></p>", "[a](b": "<p>[a](b</p>", "[a] (b)": "<p>[a] (b)</p>",
		"** a **": "<p>** a **</p>", "```\na": "<p>```</p><p>a</p>", "{{ a": "<p>{{ a</p>", `\`: `<p>\</p>`, "": "<p><br></p>", "a * b": "<p>a * b</p>",
	} {
		require.Equal(t, html, markupToHTML(markup), markup)
	}
}

// What the editors of Odoo write comes out as markup, however they wrote it.
func TestTextsOfOdoosEditorsBecomeMarkup(t *testing.T) {
	t.Parallel()
	for html, markup := range map[string]string{
		`<p data-oe-version="2.0">Hello <b>you</b></p>`:                        "Hello **you**",
		"<p>a<br></p><p><br/></p>\n<p>b</p>":                                   "a\n\nb",
		"<ul><li><p>a</p></li><li>b</li></ul>":                                 "- a\n- b",
		"<p>Hello <strong>you </strong>there</p>":                              "Hello **you** there",
		`<p><a href="https://x.ua" target="_blank" rel="noreferrer">x</a></p>`: "[x](https://x.ua)",
		"plain text":                                "plain text",
		"<div>a</div><div>b</div>":                  "a\nb",
		"<blockquote><p>a</p><p>b</p></blockquote>": "> a\n> b",
		"<p>a <i>b</i><span> c</span></p>":          "a _b_ c",
	} {
		got, exact := exactMarkup(NormalHTML(html))
		require.True(t, exact, html)
		require.Equal(t, markup, got, html)
	}
}

func TestWhatTheMarkupDoesNotHaveStaysHTML(t *testing.T) {
	t.Parallel()
	for _, html := range []string{
		"<h1>a</h1>", `<p><span style="color:red">a</span></p>`, "<table><tr><td>a</td></tr></table>", "<ul><li>a<ul><li>b</li></ul></li></ul>",
		"<p><em>a</em>b</p>", `<ol start="3"><li>a</li></ol>`, "<p>a</p><hr>", `<p style="text-align: center">a</p>`,
	} {
		require.Equal(t, html, NormalHTML(html))
		_, exact := exactMarkup(html)
		require.False(t, exact, html)
	}
}

func TestTextWithNothingToSeeIsNone(t *testing.T) {
	t.Parallel()
	for _, html := range []string{"<p><br></p>", "<p></p>", " ", "<p>&nbsp;</p>", "<ul></ul>"} {
		require.Empty(t, NormalHTML(html), html)
	}
}

// However a text was written, what is exported shows the client the same.
func FuzzMarkup(f *testing.F) {
	for _, c := range markupOf {
		f.Add(c.markup)
		f.Add(c.html)
	}
	f.Fuzz(func(t *testing.T, source string) {
		html := markupToHTML(source)
		normal := NormalHTML(source)
		require.True(t, normal == "" || looksAlike(source, normal), "%q became %q", source, normal)
		require.Equal(t, normal, NormalHTML(normal))
		if markup, exact := exactMarkup(html); exact {
			require.Equal(t, html, markupToHTML(markup))
		}
	})
}
