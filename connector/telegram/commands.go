package telegram

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/mymmrac/telego"

	"github.com/krokbot/krok/flow"
)

// Telegram's limits for a command menu: commands, and letters of a description.
const (
	maxCommands    = 100
	maxDescription = 256
)

// SetCommands brings a bot's commands into Telegram's menu, in every language that they are described in. The menu of those whose
// language is not among them is in the bot's own. What is already there is not sent again.
func (c *Connector) SetCommands(ctx context.Context, bot *flow.Bot) error {
	menus := commandMenus(bot)
	now, err := json.Marshal(menus)
	if err != nil {
		return err
	}
	c.mu.Lock()
	same := c.commands == string(now)
	c.mu.Unlock()
	if same {
		return nil
	}
	for lang, commands := range menus {
		if err := c.setMenu(ctx, lang, commands); err != nil {
			return fmt.Errorf("setting the command menu (%s): %w", lang, err)
		}
	}
	c.mu.Lock()
	c.commands = string(now)
	c.mu.Unlock()
	return nil
}

func (c *Connector) setMenu(ctx context.Context, lang string, commands []telego.BotCommand) error {
	if len(commands) == 0 {
		return c.api.DeleteMyCommands(ctx, &telego.DeleteMyCommandsParams{LanguageCode: lang})
	}
	return c.api.SetMyCommands(ctx, &telego.SetMyCommandsParams{Commands: commands, LanguageCode: lang})
}

// commandMenus makes a menu for each language, as two-letter code; "" is for all others.
func commandMenus(bot *flow.Bot) map[string][]telego.BotCommand {
	langs := map[string]string{"": bot.Lang}
	for _, command := range bot.Commands {
		for lang := range command.Description {
			if short, _, _ := strings.Cut(lang, "_"); len(short) == 2 {
				langs[short] = lang
			}
		}
	}
	menus := map[string][]telego.BotCommand{}
	for short, lang := range langs {
		menus[short] = []telego.BotCommand{}
		for _, command := range bot.Commands[:min(len(bot.Commands), maxCommands)] {
			description := []rune(command.Description.In(lang, bot.Lang))
			menus[short] = append(menus[short], telego.BotCommand{
				Command: command.Name, Description: string(description[:min(len(description), maxDescription)]),
			})
		}
	}
	return menus
}
