package module

// watchModel is an external event: something that happens to a record of Odoo and sends a notification to whom it concerns.
func watchModel() Model {
	recipient := link("x_recipient_field_id", "ir.model.fields", "Recipient", "Отримувач").
		help("The field of the record that leads to the contact or user who gets it. Empty, for contacts: the contact itself.",
			"Поле запису, яке веде до контакту або користувача, що отримає сповіщення. Порожньо, для контактів: сам контакт.")
	recipient.Domain = "[('ttype', '=', 'many2one'), ('relation', 'in', ['res.partner', 'res.users'])]"
	date := link("x_date_field_id", "ir.model.fields", "Date", "Дата").
		help("The date or time of the record that is waited for.", "Дата або час запису, на які чекати.")
	date.Domain = "[('ttype', 'in', ['date', 'datetime']), ('store', '=', True)]"
	return Model{
		Name: "x_krok_watch", Label: Words{"External event", "Зовнішня подія"}, Order: "x_name, id", Definition: true, Parent: "x_bot_id",
		Fields: []Field{
			{Name: "x_name", Type: "char", Label: Words{"Name", "Назва"}, Required: true},
			part("x_bot_id", "x_krok_bot", "Bot", "Бот"),
			{Name: "x_active", Type: "boolean", Label: Words{"Active", "Активний"}, Default: "true"},
			link("x_notification_id", "x_krok_notification", "Notification", "Сповіщення"),
			link("x_model_id", "ir.model", "Model", "Модель").help("Whose records are watched.", "За записами якої моделі стежити."),
			{Name: "x_model", Type: "char", Label: Words{"Name of the model", "Ім’я моделі"}, Related: "x_model_id.model", Readonly: true, NotKept: true},
			{
				Name: "x_trigger", Type: "selection", Label: Words{"Trigger", "Умова"}, Required: true, Default: `"update"`,
				Selection: []Choice{{"create", "Creation", "Створення"}, {"update", "Update", "Зміна"}, {"date", "Date has come", "Настала дата"}},
			},
			{Name: "x_before_domain", Type: "char", Label: Words{"Domain before the update", "Домен до зміни"},
				Help: Words{"The record must have fitted this before it was saved.", "До збереження запис мав підходити під це."}},
			{Name: "x_domain", Type: "char", Label: Words{"Domain", "Домен"},
				Help: Words{"The record must fit this after it was saved.", "Після збереження запис має підходити під це."}},
			date,
			{Name: "x_date_offset", Type: "integer", Label: Words{"Offset", "Зсув"},
				Help: Words{"How long after the date; a negative number is before it.", "Скільки часу після дати; від’ємне число – до неї."}},
			{
				Name: "x_date_unit", Type: "selection", Label: Words{"Unit", "Одиниця"}, Default: `"days"`,
				Selection: []Choice{{"minutes", "Minutes", "Хвилини"}, {"hours", "Hours", "Години"}, {"days", "Days", "Дні"}},
			},
			recipient,
		},
	}
}

// eventModel holds what has happened in Odoo until it is in the inboxes of krok. Rules and procedures alone write it.
func eventModel() Model {
	return Model{
		Name: "x_krok_event", Label: Words{"What happened in Odoo", "Що сталося в Odoo"}, Order: "id",
		Fields: []Field{
			{Name: "x_key", Type: "char", Label: Words{"Key", "Ключ"}, Readonly: true},
			{Name: "x_kind", Type: "char", Label: Words{"Kind", "Вид"}, Readonly: true},
			{Name: "x_model", Type: "char", Label: Words{"Name of the model", "Ім’я моделі"}, Readonly: true},
			{Name: "x_res_id", Type: "integer", Label: Words{"Record", "Запис"}, Readonly: true},
			cascading(indexed(link("x_watch_id", "x_krok_watch", "External event", "Зовнішня подія"))),
			{Name: "x_payload", Type: "text", Label: Words{"Details", "Подробиці"}, Readonly: true},
		},
	}
}

// answerNotificationFields are those of an answer that shows records.
func answerNotificationFields() []Field {
	personal := link("x_personal_field_id", "ir.model.fields", "Search by personal field", "Пошук за особистим полем").
		help("The field of the records that leads to the client: to a contact, or to a user.", "Поле записів, яке веде до клієнта: до контакту або користувача.")
	personal.Domain = "[('ttype', '=', 'many2one'), ('relation', 'in', ['res.partner', 'res.users'])]"
	return []Field{
		link("x_notification_id", "x_krok_notification", "Notification", "Сповіщення").
			help("Is shown when the answer is pressed.", "З’являється, коли натиснуто відповідь."),
		{Name: "x_model", Type: "char", Label: Words{"Name of the model", "Ім’я моделі"}, Related: "x_notification_id.x_model_id.model", Readonly: true, NotKept: true},
		{Name: "x_personal", Type: "boolean", Label: Words{"Personal data", "Особисті дані"},
			Help: Words{"Clients see only records that are their own.", "Клієнти бачать лише свої записи."}},
		personal,
		{Name: "x_use_domain", Type: "boolean", Label: Words{"Use a new domain", "Використовуйте новий домен"}},
		{Name: "x_domain", Type: "char", Label: Words{"Domain", "Домен"},
			Help: Words{"Narrows the records of the notification further.", "Ще більше звужує записи сповіщення."}},
	}
}
