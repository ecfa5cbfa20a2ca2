package module

// messageModel is the record of what clients and bots said, one row a line. Procedures alone write it.
func messageModel() Model {
	chat := part("x_chat_id", "x_krok_chat", "Chat", "Чат")
	chat.Index = false // the module's own index begins with it, see procedures/indexes.py
	return Model{
		Name: "x_krok_message", Label: Words{"Conversation line", "Рядок розмови"}, Order: "x_date desc, id desc", Parent: "x_chat_id",
		Fields: []Field{
			chat,
			link("x_bot_id", "x_krok_bot", "Bot", "Бот"),
			link("x_partner_id", "res.partner", "Contact", "Контакт"),
			{
				Name: "x_direction", Type: "selection", Label: Words{"Direction", "Напрям"},
				Selection: []Choice{{"in", "Incoming", "Вхідне"}, {"out", "Outgoing", "Вихідне"}},
			},
			{Name: "x_author", Type: "char", Label: Words{"Author", "Автор"}},
			{Name: "x_date", Type: "datetime", Label: Words{"Date", "Дата"}},
			{Name: "x_text", Type: "text", Label: Words{"Text", "Текст"}},
			link("x_attachment_id", "ir.attachment", "File", "Файл"),
			link("x_step_id", "x_krok_step", "Step", "Крок"),
			{
				Name: "x_start", Type: "boolean", Label: Words{"A conversation begins", "Початок розмови"},
				Help: Words{"The client began a conversation with this line.", "Із цього рядка клієнт почав розмову."},
			},
			{
				Name: "x_key", Type: "char", Label: Words{"Key", "Ключ"}, Readonly: true,
				Help: Words{"What is written twice under one key is one line.", "Записане двічі під одним ключем – це один рядок."},
			},
			{Name: "x_name", Type: "char", Label: Words{"Name in Telegram", "Ім’я в Telegram"}, Related: "x_chat_id.x_name", Readonly: true, NotKept: true},
		},
	}
}

// conversationFields are those of a chat that lead to its lines.
func conversationFields() []Field {
	return []Field{
		rows("x_message_ids", "x_krok_message", "x_chat_id", "Conversation lines", "Рядки розмови"),
		{
			Name: "x_last_message_ids", Type: "many2many", Relation: "x_krok_message", Label: Words{"Conversation", "Розмова"}, Readonly: true, NotKept: true,
			Compute: "for chat in self:\n" +
				"    lines = self.env['x_krok_message'].search([('x_chat_id', '=', chat.id)], limit=200) if chat.id else self.env['x_krok_message']\n" +
				"    chat['x_last_message_ids'] = lines.browse(lines.ids[::-1])",
		},
		counter("x_message_count", "x_chat_id"),
	}
}

// counter counts the lines that point to a record. Whoever may not read them still reads the record, and its number.
func counter(name, link string) Field {
	return Field{
		Name: name, Type: "integer", Label: Words{"Number of lines", "Кількість рядків"}, Readonly: true, NotKept: true,
		Compute: "for one in self:\n    one['" + name + "'] = self.env['x_krok_message'].sudo().search_count([('" + link + "', '=', one.id)]) if one.id else 0",
	}
}
