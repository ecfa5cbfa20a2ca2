package main

import (
	"cmp"
	"fmt"
	"runtime"
	"strings"
	"time"
)

// result is what a measurement is of.
type result struct{ load, contender string }

// results are all measurements.
type results map[result][]measurement

// String is one measurement on a line.
func (m measurement) String() string {
	return fmt.Sprintf("%6.0f/s, p50 %s, p99 %s, %d MB, µs an update: bot %.0f, redis %.0f, bot api %.0f; %d sent, %d lost, %d twice, %d out of order, %d strange, %d calls to Odoo",
		m.rate(), short(m.P50), short(m.P99), m.peak>>20, m.each(m.bot), m.each(m.redis), m.each(m.apiTime),
		m.Sent, m.Lost, m.Duplicates, m.Order, m.Strange, m.odooCalls)
}

// each is the part of a time that one update took, in µs.
func (m measurement) each(total time.Duration) float64 {
	return float64(total.Microseconds()) / float64(max(m.Answered, 1))
}

// whole is the processor time of everybody: on a machine that is busy otherwise it says more than what was answered in a second.
func (m measurement) whole() time.Duration { return m.bot + m.redis + m.apiTime }

// table is all results in Markdown: medians of the rounds, and sums of what must not happen.
func (r results) table(s settings) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d rounds, medians; %d processors shared by all, load of the machine at the end %s.\n", s.rounds, runtime.NumCPU(), machineLoad())
	for _, l := range s.loads {
		fmt.Fprintf(&b, "\n**%s** (`%s`)\n\n", l.Title, l.Name)
		b.WriteString("| | updates/s | p50 | p99 | peak memory | µs of processor an update: bot | Redis | Bot API | all | out of order | twice | lost |\n")
		b.WriteString("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
		for _, c := range s.contenders {
			all := r[result{l.Name, c.name}]
			fmt.Fprintf(&b, "| %s | %.0f | %s | %s | %d MB | %.0f | %.0f | %.0f | %.0f | %d | %d | %d |\n", c.name,
				mid(all, measurement.rate), short(mid(all, func(m measurement) time.Duration { return m.P50 })),
				short(mid(all, func(m measurement) time.Duration { return m.P99 })), mid(all, func(m measurement) int64 { return m.peak })>>20,
				mid(all, func(m measurement) float64 { return m.each(m.bot) }), mid(all, func(m measurement) float64 { return m.each(m.redis) }),
				mid(all, func(m measurement) float64 { return m.each(m.apiTime) }), mid(all, func(m measurement) float64 { return m.each(m.whole()) }),
				sum(all, func(m measurement) int { return m.Order }), sum(all, func(m measurement) int { return m.Duplicates + m.Strange }),
				sum(all, func(m measurement) int { return m.Lost }))
		}
	}
	b.WriteString(r.goals(s))
	return b.String()
}

// mid is the median of one thing of the measurements.
func mid[T cmp.Ordered](all []measurement, of func(measurement) T) T {
	values := make([]T, len(all))
	for i, m := range all {
		values[i] = of(m)
	}
	return median(values)
}

func sum(all []measurement, of func(measurement) int) int {
	total := 0
	for _, m := range all {
		total += of(m)
	}
	return total
}

// short is a time with three digits.
func short(d time.Duration) string {
	switch {
	case d >= 100*time.Millisecond:
		return fmt.Sprintf("%.0f ms", d.Seconds()*1e3)
	case d >= time.Millisecond:
		return fmt.Sprintf("%.1f ms", d.Seconds()*1e3)
	}
	return fmt.Sprintf("%.2f ms", d.Seconds()*1e3)
}
