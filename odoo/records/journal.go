package records

import (
	"context"
	"crypto/sha1" //nolint:gosec // by which Odoo itself tells the contents of files apart
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/krokbot/krok/flow"
)

// Record writes lines of a bot's conversations, in this order, in one transaction. A line that is there already, by its key, is not
// written again, but gets its file where it had none. Files are the contents of clients' files by the messenger's id: in a chat each is
// one attachment, however often it is sent. A chat that Odoo does not have is made. Errors are [*flow.Unavailable], where nobody knows
// what was written, and [*Refused], where nothing was.
func (r *Records) Record(ctx context.Context, bot int64, lines []flow.Line, files map[string][]byte) error {
	rows := make([]map[string]any, len(lines))
	for i, line := range lines {
		rows[i] = lineRow(line)
	}
	contents := make(map[string]any, len(files))
	for id, file := range files {
		sum := sha1.Sum(file) //nolint:gosec // see above
		contents[id] = map[string]any{"data": base64.StdEncoding.EncodeToString(file), "checksum": hex.EncodeToString(sum[:])}
	}
	args := map[string]any{"bot": bot, "lines": rows, "files": contents}
	var err error
	for range tries {
		if err = r.record(ctx, args); err == nil || !lost(err) {
			break
		}
	}
	if err != nil {
		return forFlow(err, "journal")
	}
	return nil
}

func (r *Records) record(ctx context.Context, args map[string]any) error {
	var answer struct{ Written *int }
	err := r.procedures.Run(ctx, "journal", args, &answer)
	if err == nil && answer.Written == nil {
		err = errNoResult
	}
	return err
}

// lineRow is a line as Odoo can keep it: PostgreSQL takes no NUL in a text, and a file needs a name.
func lineRow(line flow.Line) map[string]any {
	row := line.Row()
	for _, name := range []string{"author", "text", "filename"} {
		text, _ := row[name].(string)
		row[name] = strings.ReplaceAll(text, "\x00", "")
	}
	if line.File != nil && row["filename"] == "" {
		row["filename"] = fmt.Sprintf("%s %s%s", line.Content, line.At.UTC().Format("2006-01-02 15-04-05"), extensions[line.File.MIME])
	}
	return row
}

// extensions are those of files that come from a messenger without a name.
var extensions = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/gif": ".gif", "video/mp4": ".mp4", "video/webm": ".webm",
	"audio/ogg": ".ogg", "audio/mpeg": ".mp3", "audio/mp4": ".m4a", "application/pdf": ".pdf",
}
