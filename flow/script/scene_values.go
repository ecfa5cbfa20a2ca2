package script

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
)

var keyedValue = regexp.MustCompile(`^([\w.-]+): *(.+)$`)

// offer says what a field can be: "Польща, Україна", with the keys 1, 2, …, or "contact: Контакт, invoice: Рахунок".
func (s *Scene) offer(field, list string) {
	values := []flow.Value{}
	for name := range strings.SplitSeq(list, ",") {
		value := flow.Value{Key: strconv.Itoa(len(values) + 1), Name: strings.TrimSpace(name)}
		if keyed := keyedValue.FindStringSubmatch(value.Name); keyed != nil {
			value.Key, value.Name = keyed[1], keyed[2]
		}
		if value.Name != "" {
			values = append(values, value)
		}
	}
	if s.offers == nil {
		s.offers = map[string][]flow.Value{}
	}
	s.offers[field] = values
}

// Values lists what the scene has set for a field.
func (s *Scene) Values(_ context.Context, question flow.ValuesQuestion) (flow.Values, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if question.Partner != s.id() {
		return flow.Values{Gone: true}, nil
	}
	all, set := s.offers[question.Field]
	if !set {
		return flow.Values{}, fmt.Errorf("the transcript does not say what %q can be: write @ values %s = …", question.Field, question.Field)
	}
	var found flow.Values
	search := strings.ToLower(question.Search)
	for _, value := range all {
		if strings.Contains(strings.ToLower(value.Name), search) {
			found.Items = append(found.Items, value)
		}
	}
	found.Total = len(found.Items)
	found.Items = found.Items[min(max(question.Offset, 0), found.Total):]
	if question.Limit > 0 {
		found.Items = found.Items[:min(question.Limit, len(found.Items))]
	}
	if question.Chosen {
		for _, key := range listed(s.fields[question.Field]) {
			if id, err := strconv.ParseInt(key, 10, 64); err == nil {
				found.Chosen = append(found.Chosen, id)
			}
		}
	}
	return found, nil
}

// listed takes a list apart.
func listed(list string) []string {
	var all []string
	for one := range strings.SplitSeq(list, ",") {
		if one = strings.TrimSpace(one); one != "" {
			all = append(all, one)
		}
	}
	return all
}

// keys puts the keys of values in the place of their names, where the scene knows them.
func (s *Scene) keys(field, list string) string {
	return s.translated(field, list, func(value flow.Value) (from, to string) { return value.Name, value.Key })
}

// names puts the names of values in the place of their keys, where the scene knows them.
func (s *Scene) names(field, list string) string {
	return s.translated(field, list, func(value flow.Value) (from, to string) { return value.Key, value.Name })
}

func (s *Scene) translated(field, list string, both func(flow.Value) (from, to string)) string {
	values := s.offers[field]
	if len(values) == 0 {
		return list
	}
	all := listed(list)
	for i, one := range all {
		at := slices.IndexFunc(values, func(value flow.Value) bool { from, _ := both(value); return from == one })
		if at >= 0 {
			_, all[i] = both(values[at])
		}
	}
	return strings.Join(all, ", ")
}

// read is a field as people read it.
func (s *Scene) read(path, lang string) string {
	path = sceneField(path)
	value, set := s.fields[path]
	if !set {
		path = strings.TrimSuffix(strings.TrimSuffix(path, ".name"), ".display_name")
		value = s.fields[path]
	}
	switch value {
	case "True":
		return texts.Get(lang, "answer.yes", nil)
	case "False":
		return texts.Get(lang, "answer.no", nil)
	}
	return s.names(path, value)
}

// searched are the fields for domains, with the names of the values that the scene knows.
func (s *Scene) searched() map[string]string {
	all := maps.Clone(s.fields)
	for field := range s.offers {
		if keys := all[field]; keys != "" && all[field+".name"] == "" {
			all[field+".name"] = s.names(field, keys)
		}
	}
	return all
}
