package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/richtext"
	"github.com/krokbot/krok/flow/script"
)

// echo is a bot that says what it was given, with buttons.
type echo struct {
	mu     sync.Mutex
	events []flow.Event
	err    error
	waits  bool
}

func (e *echo) Deliver(_ context.Context, event flow.Event) ([]flow.Outgoing, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.events = append(e.events, event)
	var text string
	switch {
	case event.Press != nil:
		text = fmt.Sprintf("press %s under %d", event.Press.Data, event.Press.Message)
	case event.Message.Contact != nil:
		text = "contact " + event.Message.Contact.Phone
	default:
		text = "said " + event.Message.Text
	}
	return []flow.Outgoing{
		{Text: richtext.Plain(text), Inline: [][]flow.InlineButton{
			{{Label: "Сад", Data: "1"}, {Label: "Сайт", URL: "https://example.com"}}, {{Label: "Код", Copy: "SAD10"}}}},
		{Text: richtext.Plain("Далі?"), Keyboard: [][]flow.KeyButton{{{Label: "Так"}, {Label: "Ні"}}, {{Label: "Номер", Contact: true}}}},
	}, e.err
}

func (e *echo) Waits() bool { return e.waits }

func (e *echo) Retry(context.Context) ([]flow.Outgoing, error) {
	e.waits = false
	return []flow.Outgoing{{Text: richtext.Plain("І ось я.")}}, nil
}

func (e *echo) last() flow.Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.events[len(e.events)-1]
}

// screen is a model with what it printed.
type screen struct {
	*model
	bot     *echo
	printed strings.Builder
}

func newScreen(t *testing.T) *screen {
	t.Helper()
	bot := &echo{}
	s := &screen{model: newModel(t.Context(), Chat{Bot: bot, Who: flow.Person{ID: "7000000001", FirstName: "Ганна"}, Name: "Книгарня", Lang: "uk"}), bot: bot}
	s.run(s.Init())
	return s
}

// run carries out commands and what follows from them, but no waiting for Odoo.
func (s *screen) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	done := make(chan tea.Msg, 1)
	go func() { done <- cmd() }()
	var msg tea.Msg
	select {
	case msg = <-done:
	case <-time.After(time.Second):
		return // a tick
	}
	if more, ok := asCommands(msg); ok {
		for _, one := range more {
			s.run(one)
		}
		return
	}
	switch {
	case msg == nil:
	case fmt.Sprintf("%T", msg) == "tea.printLineMessage":
		fmt.Fprintf(&s.printed, "%s\n", strings.TrimSuffix(strings.TrimPrefix(ansi.Strip(fmt.Sprintf("%v", msg)), "{"), "}"))
	default:
		_, next := s.Update(msg)
		s.run(next)
	}
}

// asCommands takes apart what tea.Batch and tea.Sequence make.
func asCommands(msg tea.Msg) ([]tea.Cmd, bool) {
	if batch, ok := msg.(tea.BatchMsg); ok {
		return batch, true
	}
	if fmt.Sprintf("%T", msg) != "tea.sequenceMsg" {
		return nil, false
	}
	list := reflect.ValueOf(msg) // bubbletea does not export the type, but it is a list of commands
	commands := make([]tea.Cmd, list.Len())
	for i := range commands {
		commands[i] = list.Index(i).Interface().(tea.Cmd)
	}
	return commands, true
}

func (s *screen) keys(keys ...string) {
	for _, key := range keys {
		msg, special := map[string]tea.KeyPressMsg{
			"enter": {Code: tea.KeyEnter}, "up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight},
			"esc": {Code: tea.KeyEscape}, "backspace": {Code: tea.KeyBackspace}, "ctrl+c": {Code: 'c', Mod: tea.ModCtrl}, "ctrl+d": {Code: 'd', Mod: tea.ModCtrl},
			"ctrl+w": {Code: 'w', Mod: tea.ModCtrl}, "home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd}, "alt+enter": {Code: tea.KeyEnter, Mod: tea.ModAlt},
			"delete": {Code: tea.KeyDelete}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl},
		}[key]
		if special {
			_, cmd := s.Update(msg)
			s.run(cmd)
			continue
		}
		for _, r := range key {
			_, cmd := s.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
			s.run(cmd)
		}
	}
}

func (s *screen) shown() string { return ansi.Strip(s.View().Content) }

func TestChatBeginsWithTheButtonStart(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	require.Contains(t, s.printed.String(), "Книгарня")
	require.Contains(t, s.shown(), "[1 Почати]")
	s.keys("enter")
	require.Equal(t, "/start", s.bot.last().Message.Text)
	require.Contains(t, s.printed.String(), "▎ said /start\n▎ [Сад] [Сайт]\n▎ [Код]\n")
	require.Contains(t, s.shown(), "[1 Сад] [2 Сайт ↗]\n[3 Код]\n[4 Так] [5 Ні]\n[6 Номер]\n› Напишіть повідомлення\n")
}

func TestButtonsAreChosenByArrowKeys(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	s.keys("enter", "down", "enter")
	require.Equal(t, &flow.Press{Data: "1", Message: 1}, s.bot.last().Press)
	s.keys("down", "down", "down", "right", "enter")
	require.Equal(t, "Ні", s.bot.last().Message.Text)
	s.keys("up", "enter")
	require.Equal(t, flow.UserID("7000000001"), s.bot.last().Message.Contact.User)
	s.keys("down", "right", "enter")
	require.Contains(t, s.printed.String(), "Кнопка відкриває https://example.com")
	require.NotNil(t, s.bot.last().Message.Contact, "an address that opens is nothing the bot hears of")
	s.keys("esc", "enter")
	require.Len(t, s.bot.events, 4, "nothing is chosen and nothing is written")
}

func TestButtonsAreChosenByNumber(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	s.keys("enter", "5", "enter")
	require.Equal(t, "Ні", s.bot.last().Message.Text)
	s.keys(" 5", "enter")
	require.Equal(t, "5", s.bot.last().Message.Text)
	s.keys("77", "enter")
	require.Equal(t, "77", s.bot.last().Message.Text)
	s.keys("05", "enter")
	require.Equal(t, "05", s.bot.last().Message.Text)
}

func TestTextIsWrittenAndMended(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	s.keys("привіт усім", "ctrl+w", "👩‍👩‍👧", "backspace", "всм", "left", "і", "home", "delete", "П", "end", "!", "alt+enter", "ok")
	require.Contains(t, s.shown(), "› Привіт всім!⏎ok")
	s.keys("enter")
	require.Equal(t, "Привіт всім!\nok", s.bot.last().Message.Text)
	s.keys("(сміється)", "enter")
	require.Equal(t, "(сміється)", s.bot.last().Message.Text)
	s.keys("[нема такої]", "enter")
	require.Equal(t, "[нема такої]", s.bot.last().Message.Text)
	s.keys("[[Сад]]", "enter")
	require.Equal(t, "1", s.bot.last().Press.Data)
	s.keys("(sticker)", "enter")
	require.Equal(t, "sticker", s.bot.last().Message.Content)
	_, cmd := s.Update(tea.PasteMsg{Content: "а\r\n\x1b[31mб"})
	s.run(cmd)
	s.keys("enter")
	require.Equal(t, "а\n[31mб", s.bot.last().Message.Text)
}

func TestNarrowScreenIsNeverTooWideOrTooHigh(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	s.keys("enter", "дуже довгий рядок, який не вміщується ніде")
	for _, size := range []tea.WindowSizeMsg{{Width: 1, Height: 1}, {Width: 12, Height: 5}, {Width: 30, Height: 8}, {Width: 200, Height: 60}} {
		s.Update(size)
		lines := strings.Split(s.shown(), "\n")
		require.LessOrEqual(t, len(lines), s.height, "%v", size)
		for _, line := range append(lines, strings.Split(s.bubble(flow.Outgoing{Text: richtext.Plain(strings.Repeat("слово ", 80))}), "\n")...) {
			require.LessOrEqual(t, ansi.StringWidth(line), s.width, "%v: %q", size, line)
		}
		require.Less(t, s.View().Cursor.X, s.width)
	}
}

// pages is a bot that turns pages under its first message.
type pages struct {
	echo
	page int
}

func (p *pages) Deliver(_ context.Context, event flow.Event) ([]flow.Outgoing, error) {
	p.events = append(p.events, event)
	button := func(label string) flow.InlineButton { return flow.InlineButton{Label: label, Data: label} }
	if event.Press == nil {
		return []flow.Outgoing{
			{Text: richtext.Plain("Країна?"), Inline: [][]flow.InlineButton{{button("Польща"), button("Чехія")}, {button("2 »")}}},
			{Text: richtext.Plain("Або сайт."), Inline: [][]flow.InlineButton{{button("Сайт")}}},
		}, nil
	}
	if strings.HasSuffix(event.Press.Data, "»") {
		p.page++
	}
	value := fmt.Sprintf("Країна %d", p.page)
	if event.Press.Data == value {
		value = "✓ " + value
	}
	turns := []flow.InlineButton{button(fmt.Sprintf("« %d", p.page)), button(fmt.Sprintf("%d »", p.page+2))}
	return []flow.Outgoing{{Edit: 1, Inline: [][]flow.InlineButton{{button(value)}, {button("Країна X")}, turns}}}, nil
}

func TestPagesAreTurnedByTheSameKey(t *testing.T) {
	t.Parallel()
	bot := &pages{}
	s := &screen{model: newModel(t.Context(), Chat{Bot: bot, Who: flow.Person{ID: "7000000001"}, Name: "Книгарня", Lang: "uk"}), bot: &bot.echo}
	s.keys("enter")
	require.Contains(t, s.shown(), "[1 Сайт]\n›")
	s.keys("[[2 »]]", "enter")
	require.Contains(t, s.shown(), "[1 Країна 1]\n[2 Країна X]\n[3 « 1] [4 3 »]\n›", "the client looks at what has changed")
	s.keys("up", "enter", "enter")
	require.Equal(t, &flow.Press{Data: "4 »", Message: 1}, s.bot.last().Press, "the cursor stays at the button that turns on")
	require.Contains(t, s.shown(), "[1 Країна 3]")
	s.keys("down", "enter")
	require.Equal(t, "Країна 3", s.bot.last().Press.Data)
	s.keys("enter")
	require.Equal(t, "✓ Країна 3", s.bot.last().Press.Data, "and at the value that was marked")
	s.keys("4", "enter", "enter")
	require.Len(t, s.bot.events, 7, "who types numbers has no cursor")
	require.Equal(t, 1, strings.Count(s.printed.String(), "Країна?"))
	require.NotContains(t, s.printed.String(), "Країна X", "what has changed stands in one place only")
}

func TestAPhotoIsSent(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	s.keys("(photo me.jpg)", "enter")
	require.Equal(t, &flow.File{ID: "me.jpg", MIME: "image/jpeg"}, s.bot.last().Message.File)
	require.Contains(t, s.printed.String(), "(photo me.jpg)")
}

func TestWhatWentWrongIsShown(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	s.bot.err = errors.New("odoo says no")
	s.keys("enter")
	require.Contains(t, s.printed.String(), "Бот каже так ось чому: odoo says no")
}

func TestABotThatWaitsIsAskedAgain(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	s.bot.waits = true
	s.keys("enter")
	require.Contains(t, s.shown(), "Odoo не відповідає")
	_, cmd := s.Update(again{})
	s.run(cmd)
	require.Contains(t, s.printed.String(), "▎ І ось я.")
	require.NotContains(t, s.shown(), "Odoo не відповідає")
}

func TestFilesAreShownAsLinks(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	message := flow.Outgoing{Media: []flow.Medium{{Kind: "image", Filename: "x/menu.png", Caption: richtext.Plain("Меню")}}}
	require.Equal(t, "▎ [зображення menu.png]\n▎ Меню\n", ansi.Strip(s.bubble(message)))
	s.chat.Link = func(flow.Medium) string { return "http://127.0.0.1/1" }
	require.Contains(t, ansi.Strip(s.bubble(message)), "[зображення menu.png] http://127.0.0.1/1")
}

func TestNobodySteersTheTerminal(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	s.chat.Name = "\x1b]0;evil\a\x1b[2Jname"
	bad := "\x1b[2J\x1b]52;c;aGk=\a"
	for _, shown := range []string{
		s.title(), s.mine(bad), s.note(bad), s.buttonLabel(1, button{label: bad}, false),
		s.bubble(flow.Outgoing{Text: richtext.Text{Text: bad}, Inline: [][]flow.InlineButton{{{Label: bad, Data: "1"}}},
			Media: []flow.Medium{{Kind: "image", Filename: bad}}}),
	} {
		require.NotContains(t, shown, "\x1b[2J")
		require.NotContains(t, shown, "\x1b]")
		require.NotContains(t, shown, "\a")
	}
}

func TestKeysThatLeave(t *testing.T) {
	t.Parallel()
	for _, key := range []tea.KeyPressMsg{{Code: 'c', Mod: tea.ModCtrl}, {Code: 'd', Mod: tea.ModCtrl}} {
		s := newScreen(t)
		_, cmd := s.Update(key)
		require.IsType(t, tea.QuitMsg{}, cmd())
		require.Empty(t, s.shown())
	}
}

// tty takes one write at a time, as a file does: bubbletea prints lines and draws frames from two goroutines.
type tty struct {
	mu  sync.Mutex
	buf strings.Builder
}

func (t *tty) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.Write(p)
}

func (t *tty) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.String()
}

func TestProgramLeavesTheTerminalAsItWas(t *testing.T) {
	t.Parallel()
	in, write := io.Pipe()
	out := &tty{}
	chat := Chat{Bot: &echo{}, Who: flow.Person{ID: "1"}, Name: "Книгарня", Lang: "en", In: in, Out: out}
	go func() { _, _ = io.WriteString(write, "hi\r\x03") }()
	require.NoError(t, chat.screen(t.Context(), tea.WithWindowSize(60, 20), tea.WithEnvironment([]string{"TERM=xterm"})))
	require.Contains(t, out.String(), "\x1b[?25h", "the cursor is shown again")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, chat.screen(ctx, tea.WithWindowSize(60, 20), tea.WithEnvironment([]string{"TERM=xterm"})))
}

func TestPipePrintsATranscriptThatCanBePlayed(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	input := "> /start\r\n\n# note\n[Так]\n[[Сад]]\n[[Сайт]]\n[Нема]\n(танцює)\n(contact +380670000009)\n\\(сміється)\n"
	chat := Chat{Bot: &echo{}, Who: flow.Person{ID: "7000000001"}, Lang: "uk", In: strings.NewReader(input), Out: &out}
	require.NoError(t, chat.Run(t.Context()))
	said := "  [[Сад]] [[Сайт]](https://example.com)\n  [[Код]](copy SAD10)\n< Далі?\n  [Так] [Ні]\n  [Номер](contact)\n"
	require.True(t, strings.HasPrefix(out.String(), "> /start\n< said /start\n"+said+"> [Так]\n< said Так\n"+said+"> [[Сад]]\n< press 1 under 3\n"+said+
		"> [[Сайт]]\n# > [Нема]\n# Кнопки «Нема» тут немає."), out.String())
	require.Contains(t, out.String(), "# > (танцює)\n# клієнт не вміє «(танцює)».")
	require.Contains(t, out.String(), "> \\(сміється)\n< said (сміється)\n")
	_, err := script.Parse("again.chat", []byte(out.String()))
	require.NoError(t, err)
}

func TestPipePrintsEditedButtons(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	chat := Chat{Bot: &pages{}, Who: flow.Person{ID: "7000000001"}, Lang: "uk", In: strings.NewReader("/start\n[2 »]\n[Країна 1]\n"), Out: &out}
	require.NoError(t, chat.Run(t.Context()))
	require.True(t, strings.HasSuffix(out.String(), "> [2 »]\n< (edited)\n  [[Країна 1]]\n  [[Країна X]]\n  [[« 1]] [[3 »]]\n"+
		"> [Країна 1]\n< (edited)\n  [[✓ Країна 1]]\n  [[Країна X]]\n  [[« 1]] [[3 »]]\n"), out.String())
}

func TestPipeSaysWhatWentWrong(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	chat := Chat{Bot: &echo{err: errors.New("odoo\nsays no")}, Lang: "en", In: strings.NewReader("a\n"), Out: &out}
	require.NoError(t, chat.Run(t.Context()))
	require.True(t, strings.HasSuffix(out.String(), "# odoo\n# says no\n"), out.String())
}
