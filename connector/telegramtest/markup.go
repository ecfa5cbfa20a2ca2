package telegramtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
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
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &fields); err != nil {
		if json.Valid([]byte(text)) {
			return m, badRequest("object expected as reply markup")
		}
		return m, badRequest("can't parse reply keyboard markup JSON object")
	}
	if refused := flagFields(fields, &m); refused != nil {
		return m, refused
	}
	if raw, ok := fields["keyboard"]; ok {
		rows, refused := keyboardRows(raw)
		if refused != nil {
			return m, refused
		}
		if len(rows) > 0 {
			if m.keyboard, refused = newKeyboard(fields); refused != nil {
				return m, refused
			}
			m.keyboard.Rows = rows
		}
	}
	if raw, ok := fields["inline_keyboard"]; ok && m.keyboard == nil {
		rows, refused := inlineRows(raw)
		if refused != nil {
			return m, refused
		}
		if len(rows) > 0 {
			m.inline = &InlineKeyboard{Rows: rows}
		}
	}
	if len(text) > maxMarkup {
		return m, badRequest("reply markup is too long")
	}
	return m, nil
}

// flagFields checks that the yes-or-no fields are that, and takes those that are kinds of their own.
func flagFields(fields map[string]json.RawMessage, m *markup) *refusal {
	for name, object := range map[string]string{
		"resize_keyboard": "ReplyKeyboardMarkup", "one_time_keyboard": "ReplyKeyboardMarkup", "is_persistent": "ReplyKeyboardMarkup",
		"remove_keyboard": "ReplyKeyboardRemove", "selective": "reply markup", "force_reply": "reply markup",
	} {
		raw, ok := fields[name]
		if !ok {
			continue
		}
		var value bool
		if json.Unmarshal(raw, &value) != nil {
			return badRequest(fmt.Sprintf("field %q of the %s must be of the type Boolean", name, object))
		}
		switch name {
		case "remove_keyboard":
			m.remove = value
		case "force_reply":
			m.forceReply = value
		}
	}
	return nil
}

// newKeyboard takes the options of a keyboard.
func newKeyboard(fields map[string]json.RawMessage) (*Keyboard, *refusal) {
	rest := maps.Clone(fields)
	delete(rest, "keyboard") // its buttons may be texts
	k := &Keyboard{}
	if json.Unmarshal(encode(rest), k) != nil {
		return nil, badRequest("can't parse reply keyboard markup JSON object")
	}
	return k, nil
}

// rows splits a keyboard into its rows of raw buttons.
func rows(raw json.RawMessage, field, object string) ([][]json.RawMessage, *refusal) {
	var outer []json.RawMessage
	if json.Unmarshal(raw, &outer) != nil || outer == nil {
		return nil, badRequest(fmt.Sprintf("field %q of the %s must be an Array", field, object))
	}
	split := make([][]json.RawMessage, len(outer))
	for i, row := range outer {
		if json.Unmarshal(row, &split[i]) != nil || split[i] == nil {
			return nil, badRequest(fmt.Sprintf("field %q of the %s must be an Array of Arrays", field, object))
		}
	}
	return split, nil
}

func keyboardRows(raw json.RawMessage) ([][]KeyButton, *refusal) {
	split, refused := rows(raw, "keyboard", "ReplyKeyboardMarkup")
	if refused != nil {
		return nil, refused
	}
	var keyboard [][]KeyButton
	for _, row := range split {
		var buttons []KeyButton
		for _, raw := range row {
			var button KeyButton
			if json.Unmarshal(raw, &button.Text) != nil && json.Unmarshal(raw, &button) != nil {
				return nil, badRequest("can't parse keyboard button: KeyboardButton must be a String or an Object")
			}
			if strings.TrimSpace(button.Text) == "" {
				return nil, badRequest("keyboard button text must be non-empty")
			}
			buttons = append(buttons, button)
		}
		if len(buttons) > 0 {
			keyboard = append(keyboard, buttons)
		}
	}
	return keyboard, nil
}

func inlineRows(raw json.RawMessage) ([][]InlineButton, *refusal) {
	split, refused := rows(raw, "inline_keyboard", "InlineKeyboardMarkup")
	if refused != nil {
		return nil, refused
	}
	var keyboard [][]InlineButton
	count := 0
	for _, row := range split {
		var buttons []InlineButton
		for _, raw := range row {
			button, refused := inlineButton(raw)
			if refused != nil {
				return nil, refused
			}
			buttons = append(buttons, button)
			count++
		}
		if len(buttons) > 0 {
			keyboard = append(keyboard, buttons)
		}
	}
	if count > maxButtons {
		return nil, badRequest("reply markup is too long")
	}
	return keyboard, nil
}

// buttonKinds are the fields of which an inline button has exactly one.
var buttonKinds = []string{
	"url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
	"switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
}

func inlineButton(raw json.RawMessage) (InlineButton, *refusal) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil || fields == nil {
		return InlineButton{}, badRequest("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
	}
	if _, ok := fields["text"]; !ok {
		return InlineButton{}, badRequest(`can't parse inline keyboard button: Can't find field "text"`)
	}
	var button InlineButton
	if err := json.Unmarshal(raw, &button); err != nil {
		field := "?"
		if wrong := new(json.UnmarshalTypeError); errors.As(err, &wrong) {
			field = wrong.Field
		}
		return button, badRequest(fmt.Sprintf("can't parse inline keyboard button: Field %q must be of type String", field))
	}
	kinds := 0
	for _, kind := range buttonKinds {
		if _, ok := fields[kind]; ok {
			kinds++
		}
	}
	if kinds == 0 {
		return button, badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
	}
	_, hasData := fields["callback_data"]
	return button, button.check(hasData)
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

// checkURL is Telegram's idea of a link: http, https, tg or ton; a host with a dot in it; http:// where no scheme is given.
func checkURL(text string) (string, error) {
	wrong := fmt.Errorf("URL '%s' is invalid: Wrong HTTP URL", text)
	given := text
	if !strings.Contains(text, "://") {
		given = "http://" + text
	}
	u, err := url.Parse(given)
	if err != nil || strings.ContainsAny(text, " \t\n") {
		return "", wrong
	}
	switch strings.ToLower(u.Scheme) {
	case "tg", "ton", "tonsite":
		return given, nil
	case "http", "https":
	default:
		return "", fmt.Errorf("URL '%s' is invalid: Unsupported URL protocol", text)
	}
	host := u.Hostname()
	if dot := strings.LastIndexByte(host, '.'); u.User != nil || strings.Contains(host, ":") || dot <= 0 || dot == len(host)-1 {
		return "", wrong
	}
	if u.Path != "" {
		return given, nil
	}
	u.Path = "/"
	return u.String(), nil
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
