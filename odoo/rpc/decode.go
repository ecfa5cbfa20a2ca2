package rpc

import (
	"fmt"
	"reflect"

	"github.com/go-viper/mapstructure/v2"
)

// Decode reads an answer into a struct, map, list or value, by its json tags.
// Odoo's false is the empty value of whatever is not a boolean.
func Decode(value, into any) error {
	decoder, err := mapstructure.NewDecoder(&mapstructure.DecoderConfig{
		Result:     into,
		TagName:    "json",
		Squash:     true,
		ZeroFields: true,
		DecodeHook: mapstructure.DecodeHookFuncValue(falseIsEmpty),
	})
	if err != nil {
		return fmt.Errorf("reading an answer of Odoo: %w", err)
	}
	if err := decoder.Decode(value); err != nil {
		return fmt.Errorf("reading an answer of Odoo: %w", err)
	}
	return nil
}

func falseIsEmpty(from, to reflect.Value) (any, error) {
	if from.Kind() != reflect.Bool || from.Bool() {
		return from.Interface(), nil
	}
	switch to.Kind() {
	case reflect.Bool, reflect.Interface:
		return false, nil
	case reflect.Slice: // not nil, which would leave the old list as it is
		return reflect.MakeSlice(to.Type(), 0, 0).Interface(), nil
	case reflect.Pointer:
		if to.Type().Elem().Kind() == reflect.Bool {
			return false, nil
		}
	}
	return reflect.Zero(to.Type()).Interface(), nil
}
