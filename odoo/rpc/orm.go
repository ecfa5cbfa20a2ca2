package rpc

import (
	"context"
	"errors"
)

// Option adds an argument to a call.
type Option func(Args)

// Limit is the largest number of records.
func Limit(n int) Option { return func(a Args) { a["limit"] = n } }

// Offset leaves out the first records.
func Offset(n int) Option { return func(a Args) { a["offset"] = n } }

// Order is as in Odoo: "name, id desc".
func Order(order string) Option { return func(a Args) { a["order"] = order } }

// Context adds to Odoo's context; given twice, both hold.
func Context(values map[string]any) Option {
	return func(a Args) {
		context, _ := a["context"].(map[string]any)
		if context == nil {
			context = map[string]any{}
			a["context"] = context
		}
		for key, value := range values {
			context[key] = value
		}
	}
}

// Lang is the language of translated values, as Odoo's code: "uk_UA". One that is not active is refused from 18 on.
func Lang(code string) Option { return Context(map[string]any{"lang": code}) }

// WithArchived lets a search find archived records too.
func WithArchived() Option { return Context(map[string]any{"active_test": false}) }

func with(args Args, options []Option) Args {
	for _, option := range options {
		option(args)
	}
	return args
}

// Search finds ids.
func (c *Client) Search(ctx context.Context, model string, domain []any, options ...Option) ([]int64, error) {
	value, err := c.Call(ctx, model, "search", nil, with(Args{"domain": list(domain)}, options))
	if err != nil {
		return nil, err
	}
	return IDs(value), c.mustBeList(value, model, "search")
}

// SearchCount counts.
func (c *Client) SearchCount(ctx context.Context, model string, domain []any, options ...Option) (int64, error) {
	value, err := c.Call(ctx, model, "search_count", nil, with(Args{"domain": list(domain)}, options))
	if err != nil {
		return 0, err
	}
	count, ok := value.(int64)
	if !ok {
		return 0, c.unreadable(model, "search_count")
	}
	return count, nil
}

// SearchRead finds records and reads their fields in one call. Without fields all are read, which may be slow.
func (c *Client) SearchRead(ctx context.Context, model string, domain []any, fields []string, options ...Option) ([]Record, error) {
	args := with(Args{"domain": list(domain), "fields": names(fields)}, options)
	value, err := c.Call(ctx, model, "search_read", nil, args)
	if err != nil {
		return nil, err
	}
	return asRecords(value), c.mustBeList(value, model, "search_read")
}

// Read reads fields of records, in the order of the ids; those that are gone are left out. No ids: no call.
func (c *Client) Read(ctx context.Context, model string, ids []int64, fields []string, options ...Option) ([]Record, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	value, err := c.Call(ctx, model, "read", ids, with(Args{"fields": names(fields)}, options))
	if err != nil {
		return nil, err
	}
	return asRecords(value), c.mustBeList(value, model, "read")
}

// Create makes one record and returns its id.
func (c *Client) Create(ctx context.Context, model string, values map[string]any, options ...Option) (int64, error) {
	ids, err := c.CreateMany(ctx, model, []map[string]any{values}, options...)
	if err != nil {
		return 0, err
	}
	return ids[0], nil
}

// CreateMany makes records, all or none, and returns their ids in the same order.
func (c *Client) CreateMany(ctx context.Context, model string, rows []map[string]any, options ...Option) ([]int64, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	value, err := c.Call(ctx, model, "create", nil, with(Args{"vals_list": rows}, options))
	if err != nil {
		return nil, err
	}
	ids := IDs(value)
	if len(ids) != len(rows) {
		return nil, c.unreadable(model, "create")
	}
	return ids, nil
}

// Write writes the same values to all records. No ids: no call.
func (c *Client) Write(ctx context.Context, model string, ids []int64, values map[string]any, options ...Option) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := c.Call(ctx, model, "write", ids, with(Args{"vals": values}, options))
	return err
}

// Unlink deletes records. No ids: no call.
func (c *Client) Unlink(ctx context.Context, model string, ids []int64, options ...Option) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := c.Call(ctx, model, "unlink", ids, with(Args{}, options))
	return err
}

// FieldsGet describes the fields of a model by their names. Without attributes it asks for those that krok uses.
func (c *Client) FieldsGet(ctx context.Context, model string, attributes ...string) (map[string]Record, error) {
	if len(attributes) == 0 { // all of them cannot be had: some models have an attribute that XML-RPC cannot send
		attributes = []string{"string", "type", "relation", "required", "readonly", "selection", "store"}
	}
	value, err := c.Call(ctx, model, "fields_get", nil, Args{"allfields": []string{}, "attributes": attributes})
	if err != nil {
		return nil, err
	}
	described, ok := value.(map[string]any)
	if !ok {
		return nil, c.unreadable(model, "fields_get")
	}
	fields := make(map[string]Record, len(described))
	for name, description := range described {
		fields[name] = asRecord(description)
	}
	return fields, nil
}

func (c *Client) mustBeList(value any, model, method string) error {
	if _, ok := value.([]any); !ok {
		return c.unreadable(model, method)
	}
	return nil
}

// unreadable is of an answer of a shape that the method never has.
func (c *Client) unreadable(model, method string) error {
	e := c.wire.fail(KindUnreadable, outcome{}, errors.New("an answer of another shape"))
	e.Call = model + "." + method
	return e
}

// list makes a domain of nil the empty one.
func list(domain []any) []any {
	if domain == nil {
		return []any{}
	}
	return domain
}

func names(fields []string) []string {
	if fields == nil {
		return []string{}
	}
	return fields
}
