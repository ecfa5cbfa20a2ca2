package answer

import (
	"regexp"
	"time"

	"github.com/krokbot/krok/flow/texts"
)

// clock is a time of day.
type clock struct{ hour, minute, second int }

// partOfDay turns the hour of a twelve-hour clock into one of twenty-four; false where nobody says so.
type partOfDay func(hour int) (int, bool)

// partsOfDay by the words after a time: "2 pm", "о 7 вечора".
var partsOfDay = map[string]partOfDay{
	"am": beforeNoon, "a.m": beforeNoon,
	"pm": afterNoon, "p.m": afterNoon,
	"ранку": between(4, 11, 0), "дня": midday, "вечора": between(4, 11, 12), "ночі": night,
}

func beforeNoon(hour int) (int, bool) { return hour % 12, 1 <= hour && hour <= 12 }
func afterNoon(hour int) (int, bool)  { return hour%12 + 12, 1 <= hour && hour <= 12 }

func between(first, last, add int) partOfDay {
	return func(hour int) (int, bool) { return hour + add, first <= hour && hour <= last }
}

func midday(hour int) (int, bool) {
	if 10 <= hour && hour <= 12 {
		return hour, true
	}
	return hour + 12, 1 <= hour && hour <= 6
}

func night(hour int) (int, bool) {
	if 9 <= hour && hour <= 11 {
		return hour + 12, true
	}
	return hour % 12, hour == 12 || 1 <= hour && hour <= 5
}

// digital is "14:30", "14.30", "14-30", "14:30:15".
var digital = regexp.MustCompile(`^([0-9]{1,2})(?::([0-9]{2})(?::([0-9]{2}))?|[.-]([0-9]{2}))$`)

// readClock reads "14:30", "о 14", "о 14 годині", "14 год 30 хв", "2 pm", "at 2:30 p.m.", "о 7 вечора", "noon". A bare number is no
// time. hint is true where the words are a time, though none that there is.
func readClock(words []string) (at clock, ok, hint bool) {
	marked := len(words) > 0 && atWords[words[0]]
	if marked {
		words = words[1:]
	}
	if len(words) == 1 && (words[0] == "noon" || words[0] == "опівдні" || words[0] == "полудень") {
		return clock{hour: 12}, true, true
	}
	if len(words) == 0 {
		return clock{}, false, false
	}
	var part partOfDay
	if last := len(words) - 1; last > 0 {
		if part = partsOfDay[words[last]]; part != nil {
			words, marked = words[:last], true
		}
	}
	at, ok = readHours(words, marked)
	if !ok {
		return clock{}, false, false
	}
	if part != nil {
		if at.hour, ok = part(at.hour); !ok {
			return at, false, true
		}
	}
	return at, at.hour < 24 && at.minute < 60 && at.second < 60, true
}

// readHours reads the numbers of a time; marked says that a word beside them makes a lone number an hour.
func readHours(words []string, marked bool) (clock, bool) {
	if found := digital.FindStringSubmatch(words[0]); found != nil && len(words) == 1 {
		hour, _ := plainNumber(found[1])
		minute, _ := plainNumber(found[2] + found[4])
		second, _ := plainNumber(found[3])
		return clock{hour, minute, second}, true
	}
	hour, plain := plainNumber(words[0])
	if !plain || len(words[0]) > 2 {
		return clock{}, false
	}
	words = words[1:]
	if len(words) > 0 && hourEnds[words[0]] {
		words = words[1:]
	}
	if len(words) > 0 && hourWords[words[0]] {
		words, marked = words[1:], true
	}
	if len(words) == 0 {
		return clock{hour: hour}, marked
	}
	minute, plain := plainNumber(words[0])
	if !plain || !marked || len(words) > 2 || len(words) == 2 && !minWords[words[1]] {
		return clock{}, false
	}
	return clock{hour: hour, minute: minute}, true
}

// on gives the moment of a time of day in a place, the first where clocks go back; false where clocks go forward over it.
func (c clock) on(day time.Time, place *time.Location) (time.Time, bool) {
	wall := time.Date(day.Year(), day.Month(), day.Day(), c.hour, c.minute, c.second, 0, time.UTC)
	var first time.Time
	for _, around := range []time.Duration{-26 * time.Hour, 26 * time.Hour} { // before and after a change, in any zone
		_, offset := wall.Add(around).In(place).Zone()
		moment := wall.Add(-time.Duration(offset) * time.Second)
		_, there := moment.In(place).Zone()
		if there == offset && (first.IsZero() || moment.Before(first)) {
			first = moment
		}
	}
	return first, !first.IsZero()
}

// refuseClock is the refusal of a date whose time of day is none.
func refuseClock(env Env) *texts.Error {
	return refuse("no_such_time", texts.Args{"example": exampleMoment(env)})
}
