package botfile

import (
	"github.com/goccy/go-yaml/ast"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
)

// kindsByField tells the kind of a button by the field that only this kind has.
var kindsByField = map[string]string{"answer_id": "answer", "target_id": "step", "url": "url", "copy": "copy"}

// readButtons reads both keyboards of a step. Without a list for the keyboard every answer stands on it, in a row of its own.
func (r *reader) readButtons(step int64, given map[string]pair, answers []flow.Row) {
	if keyboard, has := given["keyboard"]; has {
		r.readKeyboard("keyboard", step, keyboard.node, answers)
	} else {
		for _, answer := range answers {
			r.add("button", flow.Row{"step_id": step, "place": "keyboard", "kind": "answer", "answer_id": answer.ID()})
		}
	}
	if inline, has := given["inline"]; has {
		r.readKeyboard("inline", step, inline.node, answers)
	}
}

// readKeyboard reads a list of rows: a row is a button, or a list of buttons side by side.
func (r *reader) readKeyboard(place string, step int64, node ast.Node, answers []flow.Row) {
	rows, _ := r.items(node)
	for i, item := range rows {
		side, several := item.(*ast.SequenceNode)
		if !several {
			r.readButton(place, 0, step, item, answers)
			continue
		}
		number := i + 1
		if len(side.Values) < 2 {
			number = 0
		}
		for _, one := range side.Values {
			r.readButton(place, number, step, one, answers)
		}
	}
}

// readButton reads a button; a text alone is the answer of that name.
func (r *reader) readButton(place string, number int, step int64, node ast.Node, answers []flow.Row) {
	row := flow.Row{}
	if isMapping(node) {
		list, _ := r.pairs(node)
		before := len(r.errs)
		row = r.fields("button", node, r.known(list, keysOf("button")), answers)
		if before == len(r.errs) {
			r.checkButton(node, row)
		}
	} else if answer := r.answerRef(node, answers); answer != nil {
		row["kind"], row["answer_id"] = "answer", answer
	}
	row["step_id"], row["place"] = step, place
	if number > 0 {
		row["row"] = int64(number)
	}
	r.add("button", row)
}

// checkButton finds out the kind of a button.
func (r *reader) checkButton(node ast.Node, row flow.Row) {
	kind := row.Str("kind")
	for _, field := range []string{"answer_id", "target_id", "url", "copy"} {
		switch own := kindsByField[field]; {
		case row[field] == nil:
		case kind == "":
			kind = own
		case kind != own:
			r.fail(node, "two_kinds", texts.Args{"one": kind, "other": own})
			return
		}
	}
	switch {
	case kind == "":
		r.fail(node, "no_kind", nil)
	case kind == "answer" && row["answer_id"] == nil:
		r.fail(node, "missing", texts.Args{"key": "answer"})
	case kind == "answer" && row["name"] != nil:
		r.fail(node, "named_answer", nil)
	}
	row["kind"] = kind
}
