package store

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/alicebob/miniredis/v2"

	"github.com/krokbot/krok/flow/texts"
)

// Embedded opens a store in this process's memory, for trying krok out: everything is forgotten when the process ends, and no other
// process can share the work. Notes says so.
func Embedded(ctx context.Context, namespace string) (*Store, error) {
	return openEmbedded(ctx, namespace, Options{})
}

func openEmbedded(ctx context.Context, namespace string, options Options) (*Store, error) {
	server := miniredis.NewMiniRedis()
	password := rand.Text() // it listens on the loopback, where others of this machine could reach it
	server.RequireAuth(password)
	if err := server.Start(); err != nil {
		return nil, fmt.Errorf("starting the embedded redis: %w", err)
	}
	client, address, err := connect("redis://:" + password + "@" + server.Addr())
	if err != nil {
		server.Close()
		return nil, err
	}
	store := newStore(client, address, namespace, options)
	store.embedded = server
	if err := store.check(ctx); err != nil {
		store.Close()
		return nil, err
	}
	store.notes = []*texts.Error{texts.NewError("store.embedded", nil, nil)}
	return store, nil
}
