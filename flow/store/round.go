package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/krokbot/krok/flow"
)

// The kinds of requests, in the order in which roundScript carries them out. A look wants nothing but what may be taken.
const (
	toPut = iota
	toPlan
	toKeep
	toEnd
	toLook
	kinds = toLook
)

// wanted is how many events and messages those who wait could take.
type wanted struct {
	events, messages int
	pace             flow.Pace
}

// got is what a round brought.
type got struct {
	events, messages       []*job
	nextEvent, nextMessage time.Duration // until there can be more; 0: perhaps at once, less than 0: unknown
}

// round carries out requests, and takes what is wanted. The requests' errors are set where they fail alone.
func (s *Store) round(ctx context.Context, bot string, requests []*request, want wanted) (got, error) {
	in, out, casts := s.queueKeys(bot, inbox), s.queueKeys(bot, outbox), s.queueKeys(bot, cast)
	keys := []string{
		in.due, in.held, in.idle, out.due, out.held, out.idle, casts.due, casts.held, s.botKey(bot, "seen"), s.botKey(bot, "chats"),
		s.botKey(bot, "plans"), s.botKey(bot, "dead"), s.botKey(bot, "out:frozen"), s.botKey(bot, "out:stamps"), s.botKey(bot, "out:rest"),
		s.botKey(bot, "fates"), s.botKey(bot, "journal"), s.botKey(bot, "lines"),
	}
	args := []any{in.list, out.list, casts.list, micros(s.options.Lease), micros(s.options.Seen), want.events, want.messages}
	args = append(append(args, bounds(want.pace)...), s.id)
	byKind := sorted(requests)
	for _, of := range byKind {
		length := 0
		for _, request := range of {
			length += len(request.args)
		}
		args = append(args, length)
	}
	for _, of := range byKind {
		for _, request := range of {
			args = append(args, request.args...)
		}
	}
	reply, err := roundScript.Run(ctx, s.client, keys, args...).Slice()
	if err != nil {
		return got{}, s.explain(err)
	}
	s.settle(byKind, reply)
	return readRound(reply)
}

// sorted are the requests by kind.
func sorted(requests []*request) (byKind [kinds][]*request) {
	for _, request := range requests {
		if request.kind < kinds {
			byKind[request.kind] = append(byKind[request.kind], request)
		}
	}
	return byKind
}

// settle sets the errors of the requests that the script names.
func (s *Store) settle(byKind [kinds][]*request, reply []any) {
	if refused, _ := reply[0].(string); refused != "" {
		if start := strings.Index(refused, "OOM"); start > 0 { // before 7.0 more stands there
			refused = refused[start:]
		}
		for _, request := range byKind[toPut] {
			request.err = s.explain(errors.New(refused))
		}
	}
	places, _ := reply[1].([]any)
	for _, place := range places {
		i, _ := place.(int64)
		for _, of := range byKind[toPlan:] {
			if int(i) <= len(of) {
				of[i-1].err = flow.ErrLost
				break
			}
			i -= int64(len(of))
		}
	}
}

func readRound(reply []any) (got, error) {
	events, err := readJobs(reply[3], 8)
	if err != nil {
		return got{}, err
	}
	messages, err := readJobs(reply[6], 5)
	if err != nil {
		return got{}, err
	}
	for _, job := range events {
		job.queue = inbox
	}
	conversations, _ := reply[5].(int64)
	for i, job := range messages {
		job.queue = outQueue(i >= int(conversations))
	}
	return got{events: events, messages: messages, nextEvent: microseconds(reply[2]), nextMessage: microseconds(reply[4])}, nil
}

// job is the first entry of a chat's list in the hands of one taker.
type job struct {
	queue    string
	chat     flow.ChatID
	item     string // the entry
	record   string // what is kept of the chat; only in the inbox
	plan     string // what an earlier attempt decided; only in the inbox
	last     string // the last entry of the list, behind the result of a commit; only in the inbox
	fence    int64
	attempts int
	lost     int // attempts that never said how they ended
}

// readJobs reads what a script has leased: a number of values for each chat.
func readJobs(list any, width int) (jobs []*job, err error) {
	values, _ := list.([]any)
	for ; len(values) >= width; values = values[width:] {
		made, err := readJob(values[:width])
		if err != nil {
			return nil, fmt.Errorf("reading what redis gave: %w", err)
		}
		jobs = append(jobs, made)
	}
	return jobs, nil
}

func readJob(values []any) (*job, error) {
	var texts [8]string
	for i, value := range values {
		texts[i], _ = value.(string)
	}
	fence, err := strconv.ParseInt(texts[2], 10, 64)
	if err != nil {
		return nil, err
	}
	attempts, _ := values[3].(int64)
	lost, _ := values[4].(int64)
	return &job{chat: flow.ChatID(texts[0]), item: texts[1], fence: fence, attempts: int(attempts), lost: int(lost), record: texts[5], plan: texts[6],
		last: texts[7]}, nil
}

func microseconds(value any) time.Duration {
	n, _ := value.(int64)
	return time.Duration(n) * time.Microsecond
}

func micros(d time.Duration) int64 { return d.Microseconds() }
