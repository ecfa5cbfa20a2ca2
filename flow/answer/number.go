package answer

import (
	"math"
	"strconv"
	"strings"

	"github.com/krokbot/krok/flow/texts"
)

// maxWhole is the most digits before the decimal comma: up to here a float64 holds every whole number exactly.
const maxWhole = 15

// maxDecimals is the most digits after it.
const maxDecimals = 15

// number is a number as it was written: plain digits, no grouping.
type number struct {
	negative bool
	whole    string // no leading zeros, but "0"
	decimals string // as written, with trailing zeros
}

// readInteger takes a whole number. ",0" and ",00" may follow; three digits after a point or comma are not taken for decimals,
// since "1.000" is meant as a thousand as often as not.
func readInteger(text string, env Env) (Value, *texts.Error) {
	n, ok := parseNumber(fold(text), env)
	if !ok {
		return Value{}, refuse("not_integer", nil)
	}
	if strings.Trim(n.decimals, "0") != "" || len(n.decimals) == 3 {
		return Value{}, refuse("not_whole", nil)
	}
	n.decimals = ""
	value, err := strconv.ParseInt(n.plain(), 10, 32)
	if err != nil {
		return Value{}, refuse("number_out_of_range", texts.Args{"least": shownNumber(math.MinInt32, env), "most": shownNumber(math.MaxInt32, env)})
	}
	return Value{Odoo: value, Shown: n.shown(env)}, nil
}

func readFloat(text string, env Env) (Value, *texts.Error) {
	n, ok := parseNumber(fold(text), env)
	if !ok {
		return Value{}, refuse("not_number", nil)
	}
	return n.value(env)
}

// value is the number for a Float or Monetary field.
func (n number) value(env Env) (Value, *texts.Error) {
	if len(n.whole) > maxWhole {
		return Value{}, refuse("number_too_long", texts.Args{"n": maxWhole})
	}
	most := maxDecimals
	if env.Digits > 0 {
		most = min(env.Digits, maxDecimals)
	}
	if len(strings.TrimRight(n.decimals, "0")) > most {
		return Value{}, refuse("too_many_decimals", texts.Args{"n": most})
	}
	n.decimals = n.decimals[:min(len(n.decimals), most)]
	value, err := strconv.ParseFloat(n.plain(), 64)
	if err != nil {
		return Value{}, refuse("not_number", nil)
	}
	return Value{Odoo: value, Shown: n.shown(env)}, nil
}

// parseNumber reads a folded text: a sign, digits, groups of three set apart by spaces, apostrophes, commas or points, and
// decimals after a comma or point. Where both a comma and a point stand, the last is the decimal one; of several alike none
// is; a single comma before three digits groups them in English ("1,234"), and is the decimal comma elsewhere. Exponents,
// hexadecimal and infinite numbers are none.
func parseNumber(text string, env Env) (number, bool) {
	n := number{}
	text = strings.TrimSpace(text)
	if rest, signed := strings.CutPrefix(text, "-"); signed {
		n.negative, text = true, rest
	} else {
		text = strings.TrimPrefix(text, "+")
	}
	text = strings.TrimSpace(text)
	if strings.Trim(text, "0123456789 ',.") != "" || !strings.ContainsAny(text, "0123456789") {
		return number{}, false
	}
	if last := len(text) - 1; text[last] == '.' && strings.Count(text, ".") == 1 {
		text = text[:last] // the end of a sentence
	}
	whole := text
	if at := decimalAt(text, env); at >= 0 {
		whole, n.decimals = text[:at], text[at+1:]
		if n.decimals == "" || strings.Trim(n.decimals, "0123456789") != "" {
			return number{}, false
		}
	}
	var ok bool
	if n.whole, ok = ungroup(whole); !ok || n.whole+n.decimals == "" {
		return number{}, false
	}
	if n.whole = strings.TrimLeft(n.whole, "0"); n.whole == "" {
		n.whole = "0"
	}
	if strings.Trim(n.whole+n.decimals, "0") == "" {
		n.negative = false
	}
	return n, true
}

// decimalAt finds the decimal comma or point, or -1.
func decimalAt(text string, env Env) int {
	commas, points := strings.Count(text, ","), strings.Count(text, ".")
	comma, point := strings.LastIndexByte(text, ','), strings.LastIndexByte(text, '.')
	switch {
	case commas > 0 && points > 0:
		return max(comma, point)
	case points == 1:
		return point
	case commas == 1:
		_, grouped := ungroup(text)
		if env.english() && grouped && text[0] != '0' {
			return -1
		}
		return comma
	}
	return -1
}

// ungroup takes the marks between thousands out of a row of digits: all of them alike, with three digits after each.
func ungroup(text string) (string, bool) {
	at := strings.IndexAny(text, " ',.")
	if at < 0 {
		return text, true
	}
	groups := strings.Split(text, text[at:at+1])
	for i, group := range groups {
		if strings.Trim(group, "0123456789") != "" || i > 0 && len(group) != 3 || i == 0 && (group == "" || len(group) > 3) {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

// plain is the number as computers write it.
func (n number) plain() string {
	text := n.whole
	if n.negative {
		text = "-" + text
	}
	if n.decimals != "" {
		text += "." + n.decimals
	}
	return text
}

// shown is the number as the client's language has it: "1,234.50", "1 234,50". Space and minus are those of a keyboard, for who compares or copies.
func (n number) shown(env Env) string {
	group, point := " ", ","
	if env.english() {
		group, point = ",", "."
	}
	text := n.whole
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + group + text[at:]
	}
	if n.negative {
		text = "-" + text
	}
	if n.decimals != "" {
		text += point + n.decimals
	}
	return text
}

func shownNumber(value int64, env Env) string {
	n, _ := parseNumber(strconv.FormatInt(value, 10), env)
	return n.shown(env)
}
