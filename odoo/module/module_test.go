package module

import (
	"archive/zip"
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

// eachAddon runs a test for every addon of krok and every series of Odoo that it is made for.
func eachAddon(t *testing.T, test func(t *testing.T, a Addon, major int)) {
	t.Helper()
	for _, a := range Addons() {
		t.Run(a.Name, func(t *testing.T) {
			t.Parallel()
			eachSeries(t, func(t *testing.T, major int) { test(t, a, major) })
		})
	}
}

// eachSeries runs a test for every series of Odoo that the module is made for.
func eachSeries(t *testing.T, test func(t *testing.T, major int)) {
	t.Helper()
	for major := Oldest; major <= Newest; major++ {
		t.Run(fmt.Sprintf("Odoo%d", major), func(t *testing.T) {
			t.Parallel()
			test(t, major)
		})
	}
}

// goldens name the series whose golden file another one is held by too: to Odoo 15 the module speaks as to 14.
var goldens = map[int]int{14: 14, 15: 14, 16: 16, 17: 17, 18: 18, 19: 19}

func TestModuleOfEachSeriesIsAsItsGoldenFile(t *testing.T) {
	t.Parallel()
	eachAddon(t, func(t *testing.T, a Addon, major int) {
		contents, err := a.files(major)
		require.NoError(t, err)
		var b strings.Builder
		for _, f := range contents {
			fmt.Fprintf(&b, "-- %s --\n", f.name)
			if utf8.Valid(f.body) && !strings.HasPrefix(f.name, "static/") {
				b.Write(f.body)
			}
		}
		golden := filepath.Join("testdata", fmt.Sprintf("%s-%d.txt", a.Name, goldens[major]))
		if *update && goldens[major] == major {
			require.NoError(t, os.WriteFile(golden, []byte(b.String()), 0o644))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		version := func(series int) string { return fmt.Sprintf("'version': '%d.0.%s'", series, Version) }
		ours := strings.Replace(string(want), version(goldens[major]), version(major), 1)
		require.Equal(t, ours, b.String(), "go test ./odoo/module -run Golden -update writes it anew")
	})
}

func TestZipIsTheSameBytesEachTime(t *testing.T) {
	t.Parallel()
	eachAddon(t, func(t *testing.T, a Addon, major int) {
		first, err := a.Zip(major)
		require.NoError(t, err)
		second, err := a.Zip(major)
		require.NoError(t, err)
		require.Equal(t, first, second)
	})
}

func TestZipHoldsTheModuleInItsFolder(t *testing.T) {
	t.Parallel()
	body, err := Addons()[0].Zip(19)
	require.NoError(t, err)
	archive, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	require.NoError(t, err)
	var names []string
	for _, f := range archive.File {
		names = append(names, f.Name)
	}
	for _, name := range []string{"krok/__manifest__.py", "krok/i18n/uk.po", "krok/static/description/icon.png", "krok/static/description/manual.uk.html"} {
		require.Contains(t, names, name)
	}
	manifest, err := archive.Open("krok/__manifest__.py")
	require.NoError(t, err)
	text, err := io.ReadAll(manifest)
	require.NoError(t, err)
	require.Contains(t, string(text), "'version': '19.0."+Version+"'")
}

func TestPartsAreTheWholeModuleWithEachFileOnce(t *testing.T) {
	t.Parallel()
	eachAddon(t, func(t *testing.T, a Addon, major int) {
		whole, err := a.files(major)
		require.NoError(t, err)
		list, err := a.parts(major)
		require.NoError(t, err)
		var names, data []string
		for _, part := range list {
			require.Equal(t, "__manifest__.py", part[0].name)
			for _, f := range part[1:] {
				if f.name != "__init__.py" || len(names) == 0 {
					names = append(names, f.name)
				}
				if strings.HasPrefix(f.name, "data/") {
					data = append(data, f.name)
					require.Contains(t, string(part[0].body), `"`+f.name+`"`)
				}
			}
		}
		var want, wantData []string
		for _, f := range whole[1:] {
			want = append(want, f.name)
			if strings.HasPrefix(f.name, "data/") {
				wantData = append(wantData, f.name)
			}
		}
		require.Equal(t, want, names)
		require.Equal(t, wantData, data, "in the order of the whole")
	})
}

func TestThereIsNoModuleForOtherSeries(t *testing.T) {
	t.Parallel()
	for _, major := range []int{0, 13, 20} {
		_, err := Addons()[0].Zip(major)
		require.ErrorContains(t, err, "14 to 19")
	}
}

func TestViewsOfOldSeriesHaveNoSyntaxOfNewOnes(t *testing.T) {
	t.Parallel()
	never := map[int]string{ // up to this series
		16: `column_invisible=|invisible="[^10"TF]|readonly="[^10"TF]|required="[^10"TF]|open_form_view`,
		17: `<list|<chatter|//list|t-name="card"|list,form|kanban,list`,
		18: `privilege|"group_ids"`,
	}
	eachAddon(t, func(t *testing.T, a Addon, major int) {
		data, err := a.dataFiles(major)
		require.NoError(t, err)
		for last, pattern := range never {
			if major > last {
				continue
			}
			for _, f := range data {
				require.Empty(t, regexp.MustCompile(pattern).FindString(string(f.body)), f.name)
			}
		}
	})
}

func TestViewsOfNewSeriesHaveNoSyntaxOfOldOnes(t *testing.T) {
	t.Parallel()
	old := regexp.MustCompile(`<tree|attrs=|oe_chatter|kanban-box|groups_id|"category_id" ref="category`)
	for _, a := range Addons() {
		data, err := a.dataFiles(19)
		require.NoError(t, err)
		for _, f := range data {
			if f.name != "data/groups.xml" {
				require.Empty(t, old.FindString(string(f.body)), f.name)
			}
		}
	}
}

func TestEveryReferenceInsideTheModuleIsMadeBeforeItIsUsed(t *testing.T) {
	t.Parallel()
	reference := regexp.MustCompile(`(?:ref="|ref\('|%\(|parent="|action=")((?:krok\.)?[a-z][\w]*)(?:"|'\)|\)d)`)
	eachAddon(t, func(t *testing.T, a Addon, major int) {
		data, err := a.dataFiles(major)
		require.NoError(t, err)
		made := map[string]bool{}
		for _, f := range data {
			ids, err := idsOf(f)
			require.NoError(t, err)
			for _, id := range ids {
				made[id] = true
			}
			for _, found := range reference.FindAllStringSubmatch(string(f.body), -1) {
				require.True(t, made[strings.TrimPrefix(found[1], "krok.")], "%s refers to %s", f.name, found[1])
			}
		}
	})
}

func TestExternalIDsAreUniqueInTheModule(t *testing.T) {
	t.Parallel()
	eachAddon(t, func(t *testing.T, a Addon, major int) {
		data, err := a.dataFiles(major)
		require.NoError(t, err)
		seen := map[string]string{}
		for _, f := range data {
			ids, err := idsOf(f)
			require.NoError(t, err)
			for _, id := range ids {
				if f.name == "data/ir.model-order.csv" { // goes on with records that are there
					require.NotEmpty(t, seen[id])
					continue
				}
				require.Empty(t, seen[id], "%s stands in %s too", id, f.name)
				seen[id] = f.name
			}
		}
		ids, err := a.ExternalIDs(major)
		require.NoError(t, err)
		require.Len(t, ids, len(seen))
		require.True(t, slices.IsSorted(ids))
	})
}

func TestEveryViewIsNamedSoThatItIsKnownAsKroks(t *testing.T) {
	t.Parallel()
	for _, a := range Addons() {
		for _, name := range a.views {
			root := parsed(t, name)
			for _, record := range root.children {
				if model, _ := record.attr("model"); model == "ir.ui.view" {
					require.Equal(t, "name", record.children[1].attrs[0].value)
					require.Regexp(t, `^krok\.`, record.children[1].children[0].text)
				}
			}
		}
	}
}

func parsed(t *testing.T, name string) *element {
	t.Helper()
	source, err := viewSources.ReadFile("views/" + name)
	require.NoError(t, err)
	root, err := parseXML(source)
	require.NoError(t, err, name)
	return root
}
