package store

import (
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// listen hears the bells of all queues of the namespace, which scripts ring by name of the queue's key "idle".
func (s *Store) listen() {
	s.bell = s.client.PSubscribe(s.life, "krok:{"+escape.Replace(s.namespace)+"/*}:*:idle")
	messages := s.bell.Channel(redis.WithChannelHealthCheckInterval(3 * time.Second))
	s.done.Go(func() {
		for {
			select {
			case <-s.life.Done():
				return
			case message, ok := <-messages:
				if !ok {
					return
				}
				s.heard(message.Channel)
			}
		}
	})
}

// heard wakes the desk of a queue, where this process has one.
func (s *Store) heard(channel string) {
	s.mu.Lock()
	desk := s.desks[channel]
	s.mu.Unlock()
	if desk != nil {
		desk.lookAgain()
	}
}

// escape makes a name stand for itself in a pattern of Redis.
var escape = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`)
