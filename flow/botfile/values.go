package botfile

import (
	"math"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
)

// value reads a field. nil is an empty one, which the row does not keep; so is a mistake, which is noted.
func (r *reader) value(field Field, node ast.Node, answers []flow.Row) any {
	if field.Translated {
		return r.translated(field, node)
	}
	switch field.Kind {
	case Bool:
		if b, ok := node.(*ast.BoolNode); ok {
			return nonZero(b.Value)
		}
		r.fail(node, "bool_needed", texts.Args{"key": field.Key(), "found": r.shown(node)})
		return nil
	case Int, Float:
		return r.number(field, node)
	case Step:
		return r.stepRef(field, node)
	case Answer:
		return r.answerRef(node, answers)
	case Contact:
		return r.contactField(field, node)
	case User, Team, Action:
		return r.named(field, node)
	case Notification:
		return r.notificationRef(field, node)
	case Model:
		return r.modelName(field, node)
	case OfRecord, Path:
		return r.recordField(field, node)
	case Tags, LeadTags:
		return r.tags(field, node)
	}
	text, ok := r.text(field.Key(), node)
	switch {
	case !ok || text == "":
		return nil
	case field.Kind == Rich:
		return markupToHTML(text)
	case field.Kind == Choice && !contains(field.Choices, text):
		r.fail(node, "unknown_choice", texts.Args{"key": field.Key(), "word": text, "known": strings.Join(field.Choices, ", ")}).Meant =
			closest(text, field.Choices)
		return nil
	case text == field.Default:
		return nil
	}
	return text
}

// text reads one plain text.
func (r *reader) text(key string, node ast.Node) (string, bool) {
	if text, ok := scalar(node); ok {
		return text, true
	}
	switch node.(type) {
	case *ast.BoolNode, *ast.NullNode:
		r.fail(node, "quotes_needed", texts.Args{"key": key, "found": r.shown(node)})
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode:
		r.fail(node, "odd_yaml", texts.Args{"found": r.shown(node)})
	default:
		r.fail(node, "text_needed", texts.Args{"key": key, "found": r.shown(node)})
	}
	return "", false
}

func nonZero(b bool) any {
	if b {
		return true
	}
	return nil
}

func (r *reader) number(field Field, node ast.Node) any {
	text, _ := scalar(node)
	switch number, err := strconv.ParseFloat(text, 64); {
	case err != nil || math.IsInf(number, 0) || math.IsNaN(number):
	case field.Kind == Float && number != 0:
		return number
	case field.Kind == Int && number == math.Trunc(number) && math.Abs(number) < 1<<53:
		if number == 0 {
			return nil
		}
		return int64(number)
	case number == 0:
		return nil
	}
	r.fail(node, "number_needed", texts.Args{"key": field.Key(), "found": r.shown(node)})
	return nil
}

// translated reads a text that is the same in all languages, or a mapping of texts by language.
func (r *reader) translated(field Field, node ast.Node) any {
	if !isMapping(node) || field.Kind == Rich && r.isHTML(node) {
		if text, ok := r.oneLanguage(field, node); ok && text != "" {
			return text
		}
		return nil
	}
	list, _ := r.pairs(node)
	byLang := flow.Texts{}
	for _, p := range list {
		code, ok := languageOf(p.key)
		if !ok {
			r.fail(p.name, "unknown_language", texts.Args{"word": p.key}).Meant = closest(p.key, []string{"uk", "en"})
			continue
		}
		if _, twice := byLang[code]; twice {
			r.fail(p.name, "language_twice", texts.Args{"word": p.key, "code": code})
		}
		if text, ok := r.oneLanguage(field, p.node); ok && text != "" {
			byLang[code] = text
		}
	}
	if len(byLang) == 0 {
		return nil
	}
	return byLang
}

func isMapping(node ast.Node) bool {
	switch node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return true
	}
	return false
}

// isHTML tells whether a mapping is the way to write HTML as it is: {html: …}.
func (r *reader) isHTML(node ast.Node) bool {
	switch node := node.(type) {
	case *ast.MappingNode:
		return len(node.Values) == 1 && r.isHTML(node.Values[0])
	case *ast.MappingValueNode:
		key, _ := scalar(node.Key)
		return key == "html"
	}
	return false
}

func (r *reader) oneLanguage(field Field, node ast.Node) (string, bool) {
	if field.Kind != Rich {
		return r.text(field.Key(), node)
	}
	if r.isHTML(node) {
		list, _ := r.pairs(node)
		return r.text("html", list[0].node)
	}
	text, ok := r.text(field.Key(), node)
	return markupToHTML(text), ok
}

// stepRef reads the code of a step.
func (r *reader) stepRef(field Field, node ast.Node) any {
	code, ok := r.text(field.Key(), node)
	if !ok {
		return nil
	}
	if id, exists := r.steps[code]; exists {
		return id
	}
	var codes []string
	for known := range r.steps {
		codes = append(codes, known)
	}
	r.fail(node, "unknown_step", texts.Args{"key": field.Key(), "word": code}).Meant = closest(code, codes)
	return nil
}

// answerRef reads an answer of the step: its name in any language, or its number from 1, written without quotes.
func (r *reader) answerRef(node ast.Node, answers []flow.Row) any {
	name, ok := r.text("answer", node)
	if !ok {
		return nil
	}
	var names []string
	var found []flow.Row
	for _, answer := range answers {
		here := namesOf(answer)
		if contains(here, name) {
			found = append(found, answer)
		}
		names = append(names, here...)
	}
	if len(found) == 1 {
		return found[0].ID()
	}
	if _, digits := node.(*ast.IntegerNode); digits {
		if n, err := strconv.Atoi(name); err == nil && n >= 1 && n <= len(answers) {
			return answers[n-1].ID()
		}
	}
	if len(found) > 1 {
		r.fail(node, "ambiguous_answer", texts.Args{"word": name})
		return nil
	}
	r.fail(node, "unknown_answer", texts.Args{"word": name}).Meant = closest(name, names)
	return nil
}

// namesOf lists the names of an answer in all languages.
func namesOf(answer flow.Row) []string {
	var names []string
	for _, name := range answer.Texts("name") {
		if !contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
