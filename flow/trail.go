package flow

import (
	"strconv"
	"strings"
)

// trail is how a client comes to records: through an answer or an external event, and then from record to record, by buttons that run
// another notification. The data of a record's button holds it, so that it works at any time and after a restart; it comes back from outside
// and may be forged, so it proves nothing: all of it is looked up in the bot, and every record on it is asked of Odoo within its domain.
type trail struct {
	source string // sourceAnswer, sourceWatch
	id     int64  // of the answer, the external event
	hops   []hop
}

// hop is a button under a record.
type hop struct{ button, record int64 }

// The sources of trails.
const (
	sourceAnswer = "a"
	sourceWatch  = "w"
)

// trailMark begins the data of buttons that hold a trail.
const trailMark = "n."

// String is "n.a5k.2-9x2.7-1a": source, and button and record of every hop, in base 36.
func (t trail) String() string {
	parts := []string{trailMark + t.source + strconv.FormatInt(t.id, 36)}
	for _, hop := range t.hops {
		parts = append(parts, strconv.FormatInt(hop.button, 36)+"-"+strconv.FormatInt(hop.record, 36))
	}
	return strings.Join(parts, ".")
}

// with is the trail with one more hop.
func (t trail) with(button, record int64) trail {
	t.hops = append(t.hops[:len(t.hops):len(t.hops)], hop{button, record})
	return t
}

// page is the data of a button that shows what comes from a record on, counted from 0.
func (t trail) page(offset int) string {
	return t.String() + ".p" + strconv.FormatInt(int64(offset), 36)
}

// readTrail reads data that came back. offset is that of a page, else -1: then the last hop is the button that was pressed. ok is false
// for anything that krok did not write.
func readTrail(data string) (found trail, offset int, ok bool) {
	rest, marked := strings.CutPrefix(data, trailMark)
	if !marked || len(data) > maxCallbackData || len(rest) < 2 {
		return trail{}, 0, false
	}
	parts := strings.Split(rest, ".")
	id, ok := base36(parts[0][1:])
	if found = (trail{source: parts[0][:1], id: id}); !ok || found.source != sourceAnswer && found.source != sourceWatch {
		return trail{}, 0, false
	}
	offset = -1
	for i, part := range parts[1:] {
		if number, paged := strings.CutPrefix(part, "p"); paged && i == len(parts)-2 && !strings.Contains(part, "-") {
			n, ok := base36(number)
			if !ok || n > 1<<30 {
				return trail{}, 0, false
			}
			offset = int(n)
			break
		}
		button, record, _ := strings.Cut(part, "-")
		b, good := base36(button)
		r, fine := base36(record)
		if !good || !fine {
			return trail{}, 0, false
		}
		found.hops = append(found.hops, hop{b, r})
	}
	written := found.String()
	if offset >= 0 {
		written = found.page(offset)
	}
	return found, offset, written == data
}

func base36(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 36, 64)
	return n, err == nil && n >= 0
}
