package telegramtest

import (
	"encoding/json"
	"slices"
	"strconv"
)

// sendMediaGroup sends two to ten files as one album: photos and videos together, documents and audio each among themselves.
func sendMediaGroup(r *request) ([]byte, *refusal) {
	items, refused := r.album()
	if refused != nil {
		return nil, refused
	}
	o, refused := r.outgoing() // its reply_markup is checked and then ignored, as Telegram does
	if refused != nil {
		return nil, refused
	}
	o.markup = markup{}
	group := ""
	if len(items) > 1 {
		group = strconv.FormatInt(13_000_000_000_000_000+r.bot.lastAlbum.Add(1), 10)
	}
	messages := make([]*Message, len(items))
	for i, item := range items {
		stored, refused := r.store(item.source, item.Type)
		if refused != nil {
			return nil, badRequest("failed to send message #" + strconv.Itoa(i+1) + ` with the error message "` + refused.reason() + `"`)
		}
		m := r.message(o)
		m.MediaGroupID = group
		m.attach(item.Type, stored.file)
		m.Caption, m.CaptionEntities, m.CaptionAbove = item.caption.text, item.caption.entities, item.Above
		messages[i] = m
	}
	o.room.mu.Lock()
	for _, m := range messages {
		o.room.add(m)
	}
	o.room.mu.Unlock()
	return success(messages), nil
}

// albumItem is one InputMedia of a media group.
type albumItem struct {
	Type      string          `json:"type"`
	Media     string          `json:"media"`
	Caption   string          `json:"caption"`
	ParseMode string          `json:"parse_mode"`
	Entities  json.RawMessage `json:"caption_entities"`
	Above     bool            `json:"show_caption_above_media"`

	source  source
	caption formatted
}

// album reads and checks the items of a media group.
func (r *request) album() ([]albumItem, *refusal) {
	if r.text("media") == "" {
		return nil, badRequest(`parameter "media" is required`)
	}
	var items []albumItem
	if _, refused := r.object("media", &items); refused != nil {
		return nil, refused
	}
	for i := range items {
		if refused := r.albumItem(&items[i]); refused != nil {
			return nil, refused
		}
	}
	switch {
	case len(items) == 0:
		return nil, badRequest("there are no messages to send")
	case len(items) > 10:
		return nil, badRequest("too many messages to send as an album")
	}
	for _, alone := range []string{"document", "audio"} {
		same := func(item albumItem) bool { return item.Type == alone }
		if slices.ContainsFunc(items, same) && slices.ContainsFunc(items, func(item albumItem) bool { return !same(item) }) {
			return nil, badRequest(alone + " can't be mixed with other media types")
		}
	}
	return items, nil
}

func (r *request) albumItem(item *albumItem) *refusal {
	switch item.Type {
	case "photo", "video", "document", "audio":
	case "animation":
		return badRequest(`can't parse InputMedia: type "animation" can't be used in sendMediaGroup`)
	default:
		return badRequest("can't parse InputMedia: type " + strconv.Quote(item.Type) + " is unsupported")
	}
	var found bool
	if item.source, found = r.source(item.Media); !found {
		return badRequest("can't parse InputMedia: media not found")
	}
	var refused *refusal
	item.caption, refused = parseCaption(item.Caption, item.ParseMode, string(item.Entities))
	return refused
}
