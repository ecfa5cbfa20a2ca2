package richtext

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// stylesOf lists the styles that an element puts on what it holds, and those that it takes off.
func stylesOf(n *html.Node) (on, off []string) {
	switch n.DataAtom {
	case atom.B, atom.Strong, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Th, atom.Dt, atom.Summary:
		on = append(on, Bold)
	case atom.I, atom.Em, atom.Cite, atom.Dfn:
		if !hasClass(n, "fst-normal") && !hasClass(n, "fa") {
			on = append(on, Italic)
		}
	case atom.U, atom.Ins:
		on = append(on, Underline)
	case atom.S, atom.Del, atom.Strike:
		on = append(on, Strikethrough)
	case atom.Code, atom.Kbd, atom.Samp, atom.Tt:
		on = append(on, Code)
	}
	if n.Data == "tg-spoiler" || hasClass(n, "tg-spoiler") {
		on = append(on, Spoiler)
	}
	for _, declaration := range strings.Split(attribute(n, "style"), ";") {
		property, value, _ := strings.Cut(strings.ToLower(declaration), ":")
		value = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "!important"))
		switch strings.TrimSpace(property) {
		case "font-weight":
			on, off = put(Bold, weight(value), on, off)
		case "font-style":
			on, off = put(Italic, slant(value), on, off)
		case "text-decoration", "text-decoration-line":
			if strings.Contains(value, "underline") {
				on = append(on, Underline)
			}
			if strings.Contains(value, "line-through") {
				on = append(on, Strikethrough)
			}
		}
	}
	return on, off
}

// put adds a style to what goes on (+1) or off (-1); off wins over the element's own tag.
func put(kind string, direction int, on, off []string) (newOn, newOff []string) {
	switch direction {
	case 1:
		return append(on, kind), off
	case -1:
		kept := on[:0]
		for _, other := range on {
			if other != kind {
				kept = append(kept, other)
			}
		}
		return kept, append(off, kind)
	}
	return on, off
}

func weight(value string) int {
	switch value {
	case "bold", "bolder":
		return 1
	case "normal", "lighter":
		return -1
	}
	number, err := strconv.Atoi(value)
	switch {
	case err != nil:
		return 0
	case number >= 600:
		return 1
	}
	return -1
}

func slant(value string) int {
	switch value {
	case "italic", "oblique":
		return 1
	case "normal":
		return -1
	}
	return 0
}
