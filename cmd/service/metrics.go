package service

import (
	"net/http"
	"runtime"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/krokbot/krok/connector/telegram"
	"github.com/krokbot/krok/flow/texts"
)

// Metric is one family of metrics. No label ever holds a token, a phone number or a chat.
type Metric struct {
	Name   string
	Kind   string // counter, gauge, histogram
	Labels []string
}

// Help says what a metric tells.
func (m Metric) Help(lang string) string {
	return texts.Get(lang, "service.metric_"+strings.TrimPrefix(m.Name, "krok_"), nil)
}

// The families of metrics.
var (
	buildInfo       = Metric{"krok_build_info", "gauge", []string{"version", "go_version"}}
	isReady         = Metric{"krok_ready", "gauge", nil}
	redisUp         = Metric{"krok_redis_up", "gauge", nil}
	odooUp          = Metric{"krok_odoo_up", "gauge", nil}
	botConnected    = Metric{"krok_bot_connected", "gauge", []string{"bot"}}
	botSteps        = Metric{"krok_bot_steps", "gauge", []string{"bot"}}
	botProblems     = Metric{"krok_bot_problems", "gauge", []string{"bot", "level"}}
	queueLength     = Metric{"krok_queue_length", "gauge", []string{"bot", "queue"}}
	queueAge        = Metric{"krok_queue_age_seconds", "gauge", []string{"bot", "queue"}}
	journalWaiting  = Metric{"krok_journal_waiting", "gauge", []string{"bot"}}
	journalAge      = Metric{"krok_journal_age_seconds", "gauge", []string{"bot"}}
	journalLines    = Metric{"krok_journal_lines_total", "counter", []string{"bot", "result"}}
	turns           = Metric{"krok_turns_total", "counter", []string{"bot", "result"}}
	messages        = Metric{"krok_messages_total", "counter", []string{"bot", "result"}}
	stages          = Metric{"krok_stage_seconds", "histogram", []string{"bot", "stage"}}
	leasesLost      = Metric{"krok_leases_lost_total", "counter", []string{"bot", "queue"}}
	odooEvents      = Metric{"krok_odoo_events_total", "counter", []string{"bot", "result"}}
	odooCalls       = Metric{"krok_odoo_calls_total", "counter", []string{"procedure", "result"}}
	odooSeconds     = Metric{"krok_odoo_call_seconds", "histogram", []string{"procedure"}}
	telegramCalls   = Metric{"krok_telegram_calls_total", "counter", []string{"bot", "method", "result"}}
	telegramSeconds = Metric{"krok_telegram_call_seconds", "histogram", []string{"method"}}
	webhookRequests = Metric{"krok_webhook_requests_total", "counter", []string{"bot", "code"}}
)

// AllMetrics lists all families, in the order in which they are explained. Those of Go and of the process itself (go_…, process_…) come
// on top.
func AllMetrics() []Metric {
	return []Metric{
		buildInfo, isReady, redisUp, odooUp, botConnected, botSteps, botProblems, queueLength, queueAge, turns, messages, stages, leasesLost,
		journalWaiting, journalAge, journalLines, odooEvents, odooCalls, odooSeconds, telegramCalls, telegramSeconds, webhookRequests,
	}
}

// Metrics counts what happens, for Prometheus. A nil *Metrics counts nothing.
type Metrics struct {
	registry *prometheus.Registry

	turns, messages, leasesLost, journalLines, odooEvents, odooCalls, telegramCalls, webhookRequests *prometheus.CounterVec
	stages, odooSeconds, telegramSeconds                                                             *prometheus.HistogramVec
}

// buckets reach from a turn that needs nothing from Odoo to one that waits for an Odoo that hangs.
var buckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}

// NewMetrics makes metrics with a registry of their own. Version is that of krok.
func NewMetrics(version string) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	counter := func(of Metric) *prometheus.CounterVec {
		made := prometheus.NewCounterVec(prometheus.CounterOpts{Name: of.Name, Help: of.Help(texts.Default)}, of.Labels)
		m.registry.MustRegister(made)
		return made
	}
	histogram := func(of Metric) *prometheus.HistogramVec {
		made := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: of.Name, Help: of.Help(texts.Default), Buckets: buckets}, of.Labels)
		m.registry.MustRegister(made)
		return made
	}
	m.turns, m.messages, m.leasesLost, m.journalLines = counter(turns), counter(messages), counter(leasesLost), counter(journalLines)
	m.odooEvents = counter(odooEvents)
	m.odooCalls, m.telegramCalls, m.webhookRequests = counter(odooCalls), counter(telegramCalls), counter(webhookRequests)
	m.stages, m.odooSeconds, m.telegramSeconds = histogram(stages), histogram(odooSeconds), histogram(telegramSeconds)
	info := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: buildInfo.Name, Help: buildInfo.Help(texts.Default)}, buildInfo.Labels)
	info.WithLabelValues(version, runtime.Version()).Set(1)
	m.registry.MustRegister(info, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// scrapeTime bounds how long one look at the metrics takes.
const scrapeTime = 5 * time.Second

func (m *Metrics) handler() http.Handler {
	if m == nil {
		return http.NotFoundHandler()
	}
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 2, Timeout: scrapeTime})
}

func (m *Metrics) register(collector prometheus.Collector) {
	if m != nil {
		m.registry.MustRegister(collector)
	}
}

// The stages of an answer.
const (
	stageInbox  = "inbox"  // an event waits in the inbox
	stageTurn   = "turn"   // its turn, with what it asks Odoo
	stageOdoo   = "odoo"   // one call of a turn to Odoo
	stageKeep   = "keep"   // what came of it is stored
	stageOutbox = "outbox" // a message waits in the outbox
	stageSend   = "send"   // it is sent
)

func (m *Metrics) stage(bot, stage string, took time.Duration) {
	if m != nil {
		m.stages.WithLabelValues(bot, stage).Observe(took.Seconds())
	}
}

func (m *Metrics) turn(bot, result string) {
	if m != nil {
		m.turns.WithLabelValues(bot, result).Inc()
	}
}

func (m *Metrics) message(bot, result string) {
	if m != nil {
		m.messages.WithLabelValues(bot, result).Inc()
	}
}

func (m *Metrics) lost(bot, queue string) {
	if m != nil {
		m.leasesLost.WithLabelValues(bot, queue).Inc()
	}
}

func (m *Metrics) journaled(bot, result string, lines int) {
	if m != nil {
		m.journalLines.WithLabelValues(bot, result).Add(float64(lines))
	}
}

// happened counts the chats that events in Odoo were brought to, and those whom they concern without a chat.
func (m *Metrics) happened(bot string, brought, unreachable int) {
	if m != nil {
		m.odooEvents.WithLabelValues(bot, "brought").Add(float64(brought))
		m.odooEvents.WithLabelValues(bot, "unreachable").Add(float64(unreachable))
	}
}

func (m *Metrics) odoo(procedure, result string, took time.Duration) {
	if m != nil {
		m.odooCalls.WithLabelValues(procedure, result).Inc()
		m.odooSeconds.WithLabelValues(procedure).Observe(took.Seconds())
	}
}

// telegram gives what a connector tells its calls to.
func (m *Metrics) telegram(bot string) func(telegram.Call) {
	if m == nil {
		return nil
	}
	return func(call telegram.Call) {
		m.telegramCalls.WithLabelValues(bot, call.Method, call.Result).Inc()
		if call.Method != "getUpdates" { // it waits on purpose
			m.telegramSeconds.WithLabelValues(call.Method).Observe(call.Took.Seconds())
		}
	}
}

func (m *Metrics) webhook(bot string, code string) {
	if m != nil {
		m.webhookRequests.WithLabelValues(bot, code).Inc()
	}
}

// forget drops what was counted of a bot that is not active any more.
func (m *Metrics) forget(bot string) {
	if m == nil {
		return
	}
	of := prometheus.Labels{"bot": bot}
	for _, counted := range []*prometheus.CounterVec{m.turns, m.messages, m.leasesLost, m.journalLines, m.odooEvents, m.telegramCalls, m.webhookRequests} {
		counted.DeletePartialMatch(of)
	}
	m.stages.DeletePartialMatch(of)
}
