package flow_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
)

// makesLeads lets every /start lead to a lead.
func (r *runs) makesLeads() {
	r.bot = flow.Build(flow.Definition{Tables: map[string][]flow.Row{
		"bot": {{"id": 1, "code": shop, "name": "Shop", "lang": "en_US"}},
		"step": {{"id": 10, "code": "call", "name": "Call", "type": "lead", "next_id": 11},
			{"id": 11, "code": "thanks", "name": "Thanks", "type": "text", "text": flow.Texts{"en_US": "<p>Thanks!</p>"}}},
		"alias": {{"id": 1, "name": "/start", "step_id": 10}},
	}}, flow.Definition{}, nil).Bot
}

// An Odoo that restarts keeps the first press waiting, and the client presses again and again: through the store it is seen which presses
// these were.
func TestPressesThatWaitForOdooMeanOneLead(t *testing.T) {
	t.Parallel()
	r := newRuns(t)
	r.makesLeads()
	r.known()
	pressed := func(id string, after time.Duration) flow.Event {
		event := wrote(id, "/start")
		event.At = event.At.Add(after)
		return event
	}
	r.odoo.answers = []error{&flow.Unavailable{Err: errors.New("restarting")}}
	r.put(pressed("1", 0), pressed("2", 10*time.Minute), pressed("3", 20*time.Minute))
	r.start()
	require.Contains(t, r.said(), "I will come back to you")
	for range 3 {
		require.Equal(t, "Thanks!", r.said())
	}
	commits := r.odoo.asked()
	require.Len(t, commits, 2, "one that failed, and the same again")
	require.Equal(t, "shop/7000000001/1", commits[1].Key)
	r.put(pressed("4", 30*time.Minute))
	require.Equal(t, "Thanks!", r.said())
	require.Equal(t, "shop/7000000001/4", r.odoo.asked()[2].Key)
}

func TestALeadThatOdooRefusesIsSetAsideAndMadeWhenItIsTriedAgain(t *testing.T) {
	t.Parallel()
	r := newRuns(t)
	r.makesLeads()
	r.known()
	r.odoo.answers = []error{errors.New("the bot's user may not create leads")}
	r.put(wrote("1", "/start"))
	r.start()
	require.Contains(t, r.said(), "went wrong")
	require.NoError(t, r.store.RetryDead(t.Context(), shop, r.dead(1)[0].ID))
	require.Equal(t, "Thanks!", r.said())
	commits := r.odoo.asked()
	require.Len(t, commits, 2)
	require.Equal(t, commits[0].Key, commits[1].Key)
}
