package script

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
)

// sceneRecord is a record of some model: its fields as people read them; of a relation the id stands in "partner_id.id", and "me" is the
// client's contact.
type sceneRecord struct {
	model  string
	id     int64
	fields map[string]string
}

// setRecord makes, changes or, with nothing to have, deletes a record: "sale.order 7", "name: S7; state: sale; partner_id: me".
func (s *Scene) setRecord(name, value string) error {
	model, number, _ := strings.Cut(name, " ")
	id, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
	if err != nil || id <= 0 {
		return fmt.Errorf("%q names no record: write @ record sale.order 7 = name: S7; state: sale", name)
	}
	at := slices.IndexFunc(s.records, func(r sceneRecord) bool { return r.model == model && r.id == id })
	if value == "" {
		if at >= 0 {
			s.records = slices.Delete(s.records, at, at+1)
		}
		return nil
	}
	if at < 0 {
		at = len(s.records)
		s.records = append(s.records, sceneRecord{model: model, id: id, fields: map[string]string{}})
	}
	for part := range strings.SplitSeq(value, ";") {
		field, text, ok := strings.Cut(part, ":")
		if !ok {
			return fmt.Errorf("%q sets no field: write name: S7", strings.TrimSpace(part))
		}
		s.records[at].fields[strings.TrimSpace(field)] = strings.TrimSpace(text)
	}
	return nil
}

// found are the fields of a record for domains and for reading, with the client's contact in the place of "me".
func (s *Scene) found(record sceneRecord) map[string]string {
	fields := maps.Clone(record.fields)
	fields["id"] = strconv.FormatInt(record.id, 10)
	for name, value := range record.fields {
		if value == "me" {
			fields[name], fields[name+".name"] = strconv.FormatInt(s.id(), 10), s.fields["name"]
		}
	}
	return fields
}

// reached are the records that the levels lead to; gone where one on the way is not there.
func (s *Scene) reached(levels []flow.Scope) (found []sceneRecord, gone bool, err error) {
	var within []string // ids that the level before leads to
	for i, level := range levels {
		found = nil
		for _, record := range s.records {
			fits, err := matches(level.Domain, s.found(record))
			if err != nil {
				return nil, false, err
			}
			if record.model == level.Model && fits && (i == 0 || slices.Contains(within, strconv.FormatInt(record.id, 10))) {
				found = append(found, record)
			}
		}
		if level.Record == 0 {
			break
		}
		at := slices.IndexFunc(found, func(r sceneRecord) bool { return r.id == level.Record })
		if at < 0 {
			return nil, true, nil
		}
		within = listed(found[at].fields[level.Related])
	}
	return found, false, nil
}

// Find lists the scene's records, in the order in which the transcript names them.
func (s *Scene) Find(_ context.Context, question flow.RecordsQuestion) (flow.Records, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	found, gone, err := s.reached(question.Levels)
	if err != nil || gone {
		return flow.Records{Gone: gone}, err
	}
	if question.Record != 0 {
		found = slices.DeleteFunc(found, func(r sceneRecord) bool { return r.id != question.Record })
	}
	records := flow.Records{Total: len(found)}
	found = found[min(question.Offset, len(found)):]
	if question.Limit > 0 {
		found = found[:min(question.Limit, len(found))]
	}
	for _, record := range found {
		fields := s.found(record)
		item := flow.Record{ID: record.id, Name: firstOf(fields["display_name"], fields["name"], fields["id"])}
		for _, path := range question.Paths {
			text := truth(firstOf(fields[path+".name"], fields[path]), question.Lang)
			value := flow.RecordValue{Text: text, HTML: strings.HasPrefix(text, "<")}
			if picture, ok := strings.CutPrefix(text, "picture "); ok {
				value = flow.RecordValue{Image: picture}
			}
			item.Values = append(item.Values, value)
		}
		records.Items = append(records.Items, item)
	}
	return records, nil
}

// truth puts a boolean into words.
func truth(text, lang string) string {
	switch text {
	case "True":
		return texts.Get(lang, "common.yes", nil)
	case "False":
		return texts.Get(lang, "common.no", nil)
	}
	return text
}

// change sets a field of a record, or notes that an action was run on it.
func (s *Scene) change(operation flow.Operation) (map[string]any, error) {
	if words := s.refusal; words != "" {
		s.refusal = ""
		return nil, refused(words)
	}
	var levels []flow.Scope
	list, _ := operation.Args["levels"].([]any)
	for _, one := range list {
		level, _ := one.(map[string]any)
		model, _ := level["model"].(string)
		domain, _ := level["domain"].([]any)
		related, _ := level["related"].(string)
		levels = append(levels, flow.Scope{Model: model, Domain: domain, Record: whole(level["record"]), Related: related})
	}
	found, gone, err := s.reached(levels)
	if err != nil {
		return nil, err
	}
	id := whole(operation.Args["record"])
	at := slices.IndexFunc(found, func(r sceneRecord) bool { return r.id == id })
	if gone || at < 0 {
		return map[string]any{"gone": true}, nil
	}
	if field, ok := operation.Args["field"].(string); ok {
		found[at].fields[field], _ = operation.Args["value"].(string)
	}
	return map[string]any{"gone": false, "changed": true, "name": firstOf(found[at].fields["display_name"], found[at].fields["name"])}, nil
}

// whole is a number, as it is or as it was kept.
func whole(value any) int64 {
	number, _ := strconv.ParseInt(fmt.Sprint(value), 10, 64)
	return number
}
