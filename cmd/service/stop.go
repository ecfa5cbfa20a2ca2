package service

import (
	"sync"
	"time"
)

const (
	// stopTime is how long a stop waits for what is under way. Those who start containers mostly give them 30 s.
	stopTime = 25 * time.Second
	// cutTime is how long what was cut off may take to let go.
	cutTime = 3 * time.Second
)

// Stop takes no new event and sends no new message, and waits for turns and messages under way. What is not done in time is cut off and
// given back: other processes go on with it at once. It may be called twice.
func (s *Service) Stop() {
	s.once.Do(func() {
		if s.stop != nil {
			s.stop()
		}
		ended := make(chan struct{})
		go func() {
			s.end()
			close(ended)
		}()
		if within(ended, s.config.StopWithin) {
			return
		}
		s.log.Warn("turns or messages are still under way, they are cut off and given to other processes", "after", s.config.StopWithin)
		s.cutOff()
		if !within(ended, cutTime) {
			s.log.Error("something does not let go; its chats go on when their leases have run out")
		}
	})
}

// end waits for the watcher, and then ends all bots.
func (s *Service) end() {
	s.done.Wait()
	var ending sync.WaitGroup
	for _, bot := range s.running() {
		ending.Go(bot.end)
	}
	ending.Wait()
}

// cutOff ends all calls under way.
func (s *Service) cutOff() {
	s.cut()
	for _, bot := range s.running() {
		if connector := bot.connector.Load(); connector != nil {
			connector.Cut()
		}
	}
}

func (s *Service) running() []*bot {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*bot, 0, len(s.bots))
	for _, code := range s.codes() {
		all = append(all, s.bots[code])
	}
	return all
}

func within(done <-chan struct{}, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}
