package script

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/krokbot/krok/flow"
)

// outcomes are what can become of a merge: there is no contact to merge with; it is merged; Odoo will not merge a contact with its own
// parent, or two that have users; or it refuses for another reason.
var outcomes = []string{"none", "merged", "parent", "users", "refused"}

// setMerge says what becomes of the next merge: "merged", or "parent: Сад" with the name of the other contact.
func (s *Scene) setMerge(value string) error {
	outcome, name, _ := strings.Cut(value, ":")
	outcome = strings.TrimSpace(outcome)
	if !slices.Contains(outcomes, outcome) {
		return fmt.Errorf("%q can become of no merge, only %s", outcome, strings.Join(outcomes, ", "))
	}
	s.merge, s.match = outcome, firstOf(strings.TrimSpace(name), "Ганна Коваль")
	return nil
}

// refused is how an Odoo refuses in words for people.
type refused string

var _ flow.Refusal = refused("")

func (r refused) Error() string { return "odoo refuses: " + string(r) }

// Refusal gives the words.
func (r refused) Refusal() (words string, ok bool) { return string(r), true }

// update carries out flow.UpdateContact as Odoo would.
func (s *Scene) update(args map[string]any) (map[string]any, error) {
	if words := s.refusal; words != "" {
		s.refusal = ""
		return nil, refused(words)
	}
	s.openChat(args)
	before := maps.Clone(s.fields)
	field, _ := args["field"].(string)
	result := map[string]any{"chat": int64(1), "merged": false, "apart": "", "match": int64(0), "match_name": ""}
	written := written(args["value"])
	if !s.offered(field, written) {
		result["refused"] = "value"
	} else {
		s.mergeWhere(args["merge"], result)
		s.write(field, written)
		s.tag(args)
	}
	lang, _ := args["answer_lang"].(string)
	result["partner"], result["lang"], result["shown"] = s.id(), s.fields["lang"], s.read(field, lang)
	result["changed"] = !maps.Equal(before, s.fields)
	return result, nil
}

// written is a value as the scene keeps it: of several ids a list, of a made-up file its name.
func written(value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case bool:
		return map[bool]string{true: "True", false: "False"}[value]
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	case []int64:
		return strings.Join(numbers(value), ", ")
	case []any:
		ids := make([]string, len(value))
		for i, id := range value {
			ids[i] = written(id)
		}
		return strings.Join(ids, ", ")
	case string:
		if name, ok := madeUpName(value); ok {
			return name
		}
	}
	return fmt.Sprint(value)
}

func numbers(ids []int64) []string {
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = strconv.FormatInt(id, 10)
	}
	return all
}

// offered tells whether a field can be what is written to it.
func (s *Scene) offered(field, value string) bool {
	values, set := s.offers[field]
	return !set || !slices.ContainsFunc(listed(value), func(key string) bool {
		return !slices.ContainsFunc(values, func(value flow.Value) bool { return value.Key == key })
	})
}

// write changes a field, and forgets what the transcript has said of the record that it pointed to.
func (s *Scene) write(field, value string) {
	if field == "" {
		return
	}
	maps.DeleteFunc(s.fields, func(path, _ string) bool { return strings.HasPrefix(path, field+".") })
	s.fields[field] = value
}

// tag adds and removes the tags of an operation.
func (s *Scene) tag(args map[string]any) {
	added, removed := listed(written(args["add_tags"])), listed(written(args["remove_tags"]))
	if len(added)+len(removed) == 0 {
		return
	}
	tags := listed(s.fields["category_id"])
	for _, tag := range added {
		if !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	tags = slices.DeleteFunc(tags, func(tag string) bool { return slices.Contains(removed, tag) })
	s.write("category_id", strings.Join(tags, ", "))
}

// mergeWhere merges the contact into the other one where the operation asks for that, or says why not. The other one keeps its name.
func (s *Scene) mergeWhere(asked any, result map[string]any) {
	forms, _ := asked.(map[string]any)
	if len(forms) == 0 || s.merge == "" || s.merge == "none" {
		return
	}
	other := s.id() + 1
	result["match"], result["match_name"] = other, s.match
	if s.merge != "merged" {
		result["apart"] = s.merge
		return
	}
	s.partner++
	s.fields["name"] = s.match
	s.merge = "none" // there is no other contact any more
	result["merged"] = true
}
