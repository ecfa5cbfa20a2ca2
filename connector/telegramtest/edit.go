package telegramtest

import (
	"bytes"
	"reflect"
	"time"
)

// deleteWithin is how long a bot may delete a message.
const deleteWithin = 48 * time.Hour

const notModified = "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"

func editMessageText(r *request) ([]byte, *refusal) {
	text, refused := r.messageText()
	if refused != nil {
		return nil, refused
	}
	preview, refused := r.linkPreview()
	if refused != nil {
		return nil, refused
	}
	return r.edit(func(m *Message) *refusal {
		if m.Text == "" {
			return badRequest("there is no text in the message to edit")
		}
		m.Text, m.Entities, m.LinkPreview = text.text, text.entities, preview
		return nil
	})
}

func editMessageCaption(r *request) ([]byte, *refusal) {
	caption, refused := r.caption()
	if refused != nil {
		return nil, refused
	}
	return r.edit(func(m *Message) *refusal {
		if file, kind := m.Media(); file == nil || kind == "sticker" || kind == "video_note" {
			return badRequest("there is no caption in the message to edit")
		}
		m.Caption, m.CaptionEntities = caption.text, caption.entities
		m.CaptionAbove = r.flag("show_caption_above_media")
		return nil
	})
}

func editMessageReplyMarkup(r *request) ([]byte, *refusal) {
	return r.edit(func(*Message) *refusal { return nil })
}

// edit changes a copy of the message that the call names and puts it in the old one's place.
func (r *request) edit(change func(*Message) *refusal) ([]byte, *refusal) {
	markup, refused := r.markup()
	if refused != nil {
		return nil, refused
	}
	room, old, refused := r.own("message to edit not found")
	if refused != nil {
		return nil, refused
	}
	if old.From != &r.bot.me && old.SenderChat == nil {
		return nil, badRequest("message can't be edited")
	}
	if markup.keyboard != nil || markup.remove || markup.forceReply || old.Keyboard != nil || old.RemoveKeyboard || old.ForceReply {
		if markup.keyboard != nil || markup.remove || markup.forceReply {
			return nil, badRequest("inline keyboard expected")
		}
		return nil, badRequest("message can't be edited") // it came with a keyboard under the input field
	}
	edited := *old
	if refused := change(&edited); refused != nil {
		return nil, refused
	}
	edited.ReplyMarkup = markup.inline
	if same(&edited, old) {
		return nil, badRequest(notModified)
	}
	if refused := r.bot.paced(room); refused != nil {
		return nil, refused
	}
	edited.EditDate = r.bot.server.Now().Unix()
	room.replace(&edited)
	return success(&edited), nil
}

// own is the message that the call names by message_id.
func (r *request) own(absent string) (*room, *Message, *refusal) {
	if r.text("chat_id") == "" && r.id("message_id") == 0 {
		return nil, nil, badRequest("message identifier is not specified")
	}
	room, refused := r.writable()
	if refused != nil {
		return nil, nil, refused
	}
	if r.id("message_id") == 0 {
		return nil, nil, badRequest("message identifier is not specified")
	}
	m := room.message(r.id("message_id"))
	if m == nil {
		return nil, nil, badRequest(absent)
	}
	return room, m, nil
}

// same tells whether an edit would change anything that is seen.
func same(a, b *Message) bool {
	return a.Text == b.Text && a.Caption == b.Caption && a.CaptionAbove == b.CaptionAbove &&
		equal(a.Entities, b.Entities) && equal(a.CaptionEntities, b.CaptionEntities) &&
		bytes.Equal(a.LinkPreview, b.LinkPreview) && reflect.DeepEqual(a.ReplyMarkup, b.ReplyMarkup)
}

func equal(a, b []Entity) bool { return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(a, b) }

// deleteMessage deletes a message of either side, up to 48 hours old.
func deleteMessage(r *request) ([]byte, *refusal) {
	room, m, refused := r.own("message to delete not found")
	if refused != nil {
		return nil, refused
	}
	if r.age(m) > deleteWithin {
		return nil, badRequest("message can't be deleted for everyone")
	}
	room.remove(m.ID)
	return success(true), nil
}
