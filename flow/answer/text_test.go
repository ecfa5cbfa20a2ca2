package answer

import (
	"strings"
	"testing"
)

func TestCharKeepsWhatWasWrittenOnOneLine(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"uk", "en"} {
		accept(t, Char, kyiv(t, lang), []accepted{
			{"Ганна", "Ганна", "Ганна"},
			{"  Ганна Коваль \n", "Ганна Коваль", "Ганна Коваль"},
			{"два  пробіли", "два  пробіли", "два  пробіли"},
			{"перший\nдругий", "перший другий", "перший другий"},
			{"перший\r\nдругий", "перший другий", "перший другий"},
			{"\u200bкопія\ufeff", "копія", "копія"},
			{"\u202b\u05e9\u05dc\u05d5\u05dd\u202c", "\u05e9\u05dc\u05d5\u05dd", "\u05e9\u05dc\u05d5\u05dd"},
			{"👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"},
			{"<b>O'Neil</b> & Co", "<b>O'Neil</b> & Co", "<b>O'Neil</b> & Co"},
			{"{{ partner.name }}", "{{ partner.name }}", "{{ partner.name }}"},
			{"nul\x00and\x07bell", "nulandbell", "nulandbell"},
			{"bad \xff byte", "bad \ufffd byte", "bad \ufffd byte"},
			{"0", "0", "0"},
		})
	}
}

func TestCharAndTextAreBoundedInCharacters(t *testing.T) {
	t.Parallel()
	for _, kind := range []Kind{Char, Text} {
		env := kyiv(t, "uk")
		env.MaxLength = 5
		accept(t, kind, env, []accepted{{"Ганна", "Ганна", "Ганна"}, {" Ганна ", "Ганна", "Ганна"}, {"😀😀😀😀😀", "😀😀😀😀😀", "😀😀😀😀😀"}})
		refusals(t, kind, env, []refused{
			{"Ганнуся", "Це задовго: тут уміщається щонайбільше 5 символів, а у вас їх 7. Напишіть, будь ласка, коротше."},
			{strings.Repeat("😀", 6), "Це задовго: тут уміщається щонайбільше 5 символів, а у вас їх 6. Напишіть, будь ласка, коротше."},
		})
		env.Lang, env.MaxLength = "en", 1
		refusals(t, kind, env, []refused{{"ab", "That is too long: at most 1 character fits here, and you wrote 2. Please write it shorter."}})
	}
}

func TestTextKeepsItsLines(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"uk", "en"} {
		accept(t, Text, kyiv(t, lang), []accepted{
			{"перший\nдругий", "перший\nдругий", "перший\nдругий"},
			{"перший\r\n\r\nдругий\r", "перший\n\nдругий", "перший\n\nдругий"},
			{"\n  з відступом\n", "з відступом", "з відступом"},
			{"a\tb", "a\tb", "a\tb"},
			{"рядок\u2028новий", "рядок\nновий", "рядок\nновий"},
		})
	}
}

func TestHTMLIsParagraphsOfEscapedText(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"uk", "en"} {
		accept(t, HTML, kyiv(t, lang), []accepted{
			{"Добрий день", "<p>Добрий день</p>", "Добрий день"},
			{"один\nдва", "<p>один<br>два</p>", "один\nдва"},
			{"один\n\nдва", "<p>один</p><p>два</p>", "один\n\nдва"},
			{"один \n \n\n два", "<p>один</p><p> два</p>", "один \n \n\n два"},
			{"<script>alert('x')</script>", "<p>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;</p>", "<script>alert('x')</script>"},
			{`a & b < c > "d"`, "<p>a &amp; b &lt; c &gt; &#34;d&#34;</p>", `a & b < c > "d"`},
			{"&lt;b&gt;", "<p>&amp;lt;b&amp;gt;</p>", "&lt;b&gt;"},
		})
	}
}
