package telegram

import (
	"cmp"
	"slices"

	"github.com/mymmrac/telego"

	"github.com/krokbot/krok/flow"
)

// fileContent names the kind of a message with a file, and the file; "" and nil for a message of any other kind.
func fileContent(m *telego.Message) (kind string, file *flow.File) {
	switch {
	case len(m.Photo) > 0:
		return "photo", photoFile(m.Photo)
	case m.Animation != nil: // before document: Telegram fills both
		return "animation", &flow.File{ID: m.Animation.FileID, Name: m.Animation.FileName, MIME: m.Animation.MimeType, Size: m.Animation.FileSize}
	case m.Document != nil:
		return "document", &flow.File{ID: m.Document.FileID, Name: m.Document.FileName, MIME: m.Document.MimeType, Size: m.Document.FileSize}
	case m.Video != nil:
		return "video", &flow.File{ID: m.Video.FileID, Name: m.Video.FileName, MIME: m.Video.MimeType, Size: m.Video.FileSize}
	case m.Voice != nil:
		return "voice", &flow.File{ID: m.Voice.FileID, MIME: m.Voice.MimeType, Size: m.Voice.FileSize}
	case m.VideoNote != nil:
		return "video_note", &flow.File{ID: m.VideoNote.FileID, MIME: "video/mp4", Size: int64(m.VideoNote.FileSize)}
	case m.Audio != nil:
		return "audio", &flow.File{ID: m.Audio.FileID, Name: m.Audio.FileName, MIME: m.Audio.MimeType, Size: m.Audio.FileSize}
	case m.Sticker != nil:
		return "sticker", &flow.File{ID: m.Sticker.FileID, MIME: stickerType(m.Sticker), Size: int64(m.Sticker.FileSize)}
	}
	return "", nil
}

// photoFile is the largest size of a photo. Telegram makes a JPEG of every one and keeps no name.
func photoFile(sizes []telego.PhotoSize) *flow.File {
	largest := slices.MaxFunc(sizes, func(a, b telego.PhotoSize) int { return cmp.Compare(a.Width*a.Height, b.Width*b.Height) })
	return &flow.File{ID: largest.FileID, MIME: "image/jpeg", Size: int64(largest.FileSize)}
}

func stickerType(sticker *telego.Sticker) string {
	switch {
	case sticker.IsAnimated:
		return "application/x-tgsticker"
	case sticker.IsVideo:
		return "video/webm"
	}
	return "image/webp"
}
