package botfile

import (
	"slices"
	"strings"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
)

// Diff tells people how to comes out of from: for the bot and for each of its steps, notifications and external events the lines of the file
// that go ("-") and come ("+"). It is empty when both are the same bot. A step and a notification are known by their codes, an event by its name.
// A notification that the bot does not lead to any more stays where it is, for other bots.
func Diff(from, to flow.Definition, lang string) string {
	d := differ{lang: lang, from: newWriter(Normal(from)), to: newWriter(Normal(to))}
	d.bot()
	d.steps()
	d.parts("notification", "code", writerOf{d.from.notification, d.to.notification})
	d.parts("watch", "name", writerOf{d.from.event, d.to.event})
	return strings.Join(d.lines, "\n")
}

type differ struct {
	lang     string
	from, to *writer
	lines    []string
}

func (d *differ) say(key string, args texts.Args) {
	d.lines = append(d.lines, texts.Get(d.lang, "botfile."+key, args))
}

func (d *differ) bot() {
	old, now := yamlOf(d.from.fields("bot", d.from.definition.Bot())), yamlOf(d.to.fields("bot", d.to.definition.Bot()))
	if slices.Equal(old, now) {
		return
	}
	d.say("diff_bot", texts.Args{"name": d.to.definition.Bot().Str("name")})
	d.changes(old, now)
}

func (d *differ) steps() {
	olds := map[string]flow.Row{}
	for _, step := range d.from.definition.Tables["step"] {
		olds[step.Str("code")] = step
	}
	kept := map[string]bool{}
	for _, step := range d.to.definition.Tables["step"] {
		code := step.Str("code")
		kept[code] = true
		old, had := olds[code]
		now := yamlOf(d.to.step(step))
		switch {
		case !had:
			d.say("diff_new_step", texts.Args{"code": code, "name": step.Str("name")})
			d.changes(nil, now)
		case !slices.Equal(yamlOf(d.from.step(old)), now):
			d.say("diff_step", texts.Args{"code": code, "name": step.Str("name")})
			d.changes(yamlOf(d.from.step(old)), now)
		}
	}
	for _, step := range d.from.definition.Tables["step"] {
		if !kept[step.Str("code")] {
			d.say("diff_gone_step", texts.Args{"code": step.Str("code"), "name": step.Str("name")})
		}
	}
	if order := d.order(d.to, kept, olds); !slices.Equal(d.order(d.from, kept, olds), order) {
		d.say("diff_order", texts.Args{"codes": strings.Join(order, ", ")})
	}
}

// writerOf writes the rows of a table of both bots.
type writerOf struct{ from, to func(flow.Row) mapping }

// parts compares notifications, or external events. Those of one name are taken in their order.
func (d *differ) parts(table, key string, write writerOf) {
	olds := map[string][]flow.Row{}
	for _, row := range d.from.definition.Tables[table] {
		olds[row.Str(key)] = append(olds[row.Str(key)], row)
	}
	for _, row := range d.to.definition.Tables[table] {
		args := texts.Args{"code": row.Str("code"), "name": row.Str("name")}
		now, same := yamlOf(write.to(row)), olds[row.Str(key)]
		switch {
		case len(same) == 0:
			d.say("diff_new_"+table, args)
			d.changes(nil, now)
			continue
		case !slices.Equal(yamlOf(write.from(same[0])), now):
			d.say("diff_"+table, args)
			d.changes(yamlOf(write.from(same[0])), now)
		}
		olds[row.Str(key)] = same[1:]
	}
	for _, row := range d.from.definition.Tables[table] {
		left := olds[row.Str(key)]
		if slices.ContainsFunc(left, func(one flow.Row) bool { return one.ID() == row.ID() }) {
			d.say("diff_gone_"+table, texts.Args{"code": row.Str("code"), "name": row.Str("name")})
		}
	}
}

// order lists the steps that both have, in the order of one of them.
func (d *differ) order(of *writer, now map[string]bool, olds map[string]flow.Row) []string {
	var codes []string
	for _, step := range of.definition.Tables["step"] {
		code := step.Str("code")
		if _, had := olds[code]; had && now[code] {
			codes = append(codes, code)
		}
	}
	return codes
}

func yamlOf(m mapping) []string {
	e := &emitter{}
	e.body(0, m)
	return e.lines
}

// changes writes the lines that go and come. A line of what they stand in goes before them, for the reader.
func (d *differ) changes(old, now []string) {
	var open []string // lines that later ones stand in, by indentation
	for _, edit := range edits(old, now) {
		indent := len(edit.line) - len(strings.TrimLeft(edit.line, " -"))
		for len(open) > 0 && indentOf(open[len(open)-1]) >= indent && edit.line != "" {
			open = open[:len(open)-1]
		}
		if edit.sign == ' ' {
			if edit.line != "" {
				open = append(open, edit.line)
			}
			continue
		}
		for _, line := range open {
			d.lines = append(d.lines, "    "+line)
		}
		open = nil
		d.lines = append(d.lines, strings.TrimRight("  "+string(edit.sign)+" "+edit.line, " "))
	}
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " -")) }

// edit is a line that stays (' '), goes ('-') or comes ('+').
type edit struct {
	sign rune
	line string
}

// edits finds the fewest lines that go and come (longest common subsequence).
func edits(old, now []string) []edit {
	longest := make([][]int, len(old)+1)
	for i := range longest {
		longest[i] = make([]int, len(now)+1)
	}
	for i := len(old) - 1; i >= 0; i-- {
		for j := len(now) - 1; j >= 0; j-- {
			if old[i] == now[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	var list []edit
	i, j := 0, 0
	for i < len(old) || j < len(now) {
		switch {
		case i < len(old) && j < len(now) && old[i] == now[j]:
			list = append(list, edit{' ', old[i]})
			i, j = i+1, j+1
		case j == len(now) || i < len(old) && longest[i+1][j] >= longest[i][j+1]:
			list = append(list, edit{'-', old[i]})
			i++
		default:
			list = append(list, edit{'+', now[j]})
			j++
		}
	}
	return list
}
