package module

import "slices"

func answerModel() Model {
	return Model{
		Name: "x_krok_answer", Label: Words{"Answer", "Відповідь"}, Order: "x_sequence, id", Definition: true, Parent: "x_step_id",
		Fields: slices.Concat([]Field{
			{Name: "x_name", Type: "char", Label: Words{"Name", "Назва"}, Required: true, Translate: true,
				Help: Words{"What stands on the button.", "Що написано на кнопці."}},
			part("x_step_id", "x_krok_step", "Step", "Крок"),
			sequence(),
			link("x_next_id", "x_krok_step", "Go to step", "Перейти до кроку").
				help("The step that follows this answer. Empty: that of the whole step.", "Крок після цієї відповіді. Порожньо: наступний крок усього кроку."),
		}, answerNotificationFields()),
	}
}

func aliasModel() Model {
	return Model{
		Name: "x_krok_alias", Label: Words{"Step alias", "Псевдонім кроку"}, Order: "x_automatic, x_name, id", Definition: true, Parent: "x_step_id",
		Fields: []Field{
			{
				Name: "x_name", Type: "char", Label: Words{"Code", "Код"}, Required: true, Index: true,
				Help: Words{
					"A command such as /start, or a keyword: a client who sends it comes to the step. It also works in a link t.me/bot?start=code.",
					"Команда, як-от /start, або ключове слово: клієнт, який його надішле, потрапляє на цей крок. Діє також у посиланні t.me/bot?start=код.",
				},
			},
			part("x_step_id", "x_krok_step", "Step", "Крок"),
			{Name: "x_automatic", Type: "boolean", Label: Words{"Automatic", "Автоматичний"}, Readonly: true, NoCopy: true,
				Help: Words{"The system keeps this code itself.", "Цей код веде сама система."}},
			{Name: "x_description", Type: "char", Label: Words{"Description in the command menu", "Опис у меню команд"}, Translate: true,
				Help: Words{"A command with a description stands in Telegram's command menu.", "Команда з описом стоїть у меню команд Telegram."}},
		},
	}
}
