package module

import "slices"

// shownTypes are the types of fields that a notification can show.
var shownTypes = append(slices.Clone(askableTypes), "one2many")

// notificationModel is a saved query that is shown as messages. It belongs to no bot: answers and external events of all bots may use it.
func notificationModel() Model {
	return Model{
		Name: "x_krok_notification", Label: Words{"Notification", "Сповіщення"}, Order: "x_name, id", Definition: true,
		Fields: []Field{
			{Name: "x_name", Type: "char", Label: Words{"Name", "Назва"}, Required: true},
			{
				Name: "x_code", Type: "char", Label: Words{"Code", "Код"}, Required: true, Filled: true, NoCopy: true, Size: 64,
				Help: Words{
					"Names the notification in files: latin letters, digits and _. Made from the name when left empty.",
					"Ім’я сповіщення у файлах: латинські літери, цифри та _. Якщо залишити порожнім, утвориться з назви.",
				},
			},
			link("x_model_id", "ir.model", "Model", "Модель").help("Which records are shown.", "Які записи показувати."),
			{Name: "x_model", Type: "char", Label: Words{"Name of the model", "Ім’я моделі"}, Related: "x_model_id.model", Readonly: true, NotKept: true},
			{
				Name: "x_domain", Type: "char", Label: Words{"Domain", "Домен"},
				Help: Words{"Only records that fit are shown, and only these can be changed by a button.", "Показано лише записи, які підходять, і лише їх можна змінити кнопкою."},
			},
			{
				Name: "x_order", Type: "char", Label: Words{"Order", "Порядок"},
				Help: Words{"Fields by which the records are sorted, such as date_order desc. Empty: as Odoo does.", "Поля, за якими впорядковано записи, наприклад date_order desc. Порожньо: як в Odoo."},
			},
			{
				Name: "x_limit", Type: "integer", Label: Words{"Limit", "Обмеження"},
				Help: Words{"How many records are shown at a time; a button shows more. Empty: 10.", "Скільки записів показувати за раз; решту відкриває кнопка. Порожньо: 10."},
			},
			{
				Name: "x_mode", Type: "selection", Label: Words{"Mode", "Режим"}, Default: `"each"`,
				Selection: []Choice{{"each", "One message a record", "Повідомлення на кожен запис"}, {"list", "One list", "Один список"}},
			},
			{Name: "x_header", Type: "text", Label: Words{"Header", "Заголовок"}, Translate: true,
				Help: Words{"Stands above the records.", "Стоїть над записами."}},
			{Name: "x_empty", Type: "text", Label: Words{"Text when nothing is found", "Текст, якщо нічого не знайдено"}, Translate: true},
			rows("x_line_ids", "x_krok_notification_line", "x_notification_id", "Template", "Шаблон"),
			rows("x_button_ids", "x_krok_notification_button", "x_notification_id", "Buttons", "Кнопки"),
			{
				Name: "x_message_part", Type: "text", Label: Words{"Message part", "Частина повідомлення"}, Readonly: true, NotKept: true,
				Depends: "x_line_ids.x_before,x_line_ids.x_newline,x_line_ids.x_field_id,x_line_ids.x_subfield_id,x_line_ids.x_after,x_line_ids.x_sequence",
				Compute: messagePart,
			},
			{
				Name: "x_preview", Type: "text", Label: Words{"Preview", "Попередній перегляд"}, Readonly: true, NotKept: true,
				Depends: "x_model_id,x_domain,x_order,x_header,x_line_ids.x_before,x_line_ids.x_newline,x_line_ids.x_field_id,x_line_ids.x_subfield_id,x_line_ids.x_after,x_line_ids.x_sequence",
				Compute: preview,
				Help:    Words{"The first record of the domain as a client would read it.", "Перший запис домену так, як його прочитає клієнт."},
			},
		},
	}
}

// messagePart shows the template as text with the names of its fields in braces. A new line of a form has no order yet: it stands last.
const messagePart = `for one in self:
    text = ''
    for line in one.x_line_ids:
        name = line.x_field_id.name or ''
        if name and line.x_subfield_id:
            name = name + '.' + line.x_subfield_id.name
        value = '{' + name + '}' if name else ''
        before = line.x_before or ''
        after = line.x_after or ''
        gap = '\n' if line.x_newline else '' if not before or not name or before[-1] in ' ("#/«№' else ' '
        text = text + ('\n' if text else '') + before + gap + value + (' ' if value and after and after[0] not in ' ,.;:!?)%»' else '') + after
    one['x_message_part'] = text
`

// preview has a server action read the first record: code of a computed field cannot have functions that know each other.
const preview = `for one in self:
    lines = []
    for line in one.x_line_ids:
        lines.append([line.x_before or '', bool(line.x_newline), line.x_field_id.name or '', line.x_subfield_id.name or '', line.x_after or ''])
    asked = {'model': one.x_model_id.model or '', 'domain': one.x_domain or '', 'order': one.x_order or '', 'header': one.x_header or '', 'lines': lines}
    answer = self.env.ref('krok.' + 'procedure_preview').with_context(krok=asked, active_model=False, active_id=False, active_ids=False).run() if lines and one.x_model_id else False
    one['x_preview'] = answer['text'] if answer else ''
`

// lineModel is one line of a notification's template.
func lineModel() Model {
	return Model{
		Name: "x_krok_notification_line", Label: Words{"Template line", "Рядок шаблону"}, Order: "x_sequence, id", Definition: true, Parent: "x_notification_id",
		Fields: []Field{
			part("x_notification_id", "x_krok_notification", "Notification", "Сповіщення"),
			sequence(),
			{Name: "x_before", Type: "char", Label: Words{"Text", "Текст"}, Translate: true,
				Help: Words{"Stands before the value.", "Стоїть перед значенням."}},
			{Name: "x_newline", Type: "boolean", Label: Words{"New line after the text", "Новий рядок після тексту"}},
			shownField("x_field_id", "Field", "Поле"),
			{Name: "x_relation", Type: "char", Label: Words{"Model that the field leads to", "Модель, до якої веде поле"}, Related: "x_field_id.relation", Readonly: true, NotKept: true},
			shownField("x_subfield_id", "Subfield", "Підполе").
				help("A field of the record that the field leads to.", "Поле запису, до якого веде поле."),
			{Name: "x_after", Type: "char", Label: Words{"Text after", "Текст після"}, Translate: true,
				Help: Words{"Stands after the value.", "Стоїть після значення."}},
		},
	}
}

// shownField is a field that a notification shows.
func shownField(name, en, uk string) Field {
	field := link(name, "ir.model.fields", en, uk)
	field.Domain = "[('ttype', 'in', " + pythonList(shownTypes) + ")]"
	return field
}

// recordButtonModel is a button under the records of a notification.
func recordButtonModel() Model {
	return Model{
		Name: "x_krok_notification_button", Label: Words{"Record button", "Кнопка запису"}, Order: "x_sequence, id", Definition: true, Parent: "x_notification_id",
		Fields: []Field{
			part("x_notification_id", "x_krok_notification", "Notification", "Сповіщення"),
			sequence(),
			{Name: "x_name", Type: "char", Label: Words{"Name", "Назва"}, Required: true, Translate: true,
				Help: Words{"What stands on the button.", "Що написано на кнопці."}},
			{
				Name: "x_kind", Type: "selection", Label: Words{"What it does", "Що робить"}, Required: true, Default: `"step"`,
				Selection: []Choice{
					{"step", "Go to a step", "Перейти до кроку"}, {"notification", "Run another notification", "Виконати інше сповіщення"},
					{"set", "Set a field", "Записати поле"}, {"action", "Run a server action", "Виконати серверну дію"}, {"url", "Open a link", "Відкрити посилання"},
				},
			},
			link("x_target_id", "x_krok_step", "Step", "Крок").
				help("The step that the button opens. It knows the record as {{ record.name }}.", "Крок, який відкриває кнопка. Він знає запис як {{ record.name }}."),
			link("x_related_id", "x_krok_notification", "Notification to run", "Яке сповіщення виконати"),
			{Name: "x_related_model", Type: "char", Label: Words{"Model of the notification to run", "Модель сповіщення, яке виконати"}, Related: "x_related_id.x_model_id.model", Readonly: true, NotKept: true},
			link("x_field_id", "ir.model.fields", "Field", "Поле").
				help("To run another notification: the field that leads to its records. To set a field: that field.", "Щоб виконати інше сповіщення: поле, яке веде до його записів. Щоб записати поле: саме це поле."),
			{Name: "x_value", Type: "char", Label: Words{"Value", "Значення"},
				Help: Words{"What is set: a text, a number, a date as 2026-05-12, the key of a selection, the id or name of a record. Empty: the field is emptied.", "Що записати: текст, число, дату на кшталт 2026-05-12, ключ вибору, номер або назву запису. Порожньо: поле стане порожнім."}},
			link("x_action_id", "ir.actions.server", "Server action", "Серверна дія"),
			{Name: "x_url", Type: "char", Label: Words{"Link", "Посилання"},
				Help: Words{"An address; {{ record.id }} and other fields of the record are filled in.", "Адреса; замість {{ record.id }} та інших полів запису підставляються значення."}},
			{Name: "x_model", Type: "char", Label: Words{"Name of the model", "Ім’я моделі"}, Related: "x_notification_id.x_model_id.model", Readonly: true, NotKept: true},
		},
	}
}
