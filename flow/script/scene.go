package script

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/krokbot/krok/flow"
)

// Scene is an Odoo in memory for transcripts that need none: it knows one contact, whose fields are what the scene sets, and one
// chat. Languages are those that krok speaks. The zero Scene is ready.
type Scene struct {
	mu       sync.Mutex
	partner  int64
	fields   map[string]string       // as Odoo has them: of a selection the key, of a relation the id, of one to many the ids
	offers   map[string][]flow.Value // what fields can be
	merge    string                  // what becomes of the next merge: see outcomes
	match    string                  // the name of the contact that it is with
	refusal  string                  // with which the next update of the contact is refused
	state    string                  // of the chat
	records  []sceneRecord           // of all models, in the order in which the transcript names them
	leads    []string                // the names of those that were made
	commits  map[string]flow.CommitResult
	asked    int
	executed []flow.Operation
}

var _ flow.Odoo = (*Scene)(nil)

// languages are the languages of the scene's Odoo, by those of Telegram.
var languages = map[string]string{"uk": "uk_UA", "en": "en_US"}

// Set sets a field of the contact ("partner.country_id.name"), or lets somebody delete it ("partner" to "gone"). "values country_id"
// is what a field can be, "record sale.order 7" what a record has ("name: S7; partner_id: me"; nothing deletes it), "merge" what becomes of the next merge, "refuses" the words with which the next update is refused.
func (s *Scene) Set(_ context.Context, name, value string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if field, ok := strings.CutPrefix(name, "values "); ok {
		s.offer(sceneField(field), value)
		return nil
	}
	if record, ok := strings.CutPrefix(name, "record "); ok {
		return s.setRecord(record, value)
	}
	switch name {
	case "partner":
		if value != "gone" {
			return fmt.Errorf("the contact can only be gone, not %q", value)
		}
		s.partner++
		s.fields = nil
	case "merge":
		return s.setMerge(value)
	case "refuses":
		s.refusal = value
	default:
		if s.fields == nil {
			s.fields = map[string]string{}
		}
		field := sceneField(strings.TrimPrefix(name, "partner."))
		s.fields[field] = s.keys(field, value)
	}
	return nil
}

// sceneField is the field of a contact that a transcript calls "tags".
func sceneField(name string) string {
	if name == "tags" {
		return "category_id"
	}
	return name
}

// State is what Odoo knows of the chat: "", open, blocked, opted_out.
func (s *Scene) State() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// Asked counts the questions so far.
func (s *Scene) Asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// Executed lists the operations that were carried out.
func (s *Scene) Executed() []flow.Operation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]flow.Operation(nil), s.executed...)
}

// id is that of the contact now; each one that is gone leaves its number behind.
func (s *Scene) id() int64 { return s.partner + 1 }

// Ask answers about the contact.
func (s *Scene) Ask(_ context.Context, question flow.Question) (flow.Reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if question.Partner != s.id() {
		return flow.Reply{Gone: true}, nil
	}
	reply := flow.Reply{Lang: s.fields["lang"], Values: map[string]string{}}
	for _, domain := range question.Domains {
		fits, err := matches(domain, s.searched())
		if err != nil {
			return flow.Reply{}, err
		}
		reply.Matches = append(reply.Matches, fits)
	}
	for _, path := range question.Values {
		reply.Values[path] = s.read(path, firstOf(question.Lang, s.fields["lang"]))
	}
	return reply, nil
}

// Commit carries out the operations that a bot of plain steps asks for.
func (s *Scene) Commit(_ context.Context, commit flow.Commit) (flow.CommitResult, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if result, done := s.commits[commit.Key]; done {
		return result, nil
	}
	var result flow.CommitResult
	for _, operation := range commit.Operations {
		answer, err := s.execute(operation)
		if err != nil {
			return flow.CommitResult{}, err
		}
		s.executed = append(s.executed, operation)
		result.Results = append(result.Results, answer)
	}
	if s.commits == nil {
		s.commits = map[string]flow.CommitResult{}
	}
	s.commits[commit.Key] = result
	return result, nil
}

func (s *Scene) execute(operation flow.Operation) (map[string]any, error) {
	switch operation.Kind {
	case flow.OpenChat:
		s.openChat(operation.Args)
		return map[string]any{"partner": s.id(), "chat": int64(1), "lang": s.fields["lang"]}, nil
	case flow.ChatState:
		s.state, _ = operation.Args["state"].(string)
		return map[string]any{}, nil
	case flow.UpdateContact:
		return s.update(operation.Args)
	case flow.SetRecord, flow.RunAction:
		return s.change(operation)
	case flow.MakeLead:
		return s.makeLead(operation.Args), nil
	}
	return nil, fmt.Errorf("the scene of a transcript cannot carry out %q: play it against a real Odoo", operation.Kind)
}

// openChat makes the contact of a client who writes for the first time. What the scene has set stays.
func (s *Scene) openChat(args map[string]any) {
	if s.fields == nil {
		s.fields = map[string]string{}
	}
	if s.state == "" {
		s.state = "open"
	}
	name, _ := args["name"].(string)
	lang, _ := args["lang"].(string)
	family, _, _ := strings.Cut(lang, "-")
	for field, value := range map[string]string{"name": name, "lang": languages[strings.ToLower(family)]} {
		if _, given := s.fields[field]; !given {
			s.fields[field] = value
		}
	}
}
