package module

// crmBridge is the addon that ties krok to Odoo's CRM.
const crmBridge = "krok_crm"

// stepLeadFields are those of a step that creates a lead.
func stepLeadFields() []Field {
	user := link("x_user_id", "res.users", "Salesperson", "Продавець").
		help("Who gets the new leads. Empty: nobody yet.", "За ким буде закріплено нові ліди. Порожньо: поки ні за ким.")
	user.Domain = "[('share', '=', False)]"
	fields := []Field{
		user,
		link("x_team_id", "crm.team", "Sales Team", "Команда продажів").
			help("Empty: the team of the salesperson.", "Порожньо: команда продавця."),
		{
			Name: "x_lead_type", Type: "selection", Label: Words{"CRM type", "Тип CRM"}, Default: `"opportunity"`,
			Help: Words{
				"An opportunity stands in the pipeline. A lead stands in CRM › Leads, which Odoo shows when Leads are switched on in its settings.",
				"Нагода стоїть на конвеєрі. Лід стоїть у CRM › Ліди: Odoo показує це меню, коли в налаштуваннях CRM увімкнено ліди.",
			},
			Selection: []Choice{{"lead", "Lead", "Лід"}, {"opportunity", "Opportunity", "Нагода"}},
		},
		{
			Name: "x_lead_tag_ids", Type: "many2many", Relation: "crm.tag", Label: Words{"Lead tags", "Теги ліда"},
			Help: Words{"Each new lead gets these tags.", "Кожен новий лід отримає ці теги."},
		},
	}
	for i := range fields {
		fields[i].Addon = crmBridge
	}
	return fields
}
