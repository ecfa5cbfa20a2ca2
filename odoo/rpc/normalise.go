package rpc

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	datetimeLayout = "2006-01-02 15:04:05" // Odoo's datetimes, always UTC
	maxDepth       = 100                   // of values within values; more is a loop
)

// normalise turns a value into what all protocols and Odoo take alike: bool, int64, float64, string, []any, map[string]any.
// Nothing becomes false, a time a text in UTC, bytes a base64 text, json.Number a number. Integers that Odoo's fields cannot hold, and
// types that mean nothing to it, are refused before anything is sent.
func normalise(where string, value any) (any, error) {
	return normaliseDeep(where, value, 0)
}

func normaliseDeep(where string, value any, depth int) (any, error) {
	if depth > maxDepth {
		return nil, valueError("value_deep", where, "")
	}
	switch value := value.(type) {
	case nil:
		return false, nil
	case bool:
		return value, nil
	case string:
		return cleanText(value), nil
	case time.Time:
		if value.IsZero() {
			return false, nil
		}
		return value.UTC().Format(datetimeLayout), nil
	case []byte:
		return base64.StdEncoding.EncodeToString(value), nil
	case json.Number:
		return normaliseNumber(where, value)
	}
	return normaliseKind(where, reflect.ValueOf(value), depth)
}

func normaliseKind(where string, v reflect.Value, depth int) (any, error) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return false, nil
		}
		return normaliseDeep(where, v.Elem().Interface(), depth+1)
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.String:
		return cleanText(v.String()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return fittingInteger(where, v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if v.Uint() > math.MaxInt32 {
			return nil, valueError("value_number", where, v.Uint())
		}
		return int64(v.Uint()), nil
	case reflect.Float32, reflect.Float64:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, valueError("value_number", where, f)
		}
		return v.Float(), nil
	case reflect.Slice, reflect.Array:
		return normaliseList(where, v, depth)
	case reflect.Map:
		return normaliseMap(where, v, depth)
	default:
		return nil, valueError("value_type", where, v.Type())
	}
}

func normaliseList(where string, v reflect.Value, depth int) (any, error) {
	list := make([]any, v.Len())
	for i := range list {
		item, err := normaliseDeep(where+"["+strconv.Itoa(i)+"]", v.Index(i).Interface(), depth+1)
		if err != nil {
			return nil, err
		}
		list[i] = item
	}
	return list, nil
}

func normaliseMap(where string, v reflect.Value, depth int) (any, error) {
	if v.Type().Key().Kind() != reflect.String {
		return nil, valueError("value_type", where, v.Type())
	}
	record := make(map[string]any, v.Len())
	for iter := v.MapRange(); iter.Next(); {
		key := cleanText(iter.Key().String())
		item, err := normaliseDeep(where+"."+key, iter.Value().Interface(), depth+1)
		if err != nil {
			return nil, err
		}
		record[key] = item
	}
	return record, nil
}

func normaliseNumber(where string, number json.Number) (any, error) {
	if i, err := number.Int64(); err == nil {
		return fittingInteger(where, i)
	}
	f, err := number.Float64()
	if err != nil {
		return nil, valueError("value_number", where, number)
	}
	return normaliseDeep(where, f, 0)
}

// fittingInteger refuses what Odoo's integer fields and XML-RPC cannot hold (four bytes).
func fittingInteger(where string, i int64) (any, error) {
	if i < math.MinInt32 || i > math.MaxInt32 {
		return nil, valueError("value_number", where, i)
	}
	return i, nil
}

// cleanText leaves out what PostgreSQL refuses (NUL) and what XML cannot carry (Odoo 14 would answer with unreadable XML ever after).
func cleanText(text string) string {
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	return strings.Map(func(r rune) rune {
		if inXML(r) {
			return r
		}
		return -1
	}, text)
}

func inXML(r rune) bool {
	return r >= 0x20 && r != 0xFFFE && r != 0xFFFF || r == '\t' || r == '\n' || r == '\r'
}

// normaliseArgs normalises all arguments of a call; ids must fit as well.
func normaliseArgs(call Call) (map[string]any, error) {
	if err := call.check(); err != nil {
		return nil, err
	}
	args := make(map[string]any, len(call.Args))
	for name, value := range call.Args {
		clean, err := normalise(name, value)
		if err != nil {
			return nil, ofCall(err, call)
		}
		args[name] = clean
	}
	if context, ok := args["context"]; ok && context == false {
		delete(args, "context")
	}
	return args, nil
}
