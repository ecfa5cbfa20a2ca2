package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheLogTakesSecretsAndNumbersOutOfOthersWords(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := newLog(&out, slog.LevelDebug)
	token := "123456789:" + strings.Repeat("Ab_-3", 7)
	log.With("err", "with +380 (50) 123-45-67").WithGroup("g").Error("a call of 380501234567 to "+token,
		"err", fmt.Errorf("posting to bot%s/getMe: %w", token, errors.New("duplicate phone 0501234567")),
		"any", []string{"+1 202 555 01 23"}, slog.Group("inner", "text", "380501234567"))
	for _, secret := range []string{token, "Ab_-3", "380501234567", "0501234567", "123-45-67", "555 01 23"} {
		require.NotContains(t, out.String(), secret)
	}
	require.Contains(t, out.String(), "posting to bot<token>/getMe: duplicate phone <number>")
}

func TestTheLogKeepsChatsTimesAndShortNumbers(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	newLog(&out, slog.LevelInfo).Info("a turn", "bot", "shop", "chat", "5012345678", "event", "u123456789:800000001",
		"err", "deadline 2026-11-25 03:47:41 of 127.0.0.1:43210 after 1500 ms in database 0f8fad5b-d9cb-469f-a165-70867728950e")
	for _, kept := range []string{"chat=5012345678", "event=u123456789:800000001", "2026-11-25 03:47:41 of 127.0.0.1:43210 after 1500 ms", "0f8fad5b-d9cb-469f-a165-70867728950e"} {
		require.Contains(t, out.String(), kept)
	}
}
