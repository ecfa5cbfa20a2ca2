package browser

import (
	"fmt"

	"github.com/stretchr/testify/require"
)

// Append types words behind the last ones of a rich text, as a person who changes only a little.
func (b *Browser) Append(field, words string) {
	b.t.Helper()
	b.edit()
	b.WaitFor("the editor of "+field, fmt.Sprintf("krok.control(%s, '[contenteditable=true]')", js(field)))
	typed, err := eval[bool](b, fmt.Sprintf(`((editor, words) => {
		editor.focus();
		const walker = document.createTreeWalker(editor, NodeFilter.SHOW_TEXT);
		let last = null;
		while (walker.nextNode()) if (walker.currentNode.data.trim()) last = walker.currentNode;
		if (!last) return false;
		getSelection().collapse(last, last.data.trimEnd().length);
		return document.execCommand("insertText", false, words);
	})(krok.control(%s, "[contenteditable=true]"), %s)`, js(field), js(words)))
	require.NoError(b.t, err)
	if !typed {
		b.fail("nothing can be typed behind the text of %s", field)
	}
	b.Settle()
}

// AddRule adds the first rule to an empty domain: a field by its name and its label, and an operator that needs no value ("is set").
func (b *Browser) AddRule(domain, name, label, operator string) {
	b.t.Helper()
	b.edit()
	in := func(css string) string { return fmt.Sprintf("krok.control(%s, %s)", js(domain), js(css)) }
	if b.odoo.Version == 14 {
		b.click("the button that adds a rule", in(".o_domain_add_first_node_button"))
		b.click("the field of the rule", in(".o_field_selector_value"))
		b.click("the field "+name, in(fmt.Sprintf(".o_field_selector_item[data-name=%s]", name)))
	} else {
		b.click("the link that adds a rule", in(".o_tree_editor a"))
		b.click("the field of the rule", in(".o_model_field_selector"))
		b.click("the field "+label, fmt.Sprintf("krok.exact(%s, %s)",
			js(fmt.Sprintf(".o_model_field_selector_popover_item[data-name=%s] button", name)), js(label)))
	}
	b.Settle()
	b.chooseIn("the operator", in("select"), operator)
	b.Settle()
}
