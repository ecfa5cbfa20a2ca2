package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
)

// load is what one call to Odoo carries.
type load struct {
	lines []flow.Line
	files map[string][]byte
}

const (
	// mostFiles bounds the files of one load, in bytes; the last of them may go beyond it. Telegram gives files of up to 20 MB.
	mostFiles = 8 << 20
	// fileTime is for how long a file is tried to be fetched. Then the record goes on without it.
	fileTime = 24 * time.Hour
)

// load takes as many lines as files leave room for, and gives those that are left. Where a file cannot be fetched now, the lines of its
// chat stay where they are: they would come in a wrong order.
func (j *journal) load(ctx context.Context, bot *flow.Bot, lines []flow.Line, held map[flow.ChatID]bool) (next load, left []flow.Line) {
	next.files = map[string][]byte{}
	size := 0
	for i, line := range lines {
		if held[line.Chat] {
			j.held++
			continue
		}
		if line.File == nil {
			next.lines = append(next.lines, line)
			continue
		}
		contents, err := j.fetch(ctx, line.File)
		switch gone := (*flow.FileError)(nil); {
		case err == nil:
			next.files[line.File.ID] = contents
			size += len(contents)
		case errors.As(err, &gone), time.Since(line.At) > fileTime:
			j.log.Warn("a client's file cannot be kept", "chat", line.Chat, "err", err)
			line = withoutFile(bot, line)
		default:
			j.log.Warn("a client's file cannot be fetched now, the record of the chat waits for it", "chat", line.Chat, "err", err)
			held[line.Chat] = true
			j.held++
			continue
		}
		next.lines = append(next.lines, line)
		if size >= mostFiles {
			left = lines[i+1:]
			break
		}
	}
	j.fetched = next.files
	return next, left
}

// fetch gives the contents of a file, which may have been fetched for a load that Odoo did not take.
func (j *journal) fetch(ctx context.Context, file *flow.File) ([]byte, error) {
	if contents, ok := j.fetched[file.ID]; ok {
		return contents, nil
	}
	return j.files.File(ctx, j.code, *file)
}

// withoutFile says in words that there was a file.
func withoutFile(bot *flow.Bot, line flow.Line) flow.Line {
	words := texts.Get(texts.Pick(bot.Lang), "journal.no_file", texts.Args{"name": line.File.Name})
	if line.File.Name == "" {
		words = texts.Get(texts.Pick(bot.Lang), "journal.no_nameless_file", nil)
	}
	if line.Text != "" {
		words = line.Text + "\n" + words
	}
	line.Text, line.File = words, nil
	return line
}

// mostRefusals is how often Odoo may refuse without taking anything: then it is not about single lines.
const mostRefusals = 50

// write brings a load to Odoo. Where it is refused its parts are tried, down to single lines, also without their files. A line that
// Odoo refuses while it takes others is set aside; where it takes none, all of them wait.
func (j *journal) write(ctx context.Context, bot *flow.Bot, of load) error {
	var refused []flow.Line
	var refusal error
	refusals, taken := 0, false
	for parts := [][]flow.Line{of.lines}; len(parts) > 0; {
		part := parts[0]
		parts = parts[1:]
		if len(part) == 0 {
			continue
		}
		err := j.recorder.Record(ctx, bot.ID, part, filesOf(part, of.files))
		switch {
		case err == nil:
			taken = true
			if err := j.written(ctx, part); err != nil {
				return err
			}
			continue
		case flow.IsUnavailable(err), ctx.Err() != nil:
			return err
		}
		if refusals++; refusals > mostRefusals && !taken {
			return fmt.Errorf("odoo refuses the record: %w", err)
		}
		switch {
		case len(part) > 1:
			parts = split(part, parts)
		case part[0].File != nil:
			parts = slices.Concat([][]flow.Line{{withoutFile(bot, part[0])}}, parts)
		default:
			refused, refusal = append(refused, part[0]), err
		}
	}
	if refusal != nil && !taken {
		return fmt.Errorf("odoo refuses the record: %w", refusal)
	}
	return j.setAside(ctx, refused, refusal)
}

func (j *journal) written(ctx context.Context, lines []flow.Line) error {
	j.metrics.journaled(j.code, "written", len(lines))
	return j.store.Journaled(ctx, j.code, lines)
}

func (j *journal) setAside(ctx context.Context, lines []flow.Line, refusal error) error {
	for _, line := range lines {
		if err := j.store.JournalRefused(ctx, j.code, line, refusal.Error()); err != nil {
			return err
		}
		j.metrics.journaled(j.code, "set_aside", 1)
	}
	return nil
}

// split puts the halves of a part among those that are to be tried. Whole chats are tried behind all others, so that something that Odoo
// takes is found soon; parts of one chat at once, so that they stay in order.
func split(part []flow.Line, parts [][]flow.Line) [][]flow.Line {
	middle := len(part) / 2
	for i := range middle {
		for _, at := range []int{middle - i, middle + i} {
			if at > 0 && at < len(part) && part[at-1].Chat != part[at].Chat {
				return append(parts, part[:at], part[at:])
			}
		}
	}
	return slices.Concat([][]flow.Line{part[:middle], part[middle:]}, parts)
}

func filesOf(lines []flow.Line, files map[string][]byte) map[string][]byte {
	of := map[string][]byte{}
	for _, line := range lines {
		if line.File != nil {
			of[line.File.ID] = files[line.File.ID]
		}
	}
	return of
}
