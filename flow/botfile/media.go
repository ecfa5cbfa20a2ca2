package botfile

import (
	"crypto/sha1" //nolint:gosec // the checksum of Odoo's attachments, no protection
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/flow/texts"
)

// embedded is a file whose contents stand in the YAML.
type embedded struct {
	node ast.Node
	data []byte
	used bool
}

// kindsByEnding tells what a file is sent as by the end of its name, where the row does not say.
var kindsByEnding = map[string]string{
	".png": "image", ".jpg": "image", ".jpeg": "image", ".webp": "image", ".gif": "animation", ".mp4": "video", ".mov": "video",
	".mp3": "audio", ".m4a": "audio", ".ogg": "voice", ".oga": "voice",
}

// kindOf is what a file of that name is sent as.
func kindOf(filename string) string {
	if kind := kindsByEnding[strings.ToLower(path.Ext(filename))]; kind != "" {
		return kind
	}
	return "document"
}

// Checksum is that of Odoo's attachments: SHA-1 in hexadecimal digits.
func Checksum(data []byte) string {
	sum := sha1.Sum(data) //nolint:gosec // as above
	return hex.EncodeToString(sum[:])
}

// readFiles reads the contents that stand in the YAML, as base64 by name.
func (r *reader) readFiles(node ast.Node) {
	list, _ := r.pairs(node)
	for _, p := range list {
		text, ok := r.text(p.key, p.node)
		if !ok {
			continue
		}
		data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
		if err != nil {
			r.fail(p.node, "bad_base64", texts.Args{"file": p.key})
		}
		r.files[p.key] = &embedded{node: p.name, data: data}
	}
}

func (r *reader) unusedFiles() {
	for _, name := range sortedKeys(r.files) {
		if file := r.files[name]; !file.used {
			r.fail(file.node, "unused_file", texts.Args{"file": name})
		}
	}
}

// readMedium reads a file of a step; a text alone is the path of the file.
func (r *reader) readMedium(step int64, node ast.Node) {
	given := map[string]pair{"file": {key: "file", node: node}}
	row := flow.Row{}
	if isMapping(node) {
		list, _ := r.pairs(node)
		given = r.known(list, keysOf("media"))
		row = r.fields("media", node, given, nil)
	}
	file := given["file"]
	if file.node == nil {
		r.fail(node, "missing", texts.Args{"key": "file"})
		return
	}
	name, ok := r.text("file", file.node)
	if !ok {
		return
	}
	row["filename"] = path.Base(name)
	if p, has := given["filename"]; has {
		if filename, _ := r.text("filename", p.node); filename != "" {
			row["filename"] = filename
		}
	}
	row["step_id"] = step
	if row["name"] == nil {
		row["name"] = row["filename"]
	}
	if row["kind"] == nil {
		row["kind"] = kindOf(row.Str("filename"))
	}
	data, found := r.contents(file.node, name)
	row["checksum"] = Checksum(data)
	id := r.add("media", row).ID()
	if found {
		r.bot.Media[id] = data
	}
}

// contents finds a file in the YAML, else beside it. Where files are not read, its path stands for it.
func (r *reader) contents(node ast.Node, name string) (data []byte, found bool) {
	if file := r.files[name]; file != nil {
		file.used = true
		return file.data, true
	}
	if !fs.ValidPath(name) || name == "." {
		r.fail(node, "bad_path", texts.Args{"file": name})
		return nil, false
	}
	if r.open == nil {
		return []byte(name), false
	}
	data, err := r.open(name)
	if err != nil {
		key := "unreadable_file"
		if errors.Is(err, fs.ErrNotExist) {
			key = "no_such_file"
		}
		r.fail(node, key, texts.Args{"file": name}).Meant = closest(name, sortedKeys(r.files))
		return nil, false
	}
	return data, true
}

func sortedKeys[V any](of map[string]V) []string { return slices.Sorted(maps.Keys(of)) }
