package main

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/krokbot/krok/cmd/service"
	"github.com/krokbot/krok/config"
	"github.com/krokbot/krok/connector/telegram"
	"github.com/krokbot/krok/flow/store"
	"github.com/krokbot/krok/flow/texts"
	"github.com/krokbot/krok/odoo/module"
)

// serveCommand runs the bots until it is told to stop.
func (a *app) serveCommand() *cobra.Command {
	return a.command("serve", func(cmd *cobra.Command, _ []string) error { return a.serve(cmd) })
}

func (a *app) serve(cmd *cobra.Command) error {
	ctx := cmd.Context()
	settings, err := a.settings(cmd)
	if err != nil {
		return err
	}
	if err := settings.NeedOdoo(); err != nil {
		return err
	}
	collectLessOften()
	metrics := (*service.Metrics)(nil)
	if settings.Listen != "" {
		metrics = service.NewMetrics(module.Version)
	}
	web := service.NewWeb(service.WebConfig{Listen: settings.Listen, PublicURL: settings.PublicURL, Lang: a.lang, Metrics: metrics})
	if err := web.Start(ctx); err != nil {
		return err
	}
	defer web.Stop()
	odoo := service.NewOdoo(odooConfig(settings))
	defer odoo.Close()
	kept, err := a.patiently(ctx, web, func() (*store.Store, error) { return a.openStore(ctx, settings, odoo) })
	if err != nil {
		return nil //nolint:nilerr // it was told to stop before there was anything to serve
	}
	defer kept.Close()
	running := service.New(service.Config{
		Odoo: odoo, Store: kept, Recorder: odoo, Token: settings.Token, TelegramAPI: settings.TelegramAPI, PublicURL: settings.PublicURL,
		Limits:  telegram.Limits{PerSecond: settings.TelegramPerSecond, ChatPerSecond: settings.TelegramChatPerSecond},
		Metrics: metrics, Every: max(settings.OdooPace, time.Second),
	})
	running.Start(ctx)
	web.Serve(running)
	<-ctx.Done()
	slog.Info("stopping: turns and messages under way are finished")
	web.Stopping()
	running.Stop()
	return nil
}

// collectLessOften lets the heap grow to four times what lives before it is swept, instead of twice: what lives is a dozen megabytes, and
// a busy process would spend a sixth of its time on sweeping and on making the stacks that it shrinks anew. GOGC in the environment wins.
func collectLessOften() {
	const usual, ours = 100, 300
	if set := debug.SetGCPercent(ours); set != usual {
		debug.SetGCPercent(set)
	}
}

// patiently tries to open the store until it works: a Redis or an Odoo that is not there yet will come. Its error is that of ctx.
func (a *app) patiently(ctx context.Context, web *service.Web, open func() (*store.Store, error)) (*store.Store, error) {
	for wait := time.Second; ; wait = min(2*wait, 30*time.Second) {
		kept, err := open()
		if err == nil {
			return kept, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		web.Waiting(err)
		fmt.Fprintln(a.Err, "krok: "+texts.Explain(a.lang, err))
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait):
		}
	}
}

// openStore opens Redis, or a store in memory where there is no address. Which database's conversations it holds is asked of Odoo,
// and remembered for a start while Odoo is down.
func (a *app) openStore(ctx context.Context, settings config.Config, odoo *service.Odoo) (*store.Store, error) {
	address := settings.OdooURL + "/" + settings.OdooDB
	notebook, err := store.Open(ctx, settings.RedisURL, "databases")
	if err != nil {
		return nil, err
	}
	defer notebook.Close()
	database, err := odoo.Database(ctx)
	if err == nil {
		err = notebook.Remember(ctx, address, database)
	} else if known, recalled := notebook.Recall(ctx, address); recalled == nil && known != "" {
		slog.Error(a.say("cmd.odoo_down", nil), "err", texts.Explain(texts.Default, err))
		database, err = known, nil
	}
	if err != nil {
		return nil, err
	}
	kept, err := store.Open(ctx, settings.RedisURL, database)
	if err != nil {
		return nil, err
	}
	for _, note := range kept.Notes() {
		slog.Warn(note.In(a.lang))
	}
	return kept, nil
}
