package catalog

import (
	"context"
	"slices"
	"strings"

	"github.com/krokbot/krok/flow"
	"github.com/krokbot/krok/odoo/rpc"
)

// names are records as a definition has them: id, and the name in all languages; of a tag of contacts with the tags that it stands below.
type names []flow.Row

// below stands between a tag and the one that it stands below, as in Odoo's forms.
const below = " / "

// find looks for a record by its name in a language, else in English, else in any; the first of that name. nil: there is none, as there is
// none without a name.
func (t names) find(name, lang string) flow.Row {
	if name == "" {
		return nil
	}
	for _, code := range []string{lang, "en_US"} {
		for _, row := range t {
			if code != "" && row.Texts("name")[code] == name {
				return row
			}
		}
	}
	for _, row := range t {
		for _, own := range row.Texts("name") {
			if own == name {
				return row
			}
		}
	}
	return nil
}

// tagModels are the models of the tags that a file names, by table: of contacts and of leads.
var tagModels = map[string]string{"tag": "res.partner.category", "lead_tag": "crm.tag"}

// readTags reads all tags that are not archived. Those of leads stand below no others, and are never archived.
func readTags(ctx context.Context, client *rpc.Client, table string, languages []string) (names, error) {
	fields := []string{"name", "parent_id", "active"}
	if table == "lead_tag" {
		fields = []string{"name"}
	}
	parents, own := map[int64]int64{}, map[string]map[int64]string{}
	var active []int64
	for _, lang := range languages {
		rows, err := client.SearchRead(ctx, tagModels[table], []any{}, fields, rpc.Lang(lang), rpc.Order("id"), rpc.WithArchived())
		if err != nil {
			return nil, err
		}
		active, own[lang] = nil, map[int64]string{}
		for _, row := range rows {
			parents[row.ID()], _ = row.Ref("parent_id")
			own[lang][row.ID()] = row.Str("name")
			if row.Bool("active") || table == "lead_tag" {
				active = append(active, row.ID())
			}
		}
	}
	list := make(names, len(active))
	for i, id := range active {
		list[i] = flow.Row{"id": id, "name": withParents(id, parents, own)}
	}
	return list, nil
}

func withParents(id int64, parents map[int64]int64, names map[string]map[int64]string) flow.Texts {
	full := flow.Texts{}
	for lang, own := range names {
		path := []string{own[id]}
		for parent := parents[id]; parent != 0; parent = parents[parent] {
			path = append([]string{own[parent]}, path...)
		}
		full[lang] = strings.Join(path, below)
	}
	return full
}

// levels parts the name of a tag into those of the tags that it stands below and its own.
func levels(name string) []string {
	parts := strings.Split(name, below)
	if slices.ContainsFunc(parts, func(part string) bool { return strings.TrimSpace(part) == "" }) {
		return []string{name}
	}
	return parts
}

// makeTags makes the tags of contacts of a definition that Odoo does not have, with those that they stand below: one call a level.
func (im *importer) makeTags(ctx context.Context) error {
	for depth, deeper := 1, true; deeper; depth++ {
		var missing [][]string
		deeper = false
		for _, row := range im.want.Tables["tag"] {
			parts := levels(row.Str("name"))
			if im.ids["tag"][row.ID()] != 0 || len(parts) < depth {
				continue
			}
			deeper = deeper || len(parts) > depth
			parts = parts[:depth]
			known := slices.ContainsFunc(missing, func(other []string) bool { return slices.Equal(other, parts) })
			if !known && im.tags["tag"].find(strings.Join(parts, below), im.base) == nil {
				missing = append(missing, parts)
			}
		}
		if err := im.makeLevel(ctx, missing); err != nil {
			return err
		}
	}
	return nil
}

// makeLevel makes tags whose parents are there.
func (im *importer) makeLevel(ctx context.Context, missing [][]string) error {
	rows := make([]map[string]any, len(missing))
	made := make(names, len(missing))
	for i, parts := range missing {
		own, parents := parts[len(parts)-1], strings.Join(parts[:len(parts)-1], below)
		name := flow.Texts{}
		for _, lang := range im.languages {
			name[lang] = own
		}
		parent := im.tags["tag"].find(parents, im.base)
		for lang, above := range parent.Texts("name") {
			name[lang] = above + below + own
		}
		rows[i] = map[string]any{"name": own, "parent_id": orFalse(parent.ID())}
		made[i] = flow.Row{"name": name}
	}
	ids, err := im.client.CreateMany(ctx, "res.partner.category", rows, rpc.Lang(im.base))
	if err != nil {
		return err
	}
	for i, id := range ids {
		im.tags["tag"] = append(im.tags["tag"], made[i].With("id", id))
	}
	return nil
}

// makeLeadTags makes the tags of leads of a definition that Odoo does not have.
func (im *importer) makeLeadTags(ctx context.Context) error {
	var missing []map[string]any
	var made names
	for _, row := range im.want.Tables["lead_tag"] {
		if im.ids["lead_tag"][row.ID()] != 0 {
			continue
		}
		name := flow.Texts{}
		for _, lang := range im.languages {
			name[lang] = row.Str("name")
		}
		missing = append(missing, map[string]any{"name": row.Str("name")})
		made = append(made, flow.Row{"name": name})
	}
	if len(missing) == 0 {
		return nil
	}
	ids, err := im.client.CreateMany(ctx, tagModels["lead_tag"], missing, rpc.Lang(im.base))
	for i, id := range ids {
		im.tags["lead_tag"] = append(im.tags["lead_tag"], made[i].With("id", id))
	}
	return err
}
