package module

import (
	"slices"
	"strings"
)

// parts are the addon as the installer brings it in: one after another, each committed before the next. What a transaction makes is
// seen at once by everybody who works in the same Odoo process, through what they share there: groups and fields that are not in their
// own view of the database yet lead to errors, theirs and the import's (on 19 "KeyError: 18", a group that somebody else's look into the
// cache had missed). So the groups come alone, then models, fields and rights in one short go, then all that takes time and that
// nobody shares.
func (a Addon) parts(major int) ([][]file, error) {
	data, err := a.dataFiles(major)
	if err != nil {
		return nil, err
	}
	all, err := a.files(major)
	if err != nil {
		return nil, err
	}
	groups := func(f file) bool { return f.name == "data/"+groupsFile }
	tables := func(f file) bool { return strings.HasSuffix(f.name, ".csv") }
	rest := func(f file) bool { return !groups(f) && !tables(f) }
	if a.bridge() {
		return [][]file{all}, nil // a few fields
	}
	var list [][]file
	for _, belongs := range []func(file) bool{groups, tables} {
		part := slices.DeleteFunc(slices.Clone(data), func(f file) bool { return !belongs(f) })
		list = append(list, slices.Concat([]file{a.manifest(major, part), {"__init__.py", nil}}, part))
	}
	last := slices.DeleteFunc(slices.Clone(data), func(f file) bool { return !rest(f) })
	others := slices.DeleteFunc(slices.Clone(all), func(f file) bool { return f.name == "__manifest__.py" || !rest(f) })
	return append(list, slices.Concat([]file{a.manifest(major, last)}, others)), nil
}
