package script

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
)

// Action is what a client does.
type Action struct {
	Kind      ActionKind
	Text      string // what is written, a caption, the label of a button, forged data
	Group     bool   // in a group chat
	Forwarded bool
	Edited    bool   // an earlier message now reads like this
	Content   string // of Send: what kind of thing, as flow.Message has it
	File      string // of Send: its name
	Size      int64  // of Send: in bytes; 0: it is small
	Phone     string // of a contact; "" is the client's own number
	Owner     Owner  // of a contact
	Latitude  float64
	Longitude float64
}

// ActionKind says what a client does.
type ActionKind int

// What a client can do.
const (
	Say         ActionKind = iota
	Press                  // a button, wherever it stands
	PressInline            // a button under a message
	PressOld               // the oldest button of that name under a message
	Forge                  // a press of data that comes from nowhere
	Send                   // a contact, a location, a file
	Block
	Unblock
)

// Owner says whose card a contact is.
type Owner int

// The owners of a contact.
const (
	Own Owner = iota
	Another
	Nobody // a card from the address book
)

// files are the kinds of files that a client can send, by their names in a transcript.
var files = []string{"photo", "document", "video", "audio", "voice", "sticker", "animation", "video_note", "poll", "dice"}

// maxRepeat bounds "(n × text)".
const maxRepeat = 20_000

var (
	inlinePress   = regexp.MustCompile(`^\[\[(.+)\]\]$`)
	press         = regexp.MustCompile(`^\[(.+)\]$`)
	oldPress      = regexp.MustCompile(`^press old \[\[?([^\[].*?)\]?\]$`)
	repeat        = regexp.MustCompile(`^(\d+) [×x] (.+)$`)
	letterCode    = regexp.MustCompile(`\\u\{([0-9A-Fa-f]{1,6})\}`)
	coordinates   = regexp.MustCompile(`^(-?\d+(?:\.\d+)?), ?(-?\d+(?:\.\d+)?)$`)
	phoneNumber   = regexp.MustCompile(`^\+?[0-9][0-9 ()-]{4,20}$`)
	contactOwners = map[string]Owner{"": Own, "of another": Another, "of nobody": Nobody}
)

// ReadAction reads what stands behind a client's ">". Its error says what is wrong and how to mend it.
func ReadAction(text string) (Action, error) {
	action, err := readAction(text)
	if err != nil {
		return Action{}, err
	}
	return action, nil
}

func readAction(text string) (Action, *texts.Error) {
	action := Action{}
	for {
		rest, ok := action.modifier(text)
		if !ok {
			break
		}
		text = rest
	}
	bare := strings.TrimSpace(text)
	if label := inlinePress.FindStringSubmatch(bare); label != nil && balanced(label[1]) {
		action.Kind, action.Text = PressInline, strings.TrimSpace(label[1])
		return action, nil
	}
	if label := press.FindStringSubmatch(bare); label != nil && balanced(label[1]) {
		action.Kind, action.Text = Press, strings.TrimSpace(label[1])
		return action, nil
	}
	if strings.HasPrefix(bare, "(") {
		return action, action.special(bare)
	}
	if bare == "" {
		return action, texts.NewError("script.empty_client", nil, nil)
	}
	if rest, escaped := strings.CutPrefix(bare, `\`); escaped && rest != "" && strings.ContainsAny(rest[:1], `[(\`) {
		text = rest
	}
	action.Text = unescape(text)
	return action, nil
}

// balanced tells "[a] b" from "a] and [b".
func balanced(label string) bool {
	depth := 0
	for _, r := range label {
		switch r {
		case '[':
			depth++
		case ']':
			depth--
		}
		if depth < 0 {
			return false
		}
	}
	return depth == 0
}

// modifier takes "(group)" and the like off the front of a line.
func (a *Action) modifier(text string) (rest string, ok bool) {
	bare := strings.TrimSpace(text)
	for word, flag := range map[string]*bool{"(group)": &a.Group, "(forwarded)": &a.Forwarded, "(edited)": &a.Edited} {
		if rest, ok := strings.CutPrefix(bare, word); ok && !*flag {
			*flag = true
			return strings.TrimPrefix(rest, " "), true
		}
	}
	return text, false
}

// special reads what stands in round brackets.
func (a *Action) special(text string) *texts.Error {
	inside, rest := brackets(text)
	word, more, _ := strings.Cut(inside, " ")
	more = strings.TrimSpace(more)
	a.Text = unescape(strings.TrimSpace(rest))
	if times := repeat.FindStringSubmatch(inside); times != nil {
		return a.repeated(times[1], unescape(times[2]))
	}
	switch {
	case word == "empty" && more == "":
		a.Kind = Send
	case word == "blocked" && more == "":
		a.Kind = Block
	case word == "unblocked" && more == "":
		a.Kind = Unblock
	case word == "forged" && more != "":
		a.Kind, a.Text = Forge, unescape(more)
	case oldPress.MatchString(inside):
		a.Kind, a.Text = PressOld, oldPress.FindStringSubmatch(inside)[1]
	case word == "contact":
		return a.contact(more)
	case word == "location":
		return a.location(more)
	case slices.Contains(files, word):
		a.Kind, a.Content = Send, word
		a.File, a.Size = nameAndSize(more)
	default:
		return texts.NewError("script.unknown_action", texts.Args{"word": "(" + inside + ")", "known": strings.Join(actions(), ", ")}, nil)
	}
	return nil
}

// brackets takes a line apart into what stands in the brackets at its front, and the rest. Labels and data may have brackets too.
func brackets(text string) (inside, rest string) {
	end := strings.Index(text, ")")
	if strings.HasPrefix(text, "(press ") || strings.HasPrefix(text, "(forged ") {
		end = strings.LastIndex(text, ")")
	}
	if end < 0 {
		return strings.TrimSpace(text[1:]), ""
	}
	return strings.TrimSpace(text[1:end]), text[end+1:]
}

func actions() []string {
	known := []string{"(contact)", "(contact of another)", "(contact of nobody)", "(location 50.45, 30.52)", "(empty)", "(100 × text)", "(blocked)",
		"(unblocked)", "(press old [Label])", "(forged data)", "(group)", "(forwarded)", "(edited)"}
	for _, file := range files {
		known = append(known, "("+file+")")
	}
	return known
}

func (a *Action) repeated(times, text string) *texts.Error {
	n, err := strconv.Atoi(times)
	if err != nil || n < 1 || n > maxRepeat {
		return texts.NewError("script.bad_repeat", texts.Args{"word": times, "most": maxRepeat}, nil)
	}
	a.Text = strings.Repeat(text, n) + a.Text
	return nil
}

func (a *Action) contact(more string) *texts.Error {
	owner, known := contactOwners[more]
	a.Kind, a.Content, a.Owner = Send, flow.ContentContact, owner
	if known {
		return nil
	}
	if !phoneNumber.MatchString(more) {
		return texts.NewError("script.bad_contact", texts.Args{"word": more}, nil)
	}
	a.Phone = more
	return nil
}

func (a *Action) location(more string) *texts.Error {
	a.Kind, a.Content = Send, flow.ContentLocation
	degrees := coordinates.FindStringSubmatch(more)
	if degrees == nil {
		return texts.NewError("script.bad_location", texts.Args{"word": more}, nil)
	}
	a.Latitude, _ = strconv.ParseFloat(degrees[1], 64) // digits, as the expression says
	a.Longitude, _ = strconv.ParseFloat(degrees[2], 64)
	if a.Latitude < -90 || a.Latitude > 90 || a.Longitude < -180 || a.Longitude > 180 {
		return texts.NewError("script.bad_location", texts.Args{"word": more}, nil)
	}
	return nil
}

// unescape puts letters in the place of their codes.
func unescape(text string) string {
	return letterCode.ReplaceAllStringFunc(text, func(code string) string {
		number, err := strconv.ParseInt(code[3:len(code)-1], 16, 32)
		if err != nil || number > 0x10FFFF || number >= 0xD800 && number < 0xE000 {
			return code
		}
		return string(rune(number))
	})
}
