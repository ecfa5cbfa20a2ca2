package catalog

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/odoo/rpc"
)

// Schema knows the fields of Odoo's models. It asks for a model's once, and again after a while: an app may have been installed. What
// Odoo does not tell is not known, and nothing is checked then. It may be used by many goroutines at once.
type Schema struct {
	client *rpc.Client

	mu     sync.Mutex
	models map[string]fields
}

var _ flow.Schema = (*Schema)(nil)

// fields are those of one model: the model that each leads to, "" where it leads to none. nil: Odoo did not tell.
type fields struct {
	relations map[string]string
	read      time.Time
}

const (
	schemaAge  = 5 * time.Minute
	schemaWait = 15 * time.Second // for one model
	maxHops    = 3                // relations that a path may go through
)

// NewSchema makes a Schema that asks the client's Odoo when it needs to.
func NewSchema(client *rpc.Client) *Schema {
	return &Schema{client: client, models: map[string]fields{}}
}

// HasField tells whether a dotted path of fields, of up to three relations, can be read on a model.
func (s *Schema) HasField(model, path string) (has, known bool) {
	names := strings.Split(path, ".")
	if len(names) > maxHops+1 {
		return false, true
	}
	for i, name := range names {
		relations := s.relationsOf(model)
		if relations == nil {
			return false, false
		}
		next, exists := relations[name]
		if !exists {
			return false, true
		}
		if next == "" && i < len(names)-1 {
			return false, true
		}
		model = next
	}
	return true, true
}

// relationsOf gives the fields of a model; nil where they are not known.
func (s *Schema) relationsOf(model string) map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, ok := s.models[model]; ok && time.Since(known.read) < schemaAge {
		return known.relations
	}
	ctx, cancel := context.WithTimeout(context.Background(), schemaWait)
	defer cancel()
	described, err := s.client.FieldsGet(ctx, model, "type", "relation")
	if err != nil {
		if !rpc.IsKind(err, rpc.KindUnknownModel, rpc.KindAccess) {
			return s.models[model].relations // out of reach: what was known, until it answers
		}
		s.models[model] = fields{read: time.Now()}
		return nil
	}
	relations := make(map[string]string, len(described))
	for name, field := range described {
		relations[name] = field.Str("relation")
	}
	s.models[model] = fields{relations: relations, read: time.Now()}
	return relations
}
