package service_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/cmd/service"
	"github.com/krokbot/krok/connector/telegram"
	"github.com/krokbot/krok/connector/telegramtest"
	"github.com/krokbot/krok/flow/texts"
	"github.com/krokbot/krok/odoo/watch"
)

// families are the names of the metrics that are krok's own, with their kinds, as a page of /metrics has them.
func families(page string) map[string]string {
	found := map[string]string{}
	for _, match := range regexp.MustCompile(`(?m)^# TYPE (krok_\w+) (\w+)$`).FindAllStringSubmatch(page, -1) {
		found[match[1]] = match[2]
	}
	return found
}

// sample finds the value of a metric with its labels as the page writes them; -1: it is not there.
func sample(t *testing.T, page, name string) float64 {
	t.Helper()
	for line := range strings.Lines(page) {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), name+" "); ok {
			value, err := strconv.ParseFloat(text, 64)
			require.NoError(t, err)
			return value
		}
	}
	return -1
}

// talk has one client go through the bot, with numbers and addresses that must not be seen.
func (w *world) talk(t *testing.T) {
	t.Helper()
	w.ann.Send("/start")
	w.greeted(t)
	require.Contains(t, w.ann.Next(t).Text, "Пошта?")
	w.ann.ShareContact("+380501234567")
	w.ann.Send("+380671112233")
	w.ann.Send("0671112233")
	w.ann.Until(t, func(m telegramtest.Message) bool { return strings.Contains(m.Text, "Ваш номер") })
}

// loseALease lets a lease run out while its turn is under way.
func (w *world) loseALease(t *testing.T) {
	t.Helper()
	hang := make(chan struct{})
	w.office.set(func(o *office) { o.hang = hang })
	other := w.bot.Chat(telegramtest.User{FirstName: "Вигаданий", LanguageCode: "uk"})
	before := w.office.committed()
	other.Send("/start")
	require.Eventually(t, func() bool { return w.office.committed() > before }, 20*time.Second, 5*time.Millisecond)
	keys, err := w.redis.Client.Keys(t.Context(), "krok:{*}:in:due").Result()
	require.NoError(t, err)
	require.Len(t, keys, 1)
	chat := redis.Z{Score: 1, Member: strconv.FormatInt(other.ID(), 10)}
	require.NoError(t, w.redis.Client.ZAddXX(t.Context(), keys[0], chat).Err())
	w.office.set(func(o *office) { o.hang = nil })
	close(hang)
}

func TestMetricsTellOfAWholeConversationAndOfNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.serve(t, behindWebhook)
	p.becomes(t, "bot shop", "ok")
	w.talk(t)
	w.loseALease(t)
	w.office.set(func(o *office) { o.events = []watch.Event{{ID: 1, Watch: 1, Bot: 1, Record: 1, Unreachable: 2}} })
	var page string
	require.Eventually(t, func() bool {
		_, page = p.get(t, "/metrics")
		return sample(t, page, `krok_leases_lost_total{bot="shop",queue="in"}`) >= 1 &&
			sample(t, page, `krok_journal_lines_total{bot="shop",result="written"}`) >= 8 &&
			sample(t, page, `krok_odoo_events_total{bot="shop",result="unreachable"}`) >= 2
	}, 20*time.Second, 50*time.Millisecond)
	for name, least := range map[string]float64{
		`krok_ready`:                                                             1,
		`krok_redis_up`:                                                          1,
		`krok_odoo_up`:                                                           1,
		`krok_bot_connected{bot="shop"}`:                                         1,
		`krok_bot_steps{bot="shop"}`:                                             3,
		`krok_bot_problems{bot="shop",level="error"}`:                            1,
		`krok_queue_length{bot="shop",queue="inbox"}`:                            0,
		`krok_queue_length{bot="shop",queue="outbox"}`:                           0,
		`krok_queue_length{bot="shop",queue="broadcast"}`:                        0,
		`krok_queue_length{bot="shop",queue="dead"}`:                             0,
		`krok_queue_age_seconds{bot="shop",queue="inbox"}`:                       0,
		`krok_journal_waiting{bot="shop"}`:                                       0,
		`krok_journal_age_seconds{bot="shop"}`:                                   0,
		`krok_turns_total{bot="shop",result="done"}`:                             3,
		`krok_turns_total{bot="shop",result="lost"}`:                             1,
		`krok_messages_total{bot="shop",result="sent"}`:                          3,
		`krok_odoo_calls_total{procedure="commit",result="ok"}`:                  1,
		`krok_odoo_calls_total{procedure="journal",result="ok"}`:                 1,
		`krok_odoo_calls_total{procedure="watch",result="ok"}`:                   1,
		`krok_odoo_calls_total{procedure="catalog",result="ok"}`:                 1,
		`krok_telegram_calls_total{bot="shop",method="sendMessage",result="ok"}`: 3,
		`krok_telegram_call_seconds_count{method="sendMessage"}`:                 3,
		`krok_webhook_requests_total{bot="shop",code="200"}`:                     3,
		`krok_stage_seconds_count{bot="shop",stage="inbox"}`:                     3,
		`krok_stage_seconds_count{bot="shop",stage="turn"}`:                      3,
		`krok_stage_seconds_count{bot="shop",stage="odoo"}`:                      1,
		`krok_stage_seconds_count{bot="shop",stage="keep"}`:                      3,
		`krok_stage_seconds_count{bot="shop",stage="outbox"}`:                    3,
		`krok_stage_seconds_count{bot="shop",stage="send"}`:                      3,
	} {
		require.GreaterOrEqual(t, sample(t, page, name), least, name)
	}
	w.tellsOfNobody(t, page)
	declared := map[string]string{}
	for _, metric := range service.AllMetrics() {
		declared[metric.Name] = metric.Kind
	}
	require.Equal(t, declared, families(page), "what is declared is what is there")
}

// tellsOfNobody makes sure that no secret, no phone number and no chat is in a text.
func (w *world) tellsOfNobody(t *testing.T, text string) {
	t.Helper()
	_, key, _ := strings.Cut(w.bot.Token(), ":")
	for _, secret := range []string{
		w.bot.Token(), key, telegram.Secret(w.bot.Token()), "380501234567", "380671112233", "0671112233", strconv.FormatInt(w.ann.ID(), 10), "Ганна",
	} {
		require.NotRegexp(t, `(^|[^0-9.])`+regexp.QuoteMeta(secret)+`($|[^0-9])`, text) // the sums of seconds have many digits too
	}
}

func TestABotThatIsGoneIsCountedNoMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.serve(t)
	w.talk(t)
	w.office.set(func(o *office) { o.idle = true })
	require.Eventually(t, func() bool {
		_, page := p.get(t, "/metrics")
		return !strings.Contains(page, `bot="shop"`)
	}, 20*time.Second, 50*time.Millisecond)
	require.True(t, p.ready(t).Ready)
}

func TestMetricsSayThatRedisIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.serve(t)
	p.becomes(t, "bot shop", "ok")
	w.redis.Kill()
	require.Eventually(t, func() bool {
		code, page := p.get(t, "/metrics")
		return code == 200 && sample(t, page, "krok_redis_up") == 0 && sample(t, page, "krok_ready") == 0
	}, 30*time.Second, 100*time.Millisecond)
}

func TestNamesFollowPrometheusRulesAndEveryMetricIsExplainedInEveryLanguage(t *testing.T) {
	t.Parallel()
	said := map[string]string{}
	for _, metric := range service.AllMetrics() {
		require.Regexp(t, `^krok_[a-z_]+$`, metric.Name)
		require.Equal(t, metric.Kind == "counter", strings.HasSuffix(metric.Name, "_total"), metric.Name)
		if metric.Kind == "histogram" {
			require.True(t, strings.HasSuffix(metric.Name, "_seconds"), metric.Name)
		}
		require.True(t, texts.Has("service.metric_"+strings.TrimPrefix(metric.Name, "krok_")), metric.Name)
		for _, lang := range texts.Languages() {
			help := metric.Help(lang)
			require.NotEmpty(t, help)
			require.Empty(t, said[help], "%s says what %s says", metric.Name, said[help])
			said[help] = metric.Name
		}
	}
}

func TestTheDashboardShowsEveryMetricAndNoOther(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("grafana.json")
	require.NoError(t, err)
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	require.NoError(t, json.Unmarshal(data, &dashboard))
	known := map[string]service.Metric{}
	for _, metric := range service.AllMetrics() {
		known[metric.Name] = metric
	}
	shown := map[string]bool{}
	labels := regexp.MustCompile(`\b(?:by|on) \(([^)]*)\)`)
	for _, panel := range dashboard.Panels {
		require.NotEmpty(t, panel.Targets, panel.Title)
		for _, target := range panel.Targets {
			allowed := []string{"le", "instance"}
			for _, name := range regexp.MustCompile(`krok_\w+`).FindAllString(target.Expr, -1) {
				family := strings.TrimSuffix(name, "_bucket")
				metric, ok := known[family]
				require.True(t, ok, "%s is in panel %q and nowhere else", name, panel.Title)
				require.Equal(t, metric.Kind == "histogram", strings.HasSuffix(name, "_bucket"), target.Expr)
				require.Equal(t, metric.Kind != "gauge", strings.Contains(target.Expr, "rate(") || strings.Contains(target.Expr, "increase("), target.Expr)
				shown[family] = true
				allowed = append(allowed, metric.Labels...)
			}
			for _, list := range labels.FindAllStringSubmatch(target.Expr, -1) {
				for _, label := range strings.Split(list[1], ", ") {
					require.True(t, slices.Contains(allowed, label), "no metric of panel %q has the label %q", panel.Title, label)
				}
			}
		}
	}
	for name := range known {
		require.True(t, shown[name], "%s is not on the dashboard", name)
	}
}
