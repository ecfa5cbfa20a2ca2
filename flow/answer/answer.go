// Package answer turns what a client wrote into the value of an Odoo field, or says in words for that client why it cannot.
//
// A value is as Odoo wants it over RPC: dates and datetimes as text (datetimes in UTC), whole numbers as int64, other numbers
// as float64. What is accepted comes with a text that shows it; writing that text again gives the same value.
package answer

import (
	"strings"
	"time"

	"github.com/krokbot/krok/flow/texts"
)

// Kind says what a text has to be. Kinds that are types of Odoo fields have their names.
type Kind string

// The kinds of answers.
const (
	Char     Kind = "char"     // string on one line
	Text     Kind = "text"     // string
	HTML     Kind = "html"     // string: paragraphs of escaped text
	Integer  Kind = "integer"  // int64 that fits PostgreSQL's int4
	Float    Kind = "float"    // float64
	Monetary Kind = "monetary" // float64
	Date     Kind = "date"     // string "2006-01-02"
	DateTime Kind = "datetime" // string "2006-01-02 15:04:05" in UTC
	Boolean  Kind = "boolean"  // bool
	Email    Kind = "email"    // string: a bare address
	Phone    Kind = "phone"    // string: E.164
)

// Env is what reading depends on besides the text.
type Env struct {
	// Lang is the client's language, as Odoo or Telegram write it. It decides what "1,234" is, and how numbers are shown.
	Lang string
	// Region is the country of the partner or the company, as ISO 3166 code ("UA"). It completes phone numbers written without
	// a country code, and decides what 05/12/2026 is. "" is not known.
	Region string
	// Currency of an amount, as ISO 4217 code. An amount that names another currency is refused; "" takes any.
	Currency string
	// Location is the bot's time zone; nil is UTC.
	Location *time.Location
	// Now is what "tomorrow" and days without a year are reckoned from.
	Now time.Time
	// Digits bounds the decimals of a number. 0 is no bound for Float, and 2 for Monetary.
	Digits int
	// MaxLength bounds a Char or Text, in characters (code points, as PostgreSQL counts); 0 is no bound. Odoo would cut a longer text silently.
	MaxLength int
}

// Value is an accepted answer.
type Value struct {
	Odoo  any    // as Odoo wants it over RPC
	Shown string // as the client reads it, in their language; reading it again gives the same Value
}

// Read reads a client's text as a kind. A refusal says what is wrong and what an accepted answer looks like; it is nil where
// the text was accepted. A kind that no text can answer (a selection, an image) is refused too.
func Read(kind Kind, text string, env Env) (Value, *texts.Error) {
	if env.Location == nil {
		env.Location = time.UTC
	}
	env.Region, env.Currency = strings.ToUpper(env.Region), strings.ToUpper(env.Currency)
	read, ok := readers[kind]
	if !ok {
		return Value{}, refuse("not_by_text", nil)
	}
	text = clean(text)
	if blank(text) {
		return Value{}, refuse("empty", nil)
	}
	return read(text, env)
}

var readers = map[Kind]func(text string, env Env) (Value, *texts.Error){
	Char: readChar, Text: readText, HTML: readHTML, Integer: readInteger, Float: readFloat, Monetary: readMonetary,
	Date: readDate, DateTime: readDateTime, Boolean: readBoolean, Email: readEmail, Phone: readPhone,
}

// Of gives the kind that answers a field of Odoo, by its technical name and type; false where a text cannot answer it. Odoo
// has no types for addresses and numbers: a Char named email, phone or mobile, or ending so ("x_work_email"), is one.
func Of(field, ttype string) (Kind, bool) {
	switch kind := Kind(ttype); kind {
	case Char:
		switch field[strings.LastIndexByte(field, '_')+1:] {
		case "email":
			return Email, true
		case "phone", "mobile":
			return Phone, true
		}
		return Char, true
	case Text, HTML, Integer, Float, Monetary, Date, DateTime, Boolean:
		return kind, true
	}
	return "", false
}

// english tells whether a comma groups thousands: in English it does; in Ukrainian and most other languages it is the decimal
// comma.
func (e Env) english() bool {
	base, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(e.Lang), "_", "-"), "-")
	return base == "en" || base == ""
}

func refuse(key string, args texts.Args) *texts.Error {
	return texts.NewError("answer."+key, args, nil)
}
