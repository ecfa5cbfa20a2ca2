package telegramtest

import (
	"encoding/json"
	"slices"
	"time"
)

// outgoing is a message on its way into a chat: everything that all sending methods share.
type outgoing struct {
	room   *room
	markup markup
	reply  *Message
}

// outgoing checks what all sending methods share, in Telegram's order: the markup, the chat, whether the bot may write there,
// its pace, the message replied to.
func (r *request) outgoing() (outgoing, *refusal) {
	var o outgoing
	var refused *refusal
	if o.markup, refused = r.markup(); refused != nil {
		return o, refused
	}
	if o.room, refused = r.writable(); refused != nil {
		return o, refused
	}
	if refused = o.markup.fits(&o.room.info); refused != nil {
		return o, refused
	}
	if refused = r.bot.paced(o.room); refused != nil {
		return o, refused
	}
	o.reply, refused = r.replied(o.room)
	return o, refused
}

// writable is the chat of the call, if the bot may write there.
func (r *request) writable() (*room, *refusal) {
	room, refused := r.room()
	if refused != nil {
		return nil, refused
	}
	return room, room.open()
}

// replied is the message that the call replies to, nil for none.
func (r *request) replied(in *room) (*Message, *refusal) {
	var to struct {
		MessageID int64 `json:"message_id"`
		Leniently bool  `json:"allow_sending_without_reply"`
	}
	given, refused := r.object("reply_parameters", &to)
	if refused != nil {
		return nil, refused
	}
	if !given {
		to.MessageID, to.Leniently = r.id("reply_to_message_id"), r.flag("allow_sending_without_reply")
	}
	if to.MessageID == 0 {
		return nil, nil
	}
	message := in.message(to.MessageID)
	if message == nil && !to.Leniently {
		return nil, badRequest("message to be replied not found")
	}
	return message, nil
}

// message is a new message of the bot with what the call says about any message.
func (r *request) message(o outgoing) *Message {
	m := &Message{
		From: &r.bot.me, HasProtectedContent: r.flag("protect_content"), Silent: r.flag("disable_notification"),
		EffectID: r.text("message_effect_id"),
	}
	if o.room.info.Type == "channel" {
		m.From, m.SenderChat = nil, &o.room.info
	}
	if o.reply != nil {
		m.ReplyTo = o.reply.bare()
	}
	o.markup.put(m)
	return m
}

// bare is a message without the one that it replies to: replies do not nest.
func (m *Message) bare() *Message {
	if m.ReplyTo == nil {
		return m
	}
	flat := *m
	flat.ReplyTo = nil
	return &flat
}

func sendMessage(r *request) ([]byte, *refusal) {
	text, refused := r.messageText()
	if refused != nil {
		return nil, refused
	}
	preview, refused := r.linkPreview()
	if refused != nil {
		return nil, refused
	}
	o, refused := r.outgoing()
	if refused != nil {
		return nil, refused
	}
	m := r.message(o)
	m.Text, m.Entities, m.LinkPreview = text.text, text.entities, preview
	o.room.post(m)
	return success(m), nil
}

// linkPreview is what the call says about the preview of links, by the new parameter or the old.
func (p params) linkPreview() (json.RawMessage, *refusal) {
	var options struct {
		Disabled bool `json:"is_disabled"`
	}
	given, refused := p.object("link_preview_options", &options)
	switch {
	case refused != nil:
		return nil, refused
	case given:
		return json.RawMessage(p.text("link_preview_options")), nil
	case p.flag("disable_web_page_preview"):
		return json.RawMessage(`{"is_disabled":true}`), nil
	}
	return nil, nil
}

var chatActions = []string{
	"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "record_audio", "upload_audio",
	"upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note", "cancel",
}

// sendChatAction is seen in the record of calls only.
func sendChatAction(r *request) ([]byte, *refusal) {
	if !slices.Contains(chatActions, r.text("action")) {
		return nil, badRequest("wrong parameter action in request")
	}
	if _, refused := r.writable(); refused != nil {
		return nil, refused
	}
	return success(true), nil
}

// sendFile is the method that sends one file of a kind.
func sendFile(kind string) func(*request) ([]byte, *refusal) {
	return func(r *request) ([]byte, *refusal) {
		source, found := r.source(r.text(kind))
		if !found {
			source, found = r.uploaded(kind)
		}
		if !found {
			return nil, badRequest("there is no " + kind + " in the request")
		}
		caption, refused := r.caption()
		if refused != nil {
			return nil, refused
		}
		o, refused := r.outgoing()
		if refused != nil {
			return nil, refused
		}
		stored, refused := r.store(source, kind)
		if refused != nil {
			return nil, refused
		}
		m := r.message(o)
		m.attach(kind, stored.file)
		m.Caption, m.CaptionEntities = caption.text, caption.entities
		m.CaptionAbove = r.flag("show_caption_above_media")
		o.room.post(m)
		return success(m), nil
	}
}

// attach makes a file the content of a message.
func (m *Message) attach(kind string, f File) {
	switch kind {
	case "photo":
		small := f
		small.FileID, small.FileUniqueID = small.FileID+"-s", small.FileUniqueID+"s"
		small.Width, small.Height = max(f.Width/4, 1), max(f.Height/4, 1)
		small.FileSize = max(f.FileSize/10, 1)
		m.Photo = []File{small, f}
	case "video":
		m.Video = &f
	case "animation":
		m.Animation, m.Document = &f, &f // the document stays for programs that know no animations
	case "audio":
		m.Audio = &f
	case "voice":
		m.Voice = &f
	case "sticker":
		m.Sticker = &f
	case "video_note":
		m.VideoNote = &f
	default:
		m.Document = &f
	}
}

// age is how long ago a message was sent.
func (r *request) age(m *Message) time.Duration { return r.bot.server.Now().Sub(time.Unix(m.Date, 0)) }
