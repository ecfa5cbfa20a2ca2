package botfile

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/krokbot/krok/flow/texts"
)

// parse reads the YAML; nil is an empty file.
func parse(name string, data []byte) (root ast.Node, wrong *Error) {
	defer func() {
		if met := recover(); met != nil { // the parser is not ours; what it cannot bear is a mistake in the file
			wrong = &Error{File: name, Key: "botfile.not_yaml", Args: texts.Args{"cause": fmt.Sprint(met)}}
		}
	}()
	file, err := parser.ParseBytes(data, 0)
	var syntax *yaml.SyntaxError
	switch {
	case errors.As(err, &syntax):
		wrong = &Error{File: name, Key: "botfile.not_yaml", Args: texts.Args{"cause": syntax.Message}}
		wrong.Line, wrong.Column = place(syntax.Token)
		return nil, wrong
	case err != nil:
		return nil, &Error{File: name, Key: "botfile.not_yaml", Args: texts.Args{"cause": err.Error()}}
	case len(file.Docs) == 0:
		return nil, nil
	case len(file.Docs) > 1:
		wrong = &Error{File: name, Key: "botfile.two_documents"}
		wrong.Line, wrong.Column = place(tokenOf(file.Docs[1].Body))
		return nil, wrong
	}
	return file.Docs[0].Body, nil
}

func place(t *token.Token) (line, column int) {
	if t == nil || t.Position == nil {
		return 0, 0
	}
	return t.Position.Line, t.Position.Column
}

// tokenOf is where a node begins; a mapping begins at its first key.
func tokenOf(node ast.Node) *token.Token {
	switch node := node.(type) {
	case nil:
		return nil
	case *ast.MappingNode:
		if len(node.Values) > 0 && !node.IsFlowStyle {
			return tokenOf(node.Values[0])
		}
	case *ast.MappingValueNode:
		return tokenOf(node.Key)
	}
	return node.GetToken()
}

// fail notes a mistake at a node.
func (r *reader) fail(node ast.Node, key string, args texts.Args) *Error {
	wrong := &Error{File: r.name, Key: "botfile." + key, Args: args}
	wrong.Line, wrong.Column = place(tokenOf(node))
	r.errs = append(r.errs, wrong)
	return wrong
}

// pair is one line of a mapping.
type pair struct {
	key        string
	name, node ast.Node
}

// pairs are the lines of a mapping. Anything else is a mistake.
func (r *reader) pairs(node ast.Node) ([]pair, bool) {
	var values []*ast.MappingValueNode
	switch node := node.(type) {
	case *ast.MappingNode:
		values = node.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{node}
	default:
		r.fail(node, "mapping_needed", texts.Args{"found": r.shown(node)})
		return nil, false
	}
	list := make([]pair, 0, len(values))
	for _, value := range values {
		key, ok := scalar(value.Key)
		if !ok {
			r.fail(value.Key, "odd_key", nil)
			continue
		}
		list = append(list, pair{key: key, name: value.Key, node: value.Value})
	}
	return list, true
}

// known reports the pairs whose key is none of the given ones, and returns the others by key.
func (r *reader) known(list []pair, keys []string) map[string]pair {
	found := make(map[string]pair, len(list))
	for _, p := range list {
		if !contains(keys, p.key) {
			r.fail(p.name, "unknown_key", texts.Args{"word": p.key, "known": strings.Join(keys, ", ")}).Meant = closest(p.key, keys)
			continue
		}
		found[p.key] = p
	}
	return found
}

func contains(words []string, word string) bool {
	for _, known := range words {
		if known == word {
			return true
		}
	}
	return false
}

// items are the entries of a list. Anything else is a mistake.
func (r *reader) items(node ast.Node) ([]ast.Node, bool) {
	if list, ok := node.(*ast.SequenceNode); ok {
		return list.Values, true
	}
	r.fail(node, "list_needed", texts.Args{"found": r.shown(node)})
	return nil, false
}

// scalar is the text of a node that holds one value which may be meant as text. A number counts as its digits; true, false and an
// empty place do not count.
func scalar(node ast.Node) (text string, ok bool) {
	switch node := node.(type) {
	case *ast.StringNode:
		return node.Value, true
	case *ast.LiteralNode: // a block; the line breaks behind it are no part of the text
		return strings.TrimRight(node.Value.Value, "\n"), true
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return node.GetToken().Value, true
	}
	return "", false
}

// shown is how a message calls what stands at a node: its first words.
func (r *reader) shown(node ast.Node) string {
	switch node := node.(type) {
	case nil, *ast.NullNode:
		return "null"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "{…}"
	case *ast.SequenceNode:
		return "[…]"
	case *ast.BoolNode:
		return node.GetToken().Value
	}
	text, ok := scalar(node)
	if !ok {
		text = node.GetToken().Value
	}
	return excerpt(text)
}

// excerpt is the beginning of a text, as much as a message can quote.
func excerpt(text string) string {
	first, _, cut := strings.Cut(text, "\n")
	letters := []rune(first)
	if len(letters) > 40 {
		return string(letters[:40]) + "…"
	}
	if cut {
		return first + "…"
	}
	return first
}
