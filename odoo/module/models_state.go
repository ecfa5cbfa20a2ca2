package module

func problemModel() Model {
	return Model{
		Name: "x_krok_problem", Label: Words{"Problem", "Проблема"}, Order: "x_level, x_step_id, id", Parent: "x_bot_id",
		Fields: []Field{
			part("x_bot_id", "x_krok_bot", "Bot", "Бот"),
			cascading(indexed(link("x_step_id", "x_krok_step", "Step", "Крок"))),
			{
				Name: "x_level", Type: "selection", Label: Words{"Level", "Рівень"},
				Selection: []Choice{{"error", "Error", "Помилка"}, {"warning", "Warning", "Попередження"}},
			},
			{Name: "x_field", Type: "char", Label: Words{"Field", "Поле"}},
			{Name: "x_name", Type: "text", Label: Words{"What is wrong", "Що не так"}, Required: true},
			{Name: "x_remedy", Type: "text", Label: Words{"How to mend it", "Як виправити"}},
		},
	}
}

// statusModel has one row a bot (later also one a step), written by the process of Krok.
func statusModel() Model {
	return Model{
		Name: "x_krok_status", Label: Words{"Status", "Стан"},
		Fields: []Field{
			cascading(indexed(link("x_bot_id", "x_krok_bot", "Bot", "Бот"))),
			cascading(indexed(link("x_step_id", "x_krok_step", "Step", "Крок"))),
			{Name: "x_username", Type: "char", Label: Words{"User name", "Ім’я користувача"}},
			{Name: "x_running_since", Type: "datetime", Label: Words{"Running since", "Працює з"}},
			{Name: "x_last_error", Type: "text", Label: Words{"Last error", "Остання помилка"}},
		},
	}
}
