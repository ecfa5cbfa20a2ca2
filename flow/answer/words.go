package answer

import (
	"regexp"
	"strings"
	"time"
)

// maxWords bounds the words of a date or time.
const maxWords = 12

// months by the words for them: in Ukrainian "12 травня" and "травень", in English "May"; short forms of both.
var months = func() map[string]time.Month {
	words := map[string]time.Month{}
	for i, list := range []string{
		"січня січень січні січ january jan", "лютого лютий лютому лют february feb", "березня березень березні бер берез march mar",
		"квітня квітень квітні кві квіт april apr", "травня травень травні тра трав may", "червня червень червні чер черв june jun",
		"липня липень липні лип july jul", "серпня серпень серпні сер серп august aug", "вересня вересень вересні вер верес september sep sept",
		"жовтня жовтень жовтні жов жовт october oct", "листопада листопад листопаді лис лист листоп november nov", "грудня грудень грудні гру груд december dec",
	} {
		for word := range strings.FieldsSeq(list) {
			words[word] = time.Month(i + 1)
		}
	}
	return words
}()

// relative are the days that are named from today, in days.
var relative = map[string]int{
	"сьогодні": 0, "сегодні": 0, "today": 0,
	"завтра": 1, "tomorrow": 1,
	"післязавтра": 2, "после завтра": 2, "після завтра": 2, "day after tomorrow": 2,
	"вчора": -1, "учора": -1, "yesterday": -1,
	"позавчора": -2, "day before yesterday": -2,
}

// The words that say nothing in a date, that end a year, a day ("5th", "5-го"), that begin a time, and that follow its numbers ("14-й годині").
var (
	idle      = set("на on the of")
	yearWords = set("р року рік year")
	ordinals  = set("st nd rd th -го -е -є -те -ше -ге -ого -th -st -nd -rd го е є те ше ге ого")
	atWords   = set("о o об у в at t @") // with a Latin o too
	hourWords = set("год година годині години годин г h hours hour o'clock oclock")
	hourEnds  = set("-й -ій й ій")
	minWords  = set("хв хвилин хвилини хвилина хвилині m min minutes minute")
)

func set(words string) map[string]bool {
	made := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		made[word] = true
	}
	return made
}

// word is a number, with the signs inside it ("12.05.2026", "14:30"), or a word, or the "@" of a time.
var word = regexp.MustCompile(`^(?:[0-9]+(?:[.:/-][0-9]+)*|-?\p{L}+(?:['.]\p{L}+)*|@)`)

// split takes a text apart into small words. false where it has a sign that no date has.
func split(text string) ([]string, bool) {
	text = strings.ToLower(fold(text))
	var words []string
	for text != "" {
		if found := word.FindString(text); found != "" {
			words, text = append(words, found), text[len(found):]
			continue
		}
		switch {
		case strings.HasPrefix(text, " - "):
			text = text[2:]
		case strings.ContainsRune(" \n\t,.;!", rune(text[0])):
			text = text[1:]
		default:
			return nil, false
		}
	}
	return words, len(words) <= maxWords
}

// plainNumber reads a word of up to four digits and nothing else.
func plainNumber(word string) (n int, ok bool) {
	if word == "" || len(word) > 4 {
		return 0, false
	}
	for _, r := range word {
		if r < '0' || r > '9' {
			return 0, false
		}
		n = n*10 + int(r-'0')
	}
	return n, true
}
