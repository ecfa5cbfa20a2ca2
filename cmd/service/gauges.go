package service

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
)

// gauges are the metrics that are looked up when somebody asks for them.
type gauges struct {
	web   *Web
	descs map[string]*prometheus.Desc
}

var _ prometheus.Collector = (*gauges)(nil)

// looked are the metrics that gauges gives.
var looked = []Metric{isReady, redisUp, odooUp, botConnected, botSteps, botProblems, queueLength, queueAge, journalWaiting, journalAge}

func newGauges(web *Web) *gauges {
	g := &gauges{web: web, descs: map[string]*prometheus.Desc{}}
	for _, one := range looked {
		g.descs[one.Name] = prometheus.NewDesc(one.Name, one.Help(texts.Default), one.Labels, nil)
	}
	return g
}

// Describe names the metrics.
func (g *gauges) Describe(to chan<- *prometheus.Desc) {
	for _, desc := range g.descs {
		to <- desc
	}
}

// Collect looks everything up.
func (g *gauges) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime/2)
	defer cancel()
	give := func(of Metric, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(g.descs[of.Name], prometheus.GaugeValue, value, labels...)
	}
	report := g.web.report(ctx)
	give(isReady, truth(report.Ready))
	for _, part := range report.Components {
		switch part.Name {
		case "redis":
			give(redisUp, truth(part.State == stateOK))
		case "odoo":
			give(odooUp, truth(part.State == stateOK))
		}
	}
	service := g.web.service.Load()
	if service == nil {
		return
	}
	for _, bot := range service.figures() {
		give(botConnected, truth(bot.connected), bot.code)
		give(botSteps, float64(bot.steps), bot.code)
		give(botProblems, float64(bot.errors), bot.code, string(flow.LevelError))
		give(botProblems, float64(bot.warnings), bot.code, string(flow.LevelWarning))
		queues, err := service.config.Store.Queues(ctx, bot.code)
		if err != nil {
			continue // redis_up says so
		}
		give(queueLength, float64(queues.Inbox), bot.code, "inbox")
		give(queueLength, float64(queues.Outbox), bot.code, "outbox")
		give(queueLength, float64(queues.Broadcast), bot.code, "broadcast")
		give(queueLength, float64(queues.Dead), bot.code, "dead")
		give(queueAge, queues.InboxAge.Seconds(), bot.code, "inbox")
		give(queueAge, queues.OutboxAge.Seconds(), bot.code, "outbox")
		give(journalWaiting, float64(queues.Journal), bot.code)
		give(journalAge, queues.JournalAge.Seconds(), bot.code)
	}
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// figures are what metrics tell of a bot.
type figures struct {
	code             string
	connected        bool
	steps            int
	errors, warnings int
}

func (s *Service) figures() []figures {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]figures, 0, len(s.bots))
	for _, code := range s.codes() {
		all = append(all, s.bots[code].figures())
	}
	return all
}

func (b *bot) figures() figures {
	of := figures{code: b.code, connected: b.condition().state == stateOK}
	if serving := b.serving.Load(); serving != nil {
		of.steps = len(serving.Steps)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, found := range [][]flow.Problem{b.problems, b.seen} {
		for _, problem := range found {
			if problem.Level == flow.LevelError {
				of.errors++
			} else {
				of.warnings++
			}
		}
	}
	return of
}
