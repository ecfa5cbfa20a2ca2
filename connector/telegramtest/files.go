package telegramtest

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif"  // photos are looked at
	_ "image/jpeg" // the same
	"image/png"
	"io"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Limits of files, in bytes.
const (
	maxPhoto    = 10 << 20
	maxUpload   = 50 << 20
	maxDownload = 20 << 20
	maxFromURL  = 20 << 20 // and 5 MB for photos
	maxPhotoURL = 5 << 20
	maxAspect   = 20
	maxSides    = 10_000 // width and height of a photo together, in pixels
)

// pathTime is how long a path that getFile gave is good for.
const pathTime = time.Hour

// storedFile is a file on Telegram's servers. A file of a client's may be only a size: a phone's video of 45 MB costs no memory.
type storedFile struct {
	bot  *Bot
	kind string
	file File
	data []byte

	path  string       // of the download
	until atomic.Int64 // in ns: for how long getFile has opened it; 0: it never has
}

// files are all files of a server by their ids.
type files struct {
	mu   sync.RWMutex
	byID map[string]*storedFile
	last atomic.Int64
}

func (f *files) get(id string) *storedFile {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.byID[strings.TrimSuffix(id, "-s")]
}

// keep stores a file and gives it its ids.
func (f *files) keep(s *storedFile) {
	n := f.last.Add(1)
	s.file.FileID = fmt.Sprintf("AgACAgIAAxkBAAI%s%08x_%x", s.kind[:2], n, s.bot.me.ID)
	s.file.FileUniqueID = fmt.Sprintf("AQAD%s%08x", s.kind[:2], n)
	s.path = s.kind + "s/file_" + strconv.FormatInt(n, 10) + path.Ext(s.file.FileName)
	f.mu.Lock()
	f.byID[s.file.FileID] = s
	f.mu.Unlock()
}

// source is where the file of a call comes from: one of its fields is set.
type source struct {
	upload *Upload
	url    string
	id     string
}

// source reads a file parameter: attach://part, a URL or a file_id; false where there is no such part or no text.
func (r *request) source(text string) (source, bool) {
	part, attached := strings.CutPrefix(text, "attach://")
	switch {
	case text == "":
		return source{}, false
	case attached:
		return r.uploaded(part)
	case strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://"):
		return source{url: text}, true
	}
	return source{id: text}, true
}

func (r *request) uploaded(part string) (source, bool) {
	upload, ok := r.files[part]
	return source{upload: &upload}, ok
}

// store makes a file of a kind out of its source, or refuses it.
func (r *request) store(from source, kind string) (*storedFile, *refusal) {
	switch {
	case from.id != "":
		return r.known(from.id, kind)
	case from.url != "":
		return r.fetch(from.url, kind)
	}
	if len(from.upload.Data) > maxUpload {
		return nil, entityTooLarge()
	}
	return r.make(*from.upload, kind)
}

// make stores new contents.
func (r *request) make(upload Upload, kind string) (*storedFile, *refusal) {
	size := len(upload.Data)
	if size == 0 {
		return nil, badRequest("file must be non-empty")
	}
	s := &storedFile{bot: r.bot, kind: kind, data: upload.Data, file: File{FileSize: int64(size)}}
	s.file.FileName = upload.Name
	s.file.MimeType, _, _ = strings.Cut(orDefault(mime.TypeByExtension(path.Ext(upload.Name)), "application/octet-stream"), ";")
	switch kind {
	case "photo":
		if size > maxPhoto {
			return nil, badRequest(fmt.Sprintf("file of size %d bytes is too big for a photo; the maximum size is %d bytes", size, maxPhoto))
		}
		width, height, refused := photoSides(upload.Data)
		if refused != nil {
			return nil, refused
		}
		s.file.Width, s.file.Height = width, height
		s.file.FileName, s.file.MimeType = "", "" // a photo has none
	case "video", "animation":
		s.file.Width, s.file.Height = r.number("width", 320, 0, 10_000), r.number("height", 240, 0, 10_000)
		s.file.Duration = r.number("duration", 1, 0, 1<<30)
	case "audio":
		s.file.Title, s.file.Performer = r.text("title"), r.text("performer")
		s.file.Duration = r.number("duration", 1, 0, 1<<30)
	case "voice":
		s.file.FileName = ""
		s.file.Duration = r.number("duration", 1, 0, 1<<30)
	}
	r.bot.server.files.keep(s)
	return s, nil
}

// photoSides are a picture's width and height in pixels. What is no picture, or one of an odd shape, is refused.
func photoSides(data []byte) (width, height int, refused *refusal) {
	if len(data) > 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP" {
		return 512, 512, nil // no decoder for it here
	}
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return 0, 0, badRequest("IMAGE_PROCESS_FAILED")
	}
	width, height = config.Width, config.Height
	if width+height > maxSides || max(width, height) > maxAspect*min(width, height) {
		return 0, 0, badRequest("PHOTO_INVALID_DIMENSIONS")
	}
	return width, height, nil
}

// known is a file sent again by its id, which is good for one bot and one kind only.
func (r *request) known(id, kind string) (*storedFile, *refusal) {
	s := r.bot.server.files.get(id)
	switch {
	case s == nil:
		return nil, badRequest("wrong remote file identifier specified: can't unserialize it. Wrong last symbol")
	case s.bot != r.bot:
		return nil, badRequest("wrong file identifier/HTTP URL specified")
	case s.kind != kind && kind != "document" && !(s.kind == "document" && kind == "animation"):
		return nil, badRequest(fmt.Sprintf("can't use file of type %s as %s", title(s.kind), title(kind)))
	}
	return s, nil
}

func title(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

// fetch takes a file from the web as Config.Web has it.
func (r *request) fetch(from, kind string) (*storedFile, *refusal) {
	if _, err := checkURL(from); err != nil {
		return nil, badRequest("wrong HTTP URL specified")
	}
	data, ok := r.bot.server.config.Web[from]
	if !ok || len(data) > maxFromURL || kind == "photo" && len(data) > maxPhotoURL {
		return nil, badRequest("failed to get HTTP URL content")
	}
	if kind == "photo" {
		if _, _, refused := photoSides(data); refused != nil {
			return nil, badRequest("wrong type of the web page content")
		}
	}
	return r.make(Upload{Name: path.Base(from), Data: data}, kind)
}

// reason is a description without its prefix, in the form that albums wrap.
func (r *refusal) reason() string {
	text := strings.TrimPrefix(r.Description, "Bad Request: ")
	return strings.ToUpper(text[:1]) + text[1:]
}

// getFile prepares a download, up to 20 MB, for an hour.
func getFile(r *request) ([]byte, *refusal) {
	id := r.text("file_id")
	if id == "" {
		return nil, badRequest("file_id not specified")
	}
	s := r.bot.server.files.get(id)
	switch {
	case s == nil:
		return nil, badRequest("invalid file_id")
	case s.bot != r.bot:
		return nil, badRequest("wrong file_id or the file is temporarily unavailable")
	case s.file.FileSize > maxDownload:
		return nil, badRequest("file is too big")
	}
	s.until.Store(r.bot.server.Now().Add(pathTime).UnixNano())
	return success(struct {
		FileID   string `json:"file_id"`
		UniqueID string `json:"file_unique_id"`
		Size     int64  `json:"file_size"`
		Path     string `json:"file_path"`
	}{id, s.file.FileUniqueID, s.file.FileSize, s.path}), nil
}

// download serves /file/bot<token>/<path>.
func (s *Server) download(w http.ResponseWriter, r *http.Request, token, file string) {
	bot, refused := s.authorize(token)
	if refused != nil {
		refuse(w, refused)
		return
	}
	call := &Call{Method: "download", Bot: bot, At: s.Now(), params: params{values: []param{{name: "file_path", value: file}}}}
	bot.calls.add(call, s.config.Keep)
	if fault := s.faults.match(call); fault != nil {
		s.wait(r, fault.Delay)
		if fault.Drop != DropNever {
			panic(http.ErrAbortHandler)
		}
		if refused := fault.refusal(); refused != nil {
			bot.calls.answered(call, refused.Code, refused.Description)
			refuse(w, refused)
			return
		}
	}
	found := s.files.at(bot, file)
	if found == nil || found.file.FileSize > maxDownload || s.Now().UnixNano() >= found.until.Load() {
		bot.calls.answered(call, http.StatusNotFound, "Not Found")
		refuse(w, &refusal{Code: http.StatusNotFound, Description: "Not Found"})
		return
	}
	bot.calls.answered(call, http.StatusOK, "")
	w.Header().Set("Content-Type", "application/octet-stream")
	http.ServeContent(w, r, "", time.Time{}, found.reader())
}

func (f *files) at(bot *Bot, path string) *storedFile {
	f.mu.RLock()
	defer f.mu.RUnlock()
	for _, s := range f.byID {
		if s.path == path && s.bot == bot {
			return s
		}
	}
	return nil
}

// reader reads the contents; of a file that is only a size, zeros.
func (s *storedFile) reader() io.ReadSeeker {
	if s.data != nil {
		return bytes.NewReader(s.data)
	}
	return io.NewSectionReader(zeros{}, 0, s.file.FileSize)
}

type zeros struct{}

func (zeros) ReadAt(p []byte, _ int64) (int, error) {
	clear(p)
	return len(p), nil
}

// FileData are the contents of a file that the bot sent or a client did; nil for an unknown id.
func (b *Bot) FileData(id string) []byte {
	s := b.server.files.get(id)
	if s == nil || s.bot != b {
		return nil
	}
	if s.data == nil {
		return make([]byte, s.file.FileSize)
	}
	return s.data
}

// PNG is a picture of that many pixels, for tests that need one that Telegram takes.
func PNG(width, height int) []byte {
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		panic(err) // only for sides below 1
	}
	return out.Bytes()
}
