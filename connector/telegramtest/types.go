package telegramtest

import (
	"encoding/json"
	"unicode/utf16"
)

// User is a person or a bot, as Telegram shows it to bots.
type User struct {
	ID           int64  `json:"id"`
	IsBot        bool   `json:"is_bot"`
	FirstName    string `json:"first_name"`
	LastName     string `json:"last_name,omitempty"`
	Username     string `json:"username,omitempty"`
	LanguageCode string `json:"language_code,omitempty"`

	// Phone is what the client's own card holds. A bot sees it only when the client shares it.
	Phone string `json:"-"`
}

// ChatInfo is a chat as messages name it.
type ChatInfo struct {
	ID        int64  `json:"id"`
	Type      string `json:"type"` // private, group, supergroup, channel
	Title     string `json:"title,omitempty"`
	Username  string `json:"username,omitempty"`
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
}

// Message is a message in the Bot API's own words, with what a test wants to know besides.
type Message struct {
	ID                  int64           `json:"message_id"`
	From                *User           `json:"from,omitempty"`
	SenderChat          *ChatInfo       `json:"sender_chat,omitempty"`
	Date                int64           `json:"date"` // seconds since 1970
	Chat                *ChatInfo       `json:"chat"`
	ForwardOrigin       *ForwardOrigin  `json:"forward_origin,omitempty"`
	ReplyTo             *Message        `json:"reply_to_message,omitempty"`
	EditDate            int64           `json:"edit_date,omitempty"`
	HasProtectedContent bool            `json:"has_protected_content,omitempty"`
	MediaGroupID        string          `json:"media_group_id,omitempty"`
	Text                string          `json:"text,omitempty"`
	Entities            []Entity        `json:"entities,omitempty"`
	LinkPreview         json.RawMessage `json:"link_preview_options,omitempty"`
	EffectID            string          `json:"effect_id,omitempty"`
	Animation           *File           `json:"animation,omitempty"`
	Audio               *File           `json:"audio,omitempty"`
	Document            *File           `json:"document,omitempty"`
	Photo               []File          `json:"photo,omitempty"` // sizes of one picture, the largest last
	Sticker             *File           `json:"sticker,omitempty"`
	Video               *File           `json:"video,omitempty"`
	VideoNote           *File           `json:"video_note,omitempty"`
	Voice               *File           `json:"voice,omitempty"`
	Caption             string          `json:"caption,omitempty"`
	CaptionEntities     []Entity        `json:"caption_entities,omitempty"`
	CaptionAbove        bool            `json:"show_caption_above_media,omitempty"`
	Contact             *Contact        `json:"contact,omitempty"`
	Location            *Location       `json:"location,omitempty"`
	NewChatMembers      []User          `json:"new_chat_members,omitempty"`
	LeftChatMember      *User           `json:"left_chat_member,omitempty"`
	ReplyMarkup         *InlineKeyboard `json:"reply_markup,omitempty"`

	// The rest the bot does not get back; it is what the client sees.

	Keyboard       *Keyboard `json:"-"` // the keyboard that the message puts under the input field
	RemoveKeyboard bool      `json:"-"`
	ForceReply     bool      `json:"-"`
	Silent         bool      `json:"-"` // sent with disable_notification
}

// Entity marks a part of a text. Offset and Length count UTF-16 units.
type Entity struct {
	Type          string `json:"type"`
	Offset        int    `json:"offset"`
	Length        int    `json:"length"`
	URL           string `json:"url,omitempty"`
	User          *User  `json:"user,omitempty"`
	Language      string `json:"language,omitempty"`
	CustomEmojiID string `json:"custom_emoji_id,omitempty"`
}

// File is any kind of file in a message.
type File struct {
	FileID       string `json:"file_id"`
	FileUniqueID string `json:"file_unique_id"`
	FileName     string `json:"file_name,omitempty"`
	MimeType     string `json:"mime_type,omitempty"`
	FileSize     int64  `json:"file_size,omitempty"`
	Width        int    `json:"width,omitempty"`
	Height       int    `json:"height,omitempty"`
	Length       int    `json:"length,omitempty"` // of a video note, its side
	Duration     int    `json:"duration,omitempty"`
	Title        string `json:"title,omitempty"`
	Performer    string `json:"performer,omitempty"`
	Emoji        string `json:"emoji,omitempty"`
	Type         string `json:"type,omitempty"` // of a sticker
	IsAnimated   bool   `json:"is_animated,omitempty"`
	IsVideo      bool   `json:"is_video,omitempty"`
}

// Contact is a shared card. UserID is set where the card belongs to somebody on Telegram.
type Contact struct {
	PhoneNumber string `json:"phone_number"`
	FirstName   string `json:"first_name"`
	LastName    string `json:"last_name,omitempty"`
	UserID      int64  `json:"user_id,omitempty"`
}

// Location is a point on the map, in degrees.
type Location struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

// ForwardOrigin says where a forwarded message comes from.
type ForwardOrigin struct {
	Type           string `json:"type"` // user, hidden_user
	Date           int64  `json:"date"`
	SenderUser     *User  `json:"sender_user,omitempty"`
	SenderUserName string `json:"sender_user_name,omitempty"`
}

// InlineKeyboard is the buttons under a message.
type InlineKeyboard struct {
	Rows [][]InlineButton `json:"inline_keyboard"`
}

// InlineButton is one button under a message.
type InlineButton struct {
	Text         string          `json:"text"`
	Style        string          `json:"style,omitempty"`
	URL          string          `json:"url,omitempty"`
	CallbackData string          `json:"callback_data,omitempty"`
	CopyText     *CopyText       `json:"copy_text,omitempty"`
	WebApp       json.RawMessage `json:"web_app,omitempty"`
	SwitchInline *string         `json:"switch_inline_query,omitempty"`
	SwitchHere   *string         `json:"switch_inline_query_current_chat,omitempty"`
	LoginURL     json.RawMessage `json:"login_url,omitempty"`
	Pay          bool            `json:"pay,omitempty"`
}

// CopyText is what a button puts on the clipboard.
type CopyText struct {
	Text string `json:"text"`
}

// Keyboard stands under the client's input field.
type Keyboard struct {
	Rows        [][]KeyButton `json:"keyboard"`
	Resize      bool          `json:"resize_keyboard,omitempty"`
	OneTime     bool          `json:"one_time_keyboard,omitempty"`
	Persistent  bool          `json:"is_persistent,omitempty"`
	Placeholder string        `json:"input_field_placeholder,omitempty"`
}

// KeyButton is one button of a Keyboard.
type KeyButton struct {
	Text            string `json:"text"`
	Style           string `json:"style,omitempty"`
	RequestContact  bool   `json:"request_contact,omitempty"`
	RequestLocation bool   `json:"request_location,omitempty"`
}

// CallbackQuery is the press of an inline button.
type CallbackQuery struct {
	ID           string   `json:"id"`
	From         *User    `json:"from"`
	Message      *Message `json:"message,omitempty"`
	ChatInstance string   `json:"chat_instance"`
	Data         string   `json:"data,omitempty"`
}

// ChatMemberUpdated tells the bot that its standing in a chat changed; in a private chat, that it was blocked or unblocked.
type ChatMemberUpdated struct {
	Chat *ChatInfo  `json:"chat"`
	From *User      `json:"from"`
	Date int64      `json:"date"`
	Old  ChatMember `json:"old_chat_member"`
	New  ChatMember `json:"new_chat_member"`
}

// ChatMember is somebody's standing in a chat: member, kicked, left, administrator.
type ChatMember struct {
	Status    string `json:"status"`
	User      *User  `json:"user"`
	UntilDate int64  `json:"until_date,omitempty"`
}

// Command is an entry of the bot's menu.
type Command struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

// Buttons are the labels under the message, row by row.
func (m Message) Buttons() [][]string {
	if m.ReplyMarkup == nil {
		return nil
	}
	rows := make([][]string, len(m.ReplyMarkup.Rows))
	for i, row := range m.ReplyMarkup.Rows {
		for _, button := range row {
			rows[i] = append(rows[i], button.Text)
		}
	}
	return rows
}

// Button is the first button under the message with that label.
func (m Message) Button(label string) (InlineButton, bool) {
	if m.ReplyMarkup == nil {
		return InlineButton{}, false
	}
	for _, row := range m.ReplyMarkup.Rows {
		for _, button := range row {
			if button.Text == label {
				return button, true
			}
		}
	}
	return InlineButton{}, false
}

// Keys are the labels of the keyboard that the message puts under the input field, row by row.
func (m Message) Keys() [][]string { return m.Keyboard.Labels() }

// Labels are the keyboard's labels, row by row; none for no keyboard.
func (k *Keyboard) Labels() [][]string {
	if k == nil {
		return nil
	}
	rows := make([][]string, len(k.Rows))
	for i, row := range k.Rows {
		for _, button := range row {
			rows[i] = append(rows[i], button.Text)
		}
	}
	return rows
}

// Words are the text, or the caption of a file.
func (m Message) Words() string {
	if m.Text != "" {
		return m.Text
	}
	return m.Caption
}

// Marked are the parts of the text (or caption) under entities of the given type, in their order.
func (m Message) Marked(entityType string) []string {
	entities := m.Entities
	if m.Text == "" {
		entities = m.CaptionEntities
	}
	units := utf16.Encode([]rune(m.Words()))
	var parts []string
	for _, e := range entities {
		if e.Type == entityType {
			parts = append(parts, string(utf16.Decode(units[e.Offset:e.Offset+e.Length])))
		}
	}
	return parts
}

// Media is the message's file, of a photo its largest size, with the name of its kind; nil and "" for none.
func (m Message) Media() (*File, string) {
	switch {
	case len(m.Photo) > 0:
		return &m.Photo[len(m.Photo)-1], "photo"
	case m.Video != nil:
		return m.Video, "video"
	case m.Animation != nil:
		return m.Animation, "animation"
	case m.Audio != nil:
		return m.Audio, "audio"
	case m.Voice != nil:
		return m.Voice, "voice"
	case m.VideoNote != nil:
		return m.VideoNote, "video_note"
	case m.Sticker != nil:
		return m.Sticker, "sticker"
	case m.Document != nil:
		return m.Document, "document"
	}
	return nil, ""
}
