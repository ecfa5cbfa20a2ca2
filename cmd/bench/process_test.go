package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestProcessorTimeIsReadBehindAnyName(t *testing.T) {
	t.Parallel()
	got, err := parseCPU("42 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 123 45 0 0 20 0 1")
	require.NoError(t, err)
	require.Equal(t, 1680*time.Millisecond, got)
	_, err = parseCPU("42 (x) S 1 2")
	require.Error(t, err)
}

func TestPeakMemoryIsReadInBytes(t *testing.T) {
	t.Parallel()
	got, err := parsePeak("Name:\tx\nVmPeak:\t  99 kB\nVmHWM:\t    1024 kB\nVmRSS:\t 5 kB\n")
	require.NoError(t, err)
	require.EqualValues(t, 1<<20, got)
	_, err = parsePeak("Name:\tx\n")
	require.Error(t, err)
}

func TestOnlyTheEndOfWhatAProgramSaysIsKept(t *testing.T) {
	t.Parallel()
	var said tail
	for range 10 {
		_, err := said.Write([]byte(strings.Repeat("a", longestTail/4)))
		require.NoError(t, err)
	}
	_, err := said.Write([]byte("the end\n"))
	require.NoError(t, err)
	require.Len(t, said.data, longestTail)
	require.True(t, strings.HasSuffix(said.String(), "the end"))
}
