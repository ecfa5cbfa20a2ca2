package rpctest

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// element is any XML element.
type element struct {
	XMLName  xml.Name
	Text     string    `xml:",chardata"`
	Children []element `xml:",any"`
}

func (e element) child(path ...string) *element {
	for _, name := range path {
		found := false
		for i := range e.Children {
			if e.Children[i].XMLName.Local == name {
				e, found = e.Children[i], true
				break
			}
		}
		if !found {
			return nil
		}
	}
	return &e
}

func readXMLCall(body []byte) (method string, args []any, err error) {
	var call element
	if err := xml.Unmarshal(body, &call); err != nil {
		return "", nil, fmt.Errorf("reading a call: %w", err)
	}
	name := call.child("methodName")
	if name == nil {
		return "", nil, fmt.Errorf("a call without methodName")
	}
	if params := call.child("params"); params != nil {
		for _, param := range params.Children {
			value, err := readXMLValue(param.child("value"))
			if err != nil {
				return "", nil, err
			}
			args = append(args, value)
		}
	}
	return name.Text, args, nil
}

func readXMLValue(e *element) (any, error) {
	if e == nil || len(e.Children) != 1 {
		return nil, fmt.Errorf("a value without a type: Python would take it for an empty text")
	}
	typed := e.Children[0]
	switch typed.XMLName.Local {
	case "string":
		return typed.Text, nil
	case "int", "i4":
		return strconv.ParseInt(typed.Text, 10, 64)
	case "double":
		return strconv.ParseFloat(typed.Text, 64)
	case "boolean":
		return typed.Text == "1", nil
	case "array":
		return readXMLArray(typed)
	case "struct":
		return readXMLStruct(typed)
	default:
		return nil, fmt.Errorf("a value of type %s", typed.XMLName.Local)
	}
}

func readXMLArray(e element) (any, error) {
	list := []any{}
	data := e.child("data")
	if data == nil {
		return nil, fmt.Errorf("an array without data")
	}
	for i := range data.Children {
		value, err := readXMLValue(&data.Children[i])
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	return list, nil
}

func readXMLStruct(e element) (any, error) {
	record := map[string]any{}
	for _, member := range e.Children {
		name := member.child("name")
		if name == nil {
			return nil, fmt.Errorf("a member without name")
		}
		value, err := readXMLValue(member.child("value"))
		if err != nil {
			return nil, err
		}
		record[name.Text] = value
	}
	return record, nil
}

// replyXML answers as Python's marshaller with allow_none=False does: None anywhere becomes a fault, after everything has been done.
func replyXML(w http.ResponseWriter, value any, err error) {
	var out bytes.Buffer
	if err == nil {
		out.WriteString("<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n")
		if err = writeXMLValue(&out, value); err == nil {
			out.WriteString("</param>\n</params>\n</methodResponse>\n")
		}
	}
	if err != nil {
		out.Reset()
		fault := faultOf(err)
		text := fault.Message
		if fault.code() == 1 {
			text = fault.traceback()
		}
		out.WriteString("<?xml version='1.0'?>\n<methodResponse>\n<fault>\n")
		_ = writeXMLValue(&out, map[string]any{"faultCode": int64(fault.code()), "faultString": text}) // these two can be written
		out.WriteString("</fault>\n</methodResponse>\n")
	}
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	_, _ = w.Write(out.Bytes()) // the client may have gone
}

func writeXMLValue(out *bytes.Buffer, value any) error {
	switch value := value.(type) {
	case nil:
		return Fault{"builtins.TypeError", "cannot marshal None unless allow_none is enabled"}
	case string:
		fmt.Fprintf(out, "<value><string>%s</string></value>\n", escape(value))
	case bool:
		fmt.Fprintf(out, "<value><boolean>%d</boolean></value>\n", map[bool]int{true: 1}[value])
	case int:
		return writeXMLValue(out, int64(value))
	case int64:
		if value > 1<<31-1 || value < -1<<31 {
			return Fault{"builtins.OverflowError", "int exceeds XML-RPC limits"}
		}
		fmt.Fprintf(out, "<value><int>%d</int></value>\n", value)
	case float64:
		fmt.Fprintf(out, "<value><double>%s</double></value>\n", strconv.FormatFloat(value, 'g', -1, 64))
	case []int64:
		list := make([]any, len(value))
		for i, item := range value {
			list[i] = item
		}
		return writeXMLValue(out, list)
	case []any:
		return writeXMLArray(out, value)
	case map[string]any:
		return writeXMLStruct(out, value)
	default:
		return Fault{"builtins.TypeError", fmt.Sprintf("cannot marshal <class '%T'> objects", value)}
	}
	return nil
}

func writeXMLArray(out *bytes.Buffer, list []any) error {
	out.WriteString("<value><array><data>\n")
	for _, item := range list {
		if err := writeXMLValue(out, item); err != nil {
			return err
		}
	}
	out.WriteString("</data></array></value>\n")
	return nil
}

func writeXMLStruct(out *bytes.Buffer, record map[string]any) error {
	out.WriteString("<value><struct>\n")
	for key, item := range record {
		fmt.Fprintf(out, "<member>\n<name>%s</name>\n", escape(key))
		if err := writeXMLValue(out, item); err != nil {
			return err
		}
		out.WriteString("</member>\n")
	}
	out.WriteString("</struct></value>\n")
	return nil
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace
