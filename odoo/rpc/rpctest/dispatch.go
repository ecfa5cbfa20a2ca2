package rpctest

import (
	"fmt"
	"slices"
)

// signature is a method's parameters in Python.
type signature struct {
	ofModel    bool // @api.model: no ids
	parameters []string
	required   int // of the leading parameters
}

// signatureOf knows the methods of every model, with the names that the version has for their parameters.
func (s *Server) signatureOf(model, method string) (signature, bool) {
	domain, args, fields, fieldNames := "domain", "domain", "fields", "field_names"
	if s.Version < 17 {
		domain, fieldNames = "args", "field_name"
	}
	if s.Version < 19 {
		args, fields = "args", "fields_list"
	}
	known := map[string]signature{
		"create":       {true, []string{"vals_list"}, 1},
		"write":        {false, []string{"vals"}, 1},
		"read":         {false, []string{"fields", "load"}, 0},
		"unlink":       {false, nil, 0},
		"search":       {true, []string{domain, "offset", "limit", "order"}, 1},
		"search_read":  {true, []string{"domain", "fields", "offset", "limit", "order"}, 0},
		"search_count": {true, []string{domain}, 1},
		"name_search":  {true, []string{"name", args, "operator", "limit"}, 0},
		"fields_get":   {true, []string{"allfields", "attributes"}, 0},
		"default_get":  {true, []string{fields}, 1},
		"onchange":     {false, []string{"values", fieldNames, "fields_spec"}, 3},
	}
	found, ok := known[method]
	s.mu.Lock()
	defer s.mu.Unlock()
	if renamed, has := s.renamed[model+"."+method]; has {
		found.parameters = slices.Clone(found.parameters)
		for i, name := range found.parameters {
			if name == renamed[0] {
				found.parameters[i] = renamed[1]
			}
		}
	}
	return found, ok
}

// byPosition reads the arguments of execute_kw.
func (s *Server) byPosition(r Request, positional []any, named map[string]any) (Request, error) {
	sig, known := s.signatureOf(r.Model, r.Method)
	if !(known && sig.ofModel) && len(positional) > 0 {
		if ids, ok := idsOf(positional[0]); ok {
			r.IDs, positional = ids, positional[1:]
		}
	}
	if r.Method == "create" && len(positional) == 0 {
		return r, Fault{"builtins.IndexError", "list index out of range"} // Odoo looks at args[0]
	}
	r = r.withNamed(named)
	if !known {
		r.Rest = positional
		return r, nil
	}
	if len(positional) > len(sig.parameters) {
		return r, Fault{"builtins.TypeError", r.Method + "() takes fewer positional arguments"}
	}
	for i, value := range positional {
		r.Args[sig.parameters[i]] = value
	}
	if wrong := sig.check(r.Args); wrong != "" {
		return r, Fault{"builtins.TypeError", r.Method + "() " + wrong}
	}
	return s.canonical(r, sig), nil
}

// byName reads the body of JSON-2.
func (s *Server) byName(r Request, named map[string]any) (Request, error) {
	ids, given := named["ids"]
	delete(named, "ids")
	r = r.withNamed(named)
	if given {
		r.IDs, _ = idsOf(ids)
	}
	sig, known := s.signatureOf(r.Model, r.Method)
	if !known {
		return r, nil
	}
	if sig.ofModel && len(r.IDs) > 0 {
		return r, unprocessable("cannot call " + r.Model + "." + r.Method + " with ids")
	}
	if wrong := sig.check(r.Args); wrong != "" {
		return r, unprocessable(wrong)
	}
	return s.canonical(r, sig), nil
}

func (r Request) withNamed(named map[string]any) Request {
	r.Args = map[string]any{}
	for name, value := range named {
		r.Args[name] = value
	}
	r.Context, _ = named["context"].(map[string]any)
	delete(r.Args, "context")
	return r
}

// check says what Python's Signature.bind would.
func (sig signature) check(args map[string]any) string {
	for _, name := range sig.parameters[:sig.required] {
		if _, given := args[name]; !given {
			return fmt.Sprintf("missing a required argument: '%s'", name)
		}
	}
	for name := range args {
		if !slices.Contains(sig.parameters, name) {
			return fmt.Sprintf("got an unexpected keyword argument '%s'", name)
		}
	}
	return ""
}

// canonical names the first parameter of the table's methods as Odoo 19 does.
func (s *Server) canonical(r Request, sig signature) Request {
	plain := map[string]string{"args": "domain", "fields_list": "fields", "field_name": "field_names"}
	s.mu.Lock()
	if renamed, has := s.renamed[r.Model+"."+r.Method]; has {
		plain[renamed[1]] = renamed[0]
	}
	s.mu.Unlock()
	for _, name := range sig.parameters {
		if to := plain[name]; to != "" {
			if value, given := r.Args[name]; given {
				delete(r.Args, name)
				r.Args[to] = value
			}
		}
	}
	return r
}

func (s *Server) table(model string) *Table {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tables[model]
}

// dispatch carries a call out.
func (s *Server) dispatch(r Request) (any, error) {
	s.mu.Lock()
	s.requests = append(s.requests, r)
	handler, table := s.handlers[r.Model+"."+r.Method], s.tables[r.Model]
	known := table != nil
	for name := range s.handlers {
		known = known || len(name) > len(r.Model) && name[:len(r.Model)+1] == r.Model+"."
	}
	s.mu.Unlock()
	switch {
	case handler != nil:
		return handler(r)
	case !known && r.Protocol == "json2":
		return nil, notFound("the model '" + r.Model + "' does not exist")
	case !known:
		return nil, UserError("Object " + r.Model + " doesn't exist")
	case table != nil:
		if value, err, ok := table.call(r); ok {
			return value, err
		}
	}
	if r.Protocol == "json2" {
		return nil, notFound("The method '" + r.Model + "." + r.Method + "' does not exist")
	}
	return nil, Fault{"builtins.AttributeError", "The method '" + r.Model + "." + r.Method + "' does not exist"}
}

func idsOf(value any) ([]int64, bool) {
	list, ok := value.([]any)
	if !ok {
		return nil, false
	}
	ids := make([]int64, 0, len(list))
	for _, item := range list {
		id, ok := item.(int64)
		if !ok {
			return nil, false
		}
		ids = append(ids, id)
	}
	return ids, true
}
