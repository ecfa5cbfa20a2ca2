package catalog

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
)

// rows makes rows with ids from 1 and one field.
func rows(field string, values ...any) []flow.Row {
	var list []flow.Row
	for i, value := range values {
		list = append(list, flow.Row{"id": int64(i + 1), field: value})
	}
	return list
}

// matched tells which record each row is, by id; 0 for none.
func matched(pairs []pair) []int64 {
	var ids []int64
	for _, p := range pairs {
		ids = append(ids, p.have.ID())
	}
	return ids
}

func TestStepIsKnownByItsCodeAlone(t *testing.T) {
	t.Parallel()
	pairs, gone := match("step", rows("code", "menu", "new"), rows("code", "start", "menu"))
	require.Equal(t, []int64{2, 0}, matched(pairs))
	require.Equal(t, int64(1), gone[0].ID())
}

func TestAnswerIsKnownByItsNameInAnyLanguageAndElseByItsPlace(t *testing.T) {
	t.Parallel()
	have := rows("name", flow.Texts{"en_US": "Yes", "uk_UA": "Так"}, flow.Texts{"en_US": "No", "uk_UA": "Ні"}, flow.Texts{"en_US": "Later"})
	pairs, gone := match("answer", rows("name", flow.Texts{"en_US": "Nope", "uk_UA": "Ні"}, flow.Texts{"en_US": "Sure"}), have)
	require.Equal(t, []int64{2, 1}, matched(pairs))
	require.Equal(t, int64(3), gone[0].ID())
}

func TestEqualAnswersStayEachTheirOwn(t *testing.T) {
	t.Parallel()
	pairs, gone := match("answer", rows("name", "A", "A"), rows("name", "A", "A"))
	require.Equal(t, []int64{1, 2}, matched(pairs))
	require.Empty(t, gone)
}

func TestAnotherCodeIsAnotherAlias(t *testing.T) {
	t.Parallel()
	pairs, gone := match("alias", rows("name", "/menu"), rows("name", "/start"))
	require.Equal(t, []int64{0}, matched(pairs))
	require.Len(t, gone, 1)
}

func TestButtonOfAnAnswerIsThatOfTheSameAnswer(t *testing.T) {
	t.Parallel()
	button := func(id, answer int64, place string) flow.Row {
		return flow.Row{"id": id, "kind": "answer", "answer_id": answer, "place": place}
	}
	pairs, gone := match("button", []flow.Row{button(1, 8, "keyboard"), button(2, 7, "keyboard")},
		[]flow.Row{button(5, 7, "keyboard"), button(6, 8, "inline"), button(9, 8, "keyboard")})
	require.Equal(t, []int64{9, 5}, matched(pairs))
	require.Equal(t, int64(6), gone[0].ID())
}

func TestAliasesThatStandOutOfOrderAreMadeAnew(t *testing.T) {
	t.Parallel()
	pairs, _ := match("alias", rows("name", "a", "c", "b", "d"), rows("name", "a", "b", "c", "d"))
	taken := disordered(pairs)
	require.Equal(t, []int64{1, 3, 0, 0}, matched(pairs))
	require.Len(t, taken, 2)
}
