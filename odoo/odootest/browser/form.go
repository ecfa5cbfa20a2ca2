package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// A field is named as in the model; "list/name" is a field in the line of a one2many list that is being edited.
const (
	textControls = "input:not([type=hidden]):not([type=checkbox]):not([type=file]), textarea, [contenteditable=true]"
	options      = "ul.ui-autocomplete li, .o-autocomplete--dropdown-item, .o_select_menu_item"
)

// Fill types a text into a field, in place of what is there.
func (b *Browser) Fill(field, text string) {
	b.t.Helper()
	b.edit()
	b.typeInto(field, text)
	b.leave()
}

// Pick types the beginning of a name into a many2one (or tags) and takes the suggestion of exactly that name, else the first that
// begins so.
func (b *Browser) Pick(field, name string) {
	b.t.Helper()
	b.edit()
	b.typeInto(field, name)
	time.Sleep(350 * time.Millisecond) // only then the client searches; what it finds would open the list again behind a quicker click
	b.click("the suggestion "+name, fmt.Sprintf("krok.labelled(%s, %s)", js(options), js(name)))
	b.leave()
}

// Choose sets a selection by the label that people see: a drop-down, radio buttons or a select menu.
func (b *Browser) Choose(field, label string) {
	b.t.Helper()
	b.edit()
	b.WaitFor("the field "+field, fmt.Sprintf("krok.field(%s)", js(field)))
	switch {
	case b.is("krok.control(%s, 'select')", field):
		b.chooseIn("the field "+field, fmt.Sprintf("krok.control(%s, 'select')", js(field)), label)
	case b.is("krok.control(%s, 'input[type=radio]')", field):
		b.click("the choice "+label, fmt.Sprintf("krok.exact('label', %s, krok.field(%s))", js(label), js(field)))
	default:
		b.click("the field "+field, fmt.Sprintf("krok.control(%s, 'input, .o_select_menu_toggler')", js(field)))
		b.click("the choice "+label, fmt.Sprintf("krok.exact(%s, %s)", js(options), js(label)))
	}
	b.Settle()
}

// chooseIn sets a drop-down, a JavaScript expression, by the label that people see.
func (b *Browser) chooseIn(what, element, label string) {
	b.t.Helper()
	b.WaitFor(what, element)
	done, err := eval[bool](b, fmt.Sprintf(`((select, label) => {
		const option = [...select.options].find((o) => o.text.trim() === label);
		if (!option) return false;
		select.value = option.value;
		select.dispatchEvent(new Event("change", { bubbles: true }));
		return true;
	})(%s, %s)`, element, js(label)))
	require.NoError(b.t, err)
	if !done {
		b.fail("%s has no choice %q", what, label)
	}
}

// Check sets or clears a checkbox.
func (b *Browser) Check(field string, on bool) {
	b.t.Helper()
	b.edit()
	b.WaitFor("the checkbox "+field, fmt.Sprintf("krok.field(%s)", js(field)))
	if b.Value(field) != fmt.Sprint(on) {
		b.click("the checkbox "+field, fmt.Sprintf("krok.field(%s).querySelector('input').parentElement", js(field)))
	}
	b.Settle()
}

// AddLine begins a new line in a one2many: in the list itself, or in a dialog where the list is not edited in place.
func (b *Browser) AddLine(list string) {
	b.t.Helper()
	b.edit()
	b.click("the link that adds a line to "+list, fmt.Sprintf(
		"krok.control(%s, '.o_field_x2many_list_row_add a, .o_field_x2many_list_row_add button, .o-kanban-button-new')", js(list)))
	b.Settle()
	b.WaitFor("the new line of "+list, fmt.Sprintf("krok.all('.modal').length || krok.field(%s)?.querySelector('.o_selected_row')", js(list)))
}

// OpenLine clicks the line (or card) of a one2many that shows the text.
func (b *Browser) OpenLine(list, text string) {
	b.t.Helper()
	b.edit()
	b.click("the line "+text, fmt.Sprintf(
		"krok.all('.o_data_row td, .o_kanban_record', krok.field(%s) || document.head).find((el) => krok.text(el).includes(%s))", js(list), js(text)))
	b.Settle()
}

// Tab opens the page of a notebook by its title.
func (b *Browser) Tab(title string) {
	b.t.Helper()
	b.click("the tab "+title, fmt.Sprintf("krok.exact('.o_notebook .nav-link', %s, krok.root())", js(title)))
	b.Settle()
}

// Click clicks the button, link, menu entry or label with these words; where a dialog is open, in the dialog.
func (b *Browser) Click(words string) {
	b.t.Helper()
	b.click(words, fmt.Sprintf(
		"krok.exact('button, a, .btn, .dropdown-item, .o_menu_item, label, .o_app', %[1]s, krok.root()) || krok.exact('.dropdown-item, .o_app', %[1]s)", js(words)))
	b.Settle()
}

// ClickOn clicks the first visible element that a CSS selector finds.
func (b *Browser) ClickOn(css string) {
	b.t.Helper()
	b.click(css, fmt.Sprintf("krok.all(%s)[0]", js(css)))
	b.Settle()
}

// Save saves the form and fails the test where Odoo refuses; see TrySave.
func (b *Browser) Save() {
	b.t.Helper()
	if problem := b.TrySave(); problem != "" {
		b.fail("the form was not saved")
	}
}

// TrySave saves the form and returns what Odoo said against it, or "". A new line of a list has to be left first; so it is here.
func (b *Browser) TrySave() string {
	b.t.Helper()
	b.leave()
	const button = `krok.all(".o_form_button_save")[0]`
	if b.odoo.Version != 14 && !b.is(button) {
		return "" // the new client hides the button when there is nothing to save
	}
	b.click("the button that saves", button)
	b.Settle()
	b.WaitFor("the answer to saving", `krok.problem() || krok.all(".modal").length || krok.all(".o_form_readonly").length ||
		(!krok.all(".o_control_panel .o_form_button_save").length && krok.all(".o_form_view").length)`)
	return b.Problem()
}

// Problem is what dialogs of errors and notifications say now, or "".
func (b *Browser) Problem() string {
	b.t.Helper()
	return b.JS("krok.problem()")
}

// Value is what a field shows: the text of an input, the label of a choice, "true" or "false" of a checkbox.
func (b *Browser) Value(field string) string {
	b.t.Helper()
	b.WaitFor("the field "+field, fmt.Sprintf("krok.field(%s)", js(field)))
	return b.JS(fmt.Sprintf("krok.value(%s)", js(field)))
}

// Shows tells whether a field is to be seen now; fields on other tabs are not.
func (b *Browser) Shows(field string) bool {
	b.t.Helper()
	b.Settle()
	return b.is("krok.field(%s)", field)
}

// Text is all that the page (or the dialog on it) says.
func (b *Browser) Text() string {
	b.t.Helper()
	b.Settle()
	return b.JS("krok.root().innerText")
}

// edit makes the form writable: on 14 it opens for reading only.
func (b *Browser) edit() {
	b.t.Helper()
	if b.odoo.Version != 14 || !b.is(`!krok.all(".modal").length && krok.all(".o_form_view.o_form_readonly").length`) {
		return
	}
	b.click("the button Edit", `krok.all(".o_form_button_edit")[0]`)
	b.WaitFor("the form to be editable", `krok.all(".o_form_view.o_form_editable").length`)
	b.Settle()
}

func (b *Browser) typeInto(field, text string) {
	b.t.Helper()
	b.click("the field "+field, fmt.Sprintf("krok.control(%s, %s)", js(field), js(textControls)))
	err := chromedp.Do(b.ctx,
		chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl)),
		chromedp.KeyEvent(kb.Delete),
		chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: text})
			return err
		}))
	require.NoError(b.t, err, "typing into %s", field)
}

// leave takes the focus out of the field, as the next click would: only then the client knows the value.
func (b *Browser) leave() {
	b.t.Helper()
	b.JS("document.activeElement.blur()")
	b.Settle()
}

// click clicks the middle of an element, a JavaScript expression, once it has come to rest there.
func (b *Browser) click(what, element string) {
	b.t.Helper()
	type point struct{ X, Y float64 }
	var last *point
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		at, err := eval[*point](b, "krok.settled() ? krok.point("+element+") : null")
		if err == nil && at != nil && last != nil && *at == *last {
			require.NoError(b.t, chromedp.Do(b.ctx, chromedp.MouseClickXY(at.X, at.Y)), "clicking %s", what)
			return
		}
		if last = at; time.Now().After(deadline) {
			b.fail("there is nothing to click for %s (last error: %v)", what, err)
		}
	}
}

// is evaluates a condition; fields are put in as JavaScript strings.
func (b *Browser) is(condition string, fields ...string) bool {
	b.t.Helper()
	args := make([]any, len(fields))
	for i, field := range fields {
		args[i] = js(field)
	}
	return b.JS("!!("+fmt.Sprintf(condition, args...)+")") == "true"
}

// js writes a text as a JavaScript string.
func js(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // no string fails to be marshalled
	}
	return string(quoted)
}
