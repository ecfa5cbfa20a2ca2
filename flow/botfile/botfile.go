// Package botfile is a bot as one YAML file: readable enough to write by hand, exact enough to move a bot between databases.
//
// [Parse] and [Open] read a file into a flow.Definition, [Write] writes one, [Normal] brings a definition from Odoo into the form that a
// file gives, and [Diff] says how two definitions differ. [Help] explains the format to people.
package botfile

import (
	"cmp"
	"io/fs"
	"path"
	"slices"

	"github.com/krokbot/krok/flow"
)

// Bot is a bot with the contents of its files.
type Bot struct {
	Definition flow.Definition
	// Media are the files of the rows of the table media, by the rows' ids.
	Media map[int64][]byte
}

// Parse reads a bot file; name is how errors call it. Files that stand beside the YAML are not read: their rows have a checksum made
// of the path, so that the definition can be built and played. A mistake comes back as [Errors], with everything that was found.
// Ids count from 1 in the order of the file.
func Parse(name string, data []byte) (flow.Definition, error) {
	bot, err := read(name, data, nil)
	return bot.Definition, err
}

// Open reads a bot file and the files beside it; name is a path in fsys, with slashes. Errors of reading the file itself are those of
// fsys, mistakes in it are [Errors].
func Open(fsys fs.FS, name string) (Bot, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return Bot{}, err
	}
	return read(name, data, func(file string) ([]byte, error) { return fs.ReadFile(fsys, path.Join(path.Dir(name), file)) })
}

func read(name string, data []byte, open func(string) ([]byte, error)) (Bot, error) {
	root, err := parse(name, data)
	if err != nil {
		return Bot{}, Errors{err}
	}
	r := &reader{name: name, open: open, steps: map[string]int64{}, files: map[string]*embedded{}, bot: Bot{
		Definition: flow.Definition{Tables: map[string][]flow.Row{}}, Media: map[int64][]byte{}}}
	r.root(root)
	if len(r.errs) > 0 {
		slices.SortStableFunc(r.errs, func(a, b *Error) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column)) })
		return Bot{}, r.errs
	}
	return r.bot, nil
}
