package telegramtest

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// These are here and not on the wire because the race detector makes fifty megabytes on the wire last for half a minute.

func TestUploadsEndAtFiftyMegabytesAndPhotosAtTen(t *testing.T) {
	t.Parallel()
	r := &request{bot: New(t).NewBot("shop_bot")}
	store := func(kind string, data []byte) *refusal {
		_, refused := r.store(source{upload: &Upload{Name: "a.png", Data: data}}, kind)
		return refused
	}
	fifty := make([]byte, maxUpload+1)
	require.Equal(t, "Request Entity Too Large", store("document", fifty).Description)
	require.Nil(t, store("document", fifty[:maxUpload]))

	copy(fifty, PNG(10, 10))
	require.Nil(t, store("photo", fifty[:10<<20]))
	require.Equal(t, "Bad Request: file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes",
		store("photo", fifty[:10<<20+1]).Description)
}

func TestRequestTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	_, refused := readParams(&http.Request{
		URL: &url.URL{}, ContentLength: maxBody + 1, Body: io.NopCloser(strings.NewReader("the rest is on its way")),
	})
	require.Equal(t, 413, refused.Code)
}

func TestBatchIsCutAtFourMegabytes(t *testing.T) {
	t.Parallel()
	bot := New(t).NewBot("shop_bot")
	megabyte := []byte(`"` + strings.Repeat("x", 1<<20) + `"`)
	for range 5 {
		bot.updates.add("message", "", bot.server.Now(), megabyte)
	}
	require.Equal(t, 3, strings.Count(string(bot.updates.batch(100)), `"update_id"`))
}
