// Package flow is what a bot is and how it answers: bots, steps, events, sessions and turns. It knows nothing of Telegram, Redis,
// RPC or the clock, so that every conversation can be played in a test, in a terminal, or for real.
//
// A [Definition] (rows as an admin wrote them) is checked and built into an immutable [Bot] by [Build]. An [Engine] takes a bot, a
// [Session] and an [Event] and gives back a [Result]: the new session, the messages to send, and at most one commit to Odoo.
package flow

import "strings"

// ChatID is a chat's id in the messenger. Telegram's do not fit 32 bits, so ids are text, as in Odoo.
type ChatID string

// UserID is a person's id in the messenger.
type UserID string

// Texts is a text in several languages, by Odoo's language codes ("uk_UA").
type Texts map[string]string

// In returns the text in the first of the languages that it has, else in English, else in any. Languages may be codes of
// Odoo or of Telegram; one of the same family will do ("uk" finds "uk_UA").
func (t Texts) In(langs ...string) string {
	for _, lang := range langs {
		if text := t.exactly(lang); text != "" {
			return text
		}
	}
	if text := t["en_US"]; text != "" {
		return text
	}
	found := "" // any other, but always the same one
	for lang, text := range t {
		if text != "" && (found == "" || lang < found) {
			found = lang
		}
	}
	return t[found]
}

// exactly finds the text of that language or of its family; among several of the family, the first by code.
func (t Texts) exactly(lang string) string {
	if lang == "" {
		return ""
	}
	if text, ok := t[lang]; ok {
		return text
	}
	family, best := familyOf(lang), ""
	for code, text := range t {
		if familyOf(code) == family && text != "" && (best == "" || code < best) {
			best = code
		}
	}
	return t[best]
}

// familyOf is the language without its country: "uk" of "uk_UA" and "uk-UA".
func familyOf(lang string) string {
	family, _, _ := strings.Cut(strings.ReplaceAll(lang, "-", "_"), "_")
	return strings.ToLower(family)
}
