package module

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// element is a node of an XML file: an element, or a text where name is empty.
type element struct {
	name     string
	attrs    []attribute
	children []*element
	text     string
}

type attribute struct{ name, value string }

// parseXML reads a file of views or data. Comments are left out: they are for whoever edits the file.
func parseXML(source []byte) (*element, error) {
	decoder := xml.NewDecoder(bytes.NewReader(source))
	root := &element{}
	open := []*element{root}
	for {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		parent := open[len(open)-1]
		switch token := token.(type) {
		case xml.StartElement:
			child := &element{name: token.Name.Local}
			for _, a := range token.Attr {
				child.attrs = append(child.attrs, attribute{a.Name.Local, a.Value})
			}
			parent.children = append(parent.children, child)
			open = append(open, child)
		case xml.EndElement:
			if token.Name.Local != parent.name {
				return nil, errors.New("</" + token.Name.Local + "> closes <" + parent.name + ">")
			}
			open = open[:len(open)-1]
		case xml.CharData:
			parent.children = append(parent.children, &element{text: string(token)})
		}
	}
	for _, child := range root.children {
		if child.name != "" {
			return child, nil
		}
	}
	return nil, errors.New("there is no element in it")
}

func (e *element) attr(name string) (string, bool) {
	for _, a := range e.attrs {
		if a.name == name {
			return a.value, true
		}
	}
	return "", false
}

func (e *element) set(name, value string) {
	for i := range e.attrs {
		if e.attrs[i].name == name {
			e.attrs[i].value = value
			return
		}
	}
	e.attrs = append(e.attrs, attribute{name, value})
}

func (e *element) drop(name string) {
	for i, a := range e.attrs {
		if a.name == name {
			e.attrs = append(e.attrs[:i:i], e.attrs[i+1:]...)
			return
		}
	}
}

// walk visits the element and all that is in it, wholes first.
func (e *element) walk(visit func(*element)) {
	visit(e)
	for _, child := range e.children {
		child.walk(visit)
	}
}

// write prints the element as XML.
func (e *element) write(b *strings.Builder) {
	if e.name == "" {
		b.WriteString(textEscapes.Replace(e.text))
		return
	}
	b.WriteString("<" + e.name)
	for _, a := range e.attrs {
		b.WriteString(" " + a.name + `="` + attrEscapes.Replace(a.value) + `"`)
	}
	if len(e.children) == 0 {
		b.WriteString("/>")
		return
	}
	b.WriteString(">")
	for _, child := range e.children {
		child.write(b)
	}
	b.WriteString("</" + e.name + ">")
}

var (
	textEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	attrEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\n", "&#10;")
)

// clone is a copy of the element and of all that is in it.
func (e *element) clone() *element {
	made := &element{name: e.name, text: e.text, attrs: append([]attribute(nil), e.attrs...)}
	for _, child := range e.children {
		made.children = append(made.children, child.clone())
	}
	return made
}
