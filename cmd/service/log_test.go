package service_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegramtest"
)

// What krok itself logs has neither secrets nor numbers in it, however much is logged and whatever goes wrong. (What others say in their
// errors is cleaned by the log of the process.)
func TestNoSecretAndNoPhoneNumberIsInAnyLogLine(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.office.phone = "+380671112233"
	p := w.serve(t, behindWebhook)
	w.bot.Fail(telegramtest.Fault{Method: "sendMessage", Status: http.StatusBadGateway, Body: "<html>", Times: 1})
	w.bot.Fail(telegramtest.Fault{Method: "sendMessage", Drop: telegramtest.DropBefore, Times: 1})
	w.talk(t)
	w.ann.SendContact(telegramtest.Contact{PhoneNumber: "+380671112233", FirstName: "Чужий"})
	w.ann.Post(telegramtest.Message{Text: "+380671112233", ForwardOrigin: &telegramtest.ForwardOrigin{Type: "a_kind_of_the_future"}})
	require.Eventually(t, func() bool { return strings.Contains(p.log.String(), "an update of a kind that is not known") }, 20*time.Second, 5*time.Millisecond)
	w.office.set(func(o *office) { o.down = errors.New("nobody answers the door") })
	other := w.bot.Chat(telegramtest.User{FirstName: "Вигадана", LanguageCode: "uk"})
	other.ShareContact("+380671112233")
	other.Next(t)
	w.bot.Revoke()
	p.post(t, "/telegram/shop", w.bot.Token(), "{}")
	p.stop()
	log := p.log.String()
	require.Greater(t, strings.Count(log, "\n"), 5, log)
	_, key, _ := strings.Cut(w.bot.Token(), ":")
	for _, secret := range []string{w.bot.Token(), key, "380501234567", "380671112233", "0671112233", "Ганна"} {
		require.NotContains(t, log, secret)
	}
}
