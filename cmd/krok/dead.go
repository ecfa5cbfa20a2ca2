package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/krokbot/krok/cmd/service"
	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/store"
	"github.com/krokbot/krok/flow/texts"
)

// deadCommand shows what failed for good and was set aside, and has it tried again or forgotten.
func (a *app) deadCommand() *cobra.Command {
	command := &cobra.Command{Use: "dead", Short: a.say("cmd.dead", nil), Long: a.say("cmd.dead_long", nil), Args: cobra.NoArgs}
	command.AddCommand(a.deadList(), a.deadChange("retry", (*store.Store).RetryDead), a.deadChange("drop", (*store.Store).DropDead))
	return command
}

func (a *app) deadList() *cobra.Command {
	var code string
	asJSON := false
	command := &cobra.Command{
		Use: "list", Short: a.say("cmd.dead_list", nil), Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return misused{texts.NewError("cmd.arguments", texts.Args{"usage": "krok dead list"}, nil)}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withDead(cmd, code, func(_ *store.Store, dead []setAside) error { return a.showDead(dead, asJSON) })
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, a.say("cmd.flag_json", nil))
	return botFlag(a, command, &code)
}

// deadChange is one of the two things that can be done with what was set aside.
func (a *app) deadChange(name string, do func(*store.Store, context.Context, string, string) error) *cobra.Command {
	var code string
	all := false
	command := &cobra.Command{
		Use: name + " ID...", Short: a.say("cmd.dead_"+name, nil),
		Args: func(_ *cobra.Command, args []string) error {
			if all == (len(args) > 0) {
				return misused{texts.NewError("cmd.dead_arguments", texts.Args{"usage": "krok dead " + name}, nil)}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, ids []string) error {
			return a.withDead(cmd, code, func(kept *store.Store, dead []setAside) error {
				chosen, err := choose(dead, ids, all)
				if err != nil {
					return err
				}
				for _, one := range chosen {
					if err := do(kept, cmd.Context(), one.Bot, one.ID); err != nil {
						return err
					}
				}
				fmt.Fprintln(a.Out, a.say("cmd.dead_"+name+"_done", texts.Args{"n": len(chosen)}))
				return nil
			})
		},
	}
	command.Flags().BoolVar(&all, "all", false, a.say("cmd.flag_dead_all", nil))
	return botFlag(a, command, &code)
}

// setAside is what failed for good, as a script reads it.
type setAside struct {
	ID     string    `json:"id"`
	Bot    string    `json:"bot"`
	Queue  string    `json:"queue"`
	Chat   string    `json:"chat"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
	Entry  string    `json:"entry"`
}

// choose finds what is meant by ids, all of it or none. Bots count on their own, so an id may need the bot.
func choose(dead []setAside, ids []string, all bool) ([]setAside, error) {
	if all {
		return dead, nil
	}
	var chosen []setAside
	for _, id := range ids {
		var found []setAside
		for _, one := range dead {
			if one.ID == id {
				found = append(found, one)
			}
		}
		switch len(found) {
		case 0:
			return nil, texts.NewError("cmd.no_dead", texts.Args{"id": id}, nil)
		case 1:
			chosen = append(chosen, found[0])
		default:
			codes := make([]string, len(found))
			for i, one := range found {
				codes[i] = one.Bot
			}
			return nil, texts.NewError("cmd.which_bot", texts.Args{"codes": strings.Join(codes, ", ")}, nil)
		}
	}
	return chosen, nil
}

// withDead opens the Redis of the settings and reads what is set aside of a bot, or of all.
func (a *app) withDead(cmd *cobra.Command, code string, do func(*store.Store, []setAside) error) error {
	ctx := cmd.Context()
	settings, err := a.settings(cmd)
	if err != nil {
		return err
	}
	if settings.RedisURL == "" {
		return texts.NewError("cmd.dead_needs_redis", nil, nil)
	}
	if err := settings.NeedOdoo(); err != nil {
		return err
	}
	odoo := service.NewOdoo(odooConfig(settings))
	defer odoo.Close()
	kept, err := a.openStore(ctx, settings, odoo)
	if err != nil {
		return err
	}
	defer kept.Close()
	codes, err := botsOf(ctx, kept, code)
	if err != nil {
		return err
	}
	var all []setAside
	for _, bot := range codes {
		dead, err := kept.Dead(ctx, bot)
		if err != nil {
			return err
		}
		for _, one := range dead {
			all = append(all, setAside{ID: one.ID, Bot: bot, Queue: one.Queue, Chat: string(one.Chat), At: one.At, Reason: one.Reason, Entry: string(one.Entry)})
		}
	}
	return do(kept, all)
}

// botsOf lists the bots that have ever served, or the one that is asked for.
func botsOf(ctx context.Context, kept *store.Store, code string) ([]string, error) {
	if code != "" {
		return []string{code}, nil
	}
	goods, err := kept.LoadGood(ctx)
	if err != nil {
		return nil, err
	}
	codes := make([]string, 0, len(goods))
	for bot := range goods {
		codes = append(codes, bot)
	}
	slices.Sort(codes)
	return codes, nil
}

func (a *app) showDead(dead []setAside, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(a.Out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(append([]setAside{}, dead...))
	}
	for _, one := range dead {
		fmt.Fprintf(a.Out, "%s  %s  %s  %s  %s\n    %s\n", one.ID, one.At.Local().Format(time.DateTime), one.Bot, one.Chat, summary(one.Entry), one.Reason)
	}
	fmt.Fprintln(a.Out, a.say("cmd.dead_sum", texts.Args{"n": len(dead)}))
	return nil
}

// summary says in a few words what an entry was.
func summary(entry string) string {
	var event flow.Event
	var message flow.Outgoing
	var line flow.Line
	switch {
	case json.Unmarshal([]byte(entry), &event) == nil && event.Message != nil:
		return string(event.Kind) + " " + short(event.Message.Text)
	case event.Kind != "":
		return string(event.Kind)
	case json.Unmarshal([]byte(entry), &message) == nil && message.Key != "":
		return "out " + short(message.Text.Text)
	case json.Unmarshal([]byte(entry), &line) == nil && line.Key != "":
		return "journal " + short(line.Text)
	}
	return short(entry)
}

// short is the beginning of a text, on one line.
func short(text string) string {
	letters := []rune(strings.Join(strings.Fields(text), " "))
	if len(letters) <= 40 {
		return fmt.Sprintf("%q", string(letters))
	}
	return fmt.Sprintf("%q…", string(letters[:40]))
}
