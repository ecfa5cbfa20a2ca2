package richtext

import (
	"net/url"
	"slices"
	"strings"
)

// Template is a text with placeholders, read once and filled in for every client. The zero Template is the empty text.
type Template struct {
	text     Text    // with its placeholders as they were written
	fields   []field // in order
	urls     []filledURL
	problems []Problem
}

// Placeholder is a place in a text for a value: {{ partner.name | default }}.
type Placeholder struct {
	Path    string // "partner.country_id.name", "answer.city"
	Default string // for an empty value
}

// field is a placeholder and where it stands.
type field struct {
	Placeholder
	start, end         int // bytes
	unitStart, unitEnd int // UTF-16 units
}

// filledURL is the address of an entity that has placeholders of its own.
type filledURL struct {
	entity int
	fields []field
}

// Values gives what a placeholder stands for, by its path; "" is nothing, and the placeholder's default is taken.
type Values = func(path string) string

// ParsePlain reads a text without markup, such as the label of a button. Its line breaks stay.
func ParsePlain(source string) Template { return newTemplate(clean(source), nil, false) }

// newTemplate finds the placeholders of a text with raw spans.
func newTemplate(text string, spans []span, picture bool) Template {
	text, spans = trimRaw(text, spans)
	fields, problems := findFields(text)
	for _, f := range fields {
		snap(spans, f, strings.Index(text[f.start:f.end], firstName(f.Path))+f.start)
	}
	t := Template{text: assemble(text, normalise(text, spans)), fields: fields, problems: problems}
	at, unit := 0, 0
	for i := range fields {
		f := &fields[i]
		f.unitStart = unit + Len(text[at:f.start])
		f.unitEnd = f.unitStart + Len(text[f.start:f.end])
		at, unit = f.end, f.unitEnd
	}
	for i, entity := range t.text.Entities {
		inURL, wrong := findFields(entity.URL)
		t.problems = append(t.problems, wrong...)
		if len(inURL) > 0 {
			t.urls = append(t.urls, filledURL{entity: i, fields: inURL})
		}
	}
	if picture {
		t.problems = append(t.problems, Problem{Key: "richtext.picture"})
	}
	return t
}

// snap moves the ends of spans out of a placeholder: it has the formatting of the first letter of its path, wherever an editor
// has put the braces.
func snap(spans []span, f field, first int) {
	for i := range spans {
		s := &spans[i]
		if s.end <= f.start || s.start >= f.end {
			continue
		}
		covers := s.start <= first && first < s.end
		if s.start > f.start {
			s.start = choose(covers, f.start, f.end)
		}
		if s.end < f.end {
			s.end = choose(covers, f.end, max(f.start, s.start))
		}
	}
}

func choose(first bool, a, b int) int {
	if first {
		return a
	}
	return b
}

func firstName(path string) string {
	name, _, _ := strings.Cut(path, ".")
	return name
}

// trimRaw takes the white space off the ends of a text whose spans are not normalised yet.
func trimRaw(text string, spans []span) (string, []span) {
	left := len(text) - len(strings.TrimLeftFunc(text, blank))
	text = strings.TrimRightFunc(text[left:], blank)
	for i := range spans {
		spans[i].start = min(max(spans[i].start-left, 0), len(text))
		spans[i].end = min(max(spans[i].end-left, 0), len(text))
	}
	return text, spans
}

// Empty tells that nothing stands in the template, not even a placeholder.
func (t Template) Empty() bool { return t.text.Empty() }

// Placeholders lists the placeholders in the order in which they stand, those in the addresses of links last.
func (t Template) Placeholders() []Placeholder {
	var list []Placeholder
	for _, f := range t.fields {
		list = append(list, f.Placeholder)
	}
	for _, u := range t.urls {
		for _, f := range u.fields {
			list = append(list, f.Placeholder)
		}
	}
	return list
}

// Render fills in the placeholders. Values are letters, whatever they hold; formatting around a placeholder covers its value.
func (t Template) Render(value Values) Text {
	if len(t.fields) == 0 && len(t.urls) == 0 {
		return t.text
	}
	text, shifts, ragged := t.fill(value)
	result := Text{Text: text, Entities: t.shifted(shifts)}
	for _, u := range t.urls {
		entity := &result.Entities[u.entity]
		if entity.URL = fillURL(entity.URL, u.fields, value); entity.URL == "" {
			ragged = true
		}
	}
	if ragged && len(result.Entities) > 0 {
		result = New(text, slices.DeleteFunc(result.Entities, func(e Entity) bool { return e.Type == Link && e.URL == "" }))
	}
	return result.Trim()
}

// RenderPlain fills in the placeholders and gives the letters alone, for the label of a button.
func (t Template) RenderPlain(value Values) string {
	if len(t.fields) == 0 {
		return t.text.Text
	}
	text, _, _ := t.fill(value)
	return strings.TrimFunc(text, blank)
}

// RenderURL fills in the placeholders of an address: values are encoded as an address needs it. One that begins the address
// may be a whole address itself. What is no address that Telegram opens comes back as "".
func (t Template) RenderURL(value Values) string {
	return fillURL(t.text.Text, t.fields, value)
}

// fill builds the text, and tells how far whatever stands behind each placeholder has moved. It is ragged when a value may leave
// an entity that is empty or begins or ends with white space.
func (t Template) fill(value Values) (text string, shifts []int, ragged bool) {
	var b strings.Builder
	b.Grow(len(t.text.Text) + 16*len(t.fields))
	shifts = make([]int, len(t.fields)+1)
	at := 0
	for i, f := range t.fields {
		filled := f.fill(value)
		if filled == "" || strings.TrimFunc(filled, blank) != filled {
			ragged = true
		}
		b.WriteString(t.text.Text[at:f.start])
		b.WriteString(filled)
		at = f.end
		shifts[i+1] = shifts[i] + Len(filled) - (f.unitEnd - f.unitStart)
	}
	b.WriteString(t.text.Text[at:])
	return b.String(), shifts, ragged
}

func (f field) fill(value Values) string {
	if filled := clean(value(f.Path)); filled != "" {
		return filled
	}
	return f.Default
}

// shifted are the entities after the placeholders were filled in. A placeholder lies wholly inside an entity or outside.
func (t Template) shifted(shifts []int) []Entity {
	if len(t.text.Entities) == 0 {
		return nil
	}
	entities := slices.Clone(t.text.Entities)
	before := func(unit int) int {
		n, _ := slices.BinarySearchFunc(t.fields, unit+1, func(f field, unit int) int { return f.unitEnd - unit })
		return shifts[n]
	}
	for i := range entities {
		e := &entities[i]
		start, end := e.Offset+before(e.Offset), e.Offset+e.Length+before(e.Offset+e.Length)
		e.Offset, e.Length = start, end-start
	}
	return entities
}

// fillURL fills in an address.
func fillURL(address string, fields []field, value Values) string {
	var b strings.Builder
	at := 0
	for _, f := range fields {
		filled := f.fill(value)
		b.WriteString(address[at:f.start])
		at = f.end
		switch so := b.String(); {
		case (so == "" || so == "http://" || so == "https://") && strings.Contains(filled, "://"):
			b.Reset() // an editor puts https:// before what does not look like an address
			b.WriteString(filled)
		case so == "":
			b.WriteString(filled)
		case so == "http://", so == "https://":
			b.WriteString(url.PathEscape(filled))
		default:
			b.WriteString(url.QueryEscape(filled))
		}
	}
	b.WriteString(address[at:])
	return openable(b.String())
}
