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
const Version = "1.2.0"

// The Odoo series that the module is made for.
const (
	Oldest = 14
	Newest = 19
)

// Zip is the module as a file for an Odoo series, the same bytes each time.
func Zip(major int) ([]byte, error) {
	contents, err := files(major)
	if err != nil {
		return nil, err
	}
	return pack(contents)
}

func pack(contents []file) ([]byte, error) {
	var buffer bytes.Buffer
	archive := zip.NewWriter(&buffer)
	for _, file := range contents {
		header := &zip.FileHeader{Name: "krok/" + file.name, Method: zip.Deflate, Modified: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}
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

// file is one file of the module, by its path in the module's folder.
type file struct {
	name string
	body []byte
}

// files are all files of the module for a series: first the manifest, then the data in the order of its loading, then the rest.
func files(major int) ([]file, error) {
	if major < Oldest || major > Newest {
		return nil, fmt.Errorf("there is no module for Odoo %d, only for %d to %d", major, Oldest, Newest)
	}
	data, err := dataFiles(major)
	if err != nil {
		return nil, err
	}
	static, err := staticFiles()
	if err != nil {
		return nil, err
	}
	all := slices.Concat([]file{manifest(major, data), {"__init__.py", nil}}, data, static)
	if major >= 18 { // older series do not read it: the installer writes the words over RPC
		po, err := poFile(major)
		if err != nil {
			return nil, err
		}
		all = append(all, po)
	}
	return all, nil
}

// dataFiles are what Odoo loads, in this order: what others refer to comes first.
func dataFiles(major int) ([]file, error) {
	list := []file{}
	add := func(name string, body []byte, err error) error {
		list = append(list, file{"data/" + name, body})
		return err
	}
	s := syntax{major}
	groups, err := s.convert("groups.xml")
	if err := add("groups.xml", groups, err); err != nil {
		return nil, err
	}
	for _, table := range tables(major) {
		list = append(list, file{"data/" + table.name, table.body})
	}
	for _, made := range []struct {
		name string
		body func(int) ([]byte, error)
	}{{"defaults.xml", defaults}, {"procedures.xml", procedureRecords}, {"rules.xml", ruleRecords}} {
		body, err := made.body(major)
		if err := add(made.name, body, err); err != nil {
			return nil, err
		}
	}
	for _, name := range viewFiles() {
		body, err := s.convert(name)
		if err := add(name, body, err); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// manifest is Odoo's description of the module, a Python literal.
func manifest(major int, data []file) file {
	var b bytes.Buffer
	fmt.Fprintf(&b, `{
    'name': 'Krok',
    'version': '%d.0.%s',
    'summary': 'Telegram chatbots built of steps',
    'description': 'Build Telegram chatbots out of steps, in forms of Odoo. The program Krok reads them and talks to people.',
    'category': 'Marketing',
    'author': 'Krok',
    'license': 'Other OSI approved licence',
    'depends': ['base', 'mail', 'contacts', 'base_automation', 'base_import_module'],
    'data': [
`, major, Version)
	for _, f := range data {
		b.WriteString("        " + strconv.Quote(f.name) + ",\n")
	}
	b.WriteString("    ],\n    'application': True,\n    'installable': True,\n}\n")
	return file{"__manifest__.py", b.Bytes()}
}
