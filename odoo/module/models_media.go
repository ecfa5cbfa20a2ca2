package module

func mediaModel() Model {
	return Model{
		Name: "x_krok_media", Label: Words{"Step multimedia", "Мультимедіа кроку"}, Order: "x_sequence, id", Definition: true, Parent: "x_step_id",
		Fields: []Field{
			{Name: "x_name", Type: "char", Label: Words{"Name", "Назва"}, Required: true},
			part("x_step_id", "x_krok_step", "Step", "Крок"),
			sequence(),
			{
				Name: "x_kind", Type: "selection", Label: Words{"Multimedia type", "Тип мультимедіа"}, Required: true, Default: `"image"`,
				Selection: []Choice{
					{"image", "Image", "Зображення"}, {"video", "Video", "Відео"}, {"audio", "Audio", "Аудіо"},
					{"voice", "Voice message", "Голосове повідомлення"}, {"document", "Document", "Документ"}, {"animation", "Animation", "Анімація"},
				},
			},
			{Name: "x_file", Type: "binary", Label: Words{"File", "Файл"}},
			{Name: "x_filename", Type: "char", Label: Words{"File name", "Ім’я файлу"}},
			{Name: "x_caption", Type: "text", Label: Words{"Caption", "Підпис"}, Translate: true,
				Help: Words{"Stands under the picture or file.", "Стоїть під зображенням чи файлом."}},
		},
	}
}

func buttonModel() Model {
	return Model{
		Name: "x_krok_button", Label: Words{"Button", "Кнопка"}, Order: "x_sequence, id", Definition: true, Parent: "x_step_id",
		Fields: []Field{
			{Name: "x_name", Type: "char", Label: Words{"Name", "Назва"}, Translate: true, Help: Words{"What stands on the button.", "Що написано на кнопці."}},
			part("x_step_id", "x_krok_step", "Step", "Крок"),
			sequence(),
			{Name: "x_row", Type: "integer", Label: Words{"Row", "Ряд"},
				Help: Words{"Neighbours with the same number stand in one row. 0: a row of its own.", "Сусідні кнопки з однаковим номером стоять в одному ряду. 0: окремий ряд."}},
			{
				Name: "x_place", Type: "selection", Label: Words{"Place", "Місце"}, Required: true, Default: `"keyboard"`,
				Selection: []Choice{{"keyboard", "Under the input field", "Під полем введення"}, {"inline", "Under the message", "Під повідомленням"}},
			},
			{Name: "x_kind", Type: "selection", Label: Words{"Kind", "Вид"}, Required: true, Default: `"step"`, Selection: buttonKinds()},
			cascading(link("x_answer_id", "x_krok_answer", "Answer", "Відповідь")),
			link("x_target_id", "x_krok_step", "Go to step", "Перейти до кроку"),
			{Name: "x_url", Type: "char", Label: Words{"Link", "Посилання"}, Help: Words{"An address that begins with https://", "Адреса, що починається з https://"}},
			{Name: "x_copy", Type: "char", Label: Words{"Text to copy", "Текст для копіювання"}, Size: 256},
		},
	}
}

// cascading makes a button go with its answer.
func cascading(field Field) Field {
	field.OnDelete = "cascade"
	return field
}

func buttonKinds() []Choice {
	return []Choice{
		{"answer", "Answer", "Відповідь"}, {"text", "Text", "Текст"}, {"contact", "Share contact", "Поділитися контактом"},
		{"location", "Share location", "Поділитися місцем"}, {"step", "Go to step", "Перейти до кроку"},
		{"url", "Open a link", "Відкрити посилання"}, {"copy", "Copy a text", "Копіювати текст"},
	}
}
