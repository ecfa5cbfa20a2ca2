package flow

import (
	"fmt"
	"slices"
	"strings"

	"github.com/krokbot/krok/flow/richtext"
	"github.com/krokbot/krok/flow/texts"
)

// pressRecord does what a button under a record does. Such a button works at any time, also under an old message and when another step
// waits: what counts is that the record is still within the reach of this client.
func (t *Turn) pressRecord(data string) error {
	found, offset, ok := readTrail(data)
	if !ok || offset < 0 && len(found.hops) == 0 {
		t.refuse("client.old_button")
		return nil
	}
	if comes, err := t.comesTo(found); err != nil || !comes {
		if err == nil {
			t.refuse("client.record_gone")
		}
		return err
	}
	if offset >= 0 {
		return t.notify(found, offset, t.pageOf(found))
	}
	w, button, ok, err := t.buttonOf(found)
	if err != nil {
		return fmt.Errorf("a press of a record's button: %w", err)
	}
	if !ok {
		t.refuse("client.record_gone")
		return nil
	}
	record := found.hops[len(found.hops)-1].record
	switch button.Kind {
	case "notification":
		return t.notify(found, 0, 0)
	case "step":
		return t.enterWith(found, w, record, button)
	case "set", "action":
		t.change(found, w, record, button)
		return nil
	}
	t.refuse("client.old_button")
	return nil
}

// comesTo tells whether the client may come to the step whose answer a trail begins with: the press may be forged, and the step for others.
func (t *Turn) comesTo(found trail) (bool, error) {
	step := t.bot.owners[found.id]
	if found.source != sourceAnswer || step == nil || step.Domain.Empty() {
		return true, nil
	}
	literal, err := step.Domain.Literal(t.env())
	if err != nil {
		return false, err
	}
	reply, err := t.inquire(Question{Partner: t.session.Partner, Domains: [][]any{literal}, TZ: t.bot.Location.String()})
	return err == nil && len(reply.Matches) == 1 && reply.Matches[0], err
}

// pageOf is the message whose page turns: a list's; else a new one is sent.
func (t *Turn) pageOf(found trail) int64 {
	if w, ok, err := t.followTrail(found); err == nil && ok && w.n.List {
		return t.event.Press.Message
	}
	return 0
}

// buttonOf finds the button at the end of a trail, and the way to its record.
func (t *Turn) buttonOf(found trail) (way, *RecordButton, bool, error) {
	last := found.hops[len(found.hops)-1]
	found.hops = found.hops[:len(found.hops)-1]
	w, ok, err := t.followTrail(found)
	if err != nil || !ok || w.nobody {
		return way{}, nil, false, err
	}
	button := w.n.button(last.button)
	return w, button, button != nil, nil
}

// enterWith makes a record the chat's current one, and enters a step.
func (t *Turn) enterWith(found trail, w way, record int64, button *RecordButton) error {
	records, err := t.records(w, record, 0)
	if err != nil {
		return err
	}
	if records.Gone || len(records.Items) == 0 {
		t.refuse("client.record_gone")
		return nil
	}
	t.session.Record = found.String()
	return t.run(GoTo(button.Target))
}

// change ends the turn with what Odoo is to do with a record: once, and only where the record is still within reach. What came of it is
// told by recordChanged.
func (t *Turn) change(found trail, w way, record int64, button *RecordButton) {
	lang := texts.Pick(t.bot.Lang)
	args := map[string]any{
		"levels": Rows(w.levels), "record": record, "telegram_id": string(t.event.Chat), "lang": t.odooLang(), "tz": t.bot.Location.String(), "note_lang": t.bot.Lang,
		"source": texts.Get(lang, "notification.source", texts.Args{"bot": t.bot.Name, "client": t.session.Who.Name(), "notification": w.n.Name}),
	}
	operation := Operation{Kind: RunAction, Args: args}
	if button.Kind == "set" {
		operation.Kind = SetRecord
		args["field"], args["value"] = button.Field, button.Value
	} else {
		args["action"] = button.Action
	}
	then := Then{Record: found.String()}
	if t.event.Press != nil {
		then.Message = t.event.Press.Message
	}
	t.commit = &Commit{Key: t.key(), Operations: []Operation{operation}, Refusable: true, Then: then}
}

// recordChanged tells the client what came of a change, and shows the record anew where it is shown alone.
func (t *Turn) recordChanged(event Event) error {
	found, _, ok := readTrail(event.Then.Record)
	switch {
	case event.Result.Failed && event.Result.Refusal == "":
		t.SayKey("client.error")
		return nil
	case event.Result.Failed:
		t.Say(plain(t.word("client.change_refused", texts.Args{"reason": event.Result.Refusal})))
		return nil
	case !ok || len(event.Result.Results) == 0:
		return nil
	}
	if gone, _ := event.Result.Results[0]["gone"].(bool); gone {
		t.refuse("client.record_gone")
		return nil
	}
	name, _ := event.Result.Results[0]["name"].(string)
	if err := t.showAgain(found, event.Then.Message); err != nil {
		return err
	}
	t.Say(plain(t.word("client.record_changed", texts.Args{"name": name})))
	return nil
}

// showAgain puts a record as it is now in the place of the message that showed it alone. One that has left the notification's domain stays
// as it was, without its buttons.
func (t *Turn) showAgain(found trail, message int64) error {
	w, _, ok, err := t.buttonOf(found)
	if err != nil || !ok || message == 0 || w.n.List || w.n.pictured() {
		return err
	}
	records, err := t.records(w, found.hops[len(found.hops)-1].record, 0)
	if err != nil {
		return err
	}
	if records.Gone || len(records.Items) == 0 {
		t.send(Outgoing{Edit: message})
		return nil
	}
	messages := t.recordMessages(w.n, records.Items[0], t.recordButtons(w, records.Items[0], false))
	if len(messages) == 1 {
		messages[0].Edit = message
		t.send(messages[0])
	}
	return nil
}

// pictured tells whether records are shown with pictures.
func (n *Notification) pictured() bool {
	for _, line := range n.lines {
		if line.image {
			return true
		}
	}
	return false
}

// learnRecord asks for the fields of the chat's current record that placeholders show. A record that is out of reach by now says nothing.
func (t *Turn) learnRecord(templates ...map[string]richtext.Template) error {
	paths := t.recordPaths(templates)
	if len(paths) == 0 || t.session.Record == "" {
		return nil
	}
	found, _, ok := readTrail(t.session.Record)
	if !ok || len(found.hops) == 0 {
		return nil
	}
	w, _, ok, err := t.buttonOf(found)
	if err != nil || !ok {
		return err
	}
	n := *w.n
	n.paths = paths
	w.n = &n
	records, err := t.records(w, found.hops[len(found.hops)-1].record, 0)
	if err != nil {
		return err
	}
	for i, path := range paths {
		t.values["record."+path] = ""
		if len(records.Items) == 1 {
			t.values["record."+path] = valueText(records.Items[0].Values[i]).Text
		}
	}
	return nil
}

// recordPaths lists the fields of the current record that texts show in the client's language and that are not known yet.
func (t *Turn) recordPaths(list []map[string]richtext.Template) []string {
	var paths []string
	for _, templates := range list {
		for _, placeholder := range inLanguage(templates, t.langs()...).Placeholders() {
			path, of := strings.CutPrefix(placeholder.Path, "record.")
			if _, known := t.values[placeholder.Path]; of && path != "id" && !known && !slices.Contains(paths, path) {
				paths = append(paths, path)
			}
		}
	}
	return paths
}
