package module

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed static/description
var statics embed.FS

// staticFiles are the icon and, of krok itself, the pages of the manual, which Odoo serves below /krok/static/.
func (a Addon) staticFiles() ([]file, error) {
	if a.bridge() {
		return []file{{"static/description/icon.png", Icon()}}, nil
	}
	var list []file
	err := fs.WalkDir(statics, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, ".svg") {
			return err
		}
		body, err := statics.ReadFile(path)
		list = append(list, file{path, body})
		return err
	})
	return list, err
}

// Icon is the picture of the app, as PNG.
func Icon() []byte {
	body, err := statics.ReadFile("static/description/icon.png")
	if err != nil {
		panic(err) // it is compiled in
	}
	return body
}
