package module

// commitModel remembers what a commit came to, by its key.
func commitModel() Model {
	return Model{
		Name: "x_krok_commit", Label: Words{"Commit", "Коміт"}, Order: "id desc",
		Fields: []Field{
			{Name: "x_name", Type: "char", Label: Words{"Key", "Ключ"}, Required: true, Index: true},
			{Name: "x_result", Type: "text", Label: Words{"Result", "Результат"}},
			link("x_partner_id", "res.partner", "Contact", "Контакт"),
			{Name: "x_date", Type: "datetime", Label: Words{"Date", "Дата"}, Index: true},
		},
	}
}

// procedureModel tells the ids of the module's server actions, which a plain user may not look up.
func procedureModel() Model {
	return Model{
		Name: "x_krok_procedure", Label: Words{"Procedure", "Процедура"}, Order: "x_name",
		Fields: []Field{
			{Name: "x_name", Type: "char", Label: Words{"Name", "Назва"}, Required: true},
			{Name: "x_action", Type: "integer", Label: Words{"Server action", "Серверна дія"}},
			{Name: "x_version", Type: "char", Label: Words{"Version", "Версія"}},
		},
	}
}
