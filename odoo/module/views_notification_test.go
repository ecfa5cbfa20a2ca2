package module

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A domain in a form takes the place of the field's own: it has to say the same and more.
func TestPickersOfATemplateOfferAllTypesThatCanBeShown(t *testing.T) {
	t.Parallel()
	source, err := viewSources.ReadFile("views/notification.xml")
	require.NoError(t, err)
	require.Equal(t, 2, strings.Count(string(source), "('ttype', 'in', "+pythonList(shownTypes)+")"), "of x_field_id and of x_subfield_id")
}

func TestAFieldWithinAnIncludeChangesTheFieldOfItsName(t *testing.T) {
	t.Parallel()
	root, err := parseXML([]byte(`<field><form include="answer.xml/view_answer_form" part="x_step_id"><field name="x_next_id" domain="[]"/></form></field>`))
	require.NoError(t, err)
	require.NoError(t, expand(root))
	var b strings.Builder
	root.write(&b)
	require.Contains(t, b.String(), `<field name="x_next_id" domain="[]"/>`)
	require.NotContains(t, b.String(), "include")
}
