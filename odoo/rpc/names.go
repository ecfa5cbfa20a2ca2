package rpc

import (
	"regexp"
	"slices"
)

// parameter is one parameter of a method by its name in Odoo 19, and what stands for it when it is left out but a later one is not.
type parameter struct {
	name  string
	empty any
}

// positional lists, for the methods that krok uses, the leading parameters that XML-RPC and JSON-RPC must give by position: either
// because the server looks at the first argument (create), or because its name differs between versions (search: args up to 16, domain
// from 17; name_search: args up to 18; default_get: fields_list, then fields; onchange: field_name, then field_names) or between a model and
// its heirs (write: vals and values). All others go by name. JSON-2, which knows names only, sends these very names.
var positional = map[string][]parameter{
	"create":                    {{name: "vals_list"}},
	"write":                     {{name: "vals"}},
	"copy":                      {{name: "default", empty: map[string]any{}}},
	"read":                      {{name: "fields", empty: []any{}}},
	"search":                    {{name: "domain", empty: []any{}}},
	"search_count":              {{name: "domain", empty: []any{}}},
	"search_read":               {{name: "domain", empty: []any{}}, {name: "fields", empty: []any{}}},
	"read_group":                {{name: "domain", empty: []any{}}, {name: "fields", empty: []any{}}, {name: "groupby", empty: []any{}}},
	"name_search":               {{name: "name", empty: ""}, {name: "domain", empty: []any{}}},
	"name_create":               {{name: "name"}},
	"fields_get":                {{name: "allfields", empty: []any{}}},
	"default_get":               {{name: "fields"}},
	"onchange":                  {{name: "values"}, {name: "field_names"}, {name: "fields_spec"}},
	"load":                      {{name: "fields"}, {name: "data"}},
	"export_data":               {{name: "fields_to_export"}},
	"has_group":                 {{name: "group_ext_id"}},
	"update_field_translations": {{name: "field_name"}, {name: "translations"}},
}

// byPosition takes the arguments that go by position out of args.
func byPosition(method string, args map[string]any) []any {
	parameters := positional[method]
	last := -1
	for i, p := range parameters {
		if _, given := args[p.name]; given {
			last = i
		}
	}
	var list []any
	for _, p := range parameters[:last+1] {
		value, given := args[p.name]
		if !given {
			if p.empty == nil {
				break // it has no empty form: the rest goes by name
			}
			value = p.empty
		}
		delete(args, p.name)
		list = append(list, value)
	}
	return list
}

// aliases are other names of a parameter that addons and other versions are known to use.
var aliases = map[string][]string{
	"vals_list": {"list_vals", "vals", "values"},
	"vals":      {"values", "values_dict"},
	"domain":    {"args", "search_domain"},
	"fields":    {"fields_list", "default_fields", "fnames"},
	"allfields": {"fields"},
}

var (
	missingArgument    = regexp.MustCompile(`missing a required argument: '(\w+)'`)
	unexpectedArgument = regexp.MustCompile(`unexpected keyword argument '(\w+)'`)
)

// renames reads a refusal of JSON-2 about parameter names and says which of our arguments must be called what, in the order of
// likelihood. Nothing ran on the server then, so trying is safe.
func renames(method, message string, args map[string]any) (from string, to []string) {
	if found := missingArgument.FindStringSubmatch(message); found != nil {
		return ours(method, args, found[1]), found[1:]
	}
	if found := unexpectedArgument.FindStringSubmatch(message); found != nil {
		if _, given := args[found[1]]; given {
			return found[1], aliases[found[1]]
		}
	}
	return "", nil
}

// ours finds the argument that the server calls by another name: one with that alias, else the first of the table, else the only one.
func ours(method string, args map[string]any, wanted string) string {
	if _, given := args[wanted]; given {
		return ""
	}
	for _, p := range positional[method] {
		if _, given := args[p.name]; given && slices.Contains(aliases[p.name], wanted) {
			return p.name
		}
	}
	for _, p := range positional[method] {
		if _, given := args[p.name]; given {
			return p.name
		}
	}
	return ""
}
