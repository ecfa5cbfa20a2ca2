package service_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/cmd/service"
	"github.com/krokbot/krok/connector/telegramtest"
	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/store"
)

// book is the record in Odoo. It takes a line once, by its key.
type book struct {
	mu      sync.Mutex
	lines   []flow.Line
	calls   int
	most    int               // lines in one call
	files   map[string]string // contents by id
	fetched int               // files that came
	down    error
	refuses func(flow.Line) bool // and with it the whole call
	lost    int                  // answers of the next calls that are lost: all was written
}

func (b *book) set(change func(*book)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change(b)
}

// Record writes lines, or fails as a test says.
func (b *book) Record(_ context.Context, bot int64, lines []flow.Line, files map[string][]byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	b.most = max(b.most, len(lines))
	if b.down != nil {
		return &flow.Unavailable{Err: b.down}
	}
	if bot != 1 || len(lines) == 0 || b.refuses != nil && slices.ContainsFunc(lines, b.refuses) {
		return errors.New("odoo does not like a line")
	}
	for _, line := range lines {
		if !slices.ContainsFunc(b.lines, func(l flow.Line) bool { return l.Key == line.Key }) {
			b.lines = append(b.lines, line)
		}
	}
	for id, contents := range files {
		if b.files == nil {
			b.files = map[string]string{}
		}
		b.files[id] = string(contents)
		b.fetched++
	}
	if b.lost > 0 {
		b.lost--
		return &flow.Unavailable{Err: errors.New("the connection broke")}
	}
	return nil
}

// said is the record of a chat as "client: text" and "bot: text".
func (b *book) said(chat string) (all []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, line := range b.lines {
		if line.Chat != flow.ChatID(chat) {
			continue
		}
		who := "bot: "
		if line.In {
			who = line.Author + ": "
		}
		all = append(all, who+line.Text)
	}
	return all
}

// has waits until the record of a chat is this.
func (b *book) has(t *testing.T, chat string, want ...string) {
	t.Helper()
	if !within(20*time.Second, func() bool { return slices.Equal(want, b.said(chat)) }) {
		require.Equal(t, want, b.said(chat))
	}
}

func within(long time.Duration, is func() bool) bool {
	for end := time.Now().Add(long); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if is() {
			return true
		}
	}
	return is()
}

// kept opens the store of a world's processes.
func (w *world) kept(t *testing.T) *store.Store {
	t.Helper()
	kept, err := store.Open(t.Context(), w.redis.URL, "made-up-database")
	require.NoError(t, err)
	t.Cleanup(kept.Close)
	return kept
}

// left leaves lines of chats in the store, as turns do.
func left(t *testing.T, kept *store.Store, lines ...flow.Line) {
	t.Helper()
	for i, line := range lines {
		require.NoError(t, kept.Put(t.Context(), "shop", flow.Event{ID: fmt.Sprintf("%s of %d", line.Key, i), Chat: line.Chat}))
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		taken, err := kept.Take(ctx, "shop")
		cancel()
		require.NoError(t, err)
		require.NoError(t, kept.Keep(t.Context(), taken, flow.Kept{Journal: []flow.Line{line}}))
	}
}

func line(chat, key string) flow.Line {
	return flow.Line{Key: key, Chat: flow.ChatID(chat), At: time.Now().UTC(), In: true, Author: "Ганна", Text: "рядок " + key}
}

// waiting is how many lines wait.
func waiting(t *testing.T, kept *store.Store) int {
	t.Helper()
	queues, err := kept.Queues(t.Context(), "shop")
	require.NoError(t, err)
	return int(queues.Journal)
}

func TestAConversationIsRecordedOnceAndInOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(t)
	w.talk(t)
	w.book.has(t, strconv.FormatInt(w.ann.ID(), 10),
		"Ганна: /start", "bot: Вітаю!", "bot: Пошта?",
		"Ганна: Контакт: Ганна, +380501234567", "bot: Ваш номер",
		"Ганна: +380671112233", "bot: Вибачте, я не зрозумів.", "Ганна: 0671112233", "bot: Вибачте, я не зрозумів.")
	require.Zero(t, waiting(t, w.kept(t)))
	w.book.set(func(b *book) {
		require.True(t, b.lines[0].Start)
		require.False(t, b.lines[3].Start)
		require.EqualValues(t, 10, b.lines[1].Step)
	})
}

func TestTheRecordWaitsForAnOdooThatIsDownAndKeepsItsOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book.down = errors.New("restarting")
	kept := w.kept(t)
	var want []string
	for i := range 1200 {
		left(t, kept, line("1", strconv.Itoa(i)))
		want = append(want, fmt.Sprintf("Ганна: рядок %d", i))
	}
	p := w.serve(t)
	require.Eventually(t, func() bool {
		_, page := p.get(t, "/metrics")
		return sample(t, page, `krok_journal_waiting{bot="shop"}`) == 1200 && sample(t, page, `krok_journal_age_seconds{bot="shop"}`) > 0
	}, 20*time.Second, 20*time.Millisecond)
	w.book.set(func(b *book) { b.down = nil })
	w.book.has(t, "1", want...)
	require.Eventually(t, func() bool { return waiting(t, kept) == 0 }, 20*time.Second, 10*time.Millisecond)
	w.book.set(func(b *book) { require.LessOrEqual(t, b.most, 500) })
}

func TestALineThatOdooRefusesForGoodIsSetAsideAndStopsNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book.refuses = func(l flow.Line) bool { return strings.HasPrefix(l.Key, "bad") }
	kept := w.kept(t)
	left(t, kept, line("1", "bad 1"), line("1", "a"), line("2", "b"), line("2", "bad 2"), line("2", "c"), line("3", "d"))
	p := w.serve(t)
	w.book.has(t, "1", "Ганна: рядок a")
	w.book.has(t, "2", "Ганна: рядок b", "Ганна: рядок c")
	w.book.has(t, "3", "Ганна: рядок d")
	require.Eventually(t, func() bool { return waiting(t, kept) == 0 }, 20*time.Second, 10*time.Millisecond)
	dead, err := kept.Dead(t.Context(), "shop")
	require.NoError(t, err)
	require.Len(t, dead, 2)
	require.Equal(t, "journal", dead[0].Queue)
	require.Contains(t, dead[0].Reason, "does not like")
	_, page := p.get(t, "/metrics")
	require.EqualValues(t, 2, sample(t, page, `krok_journal_lines_total{bot="shop",result="set_aside"}`))

	w.book.set(func(b *book) { b.refuses = nil })
	require.NoError(t, kept.RetryDead(t.Context(), "shop", dead[0].ID))
	w.book.has(t, "1", "Ганна: рядок a", "Ганна: рядок bad 1")
}

func TestNothingIsSetAsideWhereOdooRefusesEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book.refuses = func(flow.Line) bool { return true }
	kept := w.kept(t)
	left(t, kept, line("1", "a"), line("2", "b"), line("2", "c"))
	w.serve(t)
	require.Eventually(t, func() bool {
		w.book.mu.Lock()
		defer w.book.mu.Unlock()
		return w.book.calls > 10
	}, 20*time.Second, 10*time.Millisecond)
	require.Equal(t, 3, waiting(t, kept))
	w.book.set(func(b *book) { b.refuses = nil })
	w.book.has(t, "2", "Ганна: рядок b", "Ганна: рядок c")
	dead, err := kept.Dead(t.Context(), "shop")
	require.NoError(t, err)
	require.Empty(t, dead)
}

func TestLinesWhoseAnswerWasLostAreNotThereTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book.lost = 2
	kept := w.kept(t)
	left(t, kept, line("1", "a"), line("1", "b"))
	w.serve(t)
	require.Eventually(t, func() bool { return waiting(t, kept) == 0 }, 20*time.Second, 10*time.Millisecond)
	require.Equal(t, []string{"Ганна: рядок a", "Ганна: рядок b"}, w.book.said("1"))
}

func TestAStopWritesTheRestOfTheRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.serve(t, func(c *service.Config, _ *service.WebConfig) { c.Every = time.Minute })
	require.Eventually(t, func() bool {
		return w.redis.Client.HExists(t.Context(), "krok:{made-up-database}:lead", "journal:shop").Val()
	},
		20*time.Second, 10*time.Millisecond)
	time.Sleep(50 * time.Millisecond) // it has looked, and sleeps for two minutes
	w.ann.Send("/start")
	w.greeted(t)
	require.Contains(t, w.ann.Next(t).Text, "Пошта?")
	require.Empty(t, w.book.said(strconv.FormatInt(w.ann.ID(), 10)))
	ended(t, stopping(p))
	require.Equal(t, []string{"Ганна: /start", "bot: Вітаю!", "bot: Пошта?"}, w.book.said(strconv.FormatInt(w.ann.ID(), 10)))
}

func TestAnOdooThatIsDownDoesNotHoldTheStopAndAnotherProcessWritesTheRest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book.down = errors.New("restarting")
	kept := w.kept(t)
	left(t, kept, line("1", "a"))
	p := w.serve(t)
	ended(t, stopping(p))
	require.Equal(t, 1, waiting(t, kept))
	w.book.set(func(b *book) { b.down = nil })
	w.serve(t)
	w.book.has(t, "1", "Ганна: рядок a")
}

func TestOfTwoProcessesOneMovesTheRecordAndTheOtherTakesOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.serve(t)
	w.ann.Send("/start")
	chat := strconv.FormatInt(w.ann.ID(), 10)
	w.book.has(t, chat, "Ганна: /start", "bot: Вітаю!", "bot: Пошта?")
	second := w.serve(t)
	second.becomes(t, "bot shop", "ok")
	ended(t, stopping(first))
	w.ann.Send("hanna@example.com")
	w.book.has(t, chat, "Ганна: /start", "bot: Вітаю!", "bot: Пошта?", "Ганна: hanna@example.com", "bot: Ваш номер")
}

func TestAClientsFileIsRecordedWithItsLine(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	broken := w.bot.Fail(telegramtest.Fault{Method: "download", Status: http.StatusBadGateway})
	w.serve(t)
	w.ann.Send("/start")
	w.greeted(t)
	w.ann.SendPhoto("Ось")
	chat := strconv.FormatInt(w.ann.ID(), 10)
	other := w.bot.Chat(telegramtest.User{FirstName: "Вигаданий", LanguageCode: "uk"})
	require.Eventually(t, func() bool { return broken.Hits() > 0 }, 20*time.Second, 5*time.Millisecond)
	other.Send("/start")
	w.book.has(t, strconv.FormatInt(other.ID(), 10), "Вигаданий: /start", "bot: Вітаю!", "bot: Пошта?")
	require.NotContains(t, w.book.said(chat), "Ганна: Ось", "it waits for its file, others do not wait for it")
	broken.Stop()
	require.True(t, within(20*time.Second, func() bool { return slices.Contains(w.book.said(chat), "Ганна: Ось") }))
	w.book.set(func(b *book) {
		require.Len(t, b.files, 1)
		require.Equal(t, 1, b.fetched)
		for _, contents := range b.files {
			require.NotEmpty(t, contents)
		}
	})
}

func TestAFileThatCannotBeKeptIsToldInWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book.refuses = func(l flow.Line) bool { return l.File != nil }
	kept := w.kept(t)
	gone, old, refused := line("1", "a"), line("2", "b"), line("3", "c")
	gone.File = &flow.File{ID: "gone", Name: "список.pdf", Size: 100 << 20}
	old.File, old.At = &flow.File{ID: "nobody has it"}, time.Now().Add(-48*time.Hour)
	refused.Text, refused.File = "", &flow.File{ID: "gone"}
	left(t, kept, gone, old, refused)
	w.serve(t)
	w.book.has(t, "1", "Ганна: рядок a\n(файл «список.pdf», не збережено)")
	w.book.has(t, "2", "Ганна: рядок b\n(файл, не збережено)")
	w.book.has(t, "3", "Ганна: (файл, не збережено)")
}
