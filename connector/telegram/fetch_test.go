package telegram_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegram"
	"github.com/krokbot/krok/connector/telegramtest"
	"github.com/krokbot/krok/flow"
)

// never is the key of an error that says that a file can never be had; "" for one that may pass.
func never(err error) string {
	if gone := (*flow.FileError)(nil); errors.As(err, &gone) {
		return gone.Key
	}
	return ""
}

// small is a picture with something behind it, so that no two are the same.
func small(mark string) []byte { return append(telegramtest.PNG(64, 48), mark...) }

func TestAClientsFileIsFetched(t *testing.T) {
	t.Parallel()
	b := setup(t, tables())
	for _, a := range []telegramtest.Attachment{
		{Kind: "photo", Data: small("photo")}, {Kind: "document", Name: "price.pdf", Data: []byte("%PDF")}, {Kind: "voice", Data: []byte("OggS")},
		{Kind: "document", Name: "zeros.bin", Size: 1 << 20},
	} {
		file, _ := b.ann.SendFile(a).Media()
		contents, err := b.connector.File(t.Context(), "shop", flow.File{ID: file.FileID, Size: 20 << 20})
		require.NoError(t, err, a.Kind)
		require.True(t, bytes.Equal(b.bot.FileData(file.FileID), contents), a.Kind)
	}
}

func TestAPictureGetsToOdoo(t *testing.T) {
	t.Parallel()
	b := setup(t, pictures())
	b.ann.Send("/start")
	b.ann.Next(t)
	photo := small("of Ann")
	b.ann.SendFile(telegramtest.Attachment{Kind: "photo", Data: photo})
	require.Equal(t, "Дякую!", b.ann.Next(t).Text)
	require.Equal(t, base64.StdEncoding.EncodeToString(photo), b.odoo.updates()[0].Args["value"])
}

func TestAFileThatIsTooBigIsToldAndTheNextOneTaken(t *testing.T) {
	t.Parallel()
	b := setup(t, pictures())
	b.ann.Send("/start")
	b.ann.Next(t)
	b.ann.SendFile(telegramtest.Attachment{Kind: "document", Name: "huge.png", Size: 20<<20 + 1})
	require.Contains(t, b.ann.Next(t).Text, "20 МБ")
	b.ann.SendFile(telegramtest.Attachment{Kind: "document", Name: "me.png", Data: small("")})
	b.ann.Until(t, func(m telegramtest.Message) bool { return m.Text == "Дякую!" })
	require.Empty(t, b.bot.Calls("getFile")[1:], "the size was known before")
}

func TestWhatTelegramWillNeverGiveIsToldFromWhatMayPass(t *testing.T) {
	t.Parallel()
	b := setup(t, tables())
	other := b.api.NewBot("other_bot").Chat(telegramtest.User{}).SendDocument("a.txt", []byte("a"), "").Document.FileID
	big := b.ann.SendFile(telegramtest.Attachment{Kind: "video", Size: 45 << 20}).Video.FileID
	fine := b.ann.SendDocument("a.txt", []byte("a"), "").Document.FileID
	for id, key := range map[string]string{big: "client.file_too_big", other: "client.file_gone", "made-up": "client.file_gone", "": "client.file_gone"} {
		_, err := b.connector.File(t.Context(), "shop", flow.File{ID: id})
		require.Equal(t, key, never(err), "%s: %v", id, err)
	}
	for name, c := range map[string]struct {
		fault telegramtest.Fault
		key   string
	}{
		"telegram asks to wait": {telegramtest.Fault{Method: "getFile", RetryAfter: 7}, ""},
		"telegram is broken":    {telegramtest.Fault{Method: "getFile", Status: 500}, ""},
		"the answer is lost":    {telegramtest.Fault{Method: "getFile", Drop: telegramtest.DropAfter}, ""},
		"a proxy's page":        {telegramtest.Fault{Method: "getFile", Status: 502, Body: "<html>"}, ""},
		"the token is revoked":  {telegramtest.Fault{Method: "getFile", Status: 401}, ""},
		"the file server fails": {telegramtest.Fault{Method: "download", Status: 500}, ""},
		"the download breaks":   {telegramtest.Fault{Method: "download", Drop: telegramtest.DropBefore}, ""},
		"the path is not there": {telegramtest.Fault{Method: "download", Status: 404}, "client.file_gone"},
	} {
		broken := b.bot.Fail(c.fault)
		_, err := b.connector.File(t.Context(), "shop", flow.File{ID: fine})
		require.Error(t, err, name)
		require.Equal(t, c.key, never(err), "%s: %v", name, err)
		require.NotContains(t, err.Error(), b.bot.Token(), name)
		broken.Stop()
	}
	waits := b.bot.Fail(telegramtest.Fault{Method: "getFile", RetryAfter: 7})
	_, err := b.connector.File(t.Context(), "shop", flow.File{ID: fine})
	var unavailable *flow.Unavailable
	require.ErrorAs(t, err, &unavailable)
	require.Equal(t, 7*time.Second, unavailable.After)
	waits.Stop()
	_, err = b.connector.File(t.Context(), "shop", flow.File{ID: fine})
	require.NoError(t, err)
}

func TestADownloadThatIsCutOffNamesNoToken(t *testing.T) {
	t.Parallel()
	b := setup(t, tables())
	id := b.ann.SendDocument("a.txt", []byte("a"), "").Document.FileID
	slow := b.bot.Fail(telegramtest.Fault{Method: "download", Delay: time.Minute})
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err := b.connector.File(ctx, "shop", flow.File{ID: id})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Empty(t, never(err))
	require.NotContains(t, err.Error(), b.bot.Token())
	slow.Stop()

	b.connector.Stop()
	_, err = b.connector.File(t.Context(), "shop", flow.File{ID: id})
	require.NoError(t, err, "a turn under way gets its file while the process stops")
	b.connector.Cut()
	_, err = b.connector.File(t.Context(), "shop", flow.File{ID: id})
	require.Error(t, err)
	require.Empty(t, never(err))
	require.NotContains(t, err.Error(), b.bot.Token())
}

func TestDownloadsAreCounted(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	counted := map[string]int{}
	b := setup(t, tables(), func(c *telegram.Config) {
		c.OnCall = func(call telegram.Call) {
			mu.Lock()
			defer mu.Unlock()
			counted[call.Method+" "+call.Result]++
		}
	})
	id := b.ann.SendDocument("a.txt", []byte("a"), "").Document.FileID
	for _, status := range []int{0, http.StatusNotFound, http.StatusBadGateway} {
		fault := b.bot.Fail(telegramtest.Fault{Method: "download", Status: status})
		_, _ = b.connector.File(t.Context(), "shop", flow.File{ID: id}) // what it gives is another test
		fault.Stop()
	}
	mu.Lock()
	defer mu.Unlock()
	require.Equal(t, 3, counted["getFile ok"])
	require.Equal(t, []int{1, 1, 1}, []int{counted["download ok"], counted["download refused"], counted["download fault"]})
}
