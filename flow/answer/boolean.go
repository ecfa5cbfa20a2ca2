package answer

import (
	"strings"

	"github.com/krokbot/krok/flow/texts"
)

// yes and no are what people write for them, in Ukrainian and in English.
var yesNo = func() map[string]bool {
	words := map[string]bool{}
	for _, word := range strings.Split("так|ага|угу|еге|еге ж|авжеж|атож|аякже|звісно|звичайно|безперечно|безумовно|саме так|так так|"+
		"згоден|згодна|погоджуюсь|погоджуюся|підтверджую|добре|гаразд|ок|окей|вірно|правильно|є|т|"+
		"yes|y|yes yes|yes please|yeah|yea|yep|yup|sure|of course|certainly|absolutely|definitely|ok|okay|agreed|i agree|i do|right|correct|true|"+
		"+|++|1|✅|✔|☑|👍|👌", "|") {
		words[word] = true
	}
	for _, word := range strings.Split("ні|нє|не|неа|нєа|нема|немає|ні ні|ніт|аж ніяк|зовсім ні|ніколи|не згоден|не згодна|не погоджуюсь|не погоджуюся|"+
		"не треба|не потрібно|не хочу|не буду|неправильно|н|"+
		"no|n|no no|no thanks|no thank you|nope|nah|not|never|not at all|i disagree|disagree|i do not|i don't|don't|wrong|false|"+
		"-|--|0|❌|✖|✗|👎|🙅", "|") {
		words[word] = false
	}
	return words
}()

// readBoolean takes the words and signs of yesNo, however they are capitalised and punctuated.
func readBoolean(text string, env Env) (Value, *texts.Error) {
	word := strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(".,!?;:…\"«»()\ufe0f", r), 0x1f3fb <= r && r <= 0x1f3ff: // the emoji's form and colour of skin
			return ' '
		}
		return r
	}, fold(text))
	word = strings.Join(strings.Fields(strings.ToLower(word)), " ")
	value, ok := yesNo[word]
	if !ok {
		return Value{}, refuse("not_yes_no", nil)
	}
	key := map[bool]string{true: "answer.yes", false: "answer.no"}[value]
	return Value{Odoo: value, Shown: texts.Get(env.Lang, key, nil)}, nil
}
