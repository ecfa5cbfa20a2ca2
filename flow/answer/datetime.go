package answer

import (
	"time"

	"github.com/krokbot/krok/flow/texts"
)

// How datetimes look: in Odoo (in UTC), and to clients (in the bot's time zone).
const (
	odooMoment   = "2006-01-02 15:04:05"
	shownMoment  = "02.01.2006 15:04"
	shownSeconds = "02.01.2006 15:04:05"
)

// readDateTime takes a day and a time in either order: "12.05.2026 14:30", "завтра о 14", "2 pm tomorrow", "2026-05-12T14:30". A time
// that the clocks of the bot's zone leave out is refused; of one that they show twice the first is meant.
func readDateTime(text string, env Env) (Value, *texts.Error) {
	words, ok := split(text)
	if !ok {
		return Value{}, refuse("not_datetime", texts.Args{"example": exampleMoment(env)})
	}
	day, at, refusal := readMoment(words, env)
	if refusal != nil {
		return Value{}, refusal
	}
	moment, exists := at.on(day, env.Location)
	if !exists {
		return Value{}, refuseGap(day, at)
	}
	shown := shownMoment
	if at.second != 0 {
		shown = shownSeconds
	}
	return Value{Odoo: moment.UTC().Format(odooMoment), Shown: moment.In(env.Location).Format(shown)}, nil
}

// readMoment tries every place to divide the words into a day and a time. What it finds fault with is what came nearest.
func readMoment(words []string, env Env) (time.Time, clock, *texts.Error) {
	var nearest *texts.Error
	for i := 1; i < len(words); i++ {
		for _, parts := range [][2][]string{{words[:i], words[i:]}, {words[i:], words[:i]}} {
			at, ok, hint := readClock(parts[1])
			if !hint {
				continue
			}
			day, refusal := readDay(parts[0], env)
			switch {
			case refusal == nil && ok:
				return day, at, nil
			case refusal == nil:
				nearest = refuseClock(env)
			case refusal.Key != "answer.not_date" && nearest == nil:
				nearest = refusal
			}
		}
	}
	if nearest != nil {
		return time.Time{}, clock{}, nearest
	}
	if day, refusal := readDay(words, env); refusal == nil {
		return time.Time{}, clock{}, refuse("time_missing", texts.Args{"example": day.Format(shownDate) + " 14:30"})
	}
	if at, ok, _ := readClock(words); ok {
		tomorrow := env.today().AddDate(0, 0, 1)
		example := tomorrow.Add(time.Duration(at.hour)*time.Hour + time.Duration(at.minute)*time.Minute)
		return time.Time{}, clock{}, refuse("day_missing", texts.Args{"example": example.Format(shownMoment)})
	}
	return time.Time{}, clock{}, refuse("not_datetime", texts.Args{"example": exampleMoment(env)})
}

func exampleMoment(env Env) string { return env.today().AddDate(0, 0, 1).Format(shownDate) + " 14:30" }

// refuseGap says that the clocks go forward over a time, and names one an hour later, which is there.
func refuseGap(day time.Time, at clock) *texts.Error {
	asked := time.Date(day.Year(), day.Month(), day.Day(), at.hour, at.minute, at.second, 0, time.UTC)
	return refuse("no_such_hour", texts.Args{"asked": asked.Format(shownMoment), "example": asked.Add(time.Hour).Format(shownMoment)})
}
