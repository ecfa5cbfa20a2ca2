package answer

import (
	"slices"
	"strings"
	"time"

	"github.com/krokbot/krok/flow/texts"
)

// How dates look: in Odoo, and to clients. A date with points is day first in every language, so it is never mistaken.
const (
	odooDate  = "2006-01-02"
	shownDate = "02.01.2006"
)

// Years that are taken. Others are slips of the finger.
const (
	firstYear = 1900
	lastYear  = 2199
)

// lookBack is how far back a day without a year may lie.
const lookBack = 60 // days

// monthFirst are the countries that write 12 May as 5/12.
var monthFirst = set("US AS FM GU MH MP PH PR PW UM VI")

// readDate takes a day as people write it: "12.05.2026", "12.5.26", "2026-05-12", "12/05/2026", "12 травня", "12-го травня 2026 р.",
// "May 5th, 2026", "завтра", "yesterday".
//
//   - A day without a year is the first such day not earlier than 60 days ago: what is asked for mostly lies ahead, and what
//     just was is not yet forgotten.
//   - A year of two digits lies between 79 years ago and 20 years ahead.
//   - With slashes or hyphens the day is first, but in the countries that write the month first; where that is no day at all
//     and the other way round is, slashes are read that way.
func readDate(text string, env Env) (Value, *texts.Error) {
	words, ok := split(text)
	if !ok {
		return Value{}, notDate(env)
	}
	day, refusal := readDay(words, env)
	if refusal != nil {
		return Value{}, refusal
	}
	return Value{Odoo: day.Format(odooDate), Shown: day.Format(shownDate)}, nil
}

func notDate(env Env) *texts.Error {
	return refuse("not_date", texts.Args{"example": env.today().AddDate(0, 0, 1).Format(shownDate)})
}

// today is the day in the bot's time zone, as midnight in UTC.
func (e Env) today() time.Time {
	now := e.Now.In(e.Location)
	return time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
}

// readDay gives a day as midnight in UTC.
func readDay(words []string, env Env) (time.Time, *texts.Error) {
	words = essential(words)
	if away, ok := relative[strings.Join(words, " ")]; ok {
		return inRange(env.today().AddDate(0, 0, away), env)
	}
	switch {
	case len(words) == 1:
		return readNumericDay(words[0], env)
	case len(words) == 3 && allPlain(words):
		return readNumericDay(strings.Join(words, "."), env)
	}
	at := slices.IndexFunc(words, func(word string) bool { return months[word] != 0 })
	if at < 0 || at > 1 || len(words) < 2 || len(words) > 3 {
		return time.Time{}, notDate(env)
	}
	day, plain := plainNumber(words[1-at])
	if !plain || len(words[1-at]) > 2 {
		return time.Time{}, notDate(env)
	}
	year := ""
	if len(words) == 3 {
		year = words[2]
	}
	return makeDay(year, int(months[words[at]]), day, env)
}

// essential leaves out the words that say nothing: "the 5th of May" is "5 May".
func essential(words []string) []string {
	var kept []string
	for i, word := range words {
		_, afterNumber := 0, false
		if i > 0 {
			_, afterNumber = plainNumber(words[i-1])
		}
		if idle[word] || afterNumber && ordinals[word] || i == len(words)-1 && i > 0 && yearWords[word] {
			continue
		}
		kept = append(kept, word)
	}
	return kept
}

func allPlain(words []string) bool {
	return !slices.ContainsFunc(words, func(word string) bool { _, plain := plainNumber(word); return !plain })
}

// readNumericDay reads "12.05.2026", "12.05", "2026-05-12" and their like.
func readNumericDay(word string, env Env) (time.Time, *texts.Error) {
	at := strings.IndexAny(word, "./-")
	if at < 0 {
		return time.Time{}, notDate(env)
	}
	sign := word[at : at+1]
	parts := strings.Split(word, sign)
	numbers := make([]int, len(parts))
	for i, part := range parts {
		n, plain := plainNumber(part)
		if !plain {
			return time.Time{}, notDate(env)
		}
		numbers[i] = n
	}
	switch {
	case len(parts) == 3 && len(parts[0]) == 4 && len(parts[1]) <= 2 && len(parts[2]) <= 2:
		return makeDay(parts[0], numbers[1], numbers[2], env)
	case len(parts) > 3 || len(parts[0]) > 2 || len(parts[1]) > 2:
		return time.Time{}, notDate(env)
	}
	year := ""
	if len(parts) == 3 {
		year = parts[2]
	}
	day, month := numbers[0], numbers[1]
	if sign != "." && monthFirst[env.Region] {
		day, month = month, day
	}
	made, refusal := makeDay(year, month, day, env)
	if refusal != nil && sign == "/" {
		if other, otherRefusal := makeDay(year, day, month, env); otherRefusal == nil {
			return other, nil
		}
	}
	return made, refusal
}

// makeDay checks that there is such a day; year is as written, "" for none.
func makeDay(year string, month, day int, env Env) (time.Time, *texts.Error) {
	if year == "" {
		return dayWithoutYear(month, day, env)
	}
	n, plain := plainNumber(year)
	if !plain || len(year) != 2 && len(year) != 4 {
		return time.Time{}, notDate(env)
	}
	if len(year) == 2 {
		oldest := env.today().Year() - 79
		n += oldest - oldest%100
		if n < oldest {
			n += 100
		}
	}
	made := time.Date(n, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if made.Day() != day || int(made.Month()) != month {
		return time.Time{}, noSuchDay(env)
	}
	return inRange(made, env)
}

// dayWithoutYear gives the first such day not earlier than lookBack days ago. Eight years hold a 29 February, even around 2100.
func dayWithoutYear(month, day int, env Env) (time.Time, *texts.Error) {
	earliest := env.today().AddDate(0, 0, -lookBack)
	for year := earliest.Year(); year <= earliest.Year()+9; year++ {
		made := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
		if made.Day() == day && int(made.Month()) == month && !made.Before(earliest) {
			return inRange(made, env)
		}
	}
	return time.Time{}, noSuchDay(env)
}

func noSuchDay(env Env) *texts.Error {
	return refuse("no_such_day", texts.Args{"example": env.today().AddDate(0, 0, 1).Format(shownDate)})
}

func inRange(day time.Time, env Env) (time.Time, *texts.Error) {
	if day.Year() < firstYear || day.Year() > lastYear {
		return time.Time{}, refuse("year_out_of_range", texts.Args{"first": firstYear, "last": lastYear, "example": env.today().AddDate(0, 0, 1).Format(shownDate)})
	}
	return day, nil
}
