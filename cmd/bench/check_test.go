package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// said answers a message of the first chat, some milliseconds after the start.
func said(c *checker, start time.Time, text string, after int) (open int, fresh bool) {
	return c.answer(0, text, start.Add(time.Duration(after)*time.Millisecond))
}

func TestAnswersInOrderAreNeitherLateNorDoubleNorLost(t *testing.T) {
	t.Parallel()
	c, start := newChecker(2), time.Now()
	for i := range 3 {
		require.Equal(t, i, c.send(0, start))
	}
	for i := range 3 {
		open, fresh := said(c, start, fmt.Sprintf("You said: %d", i), 10*(i+1))
		require.True(t, fresh)
		require.Equal(t, 2-i, open)
	}
	got := c.outcome(start)
	require.Equal(t, outcome{Sent: 3, Answered: 3, P50: 20 * time.Millisecond, P99: 30 * time.Millisecond, Max: 30 * time.Millisecond, Took: 30 * time.Millisecond}, got)
	require.InDelta(t, 100, got.rate(), 0.001)
	require.Zero(t, c.waiting.Load())
}

func TestEveryKindOfWrongAnswerIsCounted(t *testing.T) {
	t.Parallel()
	c, start := newChecker(1), time.Now()
	for range 5 {
		c.send(0, start)
	}
	for _, answer := range []struct {
		text  string
		fresh bool
	}{
		{"You said: 1", true},  // 0 is passed over
		{"You said: 0", true},  // out of order
		{"You said: 1", false}, // twice
		{"You said: 3", true},
		{"You said: 2", true},  // out of order
		{"You said: 5", false}, // never sent
		{"You said: -1", false},
		{"You said: ", false},
		{"Try later.", false},
	} {
		_, fresh := said(c, start, answer.text, 1)
		require.Equal(t, answer.fresh, fresh, answer.text)
	}
	got := c.outcome(start)
	require.Equal(t, 5, got.Sent)
	require.Equal(t, 4, got.Answered)
	require.Equal(t, 2, got.Order)
	require.Equal(t, 1, got.Duplicates)
	require.Equal(t, 1, got.Lost)
	require.Equal(t, 4, got.Strange)
	require.EqualValues(t, 1, c.waiting.Load())
}

func TestChatsDoNotCountAgainstEachOther(t *testing.T) {
	t.Parallel()
	c, start := newChecker(2), time.Now()
	c.send(0, start)
	c.send(1, start)
	c.send(1, start)
	c.answer(1, "You said: 0", start.Add(time.Millisecond))
	c.answer(1, "You said: 1", start.Add(time.Millisecond))
	c.answer(0, "You said: 0", start.Add(time.Millisecond))
	got := c.outcome(start)
	require.Equal(t, 3, got.Answered)
	require.Zero(t, got.Order+got.Duplicates+got.Lost+got.Strange)
}

func TestPercentilesAreOfTheNearestRank(t *testing.T) {
	t.Parallel()
	var hundred []int
	for i := range 100 {
		hundred = append(hundred, i+1)
	}
	for p, want := range map[float64]int{0: 1, 1: 1, 50: 50, 99: 99, 99.5: 100, 100: 100} {
		require.Equal(t, want, percentile(hundred, p), "%g", p)
	}
	require.Equal(t, 7, percentile([]int{7}, 99))
	require.Zero(t, percentile([]int(nil), 50))
}

func TestAMedianIsAValueThatWasSeen(t *testing.T) {
	t.Parallel()
	values := []float64{9, 1, 5}
	require.InDelta(t, 5, median(values), 0)
	require.Equal(t, []float64{9, 1, 5}, values, "the values stay in their order")
	require.InDelta(t, 5, median([]float64{9, 1, 5, 7}), 0)
}
