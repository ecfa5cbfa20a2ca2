package telegram

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/mymmrac/telego"
	"github.com/mymmrac/telego/telegoapi"

	"github.com/krokbot/krok/flow"
)

// pastEdits are the words with which Telegram refuses an edit that nobody needs any more: the buttons are as they should be, or the
// client has deleted the message, or it is so old that it cannot be changed.
var pastEdits = []string{"message is not modified", "message to edit not found", "message can't be edited", "MESSAGE_ID_INVALID"}

// edit puts other buttons under an earlier message, and another text in its place where there is one. An edit that comes too late is as
// good as done.
func (s *sender) edit(ctx context.Context, chat telego.ChatID, message flow.Outgoing) error {
	var keys *telego.InlineKeyboardMarkup
	if len(message.Inline) > 0 {
		keys = &telego.InlineKeyboardMarkup{InlineKeyboard: inlineRows(message.Inline)}
	}
	var err error
	if message.Text.Empty() {
		_, err = s.api.EditMessageReplyMarkup(ctx, &telego.EditMessageReplyMarkupParams{ChatID: chat, MessageID: int(message.Edit), ReplyMarkup: keys})
	} else {
		_, err = s.api.EditMessageText(ctx, &telego.EditMessageTextParams{ChatID: chat, MessageID: int(message.Edit), Text: message.Text.Text,
			Entities: entities(message.Text), LinkPreviewOptions: preview(message), ReplyMarkup: keys})
	}
	if refused := (*telegoapi.Error)(nil); errors.As(err, &refused) &&
		slices.ContainsFunc(pastEdits, func(words string) bool { return strings.Contains(refused.Description, words) }) {
		s.log.Debug("an edit was not needed any more", "message", message.Key, "err", err)
		return nil
	}
	return err
}
