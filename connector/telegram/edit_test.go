package telegram_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/connector/telegramtest"
)

// listed begins a conversation that shows a list, and gives the message with it.
func listed(t *testing.T, b *bundle) telegramtest.Message {
	t.Helper()
	b.ann.Send("/start")
	return b.ann.Until(t, func(m telegramtest.Message) bool { return m.ReplyMarkup != nil })
}

// edited waits until a button stands under a message that was there before.
func edited(t *testing.T, b *bundle, label string) telegramtest.Message {
	t.Helper()
	for {
		change := b.ann.NextChange(t)
		if _, found := change.Message.Button(label); found && change.Kind == telegramtest.Edited {
			return change.Message
		}
	}
}

func TestAListIsTurnedOverInTheMessageWhoseButtonIsPressed(t *testing.T) {
	t.Parallel()
	b := setup(t, countries())
	first := listed(t, b)
	b.ann.Send("/start")
	second := b.ann.Until(t, func(m telegramtest.Message) bool { return m.ReplyMarkup != nil })
	require.NoError(t, b.ann.PressOn(second, "2 »"))
	page := edited(t, b, "Країна 15")
	require.Equal(t, second.ID, page.ID)
	require.Equal(t, second.Text, page.Text)
	other, _ := b.ann.Message(first.ID)
	require.Equal(t, first.Buttons(), other.Buttons())

	require.NoError(t, b.ann.PressOn(page, "Країна 14"))
	require.Equal(t, "Дякую!", b.ann.Next(t).Text)
	require.EqualValues(t, 14, b.odoo.updates()[0].Args["value"])
	for _, call := range b.bot.Calls("answerCallbackQuery") {
		require.Equal(t, http.StatusOK, call.Status)
	}
}

func TestAnEditThatNobodyNeedsAnyMoreIsNoTrouble(t *testing.T) {
	t.Parallel()
	for _, words := range []string{
		"Bad Request: message is not modified: specified new message content and reply markup are exactly the same", "Bad Request: message to edit not found",
		"Bad Request: message can't be edited", "Bad Request: MESSAGE_ID_INVALID",
	} {
		b := setup(t, countries())
		list := listed(t, b)
		b.bot.Fail(telegramtest.Fault{Method: "editMessageReplyMarkup", Status: http.StatusBadRequest, Description: words, Times: 1})
		require.NoError(t, b.ann.PressOn(list, "2 »"))
		require.Eventually(t, func() bool { return len(b.bot.Calls("editMessageReplyMarkup")) == 1 }, 5*time.Second, 5*time.Millisecond)
		require.NoError(t, b.ann.PressOn(list, "Країна 3"))
		require.Equal(t, "Дякую!", b.ann.Next(t).Text)
		require.Len(t, b.bot.Calls("editMessageReplyMarkup"), 1, "it is not tried again")
		b.connector.Stop()
		require.NotContains(t, b.log.String(), "level=WARN")
		require.NotContains(t, b.log.String(), "level=ERROR")
	}
}

func TestAPressThatChangesNothingIsNoTrouble(t *testing.T) {
	t.Parallel()
	b := setup(t, countries())
	list := listed(t, b)
	next, _ := list.Button("2 »")
	for range 2 {
		b.ann.PressData(list.ID, next.CallbackData)
	}
	edited(t, b, "Країна 15")
	require.Eventually(t, func() bool { return len(b.bot.Calls("editMessageReplyMarkup")) == 2 }, 5*time.Second, 5*time.Millisecond)
	require.NoError(t, b.ann.Press("Країна 15"))
	require.Equal(t, "Дякую!", b.ann.Next(t).Text)
	require.Contains(t, b.bot.Calls("editMessageReplyMarkup")[1].Description, "message is not modified")
}

func TestAnEditKeepsItsPlaceInTheConversationAndWaitsAsTelegramAsks(t *testing.T) {
	t.Parallel()
	b := setup(t, countries())
	list := listed(t, b)
	b.bot.Fail(telegramtest.Fault{Method: "editMessageReplyMarkup", Status: http.StatusTooManyRequests, RetryAfter: 1, Times: 1})
	require.NoError(t, b.ann.PressOn(list, "2 »"))
	require.Eventually(t, func() bool { return len(b.bot.Calls("editMessageReplyMarkup")) == 1 }, 5*time.Second, 5*time.Millisecond)
	b.ann.Send("/start")
	require.Equal(t, telegramtest.Edited, b.ann.NextChange(t).Kind, "before the message behind it")
	require.Equal(t, telegramtest.Sent, b.ann.NextChange(t).Kind)
	calls := b.bot.Calls("editMessageReplyMarkup")
	require.Len(t, calls, 2)
	require.GreaterOrEqual(t, calls[1].At.Sub(calls[0].At), time.Second)
}
