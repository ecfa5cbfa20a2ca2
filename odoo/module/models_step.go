package module

import "slices"

func stepModel() Model {
	return Model{
		Name: "x_krok_step", Label: Words{"Step", "Крок"}, Order: "x_sequence, id", Definition: true, Parent: "x_bot_id",
		Fields: slices.Concat(stepFields(), stepInputFields(), stepContactFields(), stepLeadFields(), stepLists()),
	}
}

func stepFields() []Field {
	return []Field{
		{Name: "x_name", Type: "char", Label: Words{"Name", "Назва"}, Required: true},
		{
			Name: "x_code", Type: "char", Label: Words{"Code", "Код"}, Required: true, Filled: true, NoCopy: true, Size: 64,
			Help: Words{
				"Names the step in texts, as in {{ answer.city }}, and in files: latin letters, digits and _. Made from the name when left empty.",
				"Ім’я кроку в текстах, як-от {{ answer.city }}, та у файлах: латинські літери, цифри та _. Якщо залишити порожнім, утвориться з назви.",
			},
		},
		part("x_bot_id", "x_krok_bot", "Bot", "Бот"),
		sequence(),
		{
			Name: "x_type", Type: "selection", Label: Words{"Step type", "Тип кроку"}, Required: true, Default: `"text"`, Index: true,
			Help: Words{
				"Text is sent and the next step follows at once. Free input waits for what the client writes. A step with buttons waits for one of its answers. Update contact asks for a field of the client's contact and changes tags. Create lead makes a lead or an opportunity with the whole conversation (it needs the app CRM).",
				"Текст надсилається, і одразу йде наступний крок. Вільне введення чекає, що напише клієнт. Крок з кнопками чекає на одну зі своїх відповідей. Оновлення контактної інформації питає значення поля контакту та змінює теги. Створення ліда заводить лід або нагоду з усією розмовою (потрібен застосунок CRM).",
			},
			Selection: stepTypes(), Bridged: map[string]string{"lead": crmBridge},
		},
		{
			Name: "x_type_absent", Type: "char", Label: Words{"Type of a missing app", "Тип відсутнього застосунку"},
			Help: Words{
				"The step was imported with a type that needs an app which is not installed. Empty this to keep the step a text.",
				"Крок імпортовано з типом, для якого потрібен невстановлений застосунок. Очистьте це поле, щоб крок лишився текстом.",
			},
		},
		link("x_next_id", "x_krok_step", "Go to step", "Перейти до кроку").
			help("The step that follows.", "Крок, який виконується далі."),
		{
			Name: "x_domain", Type: "char", Label: Words{"Show only to partners with", "Показати лише партнеру з"},
			Help: Words{"Only clients whose contact fits come to this step.", "До цього кроку потрапляють лише клієнти, контакт яких підходить."},
		},
		link("x_otherwise_id", "x_krok_step", "If the domain does not fit", "Якщо не підходить для переспрямування домену").
			help("The step for all other clients. Empty: they skip this one.", "Крок для всіх інших клієнтів. Порожньо: вони минають цей крок."),
		{
			Name: "x_text", Type: "html", Rich: true, Translate: true, Label: Words{"Text", "Текст"},
			Help: Words{
				"What the client reads. {{ partner.name }}, {{ chat.first_name }}, {{ bot.name }}, {{ answer.code }} are filled in; {{ partner.city | your city }} says what stands there when it is empty.",
				"Що читає клієнт. Підставляються {{ partner.name }}, {{ chat.first_name }}, {{ bot.name }}, {{ answer.код }}; {{ partner.city | ваше місто }} задає текст на випадок порожнього значення.",
			},
		},
		{
			Name: "x_flow", Type: "selection", Label: Words{"Choose the standard flow", "Виберіть стандартний потік"}, Default: `"default"`,
			Selection: []Choice{{"default", "Default", "По замовчуванню"}},
		},
		{Name: "x_protect", Type: "boolean", Label: Words{"Protect content", "Захистити вміст"},
			Help: Words{"Clients can neither forward nor save what the step sends.", "Клієнти не можуть ні переслати, ні зберегти надіслане."}},
		{Name: "x_silent", Type: "boolean", Label: Words{"Send without sound", "Надсилати без звуку"}},
		{Name: "x_link_preview", Type: "boolean", Label: Words{"Show link previews", "Показувати перегляд посилань"}},
	}
}

func stepTypes() []Choice {
	return []Choice{
		{"text", "Text", "Текст"},
		{"input", "Free input", "Вільне введення"},
		{"buttons", "Step with buttons", "Крок з кнопками"},
		{"contact", "Update contact", "Оновити контактну інформацію"},
		{"lead", "Create lead", "Створити лід"},
	}
}

func stepInputFields() []Field {
	return []Field{{
		Name: "x_validation", Type: "selection", Label: Words{"Expected answer", "Очікувана відповідь"}, Default: `"any"`,
		Help: Words{"Anything else is asked for again.", "Про все інше бот перепитає."},
		Selection: []Choice{
			{"any", "Any text", "Будь-який текст"}, {"email", "E-mail", "Електронна пошта"}, {"phone", "Phone number", "Номер телефону"},
			{"number", "A number", "Число"}, {"date", "A date", "Дата"},
		},
	}}
}

func stepLists() []Field {
	buttons := func(name, place, en, uk string) Field {
		field := rows(name, "x_krok_button", "x_step_id", en, uk)
		field.Domain = "[('x_place', '=', '" + place + "')]"
		return field
	}
	return []Field{
		rows("x_answer_ids", "x_krok_answer", "x_step_id", "Answers", "Відповіді"),
		rows("x_alias_ids", "x_krok_alias", "x_step_id", "Aliases", "Псевдоніми"),
		rows("x_media_ids", "x_krok_media", "x_step_id", "Multimedia", "Мультимедіа"),
		rows("x_button_ids", "x_krok_button", "x_step_id", "Buttons", "Кнопки"),
		buttons("x_keyboard_ids", "keyboard", "Telegram keyboard", "Клавіатура Telegram"),
		buttons("x_inline_ids", "inline", "Telegram buttons", "Кнопки Telegram"),
		rows("x_problem_ids", "x_krok_problem", "x_step_id", "Problems", "Проблеми"),
		{
			Name: "x_problem_count", Type: "integer", Label: Words{"Number of problems", "Кількість проблем"}, Readonly: true, NotKept: true, Depends: "x_problem_ids",
			Compute: "for step in self:\n    step['x_problem_count'] = len(step.x_problem_ids)",
		},
	}
}
