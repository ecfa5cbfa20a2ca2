package rpc

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkDecode reads a thousand partners.
func BenchmarkDecode(b *testing.B) {
	var xml, json strings.Builder
	xml.WriteString(xmlHead + "<value><array><data>")
	json.WriteString("[")
	for i := range 1000 {
		fmt.Fprintf(&xml, "<value><struct><member><name>id</name><value><int>%d</int></value></member>"+
			"<member><name>name</name><value><string>Ім'я %d</string></value></member>"+
			"<member><name>phone</name><value><boolean>0</boolean></value></member></struct></value>", i, i)
		fmt.Fprintf(&json, `%s{"id":%d,"name":"Ім'я %d","phone":false}`, map[bool]string{true: ","}[i > 0], i, i)
	}
	xml.WriteString("</data></array></value></param></params></methodResponse>")
	json.WriteString("]")
	b.Run("XML-RPC", func(b *testing.B) {
		for b.Loop() {
			value, _, err := decodeXML([]byte(xml.String()))
			require.NoError(b, err)
			require.Len(b, value, 1000)
		}
	})
	b.Run("JSON", func(b *testing.B) {
		for b.Loop() {
			value, err := decodeJSON([]byte(json.String()))
			require.NoError(b, err)
			require.Len(b, value, 1000)
		}
	})
}
