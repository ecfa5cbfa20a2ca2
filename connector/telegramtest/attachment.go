package telegramtest

import (
	"mime"
	"path"
	"strconv"
	"strings"
)

// Attachment is a file that a client sends. Without Data it is Size zeros, which cost no memory.
type Attachment struct {
	Kind    string // photo, video, animation, audio, voice, video_note, sticker, document
	Name    string
	Data    []byte
	Size    int64
	Caption string
	Emoji   string // of a sticker
}

// SendFile sends a file of any kind and size.
func (c *Chat) SendFile(a Attachment) Message { return c.Post(c.attach(a)) }

// SendPhoto sends a small picture.
func (c *Chat) SendPhoto(caption string) Message {
	return c.SendFile(Attachment{Kind: "photo", Data: PNG(640, 480), Caption: caption})
}

// SendDocument sends a file as it is.
func (c *Chat) SendDocument(name string, data []byte, caption string) Message {
	return c.SendFile(Attachment{Kind: "document", Name: name, Data: data, Caption: caption})
}

// SendVoice sends a short voice message.
func (c *Chat) SendVoice() Message {
	return c.SendFile(Attachment{Kind: "voice", Data: []byte("OggS, a voice")})
}

// SendSticker sends a sticker.
func (c *Chat) SendSticker(emoji string) Message {
	return c.SendFile(Attachment{Kind: "sticker", Data: []byte("RIFF, a sticker"), Emoji: emoji})
}

// SendAlbum sends several files as one album: so many messages with one media_group_id.
func (c *Chat) SendAlbum(items ...Attachment) []Message {
	group := strconv.FormatInt(14_000_000_000_000_000+c.room.bot.lastAlbum.Add(1), 10)
	sent := make([]Message, len(items))
	for i, item := range items {
		m := c.attach(item)
		m.MediaGroupID = group
		sent[i] = c.Post(m)
	}
	return sent
}

// attach stores the file and makes the message for it.
func (c *Chat) attach(a Attachment) Message {
	f := File{FileName: a.Name, FileSize: orDefault(a.Size, int64(len(a.Data)))}
	f.MimeType, _, _ = strings.Cut(mime.TypeByExtension(path.Ext(a.Name)), ";")
	switch a.Kind {
	case "photo":
		f.Width, f.Height, f.FileName, f.MimeType = 640, 480, "", ""
	case "video", "animation":
		f.Width, f.Height, f.Duration = 640, 480, 3
		f.MimeType = "video/mp4"
	case "sticker":
		f.Width, f.Height, f.Emoji, f.Type = 512, 512, a.Emoji, "regular"
	case "video_note":
		f.Length, f.Duration = 240, 3
	case "audio":
		f.Duration, f.MimeType = 3, orDefault(f.MimeType, "audio/mpeg")
	case "voice":
		f.Duration, f.MimeType = 3, "audio/ogg"
	}
	stored := &storedFile{bot: c.room.bot, kind: a.Kind, file: f, data: a.Data}
	c.room.bot.server.files.keep(stored)
	m := Message{Caption: a.Caption}
	m.attach(a.Kind, stored.file)
	return m
}
