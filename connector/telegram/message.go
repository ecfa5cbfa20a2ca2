package telegram

import (
	"github.com/mymmrac/telego"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/richtext"
)

// entities are sent instead of a parse mode, so nothing that people write is ever taken for formatting.
func entities(text richtext.Text) []telego.MessageEntity {
	if len(text.Entities) == 0 {
		return nil
	}
	list := make([]telego.MessageEntity, len(text.Entities))
	for i, entity := range text.Entities {
		list[i] = telego.MessageEntity{Type: entity.Type, Offset: entity.Offset, Length: entity.Length, URL: entity.URL, Language: entity.Language}
	}
	return list
}

// markup is the buttons of a message; nil where it has none and leaves those of earlier messages as they are.
func markup(message flow.Outgoing) telego.ReplyMarkup {
	switch {
	case len(message.Inline) > 0:
		return &telego.InlineKeyboardMarkup{InlineKeyboard: inlineRows(message.Inline)}
	case len(message.Keyboard) > 0:
		return &telego.ReplyKeyboardMarkup{Keyboard: keyRows(message.Keyboard), ResizeKeyboard: true}
	case message.RemoveKeyboard:
		return &telego.ReplyKeyboardRemove{RemoveKeyboard: true}
	}
	return nil
}

func inlineRows(rows [][]flow.InlineButton) [][]telego.InlineKeyboardButton {
	all := make([][]telego.InlineKeyboardButton, len(rows))
	for i, row := range rows {
		for _, button := range row {
			key := telego.InlineKeyboardButton{Text: button.Label, URL: button.URL, CallbackData: button.Data}
			if button.Copy != "" {
				key.CopyText = &telego.CopyTextButton{Text: button.Copy}
			}
			all[i] = append(all[i], key)
		}
	}
	return all
}

func keyRows(rows [][]flow.KeyButton) [][]telego.KeyboardButton {
	all := make([][]telego.KeyboardButton, len(rows))
	for i, row := range rows {
		for _, button := range row {
			all[i] = append(all[i], telego.KeyboardButton{Text: button.Label, RequestContact: button.Contact, RequestLocation: button.Location})
		}
	}
	return all
}

func preview(message flow.Outgoing) *telego.LinkPreviewOptions {
	return &telego.LinkPreviewOptions{IsDisabled: !message.LinkPreview}
}
