package service

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/krokbot/krok/flow"
)

// watchName is what the process leads that asks Odoo for changes, and under what it tells the others: the version of the definitions,
// and behind a line's end what keeps Odoo from telling it.
const watchName = "watch"

// lead lets one process at a time ask Odoo, so that a database gets one light call a second, however many processes there are.
func (s *Service) lead(ctx context.Context) {
	for ctx.Err() == nil {
		leading, err := s.config.Store.Lead(ctx, watchName)
		if err != nil {
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
			continue
		}
		s.leads.Store(true)
		select {
		case s.led <- struct{}{}:
		default: // it is being looked at just now
		}
		<-leading.Done()
		s.leads.Store(false)
	}
}

// watch asks Odoo for changes until it is stopped. An Odoo that does not answer is asked less often.
func (s *Service) watch(ctx context.Context) {
	failures := 0
	for {
		wait := s.config.Every
		err := s.look(ctx)
		if !errors.Is(err, errUntold) {
			s.noteLook(err)
		}
		if err != nil && !errors.Is(err, errUntold) && ctx.Err() == nil {
			failures++
			wait = max(wait, min(s.config.Every<<min(failures, 5), 30*time.Second))
			var slower *flow.Unavailable
			if errors.As(err, &slower) {
				wait = max(wait, slower.After)
			}
			if failures == 1 || failures%20 == 0 {
				s.log.Error("odoo does not tell its definitions; the last good ones serve", "err", err)
			}
		} else {
			failures = 0
		}
		select {
		case <-ctx.Done():
			return
		case <-s.led:
		case <-time.After(wait):
		}
	}
}

// look takes over what has changed in Odoo, and tells Odoo what has changed here.
func (s *Service) look(ctx context.Context) error {
	version, err := s.newest(ctx)
	if err != nil {
		return err
	}
	if version != s.version {
		snapshot, err := s.config.Odoo.Read(ctx)
		if err != nil {
			return err
		}
		s.take(ctx, snapshot)
		s.version = snapshot.Version
	}
	for _, bot := range s.bots {
		if err := bot.report(ctx, s.leads.Load()); err != nil {
			return err
		}
	}
	return nil
}

// errUntold tells that whoever leads has only begun to.
var errUntold = errors.New("the process that asks odoo for all has told nothing yet")

// newest is the version of the definitions: asked of Odoo by the process that leads, told by it to all others.
func (s *Service) newest(ctx context.Context) (string, error) {
	if s.leads.Load() {
		version, err := s.ask(ctx)
		s.tell(ctx, version, err)
		return version, err
	}
	told, err := s.config.Store.Recall(ctx, watchName)
	if err != nil {
		return "", err
	}
	version, trouble, _ := strings.Cut(told, "\n")
	switch {
	case trouble != "":
		return "", &flow.Unavailable{Err: errors.New(trouble)}
	case version == "":
		return "", errUntold
	}
	return version, nil
}

// ask asks Odoo, as long as it has more to tell.
func (s *Service) ask(ctx context.Context) (version string, err error) {
	for range mostLooks {
		seen, err := s.config.Odoo.Look(ctx, s.forgotten)
		if err != nil {
			return "", err
		}
		s.forgotten = nil
		if err := s.happened(ctx, seen.Events); err != nil {
			s.log.Error("what happened in odoo is not in the inboxes yet, it will be told again", "err", err)
			return seen.Version, nil
		}
		if version = seen.Version; !seen.More || s.version == "" {
			break
		}
	}
	return version, nil
}

// tellAgain is how often the others are told the same: a Redis that was emptied, or failed over, may have lost it.
const tellAgain = 5 * time.Second

// tell notes what the process that leads has heard of Odoo.
func (s *Service) tell(ctx context.Context, version string, err error) {
	told := version
	if err != nil {
		told = "\n" + strings.ReplaceAll(err.Error(), "\n", " ")
	}
	if told == s.told && time.Since(s.toldAt) < tellAgain {
		return
	}
	if err := s.config.Store.Remember(ctx, watchName, told); err != nil {
		s.log.Warn("other processes do not hear of changes yet", "err", err)
		return
	}
	s.told, s.toldAt = told, time.Now()
}

// noteLook keeps how a look at Odoo went, for who asks whether all is well.
func (s *Service) noteLook(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.odooErr = err
	s.looked = s.looked || err == nil
}
