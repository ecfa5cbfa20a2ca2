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

// edit puts other buttons under an earlier message. An edit that comes too late is as good as done.
func (s *sender) edit(ctx context.Context, chat telego.ChatID, message flow.Outgoing) error {
	edit := &telego.EditMessageReplyMarkupParams{ChatID: chat, MessageID: int(message.Edit)}
	if len(message.Inline) > 0 {
		edit.ReplyMarkup = &telego.InlineKeyboardMarkup{InlineKeyboard: inlineRows(message.Inline)}
	}
	_, err := s.api.EditMessageReplyMarkup(ctx, edit)
	if refused := (*telegoapi.Error)(nil); errors.As(err, &refused) &&
		slices.ContainsFunc(pastEdits, func(words string) bool { return strings.Contains(refused.Description, words) }) {
		s.log.Debug("an edit was not needed any more", "message", message.Key, "err", err)
		return nil
	}
	return err
}
