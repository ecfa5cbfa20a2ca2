package telegramtest

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Press presses what carries the label: the newest inline button, else the key of the keyboard under the input field. A key that
// asks for the contact shares the client's own. It is an error when no such button is to be seen, or when pressing it would not
// reach the bot (links, copying).
func (c *Chat) Press(label string) error {
	for _, m := range c.newestFirst() {
		if button, ok := m.Button(label); ok {
			return c.pressButton(m, button)
		}
	}
	keyboard := c.Keyboard()
	if keyboard != nil {
		for _, row := range keyboard.Rows {
			for _, key := range row {
				if key.Text == label {
					return c.pressKey(keyboard, key)
				}
			}
		}
	}
	return fmt.Errorf("no button %q to be seen; there are: %s", label, c.visible())
}

// PressOn presses a button under a certain message, maybe an old one as the client still has it on their screen.
func (c *Chat) PressOn(m Message, label string) error {
	button, ok := m.Button(label)
	if !ok {
		return fmt.Errorf("no button %q under message %d; there are: %s", label, m.ID, labelsOf(m.Buttons()))
	}
	return c.pressButton(m, button)
}

// PressData sends a press with any data under any message, as a forged client can.
func (c *Chat) PressData(messageID int64, data string) {
	query := map[string]any{"from": c.user, "chat_instance": c.room.name(), "data": data}
	query["message"] = map[string]any{"chat": &c.room.info, "message_id": messageID, "date": 0} // one that the bot cannot see
	if m := c.room.message(messageID); m != nil {
		query["message"] = m
	}
	id, press := c.room.bot.presses.add(c.now())
	query["id"] = id
	c.press.Store(press)
	c.update("callback_query", query)
}

func (c *Chat) pressButton(m Message, button InlineButton) error {
	if button.CallbackData == "" {
		return fmt.Errorf("the button %q under message %d sends nothing to the bot", button.Text, m.ID)
	}
	c.PressData(m.ID, button.CallbackData)
	return nil
}

func (c *Chat) pressKey(keyboard *Keyboard, key KeyButton) error {
	if keyboard.OneTime {
		c.room.mu.Lock()
		if c.room.keyboard == keyboard {
			c.room.keyboard = nil
		}
		c.room.mu.Unlock()
	}
	switch {
	case key.RequestContact:
		c.ShareContact("")
	case key.RequestLocation:
		c.SendLocation(50.4501, 30.5234)
	default:
		c.Send(key.Text)
	}
	return nil
}

// Answered is how the bot answered the last press; false while it has not.
func (c *Chat) Answered() (Answer, bool) {
	press := c.press.Load()
	if press == nil {
		return Answer{}, false
	}
	select {
	case <-press.answered:
		return press.answer, true
	default:
		return Answer{}, false
	}
}

// Answer waits for the bot's answer to the last press.
func (c *Chat) Answer(t testing.TB) Answer {
	t.Helper()
	press := c.press.Load()
	if press == nil {
		t.Fatal("telegramtest: nothing was pressed")
	}
	select {
	case <-press.answered:
		return press.answer
	case <-time.After(c.room.bot.server.config.Patience):
		t.Fatal("telegramtest: the press was not answered")
	}
	return Answer{}
}

func (c *Chat) newestFirst() []Message {
	all := c.Messages()
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	return all
}

// visible lists all labels that could be pressed.
func (c *Chat) visible() string {
	var labels []string
	for _, m := range c.newestFirst() {
		if m.ReplyMarkup != nil {
			labels = append(labels, labelsOf(m.Buttons()))
		}
	}
	if keyboard := c.Keyboard(); keyboard != nil {
		labels = append(labels, "[keyboard] "+labelsOf(keyboard.Labels()))
	}
	return strings.Join(labels, " | ")
}
