package module

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
)

// ExternalIDs lists the external ids of all records that the addon's data files make in a series, without the namespace, sorted.
// What an Odoo has of the namespace beside them comes from another version of the addon, or is Odoo's own note of a file.
func (a Addon) ExternalIDs(major int) ([]string, error) {
	data, err := a.dataFiles(major)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, f := range data {
		found, err := idsOf(f)
		if err != nil {
			return nil, err
		}
		ids = append(ids, found...)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

func idsOf(f file) ([]string, error) {
	var ids []string
	if strings.HasSuffix(f.name, ".csv") {
		rows, err := csv.NewReader(bytes.NewReader(f.body)).ReadAll()
		if err != nil {
			return nil, err
		}
		for _, row := range rows[1:] {
			if !strings.Contains(row[0], ".") {
				ids = append(ids, row[0])
			}
		}
		return ids, nil
	}
	root, err := parseXML(f.body)
	if err != nil {
		return nil, err
	}
	for _, record := range root.children {
		if id, ok := record.attr("id"); ok {
			ids = append(ids, id)
		}
	}
	return ids, nil
}
