package telegramtest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Limits of keyboards. maxMarkup is not documented: about 10 kB of JSON pass.
const (
	maxMarkup       = 10 << 10 // bytes
	maxButtons      = 100
	maxCallbackData = 64 // bytes
	maxCopyText     = 256
)

// markup is a checked reply_markup: one of its kinds, or none.
type markup struct {
	inline     *InlineKeyboard
	keyboard   *Keyboard
	remove     bool
	forceReply bool
}

// markup reads and checks the reply_markup of a call.
func (p params) markup() (markup, *refusal) {
	var m markup
	text := p.text("reply_markup")
	if text == "" {
		return m, nil
	}
	if !json.Valid([]byte(text)) {
		return m, badRequest("can't parse reply keyboard markup JSON object")
	}
	fields, isObject := scanMembers(text, nil)
	if !isObject {
		return m, badRequest("object expected as reply markup")
	}
	for _, field := range fields {
		if refused := m.takeFlag(field); refused != nil {
			return m, refused
		}
	}
	for _, field := range fields {
		if refused := m.takeKeyboard(field, text); refused != nil {
			return m, refused
		}
	}
	if m.keyboard != nil {
		m.inline = nil
	}
	if len(text) > maxMarkup {
		return m, badRequest("reply markup is too long")
	}
	return m, nil
}

// flags are the yes-or-no fields of reply markups, with the object that each belongs to.
var flags = map[string]string{
	"resize_keyboard": "ReplyKeyboardMarkup", "one_time_keyboard": "ReplyKeyboardMarkup", "is_persistent": "ReplyKeyboardMarkup",
	"remove_keyboard": "ReplyKeyboardRemove", "selective": "reply markup", "force_reply": "reply markup",
}

// takeFlag takes a field of a reply_markup that is yes or no.
func (m *markup) takeFlag(field param) *refusal {
	object, isFlag := flags[field.name]
	if isFlag && (field.quoted || field.value != "true" && field.value != "false") {
		return badRequest(fmt.Sprintf("field %q of the %s must be of the type Boolean", field.name, object))
	}
	switch field.name {
	case "remove_keyboard":
		m.remove = field.value == "true"
	case "force_reply":
		m.forceReply = field.value == "true"
	}
	return nil
}

// takeKeyboard takes a field of a reply_markup that holds buttons.
func (m *markup) takeKeyboard(field param, text string) (refused *refusal) {
	switch field.name {
	case "keyboard":
		m.keyboard, refused = newKeyboard(field.value, text)
	case "inline_keyboard":
		m.inline, refused = newInline(field.value)
	}
	return refused
}

// rows splits a keyboard into its rows of raw buttons.
func rows(raw, field, object string) ([][]string, *refusal) {
	outer, ok := scanArray(raw)
	if !ok {
		return nil, badRequest(fmt.Sprintf("field %q of the %s must be an Array", field, object))
	}
	split := make([][]string, len(outer))
	for i, row := range outer {
		if split[i], ok = scanArray(row); !ok {
			return nil, badRequest(fmt.Sprintf("field %q of the %s must be an Array of Arrays", field, object))
		}
	}
	return split, nil
}

// newKeyboard checks a keyboard for under the input field; nil for one without keys.
func newKeyboard(raw, text string) (*Keyboard, *refusal) {
	split, refused := rows(raw, "keyboard", "ReplyKeyboardMarkup")
	if refused != nil {
		return nil, refused
	}
	var options struct {
		Keyboard
		Rows json.RawMessage `json:"keyboard"` // in the place of the keyboard's own: a key may be a text
	}
	if json.Unmarshal([]byte(text), &options) != nil {
		return nil, badRequest("can't parse reply keyboard markup JSON object")
	}
	k := &options.Keyboard
	for _, row := range split {
		var keys []KeyButton
		for _, raw := range row {
			key, refused := newKey(raw)
			if refused != nil {
				return nil, refused
			}
			keys = append(keys, key)
		}
		if len(keys) > 0 {
			k.Rows = append(k.Rows, keys)
		}
	}
	if len(k.Rows) == 0 {
		return nil, nil
	}
	return k, nil
}

func newKey(raw string) (KeyButton, *refusal) {
	var key KeyButton
	if json.Unmarshal([]byte(raw), &key.Text) != nil && json.Unmarshal([]byte(raw), &key) != nil {
		return key, badRequest("can't parse keyboard button: KeyboardButton must be a String or an Object")
	}
	if strings.TrimSpace(key.Text) == "" {
		return key, badRequest("keyboard button text must be non-empty")
	}
	return key, nil
}

// newInline checks the buttons under a message; nil for none.
func newInline(raw string) (*InlineKeyboard, *refusal) {
	split, refused := rows(raw, "inline_keyboard", "InlineKeyboardMarkup")
	if refused != nil {
		return nil, refused
	}
	k := &InlineKeyboard{Rows: make([][]InlineButton, 0, len(split))}
	count := 0
	var fields []param
	for _, row := range split {
		buttons := make([]InlineButton, len(row))
		for i, raw := range row {
			var isObject bool
			if fields, isObject = scanMembers(raw, fields[:0]); !isObject {
				return nil, badRequest("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
			}
			if refused := buttons[i].read(fields); refused != nil {
				return nil, refused
			}
			count++
		}
		if len(buttons) > 0 {
			k.Rows = append(k.Rows, buttons)
		}
	}
	switch {
	case count > maxButtons:
		return nil, badRequest("reply markup is too long")
	case count == 0:
		return nil, nil
	}
	return k, nil
}

// buttonKinds are the fields of which an inline button has one.
var buttonKinds = []string{
	"callback_data", "url", "copy_text", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
	"switch_inline_query_chosen_chat", "callback_game", "pay",
}

// read makes a button of its fields and checks it.
func (b *InlineButton) read(fields []param) *refusal {
	all := params{values: fields}
	for _, f := range fields {
		if refused := b.take(f); refused != nil {
			return refused
		}
	}
	switch {
	case !all.has("text"):
		return badRequest(`can't parse inline keyboard button: Can't find field "text"`)
	case !slices.ContainsFunc(buttonKinds, all.has):
		return badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
	}
	return b.check(all.has("callback_data"))
}

// take takes one field of a button.
func (b *InlineButton) take(f param) *refusal {
	switch f.name {
	case "text", "style", "url", "callback_data", "switch_inline_query", "switch_inline_query_current_chat":
		if !f.quoted {
			return badRequest(fmt.Sprintf("can't parse inline keyboard button: Field %q must be of type String", f.name))
		}
	}
	switch f.name {
	case "text":
		b.Text = f.value
	case "style":
		b.Style = f.value
	case "url":
		b.URL = f.value
	case "callback_data":
		b.CallbackData = f.value
	case "copy_text":
		inner, _ := scanMembers(f.value, nil)
		b.CopyText = &CopyText{Text: params{values: inner}.text("text")}
	case "switch_inline_query":
		b.SwitchInline = &f.value
	case "switch_inline_query_current_chat":
		b.SwitchHere = &f.value
	case "web_app":
		b.WebApp = json.RawMessage(f.value)
	case "login_url":
		b.LoginURL = json.RawMessage(f.value)
	case "pay":
		b.Pay = f.value == "true"
	}
	return nil
}

// check holds a button against the limits of its kind.
func (b InlineButton) check(hasData bool) *refusal {
	switch {
	case strings.TrimSpace(b.Text) == "":
		return badRequest("inline keyboard button text must be non-empty")
	case b.URL != "":
		if strings.HasPrefix(b.URL, "tg://user?id=") {
			return nil
		}
		if _, err := checkURL(b.URL); err != nil {
			return badRequest("inline keyboard button " + err.Error())
		}
	case hasData && (b.CallbackData == "" || len(b.CallbackData) > maxCallbackData):
		return badRequest("BUTTON_DATA_INVALID")
	case b.CopyText != nil && (b.CopyText.Text == "" || units(b.CopyText.Text) > maxCopyText):
		return badRequest("BUTTON_COPY_TEXT_INVALID")
	}
	return nil
}

// fits refuses what a kind of chat does not allow.
func (m markup) fits(c *ChatInfo) *refusal {
	if m.keyboard == nil || c.Type == "private" {
		return nil
	}
	for _, row := range m.keyboard.Rows {
		for _, button := range row {
			switch {
			case button.RequestContact:
				return badRequest("phone number can be requested in private chats only")
			case button.RequestLocation:
				return badRequest("location can be requested in private chats only")
			}
		}
	}
	return nil
}

// put lays the markup on a message.
func (m markup) put(message *Message) {
	message.ReplyMarkup, message.Keyboard = m.inline, m.keyboard
	message.RemoveKeyboard, message.ForceReply = m.remove, m.forceReply
}
