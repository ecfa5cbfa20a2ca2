package richtext

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// values answers from a map.
func values(of map[string]string) Values { return func(path string) string { return of[path] } }

func TestRenderFillsIn(t *testing.T) {
	t.Parallel()
	known := values(map[string]string{
		"partner.name": "Ганна", "partner.country_id.name": "Україна", "answer.city": " Львів ", "chat.emoji": "😀", "partner.lines": "a\nb",
		"partner.website": "https://ann.example/?a=1&b=2", "partner.ref": "A/1 &b",
	})
	for _, c := range []struct{ name, html, want string }{
		{"a name", "<p>Вітаємо, {{ partner.name }}!</p>", "Вітаємо, Ганна!"},
		{"without spaces", "{{partner.name}}{{chat.emoji}}", "Ганна😀"},
		{"a relation", "{{ partner.country_id.name }}", "Україна"},
		{"the default for nothing", "{{ partner.phone|нема }} {{ partner.name | друже }}", "нема Ганна"},
		{"nothing", "a{{ partner.phone }}b", "ab"},
		{"the editor's spaces", "<p>{{&nbsp;partner.name&nbsp;|&nbsp;x }}</p>", "Ганна"},
		{"bold covers exactly the value", "<p><b>{{ partner.name }}</b>, вітаємо</p>", "*Ганна*, вітаємо"},
		{"braces partly inside the formatting", "<p>{{ <b>partner.name</b> }} {<i>{ partner.name }</i>}</p>", "*Ганна* _Ганна_"},
		{"formatting that ends inside", "<p><b>Hi {{</b> partner.name }}</p>", "*Hi* Ганна"},
		{"formatting that begins in the default", "<p>{{ partner.phone | <b>нема</b> }}!</p>", "нема!"},
		{"braces in spans of their own", `<p><span>{</span><span style="color:red">{ partner.</span>name<span> }</span>}</p>`, "Ганна"},
		{"an entity without a value goes", "<p>a <b>{{ partner.phone }}</b> b</p>", "a  b"},
		{"an entity trims its value", "<p>[<u>{{ answer.city }}</u>]</p>", "[ __Львів__ ]"},
		{"entities behind move along", "<p>{{ chat.emoji }}<i>x</i> {{ partner.name }} <b>y</b></p>", "😀_x_ Ганна *y*"},
		{"entities around several", "<p><b>a {{ partner.name }} <i>{{ chat.emoji }}</i> {{ partner.phone | b }}</b></p>", "*a Ганна _😀_ b*"},
		{"a value of two lines in a quote", "<blockquote>{{ partner.lines }}</blockquote>", "> a\n> b"},
		{"white space at the ends goes", "{{ partner.phone }} a {{ partner.phone }}", "a"},
		{"in the address of a link", `<a href="https://x.example/?r={{ partner.ref }}">x</a>`, "[x](https://x.example/?r=A%2F1+%26b)"},
		{"encoded by the editor", `<a href="https://x.example/?r=%7B%7B%20partner.ref%20%7D%7D">x</a>`, "[x](https://x.example/?r=A%2F1+%26b)"},
		{"a whole address", `<a href="https://{{ partner.website }}">x</a>`, "[x](https://ann.example/?a=1&b=2)"},
		{"an address that is none is text", `<a href="{{ partner.phone }}">x</a>`, "x"},
		{"an address that is dangerous is text", `<a href="{{ partner.phone | javascript:alert(1) }}">x</a>`, "x"},
		{"a single brace is a letter", "{ partner.name } {{", "{ partner.name } {{"},
		{"of three braces the outer are letters", "{{{ partner.name }}}", "{Ганна}"},
		{"what is no placeholder stays", "{{ }} {{ a b }} {{ partner.name", "{{ }} {{ a b }} {{ partner.name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			text := Parse(c.html).Render(known)
			require.Equal(t, c.want, text.Marked())
			requireSound(t, text)
		})
	}
}

func TestRenderTakesValuesAsLetters(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"<b>Ann</b>", "Ann_B *x* [y](z) `c` ~s~", "a & b &lt; c", "{{ bot.token }}", "}}", "{{ partner.name }}", "שלום", "a\u200db"} {
		text := Parse("<p>Hi <b>{{ partner.name | {{ }}</b>!</p>").Render(none)
		require.Equal(t, "Hi {{ partner.name | {{ }}!", text.Text, "a default with braces is no placeholder")
		text = Parse("<p>Hi <b>{{ partner.name }}</b>!</p>").Render(func(string) string { return name })
		require.Equal(t, "Hi "+name+"!", text.Text)
		require.Equal(t, []Entity{{Type: Bold, Offset: 3, Length: Len(name)}}, text.Entities)
	}
}

func TestRenderLeavesOutWhatTelegramRefuses(t *testing.T) {
	t.Parallel()
	text := Parse("<p><b>{{ partner.name }}</b> ok</p>").Render(func(string) string { return "a\x00\x1b[31mb\xff\u202ec\r\nd" })
	require.Equal(t, "a[31mb\ufffdc\nd ok", text.Text)
	require.Equal(t, []Entity{{Type: Bold, Offset: 0, Length: 10}}, text.Entities)
}

func TestB01NameWithMarkupSignsIsShownLetterForLetter(t *testing.T) {
	t.Parallel()
	name := "Ann_B *x* [y](z)"
	known := values(map[string]string{"partner.name": name})
	text := Parse("<p><b>{{ partner.name }}</b>, вітаємо</p>").Render(known)
	require.Equal(t, name+", вітаємо", text.Text)
	require.Equal(t, []Entity{{Type: Bold, Offset: 0, Length: Len(name)}}, text.Entities)
	require.Equal(t, "До "+name, ParsePlain("До {{ partner.name }}").RenderPlain(known), "in a button")
	require.Equal(t, "<b>"+name+"</b>, вітаємо", text.HTML(), "in Odoo")
}

func TestB02AddressInAngleBracketsAndLinkWithTwoParameters(t *testing.T) {
	t.Parallel()
	name := "Chad <chad@x.example> & Co"
	text := Parse(`<p>{{ partner.name }}: <a href="https://x.example/?a=1&amp;b=2">link</a></p>`).Render(values(map[string]string{"partner.name": name}))
	require.Equal(t, name+": link", text.Text)
	require.Equal(t, []Entity{{Type: Link, Offset: Len(name) + 2, Length: 4, URL: "https://x.example/?a=1&b=2"}}, text.Entities)
	require.Equal(t, `Chad &lt;chad@x.example&gt; &amp; Co: <a href="https://x.example/?a=1&amp;b=2">link</a>`, text.HTML())
}

func TestPlaceholdersAreListed(t *testing.T) {
	t.Parallel()
	template := Parse(`<p>{{ partner . country_id.name | x | y }} {{answer.місто}} <a href="https://x.example/{{ chat.id }}">z</a></p>`)
	require.Equal(t, []Placeholder{{Path: "partner.country_id.name", Default: "x | y"}, {Path: "answer.місто"}, {Path: "chat.id"}}, template.Placeholders())
	require.Empty(t, template.Problems())
}

func TestProblemsOfPlaceholders(t *testing.T) {
	t.Parallel()
	for html, key := range map[string]string{
		"<p>a {{ partner.name</p><p>}}</p>":   "richtext.unclosed",
		"{{ partner.name {{ bot.name }}":      "richtext.unclosed",
		"{{ }}":                               "richtext.empty_path",
		"{{ | x }}":                           "richtext.empty_path",
		"{{ object.name or 'x' }}":            "richtext.bad_path",
		"{{ partner..name }}":                 "richtext.bad_path",
		"{{ client.name }}":                   "richtext.unknown_root",
		"{{ partner }}":                       "richtext.no_field",
		`<a href="https://x/{{ a b }}">x</a>`: "richtext.bad_path",
	} {
		problems := Parse(html).Problems()
		require.Len(t, problems, 1, html)
		require.Equal(t, key, problems[0].Key, html)
		require.NotRegexp(t, `\{[a-z]+\}`, problems[0].In("uk"))
		require.NotRegexp(t, `\{[a-z]+\}`, problems[0].Error())
	}
	require.Empty(t, Parse("{{ record.name }}").Problems("record"))
}

func TestRenderURLOfAButton(t *testing.T) {
	t.Parallel()
	known := values(map[string]string{"partner.name": "Ann & Co", "answer.site": "https://x.example/a?b=c"})
	for source, want := range map[string]string{
		"https://x.example/?q={{ partner.name }}": "https://x.example/?q=Ann+%26+Co",
		"{{ answer.site }}":                       "https://x.example/a?b=c",
		"https://{{ answer.site }}":               "https://x.example/a?b=c",
		"x.example":                               "https://x.example",
		"":                                        "",
		"{{ partner.phone }}":                     "",
		"javascript:alert(1)":                     "",
	} {
		require.Equal(t, want, ParsePlain(source).RenderURL(known), source)
	}
}

func TestZeroTemplateIsTheEmptyText(t *testing.T) {
	t.Parallel()
	var template Template
	require.True(t, template.Empty())
	require.True(t, template.Render(none).Empty())
	require.Empty(t, template.Placeholders())
	require.Empty(t, template.Problems())
	require.True(t, Parse("<p><br></p>").Empty())
	require.False(t, Parse("{{ partner.name }}").Empty())
}

func TestTextOfInvisibleLettersIsEmpty(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", " \n\t", "\u200b\u200d\u2060", "\u3164", "\u2800", "\u00ad\ufe0f"} {
		require.True(t, Plain(text).Empty(), "%q", text)
		require.Empty(t, Plain(text).Split(4096), "%q", text)
	}
	require.False(t, Plain(".").Empty())
}

func TestConcatJoinsEntities(t *testing.T) {
	t.Parallel()
	bold := Parse("<b>a</b>").Render(none)
	require.Equal(t, "*aa*b *a*", Concat(bold, bold, Plain("b "), bold).Marked())
	require.Equal(t, "*a*b", bold.Append(Plain("b")).Marked())
	require.Equal(t, "*a*\nb", Join([]Text{bold, {}, Plain("b"), Plain(" ")}, "\n").Marked())
	require.Equal(t, "x *a*", Plain("\n x ").Append(bold).Append(Plain(" \n")).Trim().Marked())
}

func TestNewMendsEntitiesFromElsewhere(t *testing.T) {
	t.Parallel()
	text := New("😀 ab cd", []Entity{
		{Type: Italic, Offset: 5, Length: 100}, {Type: Bold, Offset: -3, Length: 10}, {Type: Bold, Offset: 3, Length: 1}, {Type: "mention", Offset: 0, Length: 2},
		{Type: Link, Offset: 0, Length: 2}, {Type: Underline, Offset: 1, Length: 1}, {Type: Code, Offset: 20, Length: 4}, {Type: Bold, Offset: 2, Length: -1},
	})
	requireSound(t, text)
	require.Equal(t, []Entity{{Type: Bold, Offset: 0, Length: 7}, {Type: Underline, Offset: 0, Length: 2}, {Type: Italic, Offset: 6, Length: 1}, {Type: Italic, Offset: 7, Length: 1}}, text.Entities)
	require.Equal(t, text, New(text.Text, text.Entities), "mended once is mended for good")
}

func TestRendersForTerminalAndChatter(t *testing.T) {
	t.Parallel()
	text := Parse(`<p>a <b>b<br>c</b></p><blockquote>d<br><i>e</i></blockquote><pre>f
g</pre><p><a href="https://x.example">h</a> &lt;i&gt;</p>`).Render(none)
	require.Equal(t, "a *b*\n*c*\n> d\n> _e_\n```\nf\ng\n```\n[h](https://x.example) <i>", text.Marked())
	require.Equal(t, `a <b>b<br/>c</b><blockquote>d<br/><i>e</i></blockquote><pre>f<br/>g</pre><a href="https://x.example">h</a> &lt;i&gt;`, text.HTML())
	ansi := text.ANSI()
	require.Contains(t, ansi, "a \x1b[1mb\x1b[0m\n\x1b[1mc\x1b[0m\n\x1b[2m│\x1b[0m d\n\x1b[2m│\x1b[0m \x1b[3me\x1b[0m\n")
	require.Contains(t, ansi, "h\x1b[0m\x1b[2m (https://x.example)\x1b[0m <i>")
}

func TestANSILetsNoTextSteerTheTerminal(t *testing.T) {
	t.Parallel()
	require.Equal(t, "a]0;xb", Text{Text: "a\x1b]0;x\x07b"}.ANSI())
}

func TestHTMLRunsNoAddress(t *testing.T) {
	t.Parallel()
	require.Equal(t, `<a href="">x</a>`, New("x", []Entity{{Type: Link, Length: 1, URL: "javascript:alert(1)"}}).HTML())
}

var fuzzSeeds = []string{
	"", "a\nb", "<p>a <b>b</b></p>", "<ul><li>a<ol><li>b</li></ol></li></ul>", "<b>{{ partner.name | <i>x</i> }}</b>", "<blockquote>a<pre>b\nc</pre></blockquote>",
	"<b>a<blockquote>b<i>c</blockquote>d</b>e</i>", "<table><tr><td>a<td><p>b</table>", "<p>😀<u>\u200b👩‍👩‍👧</u>&nbsp;\xff</p>", `<a href="https://x.example/{{ a }}">x<code>y</code></a>`,
	`<b>a<span style="font-weight:400">b<strong>c</strong></span></b>`, "<s>{{ partner.name }}</s><s> {{</s> a }}",
}

func FuzzParse(f *testing.F) {
	for _, seed := range fuzzSeeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		template := Parse(source)
		text := template.Render(none)
		requireSound(t, text)
		require.Equal(t, strings.ToValidUTF8(text.Text, "?"), text.Text)
		require.Equal(t, text.Trim(), text)
		require.Equal(t, text, New(text.Text, text.Entities), "mending changes nothing")
		for _, problem := range template.Problems() {
			require.NotEmpty(t, problem.In("uk"))
		}
		_, _, _ = text.Marked(), text.ANSI(), text.HTML()
	})
}

func FuzzRender(f *testing.F) {
	for _, seed := range fuzzSeeds {
		f.Add(seed, "<b>Ann</b> {{ x }}")
		f.Add(seed, " \n")
	}
	f.Add("{{ a.b }}<b>{{ c.d }}</b>", "😀")
	f.Fuzz(func(t *testing.T, source, value string) {
		for _, template := range []Template{Parse(source), ParsePlain(source)} {
			asked := map[string]bool{}
			text := template.Render(func(path string) string { asked[path] = true; return value })
			requireSound(t, text)
			require.Equal(t, strings.ToValidUTF8(text.Text, "?"), text.Text)
			for _, placeholder := range template.Placeholders() {
				require.True(t, asked[placeholder.Path])
			}
			require.Equal(t, strings.TrimFunc(text.Text, blank), strings.TrimFunc(template.RenderPlain(func(string) string { return value }), blank))
		}
	})
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Parse(benchmarkHTML)
	}
}

func BenchmarkRender(b *testing.B) {
	template := Parse(benchmarkHTML)
	known := func(string) string { return "Ганна" }
	b.ReportAllocs()
	for b.Loop() {
		template.Render(known)
	}
}

func BenchmarkRenderOfAStaticText(b *testing.B) {
	template := Parse("<p>Чим можемо <b>допомогти</b>?</p>")
	b.ReportAllocs()
	for b.Loop() {
		template.Render(none)
	}
}

const benchmarkHTML = `<p>Вітаємо, <b>{{ partner.name | друже }}</b>!</p><p><br></p><ul><li>Ліди</li><li>Замовлення <i>{{ answer.city }}</i></li></ul><p><a href="https://x.example/?a=1">Каталог</a></p>`

// The work must not grow with the square of the text: then each of these takes minutes.
func TestLongHostileTextsAreReadInReasonableTime(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"open braces":  strings.Repeat("{{ ", 100_000),
		"placeholders": strings.Repeat("{{a.b}}", 50_000),
		"tags":         strings.Repeat("<b>a</b><i>b</i> ", 10_000),
		"overlapping":  strings.Repeat("<b><i>a</b>b</i><blockquote>c", 3_000),
		"entities":     strings.Repeat("&lt;b&gt;", 100_000),
	} {
		parts := Parse(source).Render(none).Split(4096)
		require.True(t, len(parts) > 0 || name == "placeholders", name)
	}
}
