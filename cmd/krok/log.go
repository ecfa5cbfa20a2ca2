package main

import (
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"slices"
)

// newLog makes the log of the process. No part of krok gives it a secret or a phone number, but others' words are in errors too: what
// looks like one is taken out of every line.
func newLog(out io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: level, ReplaceAttr: cleanAttr}))
}

var (
	tokens = regexp.MustCompile(`\d{6,}:[\w-]{35}`)
	phones = regexp.MustCompile(`\+\d[\d ()-]{7,17}\d|\b\d{10,15}\b`)
)

// named are the keys whose values are krok's own: ids of chats, events and messages are numbers as long as phone numbers.
var named = []string{slog.TimeKey, slog.LevelKey, "bot", "chat", "event", "message", "update", "queue", "step"}

func cleanAttr(_ []string, attr slog.Attr) slog.Attr {
	if slices.Contains(named, attr.Key) && attr.Value.Kind() != slog.KindGroup {
		return attr
	}
	switch value := attr.Value.Resolve(); value.Kind() {
	case slog.KindString:
		attr.Value = slog.StringValue(clean(value.String()))
	case slog.KindAny:
		attr.Value = slog.StringValue(clean(fmt.Sprint(value.Any())))
	}
	return attr
}

func clean(text string) string {
	return phones.ReplaceAllString(tokens.ReplaceAllString(text, "<token>"), "<number>")
}
