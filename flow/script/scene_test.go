package script

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
)

// newScene is a scene with what the lines "name = value" set.
func newScene(t *testing.T, lines ...[2]string) *Scene {
	t.Helper()
	scene := &Scene{}
	for _, line := range lines {
		require.NoError(t, scene.Set(t.Context(), line[0], line[1]))
	}
	return scene
}

// update carries out one update of the contact.
func update(t *testing.T, scene *Scene, args map[string]any) (map[string]any, error) {
	t.Helper()
	result, err := scene.Commit(t.Context(), flow.Commit{Key: t.Name() + string(rune('a'+len(scene.Executed()))), Operations: []flow.Operation{
		{Kind: flow.UpdateContact, Args: args}}})
	if err != nil {
		return nil, err
	}
	return result.Results[0], nil
}

// look reads fields of the contact as people do.
func look(t *testing.T, scene *Scene, paths ...string) map[string]string {
	t.Helper()
	reply, err := scene.Ask(t.Context(), flow.Question{Partner: scene.id(), Values: paths, Lang: "uk_UA"})
	require.NoError(t, err)
	require.False(t, reply.Gone)
	return reply.Values
}

func TestASceneOffersValuesInPagesAndFindsThemByAPart(t *testing.T) {
	t.Parallel()
	scene := newScene(t, [2]string{"values country_id", "Польща, Україна , Німеччина"}, [2]string{"values type", "contact: Контакт, other: Інше"},
		[2]string{"values lang", ""}, [2]string{"partner.country_id", "Україна"})
	ask := func(question flow.ValuesQuestion) flow.Values {
		question.Partner = scene.id()
		values, err := scene.Values(t.Context(), question)
		require.NoError(t, err)
		return values
	}
	require.Equal(t, flow.Values{Items: []flow.Value{{Key: "1", Name: "Польща"}, {Key: "2", Name: "Україна"}, {Key: "3", Name: "Німеччина"}}, Total: 3},
		ask(flow.ValuesQuestion{Field: "country_id"}))
	require.Equal(t, flow.Values{Items: []flow.Value{{Key: "2", Name: "Україна"}}, Total: 3}, ask(flow.ValuesQuestion{Field: "country_id", Offset: 1, Limit: 1}))
	require.Equal(t, flow.Values{Items: []flow.Value{{Key: "1", Name: "Польща"}}, Total: 1}, ask(flow.ValuesQuestion{Field: "country_id", Search: "ПОЛ", Limit: 5}))
	require.Equal(t, flow.Values{Items: []flow.Value{}, Total: 3, Chosen: []int64{2}}, ask(flow.ValuesQuestion{Field: "country_id", Offset: 9, Chosen: true}))
	require.Equal(t, flow.Value{Key: "other", Name: "Інше"}, ask(flow.ValuesQuestion{Field: "type"}).Items[1])
	require.Zero(t, ask(flow.ValuesQuestion{Field: "lang"}).Total)
	_, err := scene.Values(t.Context(), flow.ValuesQuestion{Partner: scene.id(), Field: "title"})
	require.ErrorContains(t, err, "@ values title = …")
	gone, err := scene.Values(t.Context(), flow.ValuesQuestion{Partner: 99, Field: "country_id"})
	require.NoError(t, err)
	require.True(t, gone.Gone)
}

func TestWhatAnUpdateWritesCanBeReadAndFiltered(t *testing.T) {
	t.Parallel()
	scene := newScene(t, [2]string{"values country_id", "Польща, Україна"}, [2]string{"values category_id", "3: VIP, 5: Опт, 9: Сад"},
		[2]string{"partner.country_id.name", "Польща"}, [2]string{"partner.tags", "VIP, Сад"})
	result, err := update(t, scene, map[string]any{"field": "country_id", "value": int64(2), "add_tags": []int64{5, 3}, "remove_tags": []any{float64(9)}, "answer_lang": "uk_UA"})
	require.NoError(t, err)
	require.Equal(t, map[string]any{"partner": scene.id(), "chat": int64(1), "lang": "", "shown": "Україна", "changed": true, "merged": false,
		"apart": "", "match": int64(0), "match_name": ""}, result)
	require.Equal(t, map[string]string{"country_id": "Україна", "country_id.name": "Україна", "tags": "VIP, Опт", "category_id.name": "VIP, Опт"},
		look(t, scene, "country_id", "country_id.name", "tags", "category_id.name"))
	reply, err := scene.Ask(t.Context(), flow.Question{Partner: scene.id(), Domains: [][]any{
		{[]any{"country_id", "=", int64(2)}}, {[]any{"country_id", "=", "Україна"}}, {[]any{"country_id.name", "ilike", "укр"}},
		{[]any{"category_id", "in", []any{int64(5)}}}, {[]any{"category_id.name", "=", "Опт"}}, {[]any{"category_id", "in", []any{int64(9)}}},
	}})
	require.NoError(t, err)
	require.Equal(t, []bool{true, true, true, true, true, false}, reply.Matches)
	result, err = update(t, scene, map[string]any{"field": "country_id", "value": int64(2)})
	require.NoError(t, err)
	require.Equal(t, false, result["changed"])
	result, err = update(t, scene, map[string]any{"field": "", "value": nil, "add_tags": []int64{9}})
	require.NoError(t, err)
	require.Equal(t, true, result["changed"])
	require.Equal(t, "VIP, Опт, Сад", look(t, scene, "tags")["tags"])
}

func TestValuesOfEveryKindAreWritten(t *testing.T) {
	t.Parallel()
	scene := newScene(t, [2]string{"values channel_ids", "Пошта, Сайт"})
	for field, c := range map[string]struct {
		value any
		shown string
	}{
		"city": {"Львів", "Львів"}, "age": {int64(40), "40"}, "rate": {1.5, "1.5"}, "vip": {true, "Так"}, "spam": {false, "Ні"}, "ref": {nil, ""},
		"channel_ids": {[]int64{2, 1}, "Сайт, Пошта"}, "image_1920": {madeUpBase64(t, "a.jpg"), "a.jpg"}, "street": {"bG9uZw==", "bG9uZw=="},
	} {
		result, err := update(t, scene, map[string]any{"field": field, "value": c.value, "answer_lang": "uk_UA"})
		require.NoError(t, err)
		require.Equal(t, c.shown, result["shown"], field)
		require.Equal(t, c.shown, look(t, scene, field)[field], field)
	}
	result, err := update(t, scene, map[string]any{"field": "channel_ids", "value": []any{float64(1), float64(7)}})
	require.NoError(t, err)
	require.NotEmpty(t, result["refused"], "7 is not offered")
	require.Equal(t, "Сайт, Пошта", look(t, scene, "channel_ids")["channel_ids"])
}

func madeUpBase64(t *testing.T, name string) string {
	t.Helper()
	operation := flow.Operation{Kind: flow.UpdateContact, Args: map[string]any{}, Files: map[string]flow.File{"value": {ID: name, MIME: "image/jpeg"}}}
	recorder := &Scene{}
	_, err := flow.CarryOut(t.Context(), recorder, flow.Lent{Files: MadeUp{}}, flow.Event{}, flow.Commit{Operations: []flow.Operation{operation}})
	require.NoError(t, err)
	return recorder.Executed()[0].Args["value"].(string)
}

func TestASceneRefusesTheNextUpdateOnlyAndWritesNothingThen(t *testing.T) {
	t.Parallel()
	scene := newScene(t, [2]string{"refuses", "Місто має бути в Україні."})
	_, err := update(t, scene, map[string]any{"field": "city", "value": "Краків"})
	var refusal flow.Refusal
	require.True(t, errors.As(err, &refusal))
	words, ok := refusal.Refusal()
	require.True(t, ok)
	require.Equal(t, "Місто має бути в Україні.", words)
	require.Empty(t, scene.Executed())
	_, err = update(t, scene, map[string]any{"field": "city", "value": "Львів"})
	require.NoError(t, err)
	require.Equal(t, "Львів", look(t, scene, "city")["city"])
}

func TestASceneMergesOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	forms := map[string]any{"international": []string{"380670000001"}}
	for _, outcome := range []string{"parent", "users", "refused"} {
		scene := newScene(t, [2]string{"merge", outcome + ": Сад"})
		before := scene.id()
		result, err := update(t, scene, map[string]any{"field": "phone", "value": "+380670000001", "merge": forms})
		require.NoError(t, err)
		require.Equal(t, outcome, result["apart"])
		require.Equal(t, "Сад", result["match_name"])
		require.NotEqual(t, before, result["match"])
		require.Equal(t, before, result["partner"])
		require.Equal(t, "+380670000001", look(t, scene, "phone")["phone"], "the number is written all the same")
	}
	scene := newScene(t, [2]string{"merge", "merged: Ганна з Odoo"})
	typed, err := update(t, scene, map[string]any{"field": "phone", "value": "+380670000001", "merge": nil})
	require.NoError(t, err)
	require.Equal(t, false, typed["merged"], "a number that was typed never merges")
	before := scene.id()
	merged, err := update(t, scene, map[string]any{"field": "phone", "value": "+380670000001", "merge": forms})
	require.NoError(t, err)
	require.Equal(t, true, merged["merged"])
	require.Equal(t, before+1, merged["partner"])
	require.Equal(t, merged["partner"], merged["match"])
	require.Equal(t, "Ганна з Odoo", look(t, scene, "name")["name"])
	again, err := update(t, scene, map[string]any{"field": "phone", "value": "+380670000001", "merge": forms})
	require.NoError(t, err)
	require.Equal(t, false, again["merged"], "there is nobody left to merge with")
	require.ErrorContains(t, scene.Set(t.Context(), "merge", "maybe"), "none, merged, parent, users, refused")
}

func TestAnUpdateOfAContactThatIsGoneMakesANewOne(t *testing.T) {
	t.Parallel()
	scene := newScene(t, [2]string{"partner.city", "Львів"})
	before := scene.id()
	require.NoError(t, scene.Set(t.Context(), "partner", "gone"))
	result, err := update(t, scene, map[string]any{"name": "Ганна", "lang": "uk", "field": "ref", "value": "5"})
	require.NoError(t, err)
	require.Equal(t, before+1, result["partner"])
	require.Equal(t, "uk_UA", result["lang"])
	require.Equal(t, map[string]string{"name": "Ганна", "city": "", "ref": "5"}, look(t, scene, "name", "city", "ref"))
}
