package flow

import (
	"hash/fnv"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/krokbot/krok/flow/texts"
)

// A page of values has pageSize buttons, in two columns where all their names are short. A client may choose maxChosen of several.
const (
	pageSize   = 12
	shortName  = 18 // letters
	longName   = 60
	maxChosen  = 100
	maxQuery   = 64
	chosenMark = "✓ "
)

// askValue offers what a field can be, page by page. The client presses, or types: a whole name is taken, a part of one looked for.
type askValue struct {
	several  bool // a many2many: the client presses as many as they like, and then Done
	relation bool // the keys are ids of records; else they are those of a selection
}

// choices shows the page where the client is. At the first look nothing is searched for, and of several those count as chosen that the
// contact has.
func (a askValue) choices(s contactStep, turn *Turn, step *Step) (Choices, error) {
	first := turn.session.List == nil
	if first {
		turn.session.List = &List{}
	}
	turn.session.List.Query = ""
	values, err := a.page(s, turn, first && a.several)
	if err != nil {
		return Choices{}, err
	}
	if first && values.Total == 0 {
		turn.session.List.Empty = true
		return Choices{}, nil
	}
	if first && a.several {
		turn.session.List.Chosen = values.Chosen[:min(len(values.Chosen), maxChosen)]
	}
	hint := ""
	if values.Total > pageSize {
		hint = turn.word("client.list_hint", texts.Args{"n": values.Total})
	}
	return Choices{Buttons: a.rows(turn, step, values), Hint: hint}, nil
}

// page asks Odoo for the values of the page where the client is; behind the last page is the last one.
func (a askValue) page(s contactStep, turn *Turn, chosen bool) (Values, error) {
	list := turn.session.List
	question := ValuesQuestion{Partner: turn.session.Partner, Field: s.field.name, Search: list.Query, Offset: list.Page * pageSize, Limit: pageSize,
		Lang: turn.odooLang(), Chosen: chosen}
	values, err := turn.listValues(question)
	if err == nil && len(values.Items) == 0 && list.Page > 0 {
		list.Page = max(0, (values.Total-1)/pageSize)
		question.Offset = list.Page * pageSize
		values, err = turn.listValues(question)
	}
	return values, err
}

// rows lays out the buttons of a page.
func (a askValue) rows(turn *Turn, step *Step, values Values) [][]InlineButton {
	var buttons []InlineButton
	columns := 2
	for _, value := range values.Items {
		if utf8.RuneCountInString(value.Name) > shortName {
			columns = 1
		}
		arg := a.argOf(value.Key)
		label := shorten(value.Name, longName)
		if a.several && slices.Contains(turn.session.List.Chosen, arg) {
			label = chosenMark + label
		}
		buttons = append(buttons, InlineButton{Label: label, Data: turn.dataOf(step, actionValue, arg)})
	}
	rows := slices.Collect(slices.Chunk(buttons, columns))
	if turns := a.turns(turn, step, values.Total); len(turns) > 0 {
		rows = append(rows, turns)
	}
	if a.several {
		done := turn.word("client.done", texts.Args{"n": len(turn.session.List.Chosen)})
		rows = append(rows, []InlineButton{{Label: done, Data: turn.dataOf(step, actionDone, 0)}})
	}
	return rows
}

// turns are the buttons that lead to the pages before and after.
func (a askValue) turns(turn *Turn, step *Step, total int) []InlineButton {
	var row []InlineButton
	page, last, action := turn.session.List.Page, max(0, (total-1)/pageSize), actionPage
	if turn.session.List.Query != "" {
		action = actionFound
	}
	if page > 0 {
		row = append(row, InlineButton{Label: "« " + strconv.Itoa(page), Data: turn.dataOf(step, action, int64(page-1))})
	}
	if page < last {
		row = append(row, InlineButton{Label: strconv.Itoa(page+2) + " »", Data: turn.dataOf(step, action, int64(page+1))})
	}
	return row
}

// shorten cuts a name for a button, in letters.
func shorten(name string, most int) string {
	letters := []rune(name)
	if len(letters) <= most {
		return name
	}
	return string(letters[:most-1]) + "…"
}

// argOf is what a button says of a value: a record's id; of a selection's key a number made from it, since keys are texts of any length.
func (a askValue) argOf(key string) int64 {
	if !a.relation {
		sum := fnv.New32a()
		_, _ = sum.Write([]byte(key)) // it never fails
		return int64(sum.Sum32())
	}
	id, _ := strconv.ParseInt(key, 10, 64) // ids are numbers; 0 is none
	return id
}

// press takes a value, turns the page or ends choosing.
func (a askValue) press(s contactStep, turn *Turn, step *Step, press pressed) (Next, error) {
	if turn.session.List == nil {
		turn.session.List = &List{} // it was typed meanwhile: the list begins anew
	}
	list := turn.session.List
	switch {
	case press.Action == actionPage, press.Action == actionFound:
		list.Page = int(min(press.Arg, 1_000_000))
		if press.Action == actionPage {
			list.Query = ""
		}
		return Wait(), a.redraw(s, turn, step)
	case press.Action == actionDone && a.several:
		return s.write(turn, step, slices.Clone(list.Chosen), nil), nil
	case press.Action != actionValue:
		return Pass(), nil
	case a.several:
		return a.toggle(s, turn, step, press.Arg)
	case a.relation:
		return s.write(turn, step, press.Arg, nil), nil // Odoo checks that it is offered
	}
	return a.pressKey(s, turn, step, press.Arg)
}

// pressKey finds the key of a selection by its number.
func (a askValue) pressKey(s contactStep, turn *Turn, step *Step, arg int64) (Next, error) {
	values, err := turn.listValues(ValuesQuestion{Partner: turn.session.Partner, Field: s.field.name, Lang: turn.odooLang()})
	if err != nil {
		return Next{}, err
	}
	for _, value := range values.Items {
		if a.argOf(value.Key) == arg {
			return s.write(turn, step, value.Key, nil), nil
		}
	}
	return turn.reject(step, "client.value_gone", nil), nil
}

func (a askValue) toggle(s contactStep, turn *Turn, step *Step, id int64) (Next, error) {
	list := turn.session.List
	list.Chosen = slices.Clone(list.Chosen) // the session given stays as it was
	switch i := slices.Index(list.Chosen, id); {
	case i >= 0:
		list.Chosen = slices.Delete(list.Chosen, i, i+1)
	case len(list.Chosen) >= maxChosen:
		return turn.reject(step, "client.too_many_chosen", texts.Args{"n": maxChosen}), nil
	default:
		list.Chosen = append(list.Chosen, id)
	}
	return Wait(), a.redraw(s, turn, step)
}

// redraw shows the page in place of the buttons that were pressed.
func (a askValue) redraw(s contactStep, turn *Turn, step *Step) error {
	values, err := a.page(s, turn, false)
	if err != nil {
		return err
	}
	if turn.event.Press == nil || turn.event.Press.Message == 0 {
		return nil
	}
	turn.send(Outgoing{Edit: turn.event.Press.Message, Inline: a.rows(turn, step, values), Step: step.ID})
	return nil
}

// answer takes the whole name of a value.
func (a askValue) answer(s contactStep, turn *Turn, step *Step, said *Message) (Next, error) {
	if said.Content != ContentText || utf8.RuneCountInString(said.Text) > maxQuery {
		return Pass(), nil
	}
	values, err := turn.listValues(a.search(s, turn, said.Text))
	if err != nil {
		return Next{}, err
	}
	turn.found = &values
	for _, value := range values.Items {
		if Normalise(value.Name) != Normalise(said.Text) {
			continue
		}
		switch {
		case a.several:
			return a.chooseTyped(turn, step, a.argOf(value.Key)), nil
		case a.relation:
			return s.write(turn, step, a.argOf(value.Key), nil), nil
		}
		return s.write(turn, step, value.Key, nil), nil
	}
	return Pass(), nil
}

// chooseTyped adds one of several by its name, and shows the list with it.
func (a askValue) chooseTyped(turn *Turn, step *Step, id int64) Next {
	list := turn.session.List
	if len(list.Chosen) >= maxChosen {
		return turn.reject(step, "client.too_many_chosen", texts.Args{"n": maxChosen})
	}
	if !slices.Contains(list.Chosen, id) {
		list.Chosen = append(slices.Clone(list.Chosen), id)
	}
	turn.AskAgain(step)
	return Wait()
}

// fallback shows what has the text in its name.
func (a askValue) fallback(s contactStep, turn *Turn, step *Step, said *Message) (Next, error) {
	values := turn.found
	if values == nil || values.Total == 0 {
		return turn.reject(step, "client.nothing_found", nil), nil
	}
	turn.session.List.Query, turn.session.List.Page = said.Text, 0
	turn.send(Outgoing{Text: plain(turn.word("client.found", texts.Args{"n": values.Total})), Inline: a.rows(turn, step, *values), Step: step.ID})
	return Wait(), nil
}

// search asks for the first page of what has a text in its name.
func (a askValue) search(s contactStep, turn *Turn, text string) ValuesQuestion {
	if turn.session.List == nil {
		turn.session.List = &List{}
	}
	return ValuesQuestion{Partner: turn.session.Partner, Field: s.field.name, Search: text, Limit: pageSize, Lang: turn.odooLang()}
}
