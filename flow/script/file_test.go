package script

import (
	"bytes"
	"encoding/base64"
	"errors"
	"image"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
)

func sent(t *testing.T, line string) *flow.File {
	t.Helper()
	action, err := ReadAction(line)
	require.NoError(t, err)
	event, ok, err := (&Phone{}).Event(action)
	require.NoError(t, err)
	require.True(t, ok)
	return event.Message.File
}

func TestFilesOfTheClientHaveNameKindAndSize(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]*flow.File{
		"(photo a.jpg) дивіться":    {ID: "a.jpg", MIME: "image/jpeg"},
		"(photo)":                   {ID: "photo", MIME: "image/jpeg"},
		"(photo лід 5.png)":         {ID: "лід 5.png", MIME: "image/png"},
		"(document a.pdf)":          {ID: "a.pdf", Name: "a.pdf", MIME: "application/pdf"},
		"(document a.pdf, 25 MB)":   {ID: "a.pdf", Name: "a.pdf", MIME: "application/pdf", Size: 25 << 20},
		"(document a b.x-y 300 kB)": {ID: "a b.x-y", Name: "a b.x-y", MIME: "application/octet-stream", Size: 300 << 10},
		"(voice)":                   {ID: "voice", MIME: "audio/ogg"},
		"(video 45 MB)":             {ID: "video", MIME: "video/mp4", Size: 45 << 20},
		"(sticker)":                 {ID: "sticker", MIME: "image/webp"},
		"(poll)":                    nil,
		"(contact)":                 nil,
	} {
		require.Equal(t, want, sent(t, line), line)
	}
}

func TestMadeUpFilesHaveSmallContents(t *testing.T) {
	t.Parallel()
	for line, format := range map[string]string{"(photo a.jpg)": "jpeg", "(document b.png)": "png", "(document c.pdf)": ""} {
		file := sent(t, line)
		contents, err := MadeUp{}.File(t.Context(), "shop", *file)
		require.NoError(t, err)
		require.Less(t, len(contents), 2000)
		_, got, _ := image.Decode(bytes.NewReader(contents))
		require.Equal(t, format, got, line)
		name, ok := madeUpName(base64.StdEncoding.EncodeToString(contents))
		require.True(t, ok)
		require.Equal(t, file.ID, name)
	}
	_, err := MadeUp{}.File(t.Context(), "shop", *sent(t, "(photo a.jpg, 20 MB)"))
	require.NoError(t, err)
	_, err = MadeUp{}.File(t.Context(), "shop", *sent(t, "(photo a.jpg, 21 MB)"))
	var gone *flow.FileError
	require.True(t, errors.As(err, &gone))
	require.Equal(t, "client.file_too_big", gone.Key)
}

func TestATranscriptTakesFilesAway(t *testing.T) {
	t.Parallel()
	gate := &fileGate{Files: MadeUp{}}
	fetch := func() error {
		_, err := gate.File(t.Context(), "shop", flow.File{ID: "a.jpg"})
		return err
	}
	require.NoError(t, fetch())
	gate.set("down")
	var gone *flow.FileError
	require.Error(t, fetch())
	require.False(t, errors.As(fetch(), &gone), "it may pass")
	gate.set("gone")
	require.True(t, errors.As(fetch(), &gone))
	require.Equal(t, "client.file_gone", gone.Key)
	gate.set("up")
	require.NoError(t, fetch())
}
