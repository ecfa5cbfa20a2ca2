package storetest

import (
	"context"
	"sync"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/store"
)

func oneLeads(r *rig) {
	first, other := r.store, r.open(store.Options{})
	ctx, resign := context.WithCancel(r.Context())
	defer resign()
	leading, err := first.Lead(ctx, "poll")
	require.NoError(r, err)
	elsewhere, err := other.Lead(r.Context(), "watch")
	require.NoError(r, err)

	var waiting sync.WaitGroup
	for _, second := range []*store.Store{other, first} {
		waiting.Go(func() {
			short, cancel := context.WithTimeout(r.Context(), lease*6/5)
			defer cancel()
			_, err := second.Lead(short, "poll")
			assert.ErrorIs(r, err, context.DeadlineExceeded)
		})
	}
	waiting.Wait()
	require.NoError(r, leading.Err())

	resign()
	<-leading.Done()
	next, err := other.Lead(r.Context(), "poll")
	require.NoError(r, err)
	require.NoError(r, next.Err())
	require.NoError(r, elsewhere.Err())
}

// leaderDies takes the lease away from a leader, as if it had stood still for too long.
func leaderDies(r *rig) {
	leading, err := r.store.Lead(r.Context(), "poll")
	require.NoError(r, err)
	lead := "krok:{" + r.namespace + "}:lead"
	before, err := r.backend.Client.HGet(r.Context(), lead, "poll").Result()
	require.NoError(r, err)
	require.NoError(r, r.backend.Client.HSet(r.Context(), lead, "poll", "somebody 7 0").Err())
	select {
	case <-leading.Done():
	case <-time.After(20 * time.Second):
		r.Fatalf("the leader does not notice that it lost its lease: %s", before)
	}
	next, err := r.open(store.Options{}).Lead(r.Context(), "poll")
	require.NoError(r, err)
	require.NoError(r, next.Err())
	after, err := r.backend.Client.HGet(r.Context(), lead, "poll").Result()
	require.NoError(r, err)
	require.Contains(r, after, " 8 ")
}

func definitionsAreKept(r *rig) {
	ctx := r.Context()
	definition := flow.Definition{Tables: map[string][]flow.Row{"bot": {{"id": 3, "code": "shop", "name": map[string]any{"uk_UA": "Крамниця"}}}}}
	require.NoError(r, r.store.SaveGood(ctx, "shop", store.Good{Definition: definition, Token: "1:x"}))
	require.NoError(r, r.store.SaveGood(ctx, "school", store.Good{}))
	require.NoError(r, r.store.DropGood(ctx, "school"))
	kept, err := r.open(store.Options{}).LoadGood(ctx)
	require.NoError(r, err)
	require.Len(r, kept, 1)
	require.Equal(r, "1:x", kept["shop"].Token)
	row := kept["shop"].Definition.Bot()
	require.Equal(r, int64(3), row.ID())
	require.Equal(r, "Крамниця", row.Texts("name").In("uk"))

	id, err := r.store.FileID(ctx, 5, "sum")
	require.NoError(r, err)
	require.Empty(r, id)
	require.NoError(r, r.store.SaveFileID(ctx, 5, "sum", "AgAC"))
	id, err = r.store.FileID(ctx, 5, "sum")
	require.NoError(r, err)
	require.Equal(r, "AgAC", id)
	id, err = r.store.FileID(ctx, 6, "sum")
	require.NoError(r, err)
	require.Empty(r, id)

	require.NoError(r, r.store.Remember(ctx, "name", "value"))
	for name, want := range map[string]string{"name": "value", "other": ""} {
		got, err := r.store.Recall(ctx, name)
		require.NoError(r, err)
		require.Equal(r, want, got)
	}
}
