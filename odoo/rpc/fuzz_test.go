package rpc

import (
	"strings"
	"testing"

	"github.com/kolo/xmlrpc"
	"github.com/stretchr/testify/require"
)

const xmlHead = `<?xml version='1.0'?><methodResponse><params><param>`

func FuzzDecodeXMLRPC(f *testing.F) {
	for _, seed := range []string{
		xmlHead + `<value><string>x</string></value></param></params></methodResponse>`,
		xmlHead + `<value><array><data><value><int>5</int></value><value/></data></array></value></param></params></methodResponse>`,
		xmlHead + `<value><struct><member><name>a</name><value><nil/></value></member></struct></value></param></params></methodResponse>`,
		xmlHead + `<value><dateTime.iso8601>20260101T00:00:00</dateTime.iso8601></value></param></params></methodResponse>`,
		`<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>2</int></value></member></struct></value></fault></methodResponse>`,
		`<methodResponse><fault><value><int>2</int></value></fault></methodResponse>`,
		`<html>`, "", "\x0b",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		value, fault, err := decodeXML(body)
		if err != nil || fault != nil {
			require.Nil(t, value)
			return
		}
		_, err = normalise("x", value) // what comes in can be sent again, but for what does not fit
		require.True(t, err == nil || IsKind(err, KindValue), "%v", err)
	})
}

func FuzzDecodeJSON(f *testing.F) {
	for _, seed := range []string{
		`{"jsonrpc":"2.0","id":1,"result":[{"id":1,"name":false,"ref":[1,"x"]}]}`, `[1,2.5,1e400,99999999999999999999,null,true]`,
		`{"name":"odoo.exceptions.UserError","message":"x"}`, `{"a":`, `1 2`, `"\ud800"`, "", "\xff",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		value, err := decodeJSON(body)
		if err != nil {
			return
		}
		record := asRecord(value)
		for field := range record {
			require.NotEqual(t, "false", strings.ReplaceAll(record.Str(field), asText(record[field]), ""))
			_, _, _ = record.Int(field), record.IDs(field), record.Time(field)
		}
		_ = exceptionOf(record)
		_, err = normalise("x", value)
		require.True(t, err == nil || IsKind(err, KindValue), "%v", err)
	})
}

func asText(value any) string {
	text, _ := value.(string)
	if text == "" {
		return "\x00"
	}
	return text
}

func TestDeepAnswersDoNotBreakTheDecoder(t *testing.T) {
	t.Parallel()
	const deep = 1_000_000
	body := xmlHead + strings.Repeat("<value><array><data>", deep) + strings.Repeat("</data></array></value>", deep) + "</methodResponse>"
	_, _, err := decodeXML([]byte(body))
	require.Error(t, err)
	_, err = decodeJSON([]byte(strings.Repeat("[", deep) + strings.Repeat("]", deep)))
	require.Error(t, err)
}

func FuzzArgumentsSurviveXML(f *testing.F) {
	f.Add("key", "value")
	f.Add("<&>\"", "]]>\x00")
	f.Fuzz(func(t *testing.T, key, text string) {
		if cleanText(key) == "" {
			return
		}
		want, err := normalise("x", map[string]any{key: text})
		require.NoError(t, err)
		body, err := xmlrpc.EncodeMethodCall("m", escapeKeys(want))
		require.NoError(t, err)
		got, fault, err := decodeXML([]byte(string(body) + "</methodResponse>"))
		require.NoError(t, err)
		require.Nil(t, fault)
		require.Equal(t, want, got)
	})
}
