package domain

import (
	"math"
	"slices"
	"time"
)

type function func(n node, env Env) (any, error)

// functionNamed finds what may be called, as Odoo's editors and people write it.
func functionNamed(name string) function {
	switch name {
	case "context_today", "datetime.date.today":
		return today0
	case "datetime.datetime.today", "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.today", "datetime.now", "datetime.utcnow":
		return now0
	case "datetime.date":
		return makeDate
	case "datetime.datetime":
		return makeDatetime
	case "datetime.time":
		return makeTime
	case "datetime.datetime.combine", "datetime.combine":
		return combine
	case "datetime.timedelta", "timedelta":
		return makeTimedelta
	case "relativedelta", "relativedelta.relativedelta":
		return makeRelativedelta
	case "time.strftime":
		return strftimeNow
	}
	return nil
}

func today0(n node, env Env) (any, error) { return today(env), n.noArguments() }

func now0(n node, env Env) (any, error) { return now(env), n.noArguments() }

func (n node) noArguments() error {
	if len(n.items) > 0 {
		return wrong("bad_call", n)
	}
	return nil
}

// numbers reads the arguments of a call as whole numbers by name; plain ones have the names given here, in order.
func (n node) numbers(plain []string, named ...string) (map[string]int64, error) {
	values := map[string]int64{}
	for i, item := range n.items {
		name := n.names[i]
		if name == "" && i < len(plain) {
			name = plain[i]
		}
		known := slices.Contains(plain, name) || slices.Contains(named, name)
		if _, twice := values[name]; !known || twice || name == "" {
			return nil, wrong("bad_call", item)
		}
		number, ok := item.wholeNumber()
		if !ok {
			return nil, wrong("bad_call", item)
		}
		values[name] = number
	}
	return values, nil
}

// wholeNumber is an int, or a float without a fraction, within what dates can be moved by.
func (n node) wholeNumber() (int64, bool) {
	const most = 1_000_000_000
	switch {
	case n.kind == kindInt && n.whole <= most && n.whole >= -most:
		return n.whole, true
	case n.kind == kindFloat && n.fraction == math.Trunc(n.fraction) && math.Abs(n.fraction) <= most:
		return int64(n.fraction), true
	}
	return 0, false
}

func makeDate(n node, _ Env) (any, error) {
	v, err := n.numbers([]string{"year", "month", "day"})
	if err != nil {
		return nil, err
	}
	return n.moment(v, len(n.items) == 3, true)
}

func makeDatetime(n node, _ Env) (any, error) {
	v, err := n.numbers([]string{"year", "month", "day", "hour", "minute", "second"})
	if err != nil {
		return nil, err
	}
	_, y := v["year"]
	_, m := v["month"]
	_, d := v["day"]
	return n.moment(v, y && m && d, false)
}

// moment makes a date or datetime of numbers, where there is such a day.
func (n node) moment(v map[string]int64, complete, date bool) (any, error) {
	made := time.Date(int(v["year"]), time.Month(v["month"]), int(v["day"]), int(v["hour"]), int(v["minute"]), int(v["second"]), 0, time.UTC)
	exact := int64(made.Year()) == v["year"] && int64(made.Month()) == v["month"] && int64(made.Day()) == v["day"] &&
		int64(made.Hour()) == v["hour"] && int64(made.Minute()) == v["minute"] && int64(made.Second()) == v["second"]
	if !complete || !exact || made.Year() < 1 || made.Year() > 9999 {
		return nil, wrong("out_of_range", n)
	}
	return moment{at: made, date: date}, nil
}

// clock is a time of day.
type clock struct{ hour, minute, second int64 }

func makeTime(n node, _ Env) (any, error) {
	v, err := n.numbers([]string{"hour", "minute", "second", "microsecond"})
	if err != nil {
		return nil, err
	}
	c := clock{v["hour"], v["minute"], v["second"]}
	if c.hour < 0 || c.hour > 23 || c.minute < 0 || c.minute > 59 || c.second < 0 || c.second > 59 {
		return nil, wrong("out_of_range", n)
	}
	return c, nil
}

func combine(n node, env Env) (any, error) {
	if len(n.items) != 2 || n.names[0] != "" || n.names[1] != "" {
		return nil, wrong("bad_call", n)
	}
	day, err := n.items[0].eval(env)
	if err != nil {
		return nil, err
	}
	hour, err := n.items[1].eval(env)
	if err != nil {
		return nil, err
	}
	at, isMoment := day.(moment)
	c, isClock := hour.(clock)
	if !isMoment || !isClock {
		return nil, wrong("bad_call", n)
	}
	y, m, d := at.local(env).Date()
	return moment{at: time.Date(y, m, d, int(c.hour), int(c.minute), int(c.second), 0, time.UTC)}, nil
}

func makeTimedelta(n node, _ Env) (any, error) {
	return n.delta([]string{"days", "seconds"}, moves[:5], nil)
}

func makeRelativedelta(n node, _ Env) (any, error) { return n.delta(nil, moves, sets) }

// What a delta moves (the first five a timedelta too), and what a relativedelta sets.
var (
	moves = []string{"days", "seconds", "minutes", "hours", "weeks", "months", "years"}
	sets  = []string{"day", "month", "year", "hour", "minute", "second", "weekday"}
)

func (n node) delta(plain, moved, set []string) (any, error) {
	v, err := n.numbers(plain, slices.Concat(moved, set)...)
	if err != nil {
		return nil, err
	}
	by := delta{
		years: v["years"], months: v["months"], days: v["days"] + 7*v["weeks"],
		seconds: v["seconds"] + 60*v["minutes"] + 3600*v["hours"], set: map[string]int64{},
	}
	for _, name := range set {
		if value, ok := v[name]; ok {
			by.set[name] = value
		}
	}
	return by, nil
}

// strftimeNow is time.strftime: the date of today where only a date is asked for, else the moment as Odoo stores it.
func strftimeNow(n node, env Env) (any, error) {
	format, err := n.format()
	if err != nil {
		return nil, err
	}
	if !hasTime(format) {
		return today(env).format(n, format)
	}
	return now(env).format(n, format)
}

// format is the one argument of strftime.
func (n node) format() (string, error) {
	if len(n.items) != 1 || n.names[0] != "" || n.items[0].kind != kindString {
		return "", wrong("bad_call", n)
	}
	return n.items[0].text, nil
}

// methods are what may be called on a date or datetime.
var methods = map[string]func(n node, at moment, env Env) (any, error){
	"strftime": func(n node, at moment, _ Env) (any, error) {
		format, err := n.format()
		if err != nil {
			return nil, err
		}
		return at.format(n, format)
	},
	"to_utc": func(n node, at moment, env Env) (any, error) {
		if at.date {
			return nil, wrong("bad_call", n)
		}
		return at.toUTC(env), n.noArguments()
	},
	"date": func(n node, at moment, env Env) (any, error) {
		y, m, d := at.local(env).Date()
		return moment{at: time.Date(y, m, d, 0, 0, 0, 0, time.UTC), date: true}, n.noArguments()
	},
	"isoformat": func(n node, at moment, _ Env) (any, error) {
		return at.String(), n.noArguments()
	},
	"replace": func(n node, at moment, _ Env) (any, error) {
		v, err := n.numbers([]string{"year", "month", "day"}, "hour", "minute", "second", "microsecond")
		if err != nil {
			return nil, err
		}
		delete(v, "microsecond")
		replaced, ok := at.plus(delta{set: v})
		if !ok {
			return nil, wrong("out_of_range", n)
		}
		return replaced, nil
	},
}
