package module

func chatModel() Model {
	return Model{
		Name: "x_krok_chat", Label: Words{"Chat", "Чат"}, Order: "x_last_seen desc, id desc", Parent: "x_bot_id",
		Fields: append([]Field{
			{Name: "x_name", Type: "char", Label: Words{"Name in Telegram", "Ім’я в Telegram"}},
			part("x_bot_id", "x_krok_bot", "Bot", "Бот"),
			{Name: "x_telegram_id", Type: "char", Label: Words{"Telegram ID", "ID у Telegram"}, Required: true, Readonly: true, Index: true},
			indexed(link("x_partner_id", "res.partner", "Contact", "Контакт")),
			{Name: "x_lang", Type: "char", Label: Words{"Language", "Мова"}},
			{
				Name: "x_state", Type: "selection", Label: Words{"State", "Статус"}, Default: `"open"`, Index: true,
				Selection: []Choice{
					{"open", "Open", "Відкритий"}, {"blocked", "Bot blocked", "Бот заблоковано"}, {"opted_out", "Opted out", "Відмова від розсилок"},
				},
			},
			{Name: "x_last_seen", Type: "datetime", Label: Words{"Last seen", "Останній візит"}, Index: true},
		}, conversationFields()...),
	}
}

func indexed(field Field) Field {
	field.Index = true
	return field
}

// partnerModel adds to Odoo's contacts.
func partnerModel() Model {
	return Model{
		Name: "res.partner", Label: Words{"Contact", "Контакт"}, Extends: true,
		Fields: []Field{
			rows("x_krok_chat_ids", "x_krok_chat", "x_partner_id", "Chats with bots", "Чати з ботами"),
			rows("x_krok_message_ids", "x_krok_message", "x_partner_id", "Conversations with bots", "Розмови з ботами"),
			counter("x_krok_message_count", "x_partner_id"),
		},
	}
}
