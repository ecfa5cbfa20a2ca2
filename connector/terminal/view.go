package terminal

import (
	"fmt"
	"path"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/krokbot/krok/flow"
)

var (
	titleStyle  = lipgloss.NewStyle().Bold(true)
	dimStyle    = lipgloss.NewStyle().Faint(true)
	faultStyle  = lipgloss.NewStyle().Foreground(lipgloss.Red)
	botBar      = lipgloss.NewStyle().Foreground(lipgloss.Cyan).Render("▎")
	mineStyle   = lipgloss.NewStyle().Foreground(lipgloss.Green)
	buttonStyle = lipgloss.NewStyle().Foreground(lipgloss.Cyan)
	chosenStyle = lipgloss.NewStyle().Reverse(true).Bold(true)
	keyStyle    = lipgloss.NewStyle().Foreground(lipgloss.Yellow)
)

// widest is how wide a message is at most, in cells: longer lines are hard to read.
const widest = 72

// View is the lower end of the screen: the buttons, the line to write in, and what the keys do.
func (m *model) View() tea.View {
	if m.left {
		return tea.NewView("")
	}
	lines := m.buttonLines(max(m.height-4, 1))
	if m.busy {
		lines = append(lines, dimStyle.Render(ansi.Truncate(m.say("writes", nil), m.width, "…")))
	} else if m.waits() {
		lines = append(lines, dimStyle.Render(ansi.Truncate(m.say("waits", nil), m.width, "…")))
	}
	text, cursor := m.field.shown(m.width - 2)
	line := len(lines)
	if m.field.text() == "" {
		text = dimStyle.Render(ansi.Truncate(m.say("write", nil), m.width-2, "…"))
	}
	lines = append(lines, mineStyle.Render("›")+" "+text, m.hint())
	view := tea.NewView(strings.Join(lines, "\n"))
	view.Cursor = tea.NewCursor(2+cursor, line)
	return view
}

// hint tells what the keys do, in as many words as fit.
func (m *model) hint() string {
	keys := []string{"hint_keys", "hint_short", "hint_leave"}
	if len(m.choice.rows) == 0 {
		keys = []string{"hint_text", "hint_leave"}
	}
	for _, key := range keys {
		if hint := m.say(key, nil); ansi.StringWidth(hint) <= m.width {
			return dimStyle.Render(hint)
		}
	}
	return ""
}

// buttonLines shows the buttons in at most so many lines, those around the chosen one first.
func (m *model) buttonLines(most int) []string {
	var lines []string
	number, chosen := 0, 0
	for i, row := range m.choice.rows {
		line := ""
		for j, b := range row {
			number++
			label := m.buttonLabel(number, b, m.choice.chosen && i == m.choice.row && j == m.choice.col)
			if line != "" && ansi.StringWidth(line)+1+ansi.StringWidth(label) > m.width {
				lines, line = append(lines, line), ""
			}
			if line != "" {
				line += " "
			}
			line += label
			if m.choice.chosen && i == m.choice.row && j == m.choice.col {
				chosen = len(lines)
			}
		}
		lines = append(lines, line)
	}
	if len(lines) <= most {
		return lines
	}
	from := min(max(chosen-most/2, 0), len(lines)-most)
	return lines[from : from+most]
}

func (m *model) buttonLabel(number int, b button, chosen bool) string {
	style, label := keyStyle, fmt.Sprintf("%d %s", number, ansi.Strip(b.label))
	if b.inline != nil {
		style = buttonStyle
		if b.inline.URL != "" {
			label += " ↗"
		}
	}
	if chosen {
		style = chosenStyle
	}
	return style.Render("[" + ansi.Truncate(label, max(m.width-2, 1), "…") + "]")
}

// print puts lines into the terminal's history, in pieces that are smaller than the screen.
func (m *model) print(text string) tea.Cmd {
	var commands []tea.Cmd
	for piece := range slices.Chunk(strings.Split(text, "\n"), max(m.height/2, 1)) {
		commands = append(commands, tea.Println(strings.Join(piece, "\n")))
	}
	return tea.Sequence(commands...)
}

func (m *model) title() string {
	return titleStyle.Render(m.wrap(ansi.Strip(m.chat.Name), m.width))
}

// bubble shows a message of the bot: a bar on the left, the files, the text, the buttons under it.
func (m *model) bubble(message flow.Outgoing) string {
	var parts []string
	for _, medium := range message.Media {
		parts = append(parts, m.medium(medium))
	}
	if !message.Text.Empty() {
		parts = append(parts, message.Text.ANSI())
	}
	for _, row := range message.Inline {
		var labels []string
		for _, b := range row {
			labels = append(labels, "["+ansi.Strip(b.Label)+"]")
		}
		parts = append(parts, buttonStyle.Render(strings.Join(labels, " ")))
	}
	width := min(m.width-2, widest)
	var lines []string
	for line := range strings.SplitSeq(m.wrap(strings.Join(parts, "\n"), width), "\n") {
		lines = append(lines, botBar+" "+line)
	}
	return strings.Join(append(lines, ""), "\n")
}

// medium shows a file as a link, with its caption below it.
func (m *model) medium(medium flow.Medium) string {
	name := path.Base(medium.Filename)
	if medium.Filename == "" {
		name = fmt.Sprint(medium.ID)
	}
	shown := "[" + m.say("kind_"+medium.Kind, nil) + " " + ansi.Strip(name) + "]"
	if m.chat.Link != nil {
		if address := m.chat.Link(medium); address != "" {
			shown = lipgloss.NewStyle().Hyperlink(address).Render(shown) + " " + dimStyle.Render(address)
		}
	}
	if caption := medium.Caption.ANSI(); caption != "" {
		shown += "\n" + caption
	}
	return shown
}

// mine shows what the client did, on the right where there is room.
func (m *model) mine(text string) string {
	shown := m.wrap(ansi.Strip(text), min(m.width-2, widest))
	var lines []string
	for line := range strings.SplitSeq(shown, "\n") {
		if m.width < 40 {
			lines = append(lines, mineStyle.Render("› "+line))
			continue
		}
		right := min(m.width, widest+8)
		lines = append(lines, strings.Repeat(" ", max(right-2-lipgloss.Width(shown), 0))+mineStyle.Render(line))
	}
	return strings.Join(append(lines, ""), "\n")
}

func (m *model) note(text string) string { return dimStyle.Render(m.wrap(ansi.Strip(text), m.width)) }

func (m *model) fault(text string) string {
	return faultStyle.Render(m.wrap(ansi.Strip(text), m.width))
}

func (m *model) wrap(text string, width int) string { return lipgloss.Wrap(text, max(width, 4), "") }
