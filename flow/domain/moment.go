package domain

import (
	"fmt"
	"strings"
	"time"
)

// moment is a date, or a datetime: the local one of a wall clock until to_utc makes it UTC.
type moment struct {
	at   time.Time // its numbers; the zone says nothing
	date bool
	utc  bool
}

func today(env Env) moment {
	y, m, d := env.Now.In(env.Location).Date()
	return moment{at: time.Date(y, m, d, 0, 0, 0, 0, time.UTC), date: true}
}

// now is in UTC, as Odoo stores datetimes.
func now(env Env) moment { return moment{at: env.Now.UTC(), utc: true} }

// String is the moment as Odoo takes it.
func (m moment) String() string {
	if m.date {
		return m.at.Format(time.DateOnly)
	}
	return m.at.Format(time.DateTime)
}

// toUTC is the moment at which a clock on the wall shows this. What the clock skips is a moment after it.
func (m moment) toUTC(env Env) moment {
	if m.utc {
		return m
	}
	y, month, d := m.at.Date()
	return moment{at: time.Date(y, month, d, m.at.Hour(), m.at.Minute(), m.at.Second(), 0, env.Location).UTC(), utc: true}
}

// local is what a clock on the wall shows.
func (m moment) local(env Env) time.Time {
	if m.utc {
		return m.at.In(env.Location)
	}
	return m.at
}

// delta is a relativedelta: first what it sets, then what it moves.
type delta struct {
	years, months, days, seconds int64
	set                          map[string]int64 // year, month, day, hour, minute, second, weekday
}

func (d delta) negative() delta {
	d.years, d.months, d.days, d.seconds = -d.years, -d.months, -d.days, -d.seconds
	return d
}

const secondsADay = 24 * 60 * 60

// plus moves a moment as dateutil does: numbers are set, then years and months (a day that the month does not have is its last),
// then days and seconds, then on to the weekday (0 is Monday). It is false where no calendar goes.
func (m moment) plus(d delta) (moment, bool) {
	part := func(name string, otherwise int) int64 {
		if value, ok := d.set[name]; ok {
			return value
		}
		return int64(otherwise)
	}
	year, month, day := part("year", m.at.Year()), part("month", int(m.at.Month())), part("day", m.at.Day())
	hour, minute, second := part("hour", m.at.Hour()), part("minute", m.at.Minute()), part("second", m.at.Second())
	if month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 {
		return moment{}, false
	}
	months := (year+d.years)*12 + month - 1 + d.months
	year, month = months/12, months%12+1
	if year < 1 || year > 9999 || month < 1 {
		return moment{}, false
	}
	lastDay := time.Date(int(year), time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
	moved := time.Date(int(year), time.Month(month), min(int(day), lastDay), int(hour), int(minute), int(second), 0, time.UTC)
	days := d.seconds / secondsADay
	moved = moved.AddDate(0, 0, int(d.days+days)).Add(time.Duration(d.seconds-days*secondsADay) * time.Second)
	if m.date { // Python moves a date by the whole days of a timedelta, downwards
		moved = moved.Truncate(24 * time.Hour)
	}
	if weekday, ok := d.set["weekday"]; ok {
		if weekday < 0 || weekday > 6 {
			return moment{}, false
		}
		moved = moved.AddDate(0, 0, int((weekday+8-int64(moved.Weekday()))%7))
	}
	if moved.Year() < 1 || moved.Year() > 9999 {
		return moment{}, false
	}
	m.at = moved
	return m, true
}

// layouts are the directives of strftime that a domain needs.
var layouts = map[byte]string{'Y': "2006", 'y': "06", 'm': "01", 'd': "02", 'H': "15", 'M': "04", 'S': "05"}

// format is strftime.
func (m moment) format(n node, format string) (any, error) {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		if i++; i == len(format) {
			return nil, wrong("bad_format", n.items[0])
		}
		layout, ok := layouts[format[i]]
		switch {
		case format[i] == '%':
			b.WriteByte('%')
		case format[i] == 'Y':
			fmt.Fprintf(&b, "%04d", m.at.Year())
		case ok:
			b.WriteString(m.at.Format(layout))
		default:
			return nil, wrong("bad_format", n.items[0])
		}
	}
	return b.String(), nil
}

// hasTime tells that a format shows a time of day.
func hasTime(format string) bool {
	return strings.Contains(format, "%H") || strings.Contains(format, "%M") || strings.Contains(format, "%S")
}
