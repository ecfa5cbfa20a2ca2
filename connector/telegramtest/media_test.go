package telegramtest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegramtest"
)

// message decodes the message that a call made.
func message(t *testing.T, r reply) telegramtest.Message {
	t.Helper()
	require.True(t, r.OK, r.Description)
	return decodeAs[telegramtest.Message](t, r)
}

func TestEveryKindOfFileIsUploaded(t *testing.T) {
	t.Parallel()
	g := setup(t)
	for kind, f := range map[string]file{
		"photo": {"a.png", telegramtest.PNG(200, 100)}, "video": {"a.mp4", []byte("v")}, "animation": {"a.gif", []byte("a")},
		"audio": {"a.mp3", []byte("s")}, "voice": {"a.ogg", []byte("o")}, "document": {"price.pdf", []byte("%PDF")},
	} {
		method := "send" + strings.ToUpper(kind[:1]) + kind[1:]
		direct := message(t, g.upload(t, method, args{"chat_id": g.ann.ID(), "caption": "<b>c</b>", "parse_mode": "HTML"}, map[string]file{kind: f}))
		attached := message(t, g.upload(t, method, args{"chat_id": g.ann.ID(), kind: "attach://part"}, map[string]file{"part": f}))
		for _, m := range []telegramtest.Message{direct, attached, g.ann.Next(t), g.ann.Next(t)} {
			medium, is := m.Media()
			require.Equal(t, kind, is)
			require.EqualValues(t, len(f.data), medium.FileSize)
			require.Equal(t, f.data, g.bot.FileData(medium.FileID))
		}
		require.Equal(t, "c", direct.Caption)
		require.Equal(t, []string{"c"}, direct.Marked("bold"))

		medium, _ := direct.Media()
		again := ok[telegramtest.Message](t, g, method, args{"chat_id": g.ann.ID(), kind: medium.FileID})
		same, _ := again.Media()
		require.Equal(t, medium.FileID, same.FileID, "a file is sent again by its id")
		g.ann.Next(t)
		g.refused(t, 400, "Bad Request: there is no "+kind+" in the request", method, args{"chat_id": g.ann.ID()})
		g.refused(t, 400, "Bad Request: there is no "+kind+" in the request", method, args{"chat_id": g.ann.ID(), kind: "attach://nothing"})
	}
	photo := g.ann.Messages()[0]
	if len(photo.Photo) > 0 {
		require.Equal(t, 200, photo.Photo[1].Width)
	}
}

func TestCaptionTooLongIsRefused(t *testing.T) {
	t.Parallel()
	g := setup(t)
	pdf := map[string]file{"document": {"a.pdf", []byte("%PDF")}}
	r := g.upload(t, "sendDocument", args{"chat_id": g.ann.ID(), "caption": strings.Repeat("ї", 1025)}, pdf)
	require.Equal(t, "Bad Request: message caption is too long", r.Description)
	m := message(t, g.upload(t, "sendDocument", args{"chat_id": g.ann.ID(), "caption": strings.Repeat("😀", 512)}, pdf))
	require.Equal(t, strings.Repeat("😀", 512), m.Caption)
}

// gif is the head of a picture of that many pixels, which is all that is looked at.
func gif(width, height int) []byte {
	return []byte{'G', 'I', 'F', '8', '9', 'a', byte(width), byte(width >> 8), byte(height), byte(height >> 8), 0, 0, 0}
}

func TestUploadsThatAreNoPictureOrEmptyAreRefused(t *testing.T) {
	t.Parallel()
	g := setup(t)
	for name, c := range map[string]struct {
		kind string
		data []byte
		want string
	}{
		"photo no picture": {"photo", []byte("<html>"), "Bad Request: IMAGE_PROCESS_FAILED"},
		"photo too long":   {"photo", gif(2100, 100), "Bad Request: PHOTO_INVALID_DIMENSIONS"},
		"photo too large":  {"photo", gif(9000, 1001), "Bad Request: PHOTO_INVALID_DIMENSIONS"},
		"empty file":       {"document", nil, "Bad Request: file must be non-empty"},
	} {
		t.Run(name, func(t *testing.T) {
			method := map[string]string{"photo": "sendPhoto", "document": "sendDocument"}[c.kind]
			r := g.upload(t, method, args{"chat_id": g.ann.ID()}, map[string]file{c.kind: {"a.bin", c.data}})
			require.Equal(t, c.want, r.Description)
		})
	}
	require.Empty(t, g.ann.Messages())
}

func TestFileIDIsGoodForOneBotAndOneKind(t *testing.T) {
	t.Parallel()
	g := setup(t)
	photo := g.ann.SendPhoto("")
	id := photo.Photo[1].FileID
	g.refused(t, 400, "Bad Request: can't use file of type Photo as Video", "sendVideo", args{"chat_id": g.ann.ID(), "video": id})
	g.refused(t, 400, "Bad Request: wrong remote file identifier specified: can't unserialize it. Wrong last symbol",
		"sendPhoto", args{"chat_id": g.ann.ID(), "photo": "made-up"})
	g.refused(t, 400, "Bad Request: invalid file_id", "getFile", args{"file_id": "made-up"})
	g.refused(t, 400, "Bad Request: file_id not specified", "getFile", nil)

	other := *g
	other.bot = g.server.NewBot("other_bot")
	ann := other.bot.Chat(g.ann.User())
	other.refused(t, 400, "Bad Request: wrong file identifier/HTTP URL specified", "sendPhoto", args{"chat_id": ann.ID(), "photo": id})
	other.refused(t, 400, "Bad Request: wrong file_id or the file is temporarily unavailable", "getFile", args{"file_id": id})
	require.Nil(t, other.bot.FileData(id))
}

func TestURLsAreFetchedFromTheWebOnly(t *testing.T) {
	t.Parallel()
	g := setup(t, telegramtest.Config{Web: map[string][]byte{
		"https://shop.example/a.png": telegramtest.PNG(10, 10), "https://shop.example/": []byte("<html>"),
	}})
	for source, want := range map[string]string{
		"http://10.0.0.5:8069/web/image/7": "failed to get HTTP URL content",
		"http://localhost:8069/a.png":      "wrong HTTP URL specified",
		"https://shop.example/":            "wrong type of the web page content",
	} {
		g.refused(t, 400, "Bad Request: "+want, "sendPhoto", args{"chat_id": g.ann.ID(), "photo": source})
	}
	m := ok[telegramtest.Message](t, g, "sendPhoto", args{"chat_id": g.ann.ID(), "photo": "https://shop.example/a.png"})
	require.Equal(t, 10, m.Photo[1].Width)
}

func TestDownloadEndsAtTwentyMegabytes(t *testing.T) {
	t.Parallel()
	g := setup(t)
	video := g.ann.SendFile(telegramtest.Attachment{Kind: "video", Name: "clip.mp4", Size: 45 << 20, Caption: "look"})
	g.refused(t, 400, "Bad Request: file is too big", "getFile", args{"file_id": video.Video.FileID})
	just := g.ann.SendFile(telegramtest.Attachment{Kind: "document", Name: "just.bin", Size: 20 << 20})
	ok[args](t, g, "getFile", args{"file_id": just.Document.FileID})

	for _, m := range []telegramtest.Message{
		g.ann.SendDocument("list.csv", []byte("a;b"), ""),
		g.ann.SendFile(telegramtest.Attachment{Kind: "document", Name: "zeros.bin", Size: 100_000}),
	} {
		f := ok[map[string]any](t, g, "getFile", args{"file_id": m.Document.FileID})
		answer, err := http.Get(g.server.URL() + "/file/bot" + g.bot.Token() + "/" + f["file_path"].(string))
		require.NoError(t, err)
		data, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, g.bot.FileData(m.Document.FileID), data)
		require.EqualValues(t, m.Document.FileSize, len(data))
	}
	answer, err := http.Get(g.server.URL() + "/file/bot" + g.bot.Token() + "/documents/none")
	require.NoError(t, err)
	require.Equal(t, "Not Found", decode(t, answer).Description)
	require.Len(t, g.bot.Calls("download"), 3)
}

func TestAPathIsGoodForAnHourAfterGetFile(t *testing.T) {
	t.Parallel()
	g := setup(t)
	photo := g.ann.SendFile(telegramtest.Attachment{Kind: "photo", Data: telegramtest.PNG(9, 9)})
	file := args{"file_id": photo.Photo[1].FileID}
	path := ok[map[string]any](t, g, "getFile", file)["file_path"].(string)
	status := func() int {
		answer, err := http.Get(g.server.URL() + "/file/bot" + g.bot.Token() + "/" + path)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		return answer.StatusCode
	}
	require.Equal(t, 200, status())
	g.server.Advance(59 * time.Minute)
	require.Equal(t, 200, status())
	g.server.Advance(time.Minute)
	require.Equal(t, 404, status())
	ok[args](t, g, "getFile", file)
	require.Equal(t, 200, status())
}

func TestAlbumsAreTwoToTenOfAKind(t *testing.T) {
	t.Parallel()
	g := setup(t)
	photo := args{"type": "photo", "media": "attach://p"}
	document := args{"type": "document", "media": "attach://d"}
	audio := args{"type": "audio", "media": "attach://d"}
	files := map[string]file{"p": {"p.png", telegramtest.PNG(10, 10)}, "d": {"d.pdf", []byte("x")}, "bad": {"x.png", []byte("x")}}
	for name, c := range map[string]struct {
		media any
		want  string
	}{
		"none":              {[]args{}, "there are no messages to send"},
		"eleven":            {[]args{photo, photo, photo, photo, photo, photo, photo, photo, photo, photo, photo}, "too many messages to send as an album"},
		"photo, document":   {[]args{photo, document}, "document can't be mixed with other media types"},
		"audio, photo":      {[]args{audio, photo}, "audio can't be mixed with other media types"},
		"animation":         {[]args{photo, {"type": "animation", "media": "attach://d"}}, `can't parse InputMedia: type "animation" can't be used in sendMediaGroup`},
		"voice":             {[]args{photo, {"type": "voice", "media": "attach://d"}}, `can't parse InputMedia: type "voice" is unsupported`},
		"missing part":      {[]args{photo, {"type": "photo", "media": "attach://none"}}, "can't parse InputMedia: media not found"},
		"no media":          {"", `parameter "media" is required`},
		"not an array":      {args{}, "can't parse media JSON object"},
		"long caption":      {[]args{photo, {"type": "photo", "media": "attach://p", "caption": strings.Repeat("x", 1025)}}, "message caption is too long"},
		"no picture":        {[]args{photo, {"type": "photo", "media": "attach://bad"}}, `failed to send message #2 with the error message "IMAGE_PROCESS_FAILED"`},
		"private URL":       {[]args{{"type": "photo", "media": "http://10.0.0.5/x"}, photo}, `failed to send message #1 with the error message "Failed to get HTTP URL content"`},
		"someone's file id": {[]args{{"type": "photo", "media": "xyz"}, photo}, `failed to send message #1 with the error message "Wrong remote file identifier specified: can't unserialize it. Wrong last symbol"`},
	} {
		t.Run(name, func(t *testing.T) {
			r := g.upload(t, "sendMediaGroup", args{"chat_id": g.ann.ID(), "media": c.media}, files)
			require.Equal(t, "Bad Request: "+c.want, r.Description)
		})
	}
	require.Empty(t, g.ann.Messages(), "an album with one bad item is not sent at all")

	r := g.upload(t, "sendMediaGroup", args{"chat_id": g.ann.ID(), "media": []args{
		{"type": "photo", "media": "attach://p", "caption": "<i>two</i>", "parse_mode": "HTML"}, {"type": "video", "media": "attach://d"},
	}, "reply_markup": inline([]args{{"text": "x", "callback_data": "x"}})}, files)
	require.True(t, r.OK, r.Description)
	album := decodeAs[[]telegramtest.Message](t, r)
	require.Len(t, album, 2)
	require.NotEmpty(t, album[0].MediaGroupID)
	require.Equal(t, album[0].MediaGroupID, album[1].MediaGroupID)
	require.Equal(t, []string{"two"}, album[0].Marked("italic"))
	require.Nil(t, album[0].ReplyMarkup, "an album has no buttons")
	seen, err := g.ann.Wait(2)
	require.NoError(t, err)
	require.NotNil(t, seen[1].Video)

	r = g.upload(t, "sendMediaGroup", args{"chat_id": g.ann.ID(), "media": []args{photo}}, files)
	require.Empty(t, decodeAs[[]telegramtest.Message](t, r)[0].MediaGroupID, "one alone is an ordinary message")
}

func TestClientsAlbumComesAsSeparateUpdates(t *testing.T) {
	t.Parallel()
	g := setup(t)
	png := telegramtest.PNG(10, 10)
	g.ann.SendAlbum(
		telegramtest.Attachment{Kind: "photo", Data: png, Caption: "three"},
		telegramtest.Attachment{Kind: "photo", Data: png}, telegramtest.Attachment{Kind: "video", Size: 1000})
	updates := g.fetch(t, nil)
	require.Len(t, updates, 3)
	require.Equal(t, "three", updates[0].Message.Caption)
	require.NotEmpty(t, updates[0].Message.MediaGroupID)
	require.Equal(t, updates[0].Message.MediaGroupID, updates[2].Message.MediaGroupID)
}
