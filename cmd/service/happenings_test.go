package service_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/odoo/watch"
)

func TestEventsOfOdooReachTheirChatsOnceAndAreForgottenThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	processes := []*process{w.serve(t), w.serve(t)}
	w.says(t, "Вітаю")
	w.office.set(func(o *office) {
		o.events = []watch.Event{{ID: 1, Watch: 70, Bot: 1, Record: 7, Chats: []string{"5000000001"}}, {ID: 2, Watch: 70, Bot: 1, Record: 8, Unreachable: 1}, {ID: 3, Watch: 71, Bot: 99, Record: 9}}
	})
	require.Eventually(t, func() bool {
		left := 0
		w.office.set(func(o *office) { left = len(o.events) })
		return left == 0
	}, 10*time.Second, 10*time.Millisecond)
	for _, p := range processes {
		require.False(t, strings.Contains(p.log.String(), "level=ERROR"), p.log.String())
	}
}
