package richtext

import (
	"html"
	"strings"
)

// HTML is the text for Odoo's chatter: only the formatting of Telegram, everything else escaped. It is a piece of HTML without a
// paragraph around it.
func (t Text) HTML() string {
	h := &markup{}
	t.walk(h.open, h.letters, h.close)
	h.flush()
	return h.String()
}

// markup holds back a line break until it is sure that it stands at no edge of a block, which begins and ends its lines by itself.
type markup struct {
	strings.Builder
	held       bool
	afterBlock bool
}

func (h *markup) flush() {
	if h.held {
		h.WriteString("<br/>")
	}
	h.held = false
}

func (h *markup) open(e Entity) {
	if isBlockEntity(e) {
		h.held = false
	}
	h.flush()
	h.afterBlock = false
	h.WriteString(tagBefore(e))
}

func (h *markup) letters(text string) {
	if text == "" {
		return
	}
	if h.afterBlock {
		text = strings.TrimPrefix(text, "\n")
	}
	h.afterBlock = false
	h.flush()
	text, h.held = strings.CutSuffix(text, "\n")
	h.WriteString(strings.ReplaceAll(html.EscapeString(text), "\n", "<br/>"))
}

func (h *markup) close(e Entity) {
	h.flush()
	h.WriteString(tagAfter(e))
	h.afterBlock = isBlockEntity(e)
}

func isBlockEntity(e Entity) bool { return e.Type == Blockquote || e.Type == Pre }

var tags = map[string]string{Bold: "b", Italic: "i", Underline: "u", Strikethrough: "s", Code: "code", Pre: "pre", Blockquote: "blockquote", Link: "a", Spoiler: "span"}

func tagBefore(e Entity) string {
	if e.Type == Link {
		return `<a href="` + html.EscapeString(openable(e.URL)) + `">` // "" for what a browser would run
	}
	return "<" + tags[e.Type] + ">"
}

func tagAfter(e Entity) string { return "</" + tags[e.Type] + ">" }
