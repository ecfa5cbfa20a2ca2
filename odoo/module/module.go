// Package module is krok's data module for Odoo: its models, forms, rights, procedures and words, made into the file that an Odoo
// of any series from 14 to 19 imports, and brought in, upgraded and taken away over RPC.
//
// A newcomer edits three things: the declarations in models_*.go, the forms in views/*.xml (written as for Odoo 19; syntax.go turns
// them into what older series read), and the Python in procedures/*.py. Ukrainian words of the forms stand in uk.yaml.
package module

import (
	"archive/zip"
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Version is the module's own version. A newer one replaces an older one in place.
const Version = "1.3.0"

// The Odoo series that the module is made for.
const (
	Oldest = 14
	Newest = 19
)

// Zip is the addon as a file for an Odoo series, the same bytes each time.
func (a Addon) Zip(major int) ([]byte, error) {
	contents, err := a.files(major)
	if err != nil {
		return nil, err
	}
	return a.pack(contents)
}

func (a Addon) pack(contents []file) ([]byte, error) {
	var buffer bytes.Buffer
	archive := zip.NewWriter(&buffer)
	for _, file := range contents {
		header := &zip.FileHeader{Name: a.Name + "/" + file.name, Method: zip.Deflate, Modified: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}
		writer, err := archive.CreateHeader(header)
		if err != nil {
			return nil, err
		}
		if _, err := writer.Write(file.body); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	return buffer.Bytes(), nil
}

// file is one file of an addon, by its path in the addon's folder.
type file struct {
	name string
	body []byte
}

// files are all files of the addon for a series: first the manifest, then the data in the order of its loading, then the rest.
func (a Addon) files(major int) ([]file, error) {
	if major < Oldest || major > Newest {
		return nil, fmt.Errorf("there is no module for Odoo %d, only for %d to %d", major, Oldest, Newest)
	}
	data, err := a.dataFiles(major)
	if err != nil {
		return nil, err
	}
	static, err := a.staticFiles()
	if err != nil {
		return nil, err
	}
	all := slices.Concat([]file{a.manifest(major, data), {"__init__.py", nil}}, data, static)
	if major >= 18 { // older series do not read it: the installer writes the words over RPC
		po, err := a.poFile(major)
		if err != nil {
			return nil, err
		}
		all = append(all, po)
	}
	return all, nil
}

// dataFiles are what Odoo loads, in this order: what others refer to comes first.
func (a Addon) dataFiles(major int) ([]file, error) {
	var list []file
	s := syntax{major}
	views := func(names []string) error {
		for _, name := range names {
			body, err := s.convert(name)
			if err != nil {
				return err
			}
			list = append(list, file{"data/" + name, body})
		}
		return nil
	}
	groups := slices.Index(a.views, groupsFile) + 1
	if err := views(a.views[:groups]); err != nil {
		return nil, err
	}
	for _, table := range a.tables(major) {
		list = append(list, file{"data/" + table.name, table.body})
	}
	made := []struct {
		name string
		body func(int) ([]byte, error)
	}{{"defaults.xml", a.defaults}, {"procedures.xml", procedureRecords}, {"rules.xml", ruleRecords}}
	if a.bridge() {
		made = made[:1] // the procedures of krok itself know what to do where an app is there
	}
	for _, one := range made {
		body, err := one.body(major)
		if err != nil {
			return nil, err
		}
		list = append(list, file{"data/" + one.name, body})
	}
	return list, views(a.views[groups:])
}

// groupsFile has the groups that everything else is for.
const groupsFile = "groups.xml"

// manifest is Odoo's description of the addon, a Python literal.
func (a Addon) manifest(major int, data []file) file {
	var b bytes.Buffer
	fmt.Fprintf(&b, `{
    'name': '%s',
    'version': '%d.0.%s',
    'summary': '%s',
    'description': 'Build Telegram chatbots out of steps, in forms of Odoo. The program Krok reads them and talks to people.',
    'category': 'Marketing',
    'author': 'Krok',
    'license': 'Other OSI approved licence',
    'depends': %s,
    'data': [
`, a.Title, major, Version, a.Summary, pythonList(a.depends()))
	for _, f := range data {
		b.WriteString("        " + strconv.Quote(f.name) + ",\n")
	}
	fmt.Fprintf(&b, "    ],\n    'application': %s,\n    'installable': True,\n}\n", truth(!a.bridge()))
	return file{"__manifest__.py", b.Bytes()}
}
