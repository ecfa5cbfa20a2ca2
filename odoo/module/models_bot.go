package module

import "slices"

func botModel() Model {
	return Model{
		Name: "x_krok_bot", Label: Words{"Bot", "Бот"}, Order: "x_name, id", Thread: true, Definition: true,
		Fields: slices.Concat(botSettings(), botTexts(), botLists(), botState()),
	}
}

func botSettings() []Field {
	return []Field{
		{Name: "x_name", Type: "char", Label: Words{"Name", "Назва"}, Required: true},
		{
			Name: "x_code", Type: "char", Label: Words{"Code", "Код"}, Required: true, Filled: true, NoCopy: true, Size: 32,
			Help: Words{
				"Names the bot in settings, files and metrics: latin letters, digits and _. Made from the name when left empty.",
				"Ім’я бота в налаштуваннях, файлах і метриках: латинські літери, цифри та _. Якщо залишити порожнім, утвориться з назви.",
			},
		},
		{
			Name: "x_token", Type: "char", Label: Words{"Token", "Токен"}, NoCopy: true,
			Help: Words{
				"The secret that @BotFather gives for the bot. It may be given to the process of Krok instead: KROK_TOKEN_ and the bot's code.",
				"Секрет, який видає @BotFather. Його можна натомість передати процесу Krok: KROK_TOKEN_ і код бота.",
			},
		},
		{Name: "x_active", Type: "boolean", Label: Words{"Active", "Активний"}, Default: "true"},
		{
			Name: "x_lang", Type: "char", Label: Words{"Language", "Мова"}, Size: 16,
			Help: Words{
				"Code of the language that the bot speaks when the client's own is not known, such as uk_UA or en_US.",
				"Код мови, якою говорить бот, коли мова клієнта невідома: наприклад, uk_UA або en_US.",
			},
		},
		{
			Name: "x_tz", Type: "char", Label: Words{"Time zone", "Часовий пояс"}, Size: 64,
			Help: Words{"Dates and times are shown to clients in this time zone, such as Europe/Kyiv.",
				"У цьому часовому поясі клієнти бачать дати й час: наприклад, Europe/Kyiv."},
		},
		link("x_company_id", "res.company", "Company", "Компанія").
			help("New contacts of the bot belong to this company.", "Нові контакти бота належать цій компанії."),
		link("x_channel_tag_id", "res.partner.category", "Channel tag", "Тег каналу").
			help("Every contact that writes to the bot gets this tag. Empty: Telegram.", "Цей тег отримує кожен контакт, що пише боту. Порожньо: Telegram."),
		{
			Name: "x_group_chats", Type: "selection", Label: Words{"In group chats", "У групових чатах"}, Default: `"explain"`,
			Selection: []Choice{{"explain", "Explain that it talks in private", "Запрошує в особистий чат"}, {"silent", "Stay silent", "Мовчить"}},
		},
		{
			Name: "x_keep_days", Type: "integer", Label: Words{"Keep conversations (days)", "Зберігати розмови (днів)"},
			Help: Words{"Conversations older than this are removed. 0: they are kept for ever.", "Старіші розмови видаляються. 0: зберігаються завжди."},
		},
	}
}

func botTexts() []Field {
	text := func(name, en, uk, helpEn, helpUk string) Field {
		return Field{Name: name, Type: "text", Translate: true, Label: Words{en, uk}, Help: Words{helpEn, helpUk}}
	}
	return []Field{
		text("x_text_not_understood", "Not understood", "Не зрозуміло",
			"Said when the bot does not know what to do with a message.", "Бот каже це, коли не знає, що робити з повідомленням."),
		text("x_text_error", "Something went wrong", "Щось пішло не так",
			"Said when an answer could not be given.", "Бот каже це, коли відповісти не вдалося."),
		text("x_text_unavailable", "Odoo unavailable", "Odoo недоступна",
			"Said once when Odoo does not answer.", "Бот каже це один раз, коли Odoo не відповідає."),
		text("x_text_choose", "Choose", "Виберіть",
			"Stands above a keyboard that has no text of its own.", "Стоїть над клавіатурою, яка не має власного тексту."),
	}
}

func botLists() []Field {
	return []Field{
		rows("x_step_ids", "x_krok_step", "x_bot_id", "Steps", "Кроки"),
		rows("x_problem_ids", "x_krok_problem", "x_bot_id", "Problems", "Проблеми"),
		rows("x_status_ids", "x_krok_status", "x_bot_id", "Status", "Стан"),
	}
}

// botState is what the process of Krok and other models say about the bot.
func botState() []Field {
	return []Field{
		{Name: "x_username", Type: "char", Label: Words{"User name", "Ім’я користувача"}, Related: "x_status_ids.x_username", Readonly: true, NotKept: true},
		{Name: "x_running_since", Type: "datetime", Label: Words{"Running since", "Працює з"}, Related: "x_status_ids.x_running_since", Readonly: true, NotKept: true},
		{Name: "x_last_error", Type: "text", Label: Words{"Last error", "Остання помилка"}, Related: "x_status_ids.x_last_error", Readonly: true, NotKept: true},
		{
			Name: "x_chat_count", Type: "integer", Label: Words{"Chats", "Чати"}, Readonly: true, NotKept: true,
			Compute: "for bot in self:\n    bot['x_chat_count'] = self.env['x_krok_chat'].search_count([('x_bot_id', '=', bot.id)]) if bot.id else 0",
		},
		{
			Name: "x_problem_count", Type: "integer", Label: Words{"Number of problems", "Кількість проблем"}, Readonly: true, NotKept: true, Depends: "x_problem_ids",
			Compute: "for bot in self:\n    bot['x_problem_count'] = len(bot.x_problem_ids)",
		},
	}
}
