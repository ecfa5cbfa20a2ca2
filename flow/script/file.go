package script

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"mime"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/krokbot/krok/flow"
)

// MadeUp are the files of clients that are made up: it gives each of them small contents, a picture where it is one. One of more than
// 20 MB cannot be had, as in Telegram.
type MadeUp struct{}

var _ flow.Files = MadeUp{}

// maxFile is the largest file that a bot can have from Telegram, in bytes.
const maxFile = 20 << 20

// madeUpMark stands at the end of made-up contents, before the file's name. Who reads a picture does not mind it.
const madeUpMark = "\nmade up: "

// File gives the contents.
func (MadeUp) File(_ context.Context, _ string, file flow.File) ([]byte, error) {
	if file.Size > maxFile {
		return nil, &flow.FileError{Key: "client.file_too_big", Err: fmt.Errorf("%s has %d bytes", file.ID, file.Size)}
	}
	var contents bytes.Buffer
	picture := image.NewGray(image.Rect(0, 0, 16, 16))
	var err error
	switch {
	case file.MIME == "image/png":
		err = png.Encode(&contents, picture)
	case strings.HasPrefix(file.MIME, "image/"):
		err = jpeg.Encode(&contents, picture, nil)
	}
	contents.WriteString(madeUpMark + file.ID)
	return contents.Bytes(), err
}

// madeUpName finds the name of a made-up file in its contents, in base64.
func madeUpName(text string) (name string, ok bool) {
	contents, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return "", false
	}
	_, name, ok = strings.Cut(string(contents), madeUpMark)
	return name, ok
}

var sizeBehind = regexp.MustCompile(`^(.*?),? ?\b(\d{1,6}) ?(kB|MB)$`)

// nameAndSize takes "a.jpg, 25 MB" apart. Where no size is given it is 0.
func nameAndSize(text string) (name string, size int64) {
	parts := sizeBehind.FindStringSubmatch(text)
	if parts == nil {
		return text, 0
	}
	size, _ = strconv.ParseInt(parts[2], 10, 64) // a few digits
	return parts[1], size * map[string]int64{"kB": 1 << 10, "MB": 1 << 20}[parts[3]]
}

// mimes are the types of files whose names do not tell them; a message that is none of these is no file.
var mimes = map[string]string{"photo": "image/jpeg", "document": "application/octet-stream", "video": "video/mp4", "audio": "audio/mpeg",
	"voice": "audio/ogg", "sticker": "image/webp", "animation": "video/mp4", "video_note": "video/mp4"}

// fileOf is the file that a client sends; nil for what is none. Its name is also its id.
func fileOf(action Action) *flow.File {
	kind, isFile := mimes[action.Content]
	if !isFile {
		return nil
	}
	file := &flow.File{ID: firstOf(action.File, action.Content), Size: action.Size}
	switch action.Content {
	case "document", "video", "audio", "animation":
		file.Name = action.File // of the others no messenger tells the name
	}
	byName, _, _ := strings.Cut(mime.TypeByExtension(path.Ext(action.File)), ";")
	file.MIME = firstOf(byName, kind)
	return file
}

// fileGate stands before the files and lets the scene take them away.
type fileGate struct {
	flow.Files

	mu    sync.Mutex
	state string
}

// fileStates are what the files can be in a transcript.
var fileStates = []string{"up", "down", "gone"}

func (g *fileGate) set(state string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.state = state
}

// File fetches a file from behind the gate.
func (g *fileGate) File(ctx context.Context, bot string, file flow.File) ([]byte, error) {
	g.mu.Lock()
	state := g.state
	g.mu.Unlock()
	err := errors.New("the transcript took it away")
	switch state {
	case "down":
		return nil, err
	case "gone":
		return nil, &flow.FileError{Key: "client.file_gone", Err: err}
	}
	return g.Files.File(ctx, bot, file)
}
