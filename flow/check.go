package flow

import (
	"strings"
	"unicode"

	"github.com/krokbot/krok/flow/richtext"
	"github.com/krokbot/krok/flow/texts"
)

// startAlias is the code of the step that a conversation begins with.
const startAlias = "/start"

// aliasHolders tells which step had an alias in a definition.
func aliasHolders(definition Definition) map[string]int64 {
	holders := map[string]int64{}
	for _, row := range definition.Tables["alias"] {
		holders[Normalise(row.Str("name"))] = row.Ref("step_id")
	}
	return holders
}

// doubleAliases finds codes that lead to two steps. The step that had the code before keeps it, else the first one; the others
// have a mistake.
func (b *builder) doubleAliases(definition Definition, steps []Row) map[int64][]Problem {
	owners := map[string]int64{}
	claims := map[string][]int64{}
	names := map[int64]string{}
	for _, step := range steps {
		names[step.ID()] = step.Str("name")
		for _, alias := range definition.Of("alias", step.ID()) {
			code := Normalise(alias.Str("name"))
			if code == "" {
				continue
			}
			claims[code] = append(claims[code], step.ID())
			if _, owned := owners[code]; !owned || b.holders[code] == step.ID() {
				owners[code] = step.ID()
			}
		}
	}
	doubles := map[int64][]Problem{}
	for _, code := range sortedKeys(claims) {
		for _, step := range claims[code] {
			if step != owners[code] {
				doubles[step] = append(doubles[step], Problem{Level: LevelError, Step: step, Field: "alias_ids", Key: "problem.double_alias",
					Args: texts.Args{"alias": code, "step": names[owners[code]]}})
			}
		}
	}
	return doubles
}

func (b *builder) checkAliases(step *Step, found *problems) {
	for _, alias := range step.Aliases {
		code := Normalise(alias.Code)
		switch {
		case code == "":
			found.warn("alias_ids", "empty_alias", nil)
		case code == "/stop":
			found.warn("alias_ids", "stop_alias", nil)
		case strings.HasPrefix(code, "/") && !menuCommand.MatchString(alias.Code):
			found.warn("alias_ids", "bad_command", texts.Args{"alias": alias.Code})
		case isLatin(code) && !strings.HasPrefix(code, "/") && !deepLink.MatchString(alias.Code):
			found.warn("alias_ids", "no_deep_link", texts.Args{"alias": alias.Code})
		}
	}
}

// isLatin tells whether a code looks as if it were meant for a deep link: letters that Telegram carries there.
func isLatin(code string) bool {
	return strings.IndexFunc(code, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}

// indexAliases fills the bot's index and command menu. A code that two steps claim belongs to the one that was in order first, and to
// one that serves before one that is skipped.
func (b *builder) indexAliases() {
	for _, skipped := range []bool{false, true} {
		for _, step := range b.bot.InOrder {
			if step.Skipped == skipped {
				b.indexAliasesOf(step)
			}
		}
	}
	b.bot.Start = b.bot.aliases[startAlias]
}

func (b *builder) indexAliasesOf(step *Step) {
	for _, alias := range step.Aliases {
		code := Normalise(alias.Code)
		if _, taken := b.bot.aliases[code]; taken || code == "" {
			continue
		}
		b.bot.aliases[code] = step
		if alias.Description.In() != "" && menuCommand.MatchString(alias.Code) {
			b.bot.Commands = append(b.bot.Commands, Command{Name: alias.Code[1:], Description: alias.Description})
		}
	}
}

// checkWhole reports what only shows in the bot as a whole: steps that nothing leads to, and circles without a wait.
func (b *builder) checkWhole() {
	reached := b.reachable()
	for _, step := range b.bot.InOrder {
		if !reached[step.ID] {
			b.warn(step, "", "unreachable", nil)
		}
		if b.circles(step) {
			b.warn(step, "next_id", "loop", nil)
		}
		if step.Next == 0 && !waits(step) && len(step.Inline) == 0 && len(step.Keyboard) == 0 && len(b.bot.InOrder) > 1 && step == b.bot.Start {
			b.warn(step, "next_id", "dead_end", nil)
		}
		if deadEnd(step) {
			b.warn(step, "next_id", "dead_end", nil)
		}
	}
	b.checkTranslations()
}

// deadEnd tells whether a step takes an answer, or makes something for the client, and then says nothing.
func deadEnd(step *Step) bool {
	if step.Next != 0 {
		return false
	}
	switch of := step.Type.(type) {
	case inputStep:
		return true
	case contactStep:
		return of.Waits() && len(of.after) == 0
	case leadStep:
		return len(step.Text) == 0 && len(step.Media) == 0
	}
	return false
}

func (b *builder) warn(step *Step, field, key string, args texts.Args) {
	b.found = append(b.found, Problem{Level: LevelWarning, Step: step.ID, Field: field, Key: "problem." + key, Args: args})
}

// reachable marks the steps that a client can come to: those with a code that an admin gave, and all that these lead to.
func (b *builder) reachable() map[int64]bool {
	reached := map[int64]bool{}
	var visit func(id int64)
	visit = func(id int64) {
		step := b.bot.Steps[id]
		if step == nil || reached[id] {
			return
		}
		reached[id] = true
		for _, next := range step.leadsTo() {
			visit(next)
		}
		for _, answer := range step.Answers {
			for _, next := range b.bot.recordsLeadTo(answer.Notification, map[int64]bool{}) {
				visit(next)
			}
		}
	}
	for _, id := range sortedIDs(b.bot.Watches) {
		for _, next := range b.bot.recordsLeadTo(b.bot.Watches[id].Notification, map[int64]bool{}) {
			visit(next)
		}
	}
	for _, step := range b.bot.InOrder {
		for _, alias := range step.Aliases {
			if !alias.Automatic {
				visit(step.ID)
			}
		}
	}
	return reached
}

// recordsLeadTo lists the steps that the buttons of a notification open, and of those that it leads to.
func (b *Bot) recordsLeadTo(notification int64, seen map[int64]bool) []int64 {
	n := b.Notifications[notification]
	if n == nil || seen[notification] {
		return nil
	}
	seen[notification] = true
	var to []int64
	for _, button := range n.Buttons {
		to = append(append(to, button.Target), b.recordsLeadTo(button.Related, seen)...)
	}
	return to
}

// leadsTo lists the steps that this one can go on to; 0 may be among them.
func (s *Step) leadsTo() []int64 {
	to := []int64{s.Next, s.Otherwise}
	for _, answer := range s.Answers {
		to = append(to, answer.Next)
	}
	for _, rows := range [][][]*Button{s.Keyboard, s.Inline} {
		for _, row := range rows {
			for _, button := range row {
				to = append(to, button.Target)
			}
		}
	}
	return to
}

func waits(step *Step) bool {
	waiter, ok := step.Type.(Waiter)
	return ok && waiter.Waits()
}

// circles tells whether a chain of steps that do not wait comes back to where it began.
func (b *builder) circles(start *Step) bool {
	if waits(start) {
		return false
	}
	step := b.bot.Steps[start.Next]
	for range len(b.bot.Steps) {
		if step == nil || waits(step) {
			return false
		}
		if step == start {
			return true
		}
		step = b.bot.Steps[step.Next]
	}
	return false
}

// checkTranslations reports texts that are the same in a language into which the admin has translated others.
func (b *builder) checkTranslations() {
	base := b.bot.Lang
	translated := map[string]bool{}
	same := map[string][]*Step{}
	for _, step := range b.bot.InOrder {
		from := inLanguage(step.Text, base)
		for lang, text := range step.Text {
			switch {
			case lang == base:
			case sameText(text, from):
				same[lang] = append(same[lang], step)
			default:
				translated[lang] = true
			}
		}
	}
	for _, lang := range sortedKeys(same) {
		if !translated[lang] {
			continue
		}
		for _, step := range same[lang] {
			b.warn(step, "text", "not_translated", texts.Args{"lang": lang})
		}
	}
}

// sameText tells whether two texts are the same and hold words that could be translated.
func sameText(a, b richtext.Template) bool {
	empty := func(string) string { return "" }
	text := a.Render(empty).Text
	return text == b.Render(empty).Text && strings.IndexFunc(text, unicode.IsLetter) >= 0
}
