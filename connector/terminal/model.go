package terminal

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/script"
	"github.com/krokbot/krok/flow/texts"
)

// retryPause is how long a bot that waits for Odoo is left alone.
const retryPause = 3 * time.Second

// model is the chat on the screen: what was said goes up into the terminal's own history, and below it stand the buttons and the
// line to write in.
type model struct {
	ctx    context.Context //nolint:containedctx // commands of bubbletea take none
	chat   Chat
	phone  *script.Phone
	choice choice
	stays  *place // the button that was pressed: where its message gets other buttons, the cursor stays
	field  field
	events []flow.Event // that the bot has not been given yet
	busy   bool         // the bot answers
	left   bool         // the client has left
	width  int
	height int
}

func newModel(ctx context.Context, chat Chat) *model {
	m := &model{ctx: ctx, chat: chat, phone: chat.phone(), width: 80, height: 24}
	m.choice = choice{rows: [][]button{{{label: m.say("start", nil), start: true}}}, chosen: true}
	return m
}

func (m *model) say(key string, args texts.Args) string {
	return texts.Get(m.chat.Lang, "terminal."+key, args)
}

// Init shows whose chat this is.
func (m *model) Init() tea.Cmd {
	return m.print(m.title())
}

// heard is what the bot said to an event.
type heard struct {
	messages []flow.Outgoing
	err      error
}

// again tells that a bot that waits may be asked again.
type again struct{}

// Update takes in a key, a new size of the window, or what the bot said.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = max(msg.Width, 8), max(msg.Height, 4)
	case tea.PasteMsg:
		m.field.insert(msg.Content)
		m.choice.follow(m.field.text())
	case tea.KeyPressMsg:
		return m, m.press(msg)
	case heard:
		return m, m.hear(msg)
	case again:
		return m, m.retry()
	}
	return m, nil
}

// press does what a key says.
func (m *model) press(key tea.KeyPressMsg) tea.Cmd {
	empty := m.field.text() == ""
	switch key.String() {
	case "ctrl+c":
		return m.leave()
	case "ctrl+d":
		if empty {
			return m.leave()
		}
		m.field.remove()
	case "enter":
		return m.enter()
	case "esc":
		m.field = field{}
		m.choice.chosen = false
	case "up", "shift+tab":
		m.choose(-1, 0)
	case "down", "tab":
		m.choose(1, 0)
	case "left":
		if empty {
			m.choose(0, -1)
		} else {
			m.field.left()
		}
	case "right":
		if empty {
			m.choose(0, 1)
		} else {
			m.field.right()
		}
	default:
		m.edit(key)
	}
	return nil
}

// leave ends the chat with nothing but what was said on the screen.
func (m *model) leave() tea.Cmd {
	m.left = true
	return tea.Quit
}

// choose moves among the buttons. What was being written is put away only when it is the number of a button.
func (m *model) choose(rows, cols int) {
	if _, _, _, number := m.choice.numbered(m.field.text()); number {
		m.field = field{}
	}
	m.choice.move(rows, cols)
}

// edit changes the line.
func (m *model) edit(key tea.KeyPressMsg) {
	switch key.String() {
	case "backspace", "ctrl+h":
		m.field.backspace()
	case "delete":
		m.field.remove()
	case "home", "ctrl+a":
		m.field.home()
	case "end", "ctrl+e":
		m.field.end()
	case "ctrl+u":
		m.field.before = ""
	case "ctrl+w", "alt+backspace":
		m.field.removeWord()
	case "alt+enter", "shift+enter", "ctrl+j":
		m.field.insert("\n")
	default:
		if key.Text == "" {
			return
		}
		m.field.insert(key.Text)
	}
	m.choice.follow(m.field.text())
}

// enter sends what is written, or presses the button that is chosen. The number of a button presses it; with a space before it, it is
// written.
func (m *model) enter() tea.Cmd {
	text := m.field.text()
	m.field, m.stays = field{}, nil
	chosen, ok := m.choice.current()
	if ok && text == "" {
		m.stays = &place{button: chosen, row: m.choice.row, col: m.choice.col}
	}
	if numbered, _, _, found := m.choice.numbered(text); found {
		chosen, ok, text = numbered, true, ""
	}
	switch {
	case strings.TrimSpace(text) != "":
		return m.write(text)
	case ok:
		return m.pressButton(chosen)
	}
	return nil
}

// write sends a text. What a transcript understands as more than a text ("(sticker)") is done.
func (m *model) write(text string) tea.Cmd {
	action, err := script.ReadAction(text)
	if err != nil || action.Kind == script.Say && action.Text == text {
		action = script.Action{Kind: script.Say, Text: strings.TrimSpace(text)}
	}
	event, ok, err := m.phone.Event(action)
	if err != nil {
		event, ok, _ = m.phone.Event(script.Action{Kind: script.Say, Text: text}) // a text can always be sent
	}
	if !ok {
		return nil
	}
	return m.deliver(m.mine(strings.TrimSpace(text)), event)
}

// pressButton does what a button does.
func (m *model) pressButton(b button) tea.Cmd {
	event := flow.Event{From: m.chat.Who, Kind: flow.KindMessage}
	switch {
	case b.start:
		event.Message = &flow.Message{Text: "/start", Content: flow.ContentText}
	case b.key != nil:
		event.Message = m.phone.PressKey(*b.key)
	case b.inline.URL != "":
		return m.print(m.note(m.say("opens", texts.Args{"address": b.inline.URL})))
	case b.inline.Copy != "":
		return tea.Batch(tea.SetClipboard(b.inline.Copy), m.print(m.note(m.say("copied", texts.Args{"text": b.inline.Copy}))))
	default:
		event.Kind, event.Press = flow.KindPress, &flow.Press{Data: b.inline.Data, Message: b.under}
	}
	return m.deliver(m.mine("["+b.label+"]"), event)
}

// deliver shows what the client did and gives it to the bot, behind what the bot has not answered yet.
func (m *model) deliver(shown string, event flow.Event) tea.Cmd {
	m.choice.chosen = false
	m.events = append(m.events, event)
	return tea.Sequence(m.print(shown), m.next())
}

// next gives the bot the next event, unless it is busy.
func (m *model) next() tea.Cmd {
	if m.busy || len(m.events) == 0 {
		return nil
	}
	event := m.events[0]
	m.events, m.busy = m.events[1:], true
	return func() tea.Msg {
		messages, err := m.chat.Bot.Deliver(m.ctx, event)
		return heard{messages, err}
	}
}

// hear shows what the bot said.
func (m *model) hear(msg heard) tea.Cmd {
	m.busy = false
	commands := m.receive(msg.messages)
	if msg.err != nil && m.ctx.Err() == nil {
		commands = append(commands, m.print(m.fault(m.say("failure", texts.Args{"cause": texts.Explain(m.chat.Lang, msg.err)}))))
	}
	if m.waits() {
		commands = append(commands, tea.Tick(retryPause, func(time.Time) tea.Msg { return again{} }))
	}
	return tea.Sequence(append(commands, m.next())...)
}

// receive shows messages. One that gives nothing but other buttons to an earlier one shows only in the buttons that can be chosen.
func (m *model) receive(messages []flow.Outgoing) []tea.Cmd {
	if len(messages) == 0 {
		return nil
	}
	m.phone.Receive(messages...)
	inline, under := m.phone.Inline()
	m.choice = newChoice(inline, under, m.phone.Keyboard())
	var commands []tea.Cmd
	for _, message := range messages {
		if message.Edit == 0 || !message.Text.Empty() {
			commands = append(commands, m.print(m.bubble(message)))
		}
	}
	if m.stays != nil && len(commands) == 0 {
		m.choice.stay(*m.stays)
	}
	return commands
}

func (m *model) waits() bool {
	patient, ok := m.chat.Bot.(Patient)
	return ok && patient.Waits()
}

// retry asks a bot that waits for Odoo to go on.
func (m *model) retry() tea.Cmd {
	patient, ok := m.chat.Bot.(Patient)
	if !ok || m.busy || !patient.Waits() {
		return nil
	}
	m.busy = true
	return func() tea.Msg {
		messages, err := patient.Retry(m.ctx)
		return heard{messages, err}
	}
}
