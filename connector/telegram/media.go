package telegram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/mymmrac/telego"
	"github.com/mymmrac/telego/telegoapi"

	"github.com/krokbot/krok/flow"
)

// maxPhoto is the largest picture that Telegram takes as a photo, in bytes; a larger one goes as a document.
const maxPhoto = 10 << 20

// file is what is uploaded: its contents and the name that clients see.
type file struct {
	*bytes.Reader
	name string
}

func (f file) Name() string { return f.name }

// sendFile sends one medium. A file that Telegram has got before goes by its id; an id that Telegram does not know any more is
// forgotten and the file uploaded again. A picture that Telegram does not take as a photo goes as a document.
func (s *sender) sendFile(ctx context.Context, chat telego.ChatID, message flow.Outgoing) error {
	if id := s.knownID(ctx, message.Media[0]); id == "" && message.Media[0].Kind == "image" {
		if document := asDocument(message); s.knownID(ctx, document.Media[0]) != "" {
			message = document // it was no photo the last time
		}
	}
	input, known, err := s.input(ctx, message.Media[0], true)
	if err != nil {
		return err
	}
	sent, err := s.sendMedium(ctx, chat, message, input)
	if known && wrongFileID(err) || noPhoto(err) {
		if !known {
			message = asDocument(message)
		}
		if input, _, err = s.input(ctx, message.Media[0], false); err != nil {
			return err
		}
		sent, err = s.sendMedium(ctx, chat, message, input)
	}
	if err != nil {
		return err
	}
	s.remember(ctx, message.Media[0], fileID(sent))
	return nil
}

func (s *sender) sendMedium(ctx context.Context, chat telego.ChatID, message flow.Outgoing, input telego.InputFile) (*telego.Message, error) {
	medium := message.Media[0]
	caption, marks, keys := medium.Caption.Text, entities(medium.Caption), markup(message)
	switch kindFor(medium, input) {
	case "image":
		return s.api.SendPhoto(ctx, &telego.SendPhotoParams{ChatID: chat, Photo: input, Caption: caption, CaptionEntities: marks,
			ReplyMarkup: keys, DisableNotification: message.Silent, ProtectContent: message.Protect})
	case "video":
		return s.api.SendVideo(ctx, &telego.SendVideoParams{ChatID: chat, Video: input, Caption: caption, CaptionEntities: marks,
			ReplyMarkup: keys, DisableNotification: message.Silent, ProtectContent: message.Protect, SupportsStreaming: true})
	case "audio":
		return s.api.SendAudio(ctx, &telego.SendAudioParams{ChatID: chat, Audio: input, Caption: caption, CaptionEntities: marks,
			ReplyMarkup: keys, DisableNotification: message.Silent, ProtectContent: message.Protect})
	case "voice":
		return s.api.SendVoice(ctx, &telego.SendVoiceParams{ChatID: chat, Voice: input, Caption: caption, CaptionEntities: marks,
			ReplyMarkup: keys, DisableNotification: message.Silent, ProtectContent: message.Protect})
	case "animation":
		return s.api.SendAnimation(ctx, &telego.SendAnimationParams{ChatID: chat, Animation: input, Caption: caption, CaptionEntities: marks,
			ReplyMarkup: keys, DisableNotification: message.Silent, ProtectContent: message.Protect})
	}
	return s.api.SendDocument(ctx, &telego.SendDocumentParams{ChatID: chat, Document: input, Caption: caption, CaptionEntities: marks,
		ReplyMarkup: keys, DisableNotification: message.Silent, ProtectContent: message.Protect})
}

// kindFor is how a medium goes out: a picture too large for a photo is a document.
func kindFor(medium flow.Medium, input telego.InputFile) string {
	if upload, ok := input.File.(file); ok && medium.Kind == "image" && upload.Size() > maxPhoto {
		return "document"
	}
	return medium.Kind
}

// sendAlbum sends two to ten pictures and videos as one.
func (s *sender) sendAlbum(ctx context.Context, chat telego.ChatID, message flow.Outgoing) error {
	err := s.trySendAlbum(ctx, chat, message, true)
	if wrongFileID(err) {
		err = s.trySendAlbum(ctx, chat, message, false)
	}
	return err
}

func (s *sender) trySendAlbum(ctx context.Context, chat telego.ChatID, message flow.Outgoing, byID bool) error {
	album := make([]telego.InputMedia, len(message.Media))
	for i, medium := range message.Media {
		input, _, err := s.input(ctx, medium, byID)
		if err != nil {
			return err
		}
		if upload, ok := input.File.(file); ok { // names must differ within a request
			input.File = file{upload.Reader, strconv.Itoa(i) + "_" + upload.name}
		}
		if medium.Kind == "video" {
			album[i] = &telego.InputMediaVideo{Type: telego.MediaTypeVideo, Media: input, Caption: medium.Caption.Text, CaptionEntities: entities(medium.Caption)}
			continue
		}
		album[i] = &telego.InputMediaPhoto{Type: telego.MediaTypePhoto, Media: input, Caption: medium.Caption.Text, CaptionEntities: entities(medium.Caption)}
	}
	sent, err := s.api.SendMediaGroup(ctx, &telego.SendMediaGroupParams{ChatID: chat, Media: album,
		DisableNotification: message.Silent, ProtectContent: message.Protect})
	if err != nil {
		return err
	}
	for i := range min(len(sent), len(message.Media)) {
		s.remember(ctx, message.Media[i], fileID(&sent[i]))
	}
	return nil
}

// input is the file to send: by the id that Telegram gave it, where byID allows and one is known, else its contents. Files are
// always uploaded: Telegram cannot fetch them from an Odoo in a private network, and their addresses are nobody's business.
func (s *sender) input(ctx context.Context, medium flow.Medium, byID bool) (input telego.InputFile, known bool, err error) {
	if id := s.knownID(ctx, medium); byID && id != "" {
		return telego.InputFile{FileID: id}, true, nil
	}
	contents, err := s.config.Media(ctx, medium)
	if err != nil {
		return input, false, fmt.Errorf("%w, the file %q cannot be fetched: %w", errNotSent, medium.Filename, err)
	}
	return telego.InputFile{File: file{bytes.NewReader(contents), filename(medium)}}, false, nil
}

// knownID is what Telegram calls a file that this bot has sent before; "" for any other, and where nobody can tell.
func (s *sender) knownID(ctx context.Context, medium flow.Medium) string {
	if s.config.Files == nil {
		return ""
	}
	id, err := s.config.Files.FileID(ctx, s.bot(), fileKey(medium))
	if err != nil {
		s.log.Warn("a file id could not be looked up, the file is uploaded", "err", err)
	}
	return id
}

func (s *sender) remember(ctx context.Context, medium flow.Medium, id string) {
	if s.config.Files == nil || id == "" {
		return
	}
	if err := s.config.Files.SaveFileID(ctx, s.bot(), fileKey(medium), id); err != nil {
		s.log.Warn("a file id was not remembered, the file will be uploaded again", "err", err)
	}
}

// bot is the bot's own id.
func (s *sender) bot() int64 {
	id, _ := strconv.ParseInt(s.botID(), 10, 64) // digits, as New has checked
	return id
}

// fileKey tells files apart by kind too: a document's id is no photo's.
func fileKey(medium flow.Medium) string { return medium.Kind + ":" + medium.Checksum }

func filename(medium flow.Medium) string {
	name := path.Base(strings.ReplaceAll(medium.Filename, "\\", "/"))
	if name == "." || name == "/" {
		return medium.Kind
	}
	return name
}

// fileID finds the id in Telegram's answer; of a photo that of the largest size.
func fileID(m *telego.Message) string {
	switch {
	case m == nil:
		return ""
	case len(m.Photo) > 0:
		return m.Photo[len(m.Photo)-1].FileID
	case m.Animation != nil: // before document: Telegram fills both
		return m.Animation.FileID
	case m.Document != nil:
		return m.Document.FileID
	case m.Video != nil:
		return m.Video.FileID
	case m.Voice != nil:
		return m.Voice.FileID
	case m.Audio != nil:
		return m.Audio.FileID
	}
	return ""
}

// asDocument is a message whose picture goes as a file: Telegram does not take every picture as a photo.
func asDocument(message flow.Outgoing) flow.Outgoing {
	medium := message.Media[0]
	medium.Kind = "document"
	message.Media = []flow.Medium{medium}
	return message
}

// noPhoto tells that Telegram does not take a picture as a photo: a format that it cannot draw, or too long a side.
func noPhoto(err error) bool {
	var refused *telegoapi.Error
	if !errors.As(err, &refused) {
		return false
	}
	return strings.Contains(refused.Description, "IMAGE_PROCESS_FAILED") || strings.Contains(refused.Description, "PHOTO_")
}

func wrongFileID(err error) bool {
	var refused *telegoapi.Error
	return errors.As(err, &refused) && (strings.Contains(refused.Description, "file identifier") || strings.Contains(refused.Description, "FILE_REFERENCE"))
}
