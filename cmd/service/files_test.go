package service_test

import (
	"encoding/base64"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/cmd/service"
	"github.com/krokbot/krok/connector/telegramtest"
	"github.com/krokbot/krok/flow"
)

// askedForAPhoto brings a client to the step that waits for a photo.
func (w *world) askedForAPhoto(t *testing.T) {
	t.Helper()
	w.ann.Send("/photo")
	w.ann.Until(t, func(m telegramtest.Message) bool { return m.Text == "Ваше фото?" })
}

func thanks(m telegramtest.Message) bool { return m.Text == "Дякую!" }

// pictures are the contents of the pictures that Odoo was given, in base64.
func (o *office) pictures() []any {
	o.mu.Lock()
	defer o.mu.Unlock()
	var all []any
	for _, commit := range o.commits {
		for _, operation := range commit.Operations {
			if operation.Kind == flow.UpdateContact {
				all = append(all, operation.Args["value"])
			}
		}
	}
	return all
}

func TestAClientsPhotoGetsToOdoo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.serve(t)
	w.askedForAPhoto(t)
	photo := telegramtest.PNG(40, 30)
	w.ann.SendFile(telegramtest.Attachment{Kind: "photo", Data: photo})
	w.ann.Until(t, thanks)
	require.Equal(t, []any{base64.StdEncoding.EncodeToString(photo)}, w.office.pictures())
	_, page := p.get(t, "/metrics")
	for _, method := range []string{"getFile", "download"} { // the record of the conversation may have fetched it too by now
		require.Contains(t, []float64{1, 2}, sample(t, page, `krok_telegram_calls_total{bot="shop",method="`+method+`",result="ok"}`))
	}
}

func TestAPhotoThatTelegramCannotGiveNowIsTakenLaterAndNeverNamesTheToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.serve(t)
	w.askedForAPhoto(t)
	broken := w.bot.Fail(telegramtest.Fault{Method: "download", Status: http.StatusBadGateway})
	dropped := w.bot.Fail(telegramtest.Fault{Method: "getFile", Drop: telegramtest.DropBefore, Times: 1})
	w.ann.SendPhoto("")
	w.ann.Until(t, func(m telegramtest.Message) bool { return m.Text != "Ваше фото?" }) // the client is told to wait
	require.Eventually(t, func() bool { return broken.Hits() > 0 && dropped.Hits() > 0 }, 20*time.Second, 5*time.Millisecond)
	require.Empty(t, w.office.pictures())
	broken.Stop()
	w.ann.Until(t, thanks)
	require.Len(t, w.office.pictures(), 1)
	require.NotContains(t, p.log.String(), w.bot.Token())
	require.NotContains(t, p.log.String(), "/file/bot")
}

func TestAStopWaitsForThePhotoUnderWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.serve(t)
	w.askedForAPhoto(t)
	slow := w.bot.Fail(telegramtest.Fault{Method: "download", Delay: time.Second})
	w.ann.SendPhoto("")
	require.Eventually(t, func() bool { return slow.Hits() == 1 }, 20*time.Second, 5*time.Millisecond)
	ended(t, stopping(p))
	require.Len(t, w.office.pictures(), 1)
	w.serve(t)
	w.ann.Until(t, thanks)
	require.Len(t, w.office.pictures(), 1, "the turn was kept, nobody carries it out again")
}

func TestADownloadThatHangsDoesNotHoldTheStop(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.serve(t, func(c *service.Config, _ *service.WebConfig) { c.StopWithin = 300 * time.Millisecond })
	w.askedForAPhoto(t)
	hang := w.bot.Fail(telegramtest.Fault{Method: "download", Delay: time.Minute, Drop: telegramtest.DropBefore})
	w.ann.SendPhoto("")
	require.Eventually(t, func() bool { return hang.Hits() == 1 }, 20*time.Second, 5*time.Millisecond)
	hang.Stop()
	ended(t, stopping(p))
	require.NotContains(t, p.log.String(), "level=ERROR")
	w.serve(t)
	w.ann.Until(t, thanks)
	require.Len(t, w.office.pictures(), 1)
}
