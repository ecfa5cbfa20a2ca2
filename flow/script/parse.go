package script

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/krokbot/krok/flow/texts"
)

// Parse reads a transcript; name is how errors call it. Mistakes come back as [Errors], with everything that was found.
func Parse(name string, src []byte) (*Script, error) {
	p := &parser{script: &Script{Name: name}}
	if !utf8.Valid(src) {
		return nil, Errors{{File: name, Line: 1, Column: 1, Key: "script.not_utf8"}}
	}
	source := strings.TrimPrefix(string(src), "\ufeff")
	source = strings.TrimSuffix(source, "\n")
	for i, line := range strings.Split(source, "\n") {
		p.line(i+1, strings.TrimRight(line, "\r")) // as Windows ends lines
	}
	p.finish()
	if len(p.errs) > 0 {
		return nil, p.errs
	}
	return p.script, nil
}

type parser struct {
	script *Script
	errs   Errors
	open   *Line    // the message that an indented line goes on with
	sign   string   // of the open message
	body   []string // its lines
	blank  []Line   // empty lines, which belong to a message only where it goes on behind them
}

func (p *parser) fail(line, column int, key string, args texts.Args) {
	p.errs = append(p.errs, &Error{File: p.script.Name, Line: line, Column: column, Key: "script." + key, Args: args})
}

// line reads one line of the file.
func (p *parser) line(number int, source string) {
	switch {
	case strings.TrimSpace(source) == "":
		p.blank = append(p.blank, Line{Number: number, Source: source})
		return
	case source[0] == ' ' || source[0] == '\t':
		p.goOn(number, source)
		return
	}
	p.finish()
	for _, sign := range []string{">", "<", "operator:"} {
		if text, ok := strings.CutPrefix(source, sign); ok {
			p.open, p.sign = &Line{Number: number, Source: source}, sign
			p.body = []string{strings.TrimPrefix(text, " ")}
			return
		}
	}
	p.single(number, source)
}

// goOn adds an indented line to the open message, with the empty lines before it.
func (p *parser) goOn(number int, source string) {
	if p.open == nil {
		p.finish()
		p.fail(number, indent(source)+1, "nothing_to_go_on", texts.Args{"word": firstWord(source)})
		return
	}
	for _, blank := range p.blank {
		p.open.Source += "\n" + blank.Source
		p.body = append(p.body, "")
	}
	p.blank = nil
	p.open.Source += "\n" + source
	if text, ok := strings.CutPrefix(source, "\t"); ok {
		source = text
	} else {
		source = source[min(indent(source), 2):]
	}
	p.body = append(p.body, source)
}

func indent(source string) int { return len(source) - len(strings.TrimLeft(source, " \t")) }

// finish closes the open message.
func (p *parser) finish() {
	if p.open != nil {
		p.message(*p.open, strings.Join(p.body, "\n"))
	}
	p.script.Lines = append(p.script.Lines, p.blank...)
	p.open, p.body, p.blank = nil, nil, nil
}

func (p *parser) message(line Line, text string) {
	column := len(p.sign) + 1
	if strings.HasPrefix(line.Source[len(p.sign):], " ") {
		column++
	}
	line.Text = text
	switch p.sign {
	case "operator:":
		line.Kind = Operator
	case "<":
		line.Kind = Bot
		if strings.TrimSpace(text) == "" {
			p.fail(line.Number, column, "empty_bot", nil)
		}
	default:
		line.Kind = Client
		action, err := ReadAction(text)
		if said := (*texts.Error)(nil); errors.As(err, &said) {
			p.errs = append(p.errs, &Error{File: p.script.Name, Line: line.Number, Column: column, Key: said.Key, Args: said.Args})
		}
		line.Action = action
	}
	p.script.Lines = append(p.script.Lines, line)
}

// single reads a line that nothing goes on with.
func (p *parser) single(number int, source string) {
	line := Line{Number: number, Source: source, Text: strings.TrimSpace(source[1:])}
	switch source[0] {
	case '#':
		line.Kind = Note
	case '~':
		line.Kind = Pause
		wait, ok := duration(line.Text)
		if !ok {
			p.fail(number, columnOf(source), "bad_duration", texts.Args{"word": line.Text})
		}
		line.Wait = wait
	case '@':
		p.scene(&line)
	default:
		p.fail(number, 1, "bad_line", texts.Args{"word": firstWord(source)})
	}
	p.script.Lines = append(p.script.Lines, line)
}

var (
	sceneName = regexp.MustCompile(`^(?:partner(?:\.[a-z_0-9]+)*|values [a-z_0-9]+|record [a-z_0-9]+(?:\.[a-z_0-9]+)* [0-9]+|event .+|merge|refuses|` +
		`chat\.(?:first_name|last_name|username|lang|phone)|odoo|files|now|bot)$`)
	checkName = regexp.MustCompile(`^partner(?:\.[a-z_0-9]+)+$`)
)

// scene reads "@ name = value", which sets the scene, and "@? name = value", which looks at it.
func (p *parser) scene(line *Line) {
	line.Kind = Scenery
	known, column := sceneName, columnOf(line.Source)
	if text, ok := strings.CutPrefix(line.Text, "?"); ok && strings.HasPrefix(line.Source, "@?") {
		line.Kind, line.Text, known = Check, strings.TrimSpace(text), checkName
		column = columnOf(line.Source[1:]) + 1
	}
	name, value, ok := strings.Cut(line.Text, "=")
	line.Name, line.Value = strings.TrimSpace(name), unescape(strings.TrimSpace(value))
	key := map[Kind]string{Scenery: "scene", Check: "check"}[line.Kind]
	switch {
	case !ok || line.Name == "":
		p.fail(line.Number, column, "bad_"+key, texts.Args{"word": line.Text})
	case !known.MatchString(line.Name):
		p.fail(line.Number, column, "unknown_"+key, texts.Args{"word": line.Name})
	}
}

// columnOf is where what stands behind a sign begins.
func columnOf(source string) int {
	rest := strings.TrimLeft(source[1:], " \t")
	return utf8.RuneCountInString(source) - utf8.RuneCountInString(rest) + 1
}

func firstWord(source string) string {
	words := strings.Fields(source)
	if len(words) == 0 {
		return source
	}
	return words[0]
}

var durationPart = regexp.MustCompile(`^(\d{1,6})([smhd])`)

// duration reads "10m", "1h30m", "2d".
func duration(text string) (time.Duration, bool) {
	units := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}
	var whole time.Duration
	text = strings.ReplaceAll(text, " ", "")
	for text != "" {
		part := durationPart.FindStringSubmatch(text)
		if part == nil {
			return 0, false
		}
		n, _ := strconv.Atoi(part[1]) // a few digits
		whole += time.Duration(n) * units[part[2]]
		text = text[len(part[0]):]
	}
	return whole, whole > 0 && whole < 10*366*24*time.Hour
}
