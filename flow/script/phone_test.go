package script

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/richtext"
)

func inline(labels ...string) [][]flow.InlineButton {
	var row []flow.InlineButton
	for _, label := range labels {
		row = append(row, flow.InlineButton{Label: label, Data: "data of " + label})
	}
	return [][]flow.InlineButton{row}
}

func pressOn(t *testing.T, phone *Phone, line string) flow.Press {
	t.Helper()
	action, err := ReadAction(line)
	require.NoError(t, err)
	event, ok, err := phone.Event(action)
	require.NoError(t, err)
	require.True(t, ok)
	return *event.Press
}

func TestAnEditChangesTheButtonsOfItsMessageOnly(t *testing.T) {
	t.Parallel()
	phone := &Phone{}
	phone.Receive(flow.Outgoing{Text: richtext.Plain("Країна?"), Inline: inline("Польща", "2 »")},
		flow.Outgoing{Text: richtext.Plain("Мова?"), Inline: inline("Польська")}, flow.Outgoing{Text: richtext.Plain("Так?")})
	rows, message := phone.Inline()
	require.Equal(t, "Польська", rows[0][0].Label)
	require.EqualValues(t, 2, message)

	require.Equal(t, flow.Press{Data: "data of 2 »", Message: 1}, pressOn(t, phone, "[2 »]"))
	phone.Receive(flow.Outgoing{Edit: 1, Inline: inline("Чехія", "« 1")})
	rows, message = phone.Inline()
	require.Equal(t, "Чехія", rows[0][0].Label, "the client looks at what changed last")
	require.EqualValues(t, 1, message)
	require.Equal(t, flow.Press{Data: "data of Чехія", Message: 1}, pressOn(t, phone, "[[Чехія]]"))
	_, _, err := phone.Event(Action{Kind: Press, Text: "Польща"})
	require.ErrorContains(t, err, "There is no button “Польща” here")
	require.Equal(t, flow.Press{Data: "data of Польща", Message: 1}, pressOn(t, phone, "(press old [Польща])"), "as on a screen that has not changed yet")

	phone.Receive(flow.Outgoing{Edit: 1})
	rows, message = phone.Inline()
	require.Equal(t, "Польська", rows[0][0].Label)
	require.EqualValues(t, 2, message)
	phone.Receive(flow.Outgoing{Edit: 2}, flow.Outgoing{Edit: 4, Inline: inline("Нема де")}, flow.Outgoing{Edit: -1, Inline: inline("Нема де")})
	rows, message = phone.Inline()
	require.Empty(t, rows)
	require.Zero(t, message)
}

func TestAnEditIsShownAndMatchedAsOne(t *testing.T) {
	t.Parallel()
	edit := flow.Outgoing{Edit: 7, Inline: append(inline("Польща", "Чехія"), inline("« 1")...)}
	require.Equal(t, "< (edited)\n  [[Польща]] [[Чехія]]\n  [[« 1]]", Show(edit))
	require.Equal(t, "< (edited)", Show(flow.Outgoing{Edit: 7}))
	for _, good := range []string{
		"(edited) [[Польща]] [[Чехія]] [[« 1]]", "(edited)  [[Польща]] [[Чехія]]\n[[« 1]]", "(edited)\n[[Польща]] [[Чехія]]\n[[« 1]]", "(edited) …",
		"(edited)…[[« 1]]", "…",
	} {
		require.True(t, newExpected(good).matches(newShown(edit)), good)
	}
	for _, bad := range []string{"(edited)", "[[Польща]] [[Чехія]] [[« 1]]", "(edited) [[Польща]]", "(edited)\n[[Польща]]\n[[Чехія]] [[« 1]]"} {
		require.False(t, newExpected(bad).matches(newShown(edit)), bad)
	}
	require.True(t, newExpected("(edited)").matches(newShown(flow.Outgoing{Edit: 7})))
	require.False(t, newExpected("(edited) …").matches(newShown(flow.Outgoing{Text: richtext.Plain("Країна?")})))
}
