package module_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/rpc"
)

// The module's rules work on what people save; all of them share one database a version.
func TestRulesKeepWhatPeopleNeedNotWrite(t *testing.T) {
	onInstalled(t, func(t *testing.T, w world) {
		t.Run("CodesAreMadeFromNamesAndFreeInTheirBot", w.testCodes)
		t.Run("EveryStepHasTheAliasThatTheSystemKeeps", w.testAliases)
		t.Run("EveryAnswerHasOneButtonOnTheKeyboard", w.testAnswerButtons)
		t.Run("StepThatGetsButtonsShowsItsAnswers", w.testStepGetsButtons)
		t.Run("NewRowsStandLast", w.testOrder)
		t.Run("NewLinesOfAFormKeepTheirOrder", w.testOrderOfNewLines)
		t.Run("NewRowsBeginWithWhatMostPeopleWant", w.testDefaults)
		t.Run("TwoBotsCannotHaveOneCode", w.testUniqueCode)
		t.Run("WhatBelongsToABotGoesWithIt", w.testCascade)
	})
}

// bot makes a bot and gives its id.
func (w world) bot(t *testing.T, name string) int64 {
	t.Helper()
	return w.create(t, "x_krok_bot", map[string]any{"x_name": name})
}

func (w world) step(t *testing.T, bot int64, values map[string]any) int64 {
	t.Helper()
	values["x_bot_id"] = bot
	return w.create(t, "x_krok_step", values)
}

func (w world) testCodes(t *testing.T) {
	shop := w.bot(t, "Наш Магазин №1")
	require.Equal(t, "nash_mahazyn_1", w.read(t, "x_krok_bot", shop, "x_code").Str("x_code"))
	require.Equal(t, "nash_mahazyn_1_2", w.read(t, "x_krok_bot", w.bot(t, "Наш магазин 1"), "x_code").Str("x_code"))

	first := w.step(t, shop, map[string]any{"x_name": "Яке місто?"})
	second := w.step(t, shop, map[string]any{"x_name": "Яке місто"})
	own := w.step(t, shop, map[string]any{"x_name": "Яке місто", "x_code": "city"})
	nameless := w.step(t, shop, map[string]any{"x_name": "🙂"})
	for id, code := range map[int64]string{first: "iake_misto", second: "iake_misto_2", own: "city", nameless: "step"} {
		require.Equal(t, code, w.read(t, "x_krok_step", id, "x_code").Str("x_code"))
	}
	w.write(t, "x_krok_step", own, map[string]any{"x_code": false, "x_name": "Місто"})
	require.Equal(t, "misto", w.read(t, "x_krok_step", own, "x_code").Str("x_code"))
}

func (w world) testAliases(t *testing.T) {
	step := w.step(t, w.bot(t, "Aliases"), map[string]any{"x_name": "One"})
	rows := w.find(t, "x_krok_alias", is("x_step_id", step), "x_name", "x_automatic")
	require.Len(t, rows, 1)
	require.Equal(t, fmt.Sprintf("/step_%d", step), rows[0].Str("x_name"))
	require.True(t, rows[0].Bool("x_automatic"))
}

func (w world) keyboard(t *testing.T, step int64) []rpc.Record {
	t.Helper()
	return w.find(t, "x_krok_button", is("x_step_id", step), "x_answer_id", "x_kind", "x_place")
}

func (w world) testAnswerButtons(t *testing.T) {
	step := w.step(t, w.bot(t, "Answers"), map[string]any{"x_name": "Menu", "x_type": "buttons", "x_answer_ids": []any{
		[]any{0, 0, map[string]any{"x_name": "Orders"}}, []any{0, 0, map[string]any{"x_name": "Prices"}},
	}})
	rows := w.keyboard(t, step)
	require.Len(t, rows, 2)
	for i, name := range []string{"Orders", "Prices"} {
		answer, shown := rows[i].Ref("x_answer_id")
		require.Equal(t, name, shown)
		require.Equal(t, "keyboard", rows[i].Str("x_place"))
		require.NotZero(t, answer)
	}

	// A button that an admin takes off stays off; one that is made by hand takes the place of the other.
	require.NoError(t, w.client.Unlink(t.Context(), "x_krok_button", []int64{rows[0].ID()}))
	answer, _ := rows[1].Ref("x_answer_id")
	w.write(t, "x_krok_answer", answer, map[string]any{"x_name": "Price list"})
	w.write(t, "x_krok_step", step, map[string]any{"x_name": "Menu again"})
	require.Len(t, w.keyboard(t, step), 1)
	w.create(t, "x_krok_button", map[string]any{"x_step_id": step, "x_kind": "answer", "x_place": "keyboard", "x_answer_id": answer})
	require.Len(t, w.keyboard(t, step), 1)

	require.NoError(t, w.client.Unlink(t.Context(), "x_krok_answer", []int64{answer}))
	require.Empty(t, w.keyboard(t, step), "a button goes with its answer")
}

func (w world) testStepGetsButtons(t *testing.T) {
	step := w.step(t, w.bot(t, "Grows"), map[string]any{"x_name": "Menu", "x_answer_ids": []any{[]any{0, 0, map[string]any{"x_name": "Yes"}}}})
	require.Empty(t, w.keyboard(t, step))
	w.write(t, "x_krok_step", step, map[string]any{"x_type": "buttons"})
	require.Len(t, w.keyboard(t, step), 1)
}

func (w world) testOrder(t *testing.T) {
	bot := w.bot(t, "Order")
	var made []int64
	for i := range 3 {
		made = append(made, w.step(t, bot, map[string]any{"x_name": fmt.Sprint("Step ", i)}))
	}
	w.write(t, "x_krok_step", made[2], map[string]any{"x_sequence": 0})
	made = []int64{made[2], made[0], made[1], w.step(t, bot, map[string]any{"x_name": "Last"})}
	found, err := w.client.Search(t.Context(), "x_krok_step", is("x_bot_id", bot))
	require.NoError(t, err)
	require.Equal(t, made, found)
}

// The web client of 19 numbers new lines from 0 on; that of 14 sends 0 for all.
func (w world) testOrderOfNewLines(t *testing.T) {
	places := map[int][]int{19: {0, 1, 2}, 14: {0, 0, 0}}[w.Version]
	var lines []any
	for i, place := range places {
		lines = append(lines, []any{0, 0, map[string]any{"x_name": fmt.Sprint("Line ", i), "x_sequence": place}})
	}
	bot := w.create(t, "x_krok_bot", map[string]any{"x_name": "Lines", "x_step_ids": lines})
	for i, row := range w.find(t, "x_krok_step", is("x_bot_id", bot), "x_name") {
		require.Equal(t, fmt.Sprint("Line ", i), row.Str("x_name"))
	}
}

func (w world) testDefaults(t *testing.T) {
	bot := w.bot(t, "Begins")
	require.True(t, w.read(t, "x_krok_bot", bot, "x_active").Bool("x_active"))
	require.Equal(t, "explain", w.read(t, "x_krok_bot", bot, "x_group_chats").Str("x_group_chats"))
	step := w.step(t, bot, map[string]any{"x_name": "One"})
	require.Equal(t, "text", w.read(t, "x_krok_step", step, "x_type").Str("x_type"))
}

func (w world) testUniqueCode(t *testing.T) {
	w.create(t, "x_krok_bot", map[string]any{"x_name": "One", "x_code": "same"})
	_, err := w.client.Create(t.Context(), "x_krok_bot", map[string]any{"x_name": "Two", "x_code": "same"})
	require.Error(t, err)
	require.Len(t, w.find(t, "x_krok_bot", is("x_code", "same"), "x_name"), 1)
}

func (w world) testCascade(t *testing.T) {
	bot := w.bot(t, "Goes")
	step := w.step(t, bot, map[string]any{"x_name": "Menu", "x_type": "buttons", "x_answer_ids": []any{[]any{0, 0, map[string]any{"x_name": "Yes"}}}})
	other := w.step(t, bot, map[string]any{"x_name": "Other", "x_next_id": step})
	require.NoError(t, w.client.Unlink(t.Context(), "x_krok_step", []int64{step}))
	next, _ := w.read(t, "x_krok_step", other, "x_next_id").Ref("x_next_id")
	require.Zero(t, next, "a step that led there leads nowhere")
	require.NoError(t, w.client.Unlink(t.Context(), "x_krok_bot", []int64{bot}))
	require.Empty(t, w.find(t, "x_krok_step", []any{[]any{"id", "in", []int64{step, other}}}, "x_name"))
	require.Empty(t, w.find(t, "x_krok_alias", []any{[]any{"x_name", "in", []string{fmt.Sprintf("/step_%d", step), fmt.Sprintf("/step_%d", other)}}}, "x_name"))
}

func TestRightsAreThoseOfTheGroups(t *testing.T) {
	onInstalled(t, func(t *testing.T, w world) {
		bot := w.create(t, "x_krok_bot", map[string]any{"x_name": "Secret", "x_token": "1:secret"})
		w.create(t, "x_krok_step", map[string]any{"x_name": "One", "x_bot_id": bot})
		builder, seer, krok := w.user(t, "group_administrator"), w.user(t, "group_operator"), w.user(t, "group_service")

		step, err := builder.Create(t.Context(), "x_krok_step", map[string]any{"x_name": "Menu", "x_bot_id": bot, "x_type": "buttons",
			"x_answer_ids": []any{[]any{0, 0, map[string]any{"x_name": "Yes"}}}})
		require.NoError(t, err)
		require.Len(t, w.keyboard(t, step), 1, "the rules work for plain administrators of bots")
		for _, model := range []string{"ir.model", "ir.model.fields", "ir.actions.server", "x_krok_problem", "x_krok_status", "x_krok_chat"} {
			_, err := builder.Search(t.Context(), model, []any{}, rpc.Limit(1))
			require.NoError(t, err, model)
		}

		_, err = seer.Search(t.Context(), "x_krok_chat", []any{})
		require.NoError(t, err)
		for name, client := range map[string]*rpc.Client{"operator": seer, "service": krok} {
			for _, model := range []string{"x_krok_bot", "x_krok_step", "x_krok_commit"} {
				_, err := client.Search(t.Context(), model, []any{})
				require.True(t, rpc.IsKind(err, rpc.KindAccess), "%s reads %s: %v", name, model, err)
			}
		}
		_, err = krok.Search(t.Context(), "x_krok_chat", []any{})
		require.True(t, rpc.IsKind(err, rpc.KindAccess), "%v", err)

		commit := w.find(t, "x_krok_procedure", is("x_name", "commit"), "x_action")[0].Int("x_action")
		for name, client := range map[string]*rpc.Client{"administrator": builder, "operator": seer} {
			_, err := client.Run(t.Context(), commit, map[string]any{"key": "x", "operations": []any{}})
			require.True(t, rpc.IsKind(err, rpc.KindAccess), "%s runs commit: %v", name, err)
		}
	})
}
