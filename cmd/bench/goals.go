package main

import (
	"fmt"
	"strings"
)

// goal is what krok is to reach beside a rival: its value is to be at least, or at most, so many times the rival's.
type goal struct {
	load, rival string // "": every load that does not have a fixed rate
	what        string
	of          func(measurement) float64
	least, most float64
}

// goals are those of the specification.
func goals() []goal {
	rate := measurement.rate
	p99 := func(m measurement) float64 { return float64(m.P99) }
	memory := func(m measurement) float64 { return float64(m.peak) }
	return []goal{
		{rival: "telego", what: "updates a second", of: rate, least: 1},
		{rival: "grammy", what: "updates a second", of: rate, least: 1.5},
		{rival: "telegraf", what: "updates a second", of: rate, least: 1.5},
		{load: "steady", rival: "telego", what: "p99", of: p99, most: 2},
		{rival: "grammy", what: "peak memory", of: memory, most: 1},
		{rival: "telegraf", what: "peak memory", of: memory, most: 1},
	}
}

// goals tells which goals krok has reached in this run.
func (r results) goals(s settings) string {
	var b strings.Builder
	for _, l := range s.loads {
		for _, g := range goals() {
			if g.load != l.Name && (g.load != "" || l.PerSecond > 0) {
				continue
			}
			krok, rival := r[result{l.Name, "krok"}], r[result{l.Name, g.rival}]
			if len(krok) == 0 || len(rival) == 0 {
				continue
			}
			b.WriteString(g.verdict(l, mid(krok, g.of)/mid(rival, g.of)))
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "\n| load | krok beside | | is | goal | |\n|---|---|---|--:|--:|---|\n" + b.String()
}

func (g goal) verdict(l load, ratio float64) string {
	wanted, reached := fmt.Sprintf("≥ %g×", g.least), ratio >= g.least
	if g.most > 0 {
		wanted, reached = fmt.Sprintf("≤ %g×", g.most), ratio <= g.most
	}
	mark := "missed"
	if reached {
		mark = "reached"
	}
	return fmt.Sprintf("| %s | %s | %s | %.2f× | %s | %s |\n", l.Name, g.rival, g.what, ratio, wanted, mark)
}
